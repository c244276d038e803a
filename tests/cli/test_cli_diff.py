"""``wirecopy diff``: words added and removed, for people, pipes and programs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.policy.updates import Update, Wording
from aggregator.store import Revision, Store, revisions

NOW = datetime(2026, 6, 1, 13, tzinfo=UTC)
CHANGE = Revision(
    seen_at=NOW,
    cause="page",
    outcome=Update.KEPT_BACK,
    reason="a rewrite",
    before=Wording(title="The <old> pier", text="It opened in May.\n\nAll came."),
    after=Wording(title="The <old> pier", text="It opened in \x1b[31mJune.\n\nAll came."),
)


@pytest.fixture
def changed(store, tmp_path: Path):
    """The gazette's first entry, changed twice at its source."""
    with Store.open("sqlite:///data/wirecopy.db", base=tmp_path, now=NOW) as opened:
        earlier = replace(CHANGE, seen_at=NOW - timedelta(days=1), after=Wording(title="Earlier"))
        for change in (earlier, CHANGE):
            opened.write_now(revisions.keep, "gazette", "entry-43969", change)


def test_the_latest_change_is_shown_with_its_decision(wirecopy, changed):
    out = wirecopy("diff", "https://gazette.example/43969").out
    assert "2026-06-01 13:00  by its page: kept back: a rewrite" in out
    assert "It opened in [-May.-] {+[31mJune.+}\nAll came." in out
    assert "Earlier" not in out
    assert "\x1b" not in out


def test_programs_get_pieces_and_all_changes_in_order_where_they_ask(wirecopy, changed):
    first, second = wirecopy("diff", "entry-43969", "--all", "--json").records
    assert (first["seen_at"], second["seen_at"]) == ("2026-05-31T13:00:00Z", "2026-06-01T13:00:00Z")
    assert second["text"][:2] == [{"side": "both", "text": "It opened in"}, {"side": "removed", "text": "May."}]
    assert (second["feed"], second["key"], second["outcome"]) == ("gazette", "entry-43969", "kept back")


def test_a_page_marks_them_and_lets_no_markup_through(wirecopy, changed):
    page = wirecopy("diff", "entry-43969", "--html").out
    assert page.startswith("<!doctype html>")
    assert "<h1>The &lt;old&gt; pier</h1>" in page
    assert "<del>May.</del>" in page


def test_an_entry_that_never_changed_is_told(wirecopy, store):
    done = wirecopy("diff", "entry-43969")
    assert done.out == ""
    assert "No change of" in done.err
