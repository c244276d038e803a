"""What header fields mean, as pure functions: freshness, Retry-After, media type, links."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from aggregator import urls
from aggregator.types import Response

#: Nobody may keep us away for longer than this with one answer.
LONGEST_WAIT = timedelta(days=7)
#: RFC 9111, 1.2.2: a recipient that can't hold a larger number uses a large one.
LONGEST_FRESHNESS = timedelta(days=3650)
MAX_VALUE = 8_000
MAX_LINKS = 50

_DIRECTIVE = re.compile(r'([!#$%&\'*+.^_`|~0-9a-z-]+)(?:\s{0,9}=\s{0,9}(?:"([^"]*)"|([^\s",;]*)))?', re.IGNORECASE)
_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_REL = re.compile(r';\s{0,9}rel\s{0,9}=\s{0,9}(?:"([^"]*)"|([^\s",;]+))', re.IGNORECASE)


def http_date(value: str | None) -> datetime | None:
    """A date in any of the three forms of RFC 9110, 5.6.7, as UTC; None for anything else."""
    if not value or len(value) > 100:
        return None
    try:
        date = parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    try:
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except OverflowError:
        return None


def freshness(response: Response, now: datetime) -> timedelta | None:
    """For how much longer the sender declares the answer good; None where he does not, or says "ask again".

    ``max-age`` less ``Age``, or else ``Expires`` less ``Date``, so that a wrong clock on either side does
    no harm (RFC 9111, 4.2). ``s-maxage`` is for shared caches, which we are not. ``now`` stands in for a
    missing ``Date``.
    """
    control = _directives(_joined(response, "cache-control"))
    if "no-cache" in control and not control["no-cache"]:
        return None
    if "no-store" in control:
        return None
    if "max-age" in control:
        lifetime = _seconds(control["max-age"])
    else:
        expires = http_date(response.header("expires"))
        if expires is None or "no-cache" in _directives(_joined(response, "pragma")):
            return None
        lifetime = expires - (http_date(response.header("date")) or now)
    if lifetime is None:
        return None
    left = min(lifetime, LONGEST_FRESHNESS) - (_seconds(response.header("age")) or timedelta())
    return left if left > timedelta() else None


def declares_freshness(response: Response) -> bool:
    """Whether the answer says anything about its lifetime, be it "none"."""
    return any(response.header(name) is not None for name in ("cache-control", "expires"))


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """How long a server asks us to stay away (RFC 9110, 10.2.3), from nothing to seven days; None if it doesn't.

    Negative numbers and dates in the past mean "no wait"; what is neither number nor date means nothing.
    """
    if value is None:
        return None
    text = value.strip()
    if re.fullmatch(r"-\d{1,20}(?:\.\d{0,20})?", text):
        return timedelta()
    wait = _seconds(text.partition(".")[0]) if re.fullmatch(r"\d+(?:\.\d{0,20})?", text) else None
    if wait is None:
        date = http_date(text)
        if date is None:
            return None
        wait = date - now
    return min(max(wait, timedelta()), LONGEST_WAIT)


def media_type(content_type: str | None) -> str:
    """The media type without parameters, lower case; empty where none is declared."""
    return (content_type or "").partition(";")[0].strip().lower()


def links(response: Response) -> dict[str, str]:
    """The targets of the ``Link`` fields by relation (RFC 8288), absolute; the first of each relation counts."""
    found: dict[str, str] = {}
    for name, value in response.headers:
        if name != "link":
            continue
        for match in list(_LINK.finditer(value[:MAX_VALUE]))[:MAX_LINKS]:
            target = urls.resolve(response.url, match[1].strip())
            rel = _REL.search(match[2])
            if target is None or rel is None:
                continue
            for relation in (rel[1] or rel[2] or "").lower().split():
                found.setdefault(relation, target)
    return found


def _joined(response: Response, name: str) -> str:
    return ", ".join(value for key, value in response.headers if key == name)[:MAX_VALUE]


def _directives(value: str) -> dict[str, str]:
    """Directives by name, lower case; of a repeated one the first counts (RFC 9111, 4.2.1)."""
    found: dict[str, str] = {}
    for match in _DIRECTIVE.finditer(value):
        found.setdefault(match[1].lower(), match[2] if match[2] is not None else match[3] or "")
    return found


def _seconds(value: str | None) -> timedelta | None:
    text = (value or "").strip()
    if not text.isascii() or not text.isdigit():
        return None
    return timedelta(seconds=int(text)) if len(text) <= 9 else LONGEST_FRESHNESS
