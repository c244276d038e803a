"""What is stored, compared once more: the nearest stories, and what other thresholds would have decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from pipeline_bench import Bench
from test_pipeline_stories import FERRY, LIBRARY, outcomes, serve

from aggregator.pipeline import comparing
from aggregator.pipeline.comparing import Otherwise
from aggregator.policy.stories import Thresholds
from aggregator.store import entries
from aggregator.types import Outcome, Rights

HALF = [*FERRY[:3], *LIBRARY]


async def replayed(bench: Bench, by: Thresholds, *, days: int = 30) -> list[Otherwise]:
    since = bench.now() - timedelta(days=days)
    found = []
    for read in (comparing.merged, comparing.split):
        after = 0
        while True:
            after, changes = await bench.store.read(read, since, after, by)
            found += changes
            if not after:
                break
    return found


async def near(bench: Bench, feed: str) -> list[comparing.Near]:
    (line,) = await bench.store.read(entries.lines, feed=feed)
    return await bench.store.read(comparing.nearest, feed, line.key)


async def test_the_thresholds_in_force_would_decide_what_they_decided(bench: Bench) -> None:
    await bench.refresh(serve(bench, "herald", FERRY))
    await bench.refresh(serve(bench, "post", FERRY))
    await bench.refresh(serve(bench, "courier", HALF, title="Two pieces of news"))
    assert await replayed(bench, Thresholds()) == []


async def test_lower_thresholds_would_merge_more(bench: Bench) -> None:
    await bench.refresh(serve(bench, "herald", FERRY))
    await bench.refresh(serve(bench, "courier", HALF, title="Two pieces of news"))
    (change,) = await replayed(bench, Thresholds(shared=0.2, with_title=0.2))
    assert (change.verdict, change.feed, change.title, change.story) == (
        "merge", "courier", "Two pieces of news", "Ferry runs again (The Herald)",
    )  # fmt: skip
    assert 0.2 <= change.share < 0.5
    assert await outcomes(bench) == {"herald": Outcome.QUEUED, "courier": Outcome.QUEUED}  # nothing was changed


async def test_higher_thresholds_would_split_some(bench: Bench) -> None:
    await bench.refresh(serve(bench, "herald", FERRY))
    await bench.refresh(serve(bench, "post", [*FERRY[:3], "Another end."], title="Islanders get their boat back"))
    (change,) = await replayed(bench, Thresholds(shared=0.95, with_title=0.9))
    assert (change.verdict, change.feed, change.title) == ("split", "post", "Islanders get their boat back")
    assert await replayed(bench, Thresholds(shared=0.95, with_title=0.9), days=-1) == []


async def test_a_narrower_window_would_split_what_came_later(bench: Bench) -> None:
    await bench.refresh(serve(bench, "herald", FERRY, date="01"))
    await bench.refresh(serve(bench, "post", FERRY, date="09"))
    assert [change.verdict for change in await replayed(bench, Thresholds(window=timedelta(days=7)))] == ["split"]
    assert await replayed(bench, Thresholds(window=timedelta(days=9))) == []


async def test_the_nearest_story_is_told_with_the_passages_that_differ(bench: Bench) -> None:
    await bench.refresh(serve(bench, "herald", FERRY))
    await bench.refresh(serve(bench, "courier", HALF, title="Two pieces of news"))
    (found,) = await near(bench, "courier")
    assert found.post.title == "Ferry runs again"
    assert "not enough of them or of the titles" in found.match.decision.reason
    assert any(passage.startswith("Fares stay what they were.") for passage in found.difference)
    assert any(" → Half of the books" in passage for passage in found.difference)


async def test_what_is_near_nothing_has_no_nearest_story(bench: Bench) -> None:
    await bench.refresh(serve(bench, "herald", FERRY))
    await bench.refresh(serve(bench, "post", LIBRARY))
    assert await near(bench, "post") == []


async def test_no_difference_is_told_of_texts_that_are_not_kept(bench: Bench) -> None:
    await bench.refresh(replace(serve(bench, "herald", FERRY), rights=Rights.EXCERPT))
    await bench.refresh(serve(bench, "courier", FERRY, title="Islanders get their boat back"))
    (found,) = await near(bench, "courier")
    assert found.difference == ()
