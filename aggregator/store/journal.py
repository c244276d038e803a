"""The journal: what was decided about entries and feeds, and why. Kept for a while."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, delete, insert, select
from sqlalchemy.orm import Session

from aggregator.store.models import StepRow
from aggregator.types import Step

#: How many rows one transaction of ``prune`` deletes, so that it keeps no one waiting.
PRUNED_AT_ONCE = 20_000


def write(session: Session, steps: Sequence[Step]) -> None:
    """Adds steps."""
    rows = [
        {"at": s.at, "feed": s.feed, "entry_key": s.entry_key, "step": s.step, "outcome": s.outcome, "reason": s.reason}
        for s in steps
    ]
    if rows:
        session.connection().execute(insert(StepRow.__table__), rows)  # type: ignore[arg-type]


def of_entry(session: Session, feed: str, entry_key: str) -> list[Step]:
    """All that was decided about an entry, oldest first."""
    return _steps(session, _select().where(StepRow.feed == feed, StepRow.entry_key == entry_key).order_by(StepRow.id))


def of_feed(session: Session, feed: str, limit: int = 50) -> list[Step]:
    """What was decided last about a feed as a whole, newest first."""
    own = _select().where(StepRow.feed == feed, StepRow.entry_key.is_(None))
    return _steps(session, own.order_by(StepRow.id.desc()).limit(limit))


def latest(session: Session, feed: str, step: str, outcome: str) -> datetime | None:
    """When a step last came to an outcome for a feed as a whole; None: never, or so long ago that it is forgotten."""
    own = select(StepRow.at).where(StepRow.feed == feed, StepRow.entry_key.is_(None))
    return session.scalar(
        own.where(StepRow.step == step, StepRow.outcome == outcome).order_by(StepRow.id.desc()).limit(1)
    )


def prune(session: Session, before: datetime, limit: int = PRUNED_AT_ONCE) -> int:
    """Forgets steps from before then, at most ``limit``; how many there were. To be called until it answers less."""
    old = select(StepRow.id).where(StepRow.at < before).limit(limit)
    return len(session.execute(delete(StepRow).where(StepRow.id.in_(old)).returning(StepRow.id)).all())


def _select() -> Select[datetime, str, str | None, str, str, str]:
    return select(StepRow.at, StepRow.feed, StepRow.entry_key, StepRow.step, StepRow.outcome, StepRow.reason)


def _steps(session: Session, query: Select[datetime, str, str | None, str, str, str]) -> list[Step]:
    return [
        Step(at=at, feed=feed, entry_key=entry_key, step=step, outcome=outcome, reason=reason)
        for at, feed, entry_key, step, outcome, reason in session.execute(query)
    ]
