"""Servers that asked us to stay away, remembered over a restart."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, case, delete, select
from sqlalchemy.orm import Session

from aggregator.store.models import HostRow
from aggregator.store.statements import Columns, upsert


def blocked(session: Session) -> dict[str, datetime]:
    """Until when each domain is not to be asked."""
    rows = session.execute(select(HostRow.domain, HostRow.blocked_until))
    return {domain: until for domain, until in rows}  # noqa: C416 - dict() knows no rows


def block(session: Session, domain: str, until: datetime) -> None:
    """Keeps us away from a domain; a later time stands against a sooner one."""
    upsert(session, HostRow, [{"domain": domain, "blocked_until": until}], on=("domain",), also=_later)


def _later(new: Columns) -> dict[str, ColumnElement[datetime]]:
    return {
        "blocked_until": case(
            (HostRow.blocked_until > new.blocked_until, HostRow.blocked_until), else_=new.blocked_until
        )
    }


def prune(session: Session, now: datetime) -> int:
    """Forgets what is over; how many there were."""
    return len(session.execute(delete(HostRow).where(HostRow.blocked_until <= now).returning(HostRow.domain)).all())
