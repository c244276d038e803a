"""Dates as feeds write them: RFC 822, ISO 8601 (W3CDTF) and the usual ill forms of both.

Nothing is invented: a date without day, month and year, an impossible one, and one outside 1900 to 2100 is None.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

_LONGEST: Final = 100
_YEARS: Final = range(1900, 2101)

_ISO = re.compile(
    r"""(?P<year>\d{4})(?P<dash>[-/.]?)(?P<month>\d{1,2})(?P=dash)(?P<day>\d{1,2})
    (?:(?:\s*T\s*|\s+)(?P<hour>\d{1,2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<zone>.*))?$""",
    re.VERBOSE | re.IGNORECASE,
)
_ISO_SHORT = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2}))?$")
# "Sat, 07 Sep 2002 00:00:01 GMT"; the name of the day is ignored: it is often wrong or in another language.
_RFC = re.compile(
    r"""(?:[^\W\d_]+\.?,?\s+|[^\W\d_]+\.?,)?(?P<day>\d{1,2})(?:st|nd|rd|th)?\.?[\s,-]*(?P<month>[^\W\d_]{3,12})\.?[\s,-]*
    (?P<year>\d{4}|\d{2})\b,?
    (?:\s+(?:at\s+)?(?P<hour>\d{1,2})[:.](?P<minute>\d{1,2})(?:[:.](?P<second>\d{1,2})(?:[.,]\d+)?)?\s*(?P<zone>.*))?$""",
    re.VERBOSE | re.IGNORECASE,
)
# "Thursday, January 1, 2004 7:48 PM" and asctime's "Thu Jan  1 19:48:21 2004".
_AMERICAN = re.compile(
    r"""(?:[^\W\d_]+\.?,?\s+)?(?P<month>[^\W\d_]{3,12})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})\b,?
    (?:\s+(?:at\s+)?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?\s*(?P<zone>.*))?$""",
    re.VERBOSE | re.IGNORECASE,
)
_ASCTIME = re.compile(
    r"""(?:[^\W\d_]+\.?,?\s+)?(?P<month>[^\W\d_]{3,12})\.?\s+(?P<day>\d{1,2})\s+
    (?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?\s+(?P<zone>[A-Za-z]{1,5}\s+|[+-]\d{4}\s+)?(?P<year>\d{4})$""",
    re.VERBOSE | re.IGNORECASE,
)
_OFFSET = re.compile(
    r"(?:(?:GMT|UTC|UT)\s*)?(?P<sign>[+\u2212-])\s*(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?(?::?\d{2})?$", re.IGNORECASE
)

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        # English, then German, French, Spanish, Italian, Portuguese, Dutch where they differ in the first letters.
        (
            "jan janv ene gen",
            "feb fév fev févr",
            "mar mär mrz maa",
            "apr avr abr",
            "may mai mag mei",
            "jun juin giu",
            "jul juil lug",
            "aug aoû aou août ago",
            "sep set",
            "oct okt ott out",
            "nov",
            "dec dez déc dic",
        ),
        start=1,
    )
    for name in names.split()
}

#: Hours east of Greenwich. Where a name has several meanings, the one that is common in feeds (RFC 822 for the US).
_ZONES: Final = {
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "MET": 1, "MEST": 2,
    "MEZ": 1, "MESZ": 2, "SAST": 2, "EET": 2, "EEST": 3, "MSK": 3, "MSD": 4, "TRT": 3, "PKT": 5, "IST": 5.5,
    "NPT": 5.75, "ICT": 7, "WIB": 7, "HKT": 8, "SGT": 8, "AWST": 8, "PHT": 8, "JST": 9, "KST": 9, "ACST": 9.5,
    "ACDT": 10.5, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "NST": -3.5, "NDT": -2.5, "ART": -3, "BRT": -3,
    "AST": -4, "ADT": -3, "EST": -5, "EDT": -4, "ET": -5, "CST": -6, "CDT": -5, "CT": -6, "MST": -7, "MDT": -6,
    "MT": -7, "PST": -8, "PDT": -7, "PT": -8, "AKST": -9, "AKDT": -8, "HST": -10,
}  # fmt: skip
_GREENWICH: Final = frozenset({"GMT", "+0000", "Z", "+00:00", "UTC", ""})


def read(text: str | None) -> datetime | None:
    """The moment that a date in a feed names, in UTC; None where it names none.

    A date without a time is midnight, a time without a zone or with an unknown one is UTC (RFC 5322, 4.3).
    """
    if not text:
        return None
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return None
    moment = _usual(text)
    if moment is not None:
        return moment
    forms = (_ISO, _ISO_SHORT) if text[:4].isdecimal() else (_RFC, _AMERICAN, _ASCTIME)
    for form in forms:
        match = form.match(text)
        if match is not None:
            return _moment(match.groupdict())
    return None


def _usual(text: str) -> datetime | None:
    """The two forms that nearly all feeds use, read without expressions: a feed has hundreds of dates."""
    try:
        if text[10:11] == "T" and text[4] == "-" and text[13:14] == ":":
            local = datetime.fromisoformat(text)
            return local.astimezone(UTC).replace(microsecond=0) if local.tzinfo and local.year in _YEARS else None
        month = _MONTHS.get(text[8:11].lower()) if text[3:5] == ", " and text[26:] in _GREENWICH else None
        numbers = (text[12:16], text[5:7], text[17:19], text[20:22], text[23:25])
        if month is not None and text[16:26:3] == " :: " and "".join(numbers).isdecimal():
            year, day, hour, minute, second = map(int, numbers)
            return datetime(year, month, day, hour, minute, second, tzinfo=UTC) if year in _YEARS else None
    except (ValueError, OverflowError):
        return None
    return None


def _moment(part: dict[str, str | None]) -> datetime | None:
    year, month = _year(part["year"] or ""), _month(part.get("month") or "1")
    zone, afternoon = _zone(part.get("zone") or "")
    hour, minute, second = (int(part.get(name) or 0) for name in ("hour", "minute", "second"))
    if year not in _YEARS or month is None or zone is None or second > 60:
        return None
    if afternoon is not None and 1 <= hour <= 12:
        hour = hour % 12 + (12 if afternoon else 0)
    days = 0
    if hour == 24 and minute == second == 0:  # the end of the day (ISO 8601, 4.2.3)
        hour, days = 0, 1
    try:
        # A leap second (RFC 5322, 3.3) is the second before it: datetime has none.
        local = datetime(year, month, int(part.get("day") or 1), hour, minute, min(second, 59), tzinfo=UTC)
        return local - zone + timedelta(days=days) if zone or days else local
    except (ValueError, OverflowError):
        return None


def _year(digits: str) -> int:
    if len(digits) == 2:  # RFC 5322, 4.3
        return int(digits) + (2000 if int(digits) < 50 else 1900)
    return int(digits)


def _month(name: str) -> int | None:
    if name.isdecimal():
        return int(name)
    name = name.lower()
    for length in (4, 3):
        if name[:length] in _MONTHS:
            return _MONTHS[name[:length]]
    return None


def _zone(text: str) -> tuple[timedelta | None, bool | None]:
    """The offset, and whether the hour is after noon (None: a clock of 24 hours)."""
    if text in _GREENWICH:
        return timedelta(0), None
    text, afternoon = text.strip(), None
    if text[:2].upper() in {"AM", "PM"} and not text[2:3].isalpha():
        afternoon = text[:2].upper() == "PM"
        text = text[2:].strip()
    text = text.partition("(")[0].strip() or text.strip("() ")
    match = _OFFSET.match(text)
    if match is not None:
        minutes = int(match["hours"]) * 60 + int(match["minutes"] or 0)
        if minutes >= 24 * 60:
            return None, afternoon
        return timedelta(minutes=-minutes if match["sign"] != "+" else minutes), afternoon
    return timedelta(hours=_ZONES.get(text.upper(), 0)), afternoon
