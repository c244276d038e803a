"""A clock that was wrong leaves nothing waiting for years."""

from datetime import timedelta

from store_samples import NOW, owe

from aggregator.store import Store, deliveries, feeds, targets
from aggregator.types import FeedMemory


def test_feeds_asked_in_the_future_are_due_and_others_keep_their_time(store: Store) -> None:
    store.write_now(feeds.sync, [(name, f"https://{name}.example/", timedelta(hours=1)) for name in "ab"], NOW)
    ahead = NOW + timedelta(days=400)
    store.write_now(feeds.save_memory, "a", FeedMemory(last_fetch_at=ahead, next_fetch_at=ahead))
    later = NOW + timedelta(hours=1)
    store.write_now(feeds.save_memory, "b", FeedMemory(last_fetch_at=NOW, next_fetch_at=later))
    assert store.write_now(feeds.unstick, NOW) == 1
    assert store.read_now(feeds.memory, "a").next_fetch_at == NOW
    assert store.read_now(feeds.memory, "b").next_fetch_at == later


def test_deliveries_that_wait_for_years_are_due(store: Store) -> None:
    owe(store, 1, 2)
    (first, _) = store.read_now(deliveries.lines)
    store.write_now(deliveries.retry, first.id, NOW + timedelta(days=400), "down", False)
    assert store.write_now(deliveries.unstick, NOW) == 1


def test_a_pause_of_years_ends_and_a_shorter_one_does_not(store: Store) -> None:
    store.write_now(targets.pause, "blog", NOW + timedelta(days=400), "401")
    store.write_now(targets.pause, "news", NOW + timedelta(days=1), "401")
    store.write_now(deliveries.unstick, NOW)
    assert set(store.read_now(targets.paused, NOW)) == {"news"}
