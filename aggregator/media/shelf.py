"""The folder of picture copies: ``ab/abcd….jpg`` by the hash of its bytes, and a card for each address.

A card (``cards/12/12ef….json``, by the hash of the address) says which file an address led to. Everything is
written to a temporary file beside its place and renamed, so that a reader never sees half a file; a card or
picture that is missing or makes no sense counts as not there.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from aggregator.media import picture
from aggregator.types import MediaFile

_SHA = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A picture that is on the shelf."""

    sha256: str
    type: str
    width: int
    height: int
    thumbnail: bool


@dataclass(frozen=True, slots=True)
class Unfit:
    """Bytes that did not get there."""

    reason: str


def prepare(body: bytes, folder: str) -> Kept | Unfit:
    """Checks a body and puts the picture on the shelf; costs processor time, so it is run in the process pool."""
    try:
        found = picture.read(body)
    except picture.UnfitError as error:
        return Unfit(str(error))
    sha = hashlib.sha256(found.data).hexdigest()
    kept = Kept(sha256=sha, type=found.type, width=found.width, height=found.height, thumbnail=bool(found.thumbnail))
    if found.thumbnail:
        _write(_thumbnail(Path(folder), sha), found.thumbnail)
    _write(_file(Path(folder), sha, found.type), found.data)
    return kept


def remember(folder: Path, url: str, kept: Kept) -> MediaFile:
    """Writes the card of an address."""
    card = {
        "url": url,
        "sha256": kept.sha256,
        "type": kept.type,
        "width": kept.width,
        "height": kept.height,
        "thumbnail": kept.thumbnail,
    }
    _write(_card(folder, url), json.dumps(card, ensure_ascii=False).encode())
    return _media_file(folder, url, kept)


def recall(folder: Path, url: str) -> MediaFile | None:
    """What the shelf holds for an address; None where there is nothing, or nothing whole."""
    try:
        card = json.loads(_card(folder, url).read_bytes())
        kept = Kept(
            sha256=str(card["sha256"]),
            type=str(card["type"]),
            width=int(card["width"]),
            height=int(card["height"]),
            thumbnail=bool(card["thumbnail"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if card.get("url") != url or kept.type not in picture.EXTENSIONS or not _SHA.fullmatch(kept.sha256):
        return None
    found = _media_file(folder, url, kept)
    paths = [found.path, found.thumbnail] if found.thumbnail else [found.path]
    return found if all(Path(path).is_file() for path in paths) else None


def discard(folder: Path, url: str) -> None:
    """Takes what an address led to off the shelf. A picture that another address has too is fetched again for that."""
    found = recall(folder, url)
    _card(folder, url).unlink(missing_ok=True)
    if found is not None:
        for path in filter(None, (found.path, found.thumbnail)):
            Path(path).unlink(missing_ok=True)


def _media_file(folder: Path, url: str, kept: Kept) -> MediaFile:
    return MediaFile(
        url=url,
        path=str(_file(folder, kept.sha256, kept.type)),
        sha256=kept.sha256,
        type=kept.type,
        width=kept.width,
        height=kept.height,
        thumbnail=str(_thumbnail(folder, kept.sha256)) if kept.thumbnail else "",
    )


def _file(folder: Path, sha: str, type_: str) -> Path:
    return folder / sha[:2] / f"{sha}.{picture.EXTENSIONS[type_]}"


def _thumbnail(folder: Path, sha: str) -> Path:
    return folder / sha[:2] / f"{sha}-{picture.THUMBNAIL_WIDTH}.webp"


def _card(folder: Path, url: str) -> Path:
    name = hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()
    return folder / "cards" / name[:2] / f"{name}.json"


def _write(path: Path, data: bytes) -> None:
    """Puts a file in its place whole or not at all, readable for a web server."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
