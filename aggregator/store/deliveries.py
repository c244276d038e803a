"""The outbox: what is owed to which target. A post is promised once per target, and settled once.

A delivery goes from pending to claimed to begun to published (or withdrawn, or dead), and back to pending where an
attempt failed for now or where the post has changed. ``revision`` counts promises: only an attempt that worked on
the latest one settles the delivery.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select, update
from sqlalchemy.orm import Session

from aggregator.store import entries, targets
from aggregator.store.models import DeliveryRow, PostRow
from aggregator.store.statements import Columns, upsert
from aggregator.types import Action, DeliveryState, Outcome, Post, Publication

#: Longer than any failure makes a delivery wait.
LONGEST_WAIT = timedelta(days=8)
UNDER_WAY = (DeliveryState.CLAIMED, DeliveryState.BEGUN)
OPEN = (DeliveryState.PENDING, *UNDER_WAY)
SETTLED = frozenset({DeliveryState.PUBLISHED, DeliveryState.WITHDRAWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLine:
    """A delivery as a list shows it."""

    id: int
    post_key: str
    feed: str
    entry_key: str
    title: str
    url: str | None  #: the original's
    target: str
    action: Action
    state: DeliveryState
    attempts: int
    in_doubt: bool
    published_at: datetime  #: the original's date
    next_attempt_at: datetime
    lease_until: datetime | None
    error: str  #: of the last attempt
    remote_id: str | None
    remote_url: str | None
    settled_at: datetime | None
    new: bool  #: it would be seen at the target for the first time


def promise(session: Session, post: Post, targets: Sequence[str], action: Action, now: datetime) -> None:
    """Owes a stored post to targets, or its withdrawal.

    A delivery that is settled or dead is pending again; one that waits after a failure goes on waiting; one
    under way will be done once more. What is withdrawn, or is to be, is not published by this.
    """
    rows = [
        {
            "post_key": post.key,
            "target": target,
            "action": action,
            "state": DeliveryState.PENDING,
            "revision": 1,
            "claimed_revision": 0,
            "attempts": 0,
            "in_doubt": False,
            "published_at": post.published_at,
            "next_attempt_at": now,
            "error": "",
            "pushed_hash": "",
            "version": "",
            "created_at": now,
        }
        for target in targets
    ]
    upsert(
        session, DeliveryRow, rows, on=("post_key", "target"), update=("action", "published_at"), also=_anew, where=_may
    )


def error(session: Session, delivery_id: int) -> str:
    """Why the last attempt at a delivery failed; empty where it did not."""
    return session.scalar(select(DeliveryRow.error).where(DeliveryRow.id == delivery_id)) or ""


def settle(session: Session, delivery_id: int, publication: Publication | None, now: datetime) -> None:
    """Notes that an attempt did what it was to do, and what the target now holds.

    Where the post was promised anew meanwhile, the delivery is pending again. When nothing more is owed for
    a post, its entry is published or withdrawn.
    """
    row = _row(session, delivery_id)
    row.lease_until, row.in_doubt, row.error = None, False, ""
    if publication is not None:
        row.debut_at = now if row.remote_id is None else row.debut_at
        row.remote_id, row.remote_url = publication.remote_id, publication.remote_url
        row.remote_published_at, row.pushed_hash = publication.published_at, publication.pushed_hash
        row.version = publication.version
    if row.revision > row.claimed_revision:
        _again(row, now)
    else:
        row.state = DeliveryState.PUBLISHED if row.action == Action.PUBLISH else DeliveryState.WITHDRAWN
        row.settled_at = now
    session.flush()
    _settle_entry(session, row.post_key)


def retry(session: Session, delivery_id: int, at: datetime, error: str, in_doubt: bool) -> None:
    """Notes that an attempt failed for now. A doubt stays until the delivery is settled."""
    row = _row(session, delivery_id)
    row.state, row.lease_until, row.next_attempt_at, row.error = DeliveryState.PENDING, None, at, error
    row.in_doubt = row.in_doubt or in_doubt
    _no_debut(row)
    session.flush()


def bury(session: Session, delivery_id: int, error: str, now: datetime) -> None:
    """Notes that the target will never take this post; its entry is dead. A newer revision is tried all the same."""
    row = _row(session, delivery_id)
    row.lease_until, row.error = None, error
    _no_debut(row)
    if row.revision > row.claimed_revision:
        _again(row, now)
    else:
        row.state, row.settled_at = DeliveryState.DEAD, now
        entries.settle_outcome(session, row.post_key, Outcome.DEAD, f"{row.target} rejected it: {error}")
    session.flush()


def forgo(session: Session, delivery_id: int, error: str, now: datetime) -> None:
    """Notes that a person took the post away at the target: nothing is published there under its key again."""
    row = _row(session, delivery_id)
    row.action, row.state, row.lease_until = Action.WITHDRAW, DeliveryState.WITHDRAWN, None
    row.in_doubt, row.error, row.settled_at = False, error, now
    session.flush()
    _settle_entry(session, row.post_key)


def revive(session: Session, *, target: str | None = None, key: str | None = None, now: datetime) -> int:
    """Makes dead and waiting deliveries due now, of one target or one post if named; how many."""
    query = select(DeliveryRow).where(DeliveryRow.state.in_([DeliveryState.DEAD, DeliveryState.PENDING]))
    wanted = ((DeliveryRow.target, target), (DeliveryRow.post_key, key))
    query = query.where(*(column == value for column, value in wanted if value is not None))
    rows = [row for row in session.scalars(query) if row.state == DeliveryState.DEAD or row.next_attempt_at > now]
    for row in rows:
        if row.state == DeliveryState.DEAD:
            entries.settle_outcome(session, row.post_key, Outcome.QUEUED, "tried again by hand")
        _again(row, now)
    session.flush()
    return len(rows)


def unstick(session: Session, now: datetime) -> int:
    """Ends waits and pauses that are longer than any may be, by a clock set back since; how many deliveries."""
    targets.unstick(session, now, LONGEST_WAIT)
    ahead = (
        update(DeliveryRow)
        .where(DeliveryRow.state == DeliveryState.PENDING, DeliveryRow.next_attempt_at > now + LONGEST_WAIT)
        .values(next_attempt_at=now)
        .returning(DeliveryRow.id)
    )
    return len(session.execute(ahead.execution_options(synchronize_session=False)).all())


def lines(
    session: Session,
    *,
    target: str | None = None,
    states: Collection[DeliveryState] | None = None,
    feed: str | None = None,
    post_key: str | None = None,
    limit: int | None = None,
) -> list[DeliveryLine]:
    """Deliveries as a list shows them, those first promised last at the top."""
    query = (
        select(DeliveryRow, PostRow.feed, PostRow.entry_key, PostRow.title, PostRow.canonical_url)
        .join(PostRow, PostRow.key == DeliveryRow.post_key)
        .order_by(DeliveryRow.id.desc())
        .limit(limit)
    )
    wanted = ((DeliveryRow.target, target), (PostRow.feed, feed), (DeliveryRow.post_key, post_key))
    query = query.where(*(column == value for column, value in wanted if value is not None))
    if states is not None:
        query = query.where(DeliveryRow.state.in_(states))
    return [_line(*row) for row in session.execute(query)]


def pending(session: Session) -> int:
    """How many deliveries are owed."""
    return session.scalar(select(func.count()).select_from(DeliveryRow).where(DeliveryRow.state.in_(OPEN))) or 0


def counts(session: Session) -> dict[tuple[str, DeliveryState], int]:
    """How many deliveries there are by target and state."""
    rows = session.execute(
        select(DeliveryRow.target, DeliveryRow.state, func.count()).group_by(DeliveryRow.state, DeliveryRow.target)
    )
    return {(target, DeliveryState(state)): count for target, state, count in rows}


def _anew(new: Columns) -> dict[str, ColumnElement[Any]]:
    """A promise over an earlier one: what is settled starts again, what is open goes on as it was."""
    old = DeliveryRow
    is_open = or_(*(old.state == state for state in OPEN))
    return {
        "revision": old.revision + 1,
        "state": case((is_open, old.state), else_=new.state),
        "attempts": case((is_open, old.attempts), else_=new.attempts),
        "next_attempt_at": case((is_open, old.next_attempt_at), else_=new.next_attempt_at),
    }


def _may(new: Columns) -> ColumnElement[bool]:
    return or_(DeliveryRow.action != Action.WITHDRAW, new.action != Action.PUBLISH)


def _row(session: Session, delivery_id: int) -> DeliveryRow:
    return session.get_one(DeliveryRow, delivery_id, with_for_update=True)


def _no_debut(row: DeliveryRow) -> None:
    """After a failure that left no doubt, what was new at the target still is."""
    if row.remote_id is None and not row.in_doubt:
        row.debut_at = None


def _again(row: DeliveryRow, now: datetime) -> None:
    row.state, row.attempts, row.next_attempt_at, row.settled_at = DeliveryState.PENDING, 0, now, None


def _settle_entry(session: Session, post_key: str) -> None:
    query = select(DeliveryRow).where(DeliveryRow.post_key == post_key).order_by(DeliveryRow.target)
    found = session.scalars(query).all()
    if not {row.state for row in found} <= SETTLED:
        return
    there = [row for row in found if row.state == DeliveryState.PUBLISHED]
    if there:
        names = ", ".join(f"{row.target}: {row.remote_url}" if row.remote_url else row.target for row in there)
        entries.settle_outcome(session, post_key, Outcome.PUBLISHED, f"published at {names}")
    else:
        reasons = "; ".join(row.error or f"taken back at {row.target}" for row in found)
        entries.settle_outcome(session, post_key, Outcome.WITHDRAWN, reasons)


def _line(row: DeliveryRow, feed: str, entry_key: str, title: str, url: str | None) -> DeliveryLine:
    return DeliveryLine(
        id=row.id,
        post_key=row.post_key,
        feed=feed,
        entry_key=entry_key,
        title=title,
        url=url,
        target=row.target,
        action=Action(row.action),
        state=DeliveryState(row.state),
        attempts=row.attempts,
        in_doubt=row.in_doubt,
        published_at=row.published_at,
        next_attempt_at=row.next_attempt_at,
        lease_until=row.lease_until,
        error=row.error,
        remote_id=row.remote_id,
        remote_url=row.remote_url,
        settled_at=row.settled_at,
        new=row.debut_at is None and row.action == Action.PUBLISH,
    )
