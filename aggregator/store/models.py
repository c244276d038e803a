"""The tables. Rows stay in this room; what leaves it are the nouns of ``aggregator.types``.

Tables refer to each other by the names that people use (a feed's name, an entry's key, a post's key), so that
each can be written without reading another first, and read without one.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from aggregator.store.columns import Id, Numbers, Span, Texts, UtcDateTime


class Base(DeclarativeBase):
    """What all tables share: names of constraints by rule, and the column type of each Python type."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's name and form
        datetime: UtcDateTime,
        timedelta: Span,
        bytes: LargeBinary,
        str: Text,
        tuple[int, ...]: Numbers,
        tuple[str, ...]: Texts,
    }


class FeedRow(Base):
    """A feed of the configuration, or one that stood there once; with all that we remember of it."""

    __tablename__ = "feeds"
    # feeds.claim_due: all that is due is one range of this index.
    __table_args__ = (Index(None, "removed_at", "gone_at", "next_fetch_at"),)

    name: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str]  #: as configured
    interval: Mapped[timedelta]  #: what a claim adds to now, until the refresh knows better
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]  #: since when it stands in the configuration no more
    lease_until: Mapped[datetime | None]
    lag: Mapped[timedelta | None]  #: how late it was when it was last claimed

    # The memory: one column for each field of ``types.FeedMemory``.
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    body_hash: Mapped[str | None]
    validators_url: Mapped[str | None]
    fresh_until: Mapped[datetime | None]
    freshness: Mapped[timedelta | None]
    next_fetch_at: Mapped[datetime]  #: 1970 for a feed that was never asked, which thereby is the most overdue
    last_fetch_at: Mapped[datetime | None]
    last_success_at: Mapped[datetime | None]
    failures: Mapped[int]
    last_error: Mapped[str]
    gone_at: Mapped[datetime | None]
    moved_url: Mapped[str | None]
    moved_since_at: Mapped[datetime | None]
    moved_count: Mapped[int]
    moved_adopted: Mapped[bool]
    title: Mapped[str]
    site_url: Mapped[str | None]
    hub_url: Mapped[str | None]
    language: Mapped[str | None]
    rights: Mapped[str]
    image_url: Mapped[str | None]
    ttl: Mapped[timedelta | None]
    update_period: Mapped[timedelta | None]
    skip_hours: Mapped[tuple[int, ...]]
    skip_days: Mapped[tuple[int, ...]]
    subscribed_at: Mapped[datetime | None]
    identity: Mapped[str]
    identity_doubts: Mapped[int]
    identity_reason: Mapped[str]


class HostRow(Base):
    """A server that asked us to stay away for a while (Retry-After)."""

    __tablename__ = "hosts"

    domain: Mapped[str] = mapped_column(primary_key=True)
    blocked_until: Mapped[datetime]


