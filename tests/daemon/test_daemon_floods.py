"""Floods are told once by the daemon, and what a person released is taken by it, and by ``once``."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from daemon_config import one_feed
from fakes import Clock, ScriptedWeb

from aggregator.app import open_app, open_store
from aggregator.config import Config
from aggregator.daemon import once
from aggregator.daemon.work import Work
from aggregator.pipeline import release
from aggregator.store import entries
from aggregator.types import Outcome


def configured(web: ScriptedWeb, folder: Path) -> Config:
    return one_feed(folder, web.url("/feed"), "extract = false")


def show(web: ScriptedWeb, clock: Clock, ages: dict[str, int], generator: str = "") -> None:
    """A feed whose entries, by title, are so many days old."""
    items = "".join(
        f"<item><title>{title}</title><link>/{title.replace(' ', '-')}</link>"
        f"<pubDate>{format_datetime(clock() - timedelta(days=age))}</pubDate></item>"
        for title, age in ages.items()
    )
    head = f"<title>News</title><link>/</link><generator>{generator}</generator>"
    web.route(
        "/feed", f"<rss version='2.0'><channel>{head}{items}</channel></rss>", headers={"Content-Type": "text/xml"}
    )


async def test_a_flood_is_told_once_and_taken_when_it_is_released(
    web: ScriptedWeb, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock, config = Clock(), configured(web, tmp_path)
    old = {f"Old {n}": 50 + n for n in range(12)}
    with open_store(config, clock) as store:
        async with open_app(config, store, clock) as app:
            work = Work(app)

            async def round_of(ages: dict[str, int]) -> str:
                show(web, clock, ages)
                clock.forward(hours=2)
                await work.tick_feeds()
                await work.tick_looks()
                await work.idle()
                return capsys.readouterr().out

            assert "held" not in await round_of({"Story": 1})
            said = await round_of({"News": 0, "Story": 1, **old})
            assert said.count("entries held") == 1
            assert "wirecopy release news" in said
            assert "entries held" not in await round_of({"More": 0, "News": 0, "Story": 1, **old})
            held = [line for line in store.read_now(entries.lines) if line.outcome is Outcome.HELD]
            assert len(held) == 12
            store.write_now(release.release, held, clock())
    tally = await asyncio.to_thread(once, config)
    assert sum(done.outcome == "published" for done in tally.delivered) >= 12
    with open_store(config, clock) as store:
        assert {line.outcome for line in store.read_now(entries.lines)} == {Outcome.PUBLISHED}


async def test_a_report_of_an_error_is_told_as_a_failure(
    web: ScriptedWeb, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock, config = Clock(), configured(web, tmp_path)
    with open_store(config, clock) as store:
        async with open_app(config, store, clock) as app:
            work = Work(app)
            for day in ("20604", "20605"):
                show(web, clock, {f"Bridge returned error 500! ({day})": 0}, "RSS-Bridge")
                clock.forward(hours=9)
                await work.tick_feeds()
                await work.idle()
            assert capsys.readouterr().out.count("RSS-Bridge reports: Bridge returned error 500!") == 1
            assert {line.outcome for line in store.read_now(entries.lines)} == {Outcome.QUARANTINED}
