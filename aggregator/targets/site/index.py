"""The blog's memory: which posts it holds, where each stands, and which files are no longer true.

One SQLite file inside the blog's own folder, used by one thread at a time. ``filing`` changes it; here it is
opened and read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from aggregator.targets.site import paging
from aggregator.targets.site.records import COLUMNS, Listing, Placed, load_sources, placed
from aggregator.types import SourceInfo

VERSION = 1

_SCHEMA = """
CREATE TABLE posts (
    seq INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    path TEXT NOT NULL UNIQUE,
    sort TEXT NOT NULL UNIQUE,
    withdrawn INTEGER NOT NULL DEFAULT 0,
    hash TEXT NOT NULL,
    published_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    pictures TEXT NOT NULL,
    card TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE TABLE media (
    file TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (file, seq)
) WITHOUT ROWID;
CREATE TABLE stale (output TEXT PRIMARY KEY, mark INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE meta (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES ('mark', 0);
INSERT INTO listings (id, kind, name, slug, title) VALUES (1, 'all', '', '', '');
"""


class Index:
    """The open index."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.parent.chmod(0o700)
        path.touch(mode=0o600)
        self.db = sqlite3.connect(path, isolation_level=None, timeout=15, check_same_thread=False)
        try:
            # secure_delete: what was withdrawn leaves no trace in the file.
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "foreign_keys = ON"):
                self.db.execute(f"PRAGMA {pragma}")
            self._prepare()
        except BaseException:
            self.db.close()
            raise

    def close(self) -> None:
        """Closes the file."""
        self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing; other processes wait."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield self.db
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def _prepare(self) -> None:
        with self.transaction() as db:
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if version > VERSION:
                raise sqlite3.DatabaseError(f"the index is of a newer version ({version}, known is {VERSION})")
            if version == 0:
                for statement in (paging.SCHEMA + _SCHEMA).split(";\n"):
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {VERSION}")

    # --- posts --------------------------------------------------------------------------------

    def by_key(self, key: str) -> Placed | None:
        """A post with its body, None if it is not there."""
        query = f"SELECT {COLUMNS}, body FROM posts WHERE key = ? AND NOT withdrawn"  # noqa: S608 - our own names
        row = self.db.execute(query, (key,)).fetchone()
        return placed(row[:-1], row[-1]) if row else None

    def by_seq(self, seqs: Sequence[int]) -> list[Placed]:
        """Posts without their bodies, in the order asked for."""
        query = f"SELECT {COLUMNS} FROM posts WHERE seq = ? AND NOT withdrawn"  # noqa: S608 - our own names
        rows = (self.db.execute(query, (seq,)).fetchone() for seq in seqs)
        return [placed(row) for row in rows if row]

    def body(self, seq: int) -> str:
        """The body of a post."""
        return str(self.db.execute("SELECT body FROM posts WHERE seq = ?", (seq,)).fetchone()[0])

    def place(self, key: str) -> tuple[str, bool] | None:
        """The path that a key has and whether its post was withdrawn; None if it was never here."""
        row = self.db.execute("SELECT path, withdrawn FROM posts WHERE key = ?", (key,)).fetchone()
        return (row[0], bool(row[1])) if row else None

    def stretch(self, first: int, count: int) -> list[Placed]:
        """Posts by their numbers, without bodies, in order of first publication."""
        where = "seq >= ? AND seq < ? AND NOT withdrawn ORDER BY seq"
        query = f"SELECT {COLUMNS} FROM posts WHERE {where}"  # noqa: S608 - our own names
        return [placed(row) for row in self.db.execute(query, (first, first + count))]

    def addresses(self, first: int, count: int) -> list[tuple[str, str]]:
        """Path and time of the last change of posts by their numbers; the newest last."""
        return self.db.execute(
            "SELECT path, updated_at FROM posts WHERE seq >= ? AND seq < ? AND NOT withdrawn ORDER BY seq",
            (first, first + count),
        ).fetchall()

    def last_seq(self) -> int:
        """The highest number given so far, 0 if none was."""
        return int(self.db.execute("SELECT coalesce(max(seq), 0) FROM posts").fetchone()[0])

    def refers_to(self, file: str) -> bool:
        """Whether a post still shows a file of ours."""
        return self.db.execute("SELECT 1 FROM media WHERE file = ? LIMIT 1", (file,)).fetchone() is not None

    # --- listings -----------------------------------------------------------------------------

    def listing(self, number: int) -> Listing:
        """A listing by its number."""
        (found,) = self._listings("WHERE id = ?", (number,))
        return found

    def listings_of(self, sort: str) -> list[Listing]:
        """The listings that a post stands in."""
        return self._listings("JOIN places ON listing = id WHERE sort = ? ORDER BY id", (sort,))

    def months(self) -> list[Listing]:
        """The months with posts, newest first."""
        return self._listings("WHERE kind = 'month' AND count > 0 ORDER BY name DESC", ())

    def largest(self, kind: str, limit: int) -> list[Listing]:
        """The listings of a kind with most posts."""
        return self._listings("WHERE kind = ? AND count > 0 ORDER BY count DESC, slug LIMIT ?", (kind, limit))

    def source_listing(self, feed: str) -> Listing | None:
        """The listing of a feed, None if it has no posts."""
        found = self._listings("WHERE kind = 'source' AND name = ? AND count > 0", (f"feed:{feed}",))
        return found[0] if found else None

    def _listings(self, tail: str, values: Sequence[object]) -> list[Listing]:
        query = f"SELECT id, kind, name, slug, title, count FROM listings {tail}"  # noqa: S608 - our own words
        rows = self.db.execute(query, values).fetchall()
        return [
            Listing(id=number, kind=kind, name=name, slug=slug, title=title, count=count)
            for number, kind, name, slug, title, count in rows
        ]

    # --- facts and stale files ----------------------------------------------------------------

    def recall(self, name: str) -> str | None:
        """A fact about the blog that was kept, None if none was."""
        row = self.db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else None

    def sources(self) -> tuple[SourceInfo, ...]:
        """The sources as last described."""
        return load_sources(self.recall("sources") or "[]")

    def stale(self, limit: int) -> list[tuple[str, int]]:
        """Files that are no longer true, longest first, each with its mark."""
        return self.db.execute("SELECT output, mark FROM stale ORDER BY mark, output LIMIT ?", (limit,)).fetchall()

    def mark_of(self, output: str) -> int | None:
        """The mark of a stale file; None if it is true."""
        row = self.db.execute("SELECT mark FROM stale WHERE output = ?", (output,)).fetchone()
        return int(row[0]) if row else None

    def settle(self, outputs: Sequence[tuple[str, int]]) -> None:
        """Notes that files are true again, except those marked once more in the meantime."""
        with self.transaction() as db:
            db.executemany("DELETE FROM stale WHERE output = ? AND mark = ?", outputs)
