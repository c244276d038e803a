"""Targets that take nothing until a person has mended them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from aggregator.store.models import TargetRow
from aggregator.store.statements import upsert


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Until when a target is left alone, and why."""

    until: datetime
    reason: str


def pause(session: Session, target: str, until: datetime, reason: str) -> None:
    """Leaves a target alone until then; a new pause takes the place of an old one."""
    row = {"name": target, "paused_until": until, "reason": reason}
    upsert(session, TargetRow, [row], on=("name",), update=("paused_until", "reason"))


def paused(session: Session, now: datetime) -> dict[str, Pause]:
    """The targets that are to be left alone now."""
    rows = session.execute(
        select(TargetRow.name, TargetRow.paused_until, TargetRow.reason).where(TargetRow.paused_until > now)
    )
    return {name: Pause(until=until, reason=reason) for name, until, reason in rows}


def resume(session: Session, target: str) -> bool:
    """Ends a pause; whether there was one."""
    return (
        session.execute(delete(TargetRow).where(TargetRow.name == target).returning(TargetRow.name)).first() is not None
    )
