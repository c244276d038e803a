"""Stories: the fingerprints of articles that may be told again, and which entries tell the story of a post.

Look-up and storage cost the same however many articles there are: a few rows of one index each.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Row, Select, bindparam, delete, func, insert, or_, select, union_all, update
from sqlalchemy.orm import Session

from aggregator.policy import fingerprints
from aggregator.policy.duplicates import Told
from aggregator.policy.fingerprints import LOWEST, NUMBER_REGISTERS, REGISTERS, SCHEME, Fingerprint
from aggregator.policy.originals import Source
from aggregator.policy.stories import WORTH_A_LOOK
from aggregator.store.models import EntryRow, FingerprintHashRow, FingerprintRow, PostRow
from aggregator.store.statements import CHUNK, upsert
from aggregator.types import Outcome, Post

#: How many articles one hash leads to, the latest; a phrase that more of them have is nobody's own.
PER_HASH = 64
#: How many of them are compared, those that share most hashes.
COMPARED = 20
#: How many other articles of a feed show what all of them have.
SIBLINGS = 3
#: Among how many of the feed's latest entries these are looked for, since short ones have no fingerprint.
AMONG = 30
#: How many fingerprints one transaction of ``prune`` deletes, so that it keeps no one waiting.
PRUNED_AT_ONCE = 500
#: Where an entry stands whose post tells a story. What was taken back tells none any more.
STANDING = (Outcome.QUEUED, Outcome.PUBLISHED)
_KEPT = struct.Struct(f">BH{LOWEST}i{REGISTERS}s{NUMBER_REGISTERS}s")
_MOST_SHINGLES = 0xFFFF
_COMPARED = (
    EntryRow.id,
    EntryRow.feed,
    EntryRow.key,
    EntryRow.title,
    EntryRow.canonical_url,
    EntryRow.url,
    EntryRow.post_key,
    EntryRow.told_by,
    EntryRow.published_at,
    EntryRow.first_seen_at,
    PostRow.source_name,
    FingerprintRow.kept,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """An article with a post that may tell the same story."""

    number: int  #: of its entry
    told: Told
    shown_by: str  #: key of the post that shows its words: that of the story, or its own where that was merged into it
    at: datetime  #: when it was published, else first seen
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A stored entry with the fingerprint of its text."""

    number: int  #: rises with the time of first sight
    feed: str
    key: str
    at: datetime  #: when it was published, else first seen
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """An entry that was found to tell a story by its words."""

    number: int
    feed: str
    title: str
    told_by: str
    shared: float
    contained: float
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """An entry that tells the story of a post."""

    feed: str
    key: str
    title: str
    url: str | None
    reason: str
    first_seen_at: datetime


def keep(session: Session, feed: str, key: str, fingerprint: Fingerprint) -> None:
    """Keeps the fingerprint of a stored entry, in the place of an earlier one."""
    number = session.scalars(select(EntryRow.id).where(EntryRow.key == key, EntryRow.feed == feed)).one()
    kept = pack(fingerprint)
    before = session.scalar(select(FingerprintRow.kept).where(FingerprintRow.entry_id == number))
    if before == kept:
        return
    if before is not None:
        _forget(session, [(number, before)])
    upsert(session, FingerprintRow, [{"entry_id": number, "kept": kept}], on=("entry_id",), update=("kept",))
    rows = [{"hash": value, "entry_id": number} for value in fingerprint.lowest]
    session.connection().execute(insert(FingerprintHashRow), rows)


def kin(session: Session, fingerprint: Fingerprint, *, feed: str, least: float = WORTH_A_LOOK) -> list[Kin]:
    """Articles of other feeds whose posts stand and that may tell what this text tells, those nearest to it first.

    They share that much of both texts, as their sketches show it. Whatever only has a phrase in common, which many
    have, costs no look at its entry.
    """
    met = session.execute(_sharing(), {f"hash{at}": value for at, value in enumerate(fingerprint.lowest)})
    common = Counter(number for (number,) in met)
    numbers = sorted(common, key=lambda number: (-common[number], number))[:CHUNK]
    if len(numbers) > COMPARED:
        others = set(session.scalars(_others(), {"numbers": numbers, "feed": feed}))
        numbers = [number for number in numbers if number in others][:COMPARED]
    sketches = session.execute(_kept(), {"numbers": numbers}) if numbers else ()
    near = {number for number, kept in sketches if _share(fingerprint, kept) >= least}
    numbers = [number for number in numbers if number in near]
    if not numbers:
        return []
    rows = {row.id: row for row in session.execute(_compared(), {"numbers": numbers, "feed": feed})}
    return [found for number in numbers if number in rows and (found := _kin(rows[number]))]


def printed(session: Session, feed: str, key: str) -> Printed | None:
    """A stored entry with its fingerprint; None where none is kept."""
    row = session.execute(_printed().where(EntryRow.key == key, EntryRow.feed == feed)).one_or_none()
    return _with_fingerprint(row) if row else None


