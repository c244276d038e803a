"""When a target that keeps failing is left alone."""

from __future__ import annotations

from datetime import timedelta

from aggregator.policy import breaker


def test_a_few_failures_are_no_reason() -> None:
    assert [breaker.pause_after(failures) for failures in range(breaker.OPENS_AFTER)] == [None] * breaker.OPENS_AFTER
    assert not breaker.probes(breaker.OPENS_AFTER - 1)


def test_pauses_double_from_seconds_up_to_an_hour() -> None:
    pauses = [breaker.pause_after(breaker.OPENS_AFTER + more) for more in range(10)]
    assert pauses == [timedelta(seconds=s) for s in (15, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600)]
    assert breaker.pause_after(10**9) == timedelta(hours=1)


def test_after_a_pause_one_delivery_goes_first() -> None:
    assert breaker.probes(breaker.OPENS_AFTER)
