from __future__ import annotations

import json

import pytest
from feed_samples import FOLDER, rss

from aggregator.errors import ParseError
from aggregator.sources import records


def test_a_record_is_json_and_says_what_the_document_says() -> None:
    body = (FOLDER / "rss2_full.xml").read_bytes()
    record = records.parse_document(body, url="https://harbour.example/feed.xml")
    assert json.loads(json.dumps(record)) == record
    assert record["feed"]["title"] == "Harbour & Tide"  # type: ignore[index]
    (entry,) = record["entries"]  # type: ignore[misc]
    assert entry["id"] == "tag:harbour.example,2026:1"
    assert entry["published"] == "2026-02-10T08:30:00Z"
    assert entry["author"] == "Ada Quill"
    assert entry["enclosures"] == ["https://harbour.example/fog.mp3"]


def test_an_entry_without_an_id_has_none() -> None:
    record = records.parse_document(rss("<item><link>https://site.example/1</link></item>").encode())
    assert record["entries"][0]["id"] is None  # type: ignore[index]


def test_the_link_is_the_one_in_the_document_and_the_url_the_one_behind_it() -> None:
    record = records.parse_document((FOLDER / "feedburner.xml").read_bytes())
    (entry,) = record["entries"]  # type: ignore[misc]
    assert entry["link"] == "http://feeds.f.example/~r/f/~3/xyz/"
    assert entry["url"] == "https://f.example/1"


def test_headers_tell_encoding_and_place_of_a_document_in_hand() -> None:
    body = "<rss><channel><title>Новости</title><link>/x</link></channel></rss>".encode("cp1251")
    headers = {"Content-Type": "text/xml; charset=windows-1251", "Content-Location": "https://place.example/feed"}
    feed = records.parse_document(body, headers=headers)["feed"]
    assert feed["title"] == "Новости"  # type: ignore[index]
    assert feed["link"] == "https://place.example/x"  # type: ignore[index]


def test_what_is_no_feed_is_refused() -> None:
    with pytest.raises(ParseError):
        records.parse_document(b"<html></html>", url=None, headers=None)
