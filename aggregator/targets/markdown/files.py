"""The site's folder: what is written there is whole or not there, and lasts.

A post that a power cut takes away again would look like one that a person deleted.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from aggregator.targets.shared import files

MAX_READ = 8_000_000  #: bytes of a post that are read; a larger one is not ours


class MisplacedError(Exception):
    """A path that leads out of the site's folder."""


@dataclass(frozen=True, slots=True)
class Tree:
    """The files below one folder, by paths relative to it with ``/`` between the parts."""

    root: Path

    def place(self, relative: str) -> Path:
        """The file's place, checked: inside the folder, also after following links.

        Raises MisplacedError for anything else.
        """
        pure = PurePosixPath(relative)
        if pure.is_absolute() or not pure.parts or ".." in pure.parts or "\x00" in relative or "\\" in relative:
            raise MisplacedError(f"not a path within the site's folder: {relative[:200]!r}")
        path = files.inside(self.root, relative)
        if path is None:
            raise MisplacedError(f"outside of the site's folder: {relative[:200]!r}")
        return path

    def exists(self, relative: str) -> bool:
        """Whether there is a file."""
        return self.place(relative).is_file()

    def read(self, relative: str) -> str | None:
        """The file's text; None where there is none. What is no UTF-8 is replaced."""
        try:
            with self.place(relative).open("rb") as file:
                return file.read(MAX_READ).decode("utf-8", "replace")
        except (FileNotFoundError, NotADirectoryError):
            return None

    def names(self, relative: str) -> Iterator[str]:
        """The names in a folder; none where there is no such folder."""
        try:
            with os.scandir(self.place(relative)) as entries:
                yield from (entry.name for entry in entries)
        except (FileNotFoundError, NotADirectoryError):
            return

    def write(self, relative: str, text: str) -> bool:
        """Puts a text in its place; answers whether it was another one before."""
        return files.write(self.place(relative), text.encode("utf-8", "replace"), lasting=True)

    def copy(self, relative: str, source: Path) -> None:
        """Puts a copy of a file in its place, unless one is there: its name tells its content."""
        path = self.place(relative)
        if not path.exists():
            # No link: a person who edits the picture of the site must not change our copy of it.
            files.put(path, lambda temporary: shutil.copyfile(source, temporary), lasting=True)

    def move(self, relative: str, to: str) -> None:
        """Gives a file another name; a file of that name gives way."""
        files.move(self.place(relative), self.place(to))

    def remove(self, relative: str) -> bool:
        """Takes a file away; answers whether it was there."""
        try:
            self.place(relative).unlink()
        except (FileNotFoundError, NotADirectoryError):
            return False
        return True

    def drop_empty(self, relative: str) -> None:
        """Takes a folder away if nothing is in it."""
        with suppress(OSError):
            self.place(relative).rmdir()
