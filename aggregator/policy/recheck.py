"""When the page of a published article is looked at once more, and what its answer says.

Publishers mend and withdraw mostly within hours, rarely after weeks, so that looks come at growing spans. Each is one
conditional request; a server that gives no validators sends the whole page each time, and is asked half as often.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from urllib.parse import urlsplit

from aggregator.errors import FetchError, GoneError, RefusedError
from aggregator.policy.durations import words

SOONEST = timedelta(minutes=15)  #: after what we did last with a page
CONFIRM = timedelta(days=1)  #: between two answers of 404 that are believed: maintenance is over by then
PER_DAY = 300  #: looks at the pages of one registrable domain, all feeds together
CONTROLS = 3  #: other pages of a site that are asked before a withdrawal is believed
_SAME = 0.3  #: share of its words that an article keeps when it is revised
_WORDS = 5_000


class Answer(StrEnum):
    """What a page's answer says of the article."""

    THERE = "there"
    GONE = "gone"  #: 410: for good (RFC 9110, 15.5.11)
    MISSING = "missing"  #: 404: now
    UNKNOWN = "unknown"  #: nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """When to look again, and why; None: not any more."""

    at: datetime | None
    reason: str


def plan(spans: Sequence[timedelta], since: datetime, now: datetime, *, validators: bool) -> Plan:
    """The next look at a page that was published then. ``validators``: it can be asked whether it has changed."""
    mine = spans if validators else spans[1::2] or spans
    ahead = [span for span in mine if since + span >= now + SOONEST]
    if not ahead:
        return Plan(at=None, reason="its page is not looked at any more")
    return Plan(at=since + ahead[0], reason=f"its page is looked at again {words(ahead[0])} after it was published")


def of_error(error: FetchError) -> Answer:
    """What a failure to get a page says. A wall, a robots.txt or a server in trouble says nothing."""
    if isinstance(error, GoneError):
        return Answer.GONE
    return Answer.MISSING if isinstance(error, RefusedError) and error.status == 404 else Answer.UNKNOWN


def elsewhere(asked: str, final: str) -> bool:
    """Whether a page led to the front page of a site, where many send who asks for what they have no more."""
    fronts = {"", "/"}
    return urlsplit(final).path in fronts and urlsplit(asked).path not in fronts


def same_article(before: str, after: str) -> bool:
    """Whether a page still shows the article, however revised, and not an error or a notice in its place.

    Compared by their words; of an article of which only an excerpt stands here, that is looked for.
    """
    one, other = _words(before), _words(after)
    return not one or len(one & other) >= _SAME * len(one)


def _words(text: str) -> set[str]:
    return {match[0].casefold() for match in islice(re.finditer(r"\w+", text), _WORDS)}
