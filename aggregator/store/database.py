"""The open store: one thread writes, a few read, and every write is a transaction as a whole."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Concatenate, ParamSpec, Self, TypeVar

from sqlalchemy.orm import Session

from aggregator.store import engines, migrate, trouble
from aggregator.store.location import locate, prepare

P = ParamSpec("P")
R = TypeVar("R")

READERS = 3


class Store:
    """The database of one aggregator. Functions given to it take a ``Session`` first and wait for nothing else."""

    def __init__(self, path: Path, *, reads_only: bool = False) -> None:
        self.path = path
        self._writing = engines.readers(path, 1) if reads_only else engines.writer(path)
        self._reading = engines.readers(path, READERS)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-write")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-read")

    @classmethod
    def open(cls, url: str, *, base: Path, now: datetime, upgrade: bool = True) -> Self:
        """Opens the store that the configuration names, makes it where there is none, upgrades it where it is older.

        ``base`` is the folder of the TOML file; ``now`` dates the copy that is made before an upgrade. Raises
        StoreError, saying what to do, for a file that can't be written, is damaged, is no store, or is a newer one's.
        """
        path = locate(url, base)
        prepare(path)
        with trouble.translated(path):
            migrate.bring_up(path, now, upgrade=upgrade)
        return cls(path)

    @classmethod
    def look(cls, url: str, *, base: Path) -> Self | None:
        """The store to be read and left as it is, also while a daemon writes to it; None where there is none yet.

        Raises StoreError for one that is damaged, no store, or another version's.
        """
        path = locate(url, base)
        if not path.is_file():
            return None
        with trouble.translated(path):
            return cls(path, reads_only=True) if migrate.is_current(path) else None

    async def read(self, fn: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """What ``fn`` reads, all of it from one moment. Raises StoreError."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, partial(self._read, fn, *args, **kwargs))

    async def write(self, fn: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Runs ``fn`` as one transaction: all that it writes is on the disk when this returns, or nothing is.

        Raises StoreError. Cancelling does not stop a transaction that has begun.
        """
        return await asyncio.get_running_loop().run_in_executor(self._writer, partial(self._write, fn, *args, **kwargs))

    def read_now(self, fn: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """``read`` for callers without an event loop."""
        return self._readers.submit(partial(self._read, fn, *args, **kwargs)).result()

    def write_now(self, fn: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """``write`` for callers without an event loop."""
        return self._writer.submit(partial(self._write, fn, *args, **kwargs)).result()

    def close(self) -> None:
        """Finishes what was begun and closes the file."""
        self._writer.shutdown()
        self._readers.shutdown()
        self._reading.dispose()
        # Last, so that SQLite folds its journal into the file.
        self._writing.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self, fn: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        with trouble.translated(self.path), Session(self._reading, autoflush=False) as session:
            return fn(session, *args, **kwargs)

    def _write(self, fn: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        with trouble.translated(self.path), Session(self._writing, autoflush=False) as session, session.begin():
            return fn(session, *args, **kwargs)
