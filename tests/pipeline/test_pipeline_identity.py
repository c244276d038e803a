"""Identity through a real store: whatever a feed does to ids, links, dates, domains and names, no second post."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from pipeline_bench import Bench

from aggregator.pipeline import withdrawal
from aggregator.store import entries, feeds, identities, journal, posts
from aggregator.types import Feed, Identity, Outcome

TEXTS = (
    "The council of the harbour met on Tuesday and spoke at length about the pier and the eel grass below it.",
    "Snow fell on the hills above the town, the first of the year, and the school stayed closed until noon.",
    "A ferry that had not run since the storm took its landing stage sailed again this morning, to applause.",
    "Half of the books of the town library have come back from the bindery, nine months after the burst pipe.",
)
PLAIN = "".join(
    f"<item><title>Story {number}</title><guid>http://a.example/?p={number}</guid><link>/2026/story-{number}</link>"
    f"<pubDate>Mon, 0{number + 1} May 2026 10:00:00 GMT</pubDate><description>{text}</description></item>"
    for number, text in enumerate(TEXTS)
)


def serve(bench: Bench, items: str, *, path: str = "/feed", name: str = "feed", **settings: object) -> Feed:
    head = "<rss version='2.0'><channel><title>The Harbour</title><link>/</link><description>d</description>"
    body = f"{head}{items}</channel></rss>"
    bench.web.route(path, body, headers={"Content-Type": "application/rss+xml"})
    return Feed(name=name, url=bench.web.url(path), targets=("blog",), extract=False, **settings)  # type: ignore[arg-type]


async def shown(bench: Bench, feed: Feed) -> int:
    """How many posts there are once the feed was refreshed."""
    bench.now.forward(hours=2)
    done = await bench.refresh(feed)
    assert done.outcome in {"read", "unchanged"}
    await bench.deliver()
    return len(bench.target.posts)


def backwards(items: str) -> str:
    return "".join(re.findall(r"<item>.*?</item>", items)[::-1])


FLIPS: dict[str, Callable[[str], str]] = {
    "guids on https": lambda items: items.replace("http://a.example/?p", "https://a.example/?p"),
    "guids on another domain": lambda items: items.replace("http://a.example/?p", "http://b.example/?p"),
    "guids of another kind": lambda items: items.replace("http://a.example/?p=", "urn:story:"),
    "no guids": lambda items: re.sub(r"<guid>.*?</guid>", "", items),
    "guids swapped": lambda items: items.replace("?p=0", "?p=9").replace("?p=1", "?p=0").replace("?p=9", "?p=1"),
    "all dates restamped": lambda items: re.sub(
        r"<pubDate>.*?</pubDate>", "<pubDate>Fri, 29 May 2026</pubDate>", items
    ),
    "no dates": lambda items: re.sub(r"<pubDate>.*?</pubDate>", "", items),
    "another order": backwards,
    "the document twice": lambda items: items + items,
    "tracking": lambda items: re.sub(r"(story-\d)", r"\1/?utm_source=rss&amp;utm_medium=feed", items),
    "AMP, and guids new": lambda items: re.sub(r"(story-\d)", r"\1/amp/", items).replace("?p=", "?q="),
    "redirectors, and guids new": lambda items: re.sub(
        r"<link>/(.*?)</link>", r"<link>https://www.google.com/url?url=BASE\1</link>", items
    ).replace("?p=", "?q="),
    "slugs, and guids new": lambda items: items.replace("/2026/story", "/2026/a-better-slug").replace("?p=", "?q="),
    "slugs, and no guids": lambda items: re.sub(r"<guid>.*?</guid>", "", items.replace("/2026/story", "/2026/slug")),
    "guids and links on another domain": lambda items: items.replace("a.example/?p", "b.example/?page").replace(
        "<link>/", "<link>https://b.example/"
    ),
    "all at one guid": lambda items: re.sub(r"<guid>.*?</guid>", "<guid>http://a.example/</guid>", items),
    "all at one guid and one link": lambda items: re.sub(
        r"<link>.*?</link>", "<link>/</link>", re.sub(r"<guid>.*?</guid>", "<guid>http://a.example/</guid>", items)
    ),
    "guids gone and one link": lambda items: re.sub(
        r"<link>.*?</link>", "<link>/</link>", re.sub(r"<guid>.*?</guid>", "", items)
    ),
    "titles and texts edited": lambda items: items.replace("Story", "New: story").replace(" the ", " that "),
    "guids new and titles edited": lambda items: items.replace("Story", "New: story").replace("?p=", "?q="),
}


@pytest.mark.parametrize("flip", FLIPS.values(), ids=FLIPS)
async def test_a_feed_that_flips_and_flips_back_makes_no_second_post(bench: Bench, flip: Callable[[str], str]) -> None:
    flipped = flip(PLAIN).replace("BASE", bench.web.url("/"))
    assert await shown(bench, serve(bench, PLAIN)) == len(TEXTS)
    assert await shown(bench, serve(bench, flipped)) == len(TEXTS)
    assert await shown(bench, serve(bench, PLAIN)) == len(TEXTS)
    assert await shown(bench, serve(bench, f"<!-- again -->{flipped}")) == len(TEXTS)
    assert len(await bench.store.read(entries.lines)) == len(TEXTS)


@pytest.mark.parametrize("flip", FLIPS.values(), ids=FLIPS)
async def test_a_feed_that_was_bad_from_the_start_may_become_good(bench: Bench, flip: Callable[[str], str]) -> None:
    flipped = flip(PLAIN).replace("BASE", bench.web.url("/"))
    assert await shown(bench, serve(bench, flipped)) == len(TEXTS)
    assert await shown(bench, serve(bench, PLAIN)) == len(TEXTS)


async def test_a_feed_whose_ids_change_at_each_fetch_is_told_apart_by_address_from_then_on(bench: Bench) -> None:
    for turn in range(6):
        assert await shown(bench, serve(bench, PLAIN.replace("?p=", f"?turn={turn}&amp;p="))) == len(TEXTS)
    memory = await bench.store.read(feeds.memory, "feed")
    assert memory.identity is Identity.ADDRESS
    assert memory.identity_reason == ("in 3 documents in a row, entries came with new ids (4 of 4 in the last)")
    steps = await bench.store.read(journal.of_feed, "feed")
    assert [step.outcome for step in steps if step.step == "identity"] == ["address"]


async def test_ids_and_addresses_that_change_at_each_fetch_make_nothing_new(bench: Bench) -> None:
    for turn in range(9):
        items = PLAIN.replace("?p=", f"?turn={turn}&amp;p=").replace("story-", f"{turn}-story-")
        assert await shown(bench, serve(bench, items)) == len(TEXTS)
    memory = await bench.store.read(feeds.memory, "feed")
    assert memory.identity is Identity.TITLE


async def test_a_site_that_moved_once_is_still_trusted(bench: Bench) -> None:
    await shown(bench, serve(bench, PLAIN))
    for turn in range(5):
        moved = PLAIN.replace("http://a.example/?p", "https://b.example/?p")
        assert await shown(bench, serve(bench, f"<!-- {turn} -->{moved}")) == len(TEXTS)
    assert (await bench.store.read(feeds.memory, "feed")).identity is Identity.ID


@pytest.mark.parametrize("level", list(Identity))
async def test_what_a_person_says_about_ids_makes_nothing_new_and_stays(bench: Bench, level: Identity) -> None:
    await shown(bench, serve(bench, PLAIN))
    for turn in range(4):
        items = PLAIN.replace("?p=", f"?turn={turn}&amp;p=")
        assert await shown(bench, serve(bench, items, identity=level)) == len(TEXTS)
    assert (await bench.store.read(feeds.memory, "feed")).identity is Identity.ID


async def test_briefings_under_one_title_stay_different_posts(bench: Bench) -> None:
    items = [
        item.replace(f"Story {number}", "Daily briefing")
        for number, item in enumerate(re.findall(r"<item>.*?</item>", PLAIN))
    ]
    for number, item in enumerate(items, 1):
        assert await shown(bench, serve(bench, item)) == number


async def test_an_archive_that_comes_back_brings_nothing_back(bench: Bench) -> None:
    await shown(bench, serve(bench, PLAIN))
    (line, *_) = await bench.store.read(entries.lines)
    await bench.store.write(withdrawal.of_entries, [line], reason="a complaint", now=bench.now())
    await bench.deliver()
    left = len(bench.target.posts)
    await shown(bench, serve(bench, re.findall(r"<item>.*?</item>", PLAIN)[0]))
    bench.now.forward(days=900)
    flipped = PLAIN.replace("?p=", "?q=").replace("/2026/story", "/archive/story")
    assert await shown(bench, serve(bench, flipped)) == left


async def test_a_feed_whose_address_is_changed_by_hand_keeps_its_entries(bench: Bench) -> None:
    await shown(bench, serve(bench, PLAIN))
    moved = serve(bench, FLIPS["guids and links on another domain"](PLAIN), path="/moved")
    assert await shown(bench, moved) == len(TEXTS)


async def test_a_feed_that_is_renamed_keeps_entries_posts_and_memory(bench: Bench) -> None:
    await shown(bench, serve(bench, PLAIN))
    bench.settings.clear()
    renamed = serve(bench, PLAIN.replace("Story 0", "Story 0, corrected"), name="new-name")
    assert await shown(bench, renamed) == len(TEXTS)
    assert {line.feed for line in await bench.store.read(entries.lines)} == {"new-name"}
    assert {line.feed for line in await bench.store.read(posts.lines)} == {"new-name"}
    assert "Story 0, corrected" in {post.title for post in bench.target.posts.values()}
    (line, *_) = await bench.store.read(entries.lines)
    taken_back = await bench.store.write(withdrawal.of_entries, [line], reason="a complaint", now=bench.now())
    assert taken_back.deliveries == 1


async def test_a_store_of_the_first_scheme_is_read_without_a_new_post(bench: Bench) -> None:
    """Rows as the first scheme wrote them: no heading, no words, and keys and names that today's rules don't make."""
    await shown(bench, serve(bench, PLAIN))
    with closing(sqlite3.connect(bench.store.path)) as connection, connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("DELETE FROM entry_aliases")
        connection.execute(
            "UPDATE posts SET entry_key = 'old-' || entry_key,"
            " payload = json_set(payload, '$.entry_key', 'old-' || entry_key)"
        )
        connection.execute("UPDATE entries SET key = 'old-' || key, identity_scheme = 1, heading = NULL, words = NULL")
    assert await bench.store.write(identities.restate) == len(TEXTS)
    assert await bench.store.write(identities.restate) == 0
    again = serve(bench, f"<!-- read anew -->{PLAIN}")
    assert await shown(bench, again) == len(TEXTS)
    edited = serve(bench, PLAIN.replace(" the ", " that "))
    assert await shown(bench, edited) == len(TEXTS)
    assert {line.outcome for line in await bench.store.read(entries.lines)} == {Outcome.PUBLISHED}


async def test_a_large_archive_whose_ids_all_change_adds_nothing(bench: Bench) -> None:
    items = "".join(
        f"<item><title>Report {number}</title><guid>r{number}</guid><link>/r/{number}</link>"
        f"<pubDate>Mon, 04 May 2026 10:00:00 GMT</pubDate><description>Of {number}.</description></item>"
        for number in range(400)
    )
    feed = replace(serve(bench, items), max_age=timedelta(days=1))
    assert await shown(bench, feed) == 0
    changed = items.replace("<guid>r", "<guid>s").replace("/r/", "/s/")
    serve(bench, changed)
    await shown(bench, feed)
    assert len(await bench.store.read(entries.lines)) == 400
