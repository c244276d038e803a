from __future__ import annotations

import pickle
from dataclasses import fields, replace
from datetime import timedelta

import pytest
from store_samples import HOUR, MINUTE, NOW, record, subscribe

from aggregator.store import Store, entries, feeds
from aggregator.types import FeedMemory, Identity, Outcome

FULL = FeedMemory(
    etag='W/"a"',
    last_modified="yesterday",
    body_hash="b",
    validators_url="https://alpha.example/feed",
    fresh_until=NOW,
    freshness=MINUTE,
    next_fetch_at=NOW + HOUR,
    last_fetch_at=NOW,
    last_success_at=NOW - HOUR,
    failures=3,
    last_error="timed out",
    gone_at=NOW,
    moved_url="https://alpha.example/new",
    moved_since_at=NOW,
    moved_count=2,
    moved_adopted=True,
    title="The Alpha",
    site_url="https://alpha.example/",
    hub_url="https://hub.example/",
    language="en",
    rights="(c)",
    image_url="https://alpha.example/a.png",
    ttl=HOUR,
    update_period=HOUR,
    skip_hours=(0, 23),
    skip_days=(6,),
    subscribed_at=NOW,
    identity=Identity.ADDRESS,
    identity_doubts=2,
    identity_reason="they are bad",
)


def claim(store: Store, now=NOW, *, limit: int = 10, **more: object) -> list[str]:  # type: ignore[no-untyped-def]
    taken = store.write_now(feeds.claim_due, now, limit=limit, lease=5 * MINUTE, **more)  # type: ignore[arg-type]
    return [name for name, _ in taken]


def due(store: Store, name: str, at) -> None:  # type: ignore[no-untyped-def]
    store.write_now(feeds.save_memory, name, FeedMemory(next_fetch_at=at, last_fetch_at=NOW - 9 * HOUR))


def test_the_whole_memory_comes_back(store: Store) -> None:
    assert all(getattr(FULL, field.name) != field.default for field in fields(FeedMemory))
    store.write_now(feeds.save_memory, "alpha", FULL)
    found = store.read_now(feeds.memory, "alpha")
    assert found == FULL
    assert store.read_now(feeds.memories) == {"alpha": FULL, "beta": FeedMemory()}
    assert pickle.loads(pickle.dumps(found)) == FULL


def test_of_an_unknown_feed_nothing_is_remembered(store: Store) -> None:
    assert store.read_now(feeds.memory, "nobody") == FeedMemory()


class TestSync:
    def sync(self, store: Store, **addresses: str) -> feeds.Synced:
        return store.write_now(feeds.sync, [(name, url, HOUR) for name, url in addresses.items()], NOW)

    def test_the_same_feeds_again_change_nothing(self, store: Store) -> None:
        subscribe(store, "alpha")
        assert self.sync(store, alpha="https://alpha.example/feed") == (0, 0, 0)

    def test_feeds_come_and_go_and_come_back_with_their_memory(self, store: Store) -> None:
        memory = FeedMemory(title="The Alpha", next_fetch_at=NOW + HOUR)
        store.write_now(feeds.save_memory, "alpha", memory)
        assert self.sync(store, beta="https://beta.example/feed", gamma="https://g.example/") == (1, 0, 1)
        assert store.read_now(feeds.memories).keys() == {"beta", "gamma"}
        assert claim(store, NOW + 2 * HOUR) == ["beta", "gamma"]
        self.sync(store, alpha="https://alpha.example/feed")
        assert store.read_now(feeds.memories) == {"alpha": memory}

    def test_a_changed_address_forgets_what_belongs_to_the_old_one(self, store: Store) -> None:
        store.write_now(feeds.save_memory, "alpha", FULL)
        assert self.sync(store, alpha="https://other.example/", beta="https://beta.example/feed") == (0, 1, 0)
        assert store.read_now(feeds.memory, "alpha") == replace(
            FeedMemory(),
            next_fetch_at=FULL.next_fetch_at,
            last_fetch_at=FULL.last_fetch_at,
            last_success_at=FULL.last_success_at,
            title="The Alpha",
            site_url=FULL.site_url,
            hub_url=FULL.hub_url,
            language="en",
            rights="(c)",
            image_url=FULL.image_url,
            identity=Identity.ADDRESS,
            identity_doubts=2,
            identity_reason="they are bad",
            ttl=HOUR,
            update_period=HOUR,
            skip_hours=(0, 23),
            skip_days=(6,),
            subscribed_at=NOW,
        )

    @pytest.mark.parametrize(
        ("due_in", "expected"), [(MINUTE, MINUTE), (9 * HOUR, HOUR)], ids=["soon anyway", "after a long backoff"]
    )
    def test_a_changed_address_is_asked_within_one_interval(
        self, store: Store, due_in: timedelta, expected: timedelta
    ) -> None:
        store.write_now(feeds.save_memory, "alpha", FeedMemory(next_fetch_at=NOW + due_in, failures=7))
        self.sync(store, alpha="https://other.example/")
        assert store.read_now(feeds.memory, "alpha").next_fetch_at == NOW + expected

    @pytest.mark.parametrize(
        ("facts", "expected"),
        [
            ({}, NOW + 20 * MINUTE),
            ({"fresh_until": NOW + 2 * HOUR}, NOW + 2 * HOUR),
            ({"failures": 2}, NOW + 9 * HOUR),
        ],
        ids=["sooner", "but not while it is fresh", "but not while it fails"],
    )
    def test_a_shorter_interval_takes_effect(self, store: Store, facts: dict[str, object], expected: object) -> None:
        store.write_now(feeds.save_memory, "alpha", FeedMemory(next_fetch_at=NOW + 9 * HOUR, **facts))  # type: ignore[arg-type]
        subscribe(store, "alpha", every=20 * MINUTE)
        assert store.read_now(feeds.memory, "alpha").next_fetch_at == expected

    def test_a_longer_interval_waits_for_the_next_refresh(self, store: Store) -> None:
        due(store, "alpha", NOW + MINUTE)
        subscribe(store, "alpha", every=20 * HOUR)
        assert store.read_now(feeds.memory, "alpha").next_fetch_at == NOW + MINUTE

    def test_a_name_given_twice_is_one_feed(self, store: Store) -> None:
        subscribe(store, "gamma", "gamma")
        assert list(store.read_now(feeds.memories)) == ["gamma"]

    def test_a_thousand_feeds_are_one_quick_write(self, store: Store) -> None:
        subscribe(store, *(f"feed-{number}" for number in range(1000)))
        assert len(store.read_now(feeds.memories)) == 1000


