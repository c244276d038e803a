"""Blocked sources: feeds that are not asked, and sites of which nothing is published, since somebody said no."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select, true
from sqlalchemy.orm import Session

from aggregator import urls
from aggregator.store.models import BlockedSourceRow, EntryRow, TombstoneRow
from aggregator.store.statements import upsert


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One feed, or one site, that is blocked."""

    source: str  #: as a person named it
    feed: str  #: empty: a site alone
    site: str  #: a host, with all below it; empty: a feed alone
    reason: str
    blocked_at: datetime


def add(session: Session, block: Block) -> None:
    """Blocks a feed or a site; of one that is blocked already, the time and the reason stay."""
    row = {
        "source": block.source,
        "feed": block.feed,
        "site": block.site,
        "reason": block.reason,
        "blocked_at": block.blocked_at,
    }
    upsert(session, BlockedSourceRow, [row], on=("feed", "source"), update=("site",))


def of_source(session: Session, source: str) -> list[Block]:
    """What is blocked by that name, or as that feed."""
    named = select(BlockedSourceRow.source).where(
        or_(BlockedSourceRow.source == source, BlockedSourceRow.feed == source)
    )
    return _blocks(session, BlockedSourceRow.source.in_(named))


def of_feeds(session: Session) -> dict[str, Block]:
    """The feeds that are blocked, by name."""
    return {block.feed: block for block in _blocks(session, BlockedSourceRow.feed != "")}


def lines(session: Session) -> list[Block]:
    """All that is blocked."""
    return _blocks(session, true())


def sites(session: Session) -> dict[str, str]:
    """The sites that are blocked, each with the reason."""
    return {block.site: block.reason for block in _blocks(session, BlockedSourceRow.site != "")}


def drop(session: Session, source: str) -> None:
    """Blocks what was named so no more."""
    session.execute(delete(BlockedSourceRow).where(BlockedSourceRow.source == source))


def covers(site: str, address: str) -> bool:
    """Whether an address stands at a site, or below it."""
    host = urls.host(address).removeprefix("www.")
    return host == site or host.endswith(f".{site}")


def entries_at(session: Session, site: str) -> list[tuple[str, str]]:
    """The entries of any feed that stand at a site, by feed and key, those first seen first."""
    # Comparison forms begin with the host, so that the database leaves out most; the rest is decided by the host.
    forms = (EntryRow.compare_url, EntryRow.link_key)
    near = or_(
        *(form.startswith(site, autoescape=True) for form in forms),
        *(form.contains(f".{site}", autoescape=True) for form in forms),
    )
    rows = session.execute(
        select(EntryRow.feed, EntryRow.key, EntryRow.url, EntryRow.canonical_url).where(near).order_by(EntryRow.id)
    )
    return [
        (row.feed, row.key) for row in rows if any(url and covers(site, url) for url in (row.url, row.canonical_url))
    ]


def entries_of(session: Session, feed: str) -> list[tuple[str, str]]:
    """All entries of a feed, by feed and key, those first seen first."""
    rows = session.scalars(select(EntryRow.key).where(EntryRow.feed == feed).order_by(EntryRow.id))
    return [(feed, key) for key in rows]


def addresses_of(session: Session, feed: str, limit: int) -> list[str]:
    """The addresses of the latest entries of a feed."""
    query = select(EntryRow.url).where(EntryRow.feed == feed, EntryRow.url.is_not(None))
    return [url for url in session.scalars(query.order_by(EntryRow.id.desc()).limit(limit)) if url]


def buried_with(session: Session, block: Block) -> list[tuple[str, str]]:
    """The entries that were buried since a source was blocked, for its reason, by feed and key."""
    mine = (TombstoneRow.reason == block.reason, TombstoneRow.buried_at >= block.blocked_at)
    return [
        (feed, key) for feed, key in session.execute(select(TombstoneRow.feed, TombstoneRow.entry_key).where(*mine))
    ]


def _blocks(session: Session, which: ColumnElement[bool]) -> list[Block]:
    query = select(BlockedSourceRow).where(which).order_by(BlockedSourceRow.source, BlockedSourceRow.feed)
    return [
        Block(source=row.source, feed=row.feed, site=row.site, reason=row.reason, blocked_at=row.blocked_at)
        for row in session.scalars(query)
    ]
