"""Posts as the templates see them: addresses relative to the page, dates in words, nothing left to decide."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from aggregator.targets.shared import article, texts
from aggregator.targets.site import body
from aggregator.targets.site.records import Listing, Placed
from aggregator.types import Author

_CREATIVE_COMMONS = re.compile(r"/(?:licenses|publicdomain)/([a-z-]{2,12})/(\d\.\d)?")

THUMBNAIL_SIZES = "(min-width: 48rem) 14rem, 30vw"
LEAD_SIZES = "(min-width: 75rem) 44rem, 100vw"


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureView:
    """A picture and how to show it."""

    attributes: Mapping[str, str]  #: of the ``img`` element, without ``alt``
    alt: str
    caption: str
    credit: str
    url: str  #: absolute
    wide: bool  #: broader than high


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A post in a list."""

    title: str
    href: str
    url: str  #: absolute
    excerpt: str
    source: str
    source_href: str
    original: str  #: address of the original; empty: none
    authors: tuple[Author, ...]
    iso: str
    day: date
    date: str
    lang: str
    dir: str
    picture: PictureView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The posts of one day in a list."""

    iso: str
    weekday: str
    date: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Somewhere to go."""

    title: str
    href: str
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page stands: how it refers to files of the blog."""

    root: str  #: relative address of the front page, ends in a slash
    base_url: str  #: absolute address of the front page, ends in a slash

    def locate(self, path: str) -> str:
        """The relative address of a file or folder of the blog."""
        return self.root + path if path or self.root else "./"

    def absolute(self, path: str) -> str:
        """The absolute address of a file or folder of the blog."""
        return self.base_url + path


def place(base_url: str, folder: str) -> Place:
    """The place of a page in a folder (with a slash at its end, or empty)."""
    return Place(root="../" * folder.count("/") or "./", base_url=f"{base_url.rstrip('/')}/")


def picture(
    placed: Placed, locate: Callable[[str], str], absolute: Callable[[str], str], sizes: str
) -> PictureView | None:
    """The lead picture of a post: our copy, or the original where we hold none."""
    image = article.lead(placed.post)
    if image is None:
        return None
    copy = placed.pictures.get(image.url)
    if copy:
        attributes = body.image_attributes(copy, locate, sizes=sizes)
        url = absolute(copy.file)
        wide = copy.width >= copy.height
    else:
        attributes = {"src": image.url, "referrerpolicy": "no-referrer"}
        if image.width and image.height:
            attributes |= {"width": str(image.width), "height": str(image.height)}
        url = image.url
        wide = not (image.width and image.height) or image.width >= image.height
    return PictureView(
        attributes=attributes, alt=image.alt, caption=image.caption, credit=image.credit, url=url, wide=wide
    )


def card(placed: Placed, source: Listing | None, where: Place, language: str, *, large: bool = False) -> Card:
    """A post for a list."""
    post = placed.post
    return Card(
        title=post.title,
        href=where.locate(placed.path),
        url=where.absolute(placed.path),
        excerpt=post.standfirst or post.excerpt,
        source=post.source_name or post.feed,
        source_href=where.locate(source.path) if source else "",
        original=post.canonical_url or post.credit.url or "",
        authors=post.authors,
        iso=post.published_at.isoformat(),
        day=post.published_at.date(),
        date=texts.day(post.published_at, language),
        lang=post.language or "",
        dir=texts.direction(post.language),
        picture=picture(placed, where.locate, where.absolute, LEAD_SIZES if large else THUMBNAIL_SIZES),
    )


def days(cards: Sequence[Card], language: str) -> tuple[Day, ...]:
    """Cards by the day of the original, in the order given."""
    grouped: list[tuple[date, list[Card]]] = []
    for one in cards:
        if not grouped or grouped[-1][0] != one.day:
            grouped.append((one.day, []))
        grouped[-1][1].append(one)
    return tuple(
        Day(
            iso=day.isoformat(),
            weekday=texts.weekday(day, language),
            date=texts.day(day, language),
            cards=tuple(of_day),
        )
        for day, of_day in grouped
    )


def licence(value: str) -> Link:
    """A licence as readers know it: Creative Commons by its short name, others by name or host."""
    if not value.startswith(("https://", "http://")):
        return Link(title=value, href="")
    parts = urlsplit(value)
    match = _CREATIVE_COMMONS.match(parts.path) if (parts.hostname or "").endswith("creativecommons.org") else None
    if match is None:
        return Link(title=parts.hostname or value, href=value)
    kind, version = match.groups()
    name = {"zero": "CC0", "mark": "Public Domain Mark"}.get(kind, f"CC {kind.upper()}")
    return Link(title=f"{name} {version}".strip(), href=value)


def description(placed: Placed) -> str:
    """One line about a post for search engines and previews."""
    return " ".join((placed.post.standfirst or placed.post.excerpt).split())[:300]
