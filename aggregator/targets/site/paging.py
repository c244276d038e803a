"""Lists of posts whose pages keep their posts: newest first in front, older ones in buckets that never shift.

A listing (all posts, one source, one tag, one month) orders its posts by date. Buckets part that order at
fixed floors, as the leaves of a B-tree do: a new post goes into the bucket whose stretch of time it falls in,
and a bucket of twice the page size splits, its older half keeping the number and so the address. The front
page shows the newest posts; a bucket's page shows those of its posts that are not in front. Following
"older" from the front leads to every post exactly once, and publishing something new changes the front page
and the newest bucket only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

SCHEMA = """
CREATE TABLE listings (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,                  -- all, source, tag, month
    name TEXT NOT NULL,                  -- what it is known by within its kind
    slug TEXT NOT NULL,                  -- the end of its address; never changes
    title TEXT NOT NULL,
    count INTEGER NOT NULL DEFAULT 0,
    last_number INTEGER NOT NULL DEFAULT 1,   -- of its buckets; never used again
    UNIQUE (kind, name),
    UNIQUE (kind, slug)
);
CREATE INDEX listings_by_count ON listings (kind, count DESC);
CREATE TABLE places (
    listing INTEGER NOT NULL REFERENCES listings (id),
    sort TEXT NOT NULL,                  -- date and key: the order, newest last
    seq INTEGER NOT NULL,
    PRIMARY KEY (listing, sort)
) WITHOUT ROWID;
CREATE INDEX places_by_sort ON places (sort);
CREATE TABLE buckets (
    listing INTEGER NOT NULL REFERENCES listings (id),
    floor TEXT NOT NULL,                 -- the bucket holds the posts from here to the next floor
    number INTEGER NOT NULL,
    PRIMARY KEY (listing, floor)
) WITHOUT ROWID;
CREATE UNIQUE INDEX buckets_by_number ON buckets (listing, number);
"""

_END = "~"  #: sorts after every date


@dataclass(frozen=True, slots=True)
class Bucket:
    """A stretch of a listing: posts from ``floor`` up to, not including, ``ceiling``."""

    listing: int
    number: int
    floor: str
    ceiling: str


@dataclass(frozen=True, slots=True)
class Page:
    """What one page of a listing shows."""

    seqs: tuple[int, ...]  #: newest first
    older: int | None  #: bucket number of the page after it; None: the end
    newer: int | None  #: bucket number of the page before it; None: the front page, or this is it


def insert(db: sqlite3.Connection, listing: int, sort: str, seq: int, size: int) -> set[int | None]:
    """Adds a post to a listing; answers the pages that are no longer true (None: the front page)."""
    db.execute("INSERT OR IGNORE INTO buckets (listing, floor, number) VALUES (?, '', 1)", (listing,))
    edge = _edge(db, listing, size)
    db.execute("INSERT INTO places (listing, sort, seq) VALUES (?, ?, ?)", (listing, sort, seq))
    db.execute("UPDATE listings SET count = count + 1 WHERE id = ?", (listing,))
    stale: set[int | None] = set()
    touched = bucket = _holding(db, listing, sort)
    if edge is None or sort > edge:
        stale.add(None)
        if edge is not None:
            touched = _holding(db, listing, edge)  # the post at the edge leaves the front for its bucket's page
    split = _split(db, bucket, size)
    cut = _edge(db, listing, size)
    for changed in {touched, bucket} if split else {touched}:
        stale.add(changed.number)
        if split or len(_shown(db, _by_number(db, listing, changed.number), cut, 2)) <= 1:
            stale |= _beside(db, changed) | {None}
    if split:
        stale |= {split.number} | _beside(db, split)
    return stale


def delete(db: sqlite3.Connection, listing: int, sort: str, size: int) -> set[int | None]:
    """Takes a post out of a listing; answers the pages that are no longer true (None: the front page)."""
    edge = _edge(db, listing, size)
    bucket = _holding(db, listing, sort)
    if not db.execute("DELETE FROM places WHERE listing = ? AND sort = ?", (listing, sort)).rowcount:
        return set()
    db.execute("UPDATE listings SET count = count - 1 WHERE id = ?", (listing,))
    stale: set[int | None] = {bucket.number}
    touched = {bucket}
    cut = _edge(db, listing, size)
    if edge is None or sort >= edge:
        stale.add(None)
        if cut is not None:
            touched.add(_holding(db, listing, cut))  # whose newest post is now the last one in front
    for changed in touched:
        stale.add(changed.number)
        if not _shown(db, changed, cut, 1):
            stale |= _beside(db, changed) | {None}
    if not db.execute(
        "SELECT 1 FROM places WHERE listing = ? AND sort >= ? AND sort < ? LIMIT 1",
        (listing, bucket.floor, bucket.ceiling),
    ).fetchone():
        _dissolve(db, bucket)
    return stale


def front(db: sqlite3.Connection, listing: int, size: int) -> Page:
    """The front page: the newest posts."""
    rows = db.execute(
        "SELECT seq, sort FROM places WHERE listing = ? ORDER BY sort DESC LIMIT ?", (listing, size + 1)
    ).fetchall()
    older = _holding(db, listing, rows[size][1]).number if len(rows) > size else None
    return Page(tuple(seq for seq, _ in rows[:size]), older, None)


def page(db: sqlite3.Connection, listing: int, number: int, size: int) -> Page | None:
    """The page of a bucket; None if it has nothing to show."""
    row = db.execute("SELECT floor FROM buckets WHERE listing = ? AND number = ?", (listing, number)).fetchone()
    if row is None:
        return None
    bucket = _holding(db, listing, row[0])
    cut = _edge(db, listing, size)
    shown = _shown(db, bucket, cut, 10 * size + 1000)
    if not shown:
        return None
    above = _neighbour(db, bucket, "newer")
    newer = above.number if above and _shown(db, above, cut, 1) else None
    below = _neighbour(db, bucket, "older")
    return Page(tuple(shown), below.number if below else None, newer)


def numbers(db: sqlite3.Connection, listing: int) -> Iterator[int]:
    """The numbers of all buckets of a listing, oldest posts first."""
    for (number,) in db.execute("SELECT number FROM buckets WHERE listing = ? ORDER BY floor", (listing,)).fetchall():
        yield number


def older(db: sqlite3.Connection, listing: int, sort: str, limit: int) -> list[int]:
    """The posts that come next after one in a listing, going back in time."""
    rows = db.execute(
        "SELECT seq FROM places WHERE listing = ? AND sort < ? ORDER BY sort DESC LIMIT ?", (listing, sort, limit)
    )
    return [seq for (seq,) in rows]


def newer(db: sqlite3.Connection, listing: int, sort: str, limit: int) -> list[int]:
    """The posts that come just before one in a listing, going forward in time."""
    rows = db.execute(
        "SELECT seq FROM places WHERE listing = ? AND sort > ? ORDER BY sort LIMIT ?", (listing, sort, limit)
    )
    return [seq for (seq,) in rows]


def rank(db: sqlite3.Connection, listing: int, sort: str, limit: int) -> int:
    """How many posts are newer than one in a listing; counts up to a limit."""
    return len(newer(db, listing, sort, limit))


def where(db: sqlite3.Connection, listing: int, sort: str, size: int) -> int | None:
    """The page that shows a post of a listing: a bucket's number, None for the front page."""
    edge = _edge(db, listing, size)
    return None if edge is None or sort >= edge else _holding(db, listing, sort).number


