"""A small SQLite file of a target's own, or what is built around one; worked on by one thread."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from aggregator.targets.shared.worker import Worker


class Closes(Protocol):
    """What can be closed."""

    def close(self) -> None:
        """Closes it."""
        ...


F = TypeVar("F", bound=Closes)
R = TypeVar("R")


class Keeper(Generic[F]):
    """Opens it when it is first needed; ``place`` is its folder."""

    def __init__(self, target: str, place: Path, opened: Callable[[], F]) -> None:
        self._worker = Worker(target, place)
        self._opened = opened
        self._file: F | None = None

    async def do(self, work: Callable[[F], R]) -> R:
        """Works on it, in its thread. Raises a PublishError where it can't be used."""
        return await self._worker.do(lambda: work(self._open()))

    async def close(self) -> None:
        """Finishes what was begun and closes it; harmless when called twice."""

        def close() -> None:
            if self._file:
                self._file.close()
                self._file = None

        await self._worker.close(close)

    def _open(self) -> F:
        if self._file is None:
            self._file = self._opened()
        return self._file


def opened(path: Path, file: Callable[[sqlite3.Connection], F]) -> F:
    """The file, made where there is none. What is noted in it as done outlives a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # The thread that opens it is not the one that was asked for it.
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        return file(connection)
    except sqlite3.Error:
        connection.close()
        raise


def sortable(when: datetime) -> str:
    """A moment as a column keeps it: it sorts by time."""
    return when.astimezone(UTC).isoformat(timespec="microseconds")
