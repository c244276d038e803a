"""Decides when a feed is asked again, and what is remembered of an answer or a failure."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from cronsim import CronSim

from aggregator import urls
from aggregator.config import FetchSettings
from aggregator.errors import AggregatorError, BusyError, FetchError, GoneError
from aggregator.policy.durations import words
from aggregator.types import Feed, FeedMemory, Hop, Parsed, Response

NEVER = datetime(9999, 1, 1, tzinfo=UTC)  #: the due time of a feed that is gone
LONGEST_WISH = timedelta(days=1)  #: of a document (``ttl``, ``sy:``); HTTP may ask for more
LONGEST_RETRY_AFTER = timedelta(days=7)
JITTER = 0.1  #: of a wait, so that feeds don't march in step
FIRST_SPREAD = timedelta(hours=1)  #: feeds subscribed together are spread over their interval, or over this
CRON_JITTER = timedelta(minutes=5)  #: at most, since somebody chose the minute
FIRST_RETRY = timedelta(hours=1)  #: after a failure, for a feed that is asked less often; doubled each time
DENIED_WAIT = timedelta(hours=4)  #: after 401 and 403
BUSY_WAIT = timedelta(hours=1)  #: after the first 429 without Retry-After

AUTO = timedelta(hours=1)  #: where nothing tells how often a feed changes
AUTO_LEAST, AUTO_MOST = timedelta(minutes=30), timedelta(days=1)
AUTO_SHARE = 0.1  #: of the time since the last change (RFC 9111, 4.2.2)

MOVED_TIMES, MOVED_FOR = 3, timedelta(days=7)  #: how often and how long a permanent redirect must hold to be believed
CONFIRM_MOVE = timedelta(days=1)  #: how often the old address is asked meanwhile whether it still says so
MAX_VALIDATOR = 1_000  #: characters; a longer one would make requests that servers refuse

_PERMANENT = frozenset({301, 308})


def next_fetch(feed: Feed, now: datetime, settings: FetchSettings, *, jitter: float) -> tuple[datetime, str]:
    """When to ask a feed again, and why then. Never in the past; ``NEVER`` for a feed that is gone.

    Counted from the last answer, so that asking this again, after a restart or a reload, gives no earlier time.
    ``jitter``, from 0 to 1, only ever lengthens.
    """
    memory = feed.memory
    if memory.gone_at is not None:
        return NEVER, "never: the server says that it is gone (410)"
    if memory.last_fetch_at is None:
        return now, "now: never asked"
    # A last answer in the future was dated by a clock that has been set back since.
    last = min(memory.last_fetch_at, now)
    wait, reason = _failed_wait(feed, last, settings) if memory.failures else _wait(feed, last, settings)
    least = floor(feed, settings)
    if wait < least:
        wait, reason = least, f"not more often than every {words(least)}"
    if feed.every.cron is None:
        at = last + min(_lengthened(wait, memory, jitter), max(wait, _cap(feed, settings)))
    else:
        at = _cron(feed.every.cron, max(last + wait, now), now + _cap(feed, settings))
        at += min(JITTER * (at - last), CRON_JITTER) * jitter
        reason = f"at {feed.every.cron!r}" + (f" ({reason})" if wait > least else "")
    at = max(at, now)
    allowed = _out_of_skipped(at, memory, jitter)
    return (at, reason) if allowed == at else (allowed, f"{reason}, and not in the hours and days that it skips")


def floor(feed: Feed, settings: FetchSettings) -> timedelta:
    """The least time between two requests for a feed: below five minutes only on one's own network."""
    hosts = {urls.host(url) for url in (feed.url, feed.memory.moved_url) if url}
    return settings.floor_for(inside=all(host == "localhost" or settings.allows(host) for host in hosts))


def address(feed: Feed, now: datetime) -> str:
    """The address to ask: where a permanent redirect leads, as RFC 9110, 15.4.2 suggests, else the configured one.

    Until the redirect is believed for good, the old address is asked once a day whether it still holds, and at once
    when the new one fails: a mistake of a day must not lead the feed away.
    """
    memory = feed.memory
    if memory.moved_url is None or memory.moved_since_at is None:
        return feed.url
    confirmed_until = memory.moved_since_at + CONFIRM_MOVE * memory.moved_count
    return memory.moved_url if memory.moved_adopted or (not memory.failures and now < confirmed_until) else feed.url


