"""What the blog's index holds: posts with their place, copies of pictures, listings; and their written form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID, uuid5

from pydantic import TypeAdapter

from aggregator.types import Post, SourceInfo

#: Columns of ``posts`` that ``placed`` reads, in its order; the body follows.
COLUMNS = "seq, path, sort, hash, published_at, updated_at, pictures, card"

_NAMESPACE = UUID("6f0f2ff8-4d5c-5e9b-9a51-6c3c7d6f1f6e")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Our copy of a picture, as pages refer to it."""

    file: str  #: below the blog's folder
    type: str
    width: int
    height: int
    bytes: int
    thumbnail: str = ""  #: a smaller copy; empty: none
    thumbnail_width: int = 0

    @property
    def files(self) -> tuple[str, ...]:
        """All files that it consists of."""
        return (self.file, self.thumbnail) if self.thumbnail else (self.file,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A post and its place on the blog."""

    seq: int  #: order of first publication
    post: Post  #: its body is empty where it was read for a list
    path: str  #: ``YYYY/MM/slug/``; never changes
    sort: str  #: date and key: the order in listings; never changes
    hash: str
    published_at: datetime  #: when it first stood here
    updated_at: datetime  #: when its words last changed
    pictures: Mapping[str, Picture] = field(default_factory=dict)  #: by the address of the original

    @property
    def id(self) -> str:
        """Its identity in feeds: our own, since a guid used twice clashes in the reader's aggregator."""
        return f"urn:uuid:{uuid5(_NAMESPACE, self.post.key)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list of posts with an address of its own."""

    id: int
    kind: str  #: all, source, tag, month
    name: str  #: what it is known by within its kind
    slug: str  #: the end of its address; never changes
    title: str
    count: int

    @property
    def path(self) -> str:
        """Where it stands below the blog's root, with a slash at its end; empty: the root itself."""
        return {"all": "", "month": f"{self.slug}/"}.get(self.kind, f"{self.kind}/{self.slug}/")


_POST = TypeAdapter(Post)
_SOURCES = TypeAdapter(tuple[SourceInfo, ...])
_PICTURES = TypeAdapter(dict[str, Picture])


def dump_card(post: Post) -> str:
    """The post without its body, as JSON."""
    return _POST.dump_json(replace(post, body="")).decode()


def dump_pictures(pictures: Mapping[str, Picture]) -> str:
    """Copies of pictures as JSON, in an order of its own."""
    return _PICTURES.dump_json(dict(sorted(pictures.items()))).decode()


def load_pictures(text: str) -> dict[str, Picture]:
    """Reads ``dump_pictures``."""
    return _PICTURES.validate_json(text)


def dump_sources(sources: Sequence[SourceInfo]) -> str:
    """The list of sources as JSON."""
    return _SOURCES.dump_json(tuple(sources)).decode()


def load_sources(text: str) -> tuple[SourceInfo, ...]:
    """Reads ``dump_sources``."""
    return _SOURCES.validate_json(text)


def placed(row: Sequence[object], body: str = "") -> Placed:
    """A row of ``COLUMNS`` as a noun."""
    seq, path, sort, digest, published, updated, pictures, card = row
    post = _POST.validate_json(str(card))
    return Placed(
        seq=int(str(seq)),
        post=replace(post, body=body) if body else post,
        path=str(path),
        sort=str(sort),
        hash=str(digest),
        published_at=datetime.fromisoformat(str(published)),
        updated_at=datetime.fromisoformat(str(updated)),
        pictures=load_pictures(str(pictures)),
    )
