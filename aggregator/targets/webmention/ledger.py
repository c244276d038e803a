"""What is to be told to whom, and what was told: a small SQLite file of the target's own."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from aggregator.targets.shared.keeper import sortable
from aggregator.types import Action, Post

_POST = TypeAdapter(Post)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS mentions (
    key TEXT PRIMARY KEY,
    revision TEXT NOT NULL,
    action TEXT NOT NULL,        -- publish, withdraw
    due TEXT,                    -- when to tell; null: nothing is left to tell
    attempts INTEGER NOT NULL,
    source TEXT NOT NULL,        -- our page, as it was told last; empty: it never was
    endpoint TEXT NOT NULL,      -- that was told
    payload TEXT                 -- the post, while there is something to tell
) STRICT;
CREATE INDEX IF NOT EXISTS mentions_due ON mentions (due) WHERE due IS NOT NULL;
CREATE TABLE IF NOT EXISTS silent (
    host TEXT PRIMARY KEY,       -- whose page named no endpoint
    until TEXT NOT NULL          -- it is not asked before
) STRICT;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One original that is to be told of one post of ours."""

    post: Post
    action: Action
    attempts: int
    source: str
    endpoint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What the ledger knows of a post."""

    revision: str
    action: Action
    told: bool  #: the original was told of our page


class Ledger:
    """The file, opened."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    def noted(self, key: str) -> Noted | None:
        """What is known of a post; None: nothing."""
        row = self._db.execute("SELECT revision, action, source FROM mentions WHERE key = ?", (key,)).fetchone()
        return None if row is None else Noted(revision=row[0], action=Action(row[1]), told=bool(row[2]))

    def plan(self, post: Post, revision: str, action: Action, due: datetime) -> None:
        """Puts by what is to be told, in the place of what was to be told of the post before."""
        self._db.execute(
            "INSERT INTO mentions VALUES (?, ?, ?, ?, 0, '', '', ?) ON CONFLICT (key) DO UPDATE SET"
            " revision = excluded.revision, action = excluded.action, due = excluded.due, attempts = 0,"
            " payload = excluded.payload, endpoint = CASE excluded.action WHEN 'withdraw' THEN endpoint ELSE '' END",
            (post.key, revision, action, sortable(due), _POST.dump_json(post).decode()),
        )

    def due(self, now: datetime, limit: int) -> list[Mention]:
        """What is to be told by now."""
        rows = self._db.execute(
            "SELECT payload, action, attempts, source, endpoint FROM mentions WHERE due <= ?"
            " ORDER BY due, rowid LIMIT ?",
            (sortable(now), limit),
        )
        return [
            Mention(post=_POST.validate_json(post), action=Action(action), attempts=n, source=source, endpoint=endpoint)
            for post, action, n, source, endpoint in rows
        ]

    def next_due(self) -> datetime | None:
        """When there will be something to tell; None: nothing is."""
        row = self._db.execute("SELECT min(due) FROM mentions WHERE due IS NOT NULL").fetchone()
        return datetime.fromisoformat(row[0]) if row[0] else None

    def later(self, key: str, due: datetime, *, attempts: int) -> None:
        """Puts it off."""
        self._db.execute("UPDATE mentions SET due = ?, attempts = ? WHERE key = ?", (sortable(due), attempts, key))

    def told(self, key: str, source: str, endpoint: str) -> None:
        """Notes that it was told."""
        self._db.execute(
            "UPDATE mentions SET due = NULL, payload = NULL, source = ?, endpoint = ? WHERE key = ?",
            (source, endpoint, key),
        )

    def discovered(self, key: str, endpoint: str) -> None:
        """Notes where it is to be told, so that the page is not asked again for another attempt."""
        self._db.execute("UPDATE mentions SET endpoint = ? WHERE key = ?", (endpoint, key))

    def done(self, key: str) -> None:
        """Notes that there is nothing to tell."""
        self._db.execute("UPDATE mentions SET due = NULL, payload = NULL WHERE key = ?", (key,))

    def silent(self, host: str, now: datetime) -> bool:
        """Whether a host named no endpoint, not long ago."""
        query = "SELECT 1 FROM silent WHERE host = ? AND until > ?"
        return self._db.execute(query, (host, sortable(now))).fetchone() is not None

    def note_silence(self, host: str, until: datetime) -> None:
        """Notes that a host names no endpoint."""
        self._db.execute("INSERT OR REPLACE INTO silent VALUES (?, ?)", (host, sortable(until)))
