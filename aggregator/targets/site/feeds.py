"""The blog's own feeds: one set of entries, written as Atom 1.0, RSS 2.0 and JSON Feed 1.1.

Each entry has an identity of its own, names the feed that it came from (``atom:source``, ``<source url>``) and
leads to the original, so that another aggregator can tell who wrote what.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from aggregator.targets.site.records import Placed
from aggregator.types import Author, Enclosure, Post, Site

MAX_ENCLOSURES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """A post as the feeds tell it; all addresses are absolute."""

    id: str
    url: str
    post: Post
    html: str  #: body and credit line
    image: Enclosure | None
    updated_at: datetime

    @property
    def original(self) -> str:
        """Where the original is, empty if unknown."""
        return self.post.canonical_url or self.post.credit.url or ""

    @property
    def authors(self) -> tuple[Author, ...]:
        """Who wrote it: its authors, or else its publisher."""
        if self.post.authors:
            return self.post.authors
        name = self.post.source_name or self.post.credit.publisher or self.post.feed
        return (Author(name=name, url=self.post.source_url),)

    @property
    def enclosures(self) -> tuple[Enclosure, ...]:
        """Files that come with it, each address once."""
        image = (self.image,) if self.image else ()
        found = {one.url: one for one in (*self.post.enclosures[:MAX_ENCLOSURES], *image)}
        return tuple(found.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A feed of ours: what it is called and where it stands."""

    title: str
    site: Site
    home_url: str
    self_url: str
    entries: tuple[FeedEntry, ...]

    @property
    def id(self) -> str:
        """Its identity: the page that it is the feed of."""
        return self.home_url

    @property
    def updated_at(self) -> datetime:
        """When its newest change was."""
        return max((entry.updated_at for entry in self.entries), default=datetime(2000, 1, 1, tzinfo=UTC))


def entry(placed: Placed, *, base_url: str, html: str) -> FeedEntry:
    """A post for the feeds; ``html`` is its rendered body with absolute addresses."""
    post = placed.post
    image = None
    lead = post.lead
    if lead:
        copy = placed.pictures.get(lead.url)
        if copy:  # without a copy we don't know the length, which an enclosure must have
            image = Enclosure(url=f"{base_url}/{copy.file}", type=copy.type, length=copy.bytes)
    return FeedEntry(
        id=placed.id,
        url=f"{base_url}/{placed.path}",
        post=post,
        html=html,
        image=image,
        updated_at=placed.updated_at,
    )
