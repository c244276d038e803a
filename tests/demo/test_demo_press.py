"""The sample press: everything that it says it has is there, and its feeds are what they claim to be."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import feedparser
import httpx
import lxml.html
import pytest
from PIL import Image

from aggregator.demo import app, running, serve, stories
from aggregator.demo.pages import Pages
from aggregator.errors import ConfigError

STARTED = datetime(2026, 3, 2, 9, 30, 41, tzinfo=UTC)
BASE = "http://127.0.0.1:8081"
LATER = timedelta(minutes=10)
SITES = stories.read()
STORIES = {story.key: story for site in SITES.values() for story in site.stories}
FEEDS = {name: f"/{name}/{site.feed.path}" for name, site in SITES.items()}


class Clock:
    """The time at the press; moved by hand."""

    def __init__(self):
        self.now = STARTED

    def __call__(self):
        return self.now


CLOCK = Clock()
PRESS = app(STARTED, CLOCK)
PATHS = Pages(STARTED).paths
ADDRESSES = {BASE + path for path in PATHS}


@pytest.fixture
def clock():
    CLOCK.now = STARTED
    return CLOCK


@pytest.fixture
async def browser(clock):
    transport = httpx.ASGITransport(PRESS)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        yield client


def address(key):
    site, slug = key.split("/")
    return f"{BASE}/{site}/{SITES[site].permalink.format(slug=slug)}"


async def entries(browser, site):
    """The entries of a site's feed by the end of their id."""
    body = (await browser.get(FEEDS[site])).content
    if SITES[site].feed.kind == "json":
        return {item["id"].rpartition(":")[2]: item for item in json.loads(body)["items"]}
    return {entry.id.rpartition(":")[2]: entry for entry in feedparser.parse(io.BytesIO(body)).entries}


@pytest.mark.parametrize("path", PATHS)
async def test_every_path_answers_with_a_type_and_both_validators(browser, clock, path):
    clock.now += LATER
    answer = await browser.get(path)
    assert answer.status_code == 200
    assert answer.content
    assert re.match(r"(text|image|video|application)/[a-z+]+", answer.headers["content-type"])
    assert answer.headers["etag"]
    assert parsedate_to_datetime(answer.headers["last-modified"]) <= clock.now


@pytest.mark.parametrize("path", ["/nothing", "/tidewater", "/tidewater/../press.py", "/lattice/pictures/", "/%00"])
async def test_nothing_else_is_there(browser, path):
    assert (await browser.get(path)).status_code == 404


@pytest.mark.parametrize("path", PATHS)
async def test_links_and_pictures_of_the_pages_lead_somewhere(browser, clock, path):
    clock.now += LATER
    answer = await browser.get(path)
    if not answer.headers["content-type"].startswith("text/html"):
        return
    page = lxml.html.fromstring(answer.text, base_url=f"{BASE}{path}")
    page.make_links_absolute()
    for element, _, url, _ in page.iterlinks():
        if url.startswith(BASE) and element.tag != "form" and "/share/" not in url:
            assert url.partition("#")[0] in ADDRESSES


async def test_robots_may_read_everything_that_we_ask_for(browser):
    text = (await browser.get("/robots.txt")).text
    assert "User-agent: *" in text
    assert "Disallow: /\n" not in text


@pytest.mark.parametrize("site", [name for name, site in SITES.items() if site.feed.kind != "json"])
async def test_rss_and_atom_are_well_formed_and_complete(browser, site):
    answer = await browser.get(FEEDS[site])
    parsed = feedparser.parse(io.BytesIO(answer.content))
    assert not parsed.bozo
    assert parsed.version == {"rss": "rss20", "atom": "atom10"}[SITES[site].feed.kind]
    assert parsed.feed.title == SITES[site].title
    assert (b"<content" in answer.content) is SITES[site].feed.content
    for entry in parsed.entries:
        assert entry.title
        assert entry.link.startswith(BASE)
        assert entry.author
        assert entry.summary
        assert entry.published_parsed


