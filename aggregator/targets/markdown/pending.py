"""What was written into the site and is not yet built or committed: noted on disk before a file is touched."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from aggregator.targets.shared import files

FOLDER = ".wirecopy"  #: below the site's folder; generators and git leave it alone
MAX_BYTES = 64_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One post that was put into the site or taken from it."""

    key: str
    slug: str
    file: str  #: of the post, relative to the site's folder
    paths: tuple[str, ...]  #: every file that was written or removed, the post's own too
    revision: str = ""  #: of the post; empty: it was withdrawn

    @property
    def withdrawn(self) -> bool:
        """Whether the post was taken from the site."""
        return not self.revision


class Pending:
    """The changes that wait, by key; a line of JSON for each on disk, so that a crash forgets none."""

    def __init__(self, root: Path, name: str) -> None:
        self._path = root / FOLDER / f"{name}.jsonl"
        self._changes: dict[str, Change] | None = None

    @property
    def changes(self) -> Mapping[str, Change]:
        """What waits, oldest first."""
        return self._read()

    def add(self, change: Change) -> None:
        """Notes a change; together with what was noted for the same post before."""
        changes = self._read()
        before = changes.pop(change.key, None)
        paths = dict.fromkeys((*(before.paths if before else ()), *change.paths))
        merged = replace(change, paths=tuple(paths))
        self._append(merged)
        changes[change.key] = merged

    def drop(self, keys: Collection[str]) -> None:
        """Forgets changes that are done."""
        changes = self._read()
        for key in keys:
            changes.pop(key, None)
        if changes:
            files.write(self._path, "".join(_line(change) for change in changes.values()).encode())
        else:
            self._path.unlink(missing_ok=True)

    def _append(self, change: Change) -> None:
        folder = self._path.parent
        if not folder.is_dir():
            folder.mkdir(parents=True)
        ignored = folder / ".gitignore"
        if not ignored.exists():
            ignored.write_text("*\n")
        with self._path.open("a") as file:
            file.write("\n" + _line(change))  # what went before may have been cut short
            file.flush()
            os.fsync(file.fileno())

    def _read(self) -> dict[str, Change]:
        if self._changes is None:
            self._changes = {}
            try:
                with self._path.open() as file:
                    text = file.read(MAX_BYTES)
            except FileNotFoundError:
                text = ""
            for line in text.splitlines():
                change = _change(line)
                if change:
                    self._changes.pop(change.key, None)
                    self._changes[change.key] = change
        return self._changes


def _line(change: Change) -> str:
    facts = {
        "key": change.key,
        "slug": change.slug,
        "file": change.file,
        "paths": change.paths,
        "revision": change.revision,
    }
    return json.dumps(facts) + "\n"


def _change(line: str) -> Change | None:
    """A change that was noted; None for a line that a crash cut short."""
    try:
        facts = json.loads(line)
        return Change(
            key=str(facts["key"]),
            slug=str(facts["slug"]),
            file=str(facts["file"]),
            paths=tuple(str(path) for path in facts["paths"]),
            revision=str(facts["revision"]),
        )
    except (ValueError, KeyError, TypeError):
        return None
