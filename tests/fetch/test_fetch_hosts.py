"""Spacing of requests to one server, and keeping away from servers that asked for it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.config import FetchSettings
from aggregator.errors import BusyError
from aggregator.fetch import Hosts, hosts

NOW = datetime(2026, 3, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class Time:
    """Two clocks, and sleeping that only moves them."""

    seconds: float = 1000.0
    wall: datetime = NOW
    sleepers: list[tuple[float, asyncio.Event]] = field(default_factory=list)

    def now(self) -> datetime:
        return self.wall

    def clock(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        awake = asyncio.Event()
        self.sleepers.append((self.seconds + seconds, awake))
        await awake.wait()

    async def run(self, *tasks: asyncio.Task[None]) -> None:
        """Lets tasks run to their end, moving on to the next sleeper whenever all of them wait."""
        while not all(task.done() for task in tasks):
            for _ in range(20):
                await asyncio.sleep(0)
            if self.sleepers:
                self.sleepers.sort(key=lambda pair: pair[0])
                until, awake = self.sleepers.pop(0)
                self.seconds = max(self.seconds, until)
                awake.set()
        await asyncio.gather(*tasks)


@pytest.fixture
def time() -> Time:
    return Time()


def table(time: Time, **settings: object) -> Hosts:
    given = FetchSettings.model_validate(settings)
    return Hosts(given, now=time.now, clock=time.clock, sleep=time.sleep)


async def starts(
    time: Time, found: Hosts, *asked: str, lasting: float = 0.0, delay: timedelta | None = None
) -> list[tuple[str, float]]:
    """When each request began, all of them being wanted at once."""
    log: list[tuple[str, float]] = []
    began = time.seconds

    async def ask(url: str) -> None:
        async with found.slot(url, delay):
            log.append((url, round(time.seconds - began, 6)))
            if lasting:
                await time.sleep(lasting)

    await time.run(*[asyncio.create_task(ask(url)) for url in asked])
    return log


async def test_requests_to_one_domain_start_one_after_the_other(time: Time) -> None:
    asked = ["http://a.example/1", "https://www.a.example/2", "http://b.a.example:81/3"]
    log = await starts(time, table(time), *asked)
    assert log == [(asked[0], 0), (asked[1], 1), (asked[2], 2)]


async def test_a_request_waits_for_the_one_before_it(time: Time) -> None:
    log = await starts(time, table(time), *["http://a.example/"] * 3, lasting=5)
    assert [at for _, at in log] == [0, 5, 10]


async def test_more_connections_still_start_apart(time: Time) -> None:
    log = await starts(time, table(time, host_connections=2), *["http://a.example/"] * 4, lasting=5)
    assert [at for _, at in log] == [0, 1, 5, 6]


async def test_other_domains_do_not_wait(time: Time) -> None:
    asked = ["http://a.example/", "http://b.example/", "http://me.blogspot.com/", "http://you.blogspot.com/"]
    assert [at for _, at in await starts(time, table(time), *asked)] == [0, 0, 0, 0]


async def test_a_hundred_feeds_on_one_host_are_asked_in_the_order_of_their_wish(time: Time) -> None:
    asked = [f"http://a.example/{n}" for n in range(100)]
    assert await starts(time, table(time), *asked) == [(url, n) for n, url in enumerate(asked)]


async def test_all_together_are_capped(time: Time) -> None:
    asked = [f"http://a{n}.example/" for n in range(2 * hosts.MAX_REQUESTS)]
    log = await starts(time, table(time), *asked, lasting=5)
    assert [at for _, at in log] == [0] * hosts.MAX_REQUESTS + [5] * hosts.MAX_REQUESTS


@pytest.mark.parametrize(
    ("url", "pause"),
    [
        ("http://127.0.0.1:8000/", 0),
        ("http://127.0.0.2:8000/", 1),
        ("http://localhost:8000/", 0),
        ("http://a.example/", 1),
        ("http://[::1]/", 1),
    ],
)
async def test_less_than_a_second_is_for_ones_own_servers(time: Time, url: str, pause: float) -> None:
    found = table(time, host_pause="0s", allow_networks=["127.0.0.1/32"])
    assert [at for _, at in await starts(time, found, url, url)] == [0, pause]


@pytest.mark.parametrize(("wish", "pause"), [(0.2, 1), (7, 7), (9999, 60)])
async def test_a_crawl_delay_lengthens_the_pause(time: Time, wish: float, pause: float) -> None:
    log = await starts(time, table(time), "http://a.example/1", "http://a.example/2", delay=timedelta(seconds=wish))
    assert [at for _, at in log] == [0, pause]


async def test_a_blocked_domain_is_refused_at_once(time: Time) -> None:
    found = table(time)
    found.block("http://www.a.example/feed", HOUR)
    with pytest.raises(BusyError, match=r"a\.example asked us to stay away") as caught:
        async with found.slot("https://other.a.example/?key=hush"):
            pass
    assert caught.value.retry_after == HOUR
    assert "hush" not in str(caught.value)
    assert await starts(time, found, "http://b.example/")
    time.wall += HOUR
    assert await starts(time, found, "http://a.example/")


async def test_who_waits_learns_of_a_block(time: Time) -> None:
    found = table(time)
    async with found.slot("http://a.example/"):
        waiting = asyncio.create_task(starts(time, found, "http://a.example/"))
        await asyncio.sleep(0)
        found.block("http://a.example/", HOUR)
    with pytest.raises(BusyError):
        await waiting


def test_a_block_is_never_shortened_and_never_longer_than_a_week(time: Time) -> None:
    found = table(time)
    for wait in (2 * HOUR, HOUR, timedelta(0), timedelta(seconds=-1)):
        found.block("http://a.example/", wait)
    found.block("http://b.example/", timedelta(days=400))
    found.block("http://c.example/", timedelta(0))
    assert found.blocked() == {"a.example": NOW + 2 * HOUR, "b.example": NOW + timedelta(days=7)}


def test_blocks_outlive_a_restart_and_a_clock_that_was_wrong(time: Time) -> None:
    found = table(time)
    found.load({"a.example": NOW + HOUR, "b.example": NOW - HOUR, "c.example": NOW + timedelta(days=400)})
    assert found.blocked_until("http://c.example/") is None
    assert found.blocked() == {"a.example": NOW + HOUR}


async def test_idle_hosts_are_forgotten(time: Time) -> None:
    found = table(time)
    for n in range(20 * hosts.SWEEP_EVERY):
        async with found.slot(f"http://a{n}.example/"):
            time.seconds += 0.01
    assert len(found._lanes) <= hosts.SWEEP_EVERY + 101


@pytest.mark.parametrize("moment", ["while another runs", "while the pause lasts"])
async def test_a_request_that_is_called_off_leaves_its_place(time: Time, moment: str) -> None:
    found = table(time)

    async def ask() -> None:
        async with found.slot("http://a.example/"):
            pass

    async with found.slot("http://a.example/"):
        waiting = asyncio.create_task(ask())
        await asyncio.sleep(0)
        if moment == "while another runs":
            waiting.cancel()
    while moment == "while the pause lasts" and not time.sleepers:
        await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    time.sleepers.clear()
    assert [at for _, at in await starts(time, found, "http://a.example/")] == [1]
