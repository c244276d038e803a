"""Steps between article and post: in their order, told to who asks, and the same for every revision."""

from __future__ import annotations

from dataclasses import replace

from pipeline_bench import Bench
from test_pipeline_journey import item, page, rss, serve

from aggregator.store import entries, journal
from aggregator.transforms import headings, insert, related
from aggregator.types import StepSettings

HARBOUR = "Harbour council meets about the pier"


def step(kind: str, options: object) -> StepSettings:
    return StepSettings(kind=kind, name=f"my {kind}", options=options)


async def test_a_post_is_shaped_in_the_order_of_the_file_and_every_step_is_told(bench: Bench) -> None:
    steps = (
        step("insert", insert.Options(html="<h2>Aside</h2>", after=2)),
        step("headings", headings.Options(text="{{ post.title }}: {{ heading }}")),
        step(
            "insert", insert.Options(html="Share it, it is from {{ origin.name }}.<script>x()</script>", at="closing")
        ),
    )
    feed = replace(serve(bench, item(1)), transforms=steps)
    await bench.refresh(feed)
    await bench.deliver()
    (post,) = bench.target.posts.values()
    assert post.body.count("<h2>Aside</h2>") == 1  # a block that was put in is no sub-heading of the text
    assert post.closing == "<p>Share it, it is from The Harbour News.</p>"
    (line,) = await bench.store.read(entries.lines)
    told = [each for each in await bench.store.read(journal.of_entry, feed.name, line.key) if each.step == "transform"]
    assert [(each.outcome, each.reason) for each in told] == [
        ("changed", "my insert: after paragraph 2 of 5"),
        ("same", "my headings: the text has no sub-heading"),
        ("changed", "my insert: behind the credit"),
    ]


async def test_a_related_post_is_one_that_was_published_before_and_stays_the_same(bench: Bench) -> None:
    feed = replace(serve(bench, item(1, title=HARBOUR)), transforms=(step("related", related.Options(at="start")),))
    await bench.refresh(feed)
    await bench.deliver()
    bench.now.forward(hours=2)
    served = (item(1, title=HARBOUR), item(2, title="Harbour council pays for the pier"))
    bench.web.route("/feed", rss(*served), headers={"Content-Type": "application/rss+xml"})
    await bench.refresh(feed)
    await bench.deliver()
    first, second = sorted(bench.target.posts.values(), key=lambda post: post.title, reverse=True)[::-1]
    assert first.title == HARBOUR
    assert "Read:" not in first.body
    assert f">{HARBOUR}</a>" in second.body.split("</p>")[0]

    bench.now.forward(hours=2)
    bench.web.route("/story/2", page(2, text="The council met again. " * 30), headers={"Content-Type": "text/html"})
    edited = (
        item(1, title=HARBOUR),
        item(2, title="Harbour council pays for the new pier"),
        item(3, title="Harbour council pier"),
    )
    bench.web.route("/feed", rss(*edited), headers={"Content-Type": "application/rss+xml"})
    await bench.refresh(feed)
    await bench.deliver()
    revised = next(post for post in bench.target.posts.values() if post.key == second.key)
    assert revised.body.split("</p>")[0] == second.body.split("</p>")[0]
