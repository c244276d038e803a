"""A part of each day by the clock of a place: ``22:00-07:00 Europe/Berlin``."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, time, tzinfo
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, PlainValidator

from aggregator.config.values import BadValueError

_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})(?:\s+(\S+))?")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}")


@dataclass(frozen=True, slots=True)
class Hours:
    """From ``start`` until just before ``end``; over midnight where ``end`` is the smaller one."""

    start: time
    end: time
    zone: str = ""  #: name of the time zone; empty: that of the site

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M} {self.zone}".rstrip()

    def at_home_in(self, zone: str) -> Hours:
        """The same hours, in this zone where they name none."""
        return self if self.zone else replace(self, zone=zone)


def time_zone(name: str) -> tzinfo:
    """A zone by its name in the IANA database. Raises BadValueError."""
    if name.upper() == "UTC":
        return UTC  # there also where the machine has no time zones
    hint = 'write it like "Europe/Berlin", "America/New_York" or "UTC"'
    if len(name) > 60 or _ZONE.fullmatch(name) is None:
        raise BadValueError(f"{name[:60]!r} is not a time zone", hint)
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError) as error:  # OSError: the name of a folder of zones
        raise BadValueError(f"there is no time zone {name!r}", hint) from error


def _zone_name(value: str) -> str:
    time_zone(value)
    return value


def _hours(value: object) -> Hours:
    if isinstance(value, Hours):
        return value
    hint = 'write it like "22:00-07:00" or "22:00-07:00 Europe/Berlin"'
    if not isinstance(value, str):
        raise BadValueError("must be hours of the day in quotes", hint)
    match = _HOURS.fullmatch(value.strip()) if len(value) <= 100 else None
    if match is None:
        raise BadValueError(f"{value[:60]!r} is no part of a day", hint)
    try:
        start, end = time(int(match[1]), int(match[2])), _end(int(match[3]), int(match[4]))
    except ValueError as error:
        raise BadValueError(f"{value[:60]!r} has a time that no clock shows", hint) from error
    if start == end:
        raise BadValueError("begins and ends at the same time: that is all day or never", hint)
    return Hours(start, end, _zone_name(match[5]) if match[5] else "")


def _end(hour: int, minute: int) -> time:
    return time(0) if (hour, minute) == (24, 0) else time(hour, minute)


HoursValue = Annotated[Hours, PlainValidator(_hours)]
ZoneName = Annotated[str, AfterValidator(_zone_name)]