def after_success(memory: FeedMemory, response: Response, parsed: Parsed | None, now: datetime) -> FeedMemory:
    """What to remember after a 200 whose document was read (``parsed``), or after a 304 or the same bytes (None)."""
    at = min(response.fetched_at, now)
    memory = _validators(memory, response)
    memory = _moved(memory, response, now)
    freshness = response.fresh_for
    if freshness is None and response.not_modified:
        freshness = memory.freshness  # a 304 that says nothing leaves the stored answer's lifetime as it was
    memory = replace(
        memory,
        freshness=freshness or None,
        fresh_until=at + freshness if freshness else None,
        last_fetch_at=at,
        last_success_at=now,
        subscribed_at=memory.subscribed_at or now,
        failures=0,
        last_error="",
        gone_at=None,
    )
    if parsed is None:
        return memory
    return replace(
        memory,
        title=parsed.title,
        site_url=parsed.site_url,
        hub_url=parsed.hub_url,
        language=parsed.language,
        rights=parsed.rights,
        image_url=parsed.image_url,
        ttl=parsed.ttl,
        update_period=parsed.update_period,
        skip_hours=parsed.skip_hours,
        skip_days=parsed.skip_days,
    )


def after_report(memory: FeedMemory, answered: FeedMemory, report: str) -> FeedMemory:
    """What to remember after a document that reports an error instead of entries; ``answered`` as after a success.

    It is a failure, and the document is asked for again as a whole: that it is unchanged would not make it good. A feed
    that has shown nothing else is not subscribed by it.
    """
    return replace(
        answered,
        failures=memory.failures + 1,
        last_error=report[:1000],
        last_success_at=memory.last_success_at,
        subscribed_at=memory.subscribed_at,
        fresh_until=None,
        etag=None,
        last_modified=None,
        validators_url=None,
        body_hash=None,
    )


def after_failure(memory: FeedMemory, error: AggregatorError, now: datetime) -> FeedMemory:
    """What to remember after a failure. Validators stay: those of the last good answer are still true.

    ``fresh_until`` takes the least wait that the error asks for; ``next_fetch`` adds the ladder. That another
    feed's server told us to stay away is no failure of this one.
    """
    blocked = isinstance(error, BusyError) and error.status is None
    failures = memory.failures if blocked else memory.failures + 1
    wait = _least_wait(error, failures)
    return replace(
        memory,
        failures=failures,
        last_error=str(error)[:1000],
        last_fetch_at=memory.last_fetch_at if blocked and memory.last_fetch_at else now,
        fresh_until=now + wait if wait else None,
        gone_at=(memory.gone_at or now) if isinstance(error, GoneError) else memory.gone_at,
    )


def same_body(memory: FeedMemory, response: Response) -> bool:
    """Whether a 200 brought the bytes that were read last time."""
    return memory.body_hash is not None and memory.body_hash == _hash(response.body)


# --- waits -----------------------------------------------------------------------------------


def _wait(feed: Feed, last: datetime, settings: FetchSettings) -> tuple[timedelta, str]:
    """How long a feed that is well can wait after its last answer."""
    memory = feed.memory
    wait, reason = _interval(feed, last)
    cap = _cap(feed, settings)
    if memory.fresh_until is not None:
        fresh = min(memory.fresh_until - last, cap)
        if fresh > wait:
            return fresh, f"its answer is good for {words(fresh)}"
        return wait, reason
    wish = min(max(memory.ttl or timedelta(), memory.update_period or timedelta()), LONGEST_WISH, cap)
    return (wish, f"the feed wishes for every {words(wish)}") if wish > wait else (wait, reason)


def _failed_wait(feed: Feed, last: datetime, settings: FetchSettings) -> tuple[timedelta, str]:
    """How long to leave a feed that failed: longer each time, and as long as the error asks for."""
    memory = feed.memory
    start = max(min(_interval(feed, last)[0], FIRST_RETRY), floor(feed, settings))
    wait = min(_doubled(start, memory.failures - 1), _cap(feed, settings))
    reason = f"in {words(wait)}, after {memory.failures} failure{'s' * (memory.failures > 1)} in a row"
    asked = min(memory.fresh_until - last, LONGEST_RETRY_AFTER) if memory.fresh_until else timedelta()
    return (asked, f"not for {words(asked)} after {memory.last_error}") if asked > wait else (wait, reason)


def _least_wait(error: AggregatorError, failures: int) -> timedelta | None:
    if not isinstance(error, FetchError):
        return None
    if isinstance(error, BusyError):
        if error.retry_after is not None:
            return min(max(error.retry_after, timedelta()), LONGEST_RETRY_AFTER)
        if error.status == 429:
            return min(_doubled(BUSY_WAIT, failures - 1), LONGEST_RETRY_AFTER)
    return DENIED_WAIT if error.status in (401, 403) else None


def _doubled(wait: timedelta, times: int) -> timedelta:
    return wait * (1 << min(max(times, 0), 20))  # 20: enough for any cap


