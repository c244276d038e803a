"""What is done about a delivery that failed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.errors import (
    AggregatorError,
    BlockedError,
    RefusedError,
    RejectedError,
    TryLaterError,
    UnreachableError,
)
from aggregator.policy import recovery
from aggregator.policy.recovery import Remedy

NOW = datetime(2026, 3, 4, tzinfo=UTC)


def wait(error: AggregatorError, attempts: int) -> timedelta:
    return recovery.after(error, attempts, NOW).at - NOW


@pytest.mark.parametrize(
    ("error", "action", "in_doubt"),
    [
        (TryLaterError("blog", "503"), Remedy.RETRY, False),
        (TryLaterError("blog", "timeout", in_doubt=True), Remedy.RETRY, True),
        (TryLaterError("blog", "429", retry_after=timedelta(seconds=9)), Remedy.PAUSE, False),
        (RejectedError("blog", "400"), Remedy.DEAD, False),
        (BlockedError("blog", "401"), Remedy.PAUSE, False),
        (UnreachableError("https://a.example/", "timeout"), Remedy.RETRY, True),
        (RefusedError("blog.lan", "not a public address"), Remedy.PAUSE, True),
        (AggregatorError("whatever"), Remedy.RETRY, True),
    ],
)
def test_every_error_has_its_remedy(error: AggregatorError, action: Remedy, in_doubt: bool) -> None:
    found = recovery.after(error, 0, NOW)
    assert (found.action, found.in_doubt) == (action, in_doubt)
    assert found.reason
    assert found.at >= NOW


def test_the_first_retries_come_within_seconds() -> None:
    waits = [wait(TryLaterError("blog", "503"), attempts).total_seconds() for attempts in range(5)]
    assert waits == [1, 2, 5, 15, 30]


def test_waits_grow_up_to_six_hours() -> None:
    waits = [wait(TryLaterError("blog", "503"), attempts) for attempts in range(recovery.MAX_ATTEMPTS - 1)]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=6)
    assert sum(waits, timedelta()) >= timedelta(days=14)


def test_a_delivery_is_given_up_after_two_weeks_of_attempts() -> None:
    error = TryLaterError("blog", "503", in_doubt=True)
    assert recovery.after(error, recovery.MAX_ATTEMPTS - 2, NOW).action is Remedy.RETRY
    last = recovery.after(error, recovery.MAX_ATTEMPTS - 1, NOW)
    assert (last.action, last.in_doubt) == (Remedy.DEAD, True)


@pytest.mark.parametrize(
    ("asked", "attempts", "expected"),
    [
        (timedelta(minutes=10), 0, timedelta(minutes=10)),
        (timedelta(seconds=1), 4, timedelta(seconds=30)),
        (timedelta(seconds=1), 60, timedelta(minutes=1)),
        (timedelta(days=400), 0, timedelta(days=7)),
        (timedelta(seconds=-5), 0, timedelta(seconds=1)),
    ],
)
def test_the_targets_wish_is_a_lower_bound(asked: timedelta, attempts: int, expected: timedelta) -> None:
    assert wait(TryLaterError("blog", "429", retry_after=asked), attempts) == expected


@pytest.mark.parametrize(
    ("rest", "attempts", "expected"),
    [
        (timedelta(seconds=60), 0, timedelta(seconds=60)),
        (timedelta(seconds=2), 0, timedelta(seconds=30)),
        (timedelta(seconds=60), 8, timedelta(minutes=10)),
        (timedelta(days=400), 0, timedelta(days=7)),
        (None, 0, timedelta(seconds=1)),
    ],
)
def test_a_target_that_may_be_at_work_is_not_asked_too_soon(
    rest: timedelta | None, attempts: int, expected: timedelta
) -> None:
    error = TryLaterError("blog", "no answer in time", in_doubt=True, unsettled_for=rest)
    found = recovery.after(error, attempts, NOW)
    assert (found.action, found.in_doubt, found.at - NOW) == (Remedy.RETRY, True, expected)


@pytest.mark.parametrize(("rest", "expected"), [(2, 30), (60, 60), (10**9, 7 * 86_400)])
def test_what_was_cut_off_settles_as_what_was_not_answered_in_time(rest: int, expected: int) -> None:
    assert recovery.settled_at(timedelta(seconds=rest), NOW) - NOW == timedelta(seconds=expected)


def test_where_nothing_is_in_doubt_there_is_nothing_to_wait_for() -> None:
    assert wait(TryLaterError("blog", "no answer in time", unsettled_for=timedelta(hours=1)), 0) == timedelta(seconds=1)


def test_a_pause_doubles_up_to_a_day_and_never_ends_in_death() -> None:
    waits = [wait(BlockedError("blog", "401"), pauses) for pauses in (0, 1, 2, 3, 4, 5, 1000)]
    assert [w / timedelta(hours=1) for w in waits] == [1, 2, 4, 8, 16, 24, 24]
    assert recovery.after(BlockedError("blog", "401"), 10_000, NOW).action is Remedy.PAUSE
