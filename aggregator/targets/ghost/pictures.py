"""Pictures in Ghost's own storage."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from aggregator.targets.shared.pictures import DIGITS, Copy, Uploads
from aggregator.types import MediaFile


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture in Ghost's storage."""

    url: str
    width: int
    height: int


class Pictures:
    """Ghost finds no picture by its content, so the hash is the name: an address tells which it is."""

    def __init__(self, uploads: Uploads) -> None:
        self._uploads = uploads

    async def close(self) -> None:
        """Closes our notes; harmless when called twice."""
        await self._uploads.close()

    async def check(self) -> None:
        """Raises a PublishError where nothing can be noted."""
        await self._uploads.check()

    async def place(self, media: Mapping[str, MediaFile], held: str) -> tuple[dict[str, Placed], str]:
        """Pictures in Ghost's storage by original address, and what is to be said about those left out.

        ``held`` is the text that the post has there now: pictures in it are not stored again.
        """
        found, note = await self._uploads.copies(media, shown=lambda file: _found(file, held))
        return {url: Placed(copy.url, media[url].width, media[url].height) for url, copy in found.items()}, note


def _found(file: MediaFile, held: str) -> Copy | None:
    """The copy that a text shows the picture under, in full size; Ghost may have put a number to its name."""
    match = re.search(rf"https?://[^\s\"'<>\\]+/{file.sha256[:DIGITS]}(?:-\d+)?\.[a-z]+", held)
    return Copy(re.sub(r"/size/w\d+(?:h\d+)?/(?:format/[a-z]+/)?", "/", match[0])) if match else None
