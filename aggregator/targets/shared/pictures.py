"""Copies of pictures at a blog: each uploaded once while we run, and never again for a post that shows it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Generic, TypeVar

from aggregator.errors import RejectedError
from aggregator.types import MediaFile

ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
}
DIGITS = 20  #: of a picture's hash in the name of its copy
MAX_KNOWN = 5_000  #: pictures whose copies are remembered

C = TypeVar("C")  #: what the blog answers: an address, or more


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


class Uploads(Generic[C]):
    """The copies at one blog, by the hashes of the pictures."""

    def __init__(self, upload: Callable[[MediaFile, bytes], Awaitable[C]]) -> None:
        self._upload = upload
        self._known: dict[str, C] = {}

    async def copies(
        self, media: Mapping[str, MediaFile], *, shown: Callable[[MediaFile], C | None]
    ) -> tuple[dict[str, C], str]:
        """Copies by the original addresses, and what is to be said about those left out: they stay where they are.

        ``shown`` tells the copy that the post shows already, if any.
        """
        found: dict[str, C] = {}
        reason = ""
        for url, file in media.items():
            copy = self._known.get(file.sha256) or shown(file)
            if copy is None:
                try:
                    copy = await self._upload(file, await data(file))
                except (RejectedError, OSError) as error:
                    reason = error.message if isinstance(error, RejectedError) else "our copy has gone"
                    continue
            found[url] = self._remembered(file, copy)
        return found, left_out(len(media) - len(found), len(media), reason)

    def _remembered(self, file: MediaFile, copy: C) -> C:
        self._known.pop(file.sha256, None)
        self._known[file.sha256] = copy
        if len(self._known) > MAX_KNOWN:
            del self._known[next(iter(self._known))]
        return copy
