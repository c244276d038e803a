"""The nouns themselves, in the order in which data passes through them, and what is remembered between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aggregator.types.parts import Author, Deleted, Enclosure, Image, Origin, UpdateNote
from aggregator.types.words import (
    Action,
    Basis,
    DeliveryState,
    Duplicates,
    Future,
    Identity,
    Lead,
    Outcome,
    Rights,
    Updates,
    Withdrawals,
)

#: When pages of published articles are looked at once more, unless configured: mending and withdrawing mostly happen
#: soon, so that spans grow.
RECHECK = (
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=3),
    timedelta(days=7),
    timedelta(days=30),
)

# --- feed ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """How often a feed is asked: exactly one of the three is set."""

    interval: timedelta | None = None
    cron: str | None = None  #: a five-field cron line, in UTC
    auto: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSettings:
    """One transform as configured."""

    kind: str
    name: str
    options: object  #: as the kind's own model read them


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedMemory:
    """What we remember of a feed between two refreshes."""

    etag: str | None = None  #: byte for byte as received with the last good 200 or 304
    last_modified: str | None = None  #: likewise, whatever its form
    body_hash: str | None = None  #: SHA-256 of the last parsed body
    validators_url: str | None = None  #: the final address that the validators belong to
    fresh_until: datetime | None = (
        None  #: not to be asked before: declared lifetime, Retry-After, least wait after a failure
    )
    freshness: timedelta | None = None  #: the last declared freshness lifetime, reused by a bare 304
    next_fetch_at: datetime | None = None  #: None: never asked
    last_fetch_at: datetime | None = None
    last_success_at: datetime | None = None
    failures: int = 0  #: in a row
    last_error: str = ""
    gone_at: datetime | None = None  #: since when the server says 410: never asked again
    moved_url: str | None = None  #: a permanent redirect under observation, or adopted
    moved_since_at: datetime | None = None
    moved_count: int = 0
    moved_adopted: bool = False  #: ``moved_url`` is now asked instead of the configured address
    title: str = ""  #: as the document says
    site_url: str | None = None
    hub_url: str | None = None
    language: str | None = None
    rights: str = ""  #: the feed's own copyright line
    image_url: str | None = None
    ttl: timedelta | None = None
    update_period: timedelta | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()  #: Monday is 0
    subscribed_at: datetime | None = None  #: first successful refresh; None until then
    identity: Identity = Identity.ID  #: how far its ids and addresses have proved good; never goes back by itself
    identity_doubts: int = 0  #: documents in a row that spoke against trusting them
    identity_reason: str = ""  #: why they are not trusted; empty: they are


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A subscription as the pipeline needs it now: settings plus memory."""

    name: str  #: its key in the TOML
    url: str  #: as configured
    kind: str = "feed"
    title: str = ""  #: credit name as configured; empty: use the feed's own
    every: Every = Every(interval=timedelta(hours=1))
    rights: Rights = Rights.FULL
    rights_permission: bool = (
        False  #: the owner says that he has permission: the source's signals don't lower ``rights``
    )
    extract: bool = True
    max_age: timedelta | None = None  #: None: no limit
    max_new: int = 20  #: how many entries are taken on first subscription
    max_old: int | None = 10  #: how many old entries may come at once later; None: any
    future: Future = Future.NOW
    duplicates: Duplicates = Duplicates.STORY
    lead: Lead = Lead.ORIGINAL
    withdrawn: Withdrawals = Withdrawals.REMOVE
    identity: Identity | None = None  #: as configured; None: by its ids, until they prove bad
    recheck: tuple[timedelta, ...] = RECHECK  #: how long after publication its page is looked at once more
    update: Updates = Updates.ALWAYS
    update_note: bool = False  #: posts say what changed when they were last updated
    targets: tuple[str, ...] = ()
    transforms: tuple[StepSettings, ...] = ()
    allow_hosts: tuple[str, ...] = ()  #: article pages are fetched only from these; empty: any
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    auth: tuple[str, str] | None = field(default=None, repr=False)  #: user, password
    group: str = ""
    licence: str = ""  #: as configured: name or address of the licence that the feed is under
    credit: str = ""  #: Jinja2 template of the credit line; empty: the built-in one
    options: Mapping[str, object] = field(default_factory=dict)  #: of the source kind
    memory: FeedMemory = FeedMemory()

    @property
    def credit_name(self) -> str:
        """The publisher's name for a reader: configured, or the feed's own title, or the host."""
        return self.title or self.memory.title or self.url.split("/")[2]