def _interval(feed: Feed, last: datetime) -> tuple[timedelta, str]:
    """The wait that the owner wants."""
    if feed.every.interval is not None:
        return feed.every.interval, f"every {words(feed.every.interval)}"
    if feed.every.cron is not None:
        return timedelta(), f"at {feed.every.cron!r}"
    memory = feed.memory
    changed = _http_date(memory.last_modified)
    if changed is not None and changed < last:
        wait = min(max((last - changed) * AUTO_SHARE, AUTO_LEAST), AUTO_MOST)
        return wait, f"every {words(wait)}, since it last changed {words(last - changed)} before"
    wait = min(max(memory.update_period or memory.ttl or AUTO, AUTO_LEAST), AUTO_MOST)
    return wait, f"every {words(wait)}"


def _cap(feed: Feed, settings: FetchSettings) -> timedelta:
    """The longest wait that a server can cause; what the owner wants may be longer still."""
    return max(settings.ceiling, feed.every.interval or timedelta())


def _lengthened(wait: timedelta, memory: FeedMemory, jitter: float) -> timedelta:
    first = memory.subscribed_at is not None and memory.subscribed_at == memory.last_success_at and not memory.failures
    return wait + (min(wait, FIRST_SPREAD) if first else wait * JITTER) * jitter


def _cron(line: str, earliest: datetime, latest: datetime) -> datetime:
    """The next time of a cron line from ``earliest`` on; ``latest`` for a line that has none, as 30 February."""
    return next(CronSim(line, earliest.astimezone(UTC) - timedelta(seconds=1)), latest)


def _out_of_skipped(at: datetime, memory: FeedMemory, jitter: float) -> datetime:
    """The first time from ``at`` on that is in no hour or day that the feed asks to skip (GMT; RSS 2.0)."""
    hours = {hour % 24 for hour in memory.skip_hours}
    days = {day % 7 for day in memory.skip_days}
    if len(hours) == 24 or len(days) == 7:
        return at  # nobody who publishes can mean this
    found = at
    while found.hour in hours or found.weekday() in days:
        found = found.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    # Everybody who obeys arrives as the hour opens: come a little later.
    return found if found == at else found + timedelta(minutes=10) * jitter


# --- memory ----------------------------------------------------------------------------------


def _validators(memory: FeedMemory, response: Response) -> FeedMemory:
    """Validators byte for byte: a 200 sets and drops them, a 304 only sets (RFC 9110, 15.4.5)."""
    etag, modified = (_validator(response, name) for name in ("etag", "last-modified"))
    if response.not_modified:
        return replace(memory, etag=etag or memory.etag, last_modified=modified or memory.last_modified)
    return replace(
        memory, etag=etag, last_modified=modified, validators_url=response.url, body_hash=_hash(response.body)
    )


def _validator(response: Response, name: str) -> str | None:
    value = response.header(name)
    return value if value and len(value) <= MAX_VALIDATOR else None


def _moved(memory: FeedMemory, response: Response, now: datetime) -> FeedMemory:
    """Watches a permanent redirect, and believes it once it has held for a while (RFC 9110, 15.4.2 and 15.4.9).

    Believed at once is the change from http to https of one and the same address. A redirect that takes its place
    is watched from the start; an address that was adopted stays, and its own redirects are followed each time.
    """
    if memory.moved_adopted or response.requested_url == memory.moved_url:
        return memory
    target = _permanent_target(response.hops)
    if target is None:
        return replace(memory, moved_url=None, moved_since_at=None, moved_count=0)
    if target != memory.moved_url or memory.moved_since_at is None:
        memory = replace(memory, moved_url=target, moved_since_at=now, moved_count=0)
    count = memory.moved_count + 1
    held = memory.moved_since_at is not None and now - memory.moved_since_at >= MOVED_FOR
    adopted = _only_safer(response.requested_url, target) or (count >= MOVED_TIMES and held)
    return replace(memory, moved_count=count, moved_adopted=adopted)


def _permanent_target(hops: tuple[Hop, ...]) -> str | None:
    """Where the permanent redirects at the start of the way lead; a temporary one ends what may be believed."""
    target = None
    for hop in hops:
        if hop.status not in _PERMANENT:
            break
        target = hop.url
    return target


def _only_safer(old: str, new: str) -> bool:
    a, b = urlsplit(old), urlsplit(new)
    if (a.scheme, b.scheme) != ("http", "https") or a.port not in (None, 80) or b.port not in (None, 443):
        return False
    return (a.hostname, a.path or "/", a.query) == (b.hostname, b.path, b.query)


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _http_date(value: str | None) -> datetime | None:
    if value is None or len(value) > 100:
        return None
    try:
        date = parsedate_to_datetime(value)
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
