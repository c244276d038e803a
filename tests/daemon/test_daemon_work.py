"""Work in flight: what is claimed is settled or put back, and targets finish what they put off."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from daemon_config import one_feed
from fakes import Clock, RememberingTarget, ScriptedWeb

from aggregator.app import App, open_app, open_store
from aggregator.daemon.work import Work
from aggregator.errors import BlockedError, StoreError, TryLaterError
from aggregator.pipeline import Deliverer
from aggregator.store import deliveries
from aggregator.types import DeliveryState, SourceInfo


@dataclass
class BatchingTarget(RememberingTarget):
    """Puts its lists off until ``flush``, and is told its sources."""

    flushed: list[int] = field(default_factory=list)  # posts held at each flush
    fail_flush: list[TryLaterError] = field(default_factory=list)
    sources: list[list[str]] = field(default_factory=list)
    time_has_come: bool = False

    def due(self) -> bool:
        return self.time_has_come

    async def flush(self) -> None:
        if self.fail_flush:
            raise self.fail_flush.pop(0)
        self.flushed.append(len(self.posts))

    async def describe(self, sources: Sequence[SourceInfo]) -> None:
        self.sources.append([source.title for source in sources])


def feed(title: str, count: int) -> str:
    items = "".join(
        f"<item><title>{title} {n}</title><guid isPermaLink='false'>{n}</guid><description>Words of {n}.</description></item>"
        for n in range(count)
    )
    return f"<rss version='2.0'><channel><title>{title}</title><link>/</link>{items}</channel></rss>"


@pytest.fixture
async def app(web: ScriptedWeb, tmp_path: Path) -> AsyncIterator[App]:
    """A real app with one feed, whose target is played."""
    web.route("/feed", feed("Harbour News", 5), headers={"Content-Type": "application/rss+xml"})
    config = one_feed(tmp_path, web.url("/feed"), name="harbour")
    with open_store(config) as store:
        async with open_app(config, store) as app:
            target = BatchingTarget()
            deliverer = app.deliverer
            played = Deliverer(
                client=app.client,
                store=store,
                workers=deliverer._workers,
                library=deliverer._library,
                targets={"blog": target},
                now=app.now,
            )
            yield replace(app, targets={"blog": target}, deliverer=played)


def target_of(app: App) -> BatchingTarget:
    target = app.targets["blog"]
    assert isinstance(target, BatchingTarget)
    return target


async def a_round(work: Work) -> None:
    await work.tick_feeds()
    await work.idle()
    await work.tick_deliveries()
    await work.idle()


async def test_a_round_delivers_all_and_finishes_the_batch(app: App) -> None:
    work = Work(app)
    await a_round(work)
    assert len(target_of(app).posts) == 5
    assert target_of(app).flushed[-1] == 5
    assert [done.outcome for done in work.tally.delivered] == ["published"] * 5


async def test_a_new_feed_is_told_to_the_targets_by_its_own_title(app: App) -> None:
    await a_round(Work(app))
    assert target_of(app).sources[-1] == ["Harbour News"]


async def test_a_blocked_target_is_asked_once_and_the_rest_is_put_back_untried(app: App) -> None:
    target_of(app).fail_before = [BlockedError("blog", "401")] * 5
    work = Work(app)
    await a_round(work)
    assert [done.outcome for done in work.tally.delivered] == ["pause"]
    lines = await app.store.read(deliveries.lines)
    assert {line.state for line in lines} == {DeliveryState.PENDING}
    assert sorted(line.attempts for line in lines) == [0, 0, 0, 0, 1]
    assert not any(line.in_doubt for line in lines)


async def test_what_is_not_begun_when_the_daemon_stops_is_put_back(app: App) -> None:
    work = Work(app)
    await work.tick_feeds()
    while not target_of(app).posts:
        await work.one_done()
    await work.close(10)
    states = [line.state for line in await app.store.read(deliveries.lines)]
    assert states.count(DeliveryState.PUBLISHED) == len(target_of(app).posts)
    assert DeliveryState.CLAIMED not in states


async def test_a_flush_that_fails_is_tried_again_a_little_later_each_time(app: App) -> None:
    clock = Clock()
    clock.forward(days=10_000)
    target_of(app).fail_flush = [TryLaterError("blog", "disk full")] * 3
    work = Work(replace(app, now=clock))
    await a_round(work)
    left = []
    for seconds in (0, 1, 1, 1, 5):
        clock.forward(seconds=seconds)
        await work.tick_deliveries()
        await work.idle()
        left.append(len(target_of(app).fail_flush))
    assert left == [2, 1, 1, 0, 0]
    assert target_of(app).flushed[-1] == 5


async def test_a_store_that_is_busy_for_a_while_costs_nothing(app: App) -> None:
    work = Work(app)
    work._store_failed(StoreError("locked", transient=True))
    await a_round(work)
    assert len(target_of(app).posts) == 5
    assert work.broken is None


async def test_a_store_that_is_broken_stops_the_work(app: App) -> None:
    work = Work(app)
    work._store_failed(StoreError("damaged"))
    assert work.failed.is_set()
    assert work.broken is not None
