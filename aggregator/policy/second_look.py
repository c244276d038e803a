"""What to do about a page that could not be had: whether it is looked at again, when, and what is shown until then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from aggregator.errors import AggregatorError, BusyError, CostlyError, UnreachableError
from aggregator.policy.durations import words
from aggregator.types import Basis, Known, Rights

#: Before the first look again, before the second, and so on: most faults are over in minutes, an outage in hours.
WAITS = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
#: Pages that took our reader too much: that may have been the load of the moment, but is more likely the page.
COSTLY_WAITS = WAITS[:1]
LONGEST_WAIT = timedelta(days=7)
LONGEST_HOLD = timedelta(hours=1)  #: an entry is news: rather a few words of it now than all of them tomorrow
#: Words of a feed's own text that will do without the page: any. With the link alone none are shown.
ENOUGH = {Rights.FULL: 1, Rights.EXCERPT: 1, Rights.LINK: 0}


class Meanwhile(StrEnum):
    """What becomes of an entry whose page could not be had."""

    SETTLED = "settled"  #: the feed's own words are all that there will be
    SHOWN = "shown"  #: they are published, and replaced when the page can be had
    HELD = "held"  #: nothing new is published before the page was looked at again


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What to do about an entry whose page could not be had, and why."""

    outcome: Meanwhile
    at: datetime | None  #: of the next look; None: there is none
    looks: int  #: made before
    reason: str


def after(
    error: AggregatorError, *, looks: int, words_given: int, rights: Rights, known: Known | None, now: datetime
) -> Look:
    """What to do after ``error`` kept us from a page that was looked at again ``looks`` times before.

    ``words_given`` counts the words of the feed's own text, ``known`` is what the store holds of the entry. Held back
    is the first post of a new entry, if the feed says little and for a short while only; and a revision whose earlier
    one was made from the page. A server's own wish (Retry-After) is a lower bound.
    """
    waits = _waits(error)
    if not waits:
        return Look(outcome=Meanwhile.SETTLED, at=None, looks=looks, reason="this will not pass")
    if looks >= len(waits):
        reason = f"given up after {looks + 1} attempts"
        return Look(outcome=Meanwhile.SETTLED, at=None, looks=looks, reason=reason)
    wish = (error.retry_after if isinstance(error, BusyError) else None) or timedelta()
    wait = max(waits[looks], min(wish, LONGEST_WAIT))
    outcome, meanwhile = Meanwhile.SHOWN, "the feed's own words are shown"
    if known is None and wait <= LONGEST_HOLD and words_given < ENOUGH[rights]:
        outcome, meanwhile = Meanwhile.HELD, "held back, since the feed gives no words of its own"
    elif known is not None and known.post_key is not None and known.basis is Basis.PAGE:
        outcome, meanwhile = Meanwhile.HELD, "the post that was made from its page stays"
    plan = f"its page is looked at again in {words(wait)} ({looks + 1} of {len(waits)})"
    return Look(outcome=outcome, at=now + wait, looks=looks, reason=f"{meanwhile}; {plan}")


def _waits(error: AggregatorError) -> tuple[timedelta, ...]:
    """The pauses that a failure is worth; none where it will not pass (403, 404, 410, robots.txt, no article)."""
    if isinstance(error, (UnreachableError, BusyError)):
        return WAITS
    return COSTLY_WAITS if isinstance(error, CostlyError) else ()
