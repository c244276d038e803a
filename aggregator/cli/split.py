"""``wirecopy split``: an entry that was taken for another's story, and is not."""

from __future__ import annotations

from typing import Annotated

import typer

from aggregator.cli.invocation import examples
from aggregator.cli.output import plain, say
from aggregator.cli.stored import found, known_feed, now, opened

EPILOG = examples(
    "wirecopy split https://paper.example.org/another-story.html",
    "wirecopy split --undo https://paper.example.org/another-story.html",
)


def split(
    ctx: typer.Context,
    what: Annotated[str, typer.Argument(metavar="URL|KEY", help="Address or key of the entry.")],
    feed: Annotated[str | None, typer.Option(help="Only the entry of this feed.")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Let it tell that story again.")] = False,
) -> None:
    """Gives an entry that is named under another's post a post of its own.

    Its page is asked for again, and it is never taken for that story any more.
    """
    from aggregator.pipeline import correcting

    correct = correcting.undo_split if undo else correcting.split
    with opened(ctx) as (config, store):
        known_feed(config, feed)
        lines = found(store, what, feed)
        told = [line for line in lines if line.told_by] if not undo else lines
        for line in told or lines:
            say(plain(store.write_now(correct, line, now())))
    say("the running daemon or the next `wirecopy once` does the rest")
