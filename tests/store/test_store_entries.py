from __future__ import annotations

from dataclasses import replace

import pytest
from store_samples import HOUR, NOW, owe, post, record

from aggregator import urls
from aggregator.policy.identity import Traits
from aggregator.store import Store, claims, deliveries, entries, posts, tombstones
from aggregator.types import Basis, Entry, Outcome, Publication


def save(store: Store, *records: entries.EntryRecord, at=NOW) -> None:  # type: ignore[no-untyped-def]
    store.write_now(entries.save, records, at)


def known(store: Store, feed: str = "alpha", keys=(), aliases=()):  # type: ignore[no-untyped-def]
    return store.read_now(entries.known, feed, keys, aliases)


class TestKnown:
    def test_an_entry_is_known_by_its_key_and_by_its_aliases(self, store: Store) -> None:
        save(
            store, record(1, traits=Traits(names=("u:alpha.example/1", "g:1")), post_key="p", outcome=Outcome.PUBLISHED)
        )
        found = known(store, keys=["entry-1", "entry-2"], aliases=["u:alpha.example/1", "g:1", "g:2"])
        assert found.keys() == {"entry-1", "u:alpha.example/1", "g:1"}
        for one in found.values():
            assert (one.key, one.outcome, one.post_key, one.title) == ("entry-1", Outcome.PUBLISHED, "p", "Title 1")
            assert (one.first_seen_at, one.published_at, one.url) == (NOW, None, "https://alpha.example/1")

    def test_another_feed_with_the_same_guid_knows_nothing(self, store: Store) -> None:
        save(store, record(1, traits=Traits(names=("g:1",))))
        assert known(store, "beta", ["entry-1"], ["g:1"]) == {}

    def test_an_alias_stays_with_the_entry_that_had_it_first(self, store: Store) -> None:
        save(store, record(1, traits=Traits(names=("u:page",))), record(2, traits=Traits(names=("u:page",))))
        assert known(store, aliases=["u:page"])["u:page"].key == "entry-1"

    def test_many_keys_are_known_at_once(self, store: Store) -> None:
        save(store, *(record(number, traits=Traits(names=(f"g:{number}",))) for number in range(1200)))
        found = known(store, keys=[f"entry-{n}" for n in range(1200)], aliases={f"g:{n}" for n in range(1200)})
        assert len(found) == 2400

    def test_a_buried_entry_is_known_as_buried_with_all_else_that_is_known(self, store: Store) -> None:
        save(store, record(1, traits=Traits(names=("g:1",)), post_key="p"))
        store.write_now(tombstones.bury, "alpha", "entry-1", None, "takedown", NOW)
        for one in known(store, keys=["entry-1"], aliases=["g:1"]).values():
            assert (one.outcome, one.key, one.post_key, one.content_hash) == (Outcome.BURIED, "entry-1", "p", "hash")

    def test_a_tombstone_outlives_its_entry(self, store: Store) -> None:
        store.write_now(tombstones.bury, "alpha", "entry-9", "https://alpha.example/9", "takedown", NOW)
        assert known(store, keys=["entry-9"])["entry-9"].outcome is Outcome.BURIED

    def test_a_buried_address_is_known_as_buried_in_every_feed(self, store: Store) -> None:
        save(store, record(1))
        store.write_now(tombstones.bury, "alpha", "entry-1", "https://www.alpha.example/1/?utm_source=x", "no", NOW)
        (found,) = known(store, "beta", ["other"], ["u:alpha.example/1"]).values()
        assert (found.outcome, found.title) == (Outcome.BURIED, "Title 1")


