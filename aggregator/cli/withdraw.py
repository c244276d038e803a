"""``wirecopy withdraw``: take posts back everywhere, for good, or bring them back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli import takedown
from aggregator.cli.invocation import examples
from aggregator.cli.output import Record, say, show
from aggregator.cli.stored import found, known_feed, now, opened

if TYPE_CHECKING:
    from aggregator.config import Config
    from aggregator.store import Block, Retraction, Store, Tombstone

EPILOG = examples(
    "wirecopy withdraw https://www.example.org/a-story.html --reason 'asked by the publisher'",
    "wirecopy withdraw 1a2b3c4d",
    "wirecopy withdraw --pattern 'https://www.example.org/opinion/*'",
    "wirecopy withdraw --source example.org --reason 'the publisher said no'",
    "wirecopy withdraw --undo 1a2b3c4d",
    "wirecopy withdraw --list",
)
COLUMNS = ("at", "feed", "what", "title", "url", "reason")


def withdraw(
    ctx: typer.Context,
    what: Annotated[
        str | None, typer.Argument(metavar="[URL|KEY]", help="Address of the original or of our post, or a key.")
    ] = None,
    feed: Annotated[str | None, typer.Option(help="Only the entry of this feed.")] = None,
    pattern: Annotated[
        str | None, typer.Option(help="Everything whose address fits: * is any text, ? one character.")
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="All of a feed and of its site, or of a site: example.org. It is blocked.")
    ] = None,
    held: Annotated[
        bool, typer.Option("--held", help="What publishers seem to have withdrawn and is held: it is followed.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --source: without asking.")] = False,
    reason: Annotated[str, typer.Option(help="Kept with the tombstone.")] = "withdrawn by hand",
    undo: Annotated[bool, typer.Option("--undo", help="Bring back what was withdrawn.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="Only show what was withdrawn.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --list: one JSON object a line.")] = False,
) -> None:
    """Takes posts back at every target, for good.

    A tombstone keeps their entries from coming back, until you --undo it.
    """
    if sum((what is not None, pattern is not None, source is not None, held, listed)) != 1:
        raise typer.BadParameter("name a URL or key, or give a --pattern or a --source, or say --held or --list")
    with opened(ctx) as (config, store):
        known_feed(config, feed)
        if listed:
            show(_listed(store, feed), COLUMNS, as_json=as_json, nothing="nothing was withdrawn")
        elif source is not None:
            takedown.lift(store, source) if undo else takedown.carry_out(config, store, source, reason, sure=yes)
        elif held:
            _held(config, store, feed, undo=undo)
        elif undo:
            _undo(store, what, feed, pattern)
        else:
            _withdraw(store, what, feed, pattern, reason)


def _withdraw(store: Store, what: str | None, feed: str | None, pattern: str | None, reason: str) -> None:
    from aggregator.pipeline import withdrawal

    if pattern is not None:
        done = store.write_now(withdrawal.of_pattern, pattern, feed=feed, reason=reason, now=now())
    else:
        done = store.write_now(withdrawal.of_entries, found(store, what or "", feed), reason=reason, now=now())
    say(f"{done.entries} entries buried, {done.deliveries} posts to be taken back")
    if done.deliveries:
        say("the running daemon or the next `wirecopy once` takes them back")
    for title, url in done.told_elsewhere:
        say(f"the same story stays published from another source: {title} ({url})")


def _undo(store: Store, what: str | None, feed: str | None, pattern: str | None) -> None:
    from aggregator.pipeline import withdrawal

    if pattern is not None:
        done = store.write_now(withdrawal.undo_pattern, pattern, feed=feed, now=now())
        if done is None:
            raise typer.BadParameter(f"no pattern {pattern!r} is buried; `wirecopy withdraw --list` shows all")
    else:
        done = store.write_now(withdrawal.undo_entries, found(store, what or "", feed), now=now())
    say("1 entry is back" if done.entries == 1 else f"{done.entries} entries are back")
    if done.entries:
        say(
            "the running daemon or the next `wirecopy once` publishes them; what never was a post, as its feed shows it"
        )
    for title, kept in done.kept_out:
        say(f"still kept out by {kept}: {title}")


def _held(config: Config, store: Store, feed: str | None, *, undo: bool) -> None:
    """Follows what is held by the policy of each feed, or has its signs count no more."""
    from aggregator.pipeline import retractions as following
    from aggregator.pipeline import withdrawal
    from aggregator.policy.retraction import Handling
    from aggregator.store import Session, entries, retractions

    def decide(session: Session) -> int:
        waiting = retractions.lines(session, feed=feed, handling=Handling.HELD)
        for one in waiting:
            lines = entries.of_keys(session, one.feed, [one.entry_key])
            if undo:
                withdrawal.undo_entries(session, lines, now=now())
            elif one.feed in config.feed_names:
                for line in lines:
                    following.follow(session, config.feed(one.feed), line, one.sign, one.reason, now())
        return len(waiting)

    count = store.write_now(decide)
    say(f"{count} withdrawals are {'not believed' if undo else 'followed'}" if count else "nothing is held")


def _listed(store: Store, feed: str | None) -> list[Record]:
    """What was withdrawn, newest first: what is buried, and what publishers withdrew that stands here all the same."""
    from aggregator.policy.retraction import Handling
    from aggregator.store import blocks, retractions, tombstones

    buried = [_buried(stone) for stone in store.read_now(tombstones.lines) if feed in (None, stone.feed)]
    seen = store.read_now(lambda session: retractions.lines(session, feed=feed))
    # What was removed is buried, and told by its tombstone.
    seen = [one for one in seen if one.handling is not Handling.REMOVED]
    blocked = [] if feed else [_blocked(block) for block in store.read_now(blocks.lines)]
    return sorted([*blocked, *buried, *map(_retracted, seen)], key=lambda record: str(record["at"]), reverse=True)


def _buried(stone: Tombstone) -> Record:
    """A tombstone as ``--json`` gives it."""
    return {
        "at": stone.buried_at,
        "feed": stone.feed,
        "what": "buried",
        "entry_key": stone.entry_key,
        "title": stone.title,
        "url": stone.url,
        "reason": stone.reason,
    }


def _retracted(one: Retraction) -> Record:
    return {
        "at": one.seen_at,
        "feed": one.feed,
        "what": one.handling,
        "entry_key": one.entry_key,
        "title": one.title,
        "url": one.url,
        "reason": one.reason,
    }


def _blocked(block: Block) -> Record:
    return {
        "at": block.blocked_at,
        "feed": block.feed,
        "what": "blocked",
        "entry_key": "",
        "title": block.source,
        "url": block.site,
        "reason": block.reason,
    }
