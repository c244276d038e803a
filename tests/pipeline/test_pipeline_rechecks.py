"""Pages of published articles that are looked at once more: what is mended there, withdrawn there, and what is only broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes import Answer, Seen
from pipeline_bench import Bench

from aggregator.pipeline import retractions as following
from aggregator.pipeline import withdrawal
from aggregator.policy import recheck
from aggregator.policy.retraction import Handling, Sign
from aggregator.store import EntryLine, entries, journal, rechecks, retractions, revisions, tombstones
from aggregator.types import Entry, Feed, Outcome, PageSeen, Post, Updates, Withdrawals

HTML = {"Content-Type": "text/html"}
PROSE = "The council of the harbour met on Tuesday and spoke at length about pier {n} and the eel grass below it. "
ALL = range(1, 7)


def html(number: int, *, text: str = "", title: str = "", head: str = "") -> str:
    words = text or PROSE.format(n=number)
    paragraphs = "".join(f"<p>Paragraph {part} of story {number}. {words}</p>" for part in range(12))
    title = title or f"Story {number} of the harbour"
    return f"<html lang=en><head><title>{title}</title><meta property='og:title' content='{title}'>{head}</head><body><article><h1>{title}</h1>{paragraphs}</article></body></html>"


def page(bench: Bench, number: int, body: str = "", etag: str = "1") -> None:
    """A page with a validator, which answers 304 to who has it."""
    validator = f'"{etag}"'

    def answer(seen: Seen) -> Answer:
        if seen.header("If-None-Match") == validator:
            return Answer(status=304)
        return Answer(body=body or html(number), headers={**HTML, "ETag": validator})

    bench.web.route(f"/{number}", answer)


def feed(bench: Bench, **facts: object) -> Feed:
    items = "".join(
        f"<item><title>Story {n} of the harbour</title><guid isPermaLink='false'>{n}</guid><link>/{n}</link>"
        f"<pubDate>Mon, 01 Jun 2026 11:{50 + n}:00 GMT</pubDate><description>Short.</description></item>"
        for n in ALL
    )
    bench.web.route(
        "/feed",
        f"<rss version='2.0'><channel><title>News</title><link>/</link>{items}</channel></rss>",
        headers={"Content-Type": "text/xml"},
    )
    known = Feed(name="news", url=bench.web.url("/feed"), targets=("blog",))
    return replace(known, **facts)  # type: ignore[arg-type]


async def published(bench: Bench, **facts: object) -> None:
    for number in ALL:
        page(bench, number)
    await bench.refresh(feed(bench, **facts))
    await bench.deliver()
    bench.web.requests.clear()


async def passes(bench: Bench, days: float) -> list[str]:
    """Time goes by, an hour at a time on the first day and half a day after, and what is due is done."""
    done: list[str] = []
    left = days * 24
    while left > 0:
        step = 1.0 if left > (days - 1) * 24 or left < 12 else 12.0
        bench.now.forward(hours=step)
        left -= step
        done += [one.outcome for one in await bench.recheck()]
        await bench.deliver()
    return done


async def line(bench: Bench, number: int = 1) -> EntryLine:
    (found,) = [one for one in await bench.store.read(entries.lines) if one.url and one.url.endswith(f"/{number}")]
    return found


def shown(bench: Bench, number: int = 1) -> Post | None:
    return next((p for p in bench.target.posts.values() if (p.canonical_url or "").endswith(f"/{number}")), None)


async def retraction(bench: Bench, number: int = 1) -> retractions.Retraction | None:
    return await bench.store.read(retractions.of_entry, "news", (await line(bench, number)).key)


def gone(bench: Bench, *numbers: int, status: int) -> None:
    for number in numbers:
        bench.web.route(f"/{number}", Answer(status=status))


async def test_a_page_is_asked_at_growing_spans_with_its_validators_and_then_no_more(bench: Bench) -> None:
    await published(bench)
    outcomes = await passes(bench, 40)
    asked = bench.web.seen("/1")
    assert len(asked) == 6
    assert {seen.header("If-None-Match") for seen in asked} == {'"1"'}
    assert set(outcomes) == {"same"}
    assert await bench.store.read(rechecks.watched, "news") == 0
    assert bench.web.count("/robots.txt") <= 40


async def test_a_server_without_validators_is_asked_half_as_often(bench: Bench) -> None:
    await published(bench)
    for number in ALL:
        bench.web.route(f"/{number}", html(number), headers=HTML)
    await bench.store.write(rechecks.drop, "news", [(await line(bench)).key])
    one = await line(bench)
    bare = PageSeen(url=one.url, etag=None, last_modified=None, domain="")
    plan = recheck.plan(feed(bench).recheck, bench.now(), bench.now(), validators=bare.validated)
    entry = Entry(key=one.key, url=one.url, title=one.title)
    assert plan.at is not None
    await bench.store.write(
        lambda s: rechecks.plan(s, "news", entry, bare, since=bench.now(), at=plan.at or bench.now())
    )
    await passes(bench, 40)
    assert bench.web.count("/1") == 3


@pytest.mark.parametrize("facts", [{"recheck": ()}, {"extract": False}], ids=["recheck = false", "extract = false"])
async def test_nothing_is_asked_where_the_feed_does_not_want_it(bench: Bench, facts: dict[str, object]) -> None:
    await published(bench, **facts)
    await passes(bench, 3)
    assert bench.web.requests == []


async def test_a_restart_or_a_kill_in_the_middle_repeats_no_look_at_once(bench: Bench) -> None:
    await published(bench)
    bench.now.forward(hours=1)
    assert len(await bench.rechecks.claim(100)) == 6
    assert await bench.rechecks.claim(100) == []
    bench.now.forward(hours=1)
    assert len(await bench.rechecks.claim(100)) == 6


async def test_what_is_mended_on_the_page_alone_reaches_the_post(bench: Bench) -> None:
    await published(bench)
    before = shown(bench)
    page(bench, 1, html(1, text=PROSE.format(n=1) + "The pier is ninety metres long, not nine."), etag="2")
    outcomes = await passes(bench, 0.2)
    post = shown(bench)
    assert post is not None
    assert before is not None
    assert "not nine" in post.body
    assert "not nine" not in before.body
    assert (post.key, post.slug) == (before.key, before.slug)
    assert outcomes.count("changed") == 1
    steps = await bench.store.read(journal.of_entry, "news", post.entry_key)
    assert [step.outcome for step in steps if step.step == "recheck"] == ["changed"]


LEADS_AWAY: dict[str, Callable[[Bench], None]] = {
    "an error page with 200": lambda bench: bench.web.route(
        "/1",
        html(1, text="Sorry, nothing here: please try our search box.", title="Oops").replace("story 1", "nil"),
        headers=HTML,
    ),
    "the front page": lambda bench: bench.web.redirect("/1", "/"),
    "a wall": lambda bench: bench.web.route("/1", Answer(status=403)),
    "a server in trouble": lambda bench: bench.web.route("/1", Answer(status=500)),
    "a robots.txt that says no": lambda bench: bench.web.route("/robots.txt", "User-agent: *\nDisallow: /"),
}


@pytest.mark.parametrize("away", LEADS_AWAY)
async def test_what_is_no_article_changes_nothing(bench: Bench, away: str) -> None:
    await published(bench)
    before = shown(bench)
    bench.web.route("/", html(9), headers=HTML)
    LEADS_AWAY[away](bench)
    bench.now.forward(days=1, hours=1)  # what robots.txt said holds for a day
    await passes(bench, 4)
    assert shown(bench) == before
    assert (await line(bench)).outcome is Outcome.PUBLISHED


async def test_a_change_on_the_page_that_its_feed_does_not_want_is_kept_for_a_person_to_see(bench: Bench) -> None:
    await published(bench, update=Updates.NEVER)
    before = shown(bench)
    page(bench, 1, html(1, text=PROSE.format(n=1) + "It was nine, not six."), etag="2")
    assert "kept back" in await passes(bench, 2)
    assert shown(bench) == before
    (kept,) = await bench.store.read(revisions.of_entry, "news", (await line(bench)).key)
    assert (str(kept.outcome), kept.cause) == ("kept back", "page")
    assert kept.after is not None
    assert "It was nine, not six." in kept.after.text


WITHDRAWN = {410: Sign.GONE, 404: Sign.MISSING}


@pytest.mark.parametrize("policy", Withdrawals)
@pytest.mark.parametrize("status", WITHDRAWN)
async def test_a_page_that_is_gone_is_followed_by_the_policy_of_its_feed(
    bench: Bench, status: int, policy: Withdrawals
) -> None:
    await published(bench, withdrawn=policy)
    gone(bench, 1, status=status)
    await passes(bench, 2.2)
    found, post = await retraction(bench), shown(bench)
    assert found is not None
    assert found.sign is WITHDRAWN[status]
    match policy:
        case Withdrawals.KEEP:
            assert (found.handling, post and "Withdrawn" in post.title) == (Handling.KEPT, False)
        case Withdrawals.MARK:
            assert post is not None
            assert (found.handling, post.title) == (Handling.MARKED, "Withdrawn: Story 1 of the harbour")
        case Withdrawals.REMOVE:
            assert (found.handling, post) == (Handling.REMOVED, None)
            assert len(await bench.store.read(tombstones.lines)) == 1
    assert len(bench.target.posts) == (5 if policy is Withdrawals.REMOVE else 6)
    bench.web.requests.clear()
    await passes(bench, 40)
    assert bench.web.count("/1") == 0


async def test_a_410_counts_at_once_and_a_404_only_when_a_day_has_passed(bench: Bench) -> None:
    await published(bench)
    gone(bench, 1, status=410)
    gone(bench, 2, status=404)
    await passes(bench, 0.9)
    assert shown(bench, 1) is None
    assert shown(bench, 2) is not None
    await passes(bench, 0.3)
    assert shown(bench, 2) is None


async def test_a_404_that_passes_does_no_harm_and_counts_anew(bench: Bench) -> None:
    await published(bench)
    gone(bench, 1, status=404)
    await passes(bench, 0.2)
    page(bench, 1)
    await passes(bench, 2)
    gone(bench, 1, status=404)
    await passes(bench, 1.5)
    assert shown(bench) is not None  # seen missing once since
    await passes(bench, 2)
    assert shown(bench) is None


@pytest.mark.parametrize("status", WITHDRAWN)
async def test_a_whole_site_that_is_gone_is_a_broken_one_held_until_it_is_back(bench: Bench, status: int) -> None:
    await published(bench)
    gone(bench, *ALL, status=status)
    outcomes = await passes(bench, 5)
    assert len(bench.target.posts) == 6
    assert outcomes.count("held") == 6
    held = await bench.store.read(lambda s: retractions.lines(s, handling=Handling.HELD))
    assert len(held) == 6
    for number in ALL:
        page(bench, number)
    await passes(bench, 2)
    assert await bench.store.read(lambda s: retractions.lines(s, handling=Handling.HELD)) == []
    assert len(bench.target.posts) == 6


async def test_many_of_one_feed_within_a_week_are_held_though_the_site_is_there(bench: Bench) -> None:
    await published(bench)
    gone(bench, 1, 2, 3, 4, status=410)
    page(bench, 5)
    await passes(bench, 1.5)
    assert len(bench.target.posts) == 4
    held = await bench.store.read(lambda s: retractions.lines(s, handling=Handling.HELD))
    assert len(held) == 2


async def test_a_retraction_on_the_page_alone_is_followed(bench: Bench) -> None:
    await published(bench, withdrawn=Withdrawals.MARK)
    page(bench, 1, html(1, title="RETRACTED: Story 1 of the harbour"), etag="2")
    await passes(bench, 0.2)
    post, found = shown(bench), await retraction(bench)
    assert post is not None
    assert found is not None
    assert (found.sign, found.handling) == (Sign.MARKED, Handling.MARKED)
    assert post.title == "Withdrawn: Story 1 of the harbour"


async def test_a_page_that_now_forbids_copies_lowers_what_is_shown(bench: Bench) -> None:
    await published(bench)
    page(bench, 1, html(1, head="<meta name='robots' content='noarchive'>"), etag="2")
    await passes(bench, 0.2)
    post = shown(bench)
    assert post is not None
    assert "Paragraph 9" not in post.body


async def test_what_was_withdrawn_by_hand_is_not_looked_at(bench: Bench) -> None:
    await published(bench)
    await bench.store.write(withdrawal.of_entries, [await line(bench)], reason="asked", now=bench.now())
    await passes(bench, 2)
    assert bench.web.count("/1") == 0


async def test_a_sign_that_was_overruled_counts_no_more(bench: Bench) -> None:
    await published(bench)
    gone(bench, 1, status=410)
    await passes(bench, 0.2)
    await bench.store.write(withdrawal.undo_entries, [await line(bench)], now=bench.now())
    await bench.deliver()
    await passes(bench, 8)
    assert shown(bench) is not None
    one = await line(bench)
    await bench.store.write(
        lambda s: following.follow(s, feed(bench), one, Sign.GONE, "its page answers 410", bench.now())
    )
    assert (await line(bench)).outcome is Outcome.PUBLISHED


async def test_strangers_are_asked_one_page_of_a_site_at_a_time_and_so_many_on_a_day(bench: Bench) -> None:
    await published(bench)

    def elsewhere(session: rechecks.Session) -> None:
        for row in entries.lines(session):
            seen = PageSeen(url=row.url, etag=None, last_modified=None, domain="harbour.example")
            entry = Entry(key=row.key, url=row.url, title=row.title)
            rechecks.plan(session, "news", entry, seen, since=bench.now(), at=bench.now())

    await bench.store.write(elsewhere)
    hour = timedelta(hours=1)

    def claim(session: rechecks.Session) -> int:
        return len(rechecks.claim(session, bench.now(), limit=10, lease=hour, per_day=4))

    assert [await bench.store.write(claim) for _ in range(6)] == [1, 1, 1, 1, 0, 0]
    bench.now.forward(days=1)
    assert await bench.store.write(claim) == 1
