"""Taking back: a tombstone and the promise to withdraw, in one transaction. And the way back from that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.pipeline import joining
from aggregator.policy.retraction import Handling
from aggregator.store import (
    EntryLine,
    Session,
    blocks,
    deliveries,
    entries,
    journal,
    posts,
    rechecks,
    retractions,
    second_looks,
    stories,
    tombstones,
)
from aggregator.types import Action, DeliveryState, Outcome, Post, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """What a withdrawal came to."""

    entries: int  #: that will not come back
    deliveries: int  #: posts to be taken back, counted once for each target
    told_elsewhere: tuple[tuple[str, str], ...] = ()  #: title and address of posts from other sources that stay


def of_entries(session: Session, lines: Sequence[EntryLine], *, reason: str, now: datetime) -> Withdrawn:
    """Buries these entries and owes every target that has a post of theirs its withdrawal."""
    owed = 0
    elsewhere: dict[str, tuple[str, str]] = {}
    for line in lines:
        tombstones.bury(session, line.feed, line.key, line.canonical_url or line.url, reason, now)
        if (post := own_post(session, line)) is not None:
            owed += owe(session, post, now)
            _tell_tellers(session, post, reason, now)
        elif line.post_key and (other := posts.get(session, line.post_key)) is not None:
            elsewhere[other.key] = (other.title, other.canonical_url or other.feed)
        second_looks.drop(session, line.feed, [line.key])
        rechecks.drop(session, line.feed, [line.key])
        if line.outcome in {Outcome.WAITING, Outcome.HELD}:
            entries.decide(session, line.feed, line.key, Outcome.BURIED, reason)
        step = Step(at=now, feed=line.feed, entry_key=line.key, step="withdraw", outcome="buried", reason=reason)
        journal.write(session, [step])
    return Withdrawn(entries=len(lines), deliveries=owed, told_elsewhere=tuple(elsewhere.values()))


def of_pattern(session: Session, pattern: str, *, feed: str | None, reason: str, now: datetime) -> Withdrawn:
    """Buries a pattern of addresses, and all entries whose address fits it, of one feed if named."""
    tombstones.bury_pattern(session, pattern, reason, now)
    lines = entries.lines(session, feed=feed)
    addresses = {url for line in lines for url in (line.url, line.canonical_url) if url}
    buried = tombstones.matches(session, "", addresses=addresses)
    gone = {Outcome.BURIED, Outcome.WITHDRAWN}
    fitting = [ln for ln in lines if ln.outcome not in gone and (ln.url in buried or ln.canonical_url in buried)]
    return of_entries(session, fitting, reason=reason, now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What undoing a withdrawal came to."""

    entries: int  #: that are back
    kept_out: tuple[tuple[str, str], ...] = ()  #: title, and what still keeps it out: a pattern or a blocked source


def undo_entries(session: Session, lines: Sequence[EntryLine], *, now: datetime) -> Undone:
    """Brings these entries back, those that were withdrawn and that no pattern keeps out."""
    back = 0
    kept_out: list[tuple[str, str]] = []
    for line in lines:
        if kept := _kept_out(session, line):
            kept_out.append((line.title, kept))
            continue
        # Both are asked: what its publisher's sign did is undone, and the sign counts no more.
        lifted, overruled = tombstones.lift(session, line.feed, line.key, now), _overrule(session, line, now)
        if lifted or overruled:
            back += 1
            reason = "brought back by hand"
            step = Step(at=now, feed=line.feed, entry_key=line.key, step="withdraw", outcome="undone", reason=reason)
            journal.write(session, [step])
    return Undone(entries=back, kept_out=tuple(kept_out))


def undo_pattern(session: Session, pattern: str, *, feed: str | None, now: datetime) -> Undone | None:
    """Takes a pattern away and brings back all entries that fit it, of one feed if named; None: no such pattern."""
    if not tombstones.lift_pattern(session, pattern):
        return None
    lines = entries.lines(session, feed=feed)
    fitting = [
        line for line in lines if any(tombstones.fits(pattern, url) for url in (line.url, line.canonical_url) if url)
    ]
    return undo_entries(session, fitting, now=now)


def _tell_tellers(session: Session, post: Post, reason: str, now: datetime) -> None:
    """Notes with those who told a post's story too that it is withdrawn, and that they are not published instead."""
    said = f"the post that tells its story was taken back ({reason}); this stays a duplicate"
    steps = [
        Step(at=now, feed=one.feed, entry_key=one.key, step="story", outcome="withdrawn", reason=said)
        for one in stories.tellers(session, post.key)
    ]
    journal.write(session, steps)


def _kept_out(session: Session, line: EntryLine) -> str:
    """The pattern, or the blocked source, that keeps an entry out whatever becomes of its own tombstone."""
    addresses = {url for url in (line.url, line.canonical_url) if url}
    if patterns := tombstones.patterns_over(session, addresses):
        return f"the pattern {patterns[0]!r}"
    if line.feed in blocks.of_feeds(session):
        return f"the block of {line.feed}"
    return next(
        (f"the block of {site}" for site in blocks.sites(session) for url in addresses if blocks.covers(site, url)), ""
    )


def owe(session: Session, post: Post, now: datetime) -> int:
    """Owes every target that has a post, or may have it, its withdrawal; how many there are."""
    there = [
        line.target
        for line in deliveries.lines(session, post_key=post.key)
        if not (line.action is Action.WITHDRAW and line.state is DeliveryState.WITHDRAWN)
    ]
    deliveries.promise(session, post, there, Action.WITHDRAW, now)
    return len(there)


def own_post(session: Session, line: EntryLine) -> Post | None:
    """The post that was made from an entry; None where it has none of its own."""
    post = posts.get(session, line.post_key) if line.post_key else None
    return post if post is not None and (post.feed, post.entry_key) == (line.feed, line.key) else None


def _overrule(session: Session, line: EntryLine, now: datetime) -> bool:
    """Has a sign count no more, and a post say no more that it is withdrawn; whether there was one."""
    before = retractions.of_entry(session, line.feed, line.key)
    if before is None or before.handling is Handling.OVERRULED:
        return False
    reason = f"overruled by hand: {before.reason}"
    retractions.note(session, line.feed, line.key, before.sign, Handling.OVERRULED, reason=reason, now=now)
    step = Step(
        at=now, feed=line.feed, entry_key=line.key, step="withdrawal", outcome=Handling.OVERRULED, reason=reason
    )
    journal.write(session, [step])
    post = own_post(session, line)
    if post is not None and post.withdrawn_at is not None:
        joining.renew(session, replace(post, withdrawn_at=None), now)
    return True
