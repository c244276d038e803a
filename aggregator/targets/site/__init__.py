"""The embedded blog: a folder of plain files that any web server can show, with feeds, archive and search.

A post is put into the blog's index and its page is written at once; the pages that list it are written at the
end of a batch. However many posts there are, publishing one rewrites a few dozen files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from jinja2 import TemplateError
from pydantic import Field

from aggregator.config import Section
from aggregator.errors import BlockedError, PublishError
from aggregator.targets import Connect
from aggregator.targets.shared import article
from aggregator.targets.shared.keeper import Keeper
from aggregator.targets.shared.options import Pictures
from aggregator.targets.site import preview
from aggregator.targets.site.blog import Blog, Look, faults
from aggregator.types import MediaFile, Post, Publication, Site, SourceInfo

R = TypeVar("R")


class Options(Section):
    """``[targets.NAME]`` with ``kind = "site"``."""

    path: Path = Field(default=Path("public"), description="folder of the blog's files")
    per_page: int = Field(default=20, ge=1, le=200, description="posts on a page")
    pictures: Pictures = "copy"
    templates: Path | None = Field(default=None, description="folder whose files replace the theme's")
    accent: str = Field(default="#9a3324", pattern=r"^#[0-9a-fA-F]{6}$", description="colour of links")
    index: bool = Field(default=True, description="whether search engines may list full texts of others")
    feed_entries: int = Field(default=50, ge=1, le=500, description="entries of the blog's own feeds")


class SiteTarget:
    """The blog as a target. All work is done in one thread of its own."""

    def __init__(self, name: str, root: Path, look: Look, *, now: Callable[[], datetime]) -> None:
        self.name = name
        self._root = root
        self._look = look
        self._now = now
        self._keeper = Keeper(name, root, lambda: Blog(root, look))

    @property
    def public(self) -> Path:
        """The folder that a web server may show."""
        return self._root

    async def publish(self, post: Post, *, media: Mapping[str, MediaFile], previous: Publication | None) -> Publication:
        """Puts the post on the blog and writes its page; lists follow at the next ``flush``."""
        return await self._run(lambda blog: blog.publish(post, media, self._now()))

    async def find(self, post: Post) -> Publication | None:
        """What stands under the post's key."""
        return await self._run(lambda blog: blog.find(post.key))

    async def withdraw(self, post: Post, publication: Publication | None) -> None:
        """Takes the post, its pictures and every mention of it away; a note stays at its address."""
        await self._run(lambda blog: blog.withdraw(post.key, self._now()))

    async def flush(self) -> None:
        """Writes what is marked as stale, in batches between which others get their turn."""
        while await self._run(lambda blog: blog.flush()):
            pass

    async def describe(self, sources: Sequence[SourceInfo]) -> None:
        """Takes note of the sources; their page follows at the next ``flush``."""
        await self._run(lambda blog: blog.describe(sources))

    async def check(self) -> list[str]:
        """What keeps the blog from being written."""
        found = faults(self._root, self._look)
        if not found:
            try:
                await self._run(lambda blog: None)
            except PublishError as error:
                found.append(error.message)
        return found

    def show(self, post: Post) -> str:
        """The page of a post as the blog would show it, whole in itself."""
        try:
            return preview.page(post, self._look, self._now())
        except TemplateError as error:
            raise BlockedError(self.name, f"a template can't be used: {error}") from error

    def wants(self, post: Post) -> tuple[str, ...]:
        """The pictures that the post shows, unless the originals are to be shown."""
        return article.picture_urls(post) if self._look.copies else ()

    async def close(self) -> None:
        """Finishes what was begun and closes the index."""
        await self._keeper.close()

    async def _run(self, work: Callable[[Blog], R]) -> R:
        try:
            return await self._keeper.do(work)
        except TemplateError as error:
            raise BlockedError(self.name, f"a template can't be used: {error}") from error


def build(name: str, options: Options, *, site: Site, folder: Path, http: Connect) -> SiteTarget:
    """The blog as configured; nothing is touched before its first use."""
    look = Look(
        site=site,
        per_page=options.per_page,
        copies=options.pictures == "copy",
        templates=folder / options.templates if options.templates else None,
        accent=options.accent,
        indexed=options.index,
        feed_entries=options.feed_entries,
        folder=folder,
    )
    return SiteTarget(name, folder / options.path, look, now=lambda: datetime.now(UTC))
