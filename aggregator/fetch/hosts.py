"""Spaces requests to one server, and keeps away from those that asked us to."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aggregator import urls
from aggregator.errors import BusyError
from aggregator.fetch.headers import LONGEST_WAIT

if TYPE_CHECKING:
    from aggregator.config import FetchSettings

MAX_REQUESTS = 64  #: in flight, to all servers together
LEAST_PAUSE = timedelta(seconds=1)  #: between two requests to a server that is not our own
LONGEST_PAUSE = timedelta(seconds=60)  #: whatever robots.txt says
SWEEP_EVERY = 256  #: new servers


@dataclass(slots=True)
class _Lane:
    """What we know of one server while requests to it are made or wanted."""

    free: asyncio.Semaphore
    start: asyncio.Lock = field(default_factory=asyncio.Lock)  #: one at a time waits for its turn, in order
    next_start: float = 0.0  #: by the monotonic clock
    users: int = 0


class Hosts:
    """The table of servers, by registrable domain.

    A domain gets at most ``host_connections`` requests at a time and ``host_pause`` between their starts, first
    come, first served. A domain that answered 429 or 503 with Retry-After gets none at all until then; who asks
    for it is told at once. Waits go by the monotonic clock, ``blocked_until`` by ``now``, since it outlives
    a restart.
    """

    def __init__(
        self,
        settings: FetchSettings,
        *,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._now = now
        self._clock = clock
        self._sleep = sleep
        self._lanes: dict[str, _Lane] = {}
        self._new = 0  #: lanes made since the last sweep
        self._blocked: dict[str, datetime] = {}
        self._all = asyncio.Semaphore(MAX_REQUESTS)

    def load(self, blocked: Mapping[str, datetime]) -> None:
        """Takes over what ``blocked`` gave in an earlier life."""
        self._blocked.update(blocked)

    def blocked(self) -> dict[str, datetime]:
        """The domains that want no request now, and until when."""
        now = self._now()
        self._blocked = {domain: until for domain, until in self._blocked.items() if now < until <= now + LONGEST_WAIT}
        return dict(self._blocked)

    def blocked_until(self, url: str) -> datetime | None:
        """Until when the server of an address wants no request, None if it does not mind."""
        domain = urls.domain(url)
        until = self._blocked.get(domain)
        if until is None:
            return None
        # A time further away than anybody can have asked for comes from a clock that was set back.
        if not self._now() < until <= self._now() + LONGEST_WAIT:
            del self._blocked[domain]
            return None
        return until

    def block(self, url: str, wait: timedelta) -> None:
        """Keeps away from the server of an address for a time; never shortens what it asked for before."""
        until = self._now() + min(wait, LONGEST_WAIT)
        earlier = self.blocked_until(url)
        if wait > timedelta() and (earlier is None or earlier < until):
            self._blocked[urls.domain(url)] = until

    def check(self, url: str) -> None:
        """Raises BusyError while the server of an address wants no request."""
        until = self.blocked_until(url)
        if until is not None:
            raise BusyError(
                urls.redact(url),
                f"{urls.domain(url)} asked us to stay away until {until:%Y-%m-%d %H:%M:%S} UTC",
                retry_after=until - self._now(),
            )

    def ours(self, url: str) -> bool:
        """Whether the server of an address is our own, by the configuration."""
        name = urls.host(url)
        return name == "localhost" or self._settings.allows(name)

    def pause(self, url: str) -> timedelta:
        """The time between two requests to the server of an address: less than a second only for our own."""
        return self._settings.host_pause if self.ours(url) else max(self._settings.host_pause, LEAST_PAUSE)

    @asynccontextmanager
    async def slot(self, url: str, delay: timedelta | None = None) -> AsyncIterator[None]:
        """Waits for the turn of one request and holds its place while it runs.

        ``delay`` is a longer pause that the server wishes for after this one. Raises BusyError where the
        server is blocked, also if that happens while we wait.
        """
        self.check(url)
        lane = self._lane(urls.domain(url))
        lane.users += 1
        try:
            async with lane.free:
                await lane.start.acquire()
                try:
                    await self._turn(lane)
                    await self._all.acquire()
                    pause = max(self.pause(url), min(delay or timedelta(), LONGEST_PAUSE))
                    lane.next_start = self._clock() + pause.total_seconds()
                finally:
                    lane.start.release()
                try:
                    self.check(url)
                    yield
                finally:
                    self._all.release()
        finally:
            lane.users -= 1

    async def _turn(self, lane: _Lane) -> None:
        while (wait := lane.next_start - self._clock()) > 0:
            await self._sleep(wait)

    def _lane(self, domain: str) -> _Lane:
        lane = self._lanes.get(domain)
        if lane is None:
            self._new += 1
            if self._new > SWEEP_EVERY:
                self._sweep()
            lane = self._lanes[domain] = _Lane(asyncio.Semaphore(self._settings.host_connections))
        return lane

    def _sweep(self) -> None:
        """Forgets the servers that nobody waits for and that we could ask at once."""
        now = self._clock()
        self._lanes = {name: lane for name, lane in self._lanes.items() if lane.users or lane.next_start > now}
        self._new = 0
