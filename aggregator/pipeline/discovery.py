"""From an address that a person names to the feeds that are behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator import sources
from aggregator.errors import FetchError, ParseError
from aggregator.fetch import Client, Purpose
from aggregator.markup import discover as links
from aggregator.pipeline.workers import Workers
from aggregator.types import Response

#: Links that are looked at; a page may offer any number.
MOST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A feed that answered as one."""

    url: str
    title: str
    entries: int
    newest_at: datetime | None  #: None: no entry has a date


async def discover(url: str, *, client: Client, workers: Workers) -> tuple[Found, ...]:
    """The feed at an address, or those that the page there offers, checked; at least one.

    Raises FetchError where the address gives nothing, ParseError where it offers no feed.
    """
    response = await client.get(url, purpose=Purpose.PROBE)
    try:
        return (await workers.run(_feed, response),)
    except ParseError as error:
        offered = await workers.run(_offered, response)
        found = [feed for link in offered if (feed := await _ask(link, client, workers)) is not None]
        if not found:
            raise ParseError(f"{response.url} is no feed and offers none that works") from error
        return tuple(found)


async def _ask(url: str, client: Client, workers: Workers) -> Found | None:
    try:
        return await workers.run(_feed, await client.get(url, purpose=Purpose.FEED))
    except (FetchError, ParseError):
        return None


def _feed(response: Response) -> Found:
    parsed = sources.parse("feed", response, {})
    dates = [date for entry in parsed.entries if (date := entry.published_at or entry.updated_at)]
    # The address that was asked, unless the answer says that it has moved for good.
    moved = bool(response.hops) and all(hop.status in (301, 308) for hop in response.hops)
    url = response.url if moved else response.requested_url
    return Found(url=url, title=parsed.title, entries=len(parsed.entries), newest_at=max(dates, default=None))


def _offered(response: Response) -> tuple[str, ...]:
    html = response.body.decode("utf-8", "replace")
    return tuple(dict.fromkeys(link.url for link in links.feeds(html, response.url)))[:MOST]
