"""``wirecopy release``: let go what is held."""

from __future__ import annotations

from typing import Annotated

import typer

from aggregator.cli.invocation import examples
from aggregator.cli.output import say
from aggregator.cli.stored import found, now, opened
from aggregator.types import Outcome

EPILOG = examples(
    "wirecopy release nasa",
    "wirecopy release nasa --drop",
    "wirecopy release https://www.example.org/a-story.html",
)


def release(
    ctx: typer.Context,
    what: Annotated[
        str, typer.Argument(metavar="FEED|URL|KEY", help="The name of a feed, or the address or key of an entry.")
    ],
    drop: Annotated[bool, typer.Option("--drop", help="Leave them out for good instead.")] = False,
) -> None:
    """Takes entries that are held: those of a feed, or one.

    The running daemon, or the next `wirecopy once`, publishes them. An entry that is quarantined is let go by itself.
    """
    from aggregator.pipeline import release as pipeline
    from aggregator.store import entries

    with opened(ctx) as (config, store):
        if what in config.feed_names:
            lines = store.read_now(entries.lines, feed=what, outcome=Outcome.HELD)
        else:
            lines = found(store, what)
        count = store.write_now(pipeline.leave if drop else pipeline.release, lines, now())
    entries_are = f"{count} entr{'y is' if count == 1 else 'ies are'}"
    if not count:
        say(f"nothing is held by {what!r}")
    else:
        say(f"{entries_are} left out" if drop else f"{entries_are} released: the daemon or `wirecopy once` takes them")
