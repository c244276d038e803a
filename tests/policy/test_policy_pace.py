"""When something new may go to a target."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.config import Hours, Manners
from aggregator.policy import pace

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
NIGHT = Hours(time(22), time(7), "UTC")


def at(hour: int, minute: int = 0, day: int = 4, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_without_manners_anything_goes() -> None:
    found = pace.allowed([NOW, NOW, NOW], Manners(), NOW)
    assert (found.room, found.at, found.reason) == (None, NOW, "")
    assert pace.needed(Manners()) == 0


class TestSpacing:
    manners = Manners(spacing=10 * MINUTE)

    def test_the_first_goes_alone(self) -> None:
        assert pace.allowed([], self.manners, NOW).room == 1

    def test_the_next_one_waits(self) -> None:
        found = pace.allowed([NOW - 4 * MINUTE, NOW - HOUR], self.manners, NOW)
        assert (found.room, found.at) == (0, NOW + 6 * MINUTE)
        assert found.reason == "10 min between two new posts"

    def test_when_the_time_has_come_it_goes(self) -> None:
        assert pace.allowed([NOW - 10 * MINUTE], self.manners, NOW).room == 1

    def test_a_clock_that_was_set_back_holds_up_for_no_longer(self) -> None:
        assert pace.allowed([NOW + 300 * HOUR], self.manners, NOW).at == NOW + 10 * MINUTE


class TestPerDay:
    manners = Manners(per_day=3)

    def test_what_is_left_of_the_day_may_go(self) -> None:
        assert pace.allowed([NOW - HOUR, NOW - 25 * HOUR], self.manners, NOW).room == 2

    def test_the_window_slides(self) -> None:
        found = pace.allowed([NOW - HOUR, NOW - 2 * HOUR, NOW - 23 * HOUR, NOW - 25 * HOUR], self.manners, NOW)
        assert (found.room, found.at) == (0, NOW + HOUR)
        assert found.reason == "no more than 3 new posts in 24 hours"

    def test_a_smaller_number_than_before_waits_until_enough_are_old(self) -> None:
        history = [NOW - n * HOUR for n in range(1, 6)]
        assert pace.allowed(history, self.manners, NOW).at == NOW + 21 * HOUR

    def test_as_many_first_publications_must_be_known(self) -> None:
        assert pace.needed(self.manners) == 3
        assert pace.needed(Manners(spacing=MINUTE)) == 1


class TestQuiet:
    @pytest.mark.parametrize(
        ("moment", "until"),
        [
            (at(21, 59), None),
            (at(22), at(7, day=5)),
            (at(23, 30), at(7, day=5)),
            (at(0), at(7)),
            (at(6, 59), at(7)),
            (at(7), None),
            (at(12), None),
        ],
    )
    def test_a_night_goes_over_midnight(self, moment: datetime, until: datetime | None) -> None:
        assert pace.quiet_until(NIGHT, moment) == until

    @pytest.mark.parametrize(("moment", "until"), [(at(11, 59), None), (at(12), at(14)), (at(14), None)])
    def test_a_siesta_does_not(self, moment: datetime, until: datetime | None) -> None:
        assert pace.quiet_until(Hours(time(12), time(14), "UTC"), moment) == until

    def test_it_goes_by_the_clock_of_the_place(self) -> None:
        berlin = Hours(time(22), time(7), "Europe/Berlin")
        assert pace.quiet_until(berlin, at(21)) == at(6, day=5)
        assert pace.quiet_until(berlin, at(20, day=1, month=7)) == at(5, day=2, month=7)

    def test_a_night_in_which_the_clock_is_set_back_is_quiet_to_its_end(self) -> None:
        # On 25 October 2026 the clock of Berlin shows 02:00 to 03:00 twice.
        early = Hours(time(22), time(2, 30), "Europe/Berlin")
        assert pace.quiet_until(early, at(0, 10, day=25, month=10)) == at(0, 30, day=25, month=10)
        assert pace.quiet_until(early, at(1, 10, day=25, month=10)) == at(1, 30, day=25, month=10)

    def test_the_reason_names_the_hours(self) -> None:
        found = pace.allowed([], Manners(quiet=NIGHT), at(23))
        assert (found.room, found.at, found.reason) == (0, at(7, day=5), "quiet hours, 22:00-07:00 UTC")

    @given(
        moment=st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
        start=st.times(),
        end=st.times(),
        zone=st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    )
    def test_the_end_lies_ahead_and_within_a_day(self, moment: datetime, start: time, end: time, zone: str) -> None:
        until = pace.quiet_until(Hours(start, end, zone), moment)
        assert until is None or moment < until <= moment + 26 * HOUR


def test_what_becomes_free_in_the_night_waits_for_the_morning() -> None:
    found = pace.allowed([at(21, 55)], Manners(spacing=10 * MINUTE, quiet=NIGHT), at(21, 56))
    assert (found.at, found.reason) == (at(7, day=5), "quiet hours, 22:00-07:00 UTC")


def test_the_tightest_manner_decides_how_many_may_go() -> None:
    assert pace.allowed([], Manners(spacing=MINUTE, per_day=5), NOW).room == 1
    assert pace.allowed([NOW - HOUR] * 4, Manners(per_day=5, quiet=NIGHT), NOW).room == 1