# --- fetch -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One redirect that was followed."""

    status: int
    url: str  #: where it led


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The answer to one GET, read to the end."""

    url: str  #: final address
    requested_url: str
    status: int
    headers: tuple[tuple[str, str], ...]  #: names in lower case, in order
    body: bytes = field(repr=False)  #: decompressed
    fetched_at: datetime  #: when the answer began to arrive
    hops: tuple[Hop, ...] = ()
    not_modified: bool = False  #: 304: ``body`` is empty
    fresh_for: timedelta | None = None  #: declared lifetime left on arrival; zero: declared stale; None: nothing said

    def header(self, name: str) -> str | None:
        """The first value of a header field, None if absent."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key == wanted), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSeen:
    """What is remembered of an article's page, so that it can be asked whether it has changed."""

    url: str | None  #: the final address, which the validators belong to
    etag: str | None
    last_modified: str | None
    domain: str  #: registrable, for counting; empty for our own servers

    @property
    def validated(self) -> bool:
        """Whether it can be asked that."""
        return bool(self.etag or self.last_modified)


# --- parse -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the feed said about one item."""

    key: str = ""  #: our identity within the feed; set by ``policy.identity``
    guid: str | None = None  #: as the document says it, never resolved
    url: str | None = None  #: permalink, resolved, http(s) only
    title: str = ""
    summary: str = ""  #: HTML as given
    content: str = ""  #: HTML as given
    authors: tuple[Author, ...] = ()
    published_at: datetime | None = None
    updated_at: datetime | None = None
    tags: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    images: tuple[Image, ...] = ()
    origin: Origin | None = None
    language: str | None = None
    rights: str = ""
    comments_url: str | None = None
    base_url: str | None = None  #: what relative addresses in ``summary`` and ``content`` are relative to
    raw: Mapping[str, str] = field(
        default_factory=dict
    )  #: other elements, ``prefix:name`` or ``prefix:name@attribute``


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """One feed document understood."""

    title: str = ""
    subtitle: str = ""
    site_url: str | None = None
    self_url: str | None = None
    hub_url: str | None = None
    next_url: str | None = None  #: next page of a paged feed (RFC 5005)
    language: str | None = None
    rights: str = ""
    generator: str = ""
    image_url: str | None = None
    ttl: timedelta | None = None
    update_period: timedelta | None = None  #: from ``sy:``
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()  #: Monday is 0
    entries: tuple[Entry, ...] = ()
    left_out: int = 0  #: entries beyond the cap that were not read
    deleted: tuple[Deleted, ...] = ()  #: entries that it says it has withdrawn (RFC 6721)
    complete: bool = False  #: it lists all its entries: what it lists no more is no more (RFC 5005, 2)
    method: str = ""  #: which parser read it
    notes: tuple[str, ...] = ()  #: what was repaired, e.g. "not well-formed"


