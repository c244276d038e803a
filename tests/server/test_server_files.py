"""The blog's files as a browser gets them."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from aggregator import server

FILES = {
    "index.html": "<h1>Front</h1>" + "<p>Text.</p>" * 500,
    "404.html": "<h1>Nothing here</h1>",
    "atom.xml": "<feed/>",
    "rss.xml": "<rss/>",
    "feed.json": "{}",
    "sources.opml": "<opml/>",
    "robots.txt": "User-agent: *",
    "sitemap.xml": "<urlset/>",
    "site.webmanifest": "{}",
    "icon.svg": "<svg/>",
    "strange.bin": "?",
    "assets/style.css": "a{}",
    "assets/site.js": "1",
    "2026/03/story/index.html": "<h1>Story</h1>",
    "2026/03/taken-back/index.html": "<h1>Withdrawn</h1>",
    "2026/03/taken-back/.gone": "",
    ".wirecopy/site.db": "secret",
    ".hidden.html": "secret",
    "media/ab/abcdef.jpg": "0123456789",
    "empty/readme.txt": "no index here",
}


@pytest.fixture
def public(tmp_path: Path) -> Path:
    root = tmp_path / "public"
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "outside.txt").write_text("secret")
    (root / "way-out.txt").symlink_to(tmp_path / "outside.txt")
    (root / "way-out").symlink_to(tmp_path, target_is_directory=True)
    (root / "way-in.txt").symlink_to(root / ".wirecopy" / "site.db")
    return root


@pytest.fixture
async def http(public: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        server.serve(server.app(public), "127.0.0.1", 0) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        yield client


async def raw(client: httpx.AsyncClient, path: str) -> httpx.Response:
    """A GET whose path is sent as it is, dots and all."""
    url = client.base_url.copy_with(raw_path=path.encode("latin-1"))
    return await client.send(httpx.Request("GET", url))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/atom.xml", "application/atom+xml; charset=utf-8"),
        ("/rss.xml", "application/rss+xml; charset=utf-8"),
        ("/feed.json", "application/feed+json; charset=utf-8"),
        ("/sources.opml", "text/x-opml; charset=utf-8"),
        ("/robots.txt", "text/plain; charset=utf-8"),
        ("/sitemap.xml", "application/xml; charset=utf-8"),
        ("/site.webmanifest", "application/manifest+json; charset=utf-8"),
        ("/icon.svg", "image/svg+xml; charset=utf-8"),
        ("/assets/style.css", "text/css; charset=utf-8"),
        ("/assets/site.js", "text/javascript; charset=utf-8"),
        ("/media/ab/abcdef.jpg", "image/jpeg"),
        ("/strange.bin", "application/octet-stream"),
        ("/2026/03/story/", "text/html; charset=utf-8"),
    ],
)
async def test_a_file_has_its_media_type(http: httpx.AsyncClient, path: str, kind: str) -> None:
    answer = await http.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == kind


@pytest.mark.parametrize(
    "path",
    [
        "/.wirecopy/site.db",
        "/.wirecopy/",
        "/.hidden.html",
        "/2026/03/taken-back/.gone",
        "/2026/../.wirecopy/site.db",
        "/%2ewirecopy/site.db",
        "/../outside.txt",
        "/..%2foutside.txt",
        "/%2e%2e/outside.txt",
        "/....//outside.txt",
        "/way-out.txt",
        "/way-out/outside.txt",
        "/way-in.txt",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/\\..\\outside.txt",
        "/robots.txt%00",
        "/robots.txt/",
        "/robots.txt/more",
        "/" + "a" * 5000,
        "/empty/",
        "/nowhere/",
    ],
)
async def test_what_is_not_to_be_seen_is_not_there(http: httpx.AsyncClient, path: str) -> None:
    answer = await raw(http, path)
    assert answer.status_code == 404
    assert "secret" not in answer.text
    assert "Nothing here" in answer.text


@pytest.mark.parametrize("path", ["/", "/atom.xml", "/nowhere", "/healthz", "/2026/03/taken-back/", "/2026/03/story"])
async def test_every_answer_carries_the_security_headers(http: httpx.AsyncClient, path: str) -> None:
    headers = (await http.get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "server" not in headers


async def test_a_method_that_changes_things_is_refused_with_the_headers(http: httpx.AsyncClient) -> None:
    answer = await http.post("/")
    assert answer.status_code == 405
    assert "content-security-policy" in answer.headers


async def test_a_folder_is_shown_under_its_name_with_a_slash(http: httpx.AsyncClient) -> None:
    answer = await http.get("/2026/03/story")
    assert answer.status_code == 301
    assert answer.headers["location"] == "/2026/03/story/"


async def test_a_redirect_never_leads_to_another_host(http: httpx.AsyncClient, public: Path) -> None:
    (public / "evil.example").mkdir()
    (public / "evil.example" / "index.html").write_text("x")
    answer = await raw(http, "//evil.example")
    assert answer.headers.get("location", "/evil.example/") == "/evil.example/"


async def test_a_withdrawn_page_is_gone(http: httpx.AsyncClient) -> None:
    answer = await http.get("/2026/03/taken-back/")
    assert answer.status_code == 410
    assert "Withdrawn" in answer.text


async def test_an_unchanged_file_is_not_sent_again(http: httpx.AsyncClient, public: Path) -> None:
    first = await http.get("/")
    again = await http.get("/", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    (public / "index.html").write_text("changed")
    changed = await http.get("/", headers={"If-None-Match": first.headers["etag"]})
    assert (changed.status_code, changed.text) == (200, "changed")


async def test_text_is_compressed_for_who_can_read_it(http: httpx.AsyncClient) -> None:
    async with http.stream("GET", "/", headers={"Accept-Encoding": "gzip"}) as answer:
        packed = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert answer.headers["content-encoding"] == "gzip"
    assert "accept-encoding" in answer.headers["vary"].lower()
    assert gzip.decompress(packed).decode() == FILES["index.html"]
    plain = await http.get("/", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers


async def test_head_tells_the_same_without_the_body(http: httpx.AsyncClient) -> None:
    plain = {"Accept-Encoding": "identity"}
    head, get = await http.head("/", headers=plain), await http.get("/", headers=plain)
    assert head.content == b""
    assert head.headers["content-length"] == get.headers["content-length"] == str(len(FILES["index.html"]))


async def test_a_picture_may_be_kept_for_ever_and_read_in_parts(http: httpx.AsyncClient) -> None:
    part = await http.get("/media/ab/abcdef.jpg", headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.text) == (206, "234")
    assert "immutable" in part.headers["cache-control"]


async def test_a_page_is_asked_for_each_time(http: httpx.AsyncClient) -> None:
    assert (await http.get("/")).headers["cache-control"] == "no-cache"


async def test_feeds_may_be_read_by_pages_of_other_sites(http: httpx.AsyncClient) -> None:
    assert (await http.get("/feed.json")).headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in (await http.get("/")).headers


async def test_a_blog_that_is_not_there_yet_is_not_found(tmp_path: Path) -> None:
    transport = httpx.ASGITransport(app=server.app(tmp_path / "later"))
    async with httpx.AsyncClient(transport=transport, base_url="http://blog.example") as client:
        assert (await client.get("/")).status_code == 404
        (tmp_path / "later").mkdir()
        (tmp_path / "later" / "index.html").write_text("now")
        assert (await client.get("/")).text == "now"


@pytest.mark.parametrize(
    ("facts", "status"),
    [({"status": "ok", "feeds": 3}, 200), ({"status": "starting"}, 200), ({"status": "store does not answer"}, 503)],
)
async def test_health_is_told_as_json_and_as_a_status(tmp_path: Path, facts: dict[str, object], status: int) -> None:
    transport = httpx.ASGITransport(app=server.app(tmp_path, lambda: facts))
    async with httpx.AsyncClient(transport=transport, base_url="http://blog.example") as client:
        answer = await client.get("/healthz")
    assert (answer.status_code, answer.json()) == (status, facts)
    assert answer.headers["cache-control"] == "no-store"


async def test_a_stopped_server_leaves_its_port_free(tmp_path: Path) -> None:
    async with server.serve(server.app(tmp_path), "127.0.0.1", 0) as port:
        pass
    async with server.serve(server.app(tmp_path), "127.0.0.1", port):
        pass
