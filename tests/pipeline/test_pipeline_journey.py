"""The journey of entries: from a feed on a scripted web to a target that remembers, through the real store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from pipeline_bench import Bench

from aggregator.errors import BlockedError, RejectedError, RemovedError, StoreError, TryLaterError
from aggregator.pipeline import Taken, taking, withdrawal
from aggregator.store import Session, deliveries, entries, journal, posts, tombstones
from aggregator.transforms.filter import Options as Filter
from aggregator.types import Action, Feed, Outcome, Rights, StepSettings

PROSE = (
    "The council of the harbour met on Tuesday and spoke at length about the pier, the eel grass below it and the "
    "ferry that has not run since the storm took its landing stage. "
)


def item(
    number: int, *, title: str | None = None, link: str | None = None, text: str | None = None, extra: str = ""
) -> str:
    return (
        f"<item><title>{title or f'Story {number}'}</title><guid isPermaLink='false'>id-{number}</guid>"
        f"<link>{link or f'/story/{number}'}</link><pubDate>Mon, {number:02d} May 2026 10:00:00 GMT</pubDate>"
        f"<description>{text or f'Summary of story {number}: the harbour council met.'}</description>{extra}</item>"
    )


def rss(*items: str, title: str = "The Harbour News") -> str:
    return (
        f"<?xml version='1.0'?><rss version='2.0'><channel><title>{title}</title><link>/</link>"
        f"<description>d</description>{''.join(items)}</channel></rss>"
    )


def page(number: int, head: str = "", text: str = PROSE) -> str:
    paragraphs = "".join(f"<p>Paragraph {n} of story {number}. {text}</p>" for n in range(5))
    return (
        f"<html lang=en><head><title>Story {number}</title>{head}</head><body><nav><a href=/>Home</a></nav>"
        f"<article><h1>Story {number}</h1>{paragraphs}</article></body></html>"
    )


def serve(bench: Bench, *items: str, path: str = "/feed", pages: int = 3, **about: str) -> Feed:
    bench.web.route(
        path, rss(*items, **about), headers={"Content-Type": "application/rss+xml", "ETag": f'"{len(items)}"'}
    )
    for number in range(1, pages + 1):
        bench.web.route(f"/story/{number}", page(number), headers={"Content-Type": "text/html"})
    return Feed(name=path.strip("/"), url=bench.web.url(path), targets=("blog",))


async def test_each_entry_becomes_one_credited_post(bench: Bench) -> None:
    feed = serve(bench, item(1), item(2), item(3))
    done = await bench.refresh(feed)
    assert (done.outcome, dict(done.counts)) == ("read", {"new": 3})
    await bench.deliver()
    assert sorted(post.title for post in bench.target.posts.values()) == ["Story 1", "Story 2", "Story 3"]
    for post in bench.target.posts.values():
        assert "Paragraph 4" in post.body
        assert post.source_name == "The Harbour News"
        assert post.credit.url == bench.web.url(f"/story/{post.title[-1]}")
        assert f'href="{post.credit.url}"' in post.credit.html
        assert post.published_at.month == 5
    assert set((await bench.outcomes()).values()) == {"published"}


async def test_a_second_refresh_is_conditional_and_makes_nothing(bench: Bench) -> None:
    feed = serve(bench, item(1), item(2))
    await bench.refresh(feed)
    await bench.deliver()
    bench.now.forward(hours=2)
    done = await bench.refresh(feed)
    assert done.outcome == "unchanged"
    assert bench.web.requests[-1].header("If-None-Match") == '"2"'
    assert await bench.deliver() == []


async def test_restamped_and_reworded_entries_update_their_post_and_make_no_second(bench: Bench) -> None:
    feed = serve(bench, item(1), item(2))
    await bench.refresh(feed)
    await bench.deliver()
    before = {post.title: post for post in bench.target.posts.values()}
    bench.web.route("/story/1", page(1, text=PROSE + "The ferry runs again."), headers={"Content-Type": "text/html"})
    serve_again = rss(item(1, text="The ferry runs again, the council says."), item(2).replace("10:00:00", "11:30:00"))
    bench.web.route("/feed", serve_again, headers={"Content-Type": "application/rss+xml"})
    bench.now.forward(hours=2)
    done = await bench.refresh(feed)
    assert dict(done.counts) == {"changed": 1, "same": 1}
    assert {line.last_seen_at for line in await bench.store.read(entries.lines)} == {bench.now()}
    await bench.deliver()
    after = {post.title: post for post in bench.target.posts.values()}
    assert len(bench.target.posts) == 2
    assert "The ferry runs again." in after["Story 1"].body
    assert after["Story 1"].modified_at is not None
    assert (after["Story 1"].slug, after["Story 1"].published_at) == (
        before["Story 1"].slug,
        before["Story 1"].published_at,
    )


async def test_two_feeds_that_bring_one_page_make_one_post(bench: Bench) -> None:
    first = serve(bench, item(1))
    second = replace(
        serve(bench, item(1, link="/story/1?utm_source=b"), path="/other", title="The Other"), name="other"
    )
    await bench.refresh(first)
    pages = len([seen for seen in bench.web.requests if seen.path == "/story/1"])
    await bench.refresh(second)
    await bench.deliver()
    assert len(bench.target.posts) == 1
    assert pages == len([seen for seen in bench.web.requests if seen.path == "/story/1"]) == 1
    lines = await bench.store.read(entries.lines, feed="other")
    assert [(str(line.outcome), "feed feed brought the same page" in line.reason) for line in lines] == [
        ("duplicate", True)
    ]


async def test_a_syndicated_copy_is_told_as_also_reported_by(bench: Bench) -> None:
    first = serve(bench, item(1))
    await bench.refresh(first)
    copy = page(1, head=f'<link rel=canonical href="{bench.web.url("/story/1")}">')
    bench.web.route("/copy", copy, headers={"Content-Type": "text/html"})
    second = serve(bench, item(9, title="Copied", link="/copy"), path="/other", title="The Other")
    await bench.refresh(second)
    await bench.deliver()
    (post,) = bench.target.posts.values()
    assert [(seen.publisher, seen.url) for seen in post.also_reported_by] == [("The Other", bench.web.url("/copy"))]


async def test_a_copy_that_came_first_is_credited_to_the_original_when_that_comes(bench: Bench) -> None:
    copy = page(1, head=f'<link rel=canonical href="{bench.web.url("/story/1")}">')
    bench.web.route("/copy", copy, headers={"Content-Type": "text/html"})
    carrier = serve(bench, item(9, title="Story 1", link="/copy"), path="/other", title="The Other")
    await bench.refresh(carrier)
    await bench.deliver()
    assert [post.source_name for post in bench.target.posts.values()] == ["The Other"]
    await bench.refresh(serve(bench, item(1)))
    await bench.deliver()
    (post,) = bench.target.posts.values()
    assert (post.source_name, post.credit.publisher, post.via) == ("The Harbour News",) * 2 + (("The Other",),)
    assert post.credit.url == bench.web.url("/story/1")
    (line,) = await bench.store.read(entries.lines, feed="other")
    assert (line.outcome, "its post passed to “Story 1” at The Harbour News" in line.reason) == (
        Outcome.DUPLICATE,
        True,
    )

    bench.now.forward(hours=2)
    edited = item(9, title="Story 1, spoilt", link="/copy")
    await bench.refresh(serve(bench, edited, path="/other", title="The Other"))
    await bench.refresh(serve(bench, item(1, title="Story 1, mended")))
    await bench.deliver()
    (post,) = bench.target.posts.values()
    assert (post.title, post.source_name, post.via) == ("Story 1, mended", "The Harbour News", ("The Other",))


async def test_a_story_told_at_one_target_is_still_owed_to_another(bench: Bench) -> None:
    await bench.refresh(serve(bench, item(1)))
    second = serve(bench, item(1), path="/other")
    await bench.refresh(replace(second, targets=("blog", "elsewhere")))
    owed = await bench.store.read(deliveries.lines, feed="other")
    assert [line.target for line in owed] == ["elsewhere"]


async def test_only_the_newest_entries_are_taken_on_first_subscription(bench: Bench) -> None:
    feed = replace(serve(bench, *(item(n) for n in range(1, 7)), pages=6), max_new=2)
    await bench.refresh(feed)
    assert await bench.outcomes() == {f"Story {n}": "queued" if n > 4 else "backlog" for n in range(1, 7)}
    bench.now.forward(hours=2)
    serve(bench, *(item(n) for n in range(1, 10)), pages=9)
    await bench.refresh(feed)
    outcomes = await bench.outcomes()
    assert [outcomes[f"Story {n}"] for n in (1, 4, 7, 8, 9)] == ["backlog", "backlog", "queued", "queued", "queued"]


@pytest.mark.parametrize(
    ("change", "outcome", "reason"),
    [
        ({"max_age": timedelta(days=7)}, "too-old", "older than max_age"),
        (
            {"transforms": (StepSettings(kind="filter", name="f", options=Filter(exclude=("harbour",))),)},
            "dropped",
            "“harbour”",
        ),
    ],
)
async def test_what_is_not_wanted_has_an_outcome_with_its_reason(
    bench: Bench, change: dict[str, object], outcome: str, reason: str
) -> None:
    await bench.refresh(replace(serve(bench, item(1)), **change))  # type: ignore[arg-type]
    (line,) = await bench.store.read(entries.lines)
    assert str(line.outcome) == outcome
    assert reason in line.reason


async def test_a_page_that_fails_leaves_the_feeds_own_words_and_says_so(bench: Bench) -> None:
    feed = serve(bench, item(1, link="/gone"), item(2))
    await bench.refresh(feed)
    await bench.deliver()
    bodies = {post.title: post.body for post in bench.target.posts.values()}
    assert "Summary of story 1" in bodies["Story 1"]
    (line,) = [line for line in await bench.store.read(entries.lines) if line.title == "Story 1"]
    steps = await bench.store.read(journal.of_entry, feed.name, line.key)
    assert any(step.step == "extract" and step.outcome == "feed" and "404" in step.reason for step in steps)


@pytest.mark.parametrize("rights", [Rights.EXCERPT, Rights.LINK])
async def test_rights_limit_what_is_shown(bench: Bench, rights: Rights) -> None:
    await bench.refresh(replace(serve(bench, item(1)), rights=rights))
    await bench.deliver()
    (post,) = bench.target.posts.values()
    assert "Paragraph 4" not in post.body
    assert bool(post.body) == (rights is Rights.EXCERPT)
    assert post.credit.url == bench.web.url("/story/1")


async def test_a_reservation_of_the_source_lowers_rights(bench: Bench) -> None:
    feed = serve(bench, item(1))
    bench.web.route(
        "/story/1", page(1, head='<meta name="robots" content="noarchive">'), headers={"Content-Type": "text/html"}
    )
    await bench.refresh(feed)
    await bench.deliver()
    (post,) = bench.target.posts.values()
    assert post.rights is Rights.EXCERPT
    assert "Paragraph 4" not in post.body


async def test_the_origin_of_a_reposted_entry_is_credited(bench: Bench) -> None:
    source = '<source url="https://aljazeera.example/feed">Al Jazeera English</source>'
    await bench.refresh(serve(bench, item(1, extra=source)))
    await bench.deliver()
    (post,) = bench.target.posts.values()
    assert post.credit.publisher == "Al Jazeera English"
    assert post.via == ("The Harbour News",)


async def test_a_broken_feed_fails_alone_and_keeps_its_validators(bench: Bench) -> None:
    feed = serve(bench, item(1))
    await bench.refresh(feed)
    bench.web.route(
        "/feed", "<html><body>Please log in</body></html>", headers={"Content-Type": "text/html", "ETag": '"x"'}
    )
    bench.now.forward(hours=2)
    done = await bench.refresh(feed)
    assert done.outcome == "failed"
    bench.now.forward(days=1)
    await bench.refresh(feed)
    assert bench.web.requests[-1].header("If-None-Match") == '"1"'


async def test_a_failure_after_acceptance_makes_no_second_post(bench: Bench) -> None:
    await bench.refresh(serve(bench, item(1)))
    bench.target.fail_after = [TryLaterError("blog", "cut off", in_doubt=True)]
    assert [done.outcome for done in await bench.deliver()] == ["retry"]
    bench.now.forward(minutes=5)
    assert [done.outcome for done in await bench.deliver()] == ["published"]
    assert len(bench.target.sent) == 1


@pytest.mark.parametrize(
    ("error", "outcome", "entry"),
    [
        (TryLaterError("blog", "busy"), "retry", Outcome.QUEUED),
        (RejectedError("blog", "too long"), "dead", Outcome.DEAD),
        (BlockedError("blog", "401"), "pause", Outcome.QUEUED),
    ],
)
async def test_the_class_of_a_failure_decides_what_is_done(
    bench: Bench, error: TryLaterError, outcome: str, entry: Outcome
) -> None:
    await bench.refresh(serve(bench, item(1)))
    bench.target.fail_before = [error]
    assert [done.outcome for done in await bench.deliver()] == [outcome]
    assert set((await bench.outcomes()).values()) == {str(entry)}
    bench.now.forward(days=1)
    await bench.deliver()
    assert len(bench.target.posts) == (0 if entry is Outcome.DEAD else 1)


async def test_a_withdrawn_entry_does_not_come_back(bench: Bench) -> None:
    feed = serve(bench, item(1))
    await bench.refresh(feed)
    await bench.deliver()
    (line,) = await bench.store.read(entries.lines)
    await bench.store.write(tombstones.bury, feed.name, line.key, line.url, "asked to", bench.now())
    post = await bench.store.read(posts.get, line.post_key)
    assert post is not None
    await bench.store.write(deliveries.promise, post, ("blog",), Action.WITHDRAW, bench.now())
    await bench.deliver()
    assert bench.target.posts == {}
    bench.web.route("/feed", rss(item(1, text="Quite new words")), headers={"Content-Type": "application/rss+xml"})
    bench.now.forward(hours=2)
    done = await bench.refresh(feed)
    assert dict(done.counts) == {"buried": 1}
    await bench.deliver()
    assert bench.target.posts == {}


async def test_a_buried_pattern_of_addresses_keeps_new_entries_out(bench: Bench) -> None:
    await bench.store.write(tombstones.bury_pattern, "*/story/1*", "asked to", bench.now())
    await bench.refresh(serve(bench, item(1), item(2)))
    assert await bench.outcomes() == {"Story 1": "buried", "Story 2": "queued"}


async def test_a_withdrawal_can_be_undone(bench: Bench) -> None:
    feed = serve(bench, item(1), item(2))
    await bench.refresh(feed)
    await bench.deliver()
    before = dict(bench.target.posts)
    lines = await bench.store.read(entries.lines)
    await bench.store.write(lambda session: withdrawal.of_entries(session, lines, reason="oops", now=bench.now()))
    await bench.deliver()
    assert bench.target.posts == {}
    await bench.store.write(lambda session: withdrawal.undo_entries(session, lines, now=bench.now()))
    await bench.deliver()
    assert bench.target.posts == before
    assert set((await bench.outcomes()).values()) == {"published"}


async def test_what_a_pattern_kept_out_is_taken_once_the_pattern_is_gone_though_its_feed_is_unchanged(
    bench: Bench,
) -> None:
    feed = serve(bench, item(1), item(2))
    await bench.store.write(tombstones.bury_pattern, "*/story/1", "oops", bench.now())
    await bench.refresh(feed)
    assert await bench.outcomes() == {"Story 1": "buried", "Story 2": "queued"}

    def undo(session: Session) -> None:
        withdrawal.undo_pattern(session, "*/story/1", feed=None, now=bench.now())

    await bench.store.write(undo)
    assert await bench.outcomes() == {"Story 1": "waiting", "Story 2": "queued"}
    bench.now.forward(hours=2)
    await bench.refresh(feed)
    await bench.deliver()
    assert await bench.outcomes() == {"Story 1": "published", "Story 2": "published"}


async def test_an_edit_that_shows_nowhere_leaves_the_entry_published(bench: Bench) -> None:
    feed = serve(bench, item(1))
    await bench.refresh(feed)
    await bench.deliver()
    # The article comes from the page, which is unchanged; only the summary's last words differ.
    bench.web.route(
        "/feed",
        rss(item(1, text="Summary of story 1: the harbour council met. ")),
        headers={"Content-Type": "text/xml"},
    )
    bench.now.forward(hours=2)
    await bench.refresh(feed)
    await bench.deliver()
    assert await bench.outcomes() == {"Story 1": "published"}


async def test_a_link_alone_shows_no_text(bench: Bench) -> None:
    await bench.refresh(replace(serve(bench, item(1)), rights=Rights.LINK))
    await bench.deliver()
    (post,) = bench.target.posts.values()
    assert (post.body, post.excerpt, post.standfirst, post.images) == ("", "", "", ())


async def test_an_excerpt_does_not_stand_there_twice(bench: Bench) -> None:
    await bench.refresh(replace(serve(bench, item(1)), rights=Rights.EXCERPT))
    await bench.deliver()
    (post,) = bench.target.posts.values()
    assert (post.standfirst, post.body) == ("", f"<p>{post.excerpt}</p>")
    assert post.excerpt


async def test_a_failure_of_one_of_many_comes_out_as_itself() -> None:
    async def busy() -> Taken:
        raise StoreError("locked", transient=True)

    with pytest.raises(StoreError, match="locked"):
        await taking.together([busy(), busy()])


async def test_what_a_person_took_away_at_the_target_stays_away(bench: Bench) -> None:
    feed = serve(bench, item(1))
    await bench.refresh(feed)
    await bench.deliver()
    bench.web.route("/feed", rss(item(1, text="Quite new words.")), headers={"Content-Type": "application/rss+xml"})
    bench.web.route("/story/1", page(1, text=PROSE + "Edited."), headers={"Content-Type": "text/html"})
    bench.now.forward(hours=2)
    await bench.refresh(feed)
    bench.target.posts.clear()
    bench.target.fail_before = [RemovedError("blog", "it is in the trash there")]
    (done,) = await bench.deliver()
    assert (done.outcome, done.reason) == ("forgo", "blog: it is in the trash there; it stays away there")
    (line,) = await bench.store.read(entries.lines)
    assert (line.outcome, line.reason) == (Outcome.WITHDRAWN, "blog: it is in the trash there")
    bench.web.route("/feed", rss(item(1, text="Newer words still.")), headers={"Content-Type": "application/rss+xml"})
    bench.now.forward(hours=2)
    assert dict((await bench.refresh(feed)).counts) == {"buried": 1}
    assert await bench.deliver() == []
    assert bench.target.posts == {}


async def test_a_withdrawal_in_doubt_takes_back_what_had_arrived(bench: Bench) -> None:
    await bench.refresh(serve(bench, item(1)))
    bench.target.fail_after = [TryLaterError("blog", "cut off", in_doubt=True)]
    await bench.deliver()
    (line,) = await bench.store.read(entries.lines)
    post = await bench.store.read(posts.get, line.post_key)
    assert post is not None
    await bench.store.write(deliveries.promise, post, ("blog",), Action.WITHDRAW, bench.now())
    bench.now.forward(minutes=5)
    assert [done.outcome for done in await bench.deliver()] == ["withdrawn"]
    assert bench.target.posts == {}


async def test_what_a_target_has_to_say_of_a_push_is_in_the_journal(bench: Bench) -> None:
    await bench.refresh(serve(bench, item(1)))
    bench.target.note = "edited by hand there: left as it is"
    (done,) = await bench.deliver()
    assert done.reason == "edited by hand there: left as it is"
    steps = await bench.store.read(journal.of_entry, "feed", done.delivery.post.entry_key)
    assert steps[-1].reason == "edited by hand there: left as it is"


async def test_a_page_that_forbids_snippets_is_told_in_the_words_of_the_feed(bench: Bench) -> None:
    feed = serve(bench, item(1))
    closed = page(1, head="<meta name=robots content=nosnippet>")
    bench.web.route("/story/1", closed, headers={"Content-Type": "text/html"})
    await bench.refresh(feed)
    await bench.deliver()
    (made,) = bench.target.posts.values()
    assert made.rights is Rights.EXCERPT
    assert "Summary of story 1" in made.body
    assert "Paragraph" not in made.body + made.excerpt
