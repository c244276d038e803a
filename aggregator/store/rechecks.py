"""Rechecks: published articles whose pages are looked at once more, when, and how many of each site's on a day."""

from __future__ import annotations

import zlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from pydantic import TypeAdapter
from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import Session

from aggregator.store.feeds import CLOCK_SLACK
from aggregator.store.models import FeedRow, RecheckDayRow, RecheckRow
from aggregator.store.statements import chunks, upsert
from aggregator.types import Entry, PageSeen

LONGEST_WAIT = timedelta(days=400)  #: longer than any look is planned ahead
_CHOSEN_FROM = 200  #: due looks among which those of different sites are chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """One page to look at."""

    feed: str
    entry: Entry  #: as its feed gave it
    page: PageSeen  #: as it was last seen
    since: datetime  #: when the article was published, else first seen
    at: datetime  #: when it is due; of one that is claimed, when its lease ends
    missing_at: datetime | None  #: when its page was first not found; None: it was there the last time


def plan(session: Session, feed: str, entry: Entry, page: PageSeen, *, since: datetime, at: datetime) -> None:
    """Has the page of a stored entry looked at then; of an earlier plan only the date of the article stays."""
    row = {
        "feed": feed,
        "entry_key": entry.key,
        "domain": page.domain,
        "since": since,
        "at": at,
        "missing_at": None,
        "etag": page.etag,
        "last_modified": page.last_modified,
        "validators_url": page.url,
        "payload": zlib.compress(_entries().dump_json(entry)),
    }
    latest = ("domain", "at", "missing_at", "etag", "last_modified", "validators_url", "payload")
    upsert(session, RecheckRow, [row], on=("feed", "entry_key"), update=latest)


def put_off(session: Session, look: Recheck, at: datetime, missing_at: datetime | None) -> None:
    """Has a page looked at later; notes since when it is missing, or that it is not."""
    mine = update(RecheckRow).where(RecheckRow.feed == look.feed, RecheckRow.entry_key == look.entry.key)
    session.execute(mine.values(at=at, missing_at=missing_at).execution_options(synchronize_session=False))


def drop(session: Session, feed: str, keys: Collection[str]) -> None:
    """Has the pages of these entries looked at no more."""
    for chunk in chunks(keys):
        session.execute(delete(RecheckRow).where(RecheckRow.feed == feed, RecheckRow.entry_key.in_(chunk)))


def claim(session: Session, now: datetime, *, limit: int, lease: timedelta, per_day: int) -> list[Recheck]:
    """Takes looks that are due, the most overdue first, of each site at most one, and ``per_day`` on a day (UTC).

    They are counted and put off by the lease, so that a kill costs a look and repeats none at once. Feeds that have
    left the configuration are not asked for anything. Our own servers, which have no domain here, are not counted.
    """
    today = f"{now:%Y-%m-%d}"
    spent = exists().where(
        RecheckDayRow.domain == RecheckRow.domain, RecheckDayRow.day == today, RecheckDayRow.looks >= per_day
    )
    due = (
        select(RecheckRow)
        .join(FeedRow, FeedRow.name == RecheckRow.feed)
        .where(RecheckRow.at <= now, FeedRow.removed_at.is_(None), ~spent)
        .order_by(RecheckRow.at)
        .limit(_CHOSEN_FROM)
    )
    chosen: list[RecheckRow] = []
    domains: set[str] = set()
    for row in session.scalars(due):
        if len(chosen) < limit and (not row.domain or row.domain not in domains):
            domains.add(row.domain)
            chosen.append(row)
    for row in chosen:
        row.at = now + lease
        count(session, row.domain, now)
    session.flush()
    return [_recheck(row) for row in chosen]


def count(session: Session, domain: str, now: datetime) -> None:
    """Counts one look at a page of a site; those of earlier days are forgotten."""
    if not domain:
        return
    row = {"domain": domain, "day": f"{now:%Y-%m-%d}", "looks": 1}
    upsert(
        session, RecheckDayRow, [row], on=("domain", "day"), also=lambda new: {"looks": RecheckDayRow.looks + new.looks}
    )
    session.execute(delete(RecheckDayRow).where(RecheckDayRow.domain == domain, RecheckDayRow.day != row["day"]))


def stands(session: Session, look: Recheck) -> bool:
    """Whether a claimed look is still wanted: its entry was neither withdrawn nor taken anew since."""
    row = session.get(RecheckRow, (look.feed, look.entry.key))
    return row is not None and row.at == look.at


def others(session: Session, look: Recheck, limit: int) -> list[Recheck]:
    """The latest other pages of the same site and feed that are looked at."""
    query = (
        select(RecheckRow)
        .where(
            RecheckRow.domain == look.page.domain, RecheckRow.feed == look.feed, RecheckRow.entry_key != look.entry.key
        )
        .order_by(RecheckRow.since.desc())
        .limit(limit)
    )
    return [_recheck(row) for row in session.scalars(query)]


def watched(session: Session, feed: str) -> int:
    """How many pages of a feed are looked at."""
    return session.scalar(select(func.count()).select_from(RecheckRow).where(RecheckRow.feed == feed)) or 0


def since(session: Session, feed: str, key: str) -> datetime | None:
    """When an entry whose page is looked at was published; None where it is not."""
    row = session.get(RecheckRow, (feed, key))
    return row.since if row is not None else None


def next_at(session: Session, feed: str, key: str) -> datetime | None:
    """When the page of an entry is looked at next; None where it is not."""
    row = session.get(RecheckRow, (feed, key))
    return row.at if row is not None else None


def unstick(session: Session, now: datetime) -> int:
    """Makes looks due that lie further ahead than any is planned, by a clock set back since; how many there were."""
    ahead = update(RecheckRow).where(RecheckRow.at > now + LONGEST_WAIT + CLOCK_SLACK).values(at=now)
    return len(session.execute(ahead.returning(RecheckRow.entry_key)).all())


def _recheck(row: RecheckRow) -> Recheck:
    page = PageSeen(url=row.validators_url, etag=row.etag, last_modified=row.last_modified, domain=row.domain)
    return Recheck(
        feed=row.feed,
        entry=_entries().validate_json(zlib.decompress(row.payload)),
        page=page,
        since=row.since,
        at=row.at,
        missing_at=row.missing_at,
    )


@cache
def _entries() -> TypeAdapter[Entry]:
    return TypeAdapter(Entry)
