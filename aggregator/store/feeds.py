"""Feeds: which there are, what we remember of them, and which are due."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Row, case, exists, func, literal, or_, select, update
from sqlalchemy.orm import Session

from aggregator.store import renames
from aggregator.store.columns import EPOCH, MICROSECOND, UtcDateTime
from aggregator.store.models import BlockedSourceRow, EntryRow, FeedRow
from aggregator.store.statements import upsert
from aggregator.types import FeedMemory, Identity, Outcome

MEMORY = tuple(field.name for field in fields(FeedMemory))
_REMEMBERED = tuple(getattr(FeedRow, name) for name in MEMORY)
_SYNCED = (
    FeedRow.name,
    FeedRow.url,
    FeedRow.interval,
    FeedRow.removed_at,
    FeedRow.next_fetch_at,
    FeedRow.fresh_until,
    FeedRow.failures,
)
#: What a changed address makes worthless.
_OF_THE_ADDRESS: Mapping[str, object] = {
    "etag": None,
    "last_modified": None,
    "body_hash": None,
    "validators_url": None,
    "fresh_until": None,
    "freshness": None,
    "moved_url": None,
    "moved_since_at": None,
    "moved_count": 0,
    "moved_adopted": False,
    "gone_at": None,
    "failures": 0,
    "last_error": "",
}


#: A feed that stood in the configuration no more for longer than this, and does again, is subscribed anew.
AWAY = timedelta(days=1)
#: How far ahead a time may lie that a clock in order has written.
CLOCK_SLACK = timedelta(days=1)


class Synced(NamedTuple):
    """How the feeds of the configuration differ from those of the last time."""

    added: int
    changed: int
    removed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOverview:
    """How a feed is doing."""

    name: str
    url: str
    title: str
    last_fetch_at: datetime | None
    last_success_at: datetime | None
    next_fetch_at: datetime | None  #: None: never asked, due now
    lag: timedelta | None  #: how late it was when it was last asked; None: not known yet
    failures: int
    last_error: str
    entries: int
    published: int
    held: int
    gone: bool
    blocked: str  #: why nothing of it is published any more; empty: it is not blocked
    identity: Identity  #: by what its entries are told apart, as it has proved
    identity_reason: str  #: why not by their ids; empty: they are


def sync(session: Session, feeds: Sequence[tuple[str, str, timedelta]], now: datetime) -> Synced:
    """Brings the table in line with the configuration: name, address and interval of each feed.

    Feeds that stand there no more are kept, with their entries. A changed address loses what belongs to the old one
    (validators, redirects, failures); it keeps its due time, or is due after one interval if that is sooner. So is a
    feed whose interval is shorter now, unless what we have of it is fresh, or it is failing. One that was away for long
    is subscribed anew: of what it has brought meanwhile no more is taken than on first subscription. One that has got
    another name keeps all that it had.
    """
    renames.follow(session, {name: url for name, url, _ in feeds})
    stored = {row.name: row for row in session.execute(select(*_SYNCED))}
    wanted = {name: (url, interval) for name, url, interval in feeds}
    added = [_new(name, url, interval, now) for name, (url, interval) in wanted.items() if name not in stored]
    upsert(session, FeedRow, added, on=("name",))
    changed: list[dict[str, object]] = []
    for name, (url, interval) in wanted.items():
        row = stored.get(name)
        if row is None or (row.url, row.interval, row.removed_at) == (url, interval, None):
            continue
        values: dict[str, object] = {"name": name, "url": url, "interval": interval, "removed_at": None}
        if row.removed_at is not None and now - row.removed_at > AWAY:
            values |= {"subscribed_at": None}
        if row.url != url:
            values |= {**_OF_THE_ADDRESS, "next_fetch_at": min(row.next_fetch_at, now + interval)}
        elif interval < row.interval and not row.failures:
            values["next_fetch_at"] = min(row.next_fetch_at, max(now + interval, row.fresh_until or now))
        changed.append(values)
    gone = [name for name, row in stored.items() if name not in wanted and row.removed_at is None]
    session.execute(update(FeedRow), [*changed, *({"name": name, "removed_at": now} for name in gone)])
    return Synced(len(added), len(changed), len(gone))


def memories(session: Session) -> dict[str, FeedMemory]:
    """What we remember of each feed of the configuration."""
    rows = session.execute(select(FeedRow.name, *_REMEMBERED).where(FeedRow.removed_at.is_(None)))
    return {row.name: _memory(row) for row in rows}


def memory(session: Session, name: str) -> FeedMemory:
    """What we remember of a feed; nothing of one that is not known."""
    row = session.execute(select(FeedRow.name, *_REMEMBERED).where(FeedRow.name == name)).first()
    return _memory(row) if row is not None else FeedMemory()


def claim_due(
    session: Session,
    now: datetime,
    *,
    limit: int,
    lease: timedelta,
    names: Collection[str] | None = None,
    force: bool = False,
) -> list[tuple[str, FeedMemory]]:
    """Takes feeds that are due, the most overdue first; no one else gets them before the lease ends.

    The next due time is written at once, so that a crash does not make us ask again. ``force`` takes feeds before
    their time, and those that are gone; what is under a lease, or blocked, is never taken.
    """
    due = (
        select(FeedRow.name)
        .where(
            FeedRow.removed_at.is_(None),
            or_(FeedRow.lease_until.is_(None), FeedRow.lease_until <= now),
            ~exists().where(BlockedSourceRow.feed == FeedRow.name),
        )
        .order_by(FeedRow.next_fetch_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    if not force:
        due = due.where(FeedRow.gone_at.is_(None), FeedRow.next_fetch_at <= now)
    if names is not None:
        due = due.where(FeedRow.name.in_(names))
    moment = literal(now, UtcDateTime())
    late = case((FeedRow.next_fetch_at.between(EPOCH + MICROSECOND, now), moment - FeedRow.next_fetch_at), else_=None)
    claim = (
        update(FeedRow)
        .where(FeedRow.name.in_(due))
        .values(lease_until=now + lease, next_fetch_at=moment + FeedRow.interval, lag=late)
        .returning(FeedRow.name, FeedRow.lag, *_REMEMBERED)
        .execution_options(synchronize_session=False)
    )
    rows = sorted(session.execute(claim), key=lambda row: (row.last_fetch_at is not None, -(row.lag or timedelta(0))))
    return [(row.name, _memory(row)) for row in rows]


def save_memory(session: Session, name: str, memory: FeedMemory) -> None:
    """Writes what is to be remembered of a feed and ends its lease. Without a due time the one of the claim stays."""
    values: dict[str, object] = {field: getattr(memory, field) for field in MEMORY}
    if memory.next_fetch_at is None:
        del values["next_fetch_at"]
    session.execute(update(FeedRow).where(FeedRow.name == name).values(values | {"lease_until": None}))


def release_leases(session: Session) -> int:
    """Ends the leases of a daemon that is no more; how many there were. Their due times stay."""
    return len(
        session.execute(
            update(FeedRow).where(FeedRow.lease_until.is_not(None)).values(lease_until=None).returning(FeedRow.name)
        ).all()
    )


def unstick(session: Session, now: datetime) -> int:
    """Makes feeds due that a clock, set back since, had asked in what is now the future; how many there were."""
    ahead = (
        update(FeedRow)
        .where(FeedRow.last_fetch_at > now + CLOCK_SLACK, FeedRow.gone_at.is_(None))
        .values(next_fetch_at=now, last_fetch_at=now, fresh_until=None)
        .returning(FeedRow.name)
    )
    return len(session.execute(ahead.execution_options(synchronize_session=False)).all())


def forget_document(session: Session, name: str) -> None:
    """Has the whole document of a feed asked for and read when it is due next, whether it has changed or not."""
    nothing = {"etag": None, "last_modified": None, "validators_url": None, "body_hash": None}
    session.execute(update(FeedRow).where(FeedRow.name == name).values(nothing))


def overview(session: Session) -> list[FeedOverview]:
    """How each feed of the configuration is doing, by name."""
    counted: dict[str, dict[str, int]] = {}
    for feed, outcome, count in session.execute(
        select(EntryRow.feed, EntryRow.outcome, func.count()).group_by(EntryRow.outcome, EntryRow.feed)
    ):
        counted.setdefault(feed, {})[outcome] = count
    rows = session.execute(
        select(FeedRow.name, FeedRow.url, FeedRow.lag, *_REMEMBERED)
        .where(FeedRow.removed_at.is_(None))
        .order_by(FeedRow.name)
    )
    said_no = session.execute(select(BlockedSourceRow.feed, BlockedSourceRow.reason))
    blocked = {feed: reason for feed, reason in said_no if feed}
    return [_overview(row, counted.get(row.name, {}), blocked.get(row.name, "")) for row in rows]


def same_documents(session: Session) -> list[tuple[str, ...]]:
    """The names of feeds of the configuration that are one document: by where their addresses lead, or by its bytes."""
    rows = session.execute(
        select(FeedRow.name, FeedRow.validators_url, FeedRow.body_hash)
        .where(FeedRow.removed_at.is_(None), FeedRow.last_success_at.is_not(None))
        .order_by(FeedRow.name)
    )
    found: dict[str, list[str]] = {}
    for name, url, body_hash in rows:
        for mark in filter(None, (url, body_hash)):
            found.setdefault(mark, []).append(name)
    return sorted({tuple(names) for names in found.values() if len(names) > 1})


def _new(name: str, url: str, interval: timedelta, now: datetime) -> dict[str, object]:
    blank = FeedMemory()
    values: dict[str, object] = {field: getattr(blank, field) for field in MEMORY}
    return values | {"name": name, "url": url, "interval": interval, "added_at": now, "next_fetch_at": EPOCH}


def _memory(row: Row[*tuple[object, ...]]) -> FeedMemory:
    values = {name: getattr(row, name) for name in MEMORY}
    due_at, level = _due_at(values["next_fetch_at"]), Identity(values["identity"])
    return FeedMemory(**values | {"next_fetch_at": due_at, "identity": level})


def _due_at(stored: datetime) -> datetime | None:
    return None if stored == EPOCH else stored


def _overview(row: Row[*tuple[object, ...]], counted: Mapping[str, int], blocked: str) -> FeedOverview:
    return FeedOverview(
        name=row.name,
        url=row.url,
        title=row.title,
        last_fetch_at=row.last_fetch_at,
        last_success_at=row.last_success_at,
        next_fetch_at=_due_at(row.next_fetch_at),
        lag=row.lag,
        failures=row.failures,
        last_error=row.last_error,
        entries=sum(counted.values()),
        published=counted.get(Outcome.PUBLISHED, 0),
        held=counted.get(Outcome.HELD, 0),
        gone=row.gone_at is not None,
        blocked=blocked,
        identity=Identity(row.identity),
        identity_reason=row.identity_reason,
    )
