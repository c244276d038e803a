"""Edits at the source: which are carried over to the post, what is kept of them, and how often they are looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fakes import Answer
from pipeline_bench import Bench

from aggregator.policy.updates import AT_ONCE
from aggregator.store import Revision, entries, journal, revisions
from aggregator.transforms.filter import Options as Filter
from aggregator.types import Feed, Outcome, Post, StepSettings, UpdateNote, Updates

HTML = {"Content-Type": "text/html"}
PARAGRAPHS = [
    f"Paragraph {n} of the page tells how the council met and spoke of the pier at length." for n in range(12)
]
CHEESE = [f"Section {n} is about cheese, its many holes, and those who eat it for their lunch." for n in range(12)]


def feed(bench: Bench, *, title: str = "Story", text: str = "One.", updated: str = "", **facts: object) -> Feed:
    bench.web.route(
        "/feed",
        f"<feed xmlns='http://www.w3.org/2005/Atom'><title>News</title><link href='/'/><entry><title>{title}</title>"
        f"<id>id</id><link href='/story'/><published>2026-05-04T10:00:00Z</published>"
        f"<updated>{updated or '2026-05-04T10:00:00Z'}</updated><content type='text'>{text}</content></entry></feed>",
        headers={"Content-Type": "application/atom+xml"},
    )
    return replace(Feed(name="news", url=bench.web.url("/feed"), targets=("blog",)), **facts)  # type: ignore[arg-type]


def page(bench: Bench, *paragraphs: str, title: str = "Story") -> None:
    body = "".join(f"<p>{each}</p>" for each in paragraphs)
    html = f"<html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}</article></body></html>"
    bench.web.route("/story", html, headers=HTML)


async def post(bench: Bench) -> Post:
    await bench.deliver()
    (only,) = bench.target.posts.values()
    return only


async def kept(bench: Bench) -> list[Revision]:
    (line,) = await bench.store.read(entries.lines)
    return list(await bench.store.read(revisions.of_entry, "news", line.key))


async def seen(bench: Bench, **facts: object) -> None:
    """An hour later the feed is asked again."""
    bench.now.forward(hours=1)
    await bench.refresh(feed(bench, **facts))  # type: ignore[arg-type]


async def test_a_correction_is_carried_over_and_the_address_stays_though_the_title_changes(bench: Bench) -> None:
    page(bench, *PARAGRAPHS)
    await bench.refresh(feed(bench))
    first = await post(bench)
    page(bench, *PARAGRAPHS[:-1], "The vote was on Monday.", title="Another headline")
    await seen(bench, title="Another headline", text="Two.")
    second = await post(bench)
    assert (second.key, second.slug, second.published_at) == (first.key, first.slug, first.published_at)
    assert second.title == "Another headline"
    assert "The vote was on Monday." in second.body
    assert second.modified_at == bench.now()
    assert second.update_note is None
    (revision,) = await kept(bench)
    assert (str(revision.outcome), revision.cause, revision.before.title) == ("carried", "feed", "Story")
    assert revision.after is not None
    assert "The vote was on Monday." in revision.after.text
    assert "The vote was on Monday." not in revision.before.text


@pytest.mark.parametrize(
    ("policy", "paragraphs", "carried"),
    [
        (Updates.ALWAYS, CHEESE, True),
        (Updates.MINOR, [*PARAGRAPHS, "More of it."], True),
        (Updates.MINOR, CHEESE, False),
        (Updates.NEVER, [*PARAGRAPHS, "More of it."], False),
    ],
)
async def test_the_feed_says_which_changes_its_posts_follow(
    bench: Bench, policy: Updates, paragraphs: list[str], carried: bool
) -> None:
    page(bench, *PARAGRAPHS)
    await bench.refresh(feed(bench, update=policy))
    first = await post(bench)
    page(bench, *paragraphs)
    await seen(bench, text="Two.", update=policy)
    (revision,) = await kept(bench)
    assert (str(revision.outcome) == "carried") is carried
    assert revision.after is not None
    assert paragraphs[-1] in revision.after.text
    assert ((await post(bench)).body != first.body) is carried
    assert await bench.outcomes() == {"Story": Outcome.PUBLISHED}
    (line,) = await bench.store.read(entries.lines)
    steps = [step for step in await bench.store.read(journal.of_entry, "news", line.key) if step.step == "update"]
    assert [step.outcome for step in steps] == [str(revision.outcome)]
    assert f"update = {policy}" in steps[0].reason
    await seen(bench, text="Two.", update=policy)
    assert len(await kept(bench)) == 1


async def test_a_correction_of_a_rewrite_that_was_kept_back_is_measured_against_the_post_that_stands(
    bench: Bench,
) -> None:
    page(bench, *PARAGRAPHS)
    await bench.refresh(feed(bench, update=Updates.MINOR))
    await post(bench)
    for number, paragraphs in enumerate(
        [CHEESE, [*CHEESE, "And a word more."], [*PARAGRAPHS, "Back, with a word more."]]
    ):
        page(bench, *paragraphs)
        await seen(bench, text=f"Again {number}.", update=Updates.MINOR)
        bench.now.forward(hours=1)
    assert [str(revision.outcome) for revision in await kept(bench)] == ["carried", "kept back", "kept back"]
    assert "Back, with a word more." in (await post(bench)).body


async def test_what_is_never_touched_is_not_taken_back_by_a_filter_either(bench: Bench) -> None:
    page(bench, *PARAGRAPHS)
    await bench.refresh(feed(bench))
    await post(bench)
    page(bench, *PARAGRAPHS, "Now with cheese.")
    no_cheese = StepSettings(kind="filter", name="filter", options=Filter(exclude=("cheese",)))
    await seen(bench, text="Two.", update=Updates.NEVER, transforms=(no_cheese,))
    assert "cheese" not in (await post(bench)).body
    assert await bench.outcomes() == {"Story": Outcome.PUBLISHED}


async def test_a_text_made_from_a_page_stays_when_the_page_is_gone(bench: Bench) -> None:
    page(bench, *PARAGRAPHS)
    await bench.refresh(feed(bench))
    first = await post(bench)
    bench.web.route("/story", Answer(status=403))
    await seen(bench, text="Two.")
    assert await post(bench) == first
    assert ["its page can't be had" in revision.reason for revision in await kept(bench)] == [True]
    page(bench, *PARAGRAPHS, "A word more.")
    await seen(bench, text="Three.", update=Updates.NEVER)
    assert await post(bench) == first


async def test_the_time_of_an_update_is_the_sources_own_where_it_can_be(bench: Bench) -> None:
    page(bench, *PARAGRAPHS)
    await bench.refresh(feed(bench))
    bench.now.forward(days=1)
    stated = bench.now()
    page(bench, *PARAGRAPHS, "More.")
    await seen(bench, text="Two.", updated=stated.isoformat())
    assert (await post(bench)).modified_at == stated


async def test_counters_on_the_page_are_no_update(bench: Bench) -> None:
    page(bench, *PARAGRAPHS, "12 comments")
    await bench.refresh(feed(bench))
    before = await post(bench)
    page(bench, *PARAGRAPHS, "13 comments")
    await seen(bench, text="Two.")
    assert await post(bench) == before
    assert [str(revision.outcome) for revision in await kept(bench)] == ["same"]


async def test_a_post_says_what_changed_where_that_is_wanted(bench: Bench) -> None:
    page(bench, *PARAGRAPHS)
    await bench.refresh(feed(bench, update_note=True))
    assert (await post(bench)).update_note is None
    page(bench, *PARAGRAPHS[1:], "Correction: it was the eel grass.", title="Eel grass")
    await seen(bench, title="Eel grass", text="Two.", update_note=True)
    note = UpdateNote(at=bench.now(), title=True, paragraphs=1, note="Correction: it was the eel grass.")
    assert (await post(bench)).update_note == note
    await seen(bench, title="Eel grass", text="Three.", update_note=True)
    assert (await post(bench)).update_note == note


async def test_a_text_that_never_rests_is_left_alone_for_a_while_and_its_last_state_is_carried(bench: Bench) -> None:
    page(bench, *PARAGRAPHS)
    await bench.refresh(feed(bench))
    await post(bench)
    for number in range(8):
        bench.now.forward(minutes=1)
        page(bench, *PARAGRAPHS, f"Visitor number {number}.")
        await bench.refresh(feed(bench, text=f"Visitor number {number}."))
    assert len(await kept(bench)) == AT_ONCE
    assert "Visitor number 1." in (await post(bench)).body
    assert await bench.outcomes() == {"Story": Outcome.PUBLISHED}
    bench.now.forward(minutes=16)
    assert [looked.outcome for looked in await bench.look_again()] == ["page"]
    assert "Visitor number 7." in (await post(bench)).body
    bench.now.forward(hours=12)
    assert await bench.look_again() == []
    requests = len([each for each in bench.web.requests if each.path == "/story"])
    await bench.refresh(feed(bench, text="Visitor number 7."))
    assert len([each for each in bench.web.requests if each.path == "/story"]) == requests


async def test_an_entry_stored_by_an_earlier_release_is_not_taken_for_changed(bench: Bench) -> None:
    from aggregator.policy import change

    page(bench, *PARAGRAPHS)
    await bench.refresh(feed(bench))
    (line,) = await bench.store.read(entries.lines)
    record = entries.EntryRecord(
        feed="news",
        entry=(await bench.store.read(_entry, line.key)),
        content_hash=change.former_content_hash("Story", "One."),
        outcome=line.outcome,
        reason=line.reason,
    )
    await bench.store.write(entries.save, [record], datetime(2026, 6, 1, tzinfo=UTC))
    bench.web.route("/feed", "", headers=HTML)
    bench.now.forward(hours=1)
    done = await bench.refresh(replace(feed(bench, updated="2026-05-05T10:00:00Z")))
    assert dict(done.counts) == {"same": 1}


def _entry(session, key):  # type: ignore[no-untyped-def]
    from aggregator.types import Entry

    (line,) = entries.lines(session)
    return Entry(key=key, title=line.title, url=line.url, published_at=line.published_at)
