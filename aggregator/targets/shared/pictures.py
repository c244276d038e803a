"""Copies of pictures at a blog that can't be asked for them: each uploaded once, by notes of our own."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from aggregator.errors import RejectedError
from aggregator.targets.shared.api import Api
from aggregator.targets.shared.keeper import Keeper, opened
from aggregator.types import MediaFile

ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
}
DIGITS = 20  #: of a picture's hash in the name of its copy
MAX_NOTED = 50_000  #: pictures whose copies are remembered
_SCHEMA = """
CREATE TABLE IF NOT EXISTS copies (
    blog TEXT NOT NULL,          -- its address: another one has not got them
    sha256 TEXT NOT NULL,        -- of the picture
    url TEXT NOT NULL,
    id TEXT NOT NULL,            -- its number there; empty: it has none
    PRIMARY KEY (blog, sha256)
) STRICT;
"""


def name(file: MediaFile) -> str:
    """A file name that tells which picture it is."""
    return f"{file.sha256[:DIGITS]}.{ENDINGS.get(file.type, 'bin')}"


async def data(file: MediaFile) -> bytes:
    """The bytes of a picture. Raises OSError where our own copy has gone."""
    return await asyncio.to_thread(Path(file.path).read_bytes)


def left_out(count: int, wanted: int, reason: str = "") -> str:
    """What a person should know of pictures that a blog won't have; empty where it has them all."""
    if not count:
        return ""
    return f"{count} of {wanted} pictures are not taken there{f' ({reason})' if reason else ''}"


@dataclass(frozen=True, slots=True)
class Copy:
    """A picture at a blog."""

    url: str
    id: str = ""  #: its number there; empty: it has none


class Notes:
    """Which pictures are where: a small SQLite file, opened."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    def copy(self, blog: str, sha256: str) -> Copy | None:
        """The copy of a picture; None: none is known."""
        query = "SELECT url, id FROM copies WHERE blog = ? AND sha256 = ?"
        row = self._db.execute(query, (blog, sha256)).fetchone()
        return Copy(*row) if row else None

    def note(self, blog: str, sha256: str, copy: Copy) -> None:
        """Notes a copy, and forgets the oldest where there are too many."""
        self._db.execute("INSERT OR REPLACE INTO copies VALUES (?, ?, ?, ?)", (blog, sha256, copy.url, copy.id))
        self._db.execute("DELETE FROM copies WHERE rowid <= (SELECT max(rowid) FROM copies) - ?", (MAX_NOTED,))


class Uploads:
    """The copies at one blog, by the hashes of the pictures; ``folder`` is that of our notes."""

    def __init__(
        self, api: Api, *, blog: str, folder: Path, upload: Callable[[MediaFile, bytes], Awaitable[Copy]]
    ) -> None:
        path = folder / f"{api.target}.sqlite3"
        self._api = api
        self._blog = blog
        self._upload = upload
        self._notes = Keeper(api.target, folder, lambda: opened(path, Notes))
        self._lock = asyncio.Lock()  # two posts with one picture must not upload it twice

    async def close(self) -> None:
        """Closes the notes; harmless when called twice."""
        await self._notes.close()

    async def check(self) -> None:
        """Raises a PublishError where nothing can be noted."""
        await self._notes.do(lambda _: None)

    async def copies(
        self, media: Mapping[str, MediaFile], *, shown: Callable[[MediaFile], Copy | None] = lambda _: None
    ) -> tuple[dict[str, Copy], str]:
        """Copies by the original addresses, and what is to be said about those left out: they stay where they are.

        ``shown`` tells the copy that the post shows already, if any.
        """
        found: dict[str, Copy] = {}
        reason = ""
        for url, file in media.items():
            try:
                async with self._lock:
                    found[url] = await self._copy(file, shown(file))
            except (RejectedError, OSError) as error:
                reason = error.message if isinstance(error, RejectedError) else "our copy has gone"
        return found, left_out(len(media) - len(found), len(media), reason)

    async def _copy(self, file: MediaFile, shown: Copy | None) -> Copy:
        noted = await self._notes.do(lambda notes: notes.copy(self._blog, file.sha256))
        # People tidy up their blogs.
        if noted and not (shown and shown.url == noted.url) and await self._api.lacks(noted.url):
            noted = None
        copy = noted or shown or await self._upload(file, await data(file))
        if copy != noted:
            await self._notes.do(lambda notes: notes.note(self._blog, file.sha256, copy))
        return copy
