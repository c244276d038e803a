"""Identities: by what stored entries are met again, and how what is kept of it is brought to newer rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from aggregator import urls
from aggregator.policy import identity
from aggregator.policy.recognition import KIN_AT_MOST
from aggregator.store import entries, tombstones
from aggregator.store.models import AliasRow, EntryRow, TombstoneRow
from aggregator.store.statements import chunks, upsert
from aggregator.types import Known, Outcome

RESTATED_AT_ONCE = 1_000


def kin(session: Session, feed: str, headings: Collection[int]) -> dict[int, list[Known]]:
    """The entries of a feed under each of these headings, the latest first, at most ``KIN_AT_MOST`` of each."""
    found: dict[int, list[Known]] = {}
    for chunk in chunks(headings):
        latest = func.row_number().over(partition_by=EntryRow.heading, order_by=EntryRow.id.desc()).label("latest")
        numbered = select(EntryRow.id, latest).where(EntryRow.feed == feed, EntryRow.heading.in_(chunk)).subquery()
        wanted = select(numbered.c.id).where(numbered.c.latest <= KIN_AT_MOST)
        rows = session.execute(
            select(EntryRow.heading, *entries.KNOWN).where(EntryRow.id.in_(wanted)).order_by(EntryRow.id.desc())
        ).all()
        stones = tombstones.of_keys(session, feed, {row.key for row in rows})
        for row in rows:
            known = entries.as_known(row)
            buried = replace(known, outcome=Outcome.BURIED) if row.key in stones else known
            found.setdefault(row.heading, []).append(buried)
    return found


def learn(session: Session, feed: str, names: Mapping[str, Sequence[str]]) -> None:
    """Keeps more names of stored entries, given by key. A name that is another entry's already stays there.

    Passes over what is no entry of the feed, such as what a tombstone knows of another feed's.
    """
    for chunk in chunks([key for key, found in names.items() if found]):
        stored = session.scalars(select(EntryRow.key).where(EntryRow.key.in_(chunk), EntryRow.feed == feed))
        rows = [{"feed": feed, "alias": name, "entry_key": key} for key in stored for name in names[key]]
        upsert(session, AliasRow, rows, on=("feed", "alias"))


def restate(session: Session) -> int:
    """Makes anew what stands for the inputs of entries of an older scheme, at most so many; how many there were.

    Keys and posts stay: an entry is met by what it is, whichever rules gave it its key.
    """
    older = select(EntryRow).where(EntryRow.identity_scheme < identity.SCHEME).limit(RESTATED_AT_ONCE)
    rows = session.scalars(older).all()
    names: list[dict[str, object]] = []
    for row in rows:
        row.identity_scheme = identity.SCHEME
        row.heading = identity.heading(row.title)
        link_key = urls.compare_key(row.url) if row.url else None
        page = row.canonical_url or row.url
        if link_key is not None and link_key != row.link_key:
            row.link_key, row.compare_url = link_key, urls.compare_key(page or "")
            names.append({"feed": row.feed, "alias": f"{entries.ADDRESS}{link_key}", "entry_key": row.key})
            stone = update(TombstoneRow).where(TombstoneRow.entry_key == row.key, TombstoneRow.feed == row.feed)
            session.execute(stone.values(compare_url=row.compare_url))
    session.flush()
    upsert(session, AliasRow, names, on=("feed", "alias"))
    return len(rows)
