"""When a digest is due: at a time of day, or so long after the first post that waits for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from aggregator.config import BadValueError
from aggregator.config.values import duration

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
SHORTEST = timedelta(minutes=1)
_HINT = 'a time of day such as "07:00", or how long posts are gathered, such as "6h"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Daily:
    """At a time of day."""

    at: time
    zone: tzinfo

    def after(self, waiting_since: datetime) -> datetime:
        """The first such moment after a post began to wait."""
        local = waiting_since.astimezone(self.zone)
        for days in (0, 1):
            moment = datetime.combine(local.date() + timedelta(days=days), self.at, self.zone).astimezone(UTC)
            if moment > waiting_since:
                break
        return moment

    def __str__(self) -> str:
        return f"{self.at:%H:%M} {self.zone}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """So long after the first post of it."""

    span: timedelta

    def after(self, waiting_since: datetime) -> datetime:
        """When that span is over."""
        return waiting_since + self.span

    def __str__(self) -> str:
        return f"{self.span.total_seconds() / 3600:g} hours after its first post"


Times = Daily | Gathered


def read(text: str, zone: tzinfo) -> Times:
    """Reads ``07:00`` or a duration. Raises BadValueError."""
    clock = _CLOCK.fullmatch(text.strip())
    if clock is not None:
        return Daily(at=time(int(clock[1]), int(clock[2])), zone=zone)
    try:
        span = duration(text)
    except BadValueError as error:
        raise BadValueError(f"{text[:40]!r} is neither a time of day nor a duration", _HINT) from error
    if span < SHORTEST:
        raise BadValueError("must be at least a minute", _HINT)
    return Gathered(span=span)
