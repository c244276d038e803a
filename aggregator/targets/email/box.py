"""What was mailed, what waits, and what is on its way: a small SQLite file of the target's own.

A letter is written down whole before it is sent, marked when its content begins to go out, and taken off when the
server has taken it. A letter that is found marked may have arrived.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from aggregator.targets.shared.keeper import sortable
from aggregator.types import Post

_POST = TypeAdapter(Post)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS posts (
    key TEXT PRIMARY KEY,
    revision TEXT NOT NULL,      -- waiting: to be mailed; else: mailed last
    state TEXT NOT NULL,         -- waiting, enclosed (in a letter), mailed, withdrawn, refused (by the server)
    letter TEXT NOT NULL,        -- the letter that it is in, or was mailed with first
    mailed INTEGER NOT NULL,     -- how often
    since TEXT NOT NULL,         -- when it began to wait, or was mailed
    payload TEXT                 -- the post, while it waits
) STRICT;
CREATE INDEX IF NOT EXISTS posts_waiting ON posts (since) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS posts_enclosed ON posts (letter) WHERE state = 'enclosed';
CREATE TABLE IF NOT EXISTS letters (
    id TEXT PRIMARY KEY,
    begun INTEGER NOT NULL,      -- its content began to go out: it may have arrived
    message BLOB NOT NULL
) STRICT;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the box knows of a post."""

    key: str
    revision: str
    state: str
    letter: str
    mailed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail as it is sent, byte for byte the same however often."""

    id: str
    message: bytes
    begun: bool = False  #: it may have arrived


class Box:
    """The file, opened."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._db.executescript(_SCHEMA)
        # Of digests that may have arrived, and whose posts have all changed since.
        self._db.execute(
            "DELETE FROM letters WHERE id GLOB 'digest.*'"
            " AND id NOT IN (SELECT letter FROM posts WHERE state = 'enclosed')"
        )

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    def kept(self, key: str) -> Kept | None:
        """What is known of a post; None: nothing."""
        row = self._db.execute(
            "SELECT key, revision, state, letter, mailed FROM posts WHERE key = ?", (key,)
        ).fetchone()
        return None if row is None else Kept(key=row[0], revision=row[1], state=row[2], letter=row[3], mailed=row[4])

    def wait(self, post: Post, revision: str, now: datetime) -> None:
        """Puts a post by for the next digest, in the place of an earlier revision that waits."""
        payload = _POST.dump_json(post).decode()
        self._db.execute(
            "INSERT INTO posts VALUES (?, ?, 'waiting', '', 0, ?, ?) ON CONFLICT (key) DO UPDATE SET"
            " revision = excluded.revision, payload = excluded.payload, state = 'waiting',"
            " since = CASE state WHEN 'waiting' THEN since ELSE excluded.since END",
            (post.key, revision, sortable(now), payload),
        )

    def waiting_since(self) -> datetime | None:
        """Since when the post waits that waits longest; None: none does."""
        row = self._db.execute("SELECT min(since) FROM posts WHERE state = 'waiting'").fetchone()
        return datetime.fromisoformat(row[0]) if row[0] else None

    def waiting(self, limit: int) -> list[tuple[Post, str]]:
        """Posts that wait, with their revisions, those first that wait longest."""
        rows = self._db.execute(
            "SELECT payload, revision FROM posts WHERE state = 'waiting' ORDER BY since, rowid LIMIT ?", (limit,)
        )
        return [(_POST.validate_json(payload), revision) for payload, revision in rows]

    def enclose(self, letter: Letter, keys: Sequence[str]) -> None:
        """Writes a letter down, and that these waiting posts are in it."""
        with self._transaction():
            self.write(letter)
            self._db.execute(
                "UPDATE posts SET state = 'enclosed', letter = ? WHERE key IN (SELECT value FROM json_each(?))",
                (letter.id, json.dumps(list(keys))),
            )

    def open_again(self, letter_id: str) -> None:
        """Takes a letter off that was not sent; the posts in it wait again."""
        with self._transaction():
            self._db.execute(
                "UPDATE posts SET state = 'waiting', letter = '' WHERE state = 'enclosed' AND letter = ?", (letter_id,)
            )
            self.drop(letter_id)

    def write(self, letter: Letter) -> Letter:
        """Writes a letter down and answers it; one of the same id that is written down already stays as it is."""
        self._db.execute("INSERT OR IGNORE INTO letters VALUES (?, 0, ?)", (letter.id, letter.message))
        return self.letter(letter.id) or letter

    def letter(self, letter_id: str) -> Letter | None:
        """A letter that was written down and not taken off."""
        return next(self._letters("WHERE id = ?", letter_id), None)

    def digests(self) -> list[Letter]:
        """The letters with posts enclosed, those written first before the others."""
        return list(self._letters("WHERE id IN (SELECT letter FROM posts WHERE state = 'enclosed') ORDER BY rowid"))

    def mark(self, letter_id: str) -> None:
        """Marks a letter: from now on it may have arrived."""
        self._db.execute("UPDATE letters SET begun = 1 WHERE id = ?", (letter_id,))

    def unmark(self, letter_id: str) -> None:
        """Takes the mark off: the server has said no."""
        self._db.execute("UPDATE letters SET begun = 0 WHERE id = ?", (letter_id,))

    def drop(self, letter_id: str) -> None:
        """Takes a letter off."""
        self._db.execute("DELETE FROM letters WHERE id = ?", (letter_id,))

    def sent(self, letter_id: str, now: datetime) -> None:
        """Notes that a digest was taken by the server, and so the posts in it."""
        with self._transaction():
            self._db.execute(
                "UPDATE posts SET state = 'mailed', mailed = mailed + 1, since = ?, payload = NULL"
                " WHERE state = 'enclosed' AND letter = ?",
                (sortable(now), letter_id),
            )
            self.drop(letter_id)

    def give_up(self, letter_id: str) -> None:
        """Notes that the server refuses a digest for good, and so the posts in it."""
        with self._transaction():
            self._db.execute(
                "UPDATE posts SET state = 'refused', payload = NULL WHERE state = 'enclosed' AND letter = ?",
                (letter_id,),
            )
            self.drop(letter_id)

    def mailed(self, key: str, revision: str, letter_id: str, now: datetime, *, state: str = "mailed") -> None:
        """Notes that a letter about one post was taken by the server; earlier ones about it are of no more use."""
        with self._transaction():
            self._db.execute(
                "INSERT INTO posts VALUES (?, ?, ?, ?, 1, ?, NULL) ON CONFLICT (key) DO UPDATE SET"
                " revision = excluded.revision, state = excluded.state, mailed = mailed + 1, since = excluded.since,"
                " payload = NULL, letter = CASE mailed WHEN 0 THEN excluded.letter ELSE letter END",
                (key, revision, state, letter_id, sortable(now)),
            )
            self._db.execute("DELETE FROM letters WHERE id >= ? || '.' AND id < ? || '/'", (key, key))

    def forget(self, key: str) -> None:
        """Takes a post off that waits."""
        self._db.execute("DELETE FROM posts WHERE key = ?", (key,))

    def _letters(self, where: str, *values: str) -> Iterator[Letter]:
        query = f"SELECT id, message, begun FROM letters {where}"  # noqa: S608 - our own words
        for number, message, begun in self._db.execute(query, values):
            yield Letter(id=number, message=message, begun=bool(begun))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
