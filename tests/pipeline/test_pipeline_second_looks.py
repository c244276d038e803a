"""Pages that could not be had for a moment: what is shown meanwhile, and what a second look makes of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from fakes import Answer
from pipeline_bench import Bench

from aggregator.pipeline import withdrawal
from aggregator.pipeline.taken import save
from aggregator.store import entries, feeds, journal, second_looks, tombstones
from aggregator.transforms.filter import Options as Filter
from aggregator.types import Feed, Outcome, Post, StepSettings

PROSE = "The council of the harbour met on Tuesday and spoke at length about the pier and the eel grass below it. "
LONG = PROSE * 8
NOTHING = ""  #: a title, and no more
HTML = {"Content-Type": "text/html"}


def item(text: str, *, title: str = "Story", dated: bool = True) -> str:
    date = "<pubDate>Mon, 04 May 2026 10:00:00 GMT</pubDate>" if dated else ""
    return (
        f"<item><title>{title}</title><guid isPermaLink='false'>id</guid><link>/story</link>{date}"
        + (
            f"<description>Short.</description><content:encoded><![CDATA[<p>{text}</p>]]></content:encoded>"
            if text
            else ""
        )
        + "</item>"
    )


def feed(bench: Bench, *items: str, **facts: object) -> Feed:
    head = "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><title>News</title>"
    bench.web.route(
        "/feed", f"{head}<link>/</link>{''.join(items)}</channel></rss>", headers={"Content-Type": "text/xml"}
    )
    return replace(Feed(name="news", url=bench.web.url("/feed"), targets=("blog",)), **facts)  # type: ignore[arg-type]


def page(bench: Bench, text: str = PROSE, head: str = "") -> None:
    paragraphs = "".join(f"<p>Paragraph {n} of the page. {text}</p>" for n in range(20))
    html = f"<html lang=en><head><title>Story</title>{head}</head><body><article>{paragraphs}</article></body></html>"
    bench.web.route("/story", html, headers=HTML)


def broken(bench: Bench, status: int = 502) -> None:
    bench.web.route("/story", Answer(status=status))


async def only(bench: Bench) -> entries.EntryLine:
    (line,) = await bench.store.read(entries.lines)
    return line


async def published(bench: Bench) -> Post:
    await bench.deliver()
    (post,) = bench.target.posts.values()
    return post


async def told(bench: Bench) -> list[str]:
    line = await only(bench)
    steps = await bench.store.read(journal.of_entry, line.feed, line.key)
    return [f"{step.outcome}: {step.reason}" for step in steps if step.step == "second look"]


def asked(bench: Bench) -> int:
    return sum(seen.path == "/story" for seen in bench.web.requests)


async def test_a_feed_that_says_enough_is_published_at_once_and_revised_from_the_page(bench: Bench) -> None:
    broken(bench)
    await bench.refresh(feed(bench, item(LONG)))
    before = await published(bench)
    assert "Paragraph" not in before.body
    assert (await only(bench)).outcome is Outcome.PUBLISHED
    page(bench)
    assert await bench.look_again() == []
    bench.now.forward(minutes=10)
    (looked,) = await bench.look_again()
    assert looked.outcome == "page"
    after = await published(bench)
    assert "Paragraph 5" in after.body
    assert (after.key, after.slug, after.published_at) == (before.key, before.slug, before.published_at)
    assert (await only(bench)).outcome is Outcome.PUBLISHED
    assert (await told(bench))[0].startswith(
        "shown: the feed's own words are shown; its page is looked at again in 10 min"
    )
    bench.now.forward(days=1)
    assert await bench.look_again() == []


async def test_a_feed_that_says_little_is_held_back_until_the_page_can_be_had(bench: Bench) -> None:
    broken(bench)
    await bench.refresh(feed(bench, item(NOTHING)))
    assert await bench.deliver() == []
    line = await only(bench)
    assert (line.outcome, "held back, since the feed gives no words" in line.reason) == (Outcome.WAITING, True)
    bench.now.forward(minutes=10)
    page(bench)
    await bench.look_again()
    assert "Paragraph 5" in (await published(bench)).body


async def test_a_page_that_goes_on_failing_leaves_the_feeds_words_after_a_bounded_number_of_looks(bench: Bench) -> None:
    broken(bench)
    await bench.refresh(feed(bench, item(NOTHING)))
    for wait, looks, outcome in (
        (10, 1, "published"),
        (60, 1, "published"),
        (360, 1, "published"),
        (9999, 0, "published"),
    ):
        bench.now.forward(minutes=wait)
        assert len(await bench.look_again()) == looks
        assert await published(bench)
        assert (await bench.outcomes())["Story"] == outcome
    assert asked(bench) == 4
    assert (await told(bench))[-1] == "settled: given up after 4 attempts"
    assert len(bench.target.sent) == 1


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_a_page_that_says_no_is_not_asked_for_again(bench: Bench, status: int) -> None:
    broken(bench, status)
    await bench.refresh(feed(bench, item(NOTHING)))
    assert await published(bench)
    bench.now.forward(days=1)
    assert await bench.look_again() == []


async def test_busy_robots_are_a_passing_reason(bench: Bench) -> None:
    page(bench)
    bench.web.script("/robots.txt", Answer(status=503), Answer(body="", headers={"Content-Type": "text/plain"}))
    await bench.refresh(feed(bench, item(NOTHING)))
    assert (await only(bench)).outcome is Outcome.WAITING
    bench.now.forward(minutes=10)
    await bench.look_again()
    assert "Paragraph 5" in (await published(bench)).body


async def test_a_server_that_asks_for_time_gets_it(bench: Bench) -> None:
    bench.web.route("/story", Answer(status=429, headers={"Retry-After": "7200"}))
    await bench.refresh(feed(bench, item(NOTHING)))
    assert (await published(bench)).title == "Story"  # two hours are too long to hold news back
    page(bench)
    bench.now.forward(minutes=119)
    assert await bench.look_again() == []
    bench.now.forward(minutes=2)
    await bench.look_again()
    assert "Paragraph 5" in (await published(bench)).body


async def test_an_entry_without_a_date_is_dated_by_when_it_was_first_seen(bench: Bench) -> None:
    broken(bench)
    await bench.refresh(feed(bench, item(NOTHING, dated=False)))
    seen = bench.now()
    page(bench)
    bench.now.forward(minutes=30)
    await bench.look_again()
    assert (await published(bench)).published_at == seen


async def test_an_edit_meanwhile_is_what_the_second_look_goes_by(bench: Bench) -> None:
    broken(bench)
    await bench.refresh(feed(bench, item(LONG)))
    await published(bench)
    bench.now.forward(minutes=5)
    await bench.refresh(feed(bench, item(LONG + "It meets again.", title="Story, mended")))
    assert (await published(bench)).title == "Story, mended"
    page(bench)
    bench.now.forward(minutes=10)
    await bench.look_again()
    post = await published(bench)
    assert (post.title, "Paragraph 5" in post.body) == ("Story, mended", True)


async def test_an_edit_while_the_page_fails_does_not_replace_what_was_made_from_the_page(bench: Bench) -> None:
    page(bench)
    await bench.refresh(feed(bench, item(NOTHING)))
    assert "Paragraph 5" in (await published(bench)).body
    broken(bench)
    bench.now.forward(hours=2)
    await bench.refresh(feed(bench, item("It meets again.")))
    assert "Paragraph 5" in (await published(bench)).body
    assert (await only(bench)).outcome is Outcome.PUBLISHED
    page(bench, PROSE + "It meets again.")
    bench.now.forward(minutes=10)
    await bench.look_again()
    assert "It meets again." in (await published(bench)).body


@pytest.mark.parametrize("when", ["before the look", "during the look"])
@pytest.mark.parametrize(("text", "outcome"), [(NOTHING, Outcome.BURIED), (LONG, Outcome.WITHDRAWN)])
async def test_what_is_withdrawn_meanwhile_stays_away(bench: Bench, when: str, text: str, outcome: Outcome) -> None:
    broken(bench)
    await bench.refresh(feed(bench, item(text)))
    await bench.deliver()
    page(bench)
    bench.now.forward(minutes=10)
    claimed = await bench.second_looks.claim(9) if when == "during the look" else []
    lines = [await only(bench)]

    def withdraw(session: object) -> None:
        withdrawal.of_entries(session, lines, reason="asked to", now=bench.now())  # type: ignore[arg-type]

    await bench.store.write(withdraw)
    assert [(await bench.second_looks.look(look)).outcome for look in claimed] == ["void"] * len(claimed)
    assert await bench.look_again() == []
    await bench.deliver()
    assert bench.target.posts == {}
    assert (await only(bench)).outcome is outcome


async def test_a_pattern_buried_meanwhile_keeps_a_held_entry_out(bench: Bench) -> None:
    broken(bench)
    await bench.refresh(feed(bench, item(NOTHING)))
    await bench.store.write(tombstones.bury_pattern, "*/story", "asked to", bench.now())
    page(bench)
    bench.now.forward(minutes=10)
    await bench.look_again()
    assert await bench.deliver() == []
    assert (await only(bench)).outcome is Outcome.BURIED


async def test_a_feed_removed_meanwhile_is_asked_for_nothing(bench: Bench) -> None:
    broken(bench)
    await bench.refresh(feed(bench, item(LONG)))
    await published(bench)
    await bench.store.write(feeds.sync, [], bench.now())
    before = asked(bench)
    bench.now.forward(days=1)
    assert await bench.look_again() == []
    assert asked(bench) == before


async def test_a_kill_in_the_middle_costs_one_look(bench: Bench) -> None:
    broken(bench)
    await bench.refresh(feed(bench, item(NOTHING)))
    bench.now.forward(minutes=10)
    assert len(await bench.second_looks.claim(9)) == 1  # and then nothing more of that life
    page(bench)
    assert await bench.look_again() == []
    bench.now.forward(hours=1)
    await bench.look_again()
    assert "Paragraph 5" in (await published(bench)).body
    assert len(bench.target.sent) == 1


async def test_looks_that_all_ended_in_kills_end_with_the_feeds_words(bench: Bench) -> None:
    broken(bench)
    await bench.refresh(feed(bench, item(NOTHING)))
    for _ in range(3):
        bench.now.forward(hours=1)
        assert len(await bench.second_looks.claim(9)) == 1
    before = asked(bench)
    bench.now.forward(hours=1)
    await bench.look_again()
    assert (await published(bench)).title == "Story"
    assert asked(bench) == before
    assert await bench.store.read(second_looks.next_at, "news", (await only(bench)).key) is None


async def test_a_story_that_another_feed_has_told_meanwhile_is_a_duplicate(bench: Bench) -> None:
    broken(bench)
    await bench.refresh(feed(bench, item(NOTHING)))
    page(bench)
    await bench.refresh(replace(feed(bench, item(NOTHING)), name="other"))
    bench.now.forward(minutes=10)
    await bench.look_again()
    await published(bench)
    assert {line.feed: line.outcome for line in await bench.store.read(entries.lines)} == {
        "news": Outcome.DUPLICATE,
        "other": Outcome.PUBLISHED,
    }


async def test_a_post_that_stands_is_revised_though_its_page_turns_out_to_be_another_ones(bench: Bench) -> None:
    bench.web.route("/original", "<html><body><article>" + f"<p>{PROSE}</p>" * 6, headers=HTML)
    await bench.refresh(replace(feed(bench, item("In short.").replace("/story", "/original")), name="other"))
    broken(bench)
    await bench.refresh(feed(bench, item(LONG)))
    page(bench, head=f'<link rel=canonical href="{bench.web.url("/original")}">')
    bench.now.forward(minutes=10)
    await bench.look_again()
    await bench.deliver()
    assert {line.feed: line.outcome for line in await bench.store.read(entries.lines)} == {
        "news": Outcome.PUBLISHED,
        "other": Outcome.PUBLISHED,
    }
    assert sum("Paragraph 5" in post.body for post in bench.target.posts.values()) == 1


async def test_a_post_that_its_page_shows_to_be_unwanted_is_taken_back(bench: Bench) -> None:
    broken(bench)
    unwanted = (StepSettings(kind="filter", name="f", options=Filter(exclude=("Paragraph 5",))),)
    await bench.refresh(feed(bench, item(LONG), transforms=unwanted))
    await published(bench)
    page(bench)
    bench.now.forward(minutes=10)
    await bench.look_again()
    assert (await only(bench)).outcome is Outcome.DROPPED
    await bench.deliver()
    assert bench.target.posts == {}
    assert (await only(bench)).outcome is Outcome.WITHDRAWN


async def test_a_delivery_settled_while_an_edit_is_read_keeps_its_outcome(bench: Bench) -> None:
    page(bench)
    await bench.refresh(feed(bench, item(NOTHING)))

    wanted = feed(bench, item("."))  # the page is the same, and so is what comes of it
    current, reading = await bench.refresher.read(wanted)
    met = await bench.refresher.meet(current, reading)
    chunks = [chunk async for chunk in bench.refresher.gather(current, reading, Counter(), met)]
    await bench.deliver()
    for chunk in chunks:
        await bench.store.write(save, chunk, current, bench.now())
    assert (await only(bench)).outcome is Outcome.PUBLISHED
