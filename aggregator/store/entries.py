"""Entries: what the feeds have shown us, under which names, and where each stands."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select, update
from sqlalchemy.orm import Session

from aggregator import urls
from aggregator.policy.duplicates import Told
from aggregator.policy.identity import NO_TRAITS, SCHEME, Traits
from aggregator.store import posts, tombstones
from aggregator.store.models import AliasRow, DeliveryRow, EntryRow, PostRow
from aggregator.store.statements import chunks, upsert
from aggregator.types import Basis, Entry, Known, Outcome

#: How many entries at one address are told; a page that has more is nobody's permalink.
TOLD_AT_MOST = 100
FOUND_AT_MOST = 50
#: How ``policy.identity.aliases`` marks an alias that is an address in its comparison form.
ADDRESS = "u:"
SHORTEST_PREFIX = 6  #: of a post's key, for ``find``

#: The columns that make a ``Known``, by ``as_known``.
KNOWN = (
    EntryRow.key,
    EntryRow.outcome,
    EntryRow.content_hash,
    EntryRow.post_key,
    EntryRow.first_seen_at,
    EntryRow.published_at,
    EntryRow.title,
    EntryRow.url,
    EntryRow.guid,
    EntryRow.words,
    EntryRow.basis,
)
_FIRST = ("published_at",)
_IF_KNOWN = (
    "guid",
    "heading",
    "words",
    "url",
    "link_key",
    "canonical_url",
    "compare_url",
    "post_key",
    "told_by",
    "shared",
    "contained",
    "comes_from",
    "basis",
    "method",
    "score",
    "reasons",
)
_LATEST = ("identity_scheme", "title", "content_hash", "outcome", "reason", "preferred", "last_seen_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRecord:
    """All that is kept of an entry."""

    feed: str
    entry: Entry
    content_hash: str
    outcome: Outcome
    reason: str
    canonical_url: str | None = None  #: as its page says; None: not known
    compare_url: str | None = None  #: comparison form of the canonical address; None: made from that or from the link
    traits: Traits = NO_TRAITS  #: its other names within the feed, among them; what it does not have stays as it was
    post_key: str | None = None  #: None: no post was made; an earlier one stays with it
    told_by: str | None = None  #: key of another entry's post that tells its story
    shared: float | None = None  #: the share of its words and of that post's that is in both; None: not by words
    contained: float | None = None  #: the share of the shorter text that is in the longer
    comes_from: tuple[str, ...] | None = None  #: whose words its article says its own are; None: there was none
    preferred: bool = False  #: its feed's telling of a story is preferred to others'
    basis: Basis | None = None  #: how its article was made; None: there was none
    method: str | None = None
    score: float | None = None
    reasons: tuple[str, ...] | None = None
    identity_scheme: int = SCHEME


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """An entry as a list shows it."""

    feed: str
    key: str
    title: str
    url: str | None
    canonical_url: str | None
    outcome: Outcome
    reason: str
    post_key: str | None
    basis: Basis | None
    method: str | None
    score: float | None
    published_at: datetime | None
    first_seen_at: datetime
    last_seen_at: datetime
    remote_urls: tuple[tuple[str, str], ...]  #: target, address there
    told_by: str | None = None  #: key of another entry's post that tells its story

    @property
    def remote_url(self) -> str | None:
        """Its address at the first target that has it."""
        return self.remote_urls[0][1] if self.remote_urls else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """By what an entry is recognised, and what is known of whose words it has."""

    identity_scheme: int
    guid: str | None
    link_key: str | None  #: its address, in the form for comparison
    compare_url: str | None  #: its page's canonical address, likewise
    aliases: tuple[str, ...]  #: its other names within its feed
    comes_from: tuple[str, ...]
    shared: float | None
    contained: float | None


def known(session: Session, feed: str, keys: Collection[str], aliases: Collection[str]) -> dict[str, Known]:
    """What the store holds under these keys and aliases of a feed, each by the key or the alias. A key may be an alias.

    What a tombstone stands for is known as buried, whatever else is known of it, and though it came
    through another feed, where an alias is the address that was buried.
    """
    found: dict[str, Known] = {}
    for chunk in chunks(keys):
        rows = session.execute(select(*KNOWN).where(EntryRow.key.in_(chunk), EntryRow.feed == feed))
        found |= {row.key: as_known(row) for row in rows}
    for chunk in chunks({*aliases, *(key for key in keys if key not in found)}):
        named = (
            select(AliasRow.alias, *KNOWN)
            .join(EntryRow, (EntryRow.key == AliasRow.entry_key) & (EntryRow.feed == AliasRow.feed))
            .where(AliasRow.feed == feed, AliasRow.alias.in_(chunk))
        )
        found |= {row.alias: as_known(row) for row in session.execute(named)}
    return _with_tombstones(session, feed, keys, aliases, found)


def told_at(session: Session, compare_keys: Collection[str]) -> list[Told]:
    """The entries of any feed that stand at these addresses and whose story has or had a post, oldest first.

    Addresses are in the form of ``urls.compare_key``; an entry stands at its link and at its page's canonical address.
    """
    found: dict[int, Told] = {}
    for chunk in chunks(compare_keys):
        at = or_(EntryRow.compare_url.in_(chunk), EntryRow.link_key.in_(chunk))
        rows = session.execute(
            select(EntryRow, PostRow.source_name)
            .join(PostRow, PostRow.key == func.coalesce(EntryRow.told_by, EntryRow.post_key))
            .where(at)
            .limit(TOLD_AT_MOST)
        )
        for row, publisher in rows:
            found[row.id] = Told(
                feed=row.feed,
                entry_key=row.key,
                title=row.title,
                url=row.canonical_url or row.url or "",
                link=row.url or "",
                publisher=publisher,
                post_key=row.told_by or row.post_key or "",
            )
    return [found[number] for number in sorted(found)]


def save(session: Session, records: Sequence[EntryRecord], now: datetime) -> None:
    """Keeps entries as they are now.

    The time of first sight and the date first stated stay; a name that belongs to another entry already stays there.
    """
    if not records:
        return
    rows = [_row(record, now) for record in records]
    upsert(session, EntryRow, rows, on=("key", "feed"), update=_LATEST, keep=_FIRST, prefer=_IF_KNOWN)
    names = [
        {"feed": record.feed, "alias": alias, "entry_key": record.entry.key}
        for record in records
        for alias in record.traits.names
    ]
    upsert(session, AliasRow, names, on=("feed", "alias"))


def touch(session: Session, feed: str, keys: Collection[str], now: datetime) -> None:
    """Notes that a feed still shows these entries."""
    for chunk in chunks(keys):
        seen = update(EntryRow).where(EntryRow.key.in_(chunk), EntryRow.feed == feed).values(last_seen_at=now)
        session.execute(seen.execution_options(synchronize_session=False))


def standing(session: Session, feed: str, key: str) -> tuple[Outcome, str]:
    """Where a stored entry stands, and why."""
    mine = select(EntryRow.outcome, EntryRow.reason).where(EntryRow.key == key, EntryRow.feed == feed)
    outcome, reason = session.execute(mine).one()
    return Outcome(outcome), reason


def decide(session: Session, feed: str, key: str, outcome: Outcome, reason: str) -> None:
    """Writes where an entry stands that has no post."""
    mine = update(EntryRow).where(EntryRow.key == key, EntryRow.feed == feed)
    session.execute(mine.values(outcome=outcome, reason=reason).execution_options(synchronize_session=False))


def bring_back(session: Session, feed: str, key: str, reason: str) -> None:
    """Has an entry without a post taken as its feed shows it next."""
    mine = update(EntryRow).where(EntryRow.key == key, EntryRow.feed == feed)
    back = mine.values(outcome=Outcome.WAITING, reason=reason, content_hash="")
    session.execute(back.execution_options(synchronize_session=False))


def settle_outcome(session: Session, post_key: str, outcome: Outcome, reason: str) -> None:
    """Writes where the entry stands that a post was made from. Entries that only refer to the post stay as they are."""
    owner = select(PostRow.feed, PostRow.entry_key).where(PostRow.key == post_key)
    found = session.execute(owner).first()
    if found is not None:
        # An entry whose post was merged into another's tells that story, whatever becomes of its own.
        own = (EntryRow.key == found.entry_key, EntryRow.feed == found.feed, EntryRow.told_by.is_(None))
        session.execute(
            update(EntryRow)
            .where(*own)
            .values(outcome=outcome, reason=reason)
            .execution_options(synchronize_session=False)
        )


def lines(
    session: Session, *, feed: str | None = None, outcome: Outcome | None = None, limit: int | None = None
) -> list[EntryLine]:
    """Entries as a list shows them, those first seen last at the top."""
    query = select(EntryRow).order_by(EntryRow.id.desc()).limit(limit)
    if feed is not None:
        query = query.where(EntryRow.feed == feed)
    if outcome is not None:
        query = query.where(EntryRow.outcome == outcome)
    return _lines(session, session.scalars(query).all())


def of_keys(session: Session, feed: str, keys: Collection[str]) -> list[EntryLine]:
    """These entries of a feed, those first seen first."""
    found: list[EntryRow] = []
    for chunk in chunks(keys):
        found += session.scalars(select(EntryRow).where(EntryRow.key.in_(chunk), EntryRow.feed == feed))
    return _lines(session, sorted(found, key=lambda row: row.id))


def standing_keys(session: Session, feed: str) -> set[str]:
    """The entries of a feed whose own posts are published, or owed."""
    query = (
        select(EntryRow.key)
        .join(PostRow, PostRow.key == EntryRow.post_key)
        .where(
            EntryRow.feed == feed,
            EntryRow.outcome.in_([Outcome.QUEUED, Outcome.PUBLISHED]),
            PostRow.feed == EntryRow.feed,
            PostRow.entry_key == EntryRow.key,
        )
    )
    return set(session.scalars(query))


def find(session: Session, url_or_key: str) -> list[EntryLine]:
    """The entries that a person may mean: by key, post key or its first digits, address, or address at a target."""
    value = url_or_key.strip()
    form = urls.compare_key(value)
    there = select(DeliveryRow.post_key).where(DeliveryRow.remote_url.in_({value, value.rstrip("/"), f"{value}/"}))
    ways: list[ColumnElement[bool]] = [
        EntryRow.key == value,
        EntryRow.post_key == value,
        EntryRow.link_key == form,
        EntryRow.compare_url == form,
        EntryRow.post_key.in_(there),
    ]
    if len(value) >= SHORTEST_PREFIX and set(value) <= set("0123456789abcdef"):
        ways.append(EntryRow.post_key.between(value, f"{value}g"))
    # One statement for each way, since each has its index.
    numbers = {
        number for way in ways for number in session.scalars(select(EntryRow.id).where(way).limit(FOUND_AT_MOST))
    }
    return _lines(
        session, session.scalars(select(EntryRow).where(EntryRow.id.in_(numbers)).order_by(EntryRow.id)).all()
    )


def names(session: Session, feed: str, key: str) -> Names:
    """By what a stored entry is recognised."""
    row = session.scalars(select(EntryRow).where(EntryRow.key == key, EntryRow.feed == feed)).one()
    named = select(AliasRow.alias).where(AliasRow.feed == feed, AliasRow.entry_key == key).order_by(AliasRow.alias)
    return Names(
        identity_scheme=row.identity_scheme,
        guid=row.guid,
        link_key=row.link_key,
        compare_url=row.compare_url,
        aliases=tuple(session.scalars(named)),
        comes_from=row.comes_from or (),
        shared=row.shared,
        contained=row.contained,
    )


def told_by(session: Session, post_key: str) -> list[EntryLine]:
    """The entries that tell the story of another's post."""
    query = select(EntryRow).where(EntryRow.told_by == post_key).order_by(EntryRow.id)
    return _lines(session, session.scalars(query).all())


