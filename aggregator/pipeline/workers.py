"""Child processes for work on a stranger's bytes: limited in time and memory, and expendable.

A document that hangs, eats all memory or crashes a C library costs its own task and nothing else; a child that ends
by another one's doing costs no task at all.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import pickle
import resource
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from math import ceil
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from typing import Any, TypeVar

from aggregator.errors import AggregatorError, CostlyError

T = TypeVar("T")

#: Seconds for the start of a child, the first of which waits for the modules that all are to have.
START = 60.0
#: Seconds between attempts at it: the server that children are forked from may just be ending, or memory be short.
PAUSES = (0.1, 0.2, 0.4, 0.8)
#: One at a time: the standard library may be just setting up a new server for them.
_STARTING = threading.Lock()


class Workers:
    """A few child processes, each in a place of its own; started when they are needed, ended by ``close``.

    Children are renewed after ``tasks_per_child`` tasks, since C libraries leak. ``preload`` names modules that are
    imported once for all children.
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

        A task whose child ends under it is given to a fresh one, once: the child may have been killed by anybody.
        Raises CostlyError where the task had to be ended after ``timeout`` seconds, ran out of memory or ended two
        children; OSError where no child can be started.
        """
        async with self._turns:
            place = self._idle.pop()
            try:
                answer: T = await place.run(task, args, timeout)
                return answer
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

    def __init__(self, context: ForkServerContext, memory_bytes: int, tasks_per_child: int) -> None:
        self._context = context
        self._memory_bytes = memory_bytes
        self._tasks_per_child = tasks_per_child
        self._child: _Child | None = None

    async def run(self, task: Callable[..., object], args: tuple[object, ...], seconds: float) -> Any:
        """What the task answers or raises."""
        with suppress(_EndedError):
            return await self._once(task, args, seconds)
        try:
            return await self._once(task, args, seconds)
        except _EndedError as error:
            raise CostlyError("broke the process that worked on it") from error

    async def _once(self, task: Callable[..., object], args: tuple[object, ...], seconds: float) -> Any:
        stays = False
        try:
            child = self._child = self._child or await self._new_child()
            answer = await child.ask(task, args, seconds)
            stays = child.tasks < self._tasks_per_child
        finally:
            if not stays:
                self.close(wait=False)
        if isinstance(answer, AggregatorError):
            raise answer
        return pickle.loads(answer)  # noqa: S301 - by our own child

    async def _new_child(self) -> _Child:
        for pause in PAUSES:
            with suppress(OSError):
                return await _Child.started(self._context, self._memory_bytes)
            await asyncio.sleep(pause)
        return await _Child.started(self._context, self._memory_bytes)

    def close(self, *, wait: bool = True) -> None:
        """Ends the child, by default waiting until it is gone."""
        child, self._child = self._child, None
        if child is not None:
            child.end(wait=wait)


class _EndedError(Exception):
    """The child is gone, and with it the answer."""


class _Child:
    """One process, the pipe to it, and the thread in which we wait for it. They live and end together."""

    def __init__(self, context: ForkServerContext, memory_bytes: int) -> None:
        self.tasks = 0  #: that it has done
        self._pipe, self._its_pipe = context.Pipe()
        self._process = context.Process(target=_serve, args=(self._its_pipe, memory_bytes), daemon=True)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="child")

    @classmethod
    async def started(cls, context: ForkServerContext, memory_bytes: int) -> _Child:
        """A child that is ready for its first task. Raises OSError where there can be none, or not soon."""
        child = cls(context, memory_bytes)
        ready = False
        try:
            async with asyncio.timeout(START):
                await asyncio.get_running_loop().run_in_executor(child._thread, child._start)
            ready = True
        except (EOFError, OSError) as error:
            raise ChildProcessError("no child process can be started") from error
        finally:
            if not ready:
                child.end()
        return child

    async def ask(
        self, task: Callable[..., object], args: tuple[object, ...], seconds: float
    ) -> bytes | AggregatorError:
        """What the task answers, pickled, or the error that it raises. Raises CostlyError after so many seconds."""
        job = pickle.dumps((task, args))
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.get_running_loop().run_in_executor(self._thread, self._exchange, job, seconds)
        except TimeoutError as error:
            raise CostlyError(f"took more than {seconds:g} seconds") from error
        except (EOFError, OSError) as error:
            raise _EndedError from error

    def end(self, *, wait: bool = False) -> None:
        """Ends it, whatever it is doing, and with it what waits for it."""
        if self._process.pid is not None:
            self._process.kill()
        self._thread.submit(self._tidy)
        self._thread.shutdown(wait=wait)

    def _start(self) -> None:
        with _STARTING:
            self._process.start()
        self._its_pipe.close()  # the child alone has it now, so that we see its end
        self._pipe.recv()

    def _exchange(self, job: bytes, seconds: float) -> bytes | AggregatorError:
        self._pipe.send((job, seconds))
        answer: bytes | AggregatorError = self._pipe.recv()
        self.tasks += 1
        return answer

    def _tidy(self) -> None:
        if self._process.pid is not None:
            self._process.kill()
            self._process.join()
        self._its_pipe.close()
        self._pipe.close()


def _serve(pipe: Connection, memory_bytes: int) -> None:
    """The life of a child: it works off what it is sent, until the other end of the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # from a terminal it reaches us too, but is the parent's affair
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pipe.send("ready")
    with suppress(EOFError, ConnectionError):
        while True:
            job, seconds = pipe.recv()
            answer: bytes | AggregatorError
            try:
                answer = _bounded(_work, (job,), seconds)
            except AggregatorError as error:
                answer = error
            pipe.send(answer)


def _work(job: bytes) -> bytes:
    task, args = pickle.loads(job)  # noqa: S301 - by our parent
    return pickle.dumps(task(*args))


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
