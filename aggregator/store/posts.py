"""Posts: the latest revision of each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from aggregator.store.models import DeliveryRow, PostRow
from aggregator.store.statements import chunks, upsert
from aggregator.types import Action, DeliveryState, OwnPost, Post

_LATEST = (
    "feed",
    "entry_key",
    "title",
    "source_name",
    "canonical_url",
    "published_at",
    "content_hash",
    "payload",
    "updated_at",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostLine:
    """A post as a list shows it."""

    key: str
    feed: str
    entry_key: str
    title: str
    source_name: str
    canonical_url: str | None
    published_at: datetime
    updated_at: datetime  #: when its latest revision was made
    remote_urls: tuple[tuple[str, str], ...]  #: target, address there


def save(session: Session, post: Post, content_hash: str, now: datetime) -> None:
    """Keeps a post, in the place of its earlier revision."""
    row = {
        "key": post.key,
        "feed": post.feed,
        "entry_key": post.entry_key,
        "title": post.title,
        "source_name": post.source_name,
        "canonical_url": post.canonical_url,
        "published_at": post.published_at,
        "content_hash": content_hash,
        "payload": _posts().dump_json(post).decode(),
        "created_at": now,
        "updated_at": now,
    }
    upsert(session, PostRow, [row], on=("key",), update=_LATEST)


def get(session: Session, post_key: str) -> Post | None:
    """A post; None where there is none of this key."""
    payload = session.scalar(select(PostRow.payload).where(PostRow.key == post_key))
    return read(payload) if payload is not None else None


def of_entry(session: Session, feed: str, entry_key: str) -> Post | None:
    """The post that shows an entry, whether it stands or was taken back; None where none does."""
    mine = select(PostRow.payload).where(PostRow.feed == feed, PostRow.entry_key == entry_key)
    payload = session.scalars(mine.limit(1)).first()
    return read(payload) if payload is not None else None


def content_hash(session: Session, post_key: str) -> str | None:
    """The hash that a post was saved with."""
    return session.scalar(select(PostRow.content_hash).where(PostRow.key == post_key))


def lines(session: Session, *, feed: str | None = None, limit: int | None = None) -> list[PostLine]:
    """Posts as a list shows them, newest first."""
    query = (
        select(PostRow).options(defer(PostRow.payload)).order_by(PostRow.published_at.desc(), PostRow.key).limit(limit)
    )
    if feed is not None:
        query = query.where(PostRow.feed == feed)
    rows = session.scalars(query).all()
    addresses = remote_urls(session, [row.key for row in rows])
    return [
        PostLine(
            key=row.key,
            feed=row.feed,
            entry_key=row.entry_key,
            title=row.title,
            source_name=row.source_name,
            canonical_url=row.canonical_url,
            published_at=row.published_at,
            updated_at=row.updated_at,
            remote_urls=addresses.get(row.key, ()),
        )
        for row in rows
    ]


def own(session: Session, targets: Sequence[str], *, before: datetime, limit: int) -> list[OwnPost]:
    """The latest posts that the first of these targets with any has, made before a time, newest first."""
    for target in targets:
        query = (
            select(PostRow.key, PostRow.title, PostRow.published_at, DeliveryRow.remote_url)
            .join(DeliveryRow, DeliveryRow.post_key == PostRow.key)
            .where(
                DeliveryRow.target == target,
                DeliveryRow.remote_url.is_not(None),
                DeliveryRow.state != DeliveryState.WITHDRAWN,
                DeliveryRow.action == Action.PUBLISH,
                PostRow.created_at < before,
            )
            .order_by(PostRow.published_at.desc(), PostRow.key)
            .limit(limit)
        )
        found = [
            OwnPost(key=key, title=title, url=url or "", published_at=published_at)
            for key, title, published_at, url in session.execute(query)
        ]
        if found:
            return found
    return []


def remote_urls(session: Session, post_keys: Collection[str]) -> dict[str, tuple[tuple[str, str], ...]]:
    """For each post, the targets that have it and its address there."""
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for chunk in chunks(post_keys):
        query = (
            select(DeliveryRow.post_key, DeliveryRow.target, DeliveryRow.remote_url)
            .where(
                DeliveryRow.post_key.in_(chunk),
                DeliveryRow.remote_url.is_not(None),
                DeliveryRow.state != DeliveryState.WITHDRAWN,
            )
            .order_by(DeliveryRow.post_key, DeliveryRow.target)
        )
        for key, target, url in session.execute(query):
            found[key] = (*found.get(key, ()), (target, url or ""))
    return found


def read(payload: str) -> Post:
    """A post from its stored form."""
    return _posts().validate_json(payload)


@cache
def _posts() -> TypeAdapter[Post]:
    return TypeAdapter(Post)
