"""What a delivery knows of the post at the target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from fakes import RememberingTarget
from pipeline_bench import Bench

from aggregator.errors import TryLaterError
from aggregator.pipeline import Deliverer
from aggregator.types import Feed, MediaFile, Post, Publication


@dataclass
class Watching(RememberingTarget):
    """Notes what it is told of the last push; a look tells less than that."""

    told: list[Publication | None] = field(default_factory=list)

    async def publish(self, post: Post, *, media: Mapping[str, MediaFile], previous: Publication | None) -> Publication:
        self.told.append(previous)
        return replace(await super().publish(post, media=media, previous=previous), version="as we left it")

    async def find(self, post: Post) -> Publication | None:
        found = await super().find(post)
        return replace(found, pushed_hash="", version="") if found else None


async def test_a_look_does_not_forget_how_we_left_the_post(bench: Bench) -> None:
    """Else a person's edit could not be told from ours after a doubtful update."""
    bench.deliverer = watched(bench, target := Watching())
    await bench.refresh(serve(bench, "First words of the harbour."))
    await bench.deliver()
    bench.now.forward(hours=2)
    await bench.refresh(serve(bench, "Other words of the harbour."))
    target.fail_before = [TryLaterError("blog", "cut off", in_doubt=True)]
    assert [done.outcome for done in await bench.deliver()] == ["retry"]
    bench.now.forward(minutes=5)
    assert [done.outcome for done in await bench.deliver()] == ["published"]
    assert [previous.version if previous else None for previous in target.told] == [None, *["as we left it"] * 2]


def serve(bench: Bench, text: str) -> Feed:
    item = f"<item><title>Harbour</title><guid isPermaLink='false'>1</guid><description>{text}</description></item>"
    document = f"<?xml version='1.0'?><rss version='2.0'><channel><title>News</title>{item}</channel></rss>"
    bench.web.route("/feed", document, headers={"Content-Type": "application/rss+xml"})
    return Feed(name="feed", url=bench.web.url("/feed"), targets=("blog",), extract=False)


def watched(bench: Bench, target: Watching) -> Deliverer:
    """The bench's deliverer with another target."""
    bench.target = target
    bench.deliverer._targets = {"blog": target}
    return bench.deliverer
