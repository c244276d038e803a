"""``wirecopy withdraw``: take posts back everywhere, for good."""

from __future__ import annotations

from typing import Annotated

import typer

from aggregator.cli.invocation import examples
from aggregator.cli.output import say
from aggregator.cli.stored import found, known_feed, now, opened

EPILOG = examples(
    "wirecopy withdraw https://www.example.org/a-story.html --reason 'asked by the publisher'",
    "wirecopy withdraw 1a2b3c4d",
    "wirecopy withdraw --pattern 'https://www.example.org/opinion/*'",
)


def withdraw(
    ctx: typer.Context,
    what: Annotated[
        str | None, typer.Argument(metavar="[URL|KEY]", help="Address of the original or of our post, or a key.")
    ] = None,
    feed: Annotated[str | None, typer.Option(help="Only the entry of this feed.")] = None,
    pattern: Annotated[
        str | None, typer.Option(help="Everything whose address fits: * is any text, ? one character.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Kept with the tombstone.")] = "withdrawn by hand",
) -> None:
    """Takes posts back at every target, for good.

    A tombstone keeps their entries from coming back.
    """
    from aggregator.pipeline import withdrawal

    if (what is None) == (pattern is None):
        raise typer.BadParameter("name a URL or key, or give a --pattern")
    with opened(ctx) as (config, store):
        known_feed(config, feed)
        if pattern is not None:
            done = store.write_now(withdrawal.of_pattern, pattern, feed=feed, reason=reason, now=now())
        else:
            done = store.write_now(withdrawal.of_entries, found(store, what or "", feed), reason=reason, now=now())
    say(f"{done.entries} entries buried, {done.deliveries} posts to be taken back")
    if done.deliveries:
        say("the running daemon or the next `wirecopy once` takes them back")
    for title, url in done.told_elsewhere:
        say(f"the same story stays published from another source: {title} ({url})")
