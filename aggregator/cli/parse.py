"""``wirecopy parse``: what feed documents say."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.documents import Document, tell_each
from aggregator.cli.invocation import examples
from aggregator.cli.manifest import run_manifest
from aggregator.cli.output import facts, say, show

PRELOAD = ("aggregator.sources.records", "aggregator.sources.feed")
EPILOG = examples(
    "wirecopy parse feed.xml",
    "wirecopy parse https://www.example.org/feed.xml --json",
    "curl -s https://www.example.org/feed.xml | wirecopy parse - --json",
    "wirecopy parse --manifest documents.jsonl --out results",
)


def parse(
    ctx: typer.Context,
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="SOURCE...", help="Files, addresses, or - for standard input.")
    ] = None,
    url: Annotated[str | None, typer.Option(help="The address that the documents came from.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line for each document.")] = False,
    manifest: Annotated[Path | None, typer.Option(help="Read the documents that this JSON Lines file names.")] = None,
    out: Annotated[Path | None, typer.Option(help="Where the results of the manifest go.")] = None,
) -> None:
    """Shows what feed documents say."""
    if manifest is not None or out is not None:
        run_manifest(manifest, out, sources, read_feed, preload=PRELOAD)
    else:
        tell_each(ctx, sources, Document(url=url), read_feed, "feed", PRELOAD, None if as_json else _print)


def read_feed(document: Document) -> dict[str, object]:
    """What one feed document says; runs in a child process. Raises ParseError, OSError, TooLargeError."""
    from aggregator.sources.records import parse_document

    return parse_document(document.read(), url=document.url, headers=document.headers)


def _print(record: dict[str, object]) -> None:
    feed, entries = record.get("feed"), record.get("entries")
    if isinstance(feed, dict):
        facts(feed, as_json=False)
    say()
    if isinstance(entries, list):
        show(entries, ("published", "title", "author", "link"), as_json=False, nothing="no entries")
        say(f"{len(entries)} entries")
