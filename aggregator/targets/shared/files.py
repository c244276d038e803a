"""Files that stand in their place whole or not at all, and never outside of their folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path


def inside(root: Path, relative: str) -> Path | None:
    """The place of a file in a folder; None where it would be outside, also after following links."""
    path = root / relative
    return path if path.parent.resolve().is_relative_to(root.resolve()) else None


def write(path: Path, data: bytes, *, lasting: bool = False) -> bool:
    """Puts bytes in their place; answers whether something else was there before."""
    try:
        if path.stat().st_size == len(data) and path.read_bytes() == data:
            return False
    except FileNotFoundError:
        pass  # there is nothing yet
    put(path, lambda temporary: temporary.write_bytes(data), lasting=lasting)
    return True


def put(path: Path, fill: Callable[[Path], object], *, lasting: bool = False) -> None:
    """Puts a file in its place that ``fill`` makes under another name, which no web server and no generator shows.

    ``lasting``: no power cut takes it away again, as the file systems of some would.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name[:100]}.new")
    temporary.unlink(missing_ok=True)  # left by a crash; it may be a link to another file
    try:
        fill(temporary)
        _sync(temporary)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if lasting:
        _sync(path.parent)


def move(path: Path, to: Path) -> None:
    """Gives a file another name for good; a file of that name gives way."""
    path.replace(to)
    _sync(to.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
