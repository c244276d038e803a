"""Where a store lies: from the URL of the configuration to the path of a file."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from aggregator.errors import StoreError

EXAMPLE = "sqlite:///data/wirecopy.db"
HINT = "give this user the right to write there, or name another file in [store] url"


def locate(url: str, base: Path) -> Path:
    """The file of a store; a relative one is relative to ``base``, the folder of the TOML file.

    Raises StoreError for what names no SQLite file.
    """
    try:
        parts = make_url(url)
    except ArgumentError as error:
        raise StoreError(f"[store] url is no database address; write one such as {EXAMPLE}") from error
    if parts.get_backend_name() != "sqlite":
        raise StoreError(f"[store] url: {parts.get_backend_name()} is not supported; write one such as {EXAMPLE}")
    if not parts.database or parts.database == ":memory:" or parts.database.startswith("file:") or parts.query:
        raise StoreError(f"[store] url must name a file and nothing else; write one such as {EXAMPLE}")
    return (base / parts.database).resolve()


def lock_path(path: Path) -> Path:
    """The file that the daemon of a store locks."""
    return path.with_name(f"{path.name}.lock")


def prepare(path: Path) -> None:
    """Makes sure that there is a file that may become or is a store, for its owner's eyes only.

    Raises StoreError where it can't be written. A file that stands is not opened here: closing it would drop
    the locks that SQLite holds on it in this process (https://sqlite.org/howtocorrupt.html, 2.2).
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            # SQLite gives the same rights to the journals that it puts beside it.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StoreError(f"{path} can't be written: {error.strerror}; {HINT}") from error
    _protect(path)


def _protect(path: Path) -> None:
    if not path.is_file():
        raise StoreError(f"{path} is not a file; {HINT}")
    if not (_may(path, os.R_OK | os.W_OK) and _may(path.parent, os.W_OK | os.X_OK)):
        raise StoreError(f"{path} or its folder can't be written; {HINT}")
    status = path.stat()
    if status.st_uid == os.geteuid() and status.st_mode & 0o077:
        path.chmod(0o600)


def _may(path: Path, mode: int) -> bool:
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)
