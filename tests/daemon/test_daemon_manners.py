"""How the daemon behaves towards targets: it leaves alone what fails, and gives new posts slowly where told so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from fakes import Clock, RememberingTarget, ScriptedWeb
from structlog.testing import capture_logs

from aggregator.app import App, open_app, open_store
from aggregator.config import load
from aggregator.daemon.work import Work
from aggregator.errors import BlockedError, PublishError, StoreError, TryLaterError
from aggregator.pipeline import Deliverer, outlet
from aggregator.policy.breaker import OPENS_AFTER
from aggregator.store import Session, deliveries, posts, targets
from aggregator.types import Action, DeliveryState, MediaFile, Post, Publication

COUNT = 12
DOWN = TryLaterError("blog", "503")


@dataclass
class BusyTarget(RememberingTarget):
    """Takes its time for each post, and tells how many were under way at a time."""

    under_way: int = 0
    most: int = 0
    asked: int = 0
    broken: bool = False
    tick: Callable[[], None] = lambda: None

    async def publish(self, post: Post, *, media: Mapping[str, MediaFile], previous: Publication | None) -> Publication:
        self.asked += 1
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await asyncio.sleep(0.01)
            if self.broken:
                raise StoreError("disk gone")
            self.tick()
            return await super().publish(post, media=media, previous=previous)
        finally:
            self.under_way -= 1


@dataclass
class Bench:
    """An app with one feed of twelve entries, a played target and a clock that tests move."""

    app: App
    target: BusyTarget
    clock: Clock
    work: Work

    async def round(self) -> None:
        await self.work.tick_deliveries()
        await self.work.idle()

    async def first_round(self) -> None:
        await self.work.tick_feeds()
        await self.work.idle()
        await self.round()

    async def later(self, **span: float) -> None:
        self.clock.forward(**span)
        await self.round()

    async def waits(self) -> dict[str, outlet.Wait]:
        manners = {name: settings.manners for name, settings in self.app.config.targets.items()}
        return await self.app.store.read(outlet.waits, manners, self.clock())

    def fail(self, error: PublishError, times: int = 1000) -> None:
        self.target.fail_before = [error] * times


def feed() -> str:
    items = "".join(
        f"<item><title>Story {n:02}</title><guid isPermaLink='false'>{n}</guid><description>Words of {n}.</description>"
        f"<pubDate>Mon, {n + 1:02d} Dec 2025 10:00:00 GMT</pubDate></item>"
        for n in reversed(range(COUNT))
    )
    return f"<rss version='2.0'><channel><title>Harbour</title><link>/</link>{items}</channel></rss>"


@pytest.fixture
def manners() -> str:
    """The lines that stand in the target's table; tests put others in their place."""
    return ""


@pytest.fixture
async def bench(web: ScriptedWeb, tmp_path: Path, manners: str) -> AsyncIterator[Bench]:
    web.route("/feed", feed(), headers={"Content-Type": "application/rss+xml"})
    path = tmp_path / "config.toml"
    path.write_text(
        f"""
        [site]
        title = "T"
        base_url = "http://blog.example"
        [fetch]
        allow_networks = ["127.0.0.0/8"]
        host_pause = "0s"
        [targets.blog]
        kind = "site"
        {manners}
        [feeds.harbour]
        url = "{web.url("/feed")}"
        """
    )
    clock, config = Clock(), load(path)
    with open_store(config, clock) as store:
        async with open_app(config, store, clock) as app:
            target = BusyTarget()
            played = Deliverer(
                client=app.client,
                store=store,
                workers=app.deliverer._workers,
                library=app.deliverer._library,
                targets={"blog": target},
                now=clock,
            )
            app = replace(app, targets={"blog": target}, deliverer=played)
            yield Bench(app=app, target=target, clock=clock, work=Work(app))


def titles(bench: Bench) -> list[str]:
    return [bench.target.posts[key].title for key in bench.target.sent]