def history(session: Session, since: datetime, after: int, limit: int) -> list[Printed]:
    """Entries first seen since then whose posts stand, by number from ``after`` on, at most so many."""
    query = _printed().where(EntryRow.id > after, EntryRow.first_seen_at >= since, EntryRow.outcome.in_(STANDING))
    rows = session.execute(query.order_by(EntryRow.id).limit(limit))
    return [found for row in rows if (found := _with_fingerprint(row))]


def matched(session: Session, since: datetime, after: int, limit: int) -> list[Matched]:
    """Entries first seen since then that were found to tell a story by their words, by number from ``after`` on."""
    query = (
        select(EntryRow)
        .where(EntryRow.id > after, EntryRow.first_seen_at >= since, EntryRow.told_by.is_not(None))
        .where(EntryRow.shared.is_not(None))
        .order_by(EntryRow.id)
        .limit(limit)
    )
    return [
        Matched(
            number=row.id,
            feed=row.feed,
            title=row.title,
            told_by=row.told_by or "",
            shared=row.shared or 0.0,
            contained=row.contained or 0.0,
            at=row.published_at or row.first_seen_at,
        )
        for row in session.scalars(query)
    ]


def last_number(session: Session) -> int:
    """The number of the entry that was seen last; 0 where there is none."""
    return session.scalar(select(func.max(EntryRow.id))) or 0


def siblings(session: Session, feed: str, key: str) -> list[Fingerprint]:
    """The fingerprints of the feed's latest other articles."""
    latest = select(EntryRow.id).where(EntryRow.feed == feed, EntryRow.key != key).order_by(EntryRow.id.desc())
    kept = (
        select(FingerprintRow.kept)
        .where(FingerprintRow.entry_id.in_(list(session.scalars(latest.limit(AMONG)))))
        .order_by(FingerprintRow.entry_id.desc())
        .limit(SIBLINGS)
    )
    return [fingerprint for packed in session.scalars(kept) if (fingerprint := unpack(packed))]


def tellers(session: Session, post_key: str) -> list[Teller]:
    """The entries that tell the story of a post without one of their own, first seen first."""
    query = select(EntryRow).where(EntryRow.told_by == post_key).order_by(EntryRow.id)
    return [
        Teller(
            feed=row.feed,
            key=row.key,
            title=row.title,
            url=row.url,
            reason=row.reason,
            first_seen_at=row.first_seen_at,
        )
        for row in session.scalars(query)
    ]


def source(session: Session, post: Post) -> Source | None:
    """What is known of whose words a post shows; None where its entry is not known."""
    mine = select(EntryRow).where(EntryRow.key == post.entry_key, EntryRow.feed == post.feed)
    row = session.scalars(mine).one_or_none()
    if row is None:
        return None
    return Source(
        feed=row.feed,
        name="",  # as the first it names others; nobody is to name it by more than its address
        url=row.url or "",
        canonical=row.canonical_url or row.url or "",
        at_home=True,
        comes_from=row.comes_from or (),
        preferred=bool(row.preferred),
    )


def give_up(session: Session, feed: str, key: str, told_by: str, reason: str) -> None:
    """Notes that the post of an entry passed to another that tells the story."""
    _write(session, feed, key, post_key=None, told_by=told_by, outcome=Outcome.DUPLICATE, reason=reason)


def tell(session: Session, feed: str, key: str, told_by: str, reason: str) -> None:
    """Notes that an entry tells the story of another's post."""
    _write(session, feed, key, told_by=told_by, outcome=Outcome.DUPLICATE, reason=reason, shared=None, contained=None)


def stand(session: Session, feed: str, key: str, outcome: Outcome, reason: str, post_key: str | None) -> None:
    """Notes that an entry tells its own story: by a post that it had, or by one that is to be made when it is taken."""
    anew = {} if post_key else {"content_hash": ""}
    _write(session, feed, key, post_key=post_key, told_by=None, outcome=outcome, reason=reason, **anew)


def told(session: Session, feed: str, key: str) -> str | None:
    """Key of the post that tells the story of an entry, where that is another's."""
    return session.scalar(select(EntryRow.told_by).where(EntryRow.key == key, EntryRow.feed == feed))


def stands(session: Session, post_key: str) -> bool:
    """Whether a post is published, or to be."""
    owner = (EntryRow.key == PostRow.entry_key) & (EntryRow.feed == PostRow.feed)
    query = select(EntryRow.outcome).join(PostRow, owner).where(PostRow.key == post_key)
    return session.scalar(query) in STANDING