def counts(session: Session) -> dict[Outcome, int]:
    """How many entries there are of each outcome."""
    rows = session.execute(select(EntryRow.outcome, func.count()).group_by(EntryRow.outcome))
    return {Outcome(outcome): count for outcome, count in rows}


def _with_tombstones(
    session: Session, feed: str, keys: Collection[str], aliases: Collection[str], found: dict[str, Known]
) -> dict[str, Known]:
    addresses = {alias.removeprefix(ADDRESS): alias for alias in aliases if alias.startswith(ADDRESS)}
    stones = tombstones.of_keys(session, feed, {*keys, *(entry.key for entry in found.values())})
    buried = {name: stones[entry.key] for name, entry in found.items() if entry.key in stones}
    buried |= {key: stones[key] for key in keys if key in stones}
    at_address = tombstones.of_compare_keys(session, addresses)
    buried |= {addresses[form]: stone for form, stone in at_address.items() if addresses[form] not in buried}
    for name, stone in buried.items():
        entry = found.get(name)
        found[name] = Known(
            key=entry.key if entry else stone.entry_key,
            outcome=Outcome.BURIED,
            content_hash=entry.content_hash if entry else "",
            post_key=entry.post_key if entry else None,
            first_seen_at=entry.first_seen_at if entry else stone.buried_at,
            published_at=entry.published_at if entry else None,
            title=entry.title if entry else stone.title,
            url=entry.url if entry else stone.url,
            guid=entry.guid if entry else None,
            words=entry.words if entry else b"",
            basis=entry.basis if entry else None,
        )
    return found


