"""Pages that fail for a moment are looked at again by the daemon and by ``once``."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from daemon_config import one_feed
from fakes import Answer, Clock, ScriptedWeb

from aggregator.app import App, open_app, open_store
from aggregator.config import Config
from aggregator.daemon import once
from aggregator.daemon.work import LOOKS, Work
from aggregator.store import Session, Store, entries
from aggregator.store.models import SecondLookRow
from aggregator.types import Outcome

HTML = {"Content-Type": "text/html"}
PAGE = "<html><body><article>" + "".join(
    f"<p>The council of the harbour met on day {n} and spoke about pier {n} and its landing stage.</p>"
    for n in range(20)
)


def configured(web: ScriptedWeb, folder: Path, stories: int) -> Config:
    items = "".join(
        f"<item><title>Story {n}</title><guid isPermaLink='false'>{n}</guid><link>/story/{n}</link></item>"
        for n in range(stories)
    )
    feed = f"<rss version='2.0'><channel><title>News</title><link>/</link>{items}</channel></rss>"
    web.route("/feed", feed, headers={"Content-Type": "application/rss+xml"})
    return one_feed(folder, web.url("/feed"))


def answer(web: ScriptedWeb, stories: int, status: int) -> None:
    for n in range(stories):
        web.route(f"/story/{n}", Answer(status=status) if status != 200 else Answer(body=PAGE, headers=HTML))


def outcomes(store: Store) -> set[Outcome]:
    return {line.outcome for line in store.read_now(entries.lines)}


async def test_the_daemon_looks_again_at_a_few_pages_at_a_time(web: ScriptedWeb, tmp_path: Path) -> None:
    clock, stories = Clock(), LOOKS + 1
    config = configured(web, tmp_path, stories)
    answer(web, stories, 503)

    async def settled(app: App, tick: Callable[[Work], object]) -> None:
        work = Work(app)
        await tick(work)  # type: ignore[misc]
        await work.idle()

    with open_store(config, clock) as store:
        async with open_app(config, store, clock) as app:
            await settled(app, Work.tick_feeds)
            assert outcomes(store) == {Outcome.WAITING}
            answer(web, stories, 200)
            await settled(app, Work.tick_looks)
            assert outcomes(store) == {Outcome.WAITING}
            clock.forward(minutes=11)
            await settled(app, Work.tick_looks)
            assert outcomes(store) == {Outcome.WAITING, Outcome.PUBLISHED}
            await settled(app, Work.tick_looks)
            assert outcomes(store) == {Outcome.PUBLISHED}


async def test_once_looks_at_all_that_is_due(web: ScriptedWeb, tmp_path: Path) -> None:
    stories = LOOKS + 1
    config = configured(web, tmp_path, stories)
    answer(web, stories, 503)
    await asyncio.to_thread(once, config)
    answer(web, stories, 200)
    await asyncio.to_thread(overdue, config)
    tally = await asyncio.to_thread(once, config)
    assert {done.outcome for done in tally.delivered} == {"published"}
    assert len(tally.delivered) == stories


def overdue(config: Config) -> None:
    """Lets the time of all second looks be past."""

    def put_back(session: Session) -> None:
        for row in session.query(SecondLookRow):
            row.at = datetime.now(UTC) - timedelta(minutes=1)
        session.flush()

    with open_store(config) as store:
        store.write_now(put_back)
