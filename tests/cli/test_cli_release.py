"""Entries that are held: shown, explained, released and left out."""

from datetime import timedelta

import pytest
from conftest import NOW, entry

from aggregator.policy.hold import Cause
from aggregator.store import Store, entries, second_looks
from aggregator.types import Outcome

REASON = "came with 2 new entries, of 3 shown, dated before 2026-01-01"


@pytest.fixture
def flooded(store, tmp_path):
    """The gazette with two entries that are held and one that is quarantined."""

    def fill(session):
        for number, outcome, cause in (
            (1, Outcome.HELD, Cause.ARCHIVE),
            (2, Outcome.HELD, Cause.ARCHIVE),
            (3, Outcome.QUARANTINED, Cause.ERROR),
        ):
            reason = REASON if outcome is Outcome.HELD else "RSS-Bridge reports: Bridge returned error 404!"
            record = entry(number, f"Kept {number}", outcome, reason)
            entries.save(session, [record], NOW)
            second_looks.plan(session, "gazette", record.entry, NOW + timedelta(days=7), 0, cause)

    opened = Store.open("sqlite:///data/wirecopy.db", base=tmp_path, now=NOW)
    opened.write_now(fill)
    opened.close()


def standing(wirecopy):
    return {r["title"]: r["outcome"] for r in wirecopy("entries", "--json").records if r["title"].startswith("Kept")}


def test_feeds_count_what_is_held_and_say_where_to_look(wirecopy, flooded):
    ended = wirecopy("feeds", "--json")
    assert [record["held"] for record in ended.records] == [2]
    assert "gazette has entries that are held: `wirecopy explain gazette`" in ended.err


def test_explain_tells_why_and_how_to_let_it_go(wirecopy, flooded):
    (record,) = wirecopy("explain", "gazette", "--json").records
    assert {(line["entries"], line["outcome"]) for line in record["not_taken"]} == {(2, "held"), (1, "quarantined")}
    assert record["to_release"].startswith("wirecopy release gazette")
    said = wirecopy("explain", "gazette").out
    assert f"2 held: {REASON}" in said
    (record,) = wirecopy("explain", "entry-3", "--json").records
    assert record["to_release"] == "wirecopy release entry-3"
    assert wirecopy("entries", "--outcome", "held", "--json").records[0]["reason"] == REASON


def test_a_feed_is_released_and_what_is_quarantined_stays(wirecopy, flooded):
    ended = wirecopy("release", "gazette")
    assert (ended.code, ended.out) == (0, "2 entries are released: the daemon or `wirecopy once` takes them\n")
    assert standing(wirecopy) == {"Kept 1": "held", "Kept 2": "held", "Kept 3": "quarantined"}
    (record,) = wirecopy("explain", "entry-1", "--json").records
    assert (record["steps"][-1]["step"], record["reason"]) == ("release", "released by hand, to be taken now")


def test_one_entry_is_released_by_address_or_key(wirecopy, flooded):
    assert wirecopy("release", "https://gazette.example/3").out.startswith("1 entry is released")
    assert wirecopy("release", "entry-1", "--drop").out == "1 entry is left out\n"
    assert standing(wirecopy) == {"Kept 1": "backlog", "Kept 2": "held", "Kept 3": "held"}


def test_a_feed_is_left_out(wirecopy, flooded):
    assert wirecopy("release", "gazette", "--drop").out == "2 entries are left out\n"
    assert wirecopy("release", "gazette").out == "nothing is held by 'gazette'\n"
    assert standing(wirecopy)["Kept 1"] == "backlog"


def test_what_nobody_knows_can_not_be_released(wirecopy, flooded):
    assert wirecopy("release", "gazete").code == 2
