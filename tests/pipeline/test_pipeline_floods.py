"""Floods through a real store: what is held, what lets it go, and that nothing is lost or posted twice."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from fakes import ScriptedWeb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pipeline_bench import Bench, opened

from aggregator.pipeline import release
from aggregator.pipeline.withdrawal import of_entries
from aggregator.store import EntryLine, entries, feeds, journal, second_looks
from aggregator.types import Feed, Future, Outcome

DAYS, HOURS = 24.0, 1.0


def item(bench: Bench, name: str, age: float | None, *, text: str = "", url: str = "") -> str:
    """One entry, so many hours old by its date; None: it has none."""
    date = f"<pubDate>{format_datetime(bench.now() - timedelta(hours=age))}</pubDate>" if age is not None else ""
    link = f"<link>{url or f'/{name}'}</link>"
    words = text or f"The {name} of the harbour, and what the council said of it."
    return f"<item><title>{name}</title><guid isPermaLink='false'>{name}</guid>{link}{date}<description>{words}</description></item>"


def show(bench: Bench, *items: str, generator: str = "") -> None:
    head = f"<rss version='2.0'><channel><title>News</title><link>/</link><generator>{generator}</generator>"
    bench.web.route("/feed", f"{head}{''.join(items)}</channel></rss>", headers={"Content-Type": "text/xml"})


def subscription(bench: Bench, **facts: object) -> Feed:
    known = Feed(name="news", url=bench.web.url("/feed"), targets=("blog",), extract=False)
    return replace(known, **facts)  # type: ignore[arg-type]


async def outcomes(bench: Bench) -> Counter[str]:
    return Counter((await bench.outcomes()).values())


async def held(bench: Bench, outcome: Outcome = Outcome.HELD) -> list[EntryLine]:
    return [line for line in await bench.store.read(entries.lines) if line.outcome is outcome]


async def settled(bench: Bench) -> None:
    """Takes all that is due, and delivers it."""
    while await bench.look_again():
        pass
    await bench.deliver()


def archive(bench: Bench, count: int = 60, first: int = 0) -> list[str]:
    return [item(bench, f"old-{n}", (40 + n) * DAYS) for n in range(first, first + count)]


async def established(bench: Bench, **facts: object) -> tuple[Feed, list[str]]:
    """A feed that was read twice, with what it shows."""
    feed = subscription(bench, **facts)
    current = [item(bench, f"story-{n}", n * 12 + 1) for n in range(5)]
    show(bench, *current)
    await bench.refresh(feed)
    bench.now.forward(hours=2)
    current = [item(bench, "late", 1), *current]
    show(bench, *current)
    assert (await bench.refresh(feed)).held == ""
    await settled(bench)
    assert await outcomes(bench) == {"published": 6}
    bench.now.forward(hours=1)
    return feed, current


async def test_an_archive_is_held_beside_the_news_and_stays_so(bench: Bench) -> None:
    feed, current = await established(bench)
    old = archive(bench)
    show(bench, item(bench, "fresh", 0), *current, *old)
    done = await bench.refresh(feed)
    assert done.counts == {"new": 1, "held": 60, "same": 6}
    assert "60 new entries, of 67 shown" in done.held
    await settled(bench)
    assert await outcomes(bench) == {"published": 7, "held": 60}
    for line in await held(bench):
        steps = await bench.store.read(journal.of_entry, "news", line.key)
        assert [(step.step, step.outcome) for step in steps] == [("flood", "held")]
        assert steps[0].reason == line.reason == done.held
    # Shown again, they are known, and told no second time; more of the archive follows them.
    bench.now.forward(hours=7)
    show(bench, *current, *old, *archive(bench, 2, first=60))
    done = await bench.refresh(feed)
    assert (done.counts["held"], done.counts["same"]) == (2, 66)
    await settled(bench)
    assert (await outcomes(bench))["held"] == 62
    bench.now.forward(days=31)
    await settled(bench)
    assert await outcomes(bench) == {"published": 7, "backlog": 62}
    assert len(bench.target.sent) == 7


async def test_a_whole_window_under_new_ids_is_held(bench: Bench) -> None:
    feed, _ = await established(bench)
    show(bench, item(bench, "fresh", 0), *(item(bench, f"moved-{n}", n * 12 + 30) for n in range(6)))
    done = await bench.refresh(feed)
    assert done.counts == {"new": 1, "held": 6}


async def test_an_election_night_is_published_at_once(bench: Bench) -> None:
    feed, current = await established(bench)
    show(bench, *(item(bench, f"result-{n}", n / 60) for n in range(40)), *current)
    assert (await bench.refresh(feed)).counts == {"new": 40, "same": 6}


async def test_a_week_without_us_is_no_flood(bench: Bench) -> None:
    feed, current = await established(bench)
    bench.now.forward(days=7)
    show(bench, *(item(bench, f"missed-{n}", n * 3) for n in range(50)), *current)
    assert (await bench.refresh(feed)).counts == {"new": 50, "same": 6}


async def test_what_is_released_is_published_once_with_its_latest_words(bench: Bench) -> None:
    feed, current = await established(bench)
    show(bench, *current, *archive(bench, 12))
    await bench.refresh(feed)
    bench.now.forward(hours=1)
    edited = item(bench, "old-0", 40 * DAYS, text="Edited while it was held, and so published.")
    show(bench, *current, edited, *archive(bench, 11, first=1))
    assert (await bench.refresh(feed)).counts == {"held": 1, "same": 17}
    assert (await outcomes(bench))["held"] == 12
    show(bench, *current)  # the feed shows them no more
    bench.now.forward(hours=1)
    await bench.refresh(feed)
    assert await bench.store.write(release.release, await held(bench), bench.now()) == 12
    await settled(bench)
    assert await outcomes(bench) == {"published": 18}
    assert any("Edited while it was held" in post.body for post in bench.target.posts.values())
    assert len(bench.target.sent) == len(set(bench.target.sent)) == 18
    assert await bench.store.write(release.release, await held(bench), bench.now()) == 0
    show(bench, *current, edited, *archive(bench, 11, first=1))
    bench.now.forward(hours=1)
    await bench.refresh(feed)
    await settled(bench)
    assert len(bench.target.sent) == 18


async def test_what_is_left_out_stays_out(bench: Bench) -> None:
    feed, current = await established(bench)
    show(bench, *current, *archive(bench, 12))
    await bench.refresh(feed)
    assert await bench.store.write(release.leave, await held(bench), bench.now()) == 12
    bench.now.forward(days=40)
    show(bench, *current, *archive(bench, 12), item(bench, "fresh", 0))
    await bench.refresh(feed)
    await settled(bench)
    assert await outcomes(bench) == {"published": 7, "backlog": 12}


async def test_what_is_withdrawn_while_it_is_held_is_not_taken(bench: Bench) -> None:
    feed, current = await established(bench)
    show(bench, *current, *archive(bench, 12))
    await bench.refresh(feed)
    lines = await held(bench)
    await bench.store.write(lambda session: of_entries(session, lines[:1], reason="asked", now=bench.now()))
    await bench.store.write(release.release, lines[1:], bench.now())
    await settled(bench)
    assert await outcomes(bench) == {"published": 17, "buried": 1}


@pytest.mark.parametrize("later", ["shown", "overtaken", "taken back", "again"])
async def test_a_number_alone_proves_right_or_is_taken_back(bench: Bench, later: str) -> None:
    feed = subscription(bench)
    show(bench, *(item(bench, f"story-{n}", None) for n in range(3)))
    await bench.refresh(feed)
    bench.now.forward(days=8)
    flood = [item(bench, f"flood-{n}", None) for n in range(30)]
    show(bench, *(item(bench, f"story-{n}", None) for n in range(3)), *flood)
    bench.now.forward(hours=1)
    await bench.refresh(feed)
    bench.now.forward(hours=1)
    done = await bench.refresh(feed)
    assert (await outcomes(bench))["held"] == 30
    bench.now.forward(hours=1)
    after = {
        "shown": [item(bench, "one more", None), *flood],
        "overtaken": [item(bench, "one more", None), item(bench, "two more", None)],
        "taken back": [item(bench, f"story-{n}", None) for n in range(2)],
        "again": [*flood, *(item(bench, f"next-{n}", None) for n in range(200))],
    }[later]
    show(bench, *after)
    done = await bench.refresh(feed)
    assert bool(done.held) is (later == "again")
    bench.now.forward(hours=5)
    await settled(bench)
    left = {"shown": "published", "overtaken": "published", "taken back": "backlog", "again": "held"}[later]
    titles = await bench.outcomes()
    assert {titles[f"flood-{n}"] for n in range(30)} == {left}


async def test_a_feed_put_back_after_long_is_subscribed_anew(bench: Bench) -> None:
    feed, current = await established(bench)
    await bench.store.write(feeds.sync, [], bench.now())
    bench.now.forward(days=60)
    show(bench, *(item(bench, f"missed-{n}", n * 3) for n in range(50)), *current)
    done = await bench.refresh(replace(feed, max_new=3))
    assert done.counts == {"new": 3, "backlog": 47, "same": 6}


async def test_only_what_is_new_from_now_on(bench: Bench) -> None:
    feed = subscription(bench, max_new=0)
    current = [item(bench, f"story-{n}", None) for n in range(5)]
    show(bench, *current)
    assert (await bench.refresh(feed)).counts == {"backlog": 5}
    bench.now.forward(hours=1)
    show(bench, item(bench, "fresh", None), *current)
    assert (await bench.refresh(feed)).counts == {"new": 1, "same": 5}


async def test_a_report_of_an_error_is_quarantined_and_fails_its_feed(bench: Bench) -> None:
    feed, current = await established(bench)
    report = item(bench, "Bridge returned error 404! (20604)", 0, url="/bridge?_error_time=20604")
    show(bench, report, generator="RSS-Bridge")
    done = await bench.refresh(feed)
    assert (done.outcome, done.reason) == ("failed", "RSS-Bridge reports: Bridge returned error 404!")
    memory = await bench.store.read(feeds.memory, "news")
    assert (memory.failures, memory.last_error) == (1, done.reason)
    bench.now.forward(hours=2)
    assert (await bench.refresh(feed)).reason == done.reason  # the same document is no success either
    assert (await bench.store.read(feeds.memory, "news")).failures == 2
    bench.now.forward(hours=4)
    show(bench, *current, generator="RSS-Bridge")
    assert (await bench.refresh(feed)).outcome == "read"
    assert (await bench.store.read(feeds.memory, "news")).failures == 0
    await settled(bench)
    assert await outcomes(bench) == {"published": 6, "quarantined": 1}
    bench.now.forward(days=31)
    await settled(bench)
    assert await bench.store.read(second_looks.next_at, "news", (await held(bench, Outcome.QUARANTINED))[0].key) is None
    assert await outcomes(bench) == {"published": 6, "quarantined": 1}


@pytest.mark.parametrize("first", ["nothing", "a report"])
async def test_a_feed_that_began_with_nothing_brings_later_what_it_would_have_brought_then(
    bench: Bench, first: str
) -> None:
    feed = subscription(bench, max_new=12)
    show(bench, *([item(bench, "Feed expired", 0, url="/")] if first == "a report" else []))
    await bench.refresh(feed)
    bench.now.forward(hours=2)
    show(bench, *(item(bench, f"story-{n}", (n + 3) * DAYS) for n in range(12)))
    assert (await bench.refresh(feed)).counts == {"new": 12}


@pytest.mark.parametrize("days", [0, 40])
async def test_a_quarantined_entry_is_released_even_when_it_is_kept_no_more(bench: Bench, days: int) -> None:
    feed, current = await established(bench)
    show(bench, item(bench, "Feed expired", 0, url="/"), *current)
    await bench.refresh(feed)
    bench.now.forward(days=days)
    await settled(bench)
    assert await bench.store.write(release.release, await held(bench, Outcome.QUARANTINED), bench.now()) == 1
    bench.now.forward(hours=1)
    await bench.refresh(feed)
    await settled(bench)
    assert await outcomes(bench) == {"published": 7}


@pytest.mark.parametrize(
    ("future", "ahead", "count"),
    [("now", 3 * DAYS, 0), ("hold", 3 * DAYS, 1), ("hold", 12, 0), ("hold", 900 * DAYS, 0)],
)
async def test_what_is_dated_ahead_is_taken_now_or_on_its_day(
    bench: Bench, future: str, ahead: float, count: int
) -> None:
    feed, current = await established(bench, future=Future(future))
    show(bench, item(bench, "ahead", -ahead), *current)
    await bench.refresh(feed)
    seen_at = bench.now()
    await settled(bench)
    assert (await outcomes(bench))["held"] == count
    bench.now.forward(hours=ahead)
    await settled(bench)
    assert await outcomes(bench) == {"published": 7}
    dates = {post.title: post.published_at for post in bench.target.posts.values()}
    assert dates["ahead"] == (seen_at if not count else bench.now())


async def test_an_undated_entry_is_as_old_as_its_page_says(bench: Bench) -> None:
    feed = subscription(bench, extract=True, max_age=timedelta(days=30))
    for name, date in (("ancient", "2019-03-01"), ("recent", "2026-05-30")):
        words = "".join(
            f"<p>Part {n}: the council spoke at length about pier {n} and the eel grass.</p>" for n in range(20)
        )
        head = f"<title>{name}</title><meta property='article:published_time' content='{date}T10:00:00Z'>"
        page = f"<html lang=en><head>{head}</head><body><article><h1>{name}</h1>{words}</article></body></html>"
        bench.web.route(f"/{name}", page, headers={"Content-Type": "text/html"})
    show(bench, item(bench, "ancient", None), item(bench, "recent", None))
    await bench.refresh(feed)
    assert await bench.outcomes() == {"ancient": "too-old", "recent": "queued"}


STEP = st.one_of(
    st.lists(
        st.tuples(st.integers(0, 60), st.sampled_from([None, 0.5, 30.0, 900.0])), max_size=30, unique_by=lambda p: p[0]
    ),
    st.sampled_from(["release", "leave", "wait", "month"]),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEP, min_size=2, max_size=7))
async def test_nothing_is_lost_or_doubled_and_what_is_held_can_be_released(
    steps: Sequence[str | list[tuple[int, float | None]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with ScriptedWeb() as web, opened(web, Path(folder)) as bench:
            feed, shown = subscription(bench, max_new=2), set[str]()
            for step in steps:
                bench.now.forward(days=31) if step == "month" else bench.now.forward(hours=7)
                if isinstance(step, list):
                    show(bench, *(item(bench, f"story-{n}", age) for n, age in step))
                    shown |= {f"story-{n}" for n, _ in step}
                    await bench.refresh(feed)
                elif step in {"release", "leave"}:
                    await bench.store.write(getattr(release, step), await held(bench), bench.now())
                await settled(bench)
                lines = await bench.store.read(entries.lines)
                assert sorted(line.title for line in lines) == sorted(shown)
                assert {line.outcome for line in lines} <= {Outcome.PUBLISHED, Outcome.BACKLOG, Outcome.HELD}
            await bench.store.write(release.release, await held(bench), bench.now())
            await settled(bench)
            assert not await held(bench)
            published = [line for line in await bench.store.read(entries.lines) if line.outcome is Outcome.PUBLISHED]
            assert len(published) == len(bench.target.posts)
