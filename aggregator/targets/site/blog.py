"""The blog as a whole: index, files and pages brought together; used by one thread at a time."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aggregator import __version__
from aggregator.targets.shared import article
from aggregator.targets.site import discovery, media
from aggregator.targets.site.files import Tree
from aggregator.targets.site.filing import Filing
from aggregator.targets.site.index import Index
from aggregator.targets.site.outputs import Outputs
from aggregator.targets.site.pages import Pages
from aggregator.targets.site.records import Placed, dump_sources
from aggregator.targets.site.theme import Theme
from aggregator.types import MediaFile, Post, Publication, Site, SourceInfo

HIDDEN = ".wirecopy"  #: the folder of the index; a server never shows it
LITTLE = 50_000_000  #: bytes of free space that are too few
BATCH = 100  #: outputs that are written before another caller gets a turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What decides how pages look; when it changes, all are written anew."""

    site: Site
    per_page: int
    copies: bool  #: show copies of pictures
    templates: Path | None
    accent: str
    indexed: bool
    feed_entries: int
    folder: Path  #: of the configuration

    @property
    def icon(self) -> str:
        """Place or address of the icon."""
        own = self.site.icon
        if not own:
            return "icon.svg"
        return own if discovery.is_address(own) else f"icon{Path(own).suffix.lower() or '.svg'}"


class Blog:
    """The open blog."""

    def __init__(self, root: Path, look: Look) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self.look = look
        self.tree = Tree(root)
        theme = Theme(look.templates, look.accent)
        self.index = Index(root / HIDDEN / "site.db")
        self._filing = Filing(index=self.index, per_page=look.per_page, feed_entries=look.feed_entries)
        pages = Pages(
            index=self.index,
            theme=theme,
            site=look.site,
            per_page=look.per_page,
            indexed=look.indexed,
            icon=look.icon,
        )
        self._outputs = Outputs(
            self.tree,
            self.index,
            pages,
            accent=look.accent,
            feed_entries=look.feed_entries,
            folder=look.folder,
        )
        fingerprint = hashlib.sha256(f"{__version__}\n{look}\n{theme.fingerprint()}".encode()).hexdigest()
        self._filing.take_look(fingerprint)

    def close(self) -> None:
        """Lets go of the index."""
        self.index.close()

    def publish(self, post: Post, media_files: Mapping[str, MediaFile], now: datetime) -> Publication:
        """Puts a post into the index and writes its page; the lists wait for ``flush``."""
        pictures = media.adopt(self.tree, media_files) if self.look.copies else {}
        shown = frozenset(article.picture_urls(post)) if self.look.copies else frozenset()
        self._filing.put(post, pictures, shown, now)
        placed = self.index.by_key(post.key)
        if placed is None:
            raise AssertionError(f"a post that was just put is not there: {post.key}")
        self._write(f"article:{post.key}")
        return self._publication(placed)

    def find(self, key: str) -> Publication | None:
        """What stands under a key."""
        placed = self.index.by_key(key)
        return self._publication(placed) if placed else None

    def withdraw(self, key: str, now: datetime) -> None:
        """Takes a post back at once: its page, its pictures, and all that lists it."""
        if self._filing.withdraw(key, now):
            while self.flush():
                pass

    def describe(self, sources: Sequence[SourceInfo]) -> None:
        """Keeps the list of sources for the page about them."""
        self._filing.remember("sources", dump_sources(sources), "sources", "opml")

    def flush(self) -> bool:
        """Writes a batch of stale files; answers whether there are more."""
        stale = self.index.stale(BATCH)
        for output, _ in stale:
            self._outputs.write(output)
        self.index.settle(stale)
        return len(stale) == BATCH

    def _write(self, output: str) -> None:
        mark = self.index.mark_of(output)
        self._outputs.write(output)
        if mark is not None:
            self.index.settle([(output, mark)])

    def _publication(self, placed: Placed) -> Publication:
        return Publication(
            remote_id=placed.post.key,
            remote_url=f"{self.look.site.base_url.rstrip('/')}/{placed.path}",
            published_at=placed.published_at,
            pushed_hash=placed.hash,
        )


def faults(root: Path, look: Look) -> list[str]:
    """What would keep a blog from being written, in sentences for a person."""
    found = []
    if not discovery.is_address(look.site.base_url):
        found.append(f"the base_url of the site is no http(s) address: {look.site.base_url!r}")
    if look.templates and not look.templates.is_dir():
        found.append(f"the folder of templates does not exist: {look.templates}")
    existing = next(folder for folder in (root, *root.parents) if folder.exists())
    if not existing.is_dir():
        found.append(f"the blog's folder can't be made, since this is a file: {existing}")
    elif not os.access(existing, os.W_OK | os.X_OK):
        found.append(f"the blog's folder can't be written to: {existing}")
    elif shutil.disk_usage(existing).free < LITTLE:
        found.append(f"the disk of the blog's folder is nearly full: {existing}")
    if look.site.icon and not discovery.is_address(look.site.icon) and not (look.folder / look.site.icon).is_file():
        found.append(f"the icon of the site does not exist: {look.folder / look.site.icon}")
    return found
