from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from store_samples import HOUR, MINUTE, NOW, record, subscribe

from aggregator.policy.hold import Cause
from aggregator.store import SecondLook, Session, Store, entries, feeds, second_looks
from aggregator.types import Author, Enclosure, Entry, Image, Origin

ENTRY = Entry(
    key="entry-1",
    guid="g",
    url="https://alpha.example/1",
    title="Title 1",
    content="<p>Words &amp; \U0001f600</p>",
    authors=(Author(name="Ada"),),
    published_at=NOW,
    enclosures=(Enclosure(url="https://alpha.example/1.mp3", type="audio/mpeg", length=3),),
    images=(Image(url="https://alpha.example/1.png", width=3),),
    origin=Origin(name="Beta", chain=("Gamma",)),
    raw={"media:rating": "good"},
)


def plan(store: Store, *made: tuple[Entry, timedelta], feed: str = "alpha") -> None:
    def all_at_once(session: Session) -> None:
        for entry, wait in made:
            entries.save(session, [record(1, feed=feed, entry=entry)], NOW)
            second_looks.plan(session, feed, entry, NOW + wait, 0)

    store.write_now(all_at_once)


def claim(store: Store, at: timedelta, limit: int = 9) -> list[SecondLook]:
    return store.write_now(second_looks.claim, NOW + at, limit=limit, lease=HOUR)


def test_a_look_brings_back_the_whole_entry_when_it_is_due(store: Store) -> None:
    plan(store, (ENTRY, 10 * MINUTE))
    assert claim(store, 9 * MINUTE) == []
    assert claim(store, 10 * MINUTE) == [SecondLook(feed="alpha", entry=ENTRY, cause=Cause.PAGE, looks=1)]


def test_a_look_that_ends_in_a_kill_is_counted_and_comes_again_after_its_lease(store: Store) -> None:
    plan(store, (ENTRY, MINUTE))
    assert [look.looks for look in claim(store, MINUTE)] == [1]
    assert claim(store, MINUTE + HOUR - MINUTE) == []
    assert [look.looks for look in claim(store, MINUTE + HOUR)] == [2]


def test_the_most_overdue_come_first_and_no_more_than_asked_for(store: Store) -> None:
    other = replace(ENTRY, key="entry-2")
    plan(store, (ENTRY, 2 * MINUTE), (other, MINUTE))
    assert [look.entry.key for look in claim(store, HOUR, limit=1)] == ["entry-2"]
    assert [look.entry.key for look in claim(store, HOUR, limit=0)] == []
    assert [look.entry.key for look in claim(store, HOUR)] == ["entry-1"]


def test_a_plan_takes_the_place_of_the_earlier_one(store: Store) -> None:
    plan(store, (ENTRY, MINUTE))
    edited = replace(ENTRY, title="Edited")
    plan(store, (edited, HOUR))
    assert claim(store, MINUTE) == []
    assert [look.entry for look in claim(store, HOUR)] == [edited]


@pytest.mark.parametrize("event", ["nothing", "withdrawn", "edited", "claimed again"])
def test_a_look_stands_unless_its_entry_was_withdrawn_or_taken_anew(store: Store, event: str) -> None:
    plan(store, (ENTRY, MINUTE))
    (look,) = claim(store, MINUTE)
    if event == "withdrawn":
        store.write_now(second_looks.drop, "alpha", ["entry-1", "entry-2"])
    elif event == "edited":
        store.write_now(second_looks.plan, "alpha", replace(ENTRY, title="Edited"), NOW + HOUR, 1)
    elif event == "claimed again":
        claim(store, 2 * HOUR)
    assert store.read_now(second_looks.stands, look) is (event == "nothing")


def test_the_next_look_can_be_told(store: Store) -> None:
    plan(store, (ENTRY, MINUTE))
    assert store.read_now(second_looks.next_at, "alpha", "entry-1") == NOW + MINUTE
    assert store.read_now(second_looks.next_at, "beta", "entry-1") is None


def test_looks_of_a_feed_that_was_removed_rest_until_it_is_back(store: Store) -> None:
    plan(store, (ENTRY, MINUTE))
    store.write_now(feeds.sync, [("beta", "https://beta.example/feed", HOUR)], NOW)
    assert claim(store, HOUR) == []
    subscribe(store, "alpha", "beta")
    assert len(claim(store, HOUR)) == 1


@pytest.mark.parametrize(("ahead", "due"), [(timedelta(days=7), 0), (timedelta(days=400), 1)])
def test_looks_planned_by_a_clock_that_was_set_back_are_due(store: Store, ahead: timedelta, due: int) -> None:
    plan(store, (ENTRY, ahead))
    assert store.write_now(second_looks.unstick, NOW) == due
    assert len(claim(store, MINUTE)) == due
