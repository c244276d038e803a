"""The program, called as from a shell, and a folder with a configuration and a store."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import forkserver

import pytest
from fakes import ScriptedWeb

from aggregator.cli import main
from aggregator.store import Store, claims, deliveries, entries, feeds, journal, posts, targets
from aggregator.types import Action, Credit, Entry, Outcome, Post, Publication, Rights, Step

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)

CONFIG = """\
# Mine.
[site]
title = "Site Nestor"
base_url = "http://127.0.0.1:8080"
contact = "me@example.org"

[fetch]
allow_networks = ["127.0.0.0/8"]
floor = "1s"
host_pause = "0s"

[targets.blog]
kind = "site"
path = "public"

[feeds.gazette]
url = "https://gazette.example/feed"
name = "The Gazette"
"""


@dataclass(frozen=True)
class Ended:
    """How a call of the program ended."""

    code: int
    out: str
    err: str

    @property
    def records(self):
        """The JSON objects of the lines of standard output."""
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture(scope="session")
def nursery():
    """Child processes have their imports before them: started here, before any test changes the folder."""
    multiprocessing.set_forkserver_preload(
        ["pytest", "aggregator.cli", "aggregator.sources.feed", "aggregator.extract.records", "trafilatura"]
    )
    forkserver.ensure_running()


@pytest.fixture
def wirecopy(nursery, capsys, monkeypatch, tmp_path):
    """Calls the program in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WIRECOPY_CONFIG", raising=False)
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", "100")

    def call(*arguments):
        with pytest.raises(SystemExit) as caught:
            main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Ended(code=caught.value.code or 0, out=said.out, err=said.err)

    return call


@pytest.fixture
def quiet_now():
    """Quiet hours that it is now in the midst of, of all hours but one."""
    now = datetime.now(UTC)
    return f"{now + timedelta(hours=13):%H}:00-{now + timedelta(hours=12):%H}:00 UTC"


@pytest.fixture
def config(tmp_path):
    """A configuration file in the folder."""
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    return path


def post(number: int, title: str) -> Post:
    """A post of the gazette."""
    url = f"https://gazette.example/{number}"
    return Post(
        key=f"{number:032x}",
        feed="gazette",
        entry_key=f"entry-{number}",
        title=title,
        slug=f"a-{number:08x}",
        body="<p>text</p>",
        excerpt="text",
        credit=Credit(html="x", text="x", url=url, title=title, publisher="The Gazette"),
        canonical_url=url,
        published_at=NOW - timedelta(hours=number),
        rights=Rights.FULL,
        source_name="The Gazette",
    )


def entry(number: int, title: str, outcome: Outcome, reason: str) -> entries.EntryRecord:
    """An entry of the gazette."""
    return entries.EntryRecord(
        feed="gazette",
        entry=Entry(key=f"entry-{number}", guid=str(number), url=f"https://gazette.example/{number}", title=title),
        content_hash="x",
        outcome=outcome,
        reason=reason,
        post_key=f"{number:032x}" if outcome is not Outcome.TOO_OLD else None,
        canonical_url=f"https://gazette.example/{number}",
        compare_url=f"gazette.example/{number}",
    )


@pytest.fixture
def store(config, tmp_path):
    """A store with a published, a dead and an old entry; closed again."""
    opened = Store.open("sqlite:///data/wirecopy.db", base=tmp_path, now=NOW)

    def fill(session):
        feeds.sync(session, [("gazette", "https://gazette.example/feed", timedelta(hours=1))], NOW)
        made = [post(0xABC1, "Published"), post(0xABC2, "Dead \x1b[31mred\u202e")]
        entries.save(
            session,
            [
                entry(0xABC1, "Published", Outcome.QUEUED, "waits"),
                entry(0xABC2, "Dead \x1b[31mred\u202e", Outcome.QUEUED, "waits"),
                entry(0xABC3, "Old", Outcome.TOO_OLD, "older than 7 days"),
            ],
            NOW,
        )
        for one in made:
            posts.save(session, one, "hash", NOW)
            deliveries.promise(session, one, ["blog"], Action.PUBLISH, NOW)
        for step, outcome, reason in (("change", "new", "never seen"), ("rights", "full", "configured as full")):
            steps = [Step(at=NOW, feed="gazette", entry_key="entry-43969", step=step, outcome=outcome, reason=reason)]
            journal.write(session, steps)
        claimed = claims.take(session, NOW, "blog", limit=9, lease=timedelta(hours=1))
        for delivery in claimed:
            if delivery.key == made[0].key:
                there = Publication(remote_id="a", remote_url="http://127.0.0.1:8080/a/", published_at=NOW)
                deliveries.settle(session, delivery.id, there, NOW)
            else:
                deliveries.bury(session, delivery.id, "no such category", NOW)
        targets.pause(session, "blog", NOW + timedelta(days=3650), "password refused")

    opened.write_now(fill)
    opened.close()
    return tmp_path / "data" / "wirecopy.db"


@pytest.fixture
def online(wirecopy):
    """Calls the program beside a scripted web."""

    def call(routes, *arguments, fill=None):
        async def run():
            async with ScriptedWeb() as web:
                for path, body in routes.items():
                    web.route(path, body.replace("{web}", web.url("").rstrip("/")))
                if fill is not None:
                    fill.write_text(fill.read_text().replace("{web}", web.url("").rstrip("/")))
                said = [str(argument).replace("{web}", web.url("").rstrip("/")) for argument in arguments]
                return web.url("").rstrip("/"), await asyncio.to_thread(wirecopy, *said)

        return asyncio.run(run())

    return call
