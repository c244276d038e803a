"""What a kill left begun: asked for again at once where that tells, else when the server must be done with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from fakes import Clock, RememberingTarget, ScriptedWeb

from aggregator.app import App, open_app, open_store
from aggregator.config import load
from aggregator.daemon.work import Work
from aggregator.pipeline import Deliverer
from aggregator.store import deliveries
from aggregator.targets import Target
from aggregator.types import MediaFile, Post, Publication

FEED = """<rss version="2.0"><channel><title>Harbour News</title><link>/</link>
<item><title>Story</title><guid isPermaLink="false">1</guid><description>Words.</description></item></channel></rss>"""


@dataclass
class HangingTarget(RememberingTarget):
    """Gets the post, and does not answer before we are gone."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def publish(self, post: Post, *, media: Mapping[str, MediaFile], previous: Publication | None) -> Publication:
        self.asked.set()
        await asyncio.Event().wait()
        raise AssertionError


@dataclass
class SlowTarget(RememberingTarget):
    """Makes what it got in one step, and takes its time for that."""

    settles_within: timedelta = timedelta(minutes=1)


@pytest.fixture
async def app(web: ScriptedWeb, tmp_path: Path, clock: Clock) -> AsyncIterator[App]:
    web.route("/feed", FEED, headers={"Content-Type": "application/rss+xml"})
    path = tmp_path / "config.toml"
    path.write_text(
        f"""
        [site]
        title = "T"
        base_url = "http://blog.example"
        [fetch]
        allow_networks = ["127.0.0.0/8"]
        [targets.blog]
        kind = "site"
        [feeds.harbour]
        url = "{web.url("/feed")}"
        """
    )
    config = load(path)
    with open_store(config, clock) as store:
        async with open_app(config, store, clock) as app:
            yield app


@pytest.fixture
def clock() -> Clock:
    return Clock()


def with_target(app: App, target: Target) -> App:
    """The same with this target in the place of the blog."""
    played = Deliverer(
        client=app.client,
        store=app.store,
        workers=app.deliverer._workers,
        library=app.deliverer._library,
        targets={"blog": target},
        now=app.now,
    )
    return replace(app, targets={"blog": target}, deliverer=played)


async def killed_while_it_delivers(app: App) -> None:
    target = HangingTarget()
    work = Work(with_target(app, target))
    await work.tick_feeds()
    await target.asked.wait()
    await work.close(0)


async def delivered(app: App, target: Target) -> Work:
    """One round of the next life."""
    work = Work(with_target(app, target))
    await work.tick_deliveries()
    await work.idle()
    return work


async def test_a_server_that_may_be_at_work_on_it_is_asked_when_it_must_be_done(app: App, clock: Clock) -> None:
    target = SlowTarget()
    await killed_while_it_delivers(app)
    await with_target(app, target).free_claims()
    (line,) = await app.store.read(deliveries.lines)
    assert (line.in_doubt, line.next_attempt_at - clock()) == (True, timedelta(minutes=1))
    assert line.error == "cut off, so that it may have arrived"
    clock.forward(seconds=59)
    await delivered(app, target)
    assert target.posts == {}
    clock.forward(seconds=1)
    work = await delivered(app, target)
    assert [done.outcome for done in work.tally.delivered] == ["published"]


async def test_a_target_that_knows_at_once_is_asked_at_once(app: App) -> None:
    target = RememberingTarget()
    await killed_while_it_delivers(app)
    await with_target(app, target).free_claims()
    work = await delivered(app, target)
    assert [done.outcome for done in work.tally.delivered] == ["published"]


async def test_what_was_cut_off_is_free_after_a_reload(app: App, clock: Clock) -> None:
    await killed_while_it_delivers(app)
    async with open_app(app.config, app.store, clock) as following:
        work = Work(following)
        await work.tick_deliveries()
        await work.idle()
        assert [done.outcome for done in work.tally.delivered] == ["published"]
