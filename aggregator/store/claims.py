"""Claims: who works on which delivery, for how long, and what becomes of it where he never ends.

A delivery goes from pending to claimed to begun. Both end by ``deliveries.settle`` and its like; a claim that was not
begun can be put back, as if it had never been made.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, select, true, update
from sqlalchemy.orm import Session

from aggregator.store import posts, targets
from aggregator.store.columns import UtcDateTime
from aggregator.store.deliveries import UNDER_WAY
from aggregator.store.models import DeliveryRow, PostRow
from aggregator.types import Action, Delivery, DeliveryState, Publication

#: What would be seen at the target for the first time.
_NEW = and_(DeliveryRow.debut_at.is_(None), DeliveryRow.action == Action.PUBLISH)
_CERTAINLY_NOT_THERE = and_(DeliveryRow.remote_id.is_(None), DeliveryRow.in_doubt.is_(False))
#: The error of an attempt that never ended.
CUT_OFF = "cut off, so that it may have arrived"


def take(
    session: Session,
    now: datetime,
    target: str,
    *,
    limit: int,
    lease: timedelta,
    new: int | None = None,
    newest_first: bool = False,
) -> list[Delivery]:
    """Takes deliveries to a target that are due, the oldest posts first. No one else gets them meanwhile.

    At most ``limit`` are under way at a time, those of earlier claims among them; at most ``new`` of those taken put
    something new there (None: any number). A paused target gets none. Where an earlier attempt never ended, the
    delivery is in doubt.
    """
    _release(session, DeliveryRow.lease_until <= now)
    chosen = _due(session, now, target, limit, new, newest_first)
    taken = (
        update(DeliveryRow)
        .where(DeliveryRow.id.in_(chosen), DeliveryRow.state == DeliveryState.PENDING)
        .values(
            state=DeliveryState.CLAIMED,
            claimed_revision=DeliveryRow.revision,
            lease_until=now + lease,
            debut_at=case((_NEW, literal(now, UtcDateTime())), else_=DeliveryRow.debut_at),
        )
        .returning(DeliveryRow.id)
        .execution_options(synchronize_session=False)
    )
    numbers = session.scalars(taken).all() if chosen else []
    query = (
        select(DeliveryRow, PostRow.payload)
        .join(PostRow, PostRow.key == DeliveryRow.post_key)
        .where(DeliveryRow.id.in_(numbers))
        .order_by(*_order(newest_first))
    )
    return [_delivery(row, payload) for row, payload in session.execute(query)]


def begin(session: Session, delivery_id: int) -> None:
    """Notes that an attempt begins: from here to its end, only the target knows whether it was made."""
    mine = update(DeliveryRow).where(DeliveryRow.id == delivery_id, DeliveryRow.state == DeliveryState.CLAIMED)
    begun = {"state": DeliveryState.BEGUN, "attempts": DeliveryRow.attempts + 1}
    session.execute(mine.values(begun).execution_options(synchronize_session=False))


def put_back(session: Session, delivery_ids: Collection[int]) -> None:
    """Ends claims whose attempt was not begun, as if they had never been made."""
    _unclaim(session, DeliveryRow.id.in_(delivery_ids))


def release(session: Session, settled: Mapping[str, datetime]) -> int:
    """Ends the leases of those who are no more, all of them; how many there were. What had begun is in doubt.

    ``settled``: by target, when one that may still be at work on it must be done; it is not asked for it before.
    """
    busy = sum(_release(session, DeliveryRow.target == target, at) for target, at in settled.items())
    return busy + _release(session, true())


def waiting(session: Session, target: str, now: datetime, *, new: bool) -> int:
    """How many deliveries to a target are due and not under way: all, or what would be new there."""
    due = (DeliveryRow.state == DeliveryState.PENDING, DeliveryRow.target == target, DeliveryRow.next_attempt_at <= now)
    query = select(func.count()).select_from(DeliveryRow).where(*due, *([_NEW] if new else []))
    return session.scalar(query) or 0


def _release(session: Session, which: ColumnElement[bool], again_at: datetime | None = None) -> int:
    """Ends leases whose holder is no more; how many. What he had begun is in doubt, and not attempted before."""
    values: dict[str, object] = {"state": DeliveryState.PENDING, "in_doubt": True, "lease_until": None}
    values |= {"error": CUT_OFF} | ({"next_attempt_at": again_at} if again_at else {})
    over = update(DeliveryRow).where(DeliveryRow.state == DeliveryState.BEGUN, which).values(values)
    begun = session.execute(over.returning(DeliveryRow.id).execution_options(synchronize_session=False)).all()
    return len(begun) + _unclaim(session, which)


def _unclaim(session: Session, which: ColumnElement[bool]) -> int:
    mine = update(DeliveryRow).where(DeliveryRow.state == DeliveryState.CLAIMED, which)
    unclaimed = {
        "state": DeliveryState.PENDING,
        "lease_until": None,
        "debut_at": case((_CERTAINLY_NOT_THERE, None), else_=DeliveryRow.debut_at),
    }
    back = mine.values(unclaimed).returning(DeliveryRow.id).execution_options(synchronize_session=False)
    return len(session.execute(back).all())


def _due(session: Session, now: datetime, target: str, limit: int, new: int | None, newest_first: bool) -> list[int]:
    """Which deliveries to claim: the first ones that are due, not more of what is new there than may be."""
    claimed = (DeliveryRow.state.in_(UNDER_WAY), DeliveryRow.target == target)
    room = limit - (session.scalar(select(func.count()).select_from(DeliveryRow).where(*claimed)) or 0)
    if room <= 0 or target in targets.paused(session, now):
        return []
    first = (
        select(DeliveryRow.id)
        .where(
            DeliveryRow.state == DeliveryState.PENDING,
            DeliveryRow.target == target,
            DeliveryRow.next_attempt_at <= now,
        )
        .order_by(*_order(newest_first))
        .limit(room)
        .with_for_update(skip_locked=True)
    )
    if new is None or new >= room:
        return list(session.scalars(first))
    found = list(session.scalars(first.where(~_NEW)))
    return (found + list(session.scalars(first.where(_NEW).limit(new))))[:room]


def _order(newest_first: bool) -> tuple[ColumnElement[Any], ...]:
    columns = (DeliveryRow.published_at, DeliveryRow.id)
    return tuple(column.desc() for column in columns) if newest_first else tuple(column.asc() for column in columns)


def _delivery(row: DeliveryRow, payload: str) -> Delivery:
    publication = None
    if row.remote_id is not None:
        publication = Publication(
            remote_id=row.remote_id,
            remote_url=row.remote_url,
            published_at=row.remote_published_at,
            pushed_hash=row.pushed_hash,
            version=row.version,
        )
    return Delivery(
        id=row.id,
        key=row.post_key,
        target=row.target,
        action=Action(row.action),
        post=posts.read(payload),
        state=DeliveryState(row.state),
        attempts=row.attempts,
        in_doubt=row.in_doubt,
        next_attempt_at=row.next_attempt_at,
        lease_until=row.lease_until,
        publication=publication,
    )
