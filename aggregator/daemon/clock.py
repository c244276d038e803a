"""The clock of the daemon: jobs that come again and again, by the monotonic clock, which nobody sets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from aggregator.log import get_logger

#: Seconds between two runs of a job, and the job.
Job = tuple[float, Callable[[], Awaitable[None]]]


@asynccontextmanager
async def ticking(jobs: Sequence[Job]) -> AsyncIterator[None]:
    """Runs each job again and again until the block ends, the first time after its span. None overlaps itself."""
    tasks = [asyncio.ensure_future(_again_and_again(seconds, job)) for seconds, job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _again_and_again(seconds: float, job: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await job()
        except Exception:  # noqa: BLE001 - a fault of ours in one job must not stop the clock of all
            get_logger().exception("unexpected fault, please report it")


class Calendar:
    """Notices that the clock of the machine was set back: what is planned by it would wait for that span besides."""

    def __init__(self, now: Callable[[], datetime], set_back: Callable[[], Awaitable[None]]) -> None:
        self._now = now
        self._set_back = set_back
        self._seen = now()

    async def look(self) -> None:
        """Calls ``set_back`` where it is earlier than at the look before."""
        before, self._seen = self._seen, self._now()
        if self._seen < before:
            get_logger().warning("the clock was set back", before=before, now=self._seen)
            await self._set_back()
