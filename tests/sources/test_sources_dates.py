from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.sources import dates


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        # RFC 822 and 5322
        ("Tue, 10 Feb 2026 09:30:15 GMT", "2026-02-10T09:30:15"),
        ("Tue, 10 Feb 2026 09:30:15 +0100", "2026-02-10T08:30:15"),
        ("Tue, 10 Feb 2026 09:30 -0530", "2026-02-10T15:00:00"),
        ("10 Feb 26 09:30:15 UT", "2026-02-10T09:30:15"),
        ("10 Feb 99 09:30:15 UT", "1999-02-10T09:30:15"),
        ("Tue,10 Feb 2026 09:30:15 Z", "2026-02-10T09:30:15"),
        ("Tue, 10 February 2026 09:30:15 +00:00", "2026-02-10T09:30:15"),
        ("Tue, 10-Feb-2026 09:30:15 GMT", "2026-02-10T09:30:15"),
        ("Tue, 10 Feb 2026 23:59:60 GMT", "2026-02-10T23:59:59"),
        ("Tue, 10 Feb 2026 24:00:00 GMT", "2026-02-11T00:00:00"),
        ("Tue, 10 Feb 2026", "2026-02-10T00:00:00"),
        # named zones
        ("Tue, 10 Feb 2026 09:30:00 CET", "2026-02-10T08:30:00"),
        ("Fri, 10 Jul 2026 09:30:00 CEST", "2026-07-10T07:30:00"),
        ("Fri, 10 Jul 2026 09:30:00 BST", "2026-07-10T08:30:00"),
        ("Tue, 10 Feb 2026 09:30:00 EST", "2026-02-10T14:30:00"),
        ("Tue, 10 Feb 2026 09:30:00 IST", "2026-02-10T04:00:00"),
        ("Tue, 10 Feb 2026 09:30:00 GMT+8", "2026-02-10T01:30:00"),
        ("Tue, 10 Feb 2026 09:30:00 UTC-05:00", "2026-02-10T14:30:00"),
        ("Tue, 10 Feb 2026 09:30:00 +0100 (CET)", "2026-02-10T08:30:00"),
        ("Tue, 10 Feb 2026 09:30:00 XYZ", "2026-02-10T09:30:00"),
        # names of other languages
        ("ven, 12 déc 2008 10:00:00 +0100", "2008-12-12T09:00:00"),
        ("Di, 10 Mrz 2026 10:00:00 +0100", "2026-03-10T09:00:00"),
        # ISO 8601
        ("2026-02-10T09:30:15Z", "2026-02-10T09:30:15"),
        ("2026-02-10T09:30:15.123456+02:00", "2026-02-10T07:30:15"),
        ("2026-02-10T09:30Z", "2026-02-10T09:30:00"),
        ("2026-02-10 09:30:15", "2026-02-10T09:30:15"),
        ("2026-02-10T09:30:15 CET", "2026-02-10T08:30:15"),
        ("20260210T093015Z", "2026-02-10T09:30:15"),
        ("2026-02-10", "2026-02-10T00:00:00"),
        ("2026/02/10", "2026-02-10T00:00:00"),
        ("2026-02", "2026-02-01T00:00:00"),
        ("2026", "2026-01-01T00:00:00"),
        ("2026-02-10T24:00:00Z", "2026-02-11T00:00:00"),
        # others
        ("Thursday, January 1, 2026 7:48 PM", "2026-01-01T19:48:00"),
        ("January 1st, 2026 at 12:05 AM", "2026-01-01T00:05:00"),
        ("Thu Jan  1 19:48:21 2026", "2026-01-01T19:48:21"),
        ("Thu Jan 1 19:48:21 EST 2026", "2026-01-02T00:48:21"),
        (" \n2026-02-10T09:30:15Z\t", "2026-02-10T09:30:15"),
    ],
)
def test_a_date_is_read(text: str, moment: str) -> None:
    assert dates.read(text) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "now", "yesterday", "12", "-08:00", "1101", "Tue, 31 Feb 2026 09:30:00 GMT", "2026-13-01",
        "2026-02-30T00:00:00Z", "2026-02-10T25:00:00Z", "Tue, 10 Feb 2026 09:75:00 GMT", "10/02/2026", "02.2026",
        "Tue, 10 Foo 2026 09:30:00 GMT", "1899-12-31T00:00:00Z", "0000-00-00T00:00:00Z", "3000-01-01T00:00:00Z",
        "Mon, 01 Jan 0001 00:00:00 GMT", "2026-02-10T09:30:15+99:00", "1770715800", "9" * 90, "a" * 10_000,
    ],
)  # fmt: skip
def test_what_is_no_date_invents_none(text: str) -> None:
    assert dates.read(text) is None


def test_no_text_is_no_date() -> None:
    assert dates.read(None) is None


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1)))
def test_both_usual_forms_name_the_same_moment(moment: datetime) -> None:
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    assert dates.read(moment.strftime("%a, %d %b %Y %H:%M:%S +0000")) == moment
    assert dates.read(moment.isoformat()) == moment
    assert dates.read(moment.strftime("%d %b %Y %H:%M:%S -0000")) == moment


@given(st.text(max_size=60))
def test_any_text_is_a_date_or_none(text: str) -> None:
    found = dates.read(text)
    assert found is None or found.tzinfo is UTC
