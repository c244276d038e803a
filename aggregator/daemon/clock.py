"""The clock of the daemon: APScheduler runs the jobs, and is put right where the clock of the machine is set back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from aggregator.log import get_logger

#: Seconds between two runs of a job, and the job.
Job = tuple[float, Callable[[], Awaitable[None]]]

LOOK = 30.0  #: seconds between two looks at the clock of the machine


@asynccontextmanager
async def ticking(jobs: Sequence[Job], calendar: Calendar, *, look: float = LOOK) -> AsyncIterator[None]:
    """Runs each job again and again until the block ends, the first time after its span. None overlaps itself.

    APScheduler reckons by the clock of the machine: where that is set back by an hour, its jobs would all stand still
    for an hour. So ``calendar`` is asked every ``look`` seconds by the clock of the event loop, which nobody sets.
    """
    scheduler = AsyncIOScheduler(
        timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )

    def plan() -> None:
        scheduler.remove_all_jobs()
        for seconds, job in jobs:
            scheduler.add_job(_run, "interval", seconds=seconds, args=(job,))

    plan()
    scheduler.start()
    watch = asyncio.ensure_future(_watch(calendar, look, plan))
    try:
        yield
    finally:
        watch.cancel()
        scheduler.shutdown(wait=False)


class Calendar:
    """Notices that the clock of the machine was set back: what is planned by it would wait for that span besides."""

    def __init__(self, now: Callable[[], datetime], set_back: Callable[[], Awaitable[None]]) -> None:
        self._now = now
        self._set_back = set_back
        self._seen = now()

    async def look(self) -> bool:
        """Whether it is earlier than at the look before; ``set_back`` is called then."""
        before, self._seen = self._seen, self._now()
        if self._seen >= before:
            return False
        get_logger().warning("the clock was set back", before=before, now=self._seen)
        await self._set_back()
        return True


async def _run(job: Callable[[], Awaitable[None]]) -> None:
    try:
        await job()
    except Exception:  # noqa: BLE001 - a fault of ours in one job must not stop the clock of all
        get_logger().exception("unexpected fault, please report it")


async def _watch(calendar: Calendar, look: float, plan: Callable[[], None]) -> None:
    async def put_right() -> None:
        if await calendar.look():
            plan()

    while True:
        await asyncio.sleep(look)
        await _run(put_right)
