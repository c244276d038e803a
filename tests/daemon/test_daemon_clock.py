"""The daemon's clock: it goes on whatever a job does, and whatever is done to the clock of the machine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest
from apscheduler.schedulers import base
from apscheduler.triggers import interval
from fakes import Clock
from structlog.testing import capture_logs

from aggregator.app import open_app, open_store
from aggregator.config import load
from aggregator.daemon.clock import Calendar, ticking
from aggregator.store import feeds
from aggregator.types import FeedMemory


class Job:
    """Counts its runs, and tells of the third."""

    def __init__(self, does: Callable[[], object] = lambda: None) -> None:
        self.runs = 0
        self.thrice = asyncio.Event()
        self._does = does

    async def __call__(self) -> None:
        self.runs += 1
        if self.runs == 3:
            self.thrice.set()
        self._does()


def blunder() -> None:
    raise KeyError("a mistake of ours")


def right() -> Calendar:
    return Calendar(Clock(), Job())


async def test_jobs_come_again_and_again_until_the_end() -> None:
    first, second = Job(), Job()
    async with ticking([(0.01, first), (0.01, second)], right()):
        await first.thrice.wait()
        await second.thrice.wait()
    runs = first.runs, second.runs
    await asyncio.sleep(0.03)
    assert (first.runs, second.runs) == runs


async def test_a_fault_in_one_job_is_told_and_stops_no_clock() -> None:
    broken, other = Job(blunder), Job()
    with capture_logs() as logs:
        async with ticking([(0.01, broken), (0.01, other)], right()):
            await broken.thrice.wait()
            await other.thrice.wait()
    assert {line["event"] for line in logs} == {"unexpected fault, please report it"}


async def test_jobs_do_not_stand_still_for_the_span_by_which_a_clock_is_set_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Wall(datetime):
        """The clock of the machine, as APScheduler sees it."""

        back = timedelta()

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Wall:
            return super().now(tz) - cls.back

    for module in (base, interval):
        monkeypatch.setattr(module, "datetime", Wall)
    before, after = Job(), Job()
    async with ticking(
        [(0.01, lambda: (after if Wall.back else before)())], Calendar(lambda: Wall.now(UTC), Job()), look=0.05
    ):
        await before.thrice.wait()
        Wall.back = timedelta(hours=1)
        await asyncio.wait_for(after.thrice.wait(), 60)


@pytest.mark.parametrize(("hours", "noticed"), [(0, 0), (1, 0), (9600, 0), (-1, 1), (-9600, 1)])
async def test_a_clock_that_is_set_back_is_noticed_once(hours: int, noticed: int) -> None:
    clock, set_back = Clock(), Job()
    calendar = Calendar(clock, set_back)
    clock.forward(hours=hours)
    await calendar.look()
    await calendar.look()
    assert set_back.runs == noticed


async def test_a_feed_does_not_wait_for_the_years_that_a_clock_was_ahead(tmp_path: Path) -> None:
    clock = Clock()
    (tmp_path / "config.toml").write_text(
        """
        [site]
        title = "T"
        base_url = "http://blog.example"
        [targets.blog]
        kind = "site"
        [feeds.harbour]
        url = "http://127.0.0.1:9/feed"
        """
    )
    config = load(tmp_path / "config.toml")
    with open_store(config, clock) as store:
        async with open_app(config, store, clock) as app:
            calendar = Calendar(app.now, app.unstick)
            asked = FeedMemory(last_fetch_at=clock(), next_fetch_at=clock() + timedelta(hours=1))
            await store.write(feeds.save_memory, "harbour", asked)
            clock.forward(days=-400)
            await calendar.look()
            assert (await store.read(feeds.memory, "harbour")).next_fetch_at == clock()
