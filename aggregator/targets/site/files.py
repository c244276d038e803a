"""The folder that a web server shows: every file in it is written whole or not at all, and only if it changed."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from aggregator.targets.shared import files

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}")
GONE = ".gone"  #: an empty file beside ``index.html`` that tells our server to answer 410


@dataclass(slots=True)
class Tree:
    """The files below one folder; ``written`` counts those that really changed."""

    root: Path
    written: int = 0

    def place(self, relative: str) -> Path:
        """The file's place, checked: inside the root, also after following links, no hidden name.

        Raises ValueError for anything else: whoever made the name made a mistake.
        """
        *folders, last = relative.split("/")
        if not all(_NAME.fullmatch(part) for part in folders) or not (last == GONE or _NAME.fullmatch(last)):
            raise ValueError(f"not a name for a file of the blog: {relative[:200]!r}")
        path = files.inside(self.root, relative)
        if path is None:
            raise ValueError(f"outside of the blog's folder: {relative[:200]!r}")
        return path

    def write(self, relative: str, data: bytes) -> bool:
        """Puts a file in its place; answers whether it was another one before."""
        changed = files.write(self.place(relative), data)
        self.written += changed
        return changed

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
            shutil.copyfile(source, temporary)

        files.put(path, fill)
        self.written += 1

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
        return True
