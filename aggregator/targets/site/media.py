"""Copies of pictures inside the blog's folder, named by their content: ``media/ab/abcdef0123456789.jpg``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from aggregator.targets.shared.pictures import ENDINGS
from aggregator.targets.site.files import Tree
from aggregator.targets.site.records import Picture
from aggregator.types import MediaFile

THUMBNAIL_WIDTH = 640


def adopt(tree: Tree, media: Mapping[str, MediaFile]) -> dict[str, Picture]:
    """Puts copies of checked pictures into the blog; those that have vanished or have a strange type are left out."""
    found = {}
    for url, file in media.items():
        extension = ENDINGS.get(file.type)
        if extension and Path(file.path).is_file():
            found[url] = _adopt(tree, file, extension)
    return found


def _adopt(tree: Tree, file: MediaFile, extension: str) -> Picture:
    stem = f"media/{file.sha256[:2]}/{file.sha256[:16]}"
    name, thumbnail = f"{stem}.{extension}", ""
    tree.adopt(name, Path(file.path))
    small = Path(file.thumbnail) if file.thumbnail else None
    if small and small.suffix.lstrip(".") in ENDINGS.values() and small.is_file():
        thumbnail = f"{stem}-small{small.suffix}"
        tree.adopt(thumbnail, small)
    return Picture(
        file=name,
        type=file.type,
        width=file.width,
        height=file.height,
        bytes=Path(file.path).stat().st_size,
        thumbnail=thumbnail,
        thumbnail_width=min(THUMBNAIL_WIDTH, file.width) if thumbnail else 0,
    )