# --- article ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An entry joined with what its page said."""

    entry: Entry
    title: str
    body: str  #: HTML, absolute addresses; cleaned once more by ``pipeline.compose``
    text: str  #: the plain text of ``body``
    basis: Basis
    method: str  #: which extractor gave the body
    score: float  #: 0 to 1: how sure we are of the body
    reasons: tuple[str, ...] = ()  #: how title, author, date and body were chosen
    canonical_url: str | None = None
    comes_from: tuple[str, ...] = ()  #: addresses on other sites and names whose words these are, as it says itself
    page_title: str = ""  #: as its page says; ``title`` may be the feed's
    standfirst: str = ""
    authors: tuple[Author, ...] = ()
    publisher: str = ""
    published_at: datetime | None = None
    modified_at: datetime | None = None
    lead: Image | None = None
    images: tuple[Image, ...] = ()
    tags: tuple[str, ...] = ()
    language: str | None = None
    licence: str = ""  #: address or name of the licence
    reservations: tuple[str, ...] = ()  #: rights signals seen, e.g. ``robots: noarchive``, ``tdm-reservation: 1``


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFile:
    """A picture that we hold a checked copy of."""

    url: str  #: where it came from
    path: str  #: absolute path of our copy
    sha256: str
    type: str  #: media type, from the bytes: image/jpeg, image/png, image/gif, image/webp
    width: int  #: pixels
    height: int
    thumbnail: str = ""  #: absolute path of a smaller copy (at most 640 px wide); empty: none was needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the store holds of an entry that a feed shows again."""

    key: str
    outcome: Outcome
    content_hash: str  #: of the normalised text that the entry had when we last took it
    post_key: str | None
    first_seen_at: datetime
    published_at: datetime | None = None
    title: str = ""  #: as the entry said when we last took it
    url: str | None = None
    guid: str | None = None
    words: bytes = b""  #: sketch of the feed's text, see ``policy.identity``; empty: none is kept
    basis: Basis | None = None  #: where the text of its article came from; None: no article was made


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One decision on the way of an entry or a feed, for the journal and ``wirecopy explain``."""

    at: datetime
    feed: str
    entry_key: str | None  #: None: about the feed as a whole
    step: str  #: refresh, identity, change, rights, extract, duplicates, transform, compose, deliver …
    outcome: str
    reason: str


# --- post ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """The line that tells a reader who made it and where."""

    html: str  #: cleaned HTML
    text: str
    url: str | None  #: the original
    title: str  #: the original's title
    publisher: str
    publisher_url: str | None = None
    authors: tuple[Author, ...] = ()
    licence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """Another place that tells the same story."""

    title: str
    url: str
    publisher: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What we want to publish, shaped for readers."""

    key: str  #: stable over revisions: 32 hex digits made from feed name and entry key
    feed: str
    entry_key: str
    title: str
    slug: str  #: [a-z0-9-], ends in eight digits of ``key``
    body: str  #: clean HTML, without the credit line
    excerpt: str
    credit: Credit
    closing: str = ""  #: clean HTML that stands behind the credit line
    standfirst: str = ""
    canonical_url: str | None = None
    authors: tuple[Author, ...] = ()
    tags: tuple[str, ...] = ()
    lead: Image | None = None
    images: tuple[Image, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    published_at: datetime  #: the original's date, or when we first saw it; never in the future
    modified_at: datetime | None = None
    language: str | None = None
    rights: Rights = Rights.FULL
    source_name: str = ""  #: the publisher's name
    source_url: str | None = None  #: its site
    feed_url: str | None = None  #: the feed that brought it, without secrets
    feed_title: str = ""
    via: tuple[str, ...] = ()  #: aggregators that it came through
    also_reported_by: tuple[Sighting, ...] = ()
    withdrawn_at: datetime | None = None  #: its publisher has withdrawn the article, and the post stays and says so
    update_note: UpdateNote | None = None  #: None: nothing changed, or nothing is to be said of it
    altered: str = ""  #: how a machine changed the text; disclosed to readers
    generator: str = ""  #: visible label such as "Generated by Wirecopy"; empty: none


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One post owed to one target."""

    id: int
    key: str  #: idempotency key: the post's key
    target: str
    action: Action
    post: Post
    state: DeliveryState
    attempts: int  #: begun before this one
    in_doubt: bool  #: an earlier attempt may have succeeded: ask the target first
    next_attempt_at: datetime
    lease_until: datetime | None = None
    publication: Publication | None = None  #: what the target holds already


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """The target's answer: what now exists there."""

    remote_id: str
    remote_url: str | None = None
    published_at: datetime | None = None
    pushed_hash: str = ""  #: the revision that the target is known to hold; empty: not known, or half done
    version: str = ""  #: the target's own mark of what it holds, to see later whether a person changed it there
    note: str = ""  #: what a person should know of this push, for the journal
