"""By what stored entries are met again; feeds that get another name; feeds that are one document."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from store_samples import HOUR, NOW, owe, post, record

from aggregator.policy.identity import SCHEME, Traits
from aggregator.policy.recognition import KIN_AT_MOST
from aggregator.store import Store, entries, feeds, identities, journal, posts, tombstones
from aggregator.types import Entry, FeedMemory, Outcome, Step


def save(store: Store, count: int, heading: int, first: int = 0) -> None:
    traits = Traits(heading=heading, words=b"w")
    store.write_now(entries.save, [record(first + n, traits=traits) for n in range(count)], NOW)


def test_the_latest_entries_of_a_title_are_found(store: Store) -> None:
    save(store, KIN_AT_MOST + 5, 7)
    save(store, 2, 8, first=900)
    found = store.read_now(identities.kin, "alpha", [7, 8, 9])
    assert {heading: len(kin) for heading, kin in found.items()} == {7: KIN_AT_MOST, 8: 2}
    assert [known.key for known in found[8]] == ["entry-901", "entry-900"]
    assert found[8][0].words == b"w"
    assert store.read_now(identities.kin, "beta", [7]) == {}


def test_what_was_buried_is_found_as_buried(store: Store) -> None:
    save(store, 1, 7)
    store.write_now(tombstones.bury, "alpha", "entry-0", None, "no", NOW)
    assert store.read_now(identities.kin, "alpha", [7])[7][0].outcome is Outcome.BURIED


def test_a_name_that_was_learnt_leads_to_the_entry_and_stays_with_it(store: Store) -> None:
    store.write_now(entries.save, [record(1), record(2)], NOW)
    store.write_now(identities.learn, "alpha", {"entry-1": ("new-key", "g:1"), "entry-2": ()})
    store.write_now(identities.learn, "alpha", {"no-entry": ("g:2",)})
    store.write_now(identities.learn, "alpha", {"entry-2": ("g:1",)})
    found = store.read_now(entries.known, "alpha", ["new-key"], ["g:1", "g:2"])
    assert {name: known.key for name, known in found.items()} == {"new-key": "entry-1", "g:1": "entry-1"}


def test_what_an_older_scheme_has_derived_is_made_anew_out_of_the_inputs(store: Store) -> None:
    wrapped = "https://www.google.com/url?url=https%3A%2F%2Fa.example%2F1"
    entry = Entry(key="old", title="A title", url=wrapped)
    store.write_now(entries.save, [record(1, entry=entry, identity_scheme=1)], NOW)
    store.write_now(tombstones.bury, "alpha", "old", wrapped, "no", NOW)
    with closing(sqlite3.connect(str(store.path))) as connection, connection:
        connection.execute("UPDATE entries SET link_key = 'www.google.com/url', compare_url = 'www.google.com/url'")
        connection.execute("UPDATE tombstones SET compare_url = 'www.google.com/url'")
    assert store.write_now(identities.restate) == 1
    assert store.write_now(identities.restate) == 0
    with closing(sqlite3.connect(str(store.path))) as connection:
        row = connection.execute("SELECT key, identity_scheme, link_key, compare_url FROM entries").fetchone()
        assert row == ("old", SCHEME, "a.example/1", "a.example/1")
    buried = store.read_now(entries.known, "beta", (), ["u:a.example/1"])
    assert buried["u:a.example/1"].outcome is Outcome.BURIED


class TestRenames:
    def sync(self, store: Store, **addresses: str) -> feeds.Synced:
        return store.write_now(feeds.sync, [(name, url, HOUR) for name, url in addresses.items()], NOW)

    def test_a_feed_under_another_name_keeps_all_that_it_had(self, store: Store) -> None:
        owe(store, 1)
        store.write_now(identities.learn, "alpha", {"entry-1": ("g:1",)})
        store.write_now(feeds.save_memory, "alpha", FeedMemory(title="The Alpha", subscribed_at=NOW))
        step = Step(at=NOW, feed="alpha", entry_key="entry-1", step="s", outcome="o", reason="r")
        store.write_now(journal.write, [step])
        store.write_now(tombstones.bury, "alpha", "entry-1", None, "no", NOW)
        assert self.sync(store, omega="http://alpha.example/feed/", beta="https://beta.example/feed").added == 0
        assert store.read_now(feeds.memories).keys() == {"omega", "beta"}
        assert store.read_now(feeds.memory, "omega").title == "The Alpha"
        assert store.read_now(entries.known, "omega", ["entry-1"], ["g:1"]).keys() == {"entry-1", "g:1"}
        kept = store.read_now(posts.get, post(1).key)
        assert kept is not None
        assert (kept.feed, kept.title) == ("omega", post(1).title)
        assert len(store.read_now(journal.of_entry, "omega", "entry-1")) == 1
        assert store.read_now(tombstones.of_keys, "omega", ["entry-1"]).keys() == {"entry-1"}
        with closing(sqlite3.connect(str(store.path))) as connection:
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []

    def test_a_feed_that_had_moved_is_met_at_its_new_address(self, store: Store) -> None:
        store.write_now(feeds.save_memory, "alpha", FeedMemory(moved_url="https://new.example/feed"))
        self.sync(store, omega="https://new.example/feed", beta="https://beta.example/feed")
        assert store.read_now(feeds.memories).keys() == {"omega", "beta"}

    @pytest.mark.parametrize("gone", [False, True])
    def test_a_name_that_stands_or_stood_is_no_new_name(self, store: Store, gone: bool) -> None:
        if gone:
            self.sync(store, alpha="https://alpha.example/feed")
        self.sync(store, beta="https://alpha.example/feed")
        assert store.read_now(feeds.memories).keys() == {"beta"}

    def test_a_second_feed_at_an_address_takes_nothing_from_the_first(self, store: Store) -> None:
        self.sync(store, alpha="https://alpha.example/feed", omega="https://alpha.example/feed/")
        assert store.read_now(feeds.memories).keys() == {"alpha", "omega"}


def test_feeds_that_are_one_document_are_told(store: Store) -> None:
    store.write_now(feeds.save_memory, "alpha", FeedMemory(last_success_at=NOW, validators_url="https://c.example/"))
    assert store.read_now(feeds.same_documents) == []
    store.write_now(feeds.save_memory, "beta", FeedMemory(last_success_at=NOW, validators_url="https://c.example/"))
    assert store.read_now(feeds.same_documents) == [("alpha", "beta")]
    store.write_now(feeds.save_memory, "alpha", FeedMemory(last_success_at=NOW, body_hash="b"))
    store.write_now(feeds.save_memory, "beta", FeedMemory(last_success_at=NOW, body_hash="b"))
    assert store.read_now(feeds.same_documents) == [("alpha", "beta")]
