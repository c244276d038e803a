"""``wirecopy withdraw --source`` and ``--held``: what a person decides about a whole source at once."""

from __future__ import annotations

import pytest
from conftest import NOW

from aggregator.policy.retraction import Handling, Sign
from aggregator.store import Store, retractions

REASON = ("--reason", "the publisher said no")


@pytest.mark.parametrize("name", ["gazette", "gazette.example"])
def test_a_source_is_taken_down_by_one_command_and_brought_back_by_another(wirecopy, store, name):
    ended = wirecopy("withdraw", "--source", name, "--yes", *REASON)
    assert ended.code == 0, ended.err
    assert "the feed gazette is not asked any more\n" in ended.out
    assert "nothing that stands at gazette.example, or below it, is published" in ended.out
    assert "3 entries buried, 2 posts to be taken back" in ended.out
    told = wirecopy("feeds")
    assert "gazette is blocked: the publisher said no" in told.err
    listed = wirecopy("withdraw", "--list", "--json").records
    assert sorted(one["what"] for one in listed) == ["blocked", "buried", "buried", "buried"]
    assert {one["reason"] for one in listed} == {"the publisher said no"}
    again = wirecopy("withdraw", "--source", name, "--yes")
    assert again.code == 0
    ended = wirecopy("withdraw", "--undo", "--source", name)
    assert f"{name} is blocked no more, 3 entries are back" in ended.out
    assert "is blocked" not in wirecopy("feeds").err
    assert wirecopy("withdraw", "--list", "--json").records == []


def test_it_is_asked_about_first(wirecopy, store):
    ended = wirecopy("withdraw", "--source", "gazette", *REASON)
    assert ended.code == 2
    assert "3 entries are buried; 1 posts are taken back" in ended.out
    assert "--yes" in ended.err
    assert wirecopy("withdraw", "--list", "--json").records == []


@pytest.mark.parametrize("name", ["gazete", "https://gazette.example/", "gazette.example/a", "*.example"])
def test_what_is_no_source_is_told(wirecopy, store, name):
    ended = wirecopy("withdraw", "--source", name, "--yes")
    assert ended.code == 2
    assert "neither a feed nor a site" in ended.err.replace("\n", " ")


def test_what_is_not_blocked_can_not_be_unblocked(wirecopy, store):
    assert wirecopy("withdraw", "--undo", "--source", "gazette").code == 2


def test_an_entry_of_a_blocked_source_does_not_come_back_alone(wirecopy, store):
    wirecopy("withdraw", "--source", "gazette", "--yes")
    ended = wirecopy("withdraw", "--undo", "https://gazette.example/43969")
    assert "0 entries are back" in ended.out
    assert "still kept out by the block of gazette" in ended.out


def test_what_was_withdrawn_before_stays_withdrawn(wirecopy, store):
    wirecopy("withdraw", "https://gazette.example/43969", "--reason", "wrong")
    wirecopy("withdraw", "--source", "gazette", "--yes", *REASON)
    wirecopy("withdraw", "--undo", "--source", "gazette")
    (stone,) = wirecopy("withdraw", "--list", "--json").records
    assert stone["reason"] == "wrong"


def test_one_thing_is_named_at_a_time(wirecopy, store):
    assert wirecopy("withdraw", "--source", "gazette", "--held").code == 2
    assert wirecopy("withdraw", "43969", "--source", "gazette").code == 2


@pytest.fixture
def held(store, tmp_path):
    """A withdrawal that waits for a person."""
    with Store.open("sqlite:///data/wirecopy.db", base=tmp_path, now=NOW) as opened:
        opened.write_now(
            lambda s: retractions.note(
                s, "gazette", "entry-43969", Sign.GONE, Handling.HELD, reason="its page answers 410", now=NOW
            )
        )


def test_what_is_held_is_listed_and_followed(wirecopy, held):
    (one,) = wirecopy("withdraw", "--list", "--json").records
    assert (one["what"], one["reason"]) == ("held", "its page answers 410")
    assert wirecopy("withdraw", "--held").out == "1 withdrawals are followed\n"
    (record,) = wirecopy("explain", "entry-43969", "--json").records
    assert "taken back" in record["withdrawn_by_its_publisher"]
    assert wirecopy("withdraw", "--held").out == "nothing is held\n"


def test_what_is_held_is_not_believed_when_a_person_says_so(wirecopy, held):
    assert wirecopy("withdraw", "--undo", "--held", "--feed", "gazette").out == "1 withdrawals are not believed\n"
    (one,) = wirecopy("withdraw", "--list", "--json").records
    assert one["what"] == "overruled"
