"""The way back of a post that was taken back at its targets."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, update
from sqlalchemy.orm import Session

from aggregator.store.models import DeliveryRow
from aggregator.types import Action, DeliveryState


def owe_again(session: Session, post_key: str, now: datetime) -> None:
    """Owes a withdrawn post to its targets again: they are asked first, since they may have kept it somewhere.

    What they were known to hold before we took it back counts no more: else it would seem that a person removed it.
    """
    withdrawals = update(DeliveryRow).where(
        DeliveryRow.post_key == post_key, DeliveryRow.action == Action.WITHDRAW.value
    )
    under_way = DeliveryRow.state.in_([DeliveryState.CLAIMED.value, DeliveryState.BEGUN.value])
    taken_back_there = DeliveryRow.state == DeliveryState.WITHDRAWN.value
    session.execute(
        withdrawals.values(
            action=Action.PUBLISH,
            state=case((under_way, DeliveryRow.state), else_=DeliveryState.PENDING.value),
            revision=DeliveryRow.revision + 1,
            attempts=0,
            in_doubt=True,
            remote_id=case((taken_back_there, None), else_=DeliveryRow.remote_id),
            next_attempt_at=now,
            settled_at=None,
        )
    )
