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


class TestCorrecting:
    """``wirecopy merge`` and ``wirecopy split``."""

    def test_two_stories_become_one_and_two_again(self, wirecopy, store):
        ended = wirecopy("merge", LEAD, f"{0xABC2:032x}")
        assert ended.code == 0
        assert "tells “Published” now; its own post is taken back at 1 targets" in ended.out
        (record,) = wirecopy("story", LEAD, "--json").records
        assert next(one["title"] for one in record["told"]) == "Published"
        assert len(record["told"]) == 2
        assert wirecopy("merge", LEAD, f"{0xABC2:032x}").out == "they tell one story already\n"
        assert "its own post comes back" in wirecopy("merge", "--undo", f"{0xABC2:032x}").out
        assert len(wirecopy("story", LEAD, "--json").records[0]["told"]) == 1

    def test_an_entry_leaves_a_story_and_comes_back(self, wirecopy, told):
        ended = wirecopy("split", "copy")
        assert "“Copied”: it gets a post of its own once its page, or its feed, has been asked again" in ended.out
        (record,) = wirecopy("explain", "copy", "--json").records
        assert (record["outcome"], record["told_by"]) == ("waiting", None)
        assert record["look_again_at"]
        assert wirecopy("split", "--undo", "copy").code == 0
        assert len(wirecopy("story", LEAD, "--json").records[0]["told"]) == 2

    @pytest.mark.parametrize(
        ("call", "code", "message"),
        [
            (("merge", LEAD), 2, "name two entries or more"),
            (("merge", "https://gazette.example/43971", LEAD), 2, "names no story"),
            (("merge", LEAD, "https://nowhere.example/"), 2, "no entry goes by"),
            (("merge", LEAD, "https://gazette.example/43971"), 1, "tells no story: it is too-old"),
            (("merge", "--undo", LEAD), 1, "was not merged by hand"),
            (("split", LEAD), 1, "tells no story of another's"),
            (("split", "--undo", LEAD), 1, "was not split by hand"),
        ],
    )
    def test_what_can_not_be_corrected_is_told_plainly(self, wirecopy, store, call, code, message):
        ended = wirecopy(*call)
        assert (ended.code, message in ended.err) == (code, True), ended.err


def test_an_entry_is_explained_with_its_names_and_its_story(wirecopy, told):
    (record,) = wirecopy("explain", "copy", "--json").records
    assert record["names"]["address"] == "herald.example/copy"
    assert (record["story"]["title"], record["story"]["its_own"]) == ("Published", False)
    assert record["nearest"] == []
    out = wirecopy("explain", "copy").out
    assert "Known by:" in out
    assert "Story:" in out


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        ((), 0, "nothing would have been decided otherwise"),
        (("--since", "7d", "--shared", "0.9", "--window", "2d"), 0, "nothing would have been decided otherwise"),
        (("--since", "soon"), 2, "is not a duration"),
        (("--shared", "7"), 2, "--shared"),
    ],
)
def test_a_backtest_reads_what_is_stored(wirecopy, told, options, code, message):
    ended = wirecopy("backtest", "dedup", *options)
    assert (ended.code, message in ended.err) == (code, True), ended.err
