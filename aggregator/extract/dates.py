"""When a page was published and changed: from its claims, checked against htmldate's reading of the page."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone

import htmldate
import lxml.html
from dateutil import parser

from aggregator.markup.structured import Structured

EARLIEST = date(1990, 1, 1)

_ZONES = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "BST": 1, "CET": 1}
_ZONES |= {
    "CEST": 2,
    "MEZ": 1,
    "MESZ": 2,
    "EET": 2,
    "EEST": 3,
    "MSK": 3,
    "IST": 5,
    "JST": 9,
    "KST": 9,
    "AEST": 10,
    "AEDT": 11,
}

_ISO = re.compile(
    r"^\s*(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):?(\d{2})(?::?(\d{2}))?(?:\.\d+)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)


def choose(
    root: lxml.html.HtmlElement, said: Structured, url: str | None, latest: datetime
) -> tuple[datetime | None, datetime | None, str]:
    """Publication and modification, in the zone they are written in, and where the first was found.

    htmldate says which day; a claim of that day (or the next to it, in another zone) gives the hour.
    Nothing lies after ``latest``.
    """
    claims = [(moment, claim.source) for claim in said.claims if (moment := read(claim.published, latest))]
    modified = [moment for claim in said.claims if (moment := read(claim.modified, latest))]
    day = _htmldate(root, url, latest)
    changed = modified[0] if modified else None
    if day is not None:
        for moment, source in sorted(claims, key=lambda claim: abs((claim[0].date() - day).days)):
            if abs((moment.date() - day).days) <= 1:
                return moment, changed, f"{source}, and htmldate"
        if not claims:
            return datetime.combine(day, time(), UTC), changed, "htmldate"
    if claims:
        return claims[0][0], changed, claims[0][1]
    return None, changed, "none"


def read(value: str, latest: datetime) -> datetime | None:
    """A date as pages write them, with its zone (UTC where it has none); None if it is none, before 1990 or to come."""
    value = value.strip()[:60]
    if not value or not re.search(r"\d", value):
        return None
    match = _ISO.match(value)
    try:
        if match:
            moment = _from_iso(match)
        else:
            if not re.search(r"\d{4}", value):
                return None
            moment = parser.parse(value, default=datetime(latest.year, 1, 1, tzinfo=UTC), tzinfos=_offset)
    except (ValueError, OverflowError, TypeError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment.date() < EARLIEST or moment > latest + timedelta(days=1):
        return None
    return min(moment, latest)


def _from_iso(match: re.Match[str]) -> datetime:
    year, month, day = (int(match.group(part)) for part in (1, 2, 3))
    hour, minute, second = (int(match.group(part) or 0) for part in (4, 5, 6))
    return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=_zone(match.group(7) or ""))


def _zone(written: str) -> timezone:
    if written[:1] not in {"+", "-"}:
        return UTC
    digits = written[1:].replace(":", "")
    shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]))
    return timezone(shift if written[0] == "+" else -shift)


def _offset(name: str | None, seconds: int | None) -> int:
    """Seconds east of UTC: as written, or of a few well-known names; unknown names count as UTC."""
    return seconds if seconds is not None else _ZONES.get((name or "").upper(), 0) * 3600


def _htmldate(root: lxml.html.HtmlElement, url: str | None, latest: datetime) -> date | None:
    """The day by markup and address; by patterns in the text, which takes far longer, only where those say nothing."""
    limit = latest.strftime("%Y-%m-%d")
    for thorough in (False, True):
        found = htmldate.find_date(root, extensive_search=thorough, original_date=True, url=url, max_date=limit)
        if found:
            return date.fromisoformat(found)
    return None
