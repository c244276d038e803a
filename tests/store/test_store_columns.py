from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from aggregator.store.columns import Numbers, Span, Texts, UtcDateTime

SQLITE = sqlite.dialect()
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=ZONES))
def test_a_time_comes_back_as_the_same_moment_in_utc(moment: datetime) -> None:
    stored = UtcDateTime().process_bind_param(moment, SQLITE)
    again = UtcDateTime().process_result_value(stored, SQLITE)
    assert again == moment
    assert again is not None
    assert again.tzinfo is UTC


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), SQLITE)


def test_times_sort_as_they_follow_each_other() -> None:
    early = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=5)))
    late = datetime(2026, 1, 1, 8, tzinfo=UTC)
    stored = [UtcDateTime().process_bind_param(moment, SQLITE) for moment in (early, late)]
    assert stored == sorted(stored)  # type: ignore[type-var]


def test_postgresql_keeps_times_as_times() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    assert UtcDateTime().process_bind_param(moment, postgresql.dialect()) is moment


@given(st.timedeltas())
def test_a_span_comes_back_as_it_was(span: timedelta) -> None:
    assert Span().process_result_value(Span().process_bind_param(span, SQLITE), SQLITE) == span


@given(st.lists(st.text(st.characters(codec="utf-8"))))
def test_texts_come_back_as_they_were(texts: list[str]) -> None:
    assert Texts().process_result_value(Texts().process_bind_param(tuple(texts), SQLITE), SQLITE) == tuple(texts)


def test_nothing_stays_nothing() -> None:
    for column in (UtcDateTime(), Span(), Numbers(), Texts()):
        assert column.process_result_value(column.process_bind_param(None, SQLITE), SQLITE) is None
