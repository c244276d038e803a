"""The blog's own feeds: what other readers and aggregators get."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import feedparser
import pytest
from blogs import SITE, address, open_blog, picture, publish, tree
from lxml import etree
from posting import make_post

from aggregator.types import Author, Credit, Enclosure, Image

ATOM = "{http://www.w3.org/2005/Atom}"
LEAD = Image(url="https://paper.example/lead.jpg", alt="A lead")
FEEDS = ("atom.xml", "rss.xml", "source/paper/atom.xml")
POSTS = [
    make_post(1, lead=LEAD, body=f'<p>One</p><img src="{LEAD.url}" alt=""><p><a href="/relative">x</a></p>'),
    make_post(2, title="Ctrl \x01\x0b\ufffe & <b>not bold</b> ]]>", body="<p>a\x02b</p><script>alert(1)</script>"),
    make_post(3, authors=(), enclosures=(Enclosure(url="https://paper.example/3.mp3", type="audio/mpeg", length=7),)),
    make_post(4, language="ar", title="عنوان", tags=("a", "a", "b")),
    make_post(5, feed_url=None, source_url=None, canonical_url=None),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    blog = open_blog(tmp_path)
    publish(blog, *POSTS, media={LEAD.url: picture(tmp_path, LEAD.url)})
    blog.close()
    return tmp_path


def entries(folder: Path, name: str = "atom.xml") -> list[etree._Element]:
    return list(etree.fromstring(tree(folder)[name]).iter(f"{ATOM}entry"))


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_is_read_without_complaint(folder: Path, name: str) -> None:
    read = feedparser.parse(io.BytesIO(tree(folder)[name]))
    assert read.bozo == 0
    assert len(read.entries) == len(POSTS)
    assert len({entry.id for entry in read.entries}) == len(POSTS)
    assert all(entry.published_parsed for entry in read.entries)
    newest = read.entries[0]
    assert newest.title == POSTS[4].title
    assert newest.link.startswith("https://news.example/2026/03/story-5-")


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_holds_no_relative_address_no_script_and_no_control_character(folder: Path, name: str) -> None:
    data = tree(folder)[name]
    etree.fromstring(data, etree.XMLParser(recover=False, resolve_entities=False))
    text = data.decode()
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f]", text)
    for element in etree.fromstring(data).iter():
        assert all(value.startswith("https://") for key, value in element.attrib.items() if key in {"href", "url"})
        if element.text and "<" in element.text:
            assert "<script" not in element.text
            assert all(
                address.startswith("https://") for address in re.findall(r'(?:src|href)="([^"]*)"', element.text)
            )


def test_atom_says_who_wrote_it_and_which_feed_it_came_from(folder: Path) -> None:
    by_title = {entry.findtext(f"{ATOM}title"): entry for entry in entries(folder)}
    entry = by_title[POSTS[0].title]
    assert [name.text for name in entry.iterfind(f"{ATOM}author/{ATOM}name")] == ["Ada Byron"]
    source = entry.find(f"{ATOM}source")
    assert source is not None
    assert source.findtext(f"{ATOM}id") == "https://paper.example/feed.xml"
    assert source.findtext(f"{ATOM}title") == "The Paper"
    links = {link.get("rel"): link.get("href") for link in entry.iterfind(f"{ATOM}link")}
    assert links["via"] == "https://paper.example/story/1"
    assert links["alternate"].startswith("https://news.example/")
    assert by_title["عنوان"].get("{http://www.w3.org/XML/1998/namespace}lang") == "ar"
    assert by_title[POSTS[4].title].find(f"{ATOM}source") is None
    # Who has no author has its publisher: an entry must have one (RFC 4287, 4.1.2).
    assert by_title[POSTS[2].title].findtext(f"{ATOM}author/{ATOM}name") == "The Paper"


def test_atom_is_as_the_standard_wants_it(folder: Path) -> None:
    root = etree.fromstring(tree(folder)["atom.xml"])
    for name in ("id", "title", "updated", "author"):
        assert len(root.findall(f"{ATOM}{name}")) == 1
    assert [link.get("href") for link in root.iterfind(f"{ATOM}link[@rel='self']")] == ["https://news.example/atom.xml"]
    date = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
    for entry in entries(folder):
        for name in ("id", "title", "updated", "published", "content"):
            assert len(entry.findall(f"{ATOM}{name}")) == 1
        assert all(date.fullmatch(entry.findtext(f"{ATOM}{name}") or "") for name in ("updated", "published"))
        links = [(link.get("rel"), link.get("href")) for link in entry.iterfind(f"{ATOM}link")]
        assert len(links) == len(set(links))
        terms = [category.get("term") for category in entry.iterfind(f"{ATOM}category")]
        assert len(terms) == len(set(terms))
        assert (entry.findtext(f"{ATOM}id") or "").startswith("urn:uuid:")


def test_rss_is_as_the_standard_wants_it(folder: Path) -> None:
    channel = etree.fromstring(tree(folder)["rss.xml"]).find("channel")
    assert channel is not None
    assert channel.find(f"{ATOM}link").get("href") == "https://news.example/rss.xml"  # type: ignore[union-attr]  # fails if absent
    for item in channel.iterfind("item"):
        guid = item.find("guid")
        assert guid is not None
        assert guid.get("isPermaLink") == "false"
        when = item.findtext("pubDate") or ""
        assert re.fullmatch(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", when)
        assert parsedate_to_datetime(when).tzinfo is not None
        assert len(item.findall("enclosure")) <= 1
        assert all(one.get("length", "").isdigit() and one.get("type") for one in item.iterfind("enclosure"))
    sources = [source.get("url") for source in channel.iterfind("item/source")]
    assert sources == ["https://paper.example/feed.xml"] * 4


def test_a_picture_is_an_enclosure_with_its_length(folder: Path) -> None:
    entry = next(entry for entry in entries(folder) if entry.findtext(f"{ATOM}title") == POSTS[0].title)
    (link,) = entry.iterfind(f"{ATOM}link[@rel='enclosure']")
    path = str(link.get("href")).removeprefix("https://news.example/")
    assert (link.get("type"), link.get("length")) == ("image/png", str(len(tree(folder)[path])))


def test_json_feed_is_as_the_standard_wants_it(folder: Path) -> None:
    feed = json.loads(tree(folder)["feed.json"])
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert (feed["home_page_url"], feed["feed_url"]) == ("https://news.example/", "https://news.example/feed.json")
    items = feed["items"]
    assert len({item["id"] for item in items}) == len(items) == len(POSTS)
    for item in items:
        assert isinstance(item["id"], str)
        assert "<" in item["content_html"]
        assert datetime.fromisoformat(item["date_published"]).tzinfo is not None
        assert item["url"].startswith("https://news.example/")
        assert all(author["name"] for author in item["authors"])
        assert all(one["url"] and one["mime_type"] for one in item.get("attachments", []))
        assert set(item) - {"_source"} <= {
            "id", "url", "external_url", "title", "content_html", "summary", "image", "date_published",
            "date_modified", "authors", "tags", "language", "attachments",
        }  # fmt: skip
    first = items[-1]
    assert first["external_url"] == "https://paper.example/story/1"
    assert first["_source"]["feed_url"] == "https://paper.example/feed.xml"


def test_an_entry_carries_its_credit(folder: Path) -> None:
    for entry in entries(folder):
        assert "The Paper</a>" in (entry.findtext(f"{ATOM}content") or "")


def test_an_entry_keeps_its_identity_and_says_when_it_changed(tmp_path: Path) -> None:
    blog = open_blog(tmp_path)
    publish(blog, make_post(1))
    (before,) = entries(tmp_path)
    corrected = make_post(1, title="Corrected", modified_at=datetime(2026, 11, 24, 14, tzinfo=UTC))
    publish(blog, corrected, hours=3)
    (after,) = entries(tmp_path)
    assert after.findtext(f"{ATOM}id") == before.findtext(f"{ATOM}id")
    assert after.findtext(f"{ATOM}published") == before.findtext(f"{ATOM}published")
    assert (after.findtext(f"{ATOM}updated") or "") > (before.findtext(f"{ATOM}updated") or "")
    assert etree.fromstring(tree(tmp_path)["atom.xml"]).findtext(f"{ATOM}updated") == after.findtext(f"{ATOM}updated")
    blog.close()


def test_an_entry_that_reads_as_before_is_not_updated(tmp_path: Path) -> None:
    blog = open_blog(tmp_path)
    publish(blog, make_post(1))
    (before,) = entries(tmp_path)
    publish(blog, make_post(1, tags=("another",)), hours=3)
    (after,) = entries(tmp_path)
    assert after.findtext(f"{ATOM}updated") == before.findtext(f"{ATOM}updated")
    assert etree.tostring(after) != etree.tostring(before)
    blog.close()


def test_an_entry_whose_publisher_has_withdrawn_it_is_updated(tmp_path: Path) -> None:
    blog = open_blog(tmp_path)
    publish(blog, make_post(1))
    publish(blog, make_post(1, withdrawn_at=datetime(2026, 11, 24, 14, tzinfo=UTC)), hours=3)
    (after,) = entries(tmp_path)
    assert after.findtext(f"{ATOM}updated") == "2026-11-24T14:00:00Z"
    blog.close()


def test_an_entry_is_never_updated_in_the_future(tmp_path: Path) -> None:
    blog = open_blog(tmp_path)
    publish(blog, make_post(1, modified_at=datetime(2099, 1, 1, tzinfo=UTC)))
    (entry,) = entries(tmp_path)
    assert entry.findtext(f"{ATOM}updated") == "2026-11-24T12:00:00Z"
    blog.close()


def test_a_feed_shows_the_newest_by_the_date_of_the_original(tmp_path: Path) -> None:
    blog = open_blog(tmp_path, feed_entries=3)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    order = [5, 1, 9, 3, 7]
    publish(blog, *(make_post(number, published_at=start + timedelta(days=number)) for number in order))
    titles = [entry.findtext(f"{ATOM}title") for entry in entries(tmp_path)]
    assert titles == [make_post(number).title for number in (9, 7, 5)]
    blog.close()


def test_a_site_below_a_folder_has_its_addresses_there(tmp_path: Path) -> None:
    blog = open_blog(tmp_path, site=replace(SITE, base_url="https://news.example/blog"))
    publish(blog, make_post(1))
    (entry,) = entries(tmp_path)
    (link,) = entry.iterfind(f"{ATOM}link[@rel='alternate']")
    assert link.get("href") == f"https://news.example/blog/{address(blog, make_post(1))}"
    blog.close()


def test_the_licence_of_an_entry_is_told(tmp_path: Path) -> None:
    blog = open_blog(tmp_path)
    credit: Credit = replace(make_post(1).credit, licence="https://creativecommons.org/licenses/by/4.0/")
    publish(blog, make_post(1, credit=credit, authors=(Author(name="X", url="https://x.example/"),)))
    (entry,) = entries(tmp_path)
    assert entry.findtext(f"{ATOM}rights") == credit.licence
    assert entry.findtext(f"{ATOM}author/{ATOM}uri") == "https://x.example/"
    blog.close()
