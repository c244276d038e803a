"""Renames: a feed that stands under another name in the configuration keeps its entries, posts and memory."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from aggregator import urls
from aggregator.store.models import Base, FeedRow, PostRow

_NEVER = datetime.max.replace(tzinfo=UTC)


def follow(session: Session, wanted: Mapping[str, str]) -> dict[str, str]:
    """Gives feeds that left the configuration their new names there; old name to new.

    ``wanted`` are the addresses in the configuration by name. A name that was never seen before takes over the feed
    that had its address, or had moved to it, and whose own name is gone; of several the one that left last.
    """
    rows = session.execute(select(FeedRow.name, FeedRow.url, FeedRow.moved_url, FeedRow.removed_at)).all()
    known = {row.name for row in rows}
    fresh = {urls.compare_key(url): name for name, url in wanted.items() if name not in known}
    if not fresh:
        return {}
    found: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: row.removed_at or _NEVER, reverse=True):
        homes = (urls.compare_key(url) for url in (row.url, row.moved_url) if url)
        new = next((fresh[home] for home in homes if home in fresh), None)
        if row.name not in wanted and new is not None and new not in found.values():
            found[row.name] = new
    for old, new in found.items():
        _rename(session, old, new)
    return found


def _rename(session: Session, old: str, new: str) -> None:
    # Rows refer to each other by the feed's name: until all of them bear the new one, they refer to nothing.
    session.connection().exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    session.execute(update(FeedRow).where(FeedRow.name == old).values(name=new))
    for table in Base.metadata.tables.values():
        if "feed" in table.c:
            session.execute(update(table).where(table.c.feed == old).values(feed=new))
    session.execute(
        update(PostRow).where(PostRow.feed == new).values(payload=func.json_set(PostRow.payload, "$.feed", new))
    )
