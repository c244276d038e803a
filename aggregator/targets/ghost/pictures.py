"""Pictures in Ghost's own storage."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from aggregator.targets.ghost.admin import Admin
from aggregator.targets.shared import pictures
from aggregator.targets.shared.pictures import DIGITS, Uploads
from aggregator.types import MediaFile


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture in Ghost's storage."""

    url: str
    width: int
    height: int


class Pictures:
    """Ghost finds no picture by its content, so the hash is the name: an address tells which it is."""

    def __init__(self, admin: Admin) -> None:
        async def upload(file: MediaFile, data: bytes) -> str:
            return await admin.upload(pictures.name(file), data, file.type)

        self._uploads = Uploads(upload)

    async def place(self, media: Mapping[str, MediaFile], held: str) -> tuple[dict[str, Placed], str]:
        """Pictures in Ghost's storage by original address, and what is to be said about those left out.

        ``held`` is the text that the post has there now: pictures in it are not stored again.
        """
        found, note = await self._uploads.copies(media, shown=lambda file: _found(file, held))
        return {url: Placed(at, media[url].width, media[url].height) for url, at in found.items()}, note


def _found(file: MediaFile, held: str) -> str | None:
    """The address that a text shows the picture under, in full size; Ghost may have put a number to its name."""
    match = re.search(rf"https?://[^\s\"'<>\\]+/{file.sha256[:DIGITS]}(?:-\d+)?\.[a-z]+", held)
    return re.sub(r"/size/w\d+(?:h\d+)?/(?:format/[a-z]+/)?", "/", match[0]) if match else None