def _row(record: EntryRecord, now: datetime) -> dict[str, object]:
    entry = record.entry
    canonical = record.canonical_url or entry.url
    return {
        "feed": record.feed,
        "key": entry.key,
        "identity_scheme": record.identity_scheme,
        "guid": entry.guid,
        "heading": record.traits.heading,
        "words": record.traits.words or None,
        "url": entry.url,
        "link_key": urls.compare_key(entry.url) if entry.url else None,
        "canonical_url": record.canonical_url,
        "compare_url": record.compare_url or (urls.compare_key(canonical) if canonical else None),
        "title": entry.title,
        "content_hash": record.content_hash,
        "outcome": record.outcome,
        "reason": record.reason,
        "post_key": record.post_key,
        "told_by": record.told_by,
        "shared": record.shared,
        "contained": record.contained,
        "comes_from": record.comes_from or None,
        "preferred": record.preferred or None,
        "basis": record.basis,
        "method": record.method,
        "score": record.score,
        "reasons": record.reasons,
        "published_at": entry.published_at,
        "first_seen_at": now,
        "last_seen_at": now,
    }


def as_known(row: Row[*tuple[Any, ...]]) -> Known:
    """What a row of ``KNOWN`` says."""
    return Known(
        key=row.key,
        outcome=Outcome(row.outcome),
        content_hash=row.content_hash,
        post_key=row.post_key,
        first_seen_at=row.first_seen_at,
        published_at=row.published_at,
        title=row.title,
        url=row.url,
        guid=row.guid,
        words=row.words or b"",
        basis=Basis(row.basis) if row.basis else None,
    )


def _lines(session: Session, rows: Iterable[EntryRow]) -> list[EntryLine]:
    rows = list(rows)
    addresses = posts.remote_urls(session, [row.post_key for row in rows if row.post_key])
    return [
        EntryLine(
            feed=row.feed,
            key=row.key,
            title=row.title,
            url=row.url,
            canonical_url=row.canonical_url,
            outcome=Outcome(row.outcome),
            reason=row.reason,
            post_key=row.post_key,
            basis=Basis(row.basis) if row.basis else None,
            method=row.method,
            score=row.score,
            published_at=row.published_at,
            first_seen_at=row.first_seen_at,
            last_seen_at=row.last_seen_at,
            remote_urls=addresses.get(row.post_key or "", ()),
            told_by=row.told_by,
        )
        for row in rows
    ]
