"""Changes to the blog's index: a post is put or withdrawn in one transaction, which marks every file it touches.

What is marked is written now or at the next flush, also after a crash; the mark goes only when the file is true.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from aggregator import urls
from aggregator.policy import change
from aggregator.targets.site import paging
from aggregator.targets.site.index import Index
from aggregator.targets.site.records import Picture, dump_card, dump_pictures, load_pictures
from aggregator.types import Post

SEARCH_SHARD = 500  #: posts in one file of the search index
SITEMAP_SHARD = 1000  #: addresses in one sitemap; the format allows 50,000
NEXT = 3  #: posts that an article page offers for further reading
SOURCE_FEED = 20  #: entries in the feed of one source
MAX_TAGS = 20

#: Files that are there whatever the posts are.
FIXED = ("archive", "assets", "feeds", "front:1", "opml", "robots", "search", "sitemap", "sources", "tags", "texts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """How many posts a page and the feeds show: what decides which files a post touches."""

    index: Index
    per_page: int
    feed_entries: int

    def put(self, post: Post, pictures: Mapping[str, Picture], shown: frozenset[str], now: datetime) -> None:
        """Adds or changes a post. ``shown`` are the addresses of all pictures that it shows.

        A copy that we hold already is kept while the post shows the picture.
        """
        digest = change.revision(post)
        with self.index.transaction() as db:
            row = db.execute(
                "SELECT seq, sort, withdrawn, hash, pictures FROM posts WHERE key = ?", (post.key,)
            ).fetchone()
            held = load_pictures(row[4]) if row else {}
            kept = {url: picture for url, picture in {**held, **pictures}.items() if url in shown}
            written = dump_pictures(kept)
            if row is None:
                seq = self._add(db, post, digest, written, now)
            else:
                seq, sort, *state = row
                if state != [0, digest, written]:
                    self._change(db, seq, sort, post, digest, written, now)
            _refer(db, seq, {file for picture in kept.values() for file in picture.files})

    def withdraw(self, key: str, now: datetime) -> bool:
        """Forgets a post, but not its address; answers whether it was there."""
        with self.index.transaction() as db:
            row = db.execute("SELECT seq, sort FROM posts WHERE key = ? AND NOT withdrawn", (key,)).fetchone()
            if row is None:
                return False
            seq, sort = row
            self._mark_around(db, seq, sort)
            for listing in self.index.listings_of(sort):
                _mark_pages(db, listing.id, {None, *paging.delete(db, listing.id, sort, self.per_page)})
            db.execute(
                "UPDATE posts SET withdrawn = 1, hash = '', card = '', body = '', pictures = '{}', updated_at = ?"
                " WHERE seq = ?",
                (now.isoformat(), seq),
            )
            _refer(db, seq, set())
            return True

    def remember(self, name: str, value: str, *stale: str) -> bool:
        """Keeps a fact about the blog; if it is another than before, marks files and answers True."""
        with self.index.transaction() as db:
            if self.index.recall(name) == value:
                return False
            db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))
            _mark(db, *stale)
            return True

    def take_look(self, fingerprint: str) -> bool:
        """Marks every file of the blog if it looks different from when the files were written."""
        with self.index.transaction() as db:
            if self.index.recall("look") == fingerprint:
                return False
            db.execute("INSERT OR REPLACE INTO meta VALUES ('look', ?)", (fingerprint,))
            _mark(db, *FIXED)
            for listing, kind in db.execute("SELECT id, kind FROM listings").fetchall():
                _mark(db, f"front:{listing}", *(f"page:{listing}:{n}" for n in paging.numbers(db, listing)))
                if kind == "source":
                    _mark(db, f"source-feed:{listing}")
            last = self.index.last_seq()
            _mark(db, *(f"search:{n}" for n in range(last // SEARCH_SHARD + 1)))
            _mark(db, *(f"sitemap:{n}" for n in range(last // SITEMAP_SHARD + 1)))
            # A later mark is written later: what lists the posts comes first.
            _mark(db, *(f"article:{key}" for (key,) in db.execute("SELECT key FROM posts").fetchall()))
            return True

    def _add(self, db: sqlite3.Connection, post: Post, digest: str, pictures: str, now: datetime) -> int:
        day = post.published_at.astimezone(UTC)
        sort = f"{day:%Y-%m-%dT%H:%M:%S} {post.key}"
        values = (post.key, _free_path(db, post, day), sort, digest, now.isoformat(), _updated_at(post, now), pictures)
        cursor = db.execute(
            "INSERT INTO posts (key, path, sort, hash, published_at, updated_at, pictures, card, body)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*values, dump_card(post), post.body),
        )
        seq = int(cursor.lastrowid or 0)
        for listing in self._wanted(db, post, sort):
            _mark_pages(db, listing, {None, *paging.insert(db, listing, sort, seq, self.per_page)})
        self._mark_around(db, seq, sort)
        return seq

    def _change(
        self, db: sqlite3.Connection, seq: int, sort: str, post: Post, digest: str, pictures: str, now: datetime
    ) -> None:
        db.execute(
            "UPDATE posts SET updated_at = ?, withdrawn = 0, hash = ?, pictures = ?, card = ?, body = ? WHERE seq = ?",
            (_updated_at(post, now), digest, pictures, dump_card(post), post.body, seq),
        )
        self._mark_around(db, seq, sort)
        held = {listing.id for listing in self.index.listings_of(sort)}
        wanted = self._wanted(db, post, sort)
        for listing in held - wanted.keys():
            _mark_pages(db, listing, {None, *paging.delete(db, listing, sort, self.per_page)})
        for listing in wanted:
            if listing in held:
                _mark_pages(db, listing, {paging.where(db, listing, sort, self.per_page)})
            else:
                _mark_pages(db, listing, {None, *paging.insert(db, listing, sort, seq, self.per_page)})
        self._mark_around(db, seq, sort)

    def _wanted(self, db: sqlite3.Connection, post: Post, sort: str) -> dict[int, None]:
        """The listings that a post belongs in."""
        month = sort[:7].replace("-", "/")
        wanted = [1, _listing(db, "month", month, month)]
        title = post.source_name or post.feed
        # What came through an aggregator is filed under its publisher, the rest under the feed that brought it.
        source = _listing(db, "source", f"publisher:{title}" if post.via else f"feed:{post.feed}", title)
        if db.execute("UPDATE listings SET title = ? WHERE id = ? AND title != ?", (title, source, title)).rowcount:
            _mark(db, f"source-feed:{source}")
            _mark_pages(db, source, {None, *paging.numbers(db, source)})
        wanted.append(source)
        tags = (tag.strip() for tag in post.tags[:MAX_TAGS])
        wanted += [_listing(db, "tag", tag.casefold(), tag) for tag in tags if tag]
        return dict.fromkeys(wanted)

    def _mark_around(self, db: sqlite3.Connection, seq: int, sort: str) -> None:
        """Marks what a post touches besides the pages of lists that it stands in."""
        _mark(db, "archive", "search", f"search:{seq // SEARCH_SHARD}", "sitemap", f"sitemap:{seq // SITEMAP_SHARD}")
        _mark_articles(db, [seq])
        for listing in self.index.listings_of(sort):
            if listing.kind == "all" and paging.rank(db, listing.id, sort, self.feed_entries) < self.feed_entries:
                _mark(db, "feeds")
            elif listing.kind == "tag":
                _mark(db, "tags")
            elif listing.kind == "source":
                if paging.rank(db, listing.id, sort, SOURCE_FEED) < SOURCE_FEED:
                    _mark(db, f"source-feed:{listing.id}")
                if listing.count <= 1:
                    _mark(db, "sources")
                _mark_articles(db, paging.newer(db, listing.id, sort, NEXT))  # they offer this one for further reading


def _updated_at(post: Post, now: datetime) -> str:
    """When the words of a post last changed: a picture, a tag or a sighting more is no news to who has read it."""
    changed = max(post.modified_at or post.published_at, post.withdrawn_at or post.published_at)
    return min(changed, now).isoformat()  # a source may say what it likes


def _free_path(db: sqlite3.Connection, post: Post, day: datetime) -> str:
    """The address of a new post: by its date and slug, with more of its key where another post has that one."""
    stem = f"{day:%Y/%m}/{urls.slug(post.slug, 100)}"
    for tail in ("", f"-{urls.slug(post.key)[:16]}", f"-{urls.slug(post.key)}"):
        path = f"{stem}{tail}/"
        if not db.execute("SELECT 1 FROM posts WHERE path = ?", (path,)).fetchone():
            return path
    raise AssertionError(f"two posts of one key: {post.key}")


def _listing(db: sqlite3.Connection, kind: str, name: str, title: str) -> int:
    """The number of a listing, which is made where it is new."""
    row = db.execute("SELECT id FROM listings WHERE kind = ? AND name = ?", (kind, name)).fetchone()
    if row:
        return int(row[0])
    stem = title if kind == "month" else urls.slug(name.partition(":")[2] if kind == "source" else title, 60)
    digest = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()
    for slug in (stem, f"{stem}-{digest[:6]}", f"{stem}-{digest}"):  # "C" and "C++" look the same in an address
        if not db.execute("SELECT 1 FROM listings WHERE kind = ? AND slug = ?", (kind, slug)).fetchone():
            break
    cursor = db.execute(
        "INSERT INTO listings (kind, name, slug, title) VALUES (?, ?, ?, ?)", (kind, name, slug, title[:200])
    )
    return int(cursor.lastrowid or 0)


def _refer(db: sqlite3.Connection, seq: int, files: set[str]) -> None:
    """Notes which copies a post shows, and marks those that it shows no longer."""
    held = {file for (file,) in db.execute("SELECT file FROM media WHERE seq = ?", (seq,)).fetchall()}
    db.executemany("INSERT INTO media VALUES (?, ?)", [(file, seq) for file in files - held])
    db.executemany("DELETE FROM media WHERE file = ? AND seq = ?", [(file, seq) for file in held - files])
    _mark(db, *(f"media:{file}" for file in held - files))


def _mark_pages(db: sqlite3.Connection, listing: int, pages: set[int | None]) -> None:
    """Marks pages of a listing; None is the front page, which tells how many posts there are."""
    _mark(db, *(f"front:{listing}" if number is None else f"page:{listing}:{number}" for number in pages))


def _mark_articles(db: sqlite3.Connection, seqs: list[int]) -> None:
    for seq in seqs:
        _mark(db, *(f"article:{key}" for (key,) in db.execute("SELECT key FROM posts WHERE seq = ?", (seq,))))


def _mark(db: sqlite3.Connection, *outputs: str) -> None:
    """Marks files as no longer true. A mark is a number that only grows, so that a later mark is another one."""
    db.execute("UPDATE meta SET value = value + 1 WHERE name = 'mark'")
    db.executemany(
        "INSERT INTO stale SELECT ?, value FROM meta WHERE name = 'mark'"
        " ON CONFLICT (output) DO UPDATE SET mark = excluded.mark",
        [(output,) for output in outputs],
    )
