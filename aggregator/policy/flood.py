"""The replay brake: tells an archive that is shown again, or all of a feed under new ids, from a day with much news.

What a feed shows for the first time is news if its date says so, however much there is of it. It is held where many
are dated before the newest entry that the feed had brought (an archive was opened, a system moved, ids were changed),
or where dates tell nothing (none, or all the same) and there are far more than the feed ever brought.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from aggregator.policy import dates
from aggregator.policy.hold import Cause
from aggregator.types import Entry, Feed

FEW = 3  #: old entries are no flood below this; an editor adds one or two
LATE = timedelta(days=2)  #: what is dated this long before the newest known has often come late, not again
LATE_IF_ALL_IS_NEW = timedelta(hours=12)  #: less, where the feed shows nothing that we know
LATENESS = 4  #: times the usual lateness of a feed (courts, magazines, lists of events) is late, not again
SAMPLES = 5  #: entries that tell what is usual
DAY = timedelta(days=1)
YOUNG = timedelta(days=7)  #: until then little is known of how much a feed brings in a day
FIRST = timedelta(hours=1)  #: within this the first document is stored
BUSIER = 2  #: times its busiest day is far more than a feed ever brought
RESTAMPED = 5  #: entries of one minute, if they are most of a document, were dated by a program, not by an editor


@dataclass(frozen=True, slots=True)
class Brought:
    """An entry that a feed brought before."""

    first_seen_at: datetime
    published_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What a feed has brought so far: of its latest entries those that were not held."""

    subscribed_at: datetime | None
    read_at: datetime | None  #: when it last answered, before now
    brought: tuple[Brought, ...]
    held: int  #: entries of an archive that are held still


@dataclass(frozen=True, slots=True, kw_only=True)
class Flood:
    """The entries of one document that are held, and why."""

    keys: frozenset[str]
    cause: Cause
    reason: str


def suspect(new: Sequence[Entry], feed: Feed, now: datetime) -> bool:
    """Whether new entries of a document are worth a look at what the feed has brought so far."""
    if feed.max_old is None or feed.memory.subscribed_at is None or not new:
        return False
    stated = [dates.stated(entry) for entry in new]
    return len(new) > feed.max_old or any(date is None or now - date > LATE_IF_ALL_IS_NEW for date in stated)


def find(
    shown: Sequence[Entry],
    new: Collection[str],
    known: Collection[str],
    *,
    limit: int,
    history: History,
    now: datetime,
) -> Flood | None:
    """The flood in a document, if it is one.

    ``shown`` are its entries in its order, ``new`` and ``known`` the keys of those that would be taken and of those
    that were met before; ``limit`` is how many old ones may come at once.
    """
    read_at = history.read_at or now
    newest = max((one.published_at for one in history.brought if one.published_at), default=read_at)
    newest = min(newest, read_at)
    dated, vague = _told_apart(shown, new, known)
    before = newest - _slack(history, all_is_new=not known)
    old = [key for key, date in dated.items() if date < before]
    most = bool(history.brought) and len(old) >= FEW and 2 * len(old) > len(shown)
    if most or len(old) > (0 if history.held else limit):
        keys = {key for key, date in dated.items() if date < newest} | set(vague)
        reason = (
            f"came with {len(old)} new entries, of {len(shown)} shown, dated before {before:%Y-%m-%d}, while the "
            f"newest known is of {newest:%Y-%m-%d}: an archive, or old entries under new ids"
        )
        return Flood(keys=frozenset(keys), cause=Cause.ARCHIVE, reason=reason)
    usual = _usual(history, now)
    if len(vague) > max(limit, usual):
        reason = (
            f"came with {len(vague)} new entries, of {len(shown)} shown, whose dates tell nothing; "
            f"by what it has brought before, no more than {usual} were to be expected"
        )
        return Flood(keys=frozenset(vague), cause=Cause.FLOOD, reason=reason)
    return None


def _told_apart(
    shown: Sequence[Entry], new: Collection[str], known: Collection[str]
) -> tuple[dict[str, datetime], list[str]]:
    """New entries with the dates that tell their age, and those of which no date tells it.

    Undated entries above one that is known are newer than that, since feeds add at the top.
    """
    stated = {entry.key: date for entry in shown if (date := dates.stated(entry))}
    minutes = Counter(date.replace(second=0, microsecond=0) for date in stated.values())
    common, often = minutes.most_common(1)[0] if minutes else (None, 0)
    if often >= RESTAMPED and 2 * often > len(stated):
        stated = {key: date for key, date in stated.items() if date.replace(second=0, microsecond=0) != common}
    top = next((index for index, entry in enumerate(shown) if entry.key in known), 0)
    vague = [entry.key for entry in shown[top:] if entry.key in new and entry.key not in stated]
    return {key: date for key, date in stated.items() if key in new}, vague


def _slack(history: History, *, all_is_new: bool) -> timedelta:
    """How long before the newest known an entry may be dated that is late and no more."""
    late = [
        max(one.first_seen_at - one.published_at, timedelta()) / DAY
        for one in history.brought
        if one.published_at is not None and one.published_at >= dates.EARLIEST and not _at_first(one, history)
    ]
    least = LATE_IF_ALL_IS_NEW if all_is_new else LATE
    return max(least, LATENESS * median(late) * DAY) if len(late) >= SAMPLES else least


def _usual(history: History, now: datetime) -> int:
    """How many entries a feed may be expected to bring since it answered last, at the most."""
    days = Counter(one.first_seen_at.date() for one in history.brought if not _at_first(one, history))
    away = max((now - history.read_at) / DAY, 1.0) if history.read_at else 1.0
    usual = int(BUSIER * max(days.values(), default=0) * away)
    if history.subscribed_at is not None and now - history.subscribed_at < YOUNG:
        usual = max(usual, sum(_at_first(one, history) for one in history.brought))
    return usual


def _at_first(one: Brought, history: History) -> bool:
    """Whether an entry came with the first document, which tells nothing of what a day brings."""
    return history.subscribed_at is not None and abs(one.first_seen_at - history.subscribed_at) <= FIRST
