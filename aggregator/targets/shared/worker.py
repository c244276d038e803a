"""One thread for all that a target does to files of its own; their faults become those of a target."""

from __future__ import annotations

import asyncio
import errno
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from aggregator.errors import BlockedError, TryLaterError

R = TypeVar("R")

#: What stays until a person mends it.
_LASTING = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR, errno.EEXIST})


class Worker:
    """Does one thing after the other, in the order asked for."""

    def __init__(self, target: str, place: Path) -> None:
        self._target = target
        self._place = place
        # One thread, not a lock around any: a call that is cancelled is still finished before the next begins.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"files of {target}")

    async def do(self, work: Callable[[], R]) -> R:
        """Does it in the thread. Raises a PublishError where the files can't be used."""

        def done() -> R:
            with faults(self._target, self._place):
                return work()

        return await asyncio.get_running_loop().run_in_executor(self._thread, done)

    async def close(self, last: Callable[[], None] = lambda: None) -> None:
        """Finishes what was begun, then does a last thing; harmless when called twice."""
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, last)
        except RuntimeError:
            return  # closed before
        self._thread.shutdown()


@contextmanager
def faults(target: str, place: Path) -> Iterator[None]:
    """Turns what goes wrong with files into the PublishError that says what to do about it."""
    try:
        yield
    except OSError as error:
        if error.errno in _LASTING:
            raise BlockedError(target, f"{place} can't be used: {error}") from error
        raise TryLaterError(target, f"{place} can't be used now: {error}") from error
    except sqlite3.OperationalError as error:
        raise TryLaterError(target, f"the database in {place} can't be used now: {error}") from error
    except sqlite3.DatabaseError as error:
        raise BlockedError(target, f"the database in {place} is damaged: {error}") from error
