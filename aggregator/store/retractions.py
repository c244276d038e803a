"""Retractions: which entries their publishers have withdrawn, what told so, and what was done about it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from aggregator.policy.retraction import Handling, Sign
from aggregator.store.models import EntryRow, RetractionRow
from aggregator.store.statements import chunks, upsert


@dataclass(frozen=True, slots=True, kw_only=True)
class Retraction:
    """The withdrawal of an entry by its publisher, as it was seen here."""

    feed: str
    entry_key: str
    sign: Sign
    handling: Handling
    reason: str
    seen_at: datetime
    title: str = ""
    url: str | None = None


def note(session: Session, feed: str, key: str, sign: Sign, handling: Handling, *, reason: str, now: datetime) -> None:
    """Keeps what was seen of a stored entry and done about it, in the place of what was known before."""
    row = {
        "feed": feed,
        "entry_key": key,
        "sign": sign.value,
        "handling": handling.value,
        "reason": reason,
        "seen_at": now,
    }
    upsert(session, RetractionRow, [row], on=("feed", "entry_key"), update=("sign", "handling", "reason", "seen_at"))


def of_keys(session: Session, feed: str, keys: Collection[str]) -> dict[str, Retraction]:
    """What is known of these entries of a feed, by key."""
    found: dict[str, Retraction] = {}
    for chunk in chunks(keys):
        found |= {one.entry_key: one for one in _all(session, feed=feed, keys=chunk)}
    return found


def of_entry(session: Session, feed: str, key: str) -> Retraction | None:
    """What is known of an entry; None where nothing is."""
    return of_keys(session, feed, [key]).get(key)


def lines(session: Session, *, feed: str | None = None, handling: Handling | None = None) -> list[Retraction]:
    """All of them, newest first; of one feed, or handled in one way."""
    return _all(session, feed=feed, handling=handling)


def count(session: Session, feed: str, signs: Collection[Sign], after: datetime, *, but: str) -> int:
    """How many other entries of a feed were seen withdrawn since then, by one of these signs."""
    query = (
        select(func.count())
        .select_from(RetractionRow)
        .where(
            RetractionRow.feed == feed,
            RetractionRow.sign.in_([sign.value for sign in signs]),
            RetractionRow.seen_at > after,
            RetractionRow.entry_key != but,
        )
    )
    return session.scalar(query) or 0


def drop(session: Session, feed: str, key: str) -> None:
    """Forgets what was seen of an entry, as if it had not been."""
    session.execute(delete(RetractionRow).where(RetractionRow.feed == feed, RetractionRow.entry_key == key))


def _all(
    session: Session,
    *,
    feed: str | None = None,
    keys: Collection[str] | None = None,
    handling: Handling | None = None,
) -> list[Retraction]:
    query = (
        select(RetractionRow, EntryRow.title, EntryRow.url)
        .join(EntryRow, (EntryRow.key == RetractionRow.entry_key) & (EntryRow.feed == RetractionRow.feed))
        .order_by(RetractionRow.seen_at.desc(), EntryRow.id.desc())
    )
    if feed is not None:
        query = query.where(RetractionRow.feed == feed)
    if keys is not None:
        query = query.where(RetractionRow.entry_key.in_(keys))
    if handling is not None:
        query = query.where(RetractionRow.handling == handling.value)
    return [
        Retraction(
            feed=row.feed,
            entry_key=row.entry_key,
            sign=Sign(row.sign),
            handling=Handling(row.handling),
            reason=row.reason,
            seen_at=row.seen_at,
            title=title,
            url=url,
        )
        for row, title, url in session.execute(query)
    ]
