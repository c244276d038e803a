"""Finding a WordPress's API, and telling its owner what is wrong before the first post."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import httpx
import pytest
from fake_wordpress import PASSWORD, URL, FakeWordPress
from posting import make_post
from pydantic import ValidationError
from wordpress_bench import build_at

from aggregator.config import Secret
from aggregator.errors import BlockedError
from aggregator.targets.wordpress import Options
from aggregator.targets.wordpress.options import Categories, Tags


def page(link: str = "", html: str = "<p>Hello</p>", **headers: str) -> httpx.Response:
    found = {"Link": link} if link else {}
    return httpx.Response(200, html=f"<!doctype html><html><head>{html}</head></html>", headers=found | headers)


# --- where the API is ---


async def test_the_api_is_at_the_usual_place():
    blog = FakeWordPress()
    await build_at(blog).publish(make_post(1), media={}, previous=None)
    assert blog.asked[0] == ("GET", "")


@pytest.mark.parametrize(
    "home",
    [
        page(f'<{URL}/?p=1>; rel=shortlink, <{URL}/index.php/api/>; rel="https://api.w.org/"'),
        page(html=f'<link rel="https://api.w.org/" href="{URL}/index.php/api/">'),
        page(html='<link rel="https://api.w.org/" href="/index.php/api/">'),
    ],
)
async def test_the_home_page_names_the_api(home):
    blog = FakeWordPress()
    blog.index_at, blog.page = "/index.php/api/", home
    await build_at(blog).publish(make_post(1), media={}, previous=None)
    assert blog.shown()


async def test_a_blog_with_plain_permalinks_is_posted_to_and_told():
    blog = FakeWordPress()
    blog.index_at = ""
    target = build_at(blog)
    assert ["plain permalinks" in line for line in await target.check()] == [True]
    publication = await target.publish(make_post(1), media={}, previous=None)
    assert blog.shown()
    await target.withdraw(make_post(1), publication)
    assert not blog.shown()


async def test_credentials_do_not_follow_a_page_to_another_server():
    blog = FakeWordPress()
    blog.index_at, blog.page = "", page('<https://other.example/wp-json/>; rel="https://api.w.org/"')
    with pytest.raises(BlockedError, match=r"says that it is https://other\.example: set url"):
        await build_at(blog).publish(make_post(1), media={}, previous=None)


@pytest.mark.parametrize("answer", [httpx.Response(200, html="<p>Parking</p>"), httpx.Response(403, html="No")])
async def test_a_site_without_the_api_is_told_so(answer):
    blog = FakeWordPress()
    blog.firewall = lambda request: httpx.Response(answer.status_code, html=answer.text)
    blog.page = answer
    (line,) = await build_at(blog).check()
    assert "no WordPress REST API" in line
    assert "security plugin" in line


async def test_a_redirect_names_the_address_to_set():
    blog = FakeWordPress()
    moved = {"Location": "https://www.blog.example/"}
    blog.index_at, blog.page = "", httpx.Response(301, headers=moved)
    (line,) = await build_at(blog).check()
    assert "set url to that address" in line
    assert "https://www.blog.example/" in line


# --- check ---


async def test_all_is_well_where_all_is_well():
    assert await build_at(FakeWordPress("editor"), categories={"always": ["News"]}, author="ada").check() == []


@pytest.mark.parametrize(
    ("role", "options", "expected"),
    [
        ("subscriber", {}, "may not write posts (it has subscriber)"),
        ("contributor", {"pictures": "link"}, 'set status = "pending"'),
        ("contributor", {"status": "draft"}, "may not upload pictures"),
        ("author", {"categories": {"always": ["News"]}}, "no category News, and the account may not make it"),
        ("editor", {"categories": {"by_feed": {"a": ["World/News"]}, "create": False}}, "no category World/News"),
        ("author", {"author": "ada"}, "may not post as ada"),
        ("editor", {"authors": {"x": "nobody"}}, "no author nobody"),
        ("author", {"meta": {"footnotes": "x", "source_url": "{url}"}}, "drops the custom fields source_url:"),
        ("author", {"password": Secret("wrong")}, "not the one to log in with"),
    ],
)
async def test_what_is_missing_is_told_in_a_sentence(role, options, expected):
    (line,) = await build_at(FakeWordPress(role), **options).check()
    assert expected in line
    assert PASSWORD not in line


async def test_an_author_may_post_in_categories_that_are_there():
    blog = FakeWordPress("author")
    blog.term("categories", "Europe", blog.term("categories", "World"))
    assert await build_at(blog, categories={"by_tag": {"x": ["world/europe"]}}).check() == []


async def test_a_blog_without_application_passwords_is_told_so():
    blog = FakeWordPress()
    blog.application_passwords = False
    (line,) = await build_at(blog, password=Secret("wrong")).check()
    assert "does not offer Application Passwords" in line


@pytest.mark.parametrize(
    ("url", "warned"),
    [
        ("http://blog.example", True),
        ("http://127.0.0.1:8080", False),
        ("http://localhost", False),
        ("http://8.8.8.8", True),
    ],
)
async def test_a_password_in_the_clear_is_warned_of(url, warned):
    found = await build_at(FakeWordPress(), url=url).check()
    assert ["is not https" in line for line in found] == [True] * warned


@pytest.mark.parametrize(
    "options",
    [
        {"status": "future"},
        {"format": "poster"},
        {"meta": {"x": "{secret}"}},
        {"source_tags": 51},
        {"categories": {"allways": []}},
        {"username": ""},
    ],
)
def test_an_option_that_says_nothing_is_refused(options):
    with pytest.raises(ValidationError):
        build_at(FakeWordPress(), **options)


# --- the page of the manual ---

PAGE = (Path(__file__).parents[2] / "docs" / "targets" / "wordpress.md").read_text()


@pytest.mark.parametrize("key", [*Options.model_fields, *Categories.model_fields, *Tags.model_fields])
def test_every_option_is_told(key):
    assert re.search(rf"(?m)^\| (?:`\w+`, )?`{key}`", PAGE), key


def test_the_examples_of_the_page_are_right():
    found = re.findall(r"```toml\n(.*?)```", PAGE, re.S)
    assert len(found) == 2
    for text in found:
        table = tomllib.loads(text)["targets"]["news"] | {"password": "secret"}
        assert table.pop("kind") == "wordpress"
        Options.model_validate(table)
