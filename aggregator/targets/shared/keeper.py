"""A small SQLite file of a target's own, worked on by one thread."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from aggregator.errors import BlockedError, TryLaterError


class Closes(Protocol):
    """What can be closed."""

    def close(self) -> None:
        """Closes it."""
        ...


F = TypeVar("F", bound=Closes)
R = TypeVar("R")


class Keeper(Generic[F]):
    """Opens the file when it is first needed, and turns its faults into those of a target."""

    def __init__(self, target: str, path: Path, opened: Callable[[sqlite3.Connection], F]) -> None:
        self._target = target
        self._path = path
        self._opened = opened
        # One thread, not a lock around any: a call that is cancelled is still finished before the next begins.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"file of {target}")
        self._file: F | None = None

    async def do(self, work: Callable[[F], R]) -> R:
        """Works on the file, in its thread. Raises a PublishError where it can't be used."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._in_thread, work)

    async def close(self) -> None:
        """Finishes what was begun and closes the file; harmless when called twice."""

        def close() -> None:
            if self._file:
                self._file.close()
                self._file = None

        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, close)
        except RuntimeError:
            return  # closed before
        self._thread.shutdown()

    def _in_thread(self, work: Callable[[F], R]) -> R:
        try:
            if self._file is None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._file = self._open()
            return work(self._file)
        except OSError as error:
            raise BlockedError(self._target, f"the folder {self._path.parent} can't be used: {error}") from error
        except sqlite3.OperationalError as error:
            raise TryLaterError(self._target, f"{self._path} can't be used now: {error}") from error
        except sqlite3.DatabaseError as error:
            raise BlockedError(self._target, f"{self._path} is damaged: {error}") from error

    def _open(self) -> F:
        connection = _connected(self._path)
        try:
            return self._opened(connection)
        except sqlite3.Error:
            connection.close()
            raise


def _connected(path: Path) -> sqlite3.Connection:
    # The thread that opens it is not the one that was asked for it.
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # what is noted as done must outlive a power cut
    except sqlite3.Error:
        connection.close()
        raise
    return connection
