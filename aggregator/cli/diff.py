"""``wirecopy diff``: what changed in a post when its source changed, word by word."""

from __future__ import annotations

import re
import sys
from html import escape
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.invocation import examples
from aggregator.cli.output import Record, plain, say, tell, to_json
from aggregator.cli.stored import found, opened

if TYPE_CHECKING:
    from collections.abc import Callable

    from aggregator.store import EntryLine, Revision

EPILOG = examples(
    "wirecopy diff https://www.example.org/2024/05/a-story.html",
    "wirecopy diff 1a2b3c4d --all",
    "wirecopy diff 1a2b3c4d --html > changes.html",
)
Marks = dict[str, tuple[str, str]]
#: By side: what stands around words on a terminal, in a pipe, and on a page.
TERMINAL: Marks = {"both": ("", ""), "added": ("\x1b[32;4m", "\x1b[0m"), "removed": ("\x1b[31;9m", "\x1b[0m")}
PIPE: Marks = {"both": ("", ""), "added": ("{+", "+}"), "removed": ("[-", "-]")}
PAGE: Marks = {"both": ("", ""), "added": ("<ins>", "</ins>"), "removed": ("<del>", "</del>")}
PARTS = ("title", "standfirst", "text")
HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>wirecopy diff</title>
<style>body{font:1rem/1.5 sans-serif;max-width:45rem;margin:2rem auto;padding:0 1rem;white-space:pre-line}
ins{background:#d6f5d6;color:#053b05}del{background:#fbdcdc;color:#5c0a0a}.decision{color:#555}</style></head><body>"""


def diff(
    ctx: typer.Context,
    what: Annotated[str, typer.Argument(metavar="URL|KEY", help="Address or key of an entry, or of our post.")],
    every: Annotated[bool, typer.Option("--all", help="All changes that are kept, not the latest alone.")] = False,
    as_html: Annotated[bool, typer.Option("--html", help="A page for a browser.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line for each change.")] = False,
) -> None:
    """Shows what changed in a post when its source changed, word by word, and whether the post follows."""
    from aggregator.store import revisions

    with opened(ctx) as (_, store):
        lines = found(store, what)
        kept = [(line, store.read_now(revisions.of_entry, line.feed, line.key)) for line in lines]
    records = [_record(line, each) for line, all_of in kept for each in (all_of if every else all_of[:1])[::-1]]
    if not records:
        tell(f"No change of “{plain(lines[0].title)}” is kept.")
    if as_html and not as_json:
        say("\n".join([HEAD, *(_page(record) for record in records), "</body></html>"]))
        return
    marks = TERMINAL if sys.stdout.isatty() else PIPE
    for index, record in enumerate(records):
        if as_json:
            say(to_json(record))
        else:
            say() if index else None
            _print(record, marks)


def _record(line: EntryLine, revision: Revision) -> Record:
    from aggregator.policy import difference

    after = revision.after or revision.before
    return {
        "feed": line.feed,
        "key": line.key,
        "seen_at": revision.seen_at,
        "cause": revision.cause,
        "outcome": revision.outcome,
        "reason": revision.reason,
        **{
            part: [
                {"side": piece.side, "text": piece.text}
                for piece in difference.between(getattr(revision.before, part), getattr(after, part))
            ]
            for part in PARTS
        },
    }


def _print(record: Record, marks: Marks) -> None:
    say(_decision(record))
    for part in PARTS:
        if shown := _shown(record[part], marks, plain):
            say(f"\n{part}:\n{shown}" if part != "text" else f"\n{shown}")


def _page(record: Record) -> str:
    title, *rest = (_shown(record[part], PAGE, escape) for part in PARTS)
    decision = escape(_decision(record))
    text = "\n".join(filter(None, rest))
    return f'<article><h1>{title}</h1>\n<p class="decision">{decision}</p>\n<div>{text}</div></article>'


def _decision(record: Record) -> str:
    said = ("seen_at", "cause", "outcome", "reason")
    return "{seen_at}  by its {cause}: {outcome}: {reason}".format_map({name: plain(record[name]) for name in said})


def _shown(pieces: object, marks: Marks, clean: Callable[[str], str]) -> str:
    """The pieces with their marks around each line, so that a mark never spans two."""
    assert isinstance(pieces, (list, tuple))
    parts = []
    for piece in pieces:
        before, after = marks[piece["side"]]
        lines = [clean(line) for line in piece["text"].split("\n")]
        parts.append("\n".join(f"{before}{line}{after}" if line else "" for line in lines))
    return re.sub(r" ?\n+ ?", "\n", " ".join(parts)).strip()