def _edge(db: sqlite3.Connection, listing: int, size: int) -> str | None:
    """The last post of a full front page; None while it is not full."""
    row = db.execute(
        "SELECT sort FROM places WHERE listing = ? ORDER BY sort DESC LIMIT 1 OFFSET ?", (listing, size - 1)
    ).fetchone()
    return str(row[0]) if row else None


def _shown(db: sqlite3.Connection, bucket: Bucket, edge: str | None, limit: int) -> list[int]:
    """The posts of a bucket that are not on the front page, newest first."""
    if edge is None:
        return []
    rows = db.execute(
        "SELECT seq FROM places WHERE listing = ? AND sort >= ? AND sort < ? ORDER BY sort DESC LIMIT ?",
        (bucket.listing, bucket.floor, min(bucket.ceiling, edge), limit),
    )
    return [seq for (seq,) in rows]


def _holding(db: sqlite3.Connection, listing: int, sort: str) -> Bucket:
    """The bucket whose stretch a place falls in."""
    floor, number = db.execute(
        "SELECT floor, number FROM buckets WHERE listing = ? AND floor <= ? ORDER BY floor DESC LIMIT 1",
        (listing, sort),
    ).fetchone()
    above = db.execute(
        "SELECT floor FROM buckets WHERE listing = ? AND floor > ? ORDER BY floor LIMIT 1", (listing, floor)
    ).fetchone()
    return Bucket(listing, number, floor, above[0] if above else _END)


def _by_number(db: sqlite3.Connection, listing: int, number: int) -> Bucket:
    (floor,) = db.execute("SELECT floor FROM buckets WHERE listing = ? AND number = ?", (listing, number)).fetchone()
    return _holding(db, listing, floor)


def _neighbour(db: sqlite3.Connection, bucket: Bucket, side: str) -> Bucket | None:
    if side == "newer":
        return _holding(db, bucket.listing, bucket.ceiling) if bucket.ceiling != _END else None
    row = db.execute(
        "SELECT floor FROM buckets WHERE listing = ? AND floor < ? ORDER BY floor DESC LIMIT 1",
        (bucket.listing, bucket.floor),
    ).fetchone()
    return _holding(db, bucket.listing, row[0]) if row else None


def _beside(db: sqlite3.Connection, bucket: Bucket) -> set[int | None]:
    """The pages on both sides of a bucket, whose links may lead to it."""
    sides = (_neighbour(db, bucket, "older"), _neighbour(db, bucket, "newer"))
    return {side.number for side in sides if side}


def _split(db: sqlite3.Connection, bucket: Bucket, size: int) -> Bucket | None:
    """Parts a bucket that has grown to twice the page size; answers the newer half."""
    rows = db.execute(
        "SELECT sort FROM places WHERE listing = ? AND sort >= ? AND sort < ? ORDER BY sort LIMIT ?",
        (bucket.listing, bucket.floor, bucket.ceiling, 2 * size),
    ).fetchall()
    if len(rows) < 2 * size:
        return None
    floor = rows[size][0]
    db.execute("UPDATE listings SET last_number = last_number + 1 WHERE id = ?", (bucket.listing,))
    db.execute(
        "INSERT INTO buckets (listing, floor, number) SELECT id, ?, last_number FROM listings WHERE id = ?",
        (floor, bucket.listing),
    )
    return _holding(db, bucket.listing, floor)


def _dissolve(db: sqlite3.Connection, bucket: Bucket) -> None:
    """Gives the stretch of an empty bucket to its neighbour."""
    db.execute("DELETE FROM buckets WHERE listing = ? AND floor = ?", (bucket.listing, bucket.floor))
    if not bucket.floor and bucket.ceiling != _END:
        db.execute("UPDATE buckets SET floor = '' WHERE listing = ? AND floor = ?", (bucket.listing, bucket.ceiling))
