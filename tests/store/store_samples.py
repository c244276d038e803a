"""Nouns for the tests of the store, whole with a few facts given."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aggregator.store import EntryRecord, Session, Store, deliveries, entries, feeds, migrate, posts
from aggregator.types import Action, Credit, Entry, Outcome, Post

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
URL = "sqlite:///data/wire.db"
HEAD = max(path.name for path in (migrate.scripts() / "versions").glob("*.py"))[:4]  #: the newest revision


def post(number: int = 1, *, feed: str = "alpha", **facts: object) -> Post:
    blank = Post(
        key=f"{number:032x}",
        feed=feed,
        entry_key=f"entry-{number}",
        title=f"Title {number}",
        slug=f"title-{number}",
        body="<p>Body</p>",
        excerpt="Body",
        credit=Credit(html="", text="", url=None, title="", publisher="The Alpha"),
        published_at=NOW - number * HOUR,
        source_name="The Alpha",
        canonical_url=f"https://alpha.example/{number}",
    )
    return replace(blank, **facts)  # type: ignore[arg-type]


def record(number: int = 1, *, feed: str = "alpha", entry: Entry | None = None, **facts: object) -> EntryRecord:
    blank = EntryRecord(
        feed=feed,
        entry=entry or Entry(key=f"entry-{number}", title=f"Title {number}", url=f"https://alpha.example/{number}"),
        content_hash="hash",
        outcome=Outcome.QUEUED,
        reason="waits for its targets",
    )
    return replace(blank, **facts)  # type: ignore[arg-type]


def subscribe(store: Store, *names: str, every: timedelta = HOUR) -> None:
    wanted = [(name, f"https://{name}.example/feed", every) for name in names]
    store.write_now(feeds.sync, wanted, NOW)


def owe(store: Store, *numbers: int, targets: tuple[str, ...] = ("blog",), action: Action = Action.PUBLISH) -> None:
    """Entries of the feed alpha with their posts, promised to targets."""

    def all_at_once(session: Session) -> None:
        for number in numbers:
            entries.save(session, [record(number, post_key=post(number).key)], NOW)
            posts.save(session, post(number), f"hash-{number}", NOW)
            deliveries.promise(session, post(number), targets, action, NOW)

    store.write_now(all_at_once)
