"""Merging and splitting by hand: what is done at the targets, and that it is remembered."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pipeline_bench import Bench
from test_pipeline_stories import FERRY, LIBRARY, outcomes, serve

from aggregator.errors import CorrectionError
from aggregator.pipeline import correcting, withdrawal
from aggregator.pipeline.taken import Taken, save
from aggregator.policy.identity import NO_TRAITS
from aggregator.store import EntryLine, entries
from aggregator.types import Duplicates, Entry, Lead, Outcome

PIER = [
    "The pier of Lindhaven gets a new deck of oak from the county's own forest. The old one was of pine, and gave way under a brass band in the summer, of whom nobody was hurt but the tuba.",
    "Carpenters have begun at the far end, so that anglers may keep to the near one until the holidays. They work at low water and sing while they do, which the hotel has complained about twice.",
    "The money comes from the lottery and from a collection that the band itself has held at the market on each Saturday since the accident, with what was left of its instruments.",
]


async def line(bench: Bench, feed: str) -> EntryLine:
    (found,) = await bench.store.read(entries.lines, feed=feed)
    return found


async def merge(bench: Bench, into: str, *feeds: str) -> list[str]:
    story = await line(bench, into)
    lines = [await line(bench, feed) for feed in feeds]
    done = await bench.store.write(correcting.merge, story.told_by or story.post_key, lines, bench.now())
    await bench.deliver()
    return done


async def split(bench: Bench, feed: str) -> str:
    done = await bench.store.write(correcting.split, await line(bench, feed), bench.now())
    await bench.look_again()
    await bench.deliver()
    return done


def shown(bench: Bench) -> dict[str, list[str]]:
    """By publisher, who is named under each post."""
    return {
        post.source_name: [seen.publisher for seen in post.also_reported_by] for post in bench.target.posts.values()
    }


async def two_posts(bench: Bench) -> None:
    await bench.refresh(serve(bench, "herald", FERRY))
    await bench.refresh(serve(bench, "post", LIBRARY, title="Books are back"))
    await bench.deliver()
    assert shown(bench) == {"The Herald": [], "The Post": []}


async def one_post(bench: Bench) -> None:
    await bench.refresh(serve(bench, "herald", FERRY))
    await bench.refresh(serve(bench, "post", FERRY))
    await bench.deliver()
    assert shown(bench) == {"The Herald": ["The Post"]}


class TestMerging:
    async def test_the_post_of_the_first_stays_and_names_the_others(self, bench: Bench) -> None:
        await two_posts(bench)
        assert await merge(bench, "herald", "post") == [
            "“Books are back” tells “Ferry runs again” now; its own post is taken back at 1 targets"
        ]
        assert shown(bench) == {"The Herald": ["The Post"]}
        assert await outcomes(bench) == {"herald": Outcome.PUBLISHED, "post": Outcome.DUPLICATE}
        assert (await line(bench, "post")).reason == "merged by hand with “Ferry runs again” at The Herald"

    async def test_who_told_the_other_story_comes_along(self, bench: Bench) -> None:
        await two_posts(bench)
        await bench.refresh(serve(bench, "courier", LIBRARY, title="Books are back"))
        await merge(bench, "herald", "post")
        assert shown(bench) == {"The Herald": ["The Post", "The Courier"]}
        await bench.store.write(correcting.undo_merge, await line(bench, "post"), bench.now())
        await bench.deliver()
        assert shown(bench) == {"The Herald": [], "The Post": ["The Courier"]}
        assert await outcomes(bench) == {
            "herald": Outcome.PUBLISHED, "post": Outcome.PUBLISHED, "courier": Outcome.DUPLICATE,
        }  # fmt: skip

    async def test_an_undone_merge_gives_the_post_back_under_its_key(self, bench: Bench) -> None:
        await two_posts(bench)
        before = set(bench.target.posts)
        await merge(bench, "herald", "post")
        await bench.store.write(correcting.undo_merge, await line(bench, "post"), bench.now())
        await bench.deliver()
        assert set(bench.target.posts) == before
        assert shown(bench) == {"The Herald": [], "The Post": []}

    async def test_a_later_revision_does_not_bring_the_post_back(self, bench: Bench) -> None:
        await two_posts(bench)
        await merge(bench, "herald", "post")
        bench.now.forward(hours=2)
        await bench.refresh(serve(bench, "post", [*LIBRARY, "Correction: they are ten months late."], title="Mended"))
        await bench.refresh(serve(bench, "herald", [*FERRY, "Correction: on Tuesday."], title="Ferry runs on Tuesday"))
        await bench.deliver()
        assert shown(bench) == {"The Herald": ["The Post"]}
        assert await outcomes(bench) == {"herald": Outcome.PUBLISHED, "post": Outcome.DUPLICATE}

    async def test_a_copy_of_what_was_merged_tells_the_story_too(self, bench: Bench) -> None:
        await two_posts(bench)
        await merge(bench, "herald", "post")
        await bench.refresh(serve(bench, "courier", LIBRARY, title="Books are back"))
        await bench.deliver()
        assert shown(bench) == {"The Herald": ["The Post", "The Courier"]}

    async def test_but_not_where_the_story_was_withdrawn_since(self, bench: Bench) -> None:
        await two_posts(bench)
        await merge(bench, "herald", "post")
        await bench.store.write(
            withdrawal.of_entries, [await line(bench, "herald")], reason="asked to", now=bench.now()
        )
        await bench.deliver()
        await bench.refresh(serve(bench, "courier", LIBRARY, title="Books are back"))
        await bench.deliver()
        assert shown(bench) == {"The Courier": []}

    async def test_one_that_tells_another_story_goes_over_to_this(self, bench: Bench) -> None:
        await one_post(bench)
        await bench.refresh(serve(bench, "pier", PIER, title="Oak for the pier"))
        await merge(bench, "pier", "post")
        assert shown(bench) == {"The Herald": [], "The Pier": ["The Post"]}
        await bench.store.write(correcting.undo_merge, await line(bench, "post"), bench.now())
        await bench.deliver()
        assert shown(bench) == {"The Herald": ["The Post"], "The Pier": []}

    async def test_what_is_one_story_already_stays_as_it_is(self, bench: Bench) -> None:
        await one_post(bench)
        assert await merge(bench, "herald", "post") == []

    async def test_only_a_post_that_stands_can_take_others_up(self, bench: Bench) -> None:
        await two_posts(bench)
        await bench.store.write(withdrawal.of_entries, [await line(bench, "herald")], reason="x", now=bench.now())
        await bench.deliver()
        with pytest.raises(CorrectionError, match="does not stand"):
            await merge(bench, "herald", "post")

    async def test_only_a_merge_can_be_undone(self, bench: Bench) -> None:
        await one_post(bench)
        with pytest.raises(CorrectionError, match="not merged by hand"):
            await bench.store.write(correcting.undo_merge, await line(bench, "post"), bench.now())


class TestSplitting:
    async def test_the_entry_gets_a_post_of_its_own(self, bench: Bench) -> None:
        await one_post(bench)
        assert "its page" in await split(bench, "post")
        assert shown(bench) == {"The Herald": [], "The Post": []}
        assert await outcomes(bench) == {"herald": Outcome.PUBLISHED, "post": Outcome.PUBLISHED}
        assert all("pontoon" in post.body for post in bench.target.posts.values())

    async def test_it_never_merges_with_that_story_again(self, bench: Bench) -> None:
        await one_post(bench)
        await split(bench, "post")
        for _ in range(2):
            bench.now.forward(hours=2)
            await bench.refresh(serve(bench, "post", [*FERRY, "More."], title=f"Ferry at {bench.now().hour}"))
            await bench.refresh(serve(bench, "herald", [*FERRY, "More."], title=f"Ferry at {bench.now().hour}"))
            await bench.deliver()
        assert shown(bench) == {"The Herald": [], "The Post": []}

    async def test_nor_at_one_address(self, bench: Bench) -> None:
        first = serve(bench, "herald", FERRY)
        await bench.refresh(first)
        await bench.refresh(replace(first, name="again", title="Again", duplicates=Duplicates.ADDRESS))
        await bench.deliver()
        await split(bench, "again")
        bench.now.forward(hours=2)
        changed = serve(bench, "herald", [*FERRY, "More."], title="Ferry, later")
        await bench.refresh(changed)
        await bench.refresh(replace(changed, name="again", title="Again", duplicates=Duplicates.ADDRESS))
        await bench.deliver()
        assert shown(bench) == {"The Herald": [], "Again": []}

    async def test_a_third_may_tell_either(self, bench: Bench) -> None:
        await one_post(bench)
        await split(bench, "post")
        await bench.refresh(serve(bench, "courier", FERRY))
        await bench.deliver()
        assert sorted(map(len, shown(bench).values())) == [0, 1]

    async def test_undone_it_tells_the_story_again(self, bench: Bench) -> None:
        await one_post(bench)
        await split(bench, "post")
        await bench.store.write(correcting.undo_split, await line(bench, "post"), bench.now())
        await bench.deliver()
        assert shown(bench) == {"The Herald": ["The Post"]}
        assert await outcomes(bench) == {"herald": Outcome.PUBLISHED, "post": Outcome.DUPLICATE}

    async def test_what_was_merged_gets_back_the_post_that_it_had(self, bench: Bench) -> None:
        await two_posts(bench)
        before = set(bench.target.posts)
        await merge(bench, "herald", "post")
        assert "its own post comes back" in await split(bench, "post")
        assert set(bench.target.posts) == before

    async def test_one_whose_post_passed_to_another_gets_a_new_one(self, bench: Bench) -> None:
        await bench.refresh(serve(bench, "post", FERRY))
        await bench.refresh(replace(serve(bench, "herald", FERRY), lead=Lead.PREFERRED))
        await bench.deliver()
        assert shown(bench) == {"The Herald": ["The Post"]}
        await split(bench, "post")
        assert shown(bench) == {"The Herald": [], "The Post": []}
        assert len({post.slug for post in bench.target.posts.values()}) == 2

    async def test_the_leader_of_a_story_is_told_whom_to_split_instead(self, bench: Bench) -> None:
        await one_post(bench)
        with pytest.raises(CorrectionError, match=r"leads its story; split one of the others.*/post/1"):
            await split(bench, "herald")

    async def test_one_that_tells_its_own_story_can_not_be_split(self, bench: Bench) -> None:
        await two_posts(bench)
        with pytest.raises(CorrectionError, match="tells no story of another's"):
            await split(bench, "post")


async def test_a_revision_under_way_does_not_take_back_a_post_that_passed_meanwhile(bench: Bench) -> None:
    """It was taken before another entry took over the post, and is saved after."""
    first = serve(bench, "post", FERRY)
    await bench.refresh(first)
    told = await line(bench, "post")
    await bench.deliver()
    (stale,) = bench.target.posts.values()
    await bench.refresh(replace(serve(bench, "herald", FERRY), lead=Lead.PREFERRED))
    entry = Entry(key=told.key, url=told.url, title="Ferry, more")
    late = Taken(entry, NO_TRAITS, "other", Outcome.QUEUED, "", post=replace(stale, title="Ferry, more"))
    await bench.store.write(save, [late], first, bench.now())
    await bench.deliver()
    assert shown(bench) == {"The Herald": ["The Post"]}
    assert (await line(bench, "post")).told_by == stale.key
