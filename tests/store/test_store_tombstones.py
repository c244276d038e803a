from __future__ import annotations

import pytest
from store_samples import HOUR, NOW, owe, post, record

from aggregator.store import Store, claims, deliveries, entries, feeds, tombstones
from aggregator.types import Action, FeedMemory, Outcome, Publication


def bury(store: Store, url: str | None = "https://alpha.example/1") -> None:
    store.write_now(tombstones.bury, "alpha", "entry-1", url, "takedown", NOW)


def claim(store: Store):  # type: ignore[no-untyped-def]
    return store.write_now(claims.take, NOW, "blog", limit=1, lease=HOUR)


def test_a_key_is_buried_in_its_feed_alone(store: Store) -> None:
    bury(store)
    assert store.read_now(tombstones.matches, "alpha", ["entry-1", "entry-2"]) == {"entry-1": "takedown"}
    assert store.read_now(tombstones.matches, "beta", ["entry-1"]) == {}


@pytest.mark.parametrize(
    ("address", "buried"),
    [
        ("https://alpha.example/1", True),
        ("http://www.alpha.example/1/?utm_source=x", True),
        ("https://alpha.example/11", False),
        ("", False),
    ],
)
def test_an_address_is_buried_in_whatever_spelling(store: Store, address: str, buried: bool) -> None:
    bury(store)
    found = store.read_now(tombstones.matches, "beta", addresses=[address])
    assert found == ({address: "takedown"} if buried else {})


@pytest.mark.parametrize(
    ("pattern", "address", "buried"),
    [
        ("https://alpha.example/ads/*", "https://alpha.example/ads/1", True),
        ("https://alpha.example/ads/*", "http://www.alpha.example/ads/1?x=y", True),
        ("http://www.alpha.example/ads/*", "https://alpha.example/ads/1", True),
        ("alpha.example/ads/*", "https://alpha.example/ads/1/", True),
        ("*sponsored*", "https://beta.example/2026/sponsored-post", True),
        ("https://alpha.example/ads/*", "https://alpha.example/news/1", False),
        ("https://alpha.example/", "https://alpha.example/news", False),
        ("https://alpha.example/?", "https://alpha.example/1", True),
    ],
)
def test_a_pattern_buries_what_fits(store: Store, pattern: str, address: str, buried: bool) -> None:
    store.write_now(tombstones.bury_pattern, pattern, "no advertising", NOW)
    assert store.read_now(tombstones.matches, "", addresses=[address]) == (
        {address: "no advertising"} if buried else {}
    )


def test_many_stars_do_not_take_long(store: Store) -> None:
    store.write_now(tombstones.bury_pattern, "*a" * 40 + "b", "slow", NOW)
    assert store.read_now(tombstones.matches, "", addresses=["https://a.example/" + "a" * 3000]) == {}


def test_a_lifted_pattern_buries_no_more(store: Store) -> None:
    store.write_now(tombstones.bury_pattern, "*", "all", NOW)
    assert store.write_now(tombstones.lift_pattern, "*")
    assert not store.write_now(tombstones.lift_pattern, "*")
    assert store.read_now(tombstones.matches, "", addresses=["https://a.example/"]) == {}


def test_the_patterns_over_an_address_are_told(store: Store) -> None:
    for pattern in ("https://alpha.example/*", "*ads*", "https://beta.example/*"):
        store.write_now(tombstones.bury_pattern, pattern, "no", NOW)
    found = store.read_now(tombstones.patterns_over, ["http://www.alpha.example/ads/1"])
    assert found == ["*ads*", "https://alpha.example/*"]


def test_burying_twice_keeps_the_address_and_the_later_reason(store: Store) -> None:
    bury(store)
    store.write_now(tombstones.bury, "alpha", "entry-1", None, "again", NOW + HOUR)
    (stone,) = store.read_now(tombstones.lines)
    assert (stone.url, stone.reason, stone.buried_at) == ("https://alpha.example/1", "again", NOW + HOUR)


def test_all_tombstones_are_listed_newest_first(store: Store) -> None:
    store.write_now(entries.save, [record(1)], NOW)
    bury(store)
    store.write_now(tombstones.bury_pattern, "*x*", "no", NOW + HOUR)
    stones = store.read_now(tombstones.lines)
    assert [(stone.feed, stone.url, stone.title) for stone in stones] == [
        ("", "*x*", ""),
        ("alpha", "https://alpha.example/1", "Title 1"),
    ]


class TestLift:
    def withdraw(self, store: Store, *, done: bool) -> None:
        owe(store, 1)
        (delivery,) = claim(store)
        store.write_now(
            deliveries.settle, delivery.id, Publication(remote_id="7", remote_url="https://blog.example/7"), NOW
        )
        bury(store)
        store.write_now(deliveries.promise, post(1), ["blog"], Action.WITHDRAW, NOW)
        if done:
            (delivery,) = claim(store)
            store.write_now(deliveries.settle, delivery.id, None, NOW)

    @pytest.mark.parametrize("done", [True, False], ids=["taken back", "still to be taken back"])
    def test_a_withdrawn_post_is_owed_again_after_asking_the_target(self, store: Store, done: bool) -> None:
        self.withdraw(store, done=done)
        assert store.write_now(tombstones.lift, "alpha", "entry-1", NOW)
        (delivery,) = claim(store)
        assert (delivery.action, delivery.in_doubt, delivery.post) == (Action.PUBLISH, True, post(1))
        assert (delivery.publication is None) is done
        store.write_now(
            deliveries.settle, delivery.id, Publication(remote_id="8", remote_url="https://blog.example/8"), NOW
        )
        (line,) = store.read_now(entries.lines)
        assert (line.outcome, line.remote_url) == (Outcome.PUBLISHED, "https://blog.example/8")

    def test_the_entry_is_no_longer_known_as_buried(self, store: Store) -> None:
        self.withdraw(store, done=True)
        store.write_now(tombstones.lift, "alpha", "entry-1", NOW)
        found = store.read_now(entries.known, "alpha", ["entry-1"], [])["entry-1"]
        assert found.outcome is Outcome.QUEUED

    def test_an_entry_without_a_post_waits_for_its_feed_to_be_read_as_a_whole(self, store: Store) -> None:
        store.write_now(entries.save, [record(1, outcome=Outcome.BURIED)], NOW)
        store.write_now(feeds.save_memory, "alpha", FeedMemory(etag='"1"', body_hash="b"))
        bury(store)
        assert store.write_now(tombstones.lift, "alpha", "entry-1", NOW)
        found = store.read_now(entries.known, "alpha", ["entry-1"], [])["entry-1"]
        assert (found.outcome, found.content_hash) == (Outcome.WAITING, "")
        memory = store.read_now(feeds.memory, "alpha")
        assert (memory.etag, memory.body_hash) == (None, None)

    def test_an_entry_that_was_buried_by_a_pattern_can_be_lifted_too(self, store: Store) -> None:
        store.write_now(entries.save, [record(1, outcome=Outcome.BURIED)], NOW)
        assert store.write_now(tombstones.lift, "alpha", "entry-1", NOW)

    def test_where_nothing_is_buried_nothing_is_lifted(self, store: Store) -> None:
        owe(store, 1)
        assert not store.write_now(tombstones.lift, "alpha", "entry-1", NOW)