class TestSave:
    def test_first_sight_first_date_and_post_stay_and_the_rest_is_the_latest(self, store: Store) -> None:
        entry = Entry(key="entry-1", guid="g", title="Old", url="https://alpha.example/1", published_at=NOW - HOUR)
        first = record(1, entry=entry, post_key="p", basis=Basis.PAGE, method="m", score=0.5, reasons=("r",))
        save(store, first)
        again = replace(entry, title="New", published_at=NOW, guid=None, url=None)
        save(store, record(1, entry=again, content_hash="new", outcome=Outcome.DROPPED), at=NOW + HOUR)
        (line,) = store.read_now(entries.lines)
        assert (line.title, line.outcome, line.last_seen_at) == ("New", Outcome.DROPPED, NOW + HOUR)
        assert (line.first_seen_at, line.published_at, line.post_key) == (NOW, NOW - HOUR, "p")
        assert (line.url, line.basis, line.method, line.score) == ("https://alpha.example/1", Basis.PAGE, "m", 0.5)

    def test_equal_keys_of_two_feeds_are_two_entries(self, store: Store) -> None:
        save(store, record(1), record(1, feed="beta", content_hash="other"))
        assert len(store.read_now(entries.lines)) == 2

    def test_nothing_is_saved_of_nothing(self, store: Store) -> None:
        save(store)
        assert store.read_now(entries.lines) == []

    def test_a_hostile_title_comes_back_as_it_was(self, store: Store) -> None:
        title = "'; DROP TABLE entries; --\0\u202e\U0001f600"
        save(store, record(1, entry=Entry(key="k", title=title)))
        assert store.read_now(entries.lines)[0].title == title


def test_touching_notes_that_an_entry_is_still_shown(store: Store) -> None:
    save(store, record(1), record(2), record(1, feed="beta"))
    store.write_now(entries.touch, "alpha", ["entry-1"], NOW + HOUR)
    seen = {(line.feed, line.key): line.last_seen_at for line in store.read_now(entries.lines)}
    assert seen == {("alpha", "entry-1"): NOW + HOUR, ("alpha", "entry-2"): NOW, ("beta", "entry-1"): NOW}


class TestToldAt:
    def test_an_entry_with_a_post_is_told_at_its_link_and_at_its_canonical_address(self, store: Store) -> None:
        owe(store, 1)
        save(store, record(1, canonical_url="https://origin.example/story", post_key=post(1).key))
        for address in ("https://alpha.example/1", "http://www.origin.example/story/"):
            (told,) = store.read_now(entries.told_at, [urls.compare_key(address)])
            assert (told.feed, told.entry_key, told.title) == ("alpha", "entry-1", "Title 1")
            assert (told.url, told.publisher, told.post_key) == (
                "https://origin.example/story",
                "The Alpha",
                post(1).key,
            )

    def test_an_entry_without_a_post_tells_nothing(self, store: Store) -> None:
        save(store, record(1, outcome=Outcome.DROPPED))
        assert store.read_now(entries.told_at, ["alpha.example/1"]) == []

    def test_the_first_teller_comes_first(self, store: Store) -> None:
        owe(store, 1, 2)
        shared = Entry(key="entry-2", title="Again", url="https://alpha.example/1")
        save(store, record(2, entry=shared, post_key=post(2).key))
        told = store.read_now(entries.told_at, ["alpha.example/1", "alpha.example/2"])
        assert [one.entry_key for one in told] == ["entry-1", "entry-2"]


class TestLines:
    def test_the_latest_seen_come_first(self, store: Store) -> None:
        save(store, record(1))
        save(store, record(2), record(3, feed="beta"), at=NOW + HOUR)
        assert [line.key for line in store.read_now(entries.lines)] == ["entry-3", "entry-2", "entry-1"]
        assert [line.key for line in store.read_now(entries.lines, limit=1)] == ["entry-3"]

    def test_they_can_be_narrowed_down(self, store: Store) -> None:
        save(store, record(1), record(2, outcome=Outcome.DEAD), record(3, feed="beta"))
        assert [line.key for line in store.read_now(entries.lines, feed="beta")] == ["entry-3"]
        assert [line.key for line in store.read_now(entries.lines, outcome=Outcome.DEAD)] == ["entry-2"]

    def test_they_tell_where_the_post_is(self, store: Store) -> None:
        owe(store, 1, targets=("blog", "news"))
        assert store.read_now(entries.lines)[0].remote_url is None
        for delivery in claimed(store, "blog", "news"):
            publication = Publication(remote_id="1", remote_url=f"https://{delivery.target}.example/1")
            store.write_now(deliveries.settle, delivery.id, publication, NOW)
        (line,) = store.read_now(entries.lines)
        assert line.remote_urls == (("blog", "https://blog.example/1"), ("news", "https://news.example/1"))
        assert line.remote_url == "https://blog.example/1"