class TestClaim:
    def test_a_feed_that_was_never_asked_is_due(self, store: Store) -> None:
        assert claim(store) == ["alpha", "beta"]

    def test_the_most_overdue_comes_first_and_a_new_feed_before_it(self, store: Store) -> None:
        subscribe(store, "alpha", "beta", "gamma")
        due(store, "alpha", NOW - MINUTE)
        due(store, "beta", NOW - HOUR)
        assert claim(store, limit=2) == ["gamma", "beta"]
        assert claim(store) == ["alpha"]

    def test_what_is_not_due_is_not_taken(self, store: Store) -> None:
        due(store, "alpha", NOW + MINUTE)
        due(store, "beta", NOW)
        assert claim(store) == ["beta"]

    def test_a_lease_keeps_others_away_until_it_ends(self, store: Store) -> None:
        assert claim(store, limit=1) == ["alpha"]
        assert claim(store) == ["beta"]
        assert claim(store, NOW + 4 * MINUTE, force=True) == []
        assert claim(store, NOW + HOUR) == ["alpha", "beta"]

    def test_a_claim_writes_the_next_due_time_at_once(self, store: Store) -> None:
        ((name, memory), *_) = store.write_now(feeds.claim_due, NOW, limit=1, lease=MINUTE)
        assert (name, memory.next_fetch_at) == ("alpha", NOW + HOUR)
        store.write_now(feeds.release_leases)
        assert claim(store) == ["beta"]

    def test_saving_the_memory_ends_the_lease(self, store: Store) -> None:
        claim(store)
        due(store, "alpha", NOW)
        assert claim(store) == ["alpha"]

    def test_a_memory_without_a_due_time_keeps_that_of_the_claim(self, store: Store) -> None:
        claim(store)
        store.write_now(feeds.save_memory, "alpha", FeedMemory(title="The Alpha"))
        assert store.read_now(feeds.memory, "alpha") == FeedMemory(title="The Alpha", next_fetch_at=NOW + HOUR)

    def test_a_feed_that_is_gone_is_asked_only_by_force(self, store: Store) -> None:
        store.write_now(feeds.save_memory, "alpha", FeedMemory(next_fetch_at=NOW - HOUR, gone_at=NOW - HOUR))
        assert claim(store) == ["beta"]
        assert claim(store, names=["alpha"]) == []
        assert claim(store, names=["alpha"], force=True) == ["alpha"]

    def test_names_narrow_it_down_and_force_does_not_wait(self, store: Store) -> None:
        due(store, "alpha", NOW + HOUR)
        assert claim(store, names=["alpha"]) == []
        assert claim(store, names=["alpha", "nobody"], force=True) == ["alpha"]

    def test_a_released_lease_leaves_the_due_time(self, store: Store) -> None:
        claim(store)
        assert store.write_now(feeds.release_leases) == 2
        assert store.write_now(feeds.release_leases) == 0
        assert claim(store) == []

    def test_two_claims_never_share_a_feed(self, store: Store) -> None:
        subscribe(store, *(f"feed-{number:03}" for number in range(100)))
        taken = [name for _ in range(20) for name in claim(store, limit=7)]
        assert len(taken) == len(set(taken)) == 100


def test_a_forgotten_document_is_asked_for_without_validators_at_its_usual_time(store: Store) -> None:
    store.write_now(feeds.save_memory, "alpha", FULL)
    store.write_now(feeds.forget_document, "alpha")
    forgotten = {"etag": None, "last_modified": None, "validators_url": None, "body_hash": None}
    assert store.read_now(feeds.memory, "alpha") == replace(FULL, **forgotten)


def test_the_overview_tells_how_each_feed_is_doing(store: Store) -> None:
    store.write_now(feeds.save_memory, "alpha", FULL)
    outcomes = [Outcome.PUBLISHED, Outcome.PUBLISHED, Outcome.DROPPED]
    store.write_now(entries.save, [record(n, outcome=outcome) for n, outcome in enumerate(outcomes)], NOW)
    alpha, beta = store.read_now(feeds.overview)
    assert (alpha.name, alpha.title, alpha.entries, alpha.published, alpha.gone) == ("alpha", "The Alpha", 3, 2, True)
    assert (alpha.failures, alpha.last_error, alpha.last_success_at) == (3, "timed out", NOW - HOUR)
    assert (beta.entries, beta.published, beta.gone, beta.next_fetch_at, beta.lag) == (0, 0, False, None, None)


def test_the_overview_tells_how_late_a_feed_was_asked(store: Store) -> None:
    due(store, "alpha", NOW - 7 * MINUTE)
    claim(store)
    alpha, beta = store.read_now(feeds.overview)
    assert alpha.lag == 7 * MINUTE
    assert beta.lag is None
