"""The blog in a real browser: hostile posts run nothing, the search finds, missing pictures leave no holes."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path

import lxml.html
import pytest

from aggregator import server
from aggregator.targets.site import Options, build
from aggregator.types import Credit, Image, Post, Site

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), ""
)
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --virtual-time-budget=4000"
    " --host-resolver-rules=MAP\u00a0*\u00a0~NOTFOUND,\u00a0EXCLUDE\u00a0127.0.0.1"
)
EVIL = "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>"
POST = Post(
    key="0123456789abcdef0123456789abcdef",
    feed="paper",
    entry_key="1",
    title=f"Überraschung am Hafen {EVIL}",
    slug="ueberraschung-am-hafen-12345678",
    body=f"<p>Text</p>{EVIL}<p><img src='http://127.0.0.1:9/gone.png' alt='A lost boat'></p>",
    excerpt=f"An excerpt {EVIL}",
    credit=Credit(html="The Paper", text="The Paper", url="https://paper.example/1", title="x", publisher="The Paper"),
    canonical_url="https://paper.example/1",
    lead=Image(url="http://127.0.0.1:9/lead.png"),
    published_at=datetime(2026, 3, 1, tzinfo=UTC),
    source_name=f"The Paper {EVIL}",
)

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason="needs Chromium")]


async def seen(folder: Path, path: str) -> lxml.html.HtmlElement:
    """A page of the blog after the browser has run what it would run."""
    target = build("blog", Options(), site=Site(title="Blog", base_url="http://blog.example"), folder=folder, http=None)
    await target.publish(POST, media={}, previous=None)
    await target.flush()
    await target.close()
    flags = [flag.replace("\u00a0", " ") for flag in FLAGS.split(" ")]
    async with server.serve(server.app(folder / "public"), "127.0.0.1", 0) as port:
        process = await asyncio.create_subprocess_exec(
            CHROMIUM,
            *flags,
            f"--user-data-dir={folder / 'profile'}",
            "--dump-dom",
            f"http://127.0.0.1:{port}/{path}",
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        output, _ = await process.communicate()
    return lxml.html.document_fromstring(output)


async def test_a_hostile_post_runs_nothing_and_a_lost_picture_leaves_its_description(tmp_path: Path) -> None:
    page = await seen(tmp_path, f"2026/03/{POST.slug}/")
    assert page.findtext(".//title") != "run"
    assert "Überraschung am Hafen <img" in page.text_content()
    assert [image.get("alt") for image in page.cssselect(".prose img.missing")] == ["A lost boat"]
    assert page.cssselect(".lead-figure") == []


async def test_a_lost_picture_leaves_no_hole_on_the_front_page(tmp_path: Path) -> None:
    page = await seen(tmp_path, "")
    assert page.findtext(".//title") != "run"
    assert page.cssselect("img") == []
    assert page.cssselect(".has-picture") == []


async def test_the_search_finds_without_regard_to_accents_and_case(tmp_path: Path) -> None:
    page = await seen(tmp_path, "search/?q=uberraschung%20HAFEN")
    assert [link.text for link in page.cssselect("#search-results a")] == [POST.title]
    assert page.cssselect("#search-state")[0].text == "1 post"
    assert page.findtext(".//title") != "run"