class TestBreaker:
    async def test_a_target_that_is_down_is_not_asked_for_every_post(self, bench: Bench) -> None:
        bench.fail(DOWN)
        await bench.first_round()
        await bench.round()
        assert bench.target.asked == OPENS_AFTER
        assert not any(line.state is DeliveryState.CLAIMED for line in await bench.app.store.read(deliveries.lines))

    async def test_one_probe_goes_after_each_pause_and_a_success_ends_it(self, bench: Bench) -> None:
        bench.fail(DOWN, OPENS_AFTER + 2)
        await bench.first_round()
        for pause, asked in ((14, 0), (1, 1), (29, 1), (1, 2)):
            await bench.later(seconds=pause)
            assert bench.target.asked == OPENS_AFTER + asked
        await bench.later(seconds=60)
        assert await bench.app.store.read(targets.trouble, "blog") is None
        await bench.later(hours=6)
        assert len(bench.target.posts) == COUNT

    async def test_it_is_told_once_when_it_is_paused_and_once_when_it_works(self, bench: Bench) -> None:
        bench.fail(DOWN, OPENS_AFTER + 3)
        with capture_logs() as logs:
            await bench.first_round()
            for _ in range(9):
                await bench.later(hours=1)
        told = [line for line in logs if line["event"].startswith("target")]
        assert [line["event"] for line in told] == ["target paused", "target works again"]
        assert told[0]["reason"] == "5 deliveries failed in a row, the last: blog: 503"
        warned = [line for line in logs if line["event"] == "not delivered" and line["log_level"] == "warning"]
        assert len(warned) == OPENS_AFTER

    async def test_a_restart_does_not_end_the_pause(self, bench: Bench) -> None:
        bench.fail(DOWN)
        await bench.first_round()
        bench.work = Work(bench.app)
        await bench.round()
        assert bench.target.asked == OPENS_AFTER
        with capture_logs() as logs:
            await bench.later(seconds=15)
        assert bench.target.asked == OPENS_AFTER + 1
        assert [line["event"] for line in logs if line["log_level"] != "debug"] == []

    async def test_a_few_failures_among_successes_pause_nothing(self, bench: Bench) -> None:
        for _ in range(3):
            bench.fail(DOWN, OPENS_AFTER - 1)
            await bench.first_round()
            await bench.later(days=1)
        assert len(bench.target.posts) == COUNT
        assert await bench.waits() == {}

    async def test_one_post_that_always_fails_does_not_hold_up_the_others(self, bench: Bench) -> None:
        await bench.first_round()
        (poison, *_) = bench.target.posts.values()

        def promise(session: Session) -> None:
            posts.save(session, poison, "newer", bench.clock())
            deliveries.promise(session, poison, ["blog"], Action.PUBLISH, bench.clock())

        await bench.app.store.write(promise)
        bench.fail(DOWN)
        for _ in range(9):
            await bench.later(minutes=1)
        assert bench.target.asked - COUNT > OPENS_AFTER
        assert await bench.waits() == {}

    async def test_a_person_can_end_the_pause(self, bench: Bench) -> None:
        bench.fail(DOWN, OPENS_AFTER)
        await bench.first_round()
        await bench.app.store.write(targets.resume, "blog")
        await bench.round()
        assert len(bench.target.posts) == COUNT - OPENS_AFTER

    async def test_what_a_paused_target_is_owed_is_told(self, bench: Bench) -> None:
        bench.fail(DOWN)
        await bench.first_round()
        (wait,) = (await bench.waits()).values()
        assert (wait.count, wait.until) == (COUNT - OPENS_AFTER, bench.clock() + timedelta(seconds=15))
        assert "503" in wait.reason


async def test_a_wish_to_be_left_alone_holds_for_all_posts(bench: Bench) -> None:
    bench.fail(TryLaterError("blog", "429", retry_after=timedelta(minutes=5)), 1)
    await bench.first_round()
    await bench.later(minutes=4)
    assert bench.target.asked == 1
    await bench.later(minutes=1)
    assert len(bench.target.posts) == COUNT


async def test_a_blocked_target_is_told_once_though_it_is_asked_again(bench: Bench) -> None:
    bench.fail(BlockedError("blog", "401"), 3)
    with capture_logs() as logs:
        await bench.first_round()
        for _ in range(20):
            await bench.later(hours=1)
    events = [line["event"] for line in logs if line["event"].startswith("target")]
    assert events == ["target paused", "target works again"]
    assert len(bench.target.posts) == COUNT


