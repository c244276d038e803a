"""``wirecopy extract``: the article of a page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.documents import Document, tell_each
from aggregator.cli.invocation import examples
from aggregator.cli.manifest import run_manifest
from aggregator.cli.output import facts, say

PRELOAD = ("aggregator.extract.records", "trafilatura")
EPILOG = examples(
    "wirecopy extract https://www.example.org/2024/05/a-story.html",
    "wirecopy extract page.html --url https://www.example.org/2024/05/a-story.html --json",
    "wirecopy extract --manifest pages.jsonl --out results",
)


def extract(
    ctx: typer.Context,
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="SOURCE...", help="Files, addresses, or - for standard input.")
    ] = None,
    url: Annotated[str | None, typer.Option(help="The address that the pages came from.")] = None,
    title: Annotated[str, typer.Option(help="The title that the feed gave.")] = "",
    summary: Annotated[str, typer.Option(help="The summary that the feed gave, as HTML.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line for each page.")] = False,
    manifest: Annotated[Path | None, typer.Option(help="Read the pages that this JSON Lines file names.")] = None,
    out: Annotated[Path | None, typer.Option(help="Where the results of the manifest go.")] = None,
) -> None:
    """Takes the article out of pages."""
    if manifest is not None or out is not None:
        run_manifest(manifest, out, sources, read_page, preload=PRELOAD)
    else:
        template = Document(url=url, title=title, summary=summary)
        tell_each(ctx, sources, template, read_page, "page", PRELOAD, None if as_json else _print)


def read_page(document: Document) -> dict[str, object]:
    """The article of one page; runs in a child process. Raises ExtractError, OSError, TooLargeError."""
    from aggregator.extract.records import extract_document

    return extract_document(
        document.read(),
        url=document.url,
        headers=document.headers,
        title=document.title,
        summary=document.summary,
    )


def _print(record: dict[str, object]) -> None:
    facts({key: value for key, value in record.items() if key not in ("text", "html")}, as_json=False)
    say()
    for line in str(record.get("text") or "").splitlines():
        say("".join(c if c.isprintable() else " " for c in line))
