from __future__ import annotations

import json
from typing import Any

import pytest
from feed_samples import differences, parsed, plain, response
from hypothesis import given
from hypothesis import strategies as st

from aggregator import sources
from aggregator.errors import ParseError
from aggregator.types import Author

VERSION = "https://jsonfeed.org/version/1.1"


def feed(*items: object, **fields: object) -> str:
    return json.dumps({"version": VERSION, "title": "J", "items": items, **fields})


def test_a_json_feed_is_told_by_its_bytes_and_read_whole() -> None:
    item = {
        "id": "1", "url": "https://j.example/1", "external_url": "https://far.example/", "title": "One",
        "content_html": "<p>x</p>", "summary": "1 < 2", "image": "/a.png", "banner_image": "b.png",
        "date_published": "2026-02-10T09:30:00+01:00", "date_modified": "2026-02-11T00:00:00Z",
        "authors": [{"name": "Ann", "url": "https://ann.example/"}], "tags": ["a", "b", "a", 3], "language": "fr",
        "attachments": [{"url": "/1.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 12.0, "title": "x"}],
    }  # fmt: skip
    document = feed(
        item, home_page_url="https://j.example/", feed_url="/feed.json", next_url="?p=2", description="d", language="en",
        icon="/i.png", hubs=[{"type": "WebSub", "url": "https://hub.example/"}],
    )  # fmt: skip
    expected = {
        "title": "J", "subtitle": "d", "site_url": "https://j.example/", "self_url": "https://feeds.example/feed.json",
        "next_url": "https://feeds.example/harbour?p=2", "hub_url": "https://hub.example/", "language": "en",
        "image_url": "https://feeds.example/i.png", "method": "jsonfeed", "notes": [],
        "entries": [{
            "guid": "1", "url": "https://j.example/1", "title": "One", "content": "<p>x</p>", "summary": "1 &lt; 2",
            "published_at": "2026-02-10T08:30:00+00:00", "updated_at": "2026-02-11T00:00:00+00:00", "language": "fr",
            "authors": [{"name": "Ann", "url": "https://ann.example/"}], "tags": ["a", "b"],
            "images": [{"url": "https://feeds.example/a.png"}, {"url": "https://feeds.example/b.png"}],
            "enclosures": [{"url": "https://feeds.example/1.mp3", "type": "audio/mpeg", "length": 12}],
            "raw": {"json:external_url": "https://far.example/"},
        }],
    }  # fmt: skip
    assert differences(expected, plain(parsed("\ufeff \n" + document))) == []


@pytest.mark.parametrize(
    ("given_id", "guid"),
    [("x", "x"), (5, "5"), (5.5, "5.5"), (" ", None), ("", None), (None, None), (True, None), ([1], None), ({}, None)],
)
def test_an_id_may_be_a_number_but_nothing_else(given_id: object, guid: str | None) -> None:
    assert parsed(feed({"id": given_id})).entries[0].guid == guid


def test_authors_of_an_item_come_before_those_of_the_feed() -> None:
    document = feed({"author": {"name": "One"}}, {"authors": []}, authors=[{"name": "House"}, {"url": "https://x/"}])
    assert [entry.authors for entry in parsed(document).entries] == [(Author(name="One"),), (Author(name="House"),)]


def test_plain_text_becomes_html() -> None:
    assert parsed(feed({"content_text": "a < b\n\nc\nd"})).entries[0].content == "<p>a &lt; b</p><p>c<br>d</p>"


def test_a_taken_over_item_names_its_origin() -> None:
    source = {"title": "Pia", "home_page_url": "https://p.example/", "feed_url": "https://p.example/f"}
    origin = parsed(feed({"_source": source})).entries[0].origin
    assert origin is not None
    assert (origin.name, origin.url, origin.feed_url) == ("Pia", "https://p.example/", "https://p.example/f")


def test_a_feed_without_a_version_is_read_where_its_items_are_items() -> None:
    found = parsed(json.dumps({"items": [{"id": 1, "content_text": "x"}]}))
    assert found.notes == ("no JSON Feed version",)


@pytest.mark.parametrize(
    "body",
    ["{", "[]", "{}", '{"items": []}', '{"items": [{"a": 1}]}', '{"version": "https://jsonfeed.org/version/1"}',
     '{"version": "https://jsonfeed.org/version/1", "items": {}}', "[" * 100_000, '{"a":' * 100_000, "1" * 5000],
)  # fmt: skip
def test_other_json_is_refused(body: str) -> None:
    with pytest.raises(ParseError):
        sources.parse("jsonfeed", response(body), {})


def test_entries_beyond_the_cap_are_counted() -> None:
    found = parsed(feed(*({"id": number} for number in range(1_005))))
    assert (len(found.entries), found.left_out) == (1_000, 5)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = (
    "id", "url", "external_url", "title", "content_html", "content_text", "summary", "image", "date_published", "author",
    "authors", "tags", "attachments", "language", "_source",
)  # fmt: skip


@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, JSON)),
    st.fixed_dictionaries({}, optional=dict.fromkeys(("title", "hubs", "authors", "icon", "next_url"), JSON)),
)
def test_fields_of_any_type_are_read_or_left(item: dict[str, Any], top: dict[str, Any]) -> None:
    found = parsed(json.dumps({"version": VERSION, "items": [item], **top}))
    assert len(found.entries) == 1
    json.dumps(plain(found), ensure_ascii=False).encode()
