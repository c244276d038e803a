"""What the dates that entries state are worth: feeds leave them out, restamp them, and get zones and years wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aggregator.types import Entry

#: The web is not older. What is dated before (zero in Unix time, year 1) has no date.
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
ZONES = timedelta(days=1)  #: a date may be ahead by as much for want of the right time zone
TYPO = timedelta(days=366)  #: what is dated ahead by more is dated by mistake


def stated(entry: Entry) -> datetime | None:
    """The date that an entry gives itself, that of publication first; None where it gives none that can be."""
    return next((date for date in (entry.published_at, entry.updated_at) if date and date >= EARLIEST), None)


def due(entry: Entry, now: datetime) -> datetime | None:
    """When an entry that is dated ahead has its date; None for one that is not, but for a wrong zone or year."""
    date = stated(entry)
    return date if date is not None and ZONES < date - now <= TYPO else None
