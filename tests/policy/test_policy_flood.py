"""Floods: what is an archive shown again, what is a day with much news."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.policy import flood, hold
from aggregator.policy.flood import Brought, History
from aggregator.policy.hold import Cause, Fate, Proof
from aggregator.types import Entry, Feed, FeedMemory

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def dated(*ages: timedelta) -> list[Entry]:
    return [Entry(key=f"d{n}", published_at=NOW - age) for n, age in enumerate(ages)]


def undated(count: int) -> list[Entry]:
    return [Entry(key=f"u{n}") for n in range(count)]


def known(*ages: timedelta) -> list[Entry]:
    return [Entry(key=f"k{n}", published_at=NOW - age) for n, age in enumerate(ages)]


def history(
    *,
    newest: timedelta | None = HOUR,
    read: timedelta = HOUR,
    age: timedelta = 90 * DAY,
    a_day: int = 3,
    late: timedelta = 10 * MINUTE,
    held: int = 0,
    days: int = 20,
) -> History:
    """A feed that brought ``a_day`` entries a day, each ``late`` after its date, the newest so long ago."""
    brought = []
    if newest is not None:
        for day in range(days):
            for n in range(a_day):
                at = NOW - newest - day * DAY - n * MINUTE
                brought.append(Brought(at + late, at))
    return History(subscribed_at=NOW - age, read_at=NOW - read, brought=tuple(brought), held=held)


def find(shown: Sequence[Entry], past: History, limit: int = 10) -> flood.Flood | None:
    new = [entry.key for entry in shown if not entry.key.startswith("k")]
    met = [entry.key for entry in shown if entry.key.startswith("k")]
    return flood.find(shown, new, met, limit=limit, history=past, now=NOW)


#: name, what the feed shows (newest first), what is known of it, how many are held and why
CASES = [
    ("an election night", [*dated(*(n * MINUTE for n in range(40))), *known(2 * HOUR)], history(), 0, None),
    ("an archive of 400 below what is known", [*known(HOUR, DAY), *dated(*((30 + n) * DAY for n in range(400)))], history(), 400, Cause.ARCHIVE),
    ("the news of the hour beside an archive", [*dated(5 * MINUTE, *((30 + n) * DAY for n in range(60))), *known(2 * HOUR)], history(), 60, Cause.ARCHIVE),
    ("all ids of a small blog", dated(*((1 + 7 * n) * DAY for n in range(10))), history(newest=DAY, a_day=1), 9, Cause.ARCHIVE),
    ("all ids of a busy paper", dated(*(n * HOUR for n in range(1, 31))), history(newest=HOUR, a_day=30), 29, Cause.ARCHIVE),
    ("two entries that an editor dated back", [*known(HOUR, DAY, 2 * DAY, 3 * DAY), *dated(40 * DAY, 50 * DAY)], history(), 0, None),
    ("more of an archive that is held", [*known(HOUR, DAY, 2 * DAY), *dated(40 * DAY)], history(held=400), 1, Cause.ARCHIVE),
    ("a feed that was out of reach for a month", dated(*(n * 2 * DAY for n in range(15))), history(newest=31 * DAY, read=31 * DAY), 0, None),
    ("a feed that stood still for a month", dated(*(n * 2 * DAY for n in range(15))), history(newest=31 * DAY), 0, None),
    ("our own week off", dated(*(n * 4 * HOUR for n in range(40))), history(newest=7 * DAY, read=7 * DAY), 0, None),
    ("a week off without dates", undated(20), history(read=7 * DAY), 0, None),
    ("decisions of a court, weeks late", [*known(20 * DAY), *dated(*((21 + n) * DAY for n in range(12)))], history(newest=20 * DAY, late=21 * DAY), 0, None),
    ("undated entries on top", [*undated(30), *known(HOUR)], history(), 0, None),
    ("undated entries below", [*known(HOUR), *undated(30)], history(), 30, Cause.FLOOD),
    ("an undated feed all new", undated(30), history(), 30, Cause.FLOOD),
    ("an undated wire on its busiest day", undated(30), history(a_day=20), 0, None),
    ("an undated wire of which little is known", undated(20), History(subscribed_at=NOW - 2 * HOUR, read_at=NOW - HOUR, brought=(Brought(NOW - 2 * HOUR, None),) * 20, held=0), 0, None),
    ("all dated anew by a program", [Entry(key=f"r{n}", published_at=NOW) for n in range(40)], history(), 40, Cause.FLOOD),
    ("a window of 500 with fifteen new ones", [*dated(*(n * MINUTE for n in range(15))), *known(*(n * HOUR for n in range(2, 487)))], history(), 0, None),
    ("no date before the web", [Entry(key=f"z{n}", published_at=datetime(1970, 1, 1, tzinfo=UTC)) for n in range(5)], history(), 0, None),
    ("dates ahead", dated(*(-n * DAY for n in range(1, 30))), history(), 0, None),
    ("a newest entry dated ahead hides nothing", [*known(-300 * DAY), *dated(*(n * MINUTE for n in range(20)))], history(newest=-300 * DAY, days=1), 0, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("shown", "past", "count", "cause"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_flood_is_told_from_a_day_with_much_news(
    shown: list[Entry], past: History, count: int, cause: Cause | None
) -> None:
    found = find(shown, past)
    assert (len(found.keys) if found else 0, found and found.cause) == (count, cause)
    assert found is None or any(str(number) in found.reason for number in (count, len(shown)))


def test_what_is_dated_later_than_all_that_is_known_is_never_held() -> None:
    shown = [*dated(MINUTE, 2 * MINUTE, *((30 + n) * DAY for n in range(60))), *known(2 * HOUR)]
    found = find(shown, history(read=30 * MINUTE, newest=2 * HOUR))
    assert found is not None
    assert not {"d0", "d1"} & found.keys


def test_a_limit_of_none_turns_the_brake_off() -> None:
    old = dated(*((30 + n) * DAY for n in range(60)))
    memory = FeedMemory(subscribed_at=NOW - 90 * DAY)
    feed = Feed(name="f", url="https://f.example/", memory=memory)
    assert flood.suspect(old, feed, NOW)
    assert not flood.suspect(old, Feed(name="f", url="https://f.example/", memory=memory, max_old=None), NOW)
    assert not flood.suspect(old, Feed(name="f", url="https://f.example/"), NOW)  # first subscription has max_new


@given(
    st.lists(st.one_of(st.none(), st.integers(-400, 4000)), max_size=60),
    st.integers(0, 60),
    st.integers(0, 30),
    st.integers(0, 40),
)
def test_only_new_entries_are_held_and_few_only_while_an_archive_is(
    ages: list[int | None], first_known: int, limit: int, held: int
) -> None:
    shown = [
        Entry(key=f"{'k' if n >= first_known else 'n'}{n}", published_at=None if age is None else NOW - age * HOUR)
        for n, age in enumerate(ages)
    ]
    found = find(shown, history(held=held), limit)
    if found is not None:
        assert found.keys
        assert all(key.startswith("n") for key in found.keys)
        assert held or len(found.keys) >= min(limit + 1, flood.FEW)


PROOF = Proof(since=NOW - 6 * HOUR, read=True, shown=True, older_shown=True, again=False)


@pytest.mark.parametrize(
    ("cause", "proof", "fate"),
    [
        (Cause.FLOOD, PROOF, Fate.TAKE),
        (Cause.FLOOD, Proof(since=NOW - 5 * HOUR, read=True, shown=True, older_shown=True, again=False), Fate.WAIT),
        (Cause.FLOOD, Proof(since=NOW - 6 * HOUR, read=False, shown=True, older_shown=True, again=False), Fate.WAIT),
        (Cause.FLOOD, Proof(since=NOW - 6 * HOUR, read=True, shown=True, older_shown=True, again=True), Fate.WAIT),
        (Cause.FLOOD, Proof(since=NOW - 6 * HOUR, read=True, shown=False, older_shown=False, again=False), Fate.TAKE),
        (Cause.FLOOD, Proof(since=NOW - 6 * HOUR, read=True, shown=False, older_shown=True, again=False), Fate.LEAVE),
        (Cause.ARCHIVE, PROOF, Fate.WAIT),
        (Cause.ARCHIVE, Proof(since=NOW - 30 * DAY, read=True, shown=True, older_shown=True, again=False), Fate.LEAVE),
        (Cause.ERROR, PROOF, Fate.WAIT),
        (Cause.AHEAD, PROOF, Fate.WAIT),
    ],
)
def test_what_is_held_for_its_number_proves_right_and_what_is_old_does_not(
    cause: Cause, proof: Proof, fate: Fate
) -> None:
    verdict = hold.verdict(Entry(key="k", published_at=NOW + 3 * DAY), cause, proof, NOW)
    assert verdict.outcome is fate
    assert verdict.reason
    assert (verdict.at > NOW) is (fate is Fate.WAIT)


def test_what_is_dated_ahead_is_taken_when_its_date_has_come() -> None:
    entry = Entry(key="k", published_at=NOW + 3 * DAY)
    assert hold.hold(entry, Cause.AHEAD, NOW).at == NOW + 3 * DAY
    assert hold.verdict(entry, Cause.AHEAD, PROOF, NOW + 3 * DAY).outcome is Fate.TAKE
