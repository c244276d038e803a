from __future__ import annotations

from datetime import timedelta

from store_samples import HOUR, NOW

from aggregator.store import Store, journal
from aggregator.types import Step


def step(reason: str, *, feed: str = "alpha", entry: str | None = "entry-1", ago: timedelta = timedelta(0)) -> Step:
    return Step(at=NOW - ago, feed=feed, entry_key=entry, step="change", outcome="new", reason=reason)


def test_the_steps_of_an_entry_come_in_order(store: Store) -> None:
    steps = [step("one"), step("two"), step("three")]
    store.write_now(journal.write, [*steps, step("x", feed="beta"), step("y", entry="entry-2"), step("z", entry=None)])
    assert store.read_now(journal.of_entry, "alpha", "entry-1") == steps


def test_the_last_steps_of_a_feed_come_first(store: Store) -> None:
    store.write_now(journal.write, [step("one", entry=None), step("of an entry"), step("two", entry=None)])
    assert [found.reason for found in store.read_now(journal.of_feed, "alpha")] == ["two", "one"]
    assert [found.reason for found in store.read_now(journal.of_feed, "alpha", 1)] == ["two"]


def test_nothing_is_written_of_nothing(store: Store) -> None:
    store.write_now(journal.write, [])
    assert store.read_now(journal.of_feed, "alpha") == []


def test_old_steps_are_forgotten_a_part_at_a_time(store: Store) -> None:
    store.write_now(journal.write, [step("old", ago=9 * HOUR) for _ in range(5)] + [step("new")])
    counts = [store.write_now(journal.prune, NOW - HOUR, 2) for _ in range(4)]
    assert counts == [2, 2, 1, 0]
    assert [found.reason for found in store.read_now(journal.of_entry, "alpha", "entry-1")] == ["new"]
