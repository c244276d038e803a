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
from aggregator.types import Duplicates, Feed, Lead, Outcome, Rights

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
        "tells the story of “Ferry runs again” at The Herald: 0.96 of the words (only here: lindhaven wire twelve; only there: midnight fares stay what they were); that post now names The Post too"
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
    await bench.refresh(replace(serve(bench, "more", FERRY, date="05"), name="herald"))
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


class TestWhoIsCredited:
    """A later telling takes over the post of an earlier one, under its key and address."""

    @staticmethod
    async def told_by_a_copy(bench: Bench, *, line: str = "Source: The Islander") -> str:
        """Publishes a copy that names its original; the key of its post."""
        await bench.refresh(serve(bench, "post", [*FERRY, line], title="A boat for the islands"))
        await bench.deliver()
        (post,) = bench.target.posts.values()
        assert post.source_name == "The Post"
        return post.key

    async def test_the_original_that_a_copy_names_takes_over_its_post(self, bench: Bench) -> None:
        key = await self.told_by_a_copy(bench)
        slug = bench.target.posts[key].slug
        await bench.refresh(replace(serve(bench, "herald", FERRY), title="The Islander"))
        await bench.deliver()
        (post,) = bench.target.posts.values()
        assert (post.key, post.slug, post.feed) == (key, slug, "herald")
        assert (post.title, post.source_name, post.credit.publisher) == ("Ferry runs again", *["The Islander"] * 2)
        assert post.credit.url == bench.web.url("/herald/1")
        assert [(seen.publisher, seen.url) for seen in post.also_reported_by] == [
            ("The Post", bench.web.url("/post/1"))
        ]
        assert await outcomes(bench) == {"post": Outcome.DUPLICATE, "herald": Outcome.PUBLISHED}
        (line,) = await bench.store.read(entries.lines, feed="herald")
        steps = await bench.store.read(journal.of_entry, "herald", line.key)
        assert "the first says itself that it comes from The Islander" in next(
            step.reason for step in steps if step.step == "credit"
        )

    async def test_the_post_follows_the_original_from_then_on(self, bench: Bench) -> None:
        key = await self.told_by_a_copy(bench)
        original = replace(serve(bench, "herald", FERRY), title="The Islander")
        await bench.refresh(original)
        bench.now.forward(hours=2)
        await bench.refresh(serve(bench, "post", LIBRARY, title="A boat no more"))
        serve(bench, "herald", [*FERRY, "Correction: the pontoon is the army's."], title="Ferry runs again (corrected)")
        await bench.refresh(original)
        await bench.refresh(serve(bench, "courier", FERRY))
        await bench.deliver()
        (post,) = bench.target.posts.values()
        assert (post.key, post.title) == (key, "Ferry runs again (corrected)")
        assert [seen.publisher for seen in post.also_reported_by] == ["The Post", "The Courier"]

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            ({"title": "The Islander", "lead": Lead.FIRST}, ""),
            ({"title": "The Islander", "rights": Rights.EXCERPT}, "less of it may be shown"),
            ({"title": "The Islander", "targets": ("elsewhere",)}, "does not publish at blog"),
            ({}, ""),
        ],
    )
    async def test_the_first_stays(self, bench: Bench, change: dict[str, object], why: str) -> None:
        key = await self.told_by_a_copy(bench)
        await bench.refresh(replace(serve(bench, "herald", FERRY, title="A boat for the islands"), **change))  # type: ignore[arg-type]
        await bench.deliver()
        assert bench.target.posts[key].source_name == "The Post"
        assert why in await reason(bench, "herald")

    async def test_a_preferred_feed_takes_over_from_whoever_came_first(self, bench: Bench) -> None:
        await bench.refresh(serve(bench, "herald", FERRY))
        await bench.refresh(replace(serve(bench, "post", FERRY), lead=Lead.PREFERRED))
        await bench.refresh(replace(serve(bench, "courier", FERRY), lead=Lead.PREFERRED))
        await bench.deliver()
        (post,) = bench.target.posts.values()
        assert (post.source_name, [seen.publisher for seen in post.also_reported_by]) == (
            "The Post", ["The Herald", "The Courier"],
        )  # fmt: skip

    async def test_a_page_that_names_another_as_its_original_takes_nothing_from_it(self, bench: Bench) -> None:
        """A stranger's article is not buried under what only says that it is a copy of that."""
        await bench.refresh(serve(bench, "rogue", [*LIBRARY, "Source: The Islander"], title="Ferry runs again"))
        await bench.refresh(replace(serve(bench, "herald", FERRY), title="The Islander"))
        await bench.deliver()
        assert {post.source_name for post in bench.target.posts.values()} == {"The Rogue", "The Islander"}

    async def test_what_stands_where_a_duplicate_stood_is_one_too(self, bench: Bench) -> None:
        await bench.refresh(serve(bench, "herald", FERRY))
        copy = serve(bench, "post", FERRY)
        await bench.refresh(copy)
        await bench.refresh(replace(copy, name="again", duplicates=Duplicates.ADDRESS))
        assert await outcomes(bench) == {
            "herald": Outcome.QUEUED, "post": Outcome.DUPLICATE, "again": Outcome.DUPLICATE,
        }  # fmt: skip
