"""How targets are doing: those that fail or are paused, of which each has a row, and when they got something new."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from aggregator.store.models import DeliveryRow, TargetRow
from aggregator.store.statements import upsert


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Until when a target is left alone, and why."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """How a target fails."""

    failures: int  #: in a row, whatever the post; 0: it is paused, and no failure has been counted yet
    paused_until: datetime | None  #: None: not paused; a time gone by: its pause is over, and it is yet to be tried
    reason: str  #: of the pause
    told: bool  #: a person has been told that it is paused


def pause(session: Session, target: str, until: datetime, reason: str) -> None:
    """Leaves a target alone until then; a new pause takes the place of an old one."""
    row = {"name": target, "failures": 0, "paused_until": until, "reason": reason, "told": False}
    upsert(session, TargetRow, [row], on=("name",), update=("paused_until", "reason"))


def note(session: Session, target: str, trouble: Trouble) -> None:
    """Notes how a target fails, in place of what was noted before."""
    row = {
        "name": target,
        "failures": trouble.failures,
        "paused_until": trouble.paused_until,
        "reason": trouble.reason,
        "told": trouble.told,
    }
    upsert(session, TargetRow, [row], on=("name",), update=("failures", "paused_until", "reason", "told"))


def trouble(session: Session, target: str) -> Trouble | None:
    """How a target fails; None where it is well."""
    row = session.get(TargetRow, target)
    if row is None:
        return None
    return Trouble(failures=row.failures, paused_until=row.paused_until, reason=row.reason, told=row.told)


def paused(session: Session, now: datetime) -> dict[str, Pause]:
    """The targets that are to be left alone now."""
    rows = session.execute(
        select(TargetRow.name, TargetRow.paused_until, TargetRow.reason).where(TargetRow.paused_until > now)
    )
    return {name: Pause(until=until, reason=reason) for name, until, reason in rows if until is not None}


def recover(session: Session, target: str, now: datetime) -> bool:
    """Notes that a target is well; whether it was in trouble.

    A pause that still holds, made while the successful attempt was under way, goes on.
    """
    over = or_(TargetRow.paused_until.is_(None), TargetRow.paused_until <= now)
    gone = delete(TargetRow).where(TargetRow.name == target, over).returning(TargetRow.name)
    return session.execute(gone.execution_options(synchronize_session=False)).first() is not None


def resume(session: Session, target: str) -> bool:
    """Ends a pause by hand; whether there was one."""
    return (
        session.execute(delete(TargetRow).where(TargetRow.name == target).returning(TargetRow.name)).first() is not None
    )


def unstick(session: Session, now: datetime, longest: timedelta) -> None:
    """Ends pauses that are longer than any may be, by a clock set back since."""
    ahead = update(TargetRow).where(TargetRow.paused_until > now + longest)
    session.execute(ahead.values(paused_until=now).execution_options(synchronize_session=False))


def debuts(session: Session, target: str, limit: int) -> list[datetime]:
    """When posts were first put at a target, or may have been: the latest ones."""
    query = (
        select(DeliveryRow.debut_at)
        .where(DeliveryRow.target == target, DeliveryRow.debut_at.is_not(None))
        .order_by(DeliveryRow.debut_at.desc())
        .limit(limit)
    )
    return [at for at in session.scalars(query) if at is not None]
