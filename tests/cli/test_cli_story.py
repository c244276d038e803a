"""``wirecopy story``: found from any of its ends."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.store import EntryRecord, Store, entries
from aggregator.types import Entry, Outcome

NOW = datetime(2026, 6, 1, 13, tzinfo=UTC)
LEAD = f"{0xABC1:032x}"


@pytest.fixture
def told(store, tmp_path: Path):
    """The story of the gazette's first post, which another entry tells too."""
    copy = EntryRecord(
        feed="gazette",
        entry=Entry(key="copy", url="https://herald.example/copy", title="Copied"),
        content_hash="x",
        outcome=Outcome.DUPLICATE,
        reason="tells the story of “Published” at The Gazette: 0.93 of the words",
        told_by=LEAD,
    )
    with Store.open("sqlite:///data/wirecopy.db", base=tmp_path, now=NOW) as opened:
        opened.write_now(entries.save, [copy], NOW)


@pytest.mark.parametrize("end", ["https://herald.example/copy", "copy", LEAD, "https://gazette.example/43969", "http://127.0.0.1:8080/a/"])  # fmt: skip
def test_a_story_is_found_from_any_of_its_ends(wirecopy, told, end):
    (record,) = wirecopy("story", end, "--json").records
    assert (record["post_key"], record["title"], record["publisher"]) == (LEAD, "Published", "The Gazette")
    assert record["remote_urls"] == {"blog": "http://127.0.0.1:8080/a/"}
    assert [one["title"] for one in record["told"]] == ["Published", "Copied"]


def test_a_person_is_told_who_told_it_and_how_alike_it_is(wirecopy, told):
    lines = wirecopy("story", "copy").out.splitlines()
    assert "at blog  http://127.0.0.1:8080/a/" in lines
    assert lines[-2:] == [
        "  2026-06-01 13:00  gazette: Copied  https://herald.example/copy",
        "    tells the story of “Published” at The Gazette: 0.93 of the words",
    ]


def test_an_entry_without_a_post_tells_no_story(wirecopy, store):
    ended = wirecopy("story", "https://gazette.example/43971")
    assert ended.code == 2
    assert "tells no story" in ended.err
