"""The folder that a web server shows: every file in it is written whole or not at all, and only if it changed."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}")
GONE = ".gone"  #: an empty file beside ``index.html`` that tells our server to answer 410


@dataclass(slots=True)
class Tree:
    """The files below one folder; ``written`` counts those that really changed."""

    root: Path
    written: int = 0
    _made: set[Path] = field(default_factory=set)

    def place(self, relative: str) -> Path:
        """The file's place, checked: inside the root, also after following links, no hidden name.

        Raises ValueError for anything else: whoever made the name made a mistake.
        """
        *folders, last = relative.split("/")
        if not all(_NAME.fullmatch(part) for part in folders) or not (last == GONE or _NAME.fullmatch(last)):
            raise ValueError(f"not a name for a file of the blog: {relative[:200]!r}")
        path = self.root / relative
        root = self.root.resolve()
        if not path.parent.resolve().is_relative_to(root):
            raise ValueError(f"outside of the blog's folder: {relative[:200]!r}")
        return path

    def write(self, relative: str, data: bytes) -> bool:
        """Puts a file in its place; answers whether it was another one before."""
        path = self.place(relative)
        if _same(path, data):
            return False

        def fill(temporary: Path) -> None:
            with temporary.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())

        self._put(path, fill)
        return True

    def adopt(self, relative: str, source: Path) -> None:
        """Puts a copy of a file in its place: a hard link where that can be, unless one is there already."""
        path = self.place(relative)
        if path.exists():
            return

        def fill(temporary: Path) -> None:
            if source.stat().st_mode & 0o044 == 0o044:  # a link shares the mode: a web server must be able to read it
                try:
                    os.link(source, temporary)
                except OSError:
                    pass  # another file system, or one without links
                else:
                    return
            with temporary.open("wb") as file:
                file.write(source.read_bytes())
                file.flush()
                os.fsync(file.fileno())

        self._put(path, fill)

    def remove(self, relative: str) -> bool:
        """Takes a file away, and the folders that it leaves empty; answers whether it was there."""
        path = self.place(relative)
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        self.written += 1
        for folder in path.parents:
            if folder == self.root:
                break
            try:
                folder.rmdir()
            except OSError:
                break  # not empty
            self._made.discard(folder)
        return True

    def _put(self, path: Path, fill: Callable[[Path], None]) -> None:
        if path.parent not in self._made:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(path.parent)
        temporary = path.with_name(f".{path.name[:100]}.{os.getpid()}.new")
        temporary.unlink(missing_ok=True)
        try:
            fill(temporary)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        self.written += 1


def _same(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except FileNotFoundError:
        return False
