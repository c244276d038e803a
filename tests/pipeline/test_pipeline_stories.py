"""Stories: one text that several feeds bring at addresses of their own becomes one post, whichever comes first."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from pipeline_bench import Bench

from aggregator.pipeline import withdrawal
from aggregator.policy.stories import WINDOW
from aggregator.store import entries, journal, stories
from aggregator.types import Duplicates, Feed, Outcome, Rights

FERRY = [
    "The ferry to the outer islands will run again from Monday, the harbour board said after a meeting that went on until midnight. It had lain at the quay since the storm took its landing stage in the spring.",
    "A pontoon borrowed from the navy will take the place of the stage until a new one is built. Cars can be carried only at high water, and lorries not at all, which the island's grocer called better than nothing.",
    "The new stage is to stand a metre higher than the old one did. Engineers expect the work to take until the end of next summer, provided that the weather leaves them enough days on which divers can go down.",
    "Fares stay what they were. The board has asked the county to pay for the pontoon, and was told to ask again when the accounts of the year are closed.",
]
LIBRARY = [
    "Half of the books of the town library have come back from the bindery, nine months after a burst pipe soaked the reading room. The librarians have begun to put them on new shelves, which stand on feet this time.",
    "What could not be saved has been photographed page by page by volunteers from the grammar school. The pictures can be looked at on two screens near the door, and the originals are kept frozen in a warehouse.",
    "The children's corner opens first, on the day after the holidays, with a story hour at ten. Everybody else will have to wait until the floor has dried and the lamps have been tested.",
]


def serve(
    bench: Bench, name: str, text: Sequence[str], *, title: str = "Ferry runs again", extra: str = "", date: str = "04"
) -> Feed:
    """A feed of one entry whose article is this text."""
    bench.web.route(
        f"/{name}",
        f"<rss version='2.0'><channel><title>The {name.title()}</title><link>/{name}/</link><description>d</description>"
        f"<item><title>{title}</title><guid>{name}-1</guid><link>/{name}/1</link>{extra}"
        f"<pubDate>{date} May 2026 10:00:00 GMT</pubDate><description>In short.</description></item></channel></rss>",
        headers={"Content-Type": "application/rss+xml"},
    )
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in text)
    page = f"<html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1>{paragraphs}</article>"
    bench.web.route(f"/{name}/1", page, headers={"Content-Type": "text/html"})
    return Feed(name=name, url=bench.web.url(f"/{name}"), targets=("blog",))


async def outcomes(bench: Bench) -> dict[str, Outcome]:
    return {line.feed: line.outcome for line in await bench.store.read(entries.lines)}


async def reason(bench: Bench, feed: str) -> str:
    (line,) = await bench.store.read(entries.lines, feed=feed)
    steps = await bench.store.read(journal.of_entry, feed, line.key)
    return next((step.reason for step in steps if step.step == "duplicates"), "")


async def test_an_edited_copy_under_another_title_is_named_by_the_post_of_the_first(bench: Bench) -> None:
    await bench.refresh(serve(bench, "herald", FERRY))
    await bench.deliver()
    copy = ["LINDHAVEN (Wire) – " + FERRY[0].replace("midnight", "twelve"), *FERRY[1:3]]
    await bench.refresh(serve(bench, "post", copy, title="Islanders get their boat back"))
    await bench.deliver()
    (post,) = bench.target.posts.values()
    assert (post.title, post.source_name) == ("Ferry runs again", "The Herald")
    assert [(seen.publisher, seen.title, seen.url) for seen in post.also_reported_by] == [
        ("The Post", "Islanders get their boat back", bench.web.url("/post/1"))
    ]
    assert await outcomes(bench) == {"herald": Outcome.PUBLISHED, "post": Outcome.DUPLICATE}
    assert await reason(bench, "post") == (
        "tells the story of “Ferry runs again” at The Herald: 0.96 of the words; that post now names The Post too"
    )
    (teller,) = await bench.store.read(stories.tellers, post.key)
    assert (teller.feed, teller.title) == ("post", "Islanders get their boat back")


async def test_another_story_gets_its_own_post(bench: Bench) -> None:
    await bench.refresh(serve(bench, "herald", FERRY))
    await bench.refresh(serve(bench, "post", LIBRARY))
    assert await outcomes(bench) == {"herald": Outcome.QUEUED, "post": Outcome.QUEUED}
    assert await reason(bench, "post") == ""


async def test_a_story_that_is_nearly_told_says_why_it_is_not(bench: Bench) -> None:
    await bench.refresh(serve(bench, "herald", FERRY))
    await bench.refresh(serve(bench, "post", [*FERRY[:3], *LIBRARY], title="Two pieces of news"))
    assert await outcomes(bench) == {"herald": Outcome.QUEUED, "post": Outcome.QUEUED}
    assert (await reason(bench, "post")).startswith("not the story of “Ferry runs again” at The Herald: ")


@pytest.mark.parametrize("count", [2, 5])
async def test_feeds_refreshed_at_one_time_make_one_post(bench: Bench, count: int) -> None:
    feeds = [serve(bench, f"paper{number}", FERRY) for number in range(count)]
    await asyncio.gather(*map(bench.refresh, feeds))
    await bench.deliver()
    (post,) = bench.target.posts.values()
    assert len(post.also_reported_by) == count - 1
    assert sorted((await outcomes(bench)).values()) == ["duplicate"] * (count - 1) + ["published"]


async def test_two_entries_of_one_feed_are_two_posts(bench: Bench) -> None:
    await bench.refresh(serve(bench, "herald", FERRY))
    bench.now.forward(hours=2)
    await bench.refresh(replace(serve(bench, "more", FERRY), name="herald"))
    assert [line.outcome for line in await bench.store.read(entries.lines)] == [Outcome.QUEUED] * 2


@pytest.mark.parametrize(
    ("duplicates", "outcome"),
    [(Duplicates.STORY, Outcome.DUPLICATE), (Duplicates.ADDRESS, Outcome.QUEUED), (Duplicates.KEEP, Outcome.QUEUED)],
)
async def test_a_feed_may_have_its_own_telling_of_a_story(
    bench: Bench, duplicates: Duplicates, outcome: Outcome
) -> None:
    await bench.refresh(serve(bench, "herald", FERRY))
    await bench.refresh(replace(serve(bench, "post", FERRY), duplicates=duplicates))
    assert await outcomes(bench) == {"herald": Outcome.QUEUED, "post": outcome}


@pytest.mark.parametrize(
    ("duplicates", "outcome"),
    [(Duplicates.STORY, Outcome.DUPLICATE), (Duplicates.ADDRESS, Outcome.DUPLICATE), (Duplicates.KEEP, Outcome.QUEUED)],
)
async def test_a_feed_may_keep_what_stands_at_an_address_that_another_brought(
    bench: Bench, duplicates: Duplicates, outcome: Outcome
) -> None:
    first = serve(bench, "herald", FERRY)
    await bench.refresh(first)
    await bench.refresh(replace(first, name="again", duplicates=duplicates))
    assert await outcomes(bench) == {"herald": Outcome.QUEUED, "again": outcome}


async def test_a_story_of_which_an_excerpt_is_shown_is_known_by_its_fingerprint(bench: Bench) -> None:
    await bench.refresh(replace(serve(bench, "herald", FERRY), rights=Rights.EXCERPT))
    await bench.refresh(replace(serve(bench, "post", FERRY), rights=Rights.EXCERPT))
    await bench.refresh(serve(bench, "other", FERRY, title="Islanders get their boat back"))
    assert await outcomes(bench) == {
        "herald": Outcome.QUEUED, "post": Outcome.DUPLICATE, "other": Outcome.QUEUED,
    }  # fmt: skip
    assert "1.00 of the words, and the title" in await reason(bench, "post")


async def test_an_episode_of_a_podcast_is_never_told_by_another(bench: Bench) -> None:
    sound = "<enclosure url='/1.mp3' type='audio/mpeg' length='1'/>"
    await bench.refresh(serve(bench, "herald", FERRY))
    await bench.refresh(serve(bench, "post", FERRY, extra=sound))
    assert await outcomes(bench) == {"herald": Outcome.QUEUED, "post": Outcome.QUEUED}


async def test_a_post_that_stands_is_not_taken_away_when_its_text_becomes_that_of_another(bench: Bench) -> None:
    await bench.refresh(serve(bench, "herald", FERRY))
    await bench.refresh(serve(bench, "post", LIBRARY))
    bench.now.forward(hours=2)
    await bench.refresh(serve(bench, "post", FERRY, title="Ferry runs again after all"))
    await bench.deliver()
    assert await outcomes(bench) == {"herald": Outcome.PUBLISHED, "post": Outcome.PUBLISHED}
    assert {post.title for post in bench.target.posts.values()} == {"Ferry runs again", "Ferry runs again after all"}


async def test_the_story_of_a_withdrawn_post_may_be_told_by_another(bench: Bench) -> None:
    await bench.refresh(serve(bench, "herald", FERRY))
    await bench.deliver()
    lines = await bench.store.read(entries.lines)
    await bench.store.write(withdrawal.of_entries, lines, reason="asked to", now=bench.now())
    await bench.deliver()
    await bench.refresh(serve(bench, "post", FERRY))
    assert (await outcomes(bench))["post"] is Outcome.QUEUED


async def test_a_story_is_forgotten_with_its_fingerprint(bench: Bench) -> None:
    await bench.refresh(serve(bench, "herald", FERRY))
    bench.now.forward(days=WINDOW.days + 1)
    assert await bench.store.write(stories.prune, bench.now() - WINDOW) == 1
    await bench.refresh(serve(bench, "post", FERRY))
    assert await outcomes(bench) == {"herald": Outcome.QUEUED, "post": Outcome.QUEUED}