async def test_the_json_feed_is_complete(browser):
    answer = await browser.get(FEEDS["slowtable"])
    feed = json.loads(answer.content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    for item in feed["items"]:
        assert item["url"].startswith(BASE)
        assert "<p>" in item["content_html"]
        assert item["authors"][0]["name"]
        assert datetime.fromisoformat(item["date_published"]) < STARTED


@pytest.mark.parametrize("site", SITES)
async def test_a_feed_carries_every_story_newest_first(browser, clock, site):
    clock.now += LATER
    found = await entries(browser, site)
    expected = {story.slug for story in SITES[site].stories} | {key.split("/")[1] for key in SITES[site].reposts}
    assert set(found) == expected
    dates = [entry.get("published") or entry.get("date_published") for entry in found.values()]
    moments = [parsedate_to_datetime(date) if "," in date else datetime.fromisoformat(date) for date in dates]
    assert moments == sorted(moments, reverse=True)


def test_the_newest_story_is_an_hour_old_and_the_oldest_some_weeks():
    ages = [story.age for story in STORIES.values()]
    assert min(age for age in ages if age > timedelta()) == timedelta(hours=1)
    assert timedelta(weeks=2) < max(ages) < timedelta(weeks=8)


@pytest.mark.parametrize("key", STORIES)
async def test_an_article_page_carries_its_text_its_furniture_and_its_picture(browser, clock, key):
    clock.now += LATER
    page = lxml.html.fromstring((await browser.get(address(key))).text)
    story = STORIES[key]
    words = len(" ".join(page.find_class("article-body")[0].itertext()).split())
    assert 250 <= words <= 650
    for furniture in ("masthead", "sidebar", "newsletter", "share", "cookies", "related", "comments"):
        assert page.find_class(furniture)
    pictures = page.xpath("//div[@class='article-body']//img")
    shown = STORIES[story.copy_of] if story.copy_of else story
    assert len(pictures) == len(shown.pictures)
    assert all(picture.get("alt") for picture in pictures)
    assert page.xpath("//html/@lang") == [story.language]


@pytest.mark.parametrize("path", [path for path in PATHS if path.endswith((".webp", ".jpg"))])
async def test_a_picture_loads_and_is_small(browser, path):
    body = (await browser.get(path)).content
    assert len(body) < 65_000
    with Image.open(io.BytesIO(body)) as image:
        image.load()
        assert image.width >= 1000


def test_all_pictures_and_films_together_are_under_a_megabyte():
    assert sum(path.stat().st_size for path in stories.PRESS.rglob("pictures/*")) < 900_000


async def test_the_film_is_a_webm(browser):
    page = (await browser.get(address("lattice/counting-raindrops-on-a-tin-roof"))).text
    film = lxml.html.fromstring(page).xpath("//video/@src")[0]
    answer = await browser.get(film)
    assert answer.headers["content-type"] == "video/webm"
    assert answer.content.startswith(b"\x1a\x45\xdf\xa3")


async def test_one_entry_is_corrected_while_the_press_runs(browser, clock):
    slug = "the-oldest-clock-in-the-valley"
    before = (await entries(browser, "lattice"))[slug]
    clock.now += LATER
    after = (await entries(browser, "lattice"))[slug]
    assert before.updated == before.published == after.published
    assert after.updated > before.updated
    assert before.title != after.title
    assert "six hundred and fourteen" in before.content[0].value
    assert "Correction" in after.content[0].value
    assert "Correction" in (await browser.get(address(f"lattice/{slug}"))).text


async def test_the_copy_of_a_story_comes_later_and_names_the_original(browser, clock):
    slug = "a-meadow-that-breathes"
    assert slug not in await entries(browser, "tidewater")
    assert (await browser.get(address(f"tidewater/{slug}"))).status_code == 404
    clock.now += LATER
    copy = (await entries(browser, "tidewater"))[slug]
    assert "utm_source=gazette-rss" in copy.link
    page = lxml.html.fromstring((await browser.get(copy.link)).text)
    assert page.xpath("//link[@rel='canonical']/@href") == [address(f"lattice/{slug}")]
    original = lxml.html.fromstring((await browser.get(address(f"lattice/{slug}"))).text)
    assert original.xpath("//link[@rel='canonical']/@href") == [address(f"lattice/{slug}")]
    texts = [" ".join(one.find_class("article-body")[0].text_content().split()) for one in (page, original)]
    assert texts[0] == texts[1]


async def test_a_repost_names_its_source(browser):
    entry = (await entries(browser, "lattice"))["the-octopus-who-filed-a-complaint"]
    assert entry.source.title == "Notes from the Kelp Room"
    assert entry.link == address("kelproom/the-octopus-who-filed-a-complaint")


def test_there_is_something_of_everything():
    languages = {story.language for story in STORIES.values()}
    bodies = "".join(story.body for story in STORIES.values())
    assert "pt" in languages
    assert any(not story.pictures and not story.copy_of for story in STORIES.values())
    assert all(piece in bodies for piece in ("<table>", "<pre><code", "<video", "<blockquote>", "<ol>"))
    assert any(site.licence for site in SITES.values())


@pytest.mark.parametrize("path", [*FEEDS.values(), "/tidewater/news/the-last-gas-lamp", "/lattice/pictures/moth.webp"])
async def test_what_has_not_changed_is_not_sent_again(browser, path):
    first = await browser.get(path)
    by_tag = await browser.get(path, headers={"If-None-Match": first.headers["etag"]})
    by_date = await browser.get(path, headers={"If-Modified-Since": first.headers["last-modified"]})
    assert (by_tag.status_code, by_tag.content) == (304, b"")
    assert by_tag.headers["etag"] == first.headers["etag"]
    assert by_date.status_code == 304


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If-None-Match": '"other"'}, 200),
        ({"If-None-Match": '"other", *'}, 304),
        ({"If-None-Match": '"other"', "If-Modified-Since": "Mon, 01 Jan 2040 00:00:00 GMT"}, 200),
        ({"If-Modified-Since": "Mon, 01 Jan 2040 00:00:00 GMT"}, 304),
        ({"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"}, 200),
        ({"If-Modified-Since": "yesterday"}, 200),
    ],
)
async def test_a_condition_is_judged_as_rfc_9110_says(browser, headers, status):
    assert (await browser.get(FEEDS["lattice"], headers=headers)).status_code == status


async def test_a_change_is_sent_to_who_has_the_old_one(browser, clock):
    first = await browser.get(FEEDS["lattice"])
    clock.now += LATER
    condition = {"If-None-Match": first.headers["etag"], "If-Modified-Since": first.headers["last-modified"]}
    assert (await browser.get(FEEDS["lattice"], headers=condition)).status_code == 200
    dated = {"If-Modified-Since": first.headers["last-modified"]}
    assert (await browser.get(FEEDS["lattice"], headers=dated)).status_code == 200


async def test_the_press_serves_in_a_running_loop():
    async with serve() as base, httpx.AsyncClient(trust_env=False) as client:
        assert base.startswith("http://127.0.0.1:")
        assert (await client.get(f"{base}/robots.txt")).status_code == 200
        feed = await client.get(base + FEEDS["tidewater"])
        assert f"{base}/tidewater/news/" in feed.text


def test_the_press_serves_from_a_thread_and_ends_with_the_block():
    with running(0) as base:
        assert httpx.get(f"{base}/", trust_env=False).status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{base}/", trust_env=False)


async def test_a_taken_port_is_an_error():
    async with serve() as base:
        with pytest.raises(ConfigError, match="in use"):
            async with serve(int(base.rpartition(":")[2])):
                pass
