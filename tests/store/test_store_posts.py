from __future__ import annotations

import pickle
from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_samples import HOUR, NOW, owe, post

from aggregator.store import Store, deliveries, posts
from aggregator.types import Action, Author, Credit, Enclosure, Image, Post, Publication, Rights, Sighting

WORDS = st.text(st.characters(codec="utf-8"), max_size=40)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1), timezones=ZONES)
MAYBE = st.none() | WORDS


def tuples(of: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(of, max_size=2).map(tuple)


AUTHORS = tuples(st.builds(Author, name=WORDS, url=MAYBE))
IMAGES = st.builds(Image, url=WORDS, alt=WORDS, caption=WORDS, credit=WORDS, width=st.none() | st.integers(0, 9999))
POSTS = st.builds(
    Post,
    key=st.just("a" * 32),
    feed=WORDS,
    entry_key=WORDS,
    title=WORDS,
    slug=WORDS,
    body=WORDS,
    excerpt=WORDS,
    credit=st.builds(Credit, html=WORDS, text=WORDS, url=MAYBE, title=WORDS, publisher=WORDS, authors=AUTHORS),
    canonical_url=MAYBE,
    authors=AUTHORS,
    tags=tuples(WORDS),
    lead=st.none() | IMAGES,
    images=tuples(IMAGES),
    enclosures=tuples(st.builds(Enclosure, url=WORDS, type=WORDS, length=st.none() | st.integers(0, 2**40))),
    published_at=TIMES,
    modified_at=st.none() | TIMES,
    rights=st.sampled_from(Rights),
    via=tuples(WORDS),
    also_reported_by=tuples(st.builds(Sighting, title=WORDS, url=WORDS, publisher=WORDS)),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(POSTS)
def test_a_post_comes_back_as_it_was(store: Store, made: Post) -> None:
    store.write_now(posts.save, made, "hash", NOW)
    found = store.read_now(posts.get, made.key)
    assert found == made
    assert pickle.loads(pickle.dumps(found)) == made


def test_a_later_revision_takes_the_place_of_the_earlier(store: Store) -> None:
    store.write_now(posts.save, post(1), "one", NOW)
    store.write_now(posts.save, post(1, title="Corrected"), "two", NOW + HOUR)
    found = store.read_now(posts.get, post(1).key)
    assert found is not None
    assert found.title == "Corrected"
    assert store.read_now(posts.content_hash, post(1).key) == "two"
    (line,) = store.read_now(posts.lines)
    assert (line.title, line.updated_at) == ("Corrected", NOW + HOUR)


def test_a_post_that_is_not_there_is_none(store: Store) -> None:
    assert store.read_now(posts.get, "x") is None
    assert store.read_now(posts.content_hash, "x") is None


def test_a_time_in_another_zone_is_the_same_moment(store: Store) -> None:
    moment = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    store.write_now(posts.save, post(1, published_at=moment), "one", NOW)
    assert store.read_now(posts.lines)[0].published_at == moment


def test_our_own_posts_are_those_with_an_address_at_the_first_target_that_has_any(store: Store) -> None:
    owe(store, 1, 2, 3, targets=("mail", "blog"))
    for line in store.read_now(deliveries.lines):
        if line.post_key != post(3).key:
            url = f"https://blog.example/{line.post_key}" if line.target == "blog" else None
            store.write_now(deliveries.settle, line.id, Publication(remote_id="1", remote_url=url), NOW)
    late = NOW + HOUR
    found = store.read_now(posts.own, ["mail", "blog"], before=late, limit=10)
    assert {(each.key, each.url) for each in found} == {
        (post(n).key, f"https://blog.example/{post(n).key}") for n in (1, 2)
    }
    assert len(store.read_now(posts.own, ["blog"], before=late, limit=1)) == 1
    assert store.read_now(posts.own, ["mail"], before=late, limit=10) == []
    assert store.read_now(posts.own, ["blog"], before=NOW - HOUR, limit=10) == []
    store.write_now(deliveries.promise, post(1), ["blog"], Action.WITHDRAW, NOW)
    assert [each.key for each in store.read_now(posts.own, ["blog"], before=late, limit=10)] == [post(2).key]