class TestPace:
    @pytest.mark.parametrize("manners", ["per_day = 5"])
    async def test_a_backlog_drips_the_oldest_first(self, bench: Bench) -> None:
        await bench.first_round()
        assert titles(bench) == [f"Story {n:02}" for n in range(5)]
        assert (await bench.waits())["blog"].count == 7
        await bench.later(hours=23)
        assert len(bench.target.sent) == 5
        await bench.later(hours=1)
        assert titles(bench) == [f"Story {n:02}" for n in range(10)]

    @pytest.mark.parametrize("manners", ['spacing = "10m"\norder = "newest"'])
    async def test_new_posts_keep_their_distance(self, bench: Bench) -> None:
        await bench.first_round()
        for minutes, count in ((9, 1), (1, 2), (60, 3)):
            await bench.later(minutes=minutes)
            assert len(bench.target.sent) == count
        assert titles(bench) == ["Story 11", "Story 10", "Story 09"]

    @pytest.mark.parametrize("manners", ['quiet = "11:00-14:00"'])
    async def test_nothing_new_is_published_in_quiet_hours(self, bench: Bench) -> None:
        await bench.first_round()
        wait = (await bench.waits())["blog"]
        assert (wait.count, str(wait)) == (
            COUNT,
            "held until 2026-06-01 14:00 UTC: quiet hours, 11:00-14:00 UTC",
        )
        assert bench.target.sent == []
        await bench.later(hours=2)
        assert len(bench.target.sent) == COUNT

    @pytest.mark.parametrize("manners", ['quiet = "15:00-18:00"'])
    async def test_quiet_hours_that_begin_in_the_midst_of_a_batch_hold_back_the_rest(self, bench: Bench) -> None:
        bench.target.tick = lambda: bench.clock.forward(hours=1)
        await bench.first_round()
        assert len(bench.target.sent) == 3
        assert (await bench.waits())["blog"].count == COUNT - 3

    @pytest.mark.parametrize("manners", ["per_day = 1"])
    async def test_updates_and_withdrawals_go_all_the_same(self, bench: Bench) -> None:
        await bench.first_round()
        (post,) = bench.target.posts.values()

        def promise(session: Session, post: Post, action: Action) -> None:
            posts.save(session, post, "newer", bench.clock())
            deliveries.promise(session, post, ["blog"], action, bench.clock())

        await bench.app.store.write(promise, replace(post, title="Corrected"), Action.PUBLISH)
        await bench.round()
        assert bench.target.posts[post.key].title == "Corrected"
        await bench.app.store.write(promise, post, Action.WITHDRAW)
        await bench.round()
        assert bench.target.posts == {}

    @pytest.mark.parametrize("manners", ["per_day = 5"])
    async def test_a_restart_begins_no_new_day(self, bench: Bench) -> None:
        await bench.first_round()
        bench.work = Work(bench.app)
        await bench.round()
        assert len(bench.target.sent) == 5


class TestParallel:
    async def test_one_at_a_time_is_the_rule(self, bench: Bench) -> None:
        await bench.first_round()
        assert bench.target.most == 1

    @pytest.mark.parametrize("manners", ["parallel = 3"])
    async def test_more_may_be_under_way_where_told_so(self, bench: Bench) -> None:
        await bench.first_round()
        assert bench.target.most == 3
        assert titles(bench) == [f"Story {n:02}" for n in range(COUNT)]

    @pytest.mark.parametrize("manners", ["parallel = 4"])
    async def test_those_under_way_when_a_pause_begins_are_let_finish_and_the_rest_is_put_back(
        self, bench: Bench
    ) -> None:
        bench.fail(DOWN)
        await bench.first_round()
        assert OPENS_AFTER <= bench.target.asked < OPENS_AFTER + 4
        trouble = await bench.app.store.read(targets.trouble, "blog")
        assert trouble is not None
        assert trouble.failures == OPENS_AFTER

    @pytest.mark.parametrize("manners", ["parallel = 3"])
    async def test_a_store_that_is_gone_stops_them_all(self, bench: Bench) -> None:
        bench.target.broken = True
        await bench.first_round()
        assert isinstance(bench.work.broken, StoreError)
