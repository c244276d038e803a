"""Copies of an open store, and whether all in it is as it should be."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import ColumnElement, exists, func, select, text
from sqlalchemy.orm import Session

from aggregator.errors import StoreError
from aggregator.store import copies, deliveries, entries, migrate
from aggregator.store.database import Store
from aggregator.store.models import DeliveryRow, EntryRow, PostRow
from aggregator.types import DeliveryState, Outcome

NAMED_AT_MOST = 10


def backup(store: Store, path: Path) -> None:
    """Writes a copy of the store to ``path``, which must not exist; the daemon may go on meanwhile."""
    copies.copy(store.path, path)


def check(store: Store) -> list[str]:
    """What is wrong with the store, in sentences for a person; empty where all is well."""
    try:
        return store.read_now(_damage) or store.read_now(_inconsistencies)
    except StoreError as error:
        # Some damage keeps SQLite from looking for more.
        return [str(error)]


def facts(store: Store) -> list[str]:
    """What is in the store: its revision, how many entries of each outcome, and what is owed to whom."""
    return store.read_now(_facts, store.path)


def _damage(session: Session) -> list[str]:
    said = session.scalars(text(f"PRAGMA integrity_check({NAMED_AT_MOST})")).all()
    problems = [f"the file is damaged: {line}" for line in said if line != "ok"]
    broken = session.execute(text("PRAGMA foreign_key_check")).all()
    problems += [
        f"row {row} of {table} refers to a missing row of {parent}" for table, row, parent, _ in broken[:NAMED_AT_MOST]
    ]
    return problems


def _inconsistencies(session: Session) -> list[str]:
    owed = exists().where(DeliveryRow.post_key == EntryRow.post_key, DeliveryRow.state.in_(deliveries.OPEN))
    stored = exists().where(PostRow.key == EntryRow.post_key)
    seen = exists().where(EntryRow.key == PostRow.entry_key, EntryRow.feed == PostRow.feed)
    queued = EntryRow.outcome == Outcome.QUEUED
    return [
        *_counted(session, EntryRow, EntryRow.post_key.is_not(None) & ~stored, "entries with a post that is not there"),
        *_counted(session, EntryRow, queued & ~owed, "queued entries for which nothing is owed"),
        *_counted(session, PostRow, ~seen, "posts made from an entry that is not there"),
        *_counted(
            session, DeliveryRow, DeliveryRow.state.not_in(list(DeliveryState)), "deliveries in an unknown state"
        ),
    ]


def _counted(
    session: Session, row: type[EntryRow | PostRow | DeliveryRow], wrong: ColumnElement[bool], what: str
) -> list[str]:
    count = session.scalar(select(func.count()).select_from(row).where(wrong)) or 0
    return [f"{what}: {count}"] if count else []


def _facts(session: Session, path: Path) -> list[str]:
    stands = [f"{count} {outcome}" for outcome, count in sorted(entries.counts(session).items())]
    owed = [
        f"deliveries to {target}, {state}: {count}"
        for (target, state), count in sorted(deliveries.counts(session).items())
    ]
    doubtful = session.scalar(select(func.count()).select_from(DeliveryRow).where(DeliveryRow.in_doubt)) or 0
    return [
        f"revision {migrate.revision(session.connection(), path)}",
        f"entries: {', '.join(stands) or 'none'}",
        *owed,
        *(
            [f"deliveries in doubt, whose targets are asked before they are tried again: {doubtful}"]
            if doubtful
            else []
        ),
    ]
