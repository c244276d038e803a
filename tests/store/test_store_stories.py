"""Stories: articles are found by what they share, and forgotten when they are old."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from store_samples import NOW, post, record

from aggregator.policy import fingerprints
from aggregator.policy.fingerprints import Fingerprint
from aggregator.store import Session, Store, entries, posts, stories
from aggregator.types import Outcome

DAY = timedelta(days=1)


def text(seed: int, words: int = 200) -> list[str]:
    dice = random.Random(seed)
    return [f"{dice.choice('bcdfgklmnprst')}{dice.choice('aeiou')}{dice.randrange(10**6)}" for _ in range(words)]


def fingerprint(words: list[str]) -> Fingerprint:
    kept = fingerprints.of(" ".join(words))
    assert kept is not None
    return kept


def take(
    store: Store,
    number: int,
    words: list[str],
    *,
    feed: str = "alpha",
    outcome: Outcome = Outcome.QUEUED,
    days: int = 0,
) -> None:
    """An entry with its post and its fingerprint."""

    def all_at_once(session: Session) -> None:
        made = post(number, feed=feed)
        entries.save(session, [record(number, feed=feed, outcome=outcome, post_key=made.key)], NOW + days * DAY)
        posts.save(session, made, f"hash-{number}", NOW)
        stories.keep(session, feed, f"entry-{number}", fingerprint(words))

    store.write_now(all_at_once)


def kin(store: Store, words: list[str], feed: str = "beta") -> list[str]:
    return [found.told.entry_key for found in store.read_now(stories.kin, fingerprint(words), feed=feed)]


def rows(store: Store) -> tuple[int, int]:
    with closing(sqlite3.connect(store.path)) as connection:
        return tuple(
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("fingerprints", "fingerprint_hashes")
        )  # type: ignore[return-value]


def test_an_article_that_shares_words_is_found_with_all_that_is_compared(store: Store) -> None:
    take(store, 1, text(1))
    take(store, 2, text(2))
    (found,) = store.read_now(stories.kin, fingerprint(text(1)[:150] + text(3, 20)), feed="beta")
    assert found.fingerprint == fingerprint(text(1))
    assert (found.told.feed, found.told.entry_key, found.told.post_key) == ("alpha", "entry-1", post(1).key)
    assert (found.told.title, found.told.publisher, found.told.link) == (
        "Title 1",
        "The Alpha",
        "https://alpha.example/1",
    )
    assert found.at == NOW


def test_the_nearest_comes_first(store: Store) -> None:
    take(store, 1, text(1)[:120] + text(4, 80))
    take(store, 2, text(1))
    take(store, 3, text(1)[:120] + text(5, 80))
    assert kin(store, text(1))[0] == "entry-2"


def test_what_shares_nothing_is_not_found(store: Store) -> None:
    take(store, 1, text(1))
    assert kin(store, text(2)) == []


def test_articles_of_the_same_feed_are_not_found(store: Store) -> None:
    take(store, 1, text(1))
    assert kin(store, text(1), feed="alpha") == []


@pytest.mark.parametrize("outcome", [Outcome.DEAD, Outcome.WITHDRAWN, Outcome.DUPLICATE])
def test_an_article_whose_post_does_not_stand_is_not_found(store: Store, outcome: Outcome) -> None:
    take(store, 1, text(1), outcome=outcome)
    assert kin(store, text(1)) == []


def test_an_article_is_found_however_much_its_feed_says_the_same(store: Store) -> None:
    """Its own feed's articles don't stand in the way of another's."""
    take(store, 1, text(1))
    for number in range(2, 40):
        take(store, number, text(1)[:-10] + text(number, 10), feed="beta")
    assert kin(store, text(1)) == ["entry-1"]


def test_no_more_are_compared_than_is_quick(store: Store) -> None:
    for number in range(1, stories.COMPARED + 15):
        take(store, number, text(1))
    assert len(kin(store, text(1))) == stories.COMPARED


def test_a_new_fingerprint_takes_the_place_of_the_old_one(store: Store) -> None:
    take(store, 1, text(1))
    take(store, 1, text(2))
    assert (kin(store, text(1)), kin(store, text(2))) == ([], ["entry-1"])
    assert rows(store) == (1, fingerprints.LOWEST)


def test_keeping_it_again_changes_nothing(store: Store) -> None:
    take(store, 1, text(1))
    take(store, 1, text(1))
    assert rows(store) == (1, fingerprints.LOWEST)


def test_a_fingerprint_made_by_other_rules_is_passed_over(store: Store) -> None:
    take(store, 1, text(1))
    with closing(sqlite3.connect(store.path)) as connection, connection:
        connection.execute("UPDATE fingerprints SET kept = CAST(x'63' || substr(kept, 2) AS BLOB)")
    assert kin(store, text(1)) == []
    assert store.read_now(stories.siblings, "alpha", "other") == []


def test_the_latest_other_articles_of_a_feed_are_its_siblings(store: Store) -> None:
    for number in range(1, 7):
        take(store, number, text(number))
    take(store, 7, text(7), feed="beta")
    found = store.read_now(stories.siblings, "alpha", "entry-6")
    assert found == [fingerprint(text(number)) for number in (5, 4, 3)]


def test_the_entries_that_tell_a_story_are_listed_as_they_came(store: Store) -> None:
    def save(session: Session) -> None:
        for number, told_by in [(2, post(1).key), (3, None), (4, post(1).key)]:
            one = record(number, outcome=Outcome.DUPLICATE, reason="told", told_by=told_by)
            entries.save(session, [one], NOW)

    store.write_now(save)
    assert [teller.key for teller in store.read_now(stories.tellers, post(1).key)] == ["entry-2", "entry-4"]


def test_old_fingerprints_are_forgotten_a_few_at_a_time(store: Store) -> None:
    for number in range(1, 6):
        take(store, number, text(number), days=number)
    before = NOW + 4 * DAY
    assert store.write_now(stories.prune, before, limit=2) == 2
    assert store.write_now(stories.prune, before, limit=2) == 1
    assert store.write_now(stories.prune, before, limit=2) == 0
    assert rows(store) == (2, 2 * fingerprints.LOWEST)
    assert (kin(store, text(1)), kin(store, text(4))) == ([], ["entry-4"])
