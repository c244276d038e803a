"""The web server: what it shows, what it never shows, and the headers on every answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from aggregator import server
from aggregator.errors import ConfigError


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    public = tmp_path / "public"
    (public / "2026").mkdir(parents=True)
    (public / ".wirecopy").mkdir()
    (public / ".wirecopy" / "site.db").write_text("secret")
    (tmp_path / "outside.txt").write_text("secret")
    (public / "link.txt").symlink_to(tmp_path / "outside.txt")
    (public / "index.html").write_text("<h1>Front</h1>" + "x" * 2000)
    (public / "2026" / "index.html").write_text("<h1>2026</h1>")
    (public / "404.html").write_text("<h1>Nothing here</h1>")
    (public / "atom.xml").write_text("<feed/>")
    (public / "feed.json").write_text("{}")
    async with (
        server.serve(server.app(public, lambda: {"status": "ok", "feeds": 3}), "127.0.0.1", 0) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        yield client


@pytest.mark.parametrize(
    ("path", "status", "kind", "text"),
    [
        ("/", 200, "text/html; charset=utf-8", "Front"),
        ("/2026/", 200, "text/html; charset=utf-8", "2026"),
        ("/atom.xml", 200, "application/atom+xml; charset=utf-8", "<feed/>"),
        ("/feed.json", 200, "application/feed+json; charset=utf-8", "{}"),
        ("/healthz", 200, "application/json", "3"),
        ("/nothing", 404, "text/html; charset=utf-8", "Nothing here"),
    ],
)
async def test_files_come_with_their_media_type(
    site: httpx.AsyncClient, path: str, status: int, kind: str, text: str
) -> None:
    answer = await site.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, kind)
    assert text in answer.text


@pytest.mark.parametrize(
    "path",
    ["/.wirecopy/site.db", "/%2e%2e/outside.txt", "/2026/..%2f..%2foutside.txt", "/link.txt", "/%00", "/" + "a" * 5000],
)
async def test_nothing_hidden_or_outside_is_shown(site: httpx.AsyncClient, path: str) -> None:
    answer = await site.get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text


@pytest.mark.parametrize("path", ["/", "/nothing", "/healthz"])
async def test_every_answer_keeps_its_reader_safe(site: httpx.AsyncClient, path: str) -> None:
    headers = (await site.get(path)).headers
    assert "unsafe-inline" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "referrer-policy" in headers


async def test_an_unchanged_file_is_not_sent_again(site: httpx.AsyncClient) -> None:
    tag = (await site.get("/")).headers["etag"]
    assert (await site.get("/", headers={"If-None-Match": tag})).status_code == 304


async def test_only_reading_is_possible(site: httpx.AsyncClient) -> None:
    assert (await site.post("/")).status_code == 405


async def test_a_port_in_use_is_told_with_its_key(tmp_path: Path) -> None:
    application = server.app(tmp_path)
    async with server.serve(application, "127.0.0.1", 0) as port:
        with pytest.raises(ConfigError, match=r"daemon\.listen"):
            async with server.serve(application, "127.0.0.1", port):
                await asyncio.sleep(0)
