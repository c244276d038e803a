from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import BusyError, FetchError, GoneError, RefusedError, TooLargeError, UnreachableError
from aggregator.policy import recheck
from aggregator.policy.recheck import Answer
from aggregator.types import RECHECK

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("age", "validators", "after"),
    [
        (0 * HOUR, True, HOUR),
        (HOUR, True, 6 * HOUR),
        (50 * HOUR / 60, True, 6 * HOUR),  # too soon after what we did last
        (2 * DAY, True, 3 * DAY),
        (0 * HOUR, False, 6 * HOUR),
        (6 * HOUR, False, 3 * DAY),
        (8 * DAY, False, 30 * DAY),
        (30 * DAY, True, None),
        (400 * DAY, True, None),
    ],
)
def test_spans_count_from_publication(age: timedelta, validators: bool, after: timedelta | None) -> None:
    since = NOW - age
    assert recheck.plan(RECHECK, since, NOW, validators=validators).at == (None if after is None else since + after)


def test_a_single_span_holds_for_servers_without_validators_too() -> None:
    assert recheck.plan((DAY,), NOW, NOW, validators=False).at == NOW + DAY
    assert recheck.plan((), NOW, NOW, validators=True).at is None


@given(
    st.lists(st.timedeltas(min_value=timedelta(minutes=15), max_value=365 * DAY), max_size=12, unique=True),
    st.timedeltas(min_value=timedelta(0), max_value=400 * DAY),
    st.booleans(),
)
def test_there_are_never_more_looks_than_spans_and_never_two_at_once(
    spans: list[timedelta], age: timedelta, validators: bool
) -> None:
    since, now, looks = NOW - age, NOW, 0
    while (at := recheck.plan(sorted(spans), since, now, validators=validators).at) is not None:
        assert at >= now + recheck.SOONEST
        now, looks = at, looks + 1
    assert looks <= len(spans)


URL = "https://harbour.example/a"


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (GoneError(URL, "410", status=410), Answer.GONE),
        (RefusedError(URL, "404", status=404), Answer.MISSING),
        (RefusedError(URL, "403", status=403), Answer.UNKNOWN),
        (RefusedError(URL, "401", status=401), Answer.UNKNOWN),
        (RefusedError(URL, "451", status=451), Answer.UNKNOWN),
        (RefusedError(URL, "robots.txt asks us not to fetch this"), Answer.UNKNOWN),
        (UnreachableError(URL, "502", status=502), Answer.UNKNOWN),
        (BusyError(URL, "429", status=429), Answer.UNKNOWN),
        (TooLargeError(URL, "too large"), Answer.UNKNOWN),
    ],
)
def test_only_410_and_404_say_that_a_page_is_gone(error: FetchError, answer: Answer) -> None:
    assert recheck.of_error(error) is answer


@pytest.mark.parametrize(
    ("asked", "final", "elsewhere"),
    [
        (URL, "https://harbour.example/", True),
        (URL, "https://www.harbour.example", True),
        (URL, "https://harbour.example/a", False),
        (URL, "https://harbour.example/b", False),
        ("https://harbour.example/", "https://www.harbour.example/", False),
    ],
)
def test_the_front_page_is_not_the_article(asked: str, final: str, elsewhere: bool) -> None:
    assert recheck.elsewhere(asked, final) is elsewhere


TEXT = "The council of the harbour met on Tuesday and spoke at length about the pier and the eel grass below it."


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        (TEXT, TEXT, True),
        (TEXT, TEXT + " The pier is ninety metres long, not nine.", True),
        (TEXT, "The council of the harbour met on Tuesday.", True),
        (TEXT, "Sorry, this page can not be found. Please try our search box.", False),
        (TEXT, "", False),
        ("", TEXT, True),
    ],
)
def test_a_revised_article_keeps_many_of_its_words(before: str, after: str, same: bool) -> None:
    assert recheck.same_article(before, after) is same
