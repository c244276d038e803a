"""Blogs for the tests: made of plain files in a temporary folder."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import lxml.html

from aggregator.targets.site import Options, SiteTarget, build
from aggregator.targets.site.blog import Blog, Look
from aggregator.types import MediaFile, Post, Site

SITE = Site(title="The Night Desk", base_url="https://news.example", description="News of others")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def make_target(folder: Path, *, site: Site = SITE, **options: object) -> SiteTarget:
    """The blog as the program uses it."""
    return build("blog", Options.model_validate(options), site=site, folder=folder, http=None)


def open_blog(folder: Path, *, site: Site = SITE, per_page: int = 5, **changes: object) -> Blog:
    """The blog without the thread around it."""
    look = Look(
        site=site,
        per_page=per_page,
        copies=bool(changes.get("copies", True)),
        templates=changes.get("templates"),  # type: ignore[arg-type]  # a path or nothing
        accent=str(changes.get("accent", "#9a3324")),
        indexed=bool(changes.get("indexed", True)),
        feed_entries=int(str(changes.get("feed_entries", 10))),
        folder=folder,
    )
    return Blog(folder / "public", look)


def flush(blog: Blog) -> None:
    """Writes everything that is stale."""
    while blog.flush():
        pass


def publish(blog: Blog, *posts: Post, media: Mapping[str, MediaFile] | None = None, hours: int = 0) -> None:
    """Publishes posts and writes all that follows from it."""
    for post in posts:
        blog.publish(post, media or {}, NOW + timedelta(hours=hours))
    flush(blog)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file that a web server would show, by its path."""
    public = folder / "public"
    files = (path for path in public.rglob("*") if path.is_file() and ".wirecopy" not in path.parts)
    return {str(path.relative_to(public)): path.read_bytes() for path in files}


def page(folder: Path, path: str) -> lxml.html.HtmlElement:
    """A page as a browser understands it."""
    file = folder / "public" / path
    return lxml.html.document_fromstring((file / "index.html" if file.is_dir() else file).read_bytes())


def address(blog: Blog, post: Post) -> str:
    """The path of a post's page."""
    place = blog.index.place(post.key)
    assert place is not None
    return place[0]


def picture(folder: Path, url: str, *, width: int = 800, height: int = 600, shade: int = 0) -> MediaFile:
    """A checked copy as the media room hands it over: a real PNG, with a smaller one if it is wide."""
    store = folder / "store"
    store.mkdir(exist_ok=True)
    data = _png(width, height, shade)
    digest = hashlib.sha256(data).hexdigest()
    file = store / f"{digest}.png"
    file.write_bytes(data)
    thumbnail = store / f"{digest}-640.png"
    if width > 640:
        thumbnail.write_bytes(_png(640, height * 640 // width, shade))
    return MediaFile(
        url=url,
        path=str(file),
        sha256=digest,
        type="image/png",
        width=width,
        height=height,
        thumbnail=str(thumbnail) if width > 640 else "",
    )


def each_link(folder: Path, visit: Callable[[str, str], None]) -> None:
    """Calls ``visit`` with every page and every relative address that stands in it."""
    for path, data in tree(folder).items():
        if path.endswith(".html"):
            for element, attribute, link, _ in lxml.html.document_fromstring(data).iterlinks():
                if attribute and "://" not in link and not link.startswith(("mailto:", "data:", "#")):
                    assert element is not None
                    visit(path, link)


def _png(width: int, height: int, shade: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = (b"\0" + bytes([shade]) * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
