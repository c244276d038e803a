"""Each document in ``data/feeds`` is read as the JSON file beside it says; the first comment in it says why."""

from __future__ import annotations

import io
import json
from pathlib import Path

import feedparser
import pytest
from feed_samples import FOLDER, differences, parsed, plain

DOCUMENTS = sorted(FOLDER.glob("*.xml"))
#: Where feedparser and the specifications part: it takes files, bases and titles of other elements for an entry's own.
OUR_OWN_READING = {
    "atom10_base",
    "atom10_titles",
    "rss2_links",
    "rss091_doctype",
    "feedburner",
    "atom10_entry_document",
}
WELL_FORMED = [path for path in DOCUMENTS if not path.stem.startswith("ill_") and path.stem not in OUR_OWN_READING]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_document_says_what_its_expectation_says(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert differences(expected, plain(parsed(path.read_bytes()))) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_document_says_why_it_is_here(path: Path) -> None:
    assert "<!-- " in path.read_text("utf-8")


@pytest.mark.parametrize("path", WELL_FORMED, ids=lambda path: path.stem)
def test_feedparser_finds_the_same_ids_and_links(path: Path) -> None:
    ours = parsed(path.read_bytes()).entries
    theirs = feedparser.parse(io.BytesIO(path.read_bytes()), sanitize_html=False).entries
    assert len(ours) == len(theirs)
    for our, their in zip(ours, theirs, strict=True):
        assert our.guid == their.get("id")
        if our.url:
            assert our.url == their.get("link")
