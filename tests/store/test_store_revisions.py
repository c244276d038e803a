"""Revisions: both wordings of each change are kept, bounded in number and size, and forgotten in time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from store_samples import NOW, record

from aggregator.policy.updates import Update, Wording
from aggregator.store import Revision, Store, entries, revisions

HOUR = timedelta(hours=1)


def revision(hours: int = 0, before: str = "before", after: str | None = "after") -> Revision:
    return Revision(
        seen_at=NOW + hours * HOUR,
        cause="feed",
        outcome=Update.CARRIED,
        reason="r",
        before=Wording(title="Old", standfirst="S", text=before),
        after=Wording(title="New", text=after) if after is not None else None,
    )


@pytest.fixture
def entry(store: Store) -> tuple[str, str]:
    store.write_now(entries.save, [record(1)], NOW)
    return "alpha", "entry-1"


def keep(store: Store, entry: tuple[str, str], *kept: Revision) -> None:
    for one in kept:
        store.write_now(revisions.keep, *entry, one)


def test_both_wordings_come_back_latest_first(store: Store, entry: tuple[str, str]) -> None:
    first, second = revision(1, "één", "\ud800 lone"), revision(2)
    keep(store, entry, first, second)
    assert store.read_now(revisions.of_entry, *entry) == [second, first]
    assert store.read_now(revisions.seen_at, *entry) == [first.seen_at, second.seen_at]


def test_where_nothing_new_was_read_the_title_alone_is_kept(store: Store, entry: tuple[str, str]) -> None:
    keep(store, entry, revision(after=None))
    (kept,) = store.read_now(revisions.of_entry, *entry)
    assert (kept.before, kept.after) == (Wording(title="Old"), None)


def test_only_the_latest_are_kept(store: Store, entry: tuple[str, str]) -> None:
    keep(store, entry, *(revision(hours) for hours in range(revisions.KEPT_AT_MOST + 5)))
    kept = store.read_now(revisions.seen_at, *entry)
    assert len(kept) == revisions.KEPT_AT_MOST
    assert min(kept) == NOW + 5 * HOUR


def test_a_huge_text_is_cut(store: Store, entry: tuple[str, str]) -> None:
    keep(store, entry, revision(after="x" * 2_000_000))
    (kept,) = store.read_now(revisions.of_entry, *entry)
    assert kept.after is not None
    assert len(kept.after.text) == revisions.LONGEST_TEXT


def test_what_is_old_is_forgotten(store: Store, entry: tuple[str, str]) -> None:
    keep(store, entry, revision(1), revision(3))
    assert store.write_now(revisions.prune, NOW + 2 * HOUR) == 1
    assert store.read_now(revisions.seen_at, *entry) == [NOW + 3 * HOUR]
