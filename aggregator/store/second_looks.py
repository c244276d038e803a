"""Second looks: entries to look at again, with the cause and the time, as their feed gave them.

Their page could not be had for a passing reason, or they are held.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from pydantic import TypeAdapter
from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.orm import Session

from aggregator.policy.hold import Cause
from aggregator.policy.second_look import LONGEST_WAIT
from aggregator.store.feeds import CLOCK_SLACK
from aggregator.store.models import EntryRow, FeedRow, SecondLookRow
from aggregator.store.statements import chunks, upsert
from aggregator.types import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondLook:
    """One entry to look at again."""

    feed: str
    entry: Entry  #: as its feed gave it
    cause: Cause
    looks: int  #: begun, this one among them


def plan(session: Session, feed: str, entry: Entry, at: datetime, looks: int, cause: Cause = Cause.PAGE) -> None:
    """Has a stored entry looked at again, after ``looks`` earlier times; in place of an earlier plan."""
    row = {
        "feed": feed,
        "entry_key": entry.key,
        "cause": cause,
        "at": at,
        "looks": looks,
        "payload": _entries().dump_json(entry).decode(),
    }
    upsert(session, SecondLookRow, [row], on=("feed", "entry_key"), update=("cause", "at", "looks", "payload"))


def renew(session: Session, feed: str, entry: Entry) -> None:
    """Keeps an entry that is to be looked at again as its feed gives it by now."""
    mine = update(SecondLookRow).where(SecondLookRow.feed == feed, SecondLookRow.entry_key == entry.key)
    session.execute(mine.values(payload=_entries().dump_json(entry).decode()))


def drop(session: Session, feed: str, keys: Collection[str]) -> None:
    """Has these entries looked at no more."""
    for chunk in chunks(keys):
        session.execute(delete(SecondLookRow).where(SecondLookRow.feed == feed, SecondLookRow.entry_key.in_(chunk)))


def release(session: Session, feed: str, key: str, now: datetime) -> bool:
    """Has a held entry taken now; whether it is kept."""
    mine = update(SecondLookRow).where(SecondLookRow.feed == feed, SecondLookRow.entry_key == key)
    let_go = mine.values(cause=Cause.RELEASED, at=now, looks=0).returning(SecondLookRow.entry_key)
    return session.execute(let_go.execution_options(synchronize_session=False)).first() is not None


def cause(session: Session, feed: str, key: str) -> Cause | None:
    """Why an entry is looked at again; None where it is not."""
    row = session.get(SecondLookRow, (feed, key))
    return Cause(row.cause) if row is not None else None


def held(session: Session, feed: str, cause: Cause, after: datetime | None = None) -> int:
    """How many entries of a feed are held for a cause; those first seen after then, if named."""
    count = (
        select(func.count())
        .select_from(SecondLookRow)
        .where(SecondLookRow.feed == feed, SecondLookRow.cause == cause.value)
    )
    if after is not None:
        mine = (EntryRow.key == SecondLookRow.entry_key) & (EntryRow.feed == SecondLookRow.feed)
        count = count.join(EntryRow, mine).where(EntryRow.first_seen_at > after)
    return session.scalar(count) or 0


def claim(session: Session, now: datetime, *, limit: int, lease: timedelta) -> list[SecondLook]:
    """Takes looks that are due, the most overdue first; they are counted, and due again only after the lease.

    So a kill in the middle of one costs that one, and the next comes no sooner. A feed that has left the
    configuration is not asked for anything: its looks rest until it is back.
    """
    due = (
        select(SecondLookRow.feed, SecondLookRow.entry_key)
        .join(FeedRow, FeedRow.name == SecondLookRow.feed)
        .where(SecondLookRow.at <= now, FeedRow.removed_at.is_(None))
        .order_by(SecondLookRow.at)
        .limit(limit)
    )
    names = [(feed, key) for feed, key in session.execute(due)]
    if not names:
        return []
    taken = (
        update(SecondLookRow)
        .where(tuple_(SecondLookRow.feed, SecondLookRow.entry_key).in_(names))
        .values(at=now + lease, looks=SecondLookRow.looks + 1)
        .returning(SecondLookRow.feed, SecondLookRow.cause, SecondLookRow.looks, SecondLookRow.payload)
        .execution_options(synchronize_session=False)
    )
    return [
        SecondLook(feed=feed, entry=_entries().validate_json(payload), cause=Cause(cause), looks=looks)
        for feed, cause, looks, payload in session.execute(taken)
    ]


def stands(session: Session, look: SecondLook) -> bool:
    """Whether a claimed look is still wanted: its entry was neither withdrawn nor taken anew since."""
    row = session.get(SecondLookRow, (look.feed, look.entry.key))
    if row is None or (row.cause, row.looks) != (look.cause, look.looks):
        return False
    return _entries().validate_json(row.payload) == look.entry


def unstick(session: Session, now: datetime) -> int:
    """Makes looks due that lie further ahead than any is planned, by a clock set back since; how many there were."""
    ahead = update(SecondLookRow).where(SecondLookRow.at > now + LONGEST_WAIT + CLOCK_SLACK).values(at=now)
    return len(session.execute(ahead.returning(SecondLookRow.entry_key)).all())


def next_at(session: Session, feed: str, key: str) -> datetime | None:
    """When an entry is looked at again; None where it is not."""
    mine = SecondLookRow.entry_key == key
    return session.scalar(select(SecondLookRow.at).where(SecondLookRow.feed == feed, mine))


@cache
def _entries() -> TypeAdapter[Entry]:
    return TypeAdapter(Entry)
