"""Turns the error of a delivery into what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from aggregator.errors import (
    AggregatorError,
    BlockedError,
    BusyError,
    PublishError,
    RefusedError,
    RejectedError,
    RemovedError,
)
from aggregator.policy.durations import words

#: Most faults are blips (a restart, a full queue) and over in seconds; an outage is looked at four times a day.
STEPS = tuple(timedelta(seconds=s) for s in (1, 2, 5, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14_400, 21_600))
#: With the steps above this makes two weeks. Then a person must look, and can set it going again.
MAX_ATTEMPTS = 70
LONGEST_WAIT = timedelta(days=7)
#: A target that is left alone at its wish is so for everybody: one post's many failures make that no longer.
LONGEST_STEP_OF_ALL = timedelta(minutes=1)
#: A server that gave no answer in time may go on for a while all the same.
LEAST_SETTLING = timedelta(seconds=30)
FIRST_PAUSE = timedelta(hours=1)
LONGEST_PAUSE = timedelta(hours=24)


class Remedy(StrEnum):
    """What to do about a delivery that failed."""

    RETRY = "retry"  #: again at ``at``
    DEAD = "dead"  #: never again by ourselves
    FORGO = "forgo"  #: a person took the post away there: let it be so
    PAUSE = "pause"  #: nothing to this target before ``at``, and then this delivery again


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What to do next, when, and why."""

    action: Remedy
    at: datetime  #: of the next attempt; of a dead one: now
    in_doubt: bool  #: the target may have taken it: ask before sending again
    reason: str


def after(error: AggregatorError, attempts: int, now: datetime) -> Recovery:
    """What to do about a delivery that failed with ``error``.

    ``attempts`` counts those begun before the one that failed, as ``Delivery.attempts`` does; attempts that ended in
    a pause are among them, so that each pause is twice as long as the one before.

    A target's own wish (``retry_after``) is a lower bound, of seven days at most, for all deliveries to it. Where it
    may still be at work on this one (``unsettled_for``), it is not asked for it before that is over: it would not
    know of it yet, and take it twice. An error that nobody foresaw is retried, and in doubt: sending twice is worse
    than asking once too often.
    """
    in_doubt = error.in_doubt if isinstance(error, PublishError) else True
    if isinstance(error, RejectedError):
        return Recovery(action=Remedy.DEAD, at=now, in_doubt=in_doubt, reason="the target will never take this post")
    if isinstance(error, RemovedError):
        return Recovery(action=Remedy.FORGO, at=now, in_doubt=False, reason="it stays away there")
    if isinstance(error, (BlockedError, RefusedError)):
        pause = min(FIRST_PAUSE * (1 << min(max(attempts, 0), 10)), LONGEST_PAUSE)
        return Recovery(
            action=Remedy.PAUSE,
            at=now + max(pause, _wish(error)),
            in_doubt=in_doubt,
            reason="the target takes nothing until a person mends it",
        )
    if attempts + 1 >= MAX_ATTEMPTS:
        reason = f"given up after {attempts + 1} attempts"
        return Recovery(action=Remedy.DEAD, at=now, in_doubt=in_doubt, reason=reason)
    step, wish = STEPS[min(max(attempts, 0), len(STEPS) - 1)], _wish(error)
    if wish:
        wait = max(wish, min(step, LONGEST_STEP_OF_ALL))
        return Recovery(
            action=Remedy.PAUSE,
            at=now + wait,
            in_doubt=in_doubt,
            reason=f"the target asked to be left alone for {words(wait)}",
        )
    rest = _rest(error) if in_doubt else timedelta()
    why = "when the target must be done with it" if rest > step else f"after attempt {attempts + 1}"
    wait = max(step, rest)
    return Recovery(action=Remedy.RETRY, at=now + wait, in_doubt=in_doubt, reason=f"again in {words(wait)}, {why}")


def settled_at(unsettled_for: timedelta, now: datetime) -> datetime:
    """When a target that may be at work on something since now, for so long, must be done with it."""
    return now + _settling(unsettled_for)


def _rest(error: AggregatorError) -> timedelta:
    rest = error.unsettled_for if isinstance(error, PublishError) else None
    return timedelta() if rest is None else _settling(rest)


def _settling(unsettled_for: timedelta) -> timedelta:
    return min(max(unsettled_for, LEAST_SETTLING), LONGEST_WAIT)


def _wish(error: AggregatorError) -> timedelta:
    wish = error.retry_after if isinstance(error, (PublishError, BusyError)) else None
    return min(max(wish or timedelta(), timedelta()), LONGEST_WAIT)
