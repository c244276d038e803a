"""What a target may be handed now, and how it is doing: its pause, its breaker and its pace, over the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.config import Manners
from aggregator.policy import breaker, pace
from aggregator.policy.pace import Allowance
from aggregator.store import DeliveryLine, Session, claims, deliveries, targets
from aggregator.store.targets import Pause, Trouble
from aggregator.types import Delivery, DeliveryState

#: Deliveries that a target is handed before what it put off is finished.
BATCH = 20
#: A claim that outlives its task is only left by a kill, and the next start frees it.
LEASE = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Deliveries that are due, and yet held back."""

    count: int
    until: datetime  #: when the first of them may go
    reason: str
    paused: bool  #: nothing goes there before; else nothing that is new there

    def __str__(self) -> str:
        return f"{'paused' if self.paused else 'held'} until {self.until:%Y-%m-%d %H:%M} UTC: {self.reason}"

    def holds(self, line: DeliveryLine) -> bool:
        """Whether this is what a delivery waits for."""
        pending = line.state is DeliveryState.PENDING and line.next_attempt_at < self.until
        return pending and (self.paused or line.new)


def take(
    session: Session, name: str, manners: Manners, now: datetime, *, gathering: bool = False
) -> tuple[list[Delivery], Trouble | None]:
    """What a target is to be handed now, claimed; and how it fails, if it does.

    ``gathering``: the old entries of a new feed are still coming in. A target that gets new posts slowly gets none
    before all are there, since else the first would not be the oldest.
    """
    trouble = targets.trouble(session, name)
    limit = 1 if trouble is not None and breaker.probes(trouble.failures) else BATCH
    new, newest = _allowance(session, name, manners, now).room, manners.order == "newest"
    if gathering and pace.needed(manners):
        new = 0
    batch = claims.take(session, now, name, limit=limit, lease=LEASE, new=new, newest_first=newest)
    return batch, trouble


def failed(
    session: Session, delivery: Delivery, now: datetime, *, paused: bool, again: bool
) -> tuple[Trouble, Pause | None]:
    """Counts a failure of a target; how it fails now, and the pause that is to be told, if one begins.

    ``paused``: the pause that holds was made for this very failure. Others that end while one holds were under way
    when it was made, and don't count. ``again``: the failure before was of the same delivery. That may lie in the
    post, which waits longer each time by itself; only where the target is known to fail does it count.
    """
    name, blank = delivery.target, Trouble(failures=0, paused_until=None, reason="", told=False)
    before = targets.trouble(session, name) or blank
    until, why = before.paused_until, before.reason
    if not paused and ((until is not None and until > now) or (again and not breaker.probes(before.failures))):
        return before, None
    failures = before.failures + 1
    wait = breaker.pause_after(failures)
    if wait is not None and (until is None or now + wait > until):
        error = deliveries.error(session, delivery.id)
        until, why = now + wait, f"{failures} deliveries failed in a row, the last: {error}"
    holds = until is not None and until > now
    after = Trouble(failures=failures, paused_until=until, reason=why, told=before.told or holds)
    targets.note(session, name, after)
    return after, Pause(until=until, reason=why) if until is not None and holds and not before.told else None


def waits(session: Session, manners: Mapping[str, Manners], now: datetime) -> dict[str, Wait]:
    """The targets that are owed something and are not given it now."""
    paused = targets.paused(session, now)
    found: dict[str, Wait] = {}
    for name, settings in manners.items():
        if (pause := paused.get(name)) is not None:
            count = claims.waiting(session, name, now, new=False)
            found[name] = Wait(count=count, until=pause.until, reason=pause.reason, paused=True)
            continue
        allowance = _allowance(session, name, settings, now)
        if allowance.room == 0 and (count := claims.waiting(session, name, now, new=True)):
            found[name] = Wait(count=count, until=allowance.at, reason=allowance.reason, paused=False)
    return found


def _allowance(session: Session, name: str, manners: Manners, now: datetime) -> Allowance:
    wanted = pace.needed(manners)
    return pace.allowed(targets.debuts(session, name, wanted) if wanted else (), manners, now)
