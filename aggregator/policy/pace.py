"""Whether a target may be given something new now: quiet hours, time between two posts, posts in a day.

Only what is new there is held back. A correction or a withdrawal of what readers see already goes at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aggregator.config import Hours, Manners, time_zone
from aggregator.policy.durations import words

DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How much that is new a target may be given."""

    room: int | None  #: how many posts may be begun now; None: any number
    at: datetime  #: when the next one may be begun: now, or later where there is no room
    reason: str  #: why not now; empty where there is room


def needed(manners: Manners) -> int:
    """How many of the latest first publications `allowed` must know of; 0: none."""
    return max(manners.per_day or 0, 1 if manners.spacing else 0)


def allowed(history: Sequence[datetime], manners: Manners, now: datetime) -> Allowance:
    """What may be begun at a target, whose latest first publications were at these times.

    A time that lies ahead, because the clock was set back since, counts as now: it holds nothing back for longer
    than it ever could.
    """
    past = sorted(min(at, now) for at in history)
    at, reason = now, ""
    if past and past[-1] + manners.spacing > at:
        at, reason = past[-1] + manners.spacing, f"{words(manners.spacing)} between two new posts"
    today = [moment for moment in past if moment > now - DAY]
    if manners.per_day is not None and len(today) >= manners.per_day:
        free = today[-manners.per_day] + DAY
        if free > at:
            at, reason = free, f"no more than {manners.per_day} new posts in 24 hours"
    if manners.quiet is not None and (end := quiet_until(manners.quiet, at)) is not None:
        at, reason = end, f"quiet hours, {manners.quiet}"
    if at > now:
        return Allowance(room=0, at=at, reason=reason)
    rooms = [manners.per_day - len(today)] if manners.per_day is not None else []
    rooms += [1] if manners.spacing else []
    return Allowance(room=min(rooms, default=None), at=now, reason="")


def quiet_until(hours: Hours, moment: datetime) -> datetime | None:
    """When the quiet hours end that this moment lies in; None where it lies in none.

    What counts is the clock on the wall. Where that is set forward over the end, the answer may be as much too late.
    """
    zone = time_zone(hours.zone or "UTC")
    local = moment.astimezone(zone)
    clock = local.time()
    over_midnight = hours.end < hours.start
    inside = clock >= hours.start or clock < hours.end if over_midnight else hours.start <= clock < hours.end
    if not inside:
        return None
    # A time of the clock may come twice in a night (PEP 495): the first that is still ahead.
    ends = (
        datetime.combine(local.date() + timedelta(days=day), hours.end, zone).replace(fold=fold).astimezone(UTC)
        for day in (0, 1)
        for fold in (0, 1)
    )
    return min(end for end in ends if end > moment)