class EntryRow(Base):
    """An entry that a feed has shown us, and where it stands."""

    __tablename__ = "entries"
    __table_args__ = (
        UniqueConstraint("key", "feed"),  # entries.known; the key first, so that entries.find needs no feed
        Index(None, "feed"),  # entries.lines of one feed; SQLite ends each index with the row's number
        Index(None, "outcome", "feed"),  # entries.counts, feeds.overview
        Index(None, "compare_url"),  # entries.told_at, entries.find
        Index(None, "link_key"),  # likewise
        Index(None, "post_key"),  # entries.find
        Index(None, "feed", "heading"),  # identities.kin
        Index(None, "identity_scheme"),  # identities.restate
        Index(None, "told_by", sqlite_where=text("told_by IS NOT NULL"), postgresql_where=text("told_by IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    feed: Mapped[str] = mapped_column(ForeignKey(FeedRow.name))
    key: Mapped[str]
    identity_scheme: Mapped[int]  #: which rules made what stands for guid, url, title and text
    guid: Mapped[str | None]
    heading: Mapped[int | None] = mapped_column(BigInteger)  #: stands for the title; None: no title and no text
    words: Mapped[bytes | None]  #: sketch of the feed's text; None: it has none, or none was kept
    url: Mapped[str | None]
    link_key: Mapped[str | None]  #: ``urls.compare_key`` of ``url``
    canonical_url: Mapped[str | None]
    compare_url: Mapped[str | None]  #: ``urls.compare_key`` of the canonical address
    title: Mapped[str]
    content_hash: Mapped[str]
    outcome: Mapped[str]
    reason: Mapped[str]
    post_key: Mapped[str | None]
    told_by: Mapped[str | None]  #: key of another entry's post that tells its story; None: its own, or none
    shared: Mapped[float | None]  #: how much of both texts is in both, where the words told that
    contained: Mapped[float | None]  #: how much of the shorter text is in the longer
    comes_from: Mapped[tuple[str, ...] | None]  #: whose words its article says its own are; None: nobody's
    preferred: Mapped[bool | None]  #: its feed's telling is preferred to others'; None: it is not
    basis: Mapped[str | None]  #: how the article was made: these four are None where there was none
    method: Mapped[str | None]
    score: Mapped[float | None]
    reasons: Mapped[tuple[str, ...] | None]
    published_at: Mapped[datetime | None]  #: as first stated: feeds restamp
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class FingerprintRow(Base):
    """What is kept of an article's text to compare others with, for as long as they may tell its story."""

    __tablename__ = "fingerprints"

    entry_id: Mapped[int] = mapped_column(Id, ForeignKey(EntryRow.id), primary_key=True, autoincrement=False)
    kept: Mapped[bytes]  #: as ``stories`` packs it


class FingerprintHashRow(Base):
    """One of the lowest hashes of an article: who shares some of them may tell its story.

    No foreign key: rows come and go with their fingerprint's, and each would cost a look at another page.
    """

    __tablename__ = "fingerprint_hashes"
    __table_args__ = ({"sqlite_with_rowid": False},)

    hash: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)


class AliasRow(Base):
    """Another name of an entry within its feed."""

    __tablename__ = "entry_aliases"
    __table_args__ = (
        ForeignKeyConstraint(["entry_key", "feed"], ["entries.key", "entries.feed"]),
        {"sqlite_with_rowid": False},
    )

    feed: Mapped[str] = mapped_column(primary_key=True)
    alias: Mapped[str] = mapped_column(primary_key=True)
    entry_key: Mapped[str]


class RevisionRow(Base):
    """One change at the source of a post, and what became of it."""

    __tablename__ = "revisions"
    __table_args__ = (
        ForeignKeyConstraint(["entry_key", "feed"], ["entries.key", "entries.feed"]),
        Index(None, "entry_key", "feed"),  # revisions.of_entry
        Index(None, "seen_at"),  # revisions.prune
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    feed: Mapped[str]
    entry_key: Mapped[str]
    seen_at: Mapped[datetime]
    cause: Mapped[str]
    outcome: Mapped[str]
    reason: Mapped[str]
    title: Mapped[str]  #: of the post that stood then
    wordings: Mapped[bytes | None]  #: its words and those at the source, as ``revisions`` packs them


class SecondLookRow(Base):
    """An entry that is looked at again: its page could not be had for a passing reason, or it is held."""

    __tablename__ = "second_looks"
    __table_args__ = (
        ForeignKeyConstraint(["entry_key", "feed"], ["entries.key", "entries.feed"]),
        Index(None, "at"),  # second_looks.claim
    )

    feed: Mapped[str] = mapped_column(primary_key=True)
    entry_key: Mapped[str] = mapped_column(primary_key=True)
    cause: Mapped[str]
    at: Mapped[datetime]  #: of the next look
    looks: Mapped[int]  #: begun so far
    payload: Mapped[str]  #: the whole ``types.Entry`` as JSON, since its feed may show it no more


class StoryVerdictRow(Base):
    """What a person has said about an entry and a story."""

    __tablename__ = "story_verdicts"
    __table_args__ = (
        ForeignKeyConstraint(["entry_key", "feed"], ["entries.key", "entries.feed"]),
        Index(None, "post_key"),  # verdicts.of_story
    )

    entry_key: Mapped[str] = mapped_column(primary_key=True)
    feed: Mapped[str] = mapped_column(primary_key=True)
    post_key: Mapped[str] = mapped_column(primary_key=True)
    belongs: Mapped[str]
    was: Mapped[str | None]
    said_at: Mapped[datetime]


class RecheckRow(Base):
    """A published article whose page is looked at once more."""

    __tablename__ = "rechecks"
    __table_args__ = (
        ForeignKeyConstraint(["entry_key", "feed"], ["entries.key", "entries.feed"]),
        Index(None, "at"),  # rechecks.claim
        Index(None, "domain", "since"),  # rechecks.others
    )

    feed: Mapped[str] = mapped_column(primary_key=True)
    entry_key: Mapped[str] = mapped_column(primary_key=True)
    domain: Mapped[str]  #: registrable; empty for our own servers
    since: Mapped[datetime]  #: when the article was published, else first seen
    at: Mapped[datetime]  #: of the next look
    missing_at: Mapped[datetime | None]
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    validators_url: Mapped[str | None]
    payload: Mapped[bytes]  #: the whole ``types.Entry`` as JSON, compressed


class RecheckDayRow(Base):
    """How many pages of a site were looked at once more on a day."""

    __tablename__ = "recheck_days"

    domain: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[str] = mapped_column(primary_key=True)  #: ``2026-05-04``, in UTC
    looks: Mapped[int]


class RetractionRow(Base):
    """An entry that its publisher has withdrawn, as far as we could see, and what was done about it."""

    __tablename__ = "retractions"
    __table_args__ = (ForeignKeyConstraint(["entry_key", "feed"], ["entries.key", "entries.feed"]),)

    feed: Mapped[str] = mapped_column(primary_key=True)
    entry_key: Mapped[str] = mapped_column(primary_key=True)
    sign: Mapped[str]
    handling: Mapped[str]
    reason: Mapped[str]
    seen_at: Mapped[datetime]


class PostRow(Base):
    """A post in its latest revision."""

    __tablename__ = "posts"
    __table_args__ = (
        Index(None, "feed", "entry_key"),
        Index(None, "published_at"),  # posts.lines
    )

    key: Mapped[str] = mapped_column(primary_key=True)
    feed: Mapped[str]
    entry_key: Mapped[str]
    title: Mapped[str]
    source_name: Mapped[str]
    canonical_url: Mapped[str | None]
    published_at: Mapped[datetime]
    content_hash: Mapped[str]
    payload: Mapped[str]  #: the whole ``types.Post`` as JSON
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class DeliveryRow(Base):
    """One post owed to one target: a row of the outbox. The constraint is what keeps a post from doubling."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("post_key", "target"),
        # claims.take, which reads no row that it does not take.
        Index(None, "state", "target", "published_at", "next_attempt_at", "debut_at", "action"),
        Index(None, "target", "debut_at"),  # targets.debuts
        Index(None, "remote_url"),  # entries.find
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    post_key: Mapped[str] = mapped_column(ForeignKey(PostRow.key))
    target: Mapped[str]
    action: Mapped[str]
    state: Mapped[str]
    revision: Mapped[int]  #: how often it was promised
    claimed_revision: Mapped[int]  #: the promise that the latest attempt works on
    attempts: Mapped[int]
    in_doubt: Mapped[bool]
    published_at: Mapped[datetime]  #: the post's, for the order of delivery
    next_attempt_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    error: Mapped[str]
    remote_id: Mapped[str | None]
    remote_url: Mapped[str | None]
    remote_published_at: Mapped[datetime | None]
    pushed_hash: Mapped[str]
    version: Mapped[str]  #: the target's own mark of what it holds
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    debut_at: Mapped[datetime | None]  #: when the post was first put there, or may have been; None: it is new there


class TargetRow(Base):
    """A target that fails, or is paused. One that is well has no row."""

    __tablename__ = "targets"

    name: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]  #: in a row, of whatever posts
    paused_until: Mapped[datetime | None]
    reason: Mapped[str]
    told: Mapped[bool]  #: a person has been told that it is paused


class TombstoneRow(Base):
    """What was taken back on purpose and must not return. Outlives entry and post."""

    __tablename__ = "tombstones"
    __table_args__ = (
        UniqueConstraint("entry_key", "feed"),
        Index(None, "compare_url"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    feed: Mapped[str]
    entry_key: Mapped[str]
    url: Mapped[str | None]
    compare_url: Mapped[str | None]
    title: Mapped[str]
    reason: Mapped[str]
    buried_at: Mapped[datetime]


class PatternRow(Base):
    """Addresses of which nothing is to be published."""

    __tablename__ = "tombstone_patterns"

    pattern: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    buried_at: Mapped[datetime]


class BlockedSourceRow(Base):
    """A feed that is not asked any more, or a site of which nothing is published, since somebody said no."""

    __tablename__ = "blocked_sources"

    feed: Mapped[str] = mapped_column(primary_key=True)  #: empty: a site alone; first, for feeds.claim_due
    source: Mapped[str] = mapped_column(primary_key=True)  #: as a person named it
    site: Mapped[str]
    reason: Mapped[str]
    blocked_at: Mapped[datetime]


class StepRow(Base):
    """A decision, kept for a while for ``wirecopy explain``."""

    __tablename__ = "journal"
    __table_args__ = (
        Index(None, "feed", "entry_key"),  # journal.of_entry, journal.of_feed
        Index(None, "at"),  # journal.prune
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime]
    feed: Mapped[str]
    entry_key: Mapped[str | None]
    step: Mapped[str]
    outcome: Mapped[str]
    reason: Mapped[str]
