"""Tombstones: what was taken back on purpose, so that no feed can bring it back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from aggregator import urls
from aggregator.store import blocks, feeds, returns
from aggregator.store.models import EntryRow, PatternRow, PostRow, TombstoneRow
from aggregator.store.statements import chunks, upsert
from aggregator.types import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """One entry, or a pattern of addresses, that must not come back."""

    feed: str  #: empty for a pattern
    entry_key: str  #: empty for a pattern
    url: str | None  #: the address, or the pattern
    title: str
    reason: str
    buried_at: datetime


def bury(session: Session, feed: str, entry_key: str, url: str | None, reason: str, now: datetime) -> None:
    """Keeps an entry from coming back, from its feed and, by its address, from any other."""
    title = session.scalar(select(EntryRow.title).where(EntryRow.key == entry_key, EntryRow.feed == feed))
    row = {
        "feed": feed,
        "entry_key": entry_key,
        "url": url,
        "compare_url": urls.compare_key(url) if url else None,
        "title": title or "",
        "reason": reason,
        "buried_at": now,
    }
    upsert(
        session,
        TombstoneRow,
        [row],
        on=("entry_key", "feed"),
        update=("reason", "buried_at"),
        prefer=("url", "compare_url"),
    )


def bury_pattern(session: Session, pattern: str, reason: str, now: datetime) -> None:
    """Keeps everything out whose address fits a pattern: ``*`` stands for any text, ``?`` for one character."""
    row = {"pattern": pattern, "reason": reason, "buried_at": now}
    upsert(session, PatternRow, [row], on=("pattern",), update=("reason", "buried_at"))


def lift(session: Session, feed: str, entry_key: str, now: datetime) -> bool:
    """Takes a tombstone away and brings the entry back; whether it was buried.

    A withdrawn post is owed to its targets again. An entry without a post waits for its feed to show it, which is
    asked for its whole document.
    """
    own = delete(TombstoneRow).where(TombstoneRow.entry_key == entry_key, TombstoneRow.feed == feed)
    had_stone = session.execute(own.returning(TombstoneRow.id)).first() is not None
    its_own = (PostRow.entry_key == entry_key, PostRow.feed == feed, EntryRow.told_by.is_(None))
    owner = (EntryRow.key == PostRow.entry_key) & (EntryRow.feed == PostRow.feed)
    post_key = session.scalar(select(PostRow.key).join(EntryRow, owner).where(*its_own))
    back = (
        {"outcome": Outcome.QUEUED, "reason": "brought back by hand", "content_hash": ""}
        if post_key
        else {"outcome": Outcome.WAITING, "reason": "brought back by hand: its feed must show it", "content_hash": ""}
    )
    taken_back = update(EntryRow).where(
        EntryRow.key == entry_key,
        EntryRow.feed == feed,
        EntryRow.outcome.in_([Outcome.BURIED, Outcome.WITHDRAWN]),
    )
    changed = session.execute(taken_back.values(back).returning(EntryRow.id)).first() is not None
    if changed and post_key is None:
        feeds.forget_document(session, feed)
    if post_key is not None:
        returns.owe_again(session, post_key, now)
    return had_stone or changed


def lift_pattern(session: Session, pattern: str) -> bool:
    """Takes a pattern away; whether there was one."""
    own = delete(PatternRow).where(PatternRow.pattern == pattern)
    return session.execute(own.returning(PatternRow.pattern)).first() is not None


def patterns_over(session: Session, addresses: Collection[str]) -> list[str]:
    """The buried patterns that one of these addresses fits."""
    patterns = session.scalars(select(PatternRow.pattern).order_by(PatternRow.pattern))
    return [pattern for pattern in patterns if any(fits(pattern, address) for address in addresses)]


def fits(pattern: str, address: str) -> bool:
    """Whether an address fits a pattern, in whatever spelling."""
    return _fits(pattern, address, urls.compare_key(address))


def matches(session: Session, feed: str, keys: Collection[str] = (), addresses: Collection[str] = ()) -> dict[str, str]:
    """Which entries of a feed, by key, and which addresses, by themselves, are buried: each with the reason."""
    found = {key: stone.reason for key, stone in of_keys(session, feed, keys).items()}
    closed = blocks.of_feeds(session).get(feed) if feed else None
    if closed is not None:
        return found | dict.fromkeys(keys, closed.reason)
    for site, reason in blocks.sites(session).items():
        found |= {address: reason for address in addresses if blocks.covers(site, address)}
    forms = {address: urls.compare_key(address) for address in addresses}
    stones = of_compare_keys(session, forms.values())
    patterns = session.execute(select(PatternRow.pattern, PatternRow.reason)).all()
    for address, form in forms.items():
        if address in found:
            continue
        if form in stones:
            found[address] = stones[form].reason
            continue
        for pattern, reason in patterns:
            if _fits(pattern, address, form):
                found[address] = reason
                break
    return found


def of_keys(session: Session, feed: str, keys: Collection[str]) -> dict[str, Tombstone]:
    """The tombstones of entries of a feed, by key."""
    found: dict[str, Tombstone] = {}
    for chunk in chunks(keys):
        rows = session.scalars(select(TombstoneRow).where(TombstoneRow.entry_key.in_(chunk), TombstoneRow.feed == feed))
        found |= {row.entry_key: _tombstone(row) for row in rows}
    return found


def of_compare_keys(session: Session, forms: Collection[str]) -> dict[str, Tombstone]:
    """The tombstones of any feed's entries, by the comparison form of their address."""
    found: dict[str, Tombstone] = {}
    for chunk in chunks(forms):
        rows = session.scalars(select(TombstoneRow).where(TombstoneRow.compare_url.in_(chunk)))
        found |= {row.compare_url or "": _tombstone(row) for row in rows}
    return found


def lines(session: Session) -> list[Tombstone]:
    """All tombstones, patterns among them, newest first."""
    stones = [_tombstone(row) for row in session.scalars(select(TombstoneRow))]
    stones += [
        Tombstone(feed="", entry_key="", url=row.pattern, title="", reason=row.reason, buried_at=row.buried_at)
        for row in session.scalars(select(PatternRow))
    ]
    return sorted(stones, key=lambda stone: stone.buried_at, reverse=True)


def _fits(pattern: str, address: str, form: str) -> bool:
    """Whether an address fits, as it is or in its comparison form, to which a pattern with a scheme is brought too."""
    bare = pattern.partition("://")[2].removeprefix("www.") if "://" in pattern else pattern
    return fnmatchcase(address, pattern) or fnmatchcase(form, bare)


def _tombstone(row: TombstoneRow) -> Tombstone:
    return Tombstone(
        feed=row.feed, entry_key=row.entry_key, url=row.url, title=row.title, reason=row.reason, buried_at=row.buried_at
    )
