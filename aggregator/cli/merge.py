"""``wirecopy merge``: entries that tell one story, though nobody saw it."""

from __future__ import annotations

from typing import Annotated

import typer

from aggregator.cli.invocation import examples
from aggregator.cli.output import plain, say
from aggregator.cli.stored import found, now, opened

EPILOG = examples(
    "wirecopy merge https://www.example.org/a-story.html https://paper.example.org/the-same.html",
    "wirecopy merge 1a2b3c4d 5e6f7a8b 9c0d1e2f",
    "wirecopy merge --undo 5e6f7a8b",
)


def merge(
    ctx: typer.Context,
    what: Annotated[
        list[str],
        typer.Argument(metavar="URL|KEY…", help="Addresses or keys of entries or posts; the post of the first stays."),
    ],
    undo: Annotated[bool, typer.Option("--undo", help="Take the merge of these entries back.")] = False,
) -> None:
    """Makes one story of several.

    The post of the first stays, and names the others; theirs are taken back at every target. It is remembered for ever.
    """
    from aggregator.pipeline import correcting

    if len(what) < 2 and not undo:
        raise typer.BadParameter("name two entries or more: the post of the first stays")
    with opened(ctx) as (_, store):
        if undo:
            lines = [line for one in what for line in found(store, one)]
            done = [store.write_now(correcting.undo_merge, line, now()) for line in lines]
        else:
            first = {key for line in found(store, what[0]) if (key := line.told_by or line.post_key)}
            if len(first) != 1:
                raise typer.BadParameter(f"{what[0]!r} names {'several stories' if first else 'no story'}")
            lines = [line for one in what[1:] for line in found(store, one)]
            done = store.write_now(correcting.merge, first.pop(), lines, now())
    for sentence in done or ["they tell one story already"]:
        say(plain(sentence))
    if done:
        say("the running daemon or the next `wirecopy once` brings the posts up to date")
