"""Copies of a store: whole, in one piece, and made while others go on writing."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from aggregator.errors import StoreError
from aggregator.store import trouble

KEEP = 5


def copy(path: Path, target: Path) -> None:
    """Writes a compact copy of the store at ``path`` to ``target``, which must not exist.

    The copy appears under its name only when it is complete and on the disk.
    """
    if target.exists():
        raise StoreError(f"{target} exists already; give another name")
    part = target.with_name(f"{target.name}.part")
    with trouble.translated(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        # VACUUM INTO takes an empty file; made here, it is for its owner's eyes from its first byte.
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        try:
            with closing(sqlite3.connect(path, isolation_level=None)) as connection:
                connection.execute("VACUUM INTO ?", (str(part),))
            # SQLite does not sync what VACUUM INTO writes.
            _sync(part, os.O_RDWR)
            part.replace(target)
            _sync(target.parent, os.O_RDONLY)
        finally:
            part.unlink(missing_ok=True)


def dated(path: Path, revision: str, now: datetime) -> Path:
    """Puts a copy of the store into ``backups`` beside it, of which the newest five are kept; the copy's path."""
    folder = path.parent / "backups"
    target = folder / f"{path.stem}-{now:%Y%m%dT%H%M%SZ}-{revision}.db"
    target.unlink(missing_ok=True)
    for cut in folder.glob(f"{path.stem}-*.part"):  # by a kill
        cut.unlink(missing_ok=True)
    copy(path, target)
    for old in sorted(folder.glob(f"{path.stem}-*Z-*.db"))[:-KEEP]:
        old.unlink(missing_ok=True)
    return target


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
