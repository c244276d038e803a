"""What a database's complaint means, in words that say what to do, and whether it may pass by itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from aggregator.errors import StoreError

#: SQLite's primary result code: what to say, and whether it may pass by itself (https://sqlite.org/rescode.html).
MEANINGS = {
    sqlite3.SQLITE_BUSY: ("is locked by another program", True),
    sqlite3.SQLITE_LOCKED: ("is locked by another program", True),
    sqlite3.SQLITE_FULL: ("can't be written: the disk is full; make room", True),
    sqlite3.SQLITE_READONLY: ("is read-only; give this user the right to write the file and its folder", True),
    sqlite3.SQLITE_IOERR: ("can't be read or written: the disk reports an error", True),
    sqlite3.SQLITE_CANTOPEN: ("can't be opened; look at the rights of its folder and at the limit of open files", True),
    sqlite3.SQLITE_PERM: ("can't be opened: no permission", False),
    sqlite3.SQLITE_NOTADB: ("is not a database; move the file away or name another one in [store] url", False),
    sqlite3.SQLITE_CORRUPT: (
        "is damaged; stop the daemon and put the newest copy from its backups folder in its place",
        False,
    ),
}


def meaning(error: BaseException, path: Path) -> StoreError:
    """The StoreError for a complaint of the database."""
    code = getattr(error, "sqlite_errorcode", None)
    said = MEANINGS.get(code & 0xFF) if isinstance(code, int) else None
    if said is None:
        return StoreError(f"{path}: {error}")
    return StoreError(f"{path} {said[0]} ({error})", transient=said[1])


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turns complaints of the database into StoreErrors."""
    try:
        yield
    except DBAPIError as error:
        raise meaning(error.orig or error, path) from error
    except sqlite3.Error as error:
        raise meaning(error, path) from error
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror or error}") from error