def prune(session: Session, before: datetime, limit: int = PRUNED_AT_ONCE) -> int:
    """Forgets the fingerprints of entries first seen before then, at most so many; how many there were."""
    # Numbers rise with the time of first sight, so the oldest are the first of the table.
    oldest = (
        select(FingerprintRow.entry_id, FingerprintRow.kept, EntryRow.first_seen_at)
        .join(EntryRow, EntryRow.id == FingerprintRow.entry_id)
        .order_by(FingerprintRow.entry_id)
        .limit(limit)
    )
    old = [(number, kept) for number, kept, seen_at in session.execute(oldest) if seen_at < before]
    _forget(session, old)
    return len(old)


def pack(fingerprint: Fingerprint) -> bytes:
    """A fingerprint as it is stored."""
    shingles = min(fingerprint.shingles, _MOST_SHINGLES)
    return _KEPT.pack(SCHEME, shingles, *fingerprint.lowest, fingerprint.sketch, fingerprint.numbers)


def unpack(kept: bytes) -> Fingerprint | None:
    """A stored fingerprint; None for one that was made by other rules."""
    if len(kept) != _KEPT.size or kept[0] != SCHEME:
        return None
    _, shingles, *lowest, sketch, numbers = _KEPT.unpack(kept)
    return Fingerprint(shingles=shingles, sketch=sketch, numbers=numbers, lowest=tuple(lowest))


@cache  # making it takes longer than running it
def _sharing() -> CompoundSelect[int]:
    """The entries that have each hash, the latest of them."""
    ways = []
    for at in range(LOWEST):
        of_one = select(FingerprintHashRow.entry_id).where(FingerprintHashRow.hash == bindparam(f"hash{at}"))
        latest = of_one.order_by(FingerprintHashRow.entry_id.desc()).limit(PER_HASH).subquery(f"way{at}")
        ways.append(select(latest.c.entry_id))
    return union_all(*ways)


@cache
def _others() -> Select[int]:
    mine = EntryRow.id.in_(bindparam("numbers", expanding=True))
    return select(EntryRow.id).where(mine, EntryRow.feed != bindparam("feed"))


@cache
def _kept() -> Select[int, bytes]:
    mine = FingerprintRow.entry_id.in_(bindparam("numbers", expanding=True))
    return select(FingerprintRow.entry_id, FingerprintRow.kept).where(mine)


def _share(one: Fingerprint, kept: bytes) -> float:
    other = unpack(kept)
    return fingerprints.shared(one.sketch, other.sketch)[0] if other else 0.0


@cache
def _compared() -> Select[*tuple[Any, ...]]:
    return (
        select(*_COMPARED)
        .join(PostRow, PostRow.key == EntryRow.post_key)
        .join(FingerprintRow, FingerprintRow.entry_id == EntryRow.id)
        .where(
            EntryRow.id.in_(bindparam("numbers", expanding=True)),
            EntryRow.feed != bindparam("feed"),
            # What a person has merged with its post into another story leads there too.
            or_(EntryRow.outcome.in_(STANDING), EntryRow.told_by.is_not(None)),
        )
    )


def _kin(row: Row[*tuple[Any, ...]]) -> Kin | None:
    fingerprint = unpack(row.kept)
    if fingerprint is None:
        return None
    told = Told(
        feed=row.feed,
        entry_key=row.key,
        title=row.title,
        url=row.canonical_url or row.url or "",
        link=row.url or "",
        publisher=row.source_name,
        post_key=row.told_by or row.post_key,
    )
    return Kin(
        number=row.id,
        told=told,
        shown_by=row.post_key,
        at=row.published_at or row.first_seen_at,
        fingerprint=fingerprint,
    )


def _printed() -> Select[*tuple[Any, ...]]:
    columns = (EntryRow.id, EntryRow.feed, EntryRow.key, EntryRow.published_at, EntryRow.first_seen_at)
    joined = select(*columns, FingerprintRow.kept)
    return joined.join(FingerprintRow, FingerprintRow.entry_id == EntryRow.id)


def _with_fingerprint(row: Row[*tuple[Any, ...]]) -> Printed | None:
    fingerprint = unpack(row.kept)
    at = row.published_at or row.first_seen_at
    if fingerprint is None:
        return None
    return Printed(number=row.id, feed=row.feed, key=row.key, at=at, fingerprint=fingerprint)


def _write(session: Session, feed: str, key: str, **values: object) -> None:
    mine = update(EntryRow).where(EntryRow.key == key, EntryRow.feed == feed)
    session.execute(mine.values(values).execution_options(synchronize_session=False))


def _forget(session: Session, rows: Sequence[tuple[int, bytes]]) -> None:
    """Deletes fingerprints with their hashes, which the packed ones name."""
    for number, kept in rows:
        hashes = _KEPT.unpack(kept)[2 : 2 + LOWEST]  # those of all schemes so far
        mine = FingerprintHashRow.entry_id == number
        session.execute(delete(FingerprintHashRow).where(FingerprintHashRow.hash.in_(hashes), mine))
        session.execute(delete(FingerprintRow).where(FingerprintRow.entry_id == number))
