"""A withdrawal as readers of the embedded blog see it, and as those who told the same story."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from fakes import Answer, ScriptedWeb
from PIL import Image
from pipeline_bench import Bench, opened
from test_pipeline_stories import FERRY, LIBRARY, outcomes, serve

from aggregator.config import FetchSettings
from aggregator.fetch import Client
from aggregator.media import Library
from aggregator.pipeline import Deliverer, InlineWorkers, correcting
from aggregator.store import entries, journal
from aggregator.targets.site import Options, SiteTarget, build
from aggregator.types import Feed, Outcome, Site, Withdrawals


@dataclass
class Blog:
    """A pipeline whose target is the embedded blog, in German."""

    bench: Bench
    folder: Path
    target: SiteTarget

    async def deliver(self) -> None:
        await self.bench.deliver()
        await self.target.flush()

    def pages(self) -> dict[str, str]:
        """The pages of articles by their last part, those that are gone among them."""
        found = (self.folder / "public").glob("20*/*/*/index.html")
        return {path.parent.name[:4]: path.read_text() for path in found}

    def pictures(self) -> list[str]:
        places = (self.folder / "public" / "media", self.folder / "media")
        return sorted(
            path.suffix for place in places for path in place.rglob("*") if path.suffix in {".png", ".jpg", ".webp"}
        )


@pytest.fixture
async def blog(web: ScriptedWeb, tmp_path: Path) -> AsyncIterator[Blog]:
    site = Site(title="Site Nestor", base_url="http://blog.example", language="de")
    target = build("blog", Options.model_validate({}), site=site, folder=tmp_path, http=None)
    settings = FetchSettings(allow_networks=(ip_network("127.0.0.0/8"),), host_pause=timedelta(0))
    async with opened(web, tmp_path) as bench, Client(settings, contact="http://blog.example", now=bench.now) as client:
        bench.deliverer = Deliverer(
            client=client,
            store=bench.store,
            workers=InlineWorkers(),
            library=Library(tmp_path / "media"),
            targets={"blog": target},
            now=bench.now,
            language="de",
        )
        yield Blog(bench, tmp_path, target)
        await target.close()


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (400, 300), "teal").save(out, "PNG")
    return out.getvalue()


async def published(blog: Blog, policy: Withdrawals) -> Feed:
    bench = blog.bench
    bench.web.route("/pier.png", png(), headers={"Content-Type": "image/png"})
    url = bench.web.url("/pier.png")
    feed = replace(
        serve(
            bench,
            "herald",
            [*FERRY, f'<img src="{url}" width="400" height="300" alt="The pier">'],
            date="Mon, 01 Jun 2026 11:50:00 GMT</pubDate><pubDate>01",
        ),
        withdrawn=policy,
    )
    await bench.refresh(feed)
    await blog.deliver()
    return feed


async def withdrawn(blog: Blog) -> None:
    blog.bench.web.route("/herald/1", Answer(status=410))
    blog.bench.now.forward(days=1)
    assert [done.outcome for done in await blog.bench.recheck()] == ["withdrawn"]
    await blog.deliver()


async def test_a_removed_post_leaves_neither_words_nor_pictures(blog: Blog) -> None:
    await published(blog, Withdrawals.REMOVE)
    assert "outer islands" in blog.pages()["ferr"]
    assert len(blog.pictures()) == 2  # the blog's, and our own copy
    await withdrawn(blog)
    assert "outer islands" not in blog.pages()["ferr"]
    assert blog.pictures() == []
    served = [path for path in (blog.folder / "public").rglob("*") if path.is_file() and ".wirecopy" not in path.parts]
    assert [path.name for path in served if b"outer islands" in path.read_bytes()] == []


async def test_a_marked_post_says_so_in_the_language_of_the_blog(blog: Blog) -> None:
    await published(blog, Withdrawals.MARK)
    await withdrawn(blog)
    page = blog.pages()["ferr"]
    assert "Zurückgezogen: Ferry runs again" in page
    assert page.index("vom Herausgeber zurückgezogen") < page.index("outer islands")
    assert "2. Juni 2026" in page
    feed = (blog.folder / "public" / "atom.xml").read_text()
    assert "Zurückgezogen: Ferry runs again" in feed
    assert len(blog.pictures()) == 2


async def test_who_told_the_story_too_stays_silent_and_a_person_may_bring_it_out(blog: Blog) -> None:
    bench = blog.bench
    await published(blog, Withdrawals.REMOVE)
    copy = serve(bench, "post", FERRY[:3], title="Islanders get their boat back")
    await bench.refresh(copy)
    await bench.refresh(serve(bench, "other", LIBRARY, title="Books are back"))
    await blog.deliver()
    assert (await outcomes(bench))["post"] is Outcome.DUPLICATE
    await withdrawn_of_herald(blog)
    assert await outcomes(bench) == {
        "herald": Outcome.WITHDRAWN,
        "post": Outcome.DUPLICATE,
        "other": Outcome.PUBLISHED,
    }
    assert "Books are back" in blog.pages()["book"]
    (line,) = await bench.store.read(entries.lines, feed="post")
    last = (await bench.store.read(journal.of_entry, "post", line.key))[-1]
    assert last.step == "story"
    assert "this stays a duplicate" in last.reason
    await bench.store.write(correcting.split, line, bench.now())
    await bench.look_again()
    await blog.deliver()
    assert (await outcomes(bench))["post"] is Outcome.PUBLISHED


async def withdrawn_of_herald(blog: Blog) -> None:
    blog.bench.web.route("/herald/1", Answer(status=410))
    blog.bench.now.forward(days=1)
    assert "withdrawn" in [done.outcome for done in await blog.bench.recheck()]
    await blog.deliver()
