"""Pictures in Ghost's own storage: each stored once while we run, and never again for a post that has it already."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aggregator.errors import RejectedError
from aggregator.targets.ghost.admin import Admin
from aggregator.types import MediaFile

MAX_KNOWN = 2_000  #: pictures whose address we remember
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture in Ghost's storage."""

    url: str
    width: int
    height: int


class Pictures:
    """Uploads. Ghost finds no picture by its content, so the hash is the name: an address tells which it is."""

    def __init__(self, admin: Admin) -> None:
        self._admin = admin
        self._known: dict[str, str] = {}  # hash → address

    async def place(self, media: Mapping[str, MediaFile], held: str) -> tuple[dict[str, Placed], list[str]]:
        """Addresses in Ghost's storage by original address, and what Ghost said of those that it would not take.

        ``held`` is the text that the post has there now: pictures in it are not stored again.
        """
        placed: dict[str, Placed] = {}
        refused: list[str] = []
        for url, file in media.items():
            try:
                address = self._known.get(file.sha256) or _found(file, held) or await self._upload(file)
            except RejectedError as error:
                refused.append(f"the picture {url} stays where it is: {error.message}")
                continue
            self._remember(file.sha256, address)
            placed[url] = Placed(address, file.width, file.height)
        return placed, refused

    async def _upload(self, file: MediaFile) -> str:
        content = await asyncio.to_thread(Path(file.path).read_bytes)
        return await self._admin.upload(_name(file), content, file.type)

    def _remember(self, sha256: str, address: str) -> None:
        self._known.pop(sha256, None)
        self._known[sha256] = address
        if len(self._known) > MAX_KNOWN:
            del self._known[next(iter(self._known))]


def _name(file: MediaFile) -> str:
    return f"{file.sha256[:32]}.{_ENDINGS.get(file.type, 'bin')}"


def _found(file: MediaFile, held: str) -> str | None:
    """The address that a text shows the picture under, in full size; Ghost may have put a number to its name."""
    match = re.search(rf"https?://[^\s\"'<>\\]+/{file.sha256[:32]}(?:-\d+)?\.[a-z]+", held)
    return re.sub(r"/size/w\d+(?:h\d+)?/(?:format/[a-z]+/)?", "/", match[0]) if match else None