class TestFind:
    @pytest.mark.parametrize(
        "asked",
        [
            "entry-1",
            post(1).key,
            post(1).key[:31],
            "https://alpha.example/1",
            "http://www.alpha.example/1/?utm_source=rss#top",
            "https://blog.example/2026/1",
            " https://blog.example/2026/1/ ",
        ],
    )
    def test_an_entry_is_found_by_whatever_names_it(self, store: Store, asked: str) -> None:
        owe(store, 1, 17)
        for delivery in claimed(store, "blog", many=2):
            remote = f"https://blog.example/2026/{int(delivery.key, 16)}"
            store.write_now(deliveries.settle, delivery.id, Publication(remote_id="1", remote_url=remote), NOW)
        assert [line.key for line in store.read_now(entries.find, asked)] == ["entry-1"]

    def test_one_address_may_be_of_several_entries(self, store: Store) -> None:
        shared = [Entry(key=key, title=key, url="https://alpha.example/status") for key in "ab"]
        save(store, *(record(entry=entry) for entry in shared))
        assert [line.key for line in store.read_now(entries.find, "https://alpha.example/status")] == ["a", "b"]

    @pytest.mark.parametrize("asked", ["", "nothing", "https://nowhere.example/", "%", "http://[", "x" * 10_000])
    def test_what_names_nothing_finds_nothing(self, store: Store, asked: str) -> None:
        owe(store, 1)
        assert store.read_now(entries.find, asked) == []


def test_counts_are_by_outcome(store: Store) -> None:
    save(store, record(1), record(2), record(3, outcome=Outcome.DEAD))
    assert store.read_now(entries.counts) == {Outcome.QUEUED: 2, Outcome.DEAD: 1}


def test_an_outcome_is_settled_for_the_entry_that_the_post_was_made_from(store: Store) -> None:
    owe(store, 1)
    save(store, record(2, outcome=Outcome.DUPLICATE, post_key=post(1).key))
    store.write_now(entries.settle_outcome, post(1).key, Outcome.DEAD, "rejected")
    stands = {line.key: (line.outcome, line.reason) for line in store.read_now(entries.lines)}
    assert stands["entry-1"] == (Outcome.DEAD, "rejected")
    assert stands["entry-2"][0] is Outcome.DUPLICATE
    store.write_now(entries.settle_outcome, "no such post", Outcome.DEAD, "rejected")


def test_posts_are_listed_newest_first_with_where_they_are(store: Store) -> None:
    owe(store, 2, 1)
    (delivery,) = claimed(store, "blog")
    store.write_now(deliveries.settle, delivery.id, Publication(remote_id="1", remote_url="https://blog.example/"), NOW)
    lines = store.read_now(posts.lines)
    assert [(line.key, line.remote_urls) for line in lines] == [
        (post(1).key, ()),
        (post(2).key, (("blog", "https://blog.example/"),)),
    ]
    assert store.read_now(posts.lines, feed="beta") == []
    assert len(store.read_now(posts.lines, limit=1)) == 1


def claimed(store: Store, *targets: str, many: int = 1):  # type: ignore[no-untyped-def]
    return [
        delivery for target in targets for delivery in store.write_now(claims.take, NOW, target, limit=many, lease=HOUR)
    ]
