"""Child processes for work on a stranger's bytes: limited in time and memory, and expendable.

A document that hangs, eats all memory or crashes a C library costs its own task and nothing else.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import signal
from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from math import ceil
from typing import TypeVar

from pebble import ProcessExpired, ProcessPool

from aggregator.errors import AggregatorError, CostlyError

T = TypeVar("T")

#: Seconds beyond a task's own limit: for the child's start, and for handing over the result.
GRACE = 30.0


class Workers:
    """A pool of child processes; opened by its first task, closed by ``close``.

    Each place in the pool has a pipe of its own, so that a child which dies while it writes an answer spoils
    no other one's. Children are renewed after ``tasks_per_child`` tasks, since C libraries leak.
    ``preload`` names modules that are imported once for all children.
    """

    def __init__(
        self,
        processes: int = 2,
        *,
        memory_bytes: int = 700_000_000,
        tasks_per_child: int = 500,
        preload: Sequence[str] = (),
    ) -> None:
        context = multiprocessing.get_context("forkserver")  # a fork of a process that has threads may hang
        context.set_forkserver_preload(["aggregator.pipeline.workers", *preload])
        self._places = [_Place(context, memory_bytes, tasks_per_child) for _ in range(processes)]
        self._idle = list(self._places)
        self._turns = asyncio.Semaphore(processes)

    async def run(self, task: Callable[..., T], *args: object, timeout: float = 60.0) -> T:  # noqa: ASYNC109 - it kills
        """What ``task(*args)`` answers or raises; both must be picklable, and ``task`` importable.

        Raises CostlyError where the child had to be ended after ``timeout`` seconds, ran out of memory or died.
        """
        async with self._turns:
            place = self._idle.pop()
            try:
                return await place.run(task, args, timeout)
            finally:
                self._idle.append(place)

    def close(self) -> None:
        """Ends all children, whatever they are doing; harmless when called twice."""
        for place in self._places:
            place.close()


class InlineWorkers(Workers):
    """The same without children, in the calling process and without limits: for tests and trusted bytes."""

    def __init__(self) -> None:
        super().__init__(processes=0)

    async def run(self, task: Callable[..., T], *args: object, timeout: float = 60.0) -> T:  # noqa: ASYNC109
        """What ``task(*args)`` answers or raises. Raises CostlyError where it ran out of memory or stack."""
        return _bounded(task, args, None)


class _Place:
    """Room for one child."""

    def __init__(self, context: multiprocessing.context.BaseContext, memory_bytes: int, tasks_per_child: int) -> None:
        self._context = context
        self._memory_bytes = memory_bytes
        self._tasks_per_child = tasks_per_child
        self._pool: ProcessPool | None = None

    async def run(self, task: Callable[..., T], args: tuple[object, ...], seconds: float) -> T:
        try:
            async with asyncio.timeout(seconds + GRACE):
                return await self._submit(task, args, seconds)
        except TimeoutError as error:
            # The child is gone where the pool says so; it may be stuck where only our own patience ended.
            if not error.args:
                await self.discard()
            raise CostlyError(f"took more than {seconds:g} seconds") from error
        except (ProcessExpired, BrokenProcessPool) as error:
            await self.discard()
            raise CostlyError("broke the process that worked on it") from error

    async def _submit(self, task: Callable[..., T], args: tuple[object, ...], seconds: float) -> T:
        """Hands the task to the child; once more where that one had died before the task came."""
        with suppress(BrokenProcessPool):
            return await self._send(task, args, seconds)
        await self.discard()
        return await self._send(task, args, seconds)

    async def _send(self, task: Callable[..., T], args: tuple[object, ...], seconds: float) -> T:
        try:
            future = self._open().schedule(_bounded, args=(task, args, seconds), timeout=seconds)
        except RuntimeError as error:  # the pool has noticed that its child is dead
            raise BrokenProcessPool("no child") from error
        result: T = await asyncio.wrap_future(future)
        return result

    def _open(self) -> ProcessPool:
        if self._pool is None:
            self._pool = ProcessPool(
                max_workers=1,
                max_tasks=self._tasks_per_child,
                initializer=_confine,
                initargs=(self._memory_bytes,),
                context=self._context,
            )
        return self._pool

    async def discard(self) -> None:
        """Ends the child and forgets it; the next task gets a new one."""
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves its return value out
            pool.join()


def _confine(memory_bytes: int) -> None:
    """Sets the limits that hold for a child as a whole."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _bounded(task: Callable[..., T], args: tuple[object, ...], seconds: float | None) -> T:
    """Runs one task; in a child under limits of its own, which hold where the parent is gone or its clock jumps."""
    if seconds is not None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (ceil(used.ru_utime + used.ru_stime + seconds) + 1, hard))
        signal.setitimer(signal.ITIMER_REAL, seconds + 5)  # SIGALRM ends the process
    try:
        return task(*args)
    except MemoryError as error:
        raise CostlyError("took more memory than it may") from error
    except RecursionError as error:
        raise CostlyError("is nested too deep") from error
    except AggregatorError:
        raise
    except Exception as error:
        if seconds is None:
            raise
        # A fault of ours or of a library, met on a stranger's bytes: it costs this document, never the feed.
        raise CostlyError(f"is beyond us: {type(error).__name__}: {str(error)[:200]}") from error
    finally:
        if seconds is not None:
            signal.setitimer(signal.ITIMER_REAL, 0)
