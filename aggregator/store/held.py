"""What the store knows that decides about floods: what a feed has brought so far, and what came after a hold."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aggregator.policy.flood import Brought, History
from aggregator.policy.hold import Cause, Proof
from aggregator.store import feeds, journal, second_looks
from aggregator.store.models import EntryRow
from aggregator.types import Outcome

LATEST = 500  #: entries that tell what is usual for a feed
ONE_DOCUMENT = timedelta(minutes=10)  #: within this the held entries of one document are stored
_NOT_BROUGHT = (Outcome.HELD.value, Outcome.QUARANTINED.value)


def history(session: Session, feed: str) -> History:
    """What a feed has brought so far, as far as it tells what may be expected of it."""
    memory = feeds.memory(session, feed)
    latest = (
        select(EntryRow.first_seen_at, EntryRow.published_at)
        .where(EntryRow.feed == feed, EntryRow.outcome.not_in(_NOT_BROUGHT))
        .order_by(EntryRow.id.desc())
        .limit(LATEST)
    )
    return History(
        subscribed_at=memory.subscribed_at,
        read_at=memory.last_success_at,
        brought=tuple(Brought(seen, published) for seen, published in session.execute(latest)),
        held=second_looks.held(session, feed, Cause.ARCHIVE),
    )


def proof(session: Session, feed: str, key: str) -> Proof:
    """What has happened since an entry is held."""
    mine = select(EntryRow.first_seen_at, EntryRow.last_seen_at).where(EntryRow.key == key, EntryRow.feed == feed)
    since, seen_at = session.execute(mine).one()
    read_at = journal.latest(session, feed, "refresh", "read") or since
    answered_at = feeds.memory(session, feed).last_success_at or since
    before = (
        select(EntryRow.last_seen_at)
        .where(EntryRow.feed == feed, EntryRow.first_seen_at < since)
        .order_by(EntryRow.id.desc())
        .limit(LATEST)
        .subquery()
    )
    older = select(func.max(before.c.last_seen_at) >= read_at)
    return Proof(
        since=since,
        read=answered_at > since + ONE_DOCUMENT,
        shown=seen_at >= read_at,
        older_shown=bool(session.scalar(older)),
        again=second_looks.held(session, feed, Cause.FLOOD, after=since + ONE_DOCUMENT) > 0,
    )
