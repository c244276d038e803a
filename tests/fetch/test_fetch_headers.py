"""What header fields mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.fetch import headers
from aggregator.types import Response

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DATE = "Wed, 04 Mar 2026 05:06:07 GMT"


def answer(*fields: tuple[str, str], url: str = "https://a.example/feed") -> Response:
    return Response(url=url, requested_url=url, status=200, headers=fields, body=b"", fetched_at=NOW)


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({}, None),
        ({"cache-control": "max-age=600"}, 600),
        ({"cache-control": "public, Max-Age=600, must-revalidate"}, 600),
        ({"cache-control": 'max-age="600"'}, 600),
        ({"cache-control": "max-age=600, max-age=5"}, 600),
        ({"cache-control": "max-age=600", "age": "100"}, 500),
        ({"cache-control": "max-age=600", "age": "600"}, None),
        ({"cache-control": "max-age=600", "age": "-5"}, 600),
        ({"cache-control": "max-age=600", "age": "old"}, 600),
        ({"cache-control": "s-maxage=600"}, None),
        ({"cache-control": "s-maxage=600, max-age=60"}, 60),
        ({"cache-control": "max-age=0"}, None),
        ({"cache-control": "max-age=-1"}, None),
        ({"cache-control": "max-age=soon"}, None),
        ({"cache-control": "max-age"}, None),
        ({"cache-control": "no-cache, max-age=600"}, None),
        ({"cache-control": "no-store, max-age=600"}, None),
        ({"cache-control": 'no-cache="set-cookie", max-age=600'}, 600),
        ({"cache-control": "max-age=99999999999999999999999"}, 3650 * 86400),
        ({"cache-control": "max-age=60", "expires": "Wed, 04 Mar 2026 06:06:07 GMT"}, 60),
        ({"expires": "Wed, 04 Mar 2026 06:06:07 GMT"}, 3600),
        ({"expires": "Wed, 04 Mar 2026 06:06:07 GMT", "date": "Wed, 04 Mar 2026 06:00:07 GMT"}, 360),
        ({"expires": "Wed, 04 Mar 2026 06:06:07 GMT", "pragma": "no-cache"}, None),
        ({"expires": "Wed, 04 Mar 2020 06:06:07 GMT"}, None),
        ({"expires": "0"}, None),
        ({"expires": "-1"}, None),
        ({"cache-control": "private", "expires": "Wed, 04 Mar 2026 06:06:07 GMT"}, 3600),
    ],
)
def test_freshness_is_what_the_sender_declares(fields: dict[str, str], seconds: int | None) -> None:
    expected = None if seconds is None else seconds * SECOND
    assert headers.freshness(answer(*fields.items()), NOW) == expected


def test_several_fields_of_one_name_count_together() -> None:
    response = answer(("cache-control", "public"), ("cache-control", "max-age=60"))
    assert headers.freshness(response, NOW) == 60 * SECOND


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("120", 120),
        (" 120 ", 120),
        ("120.5", 120),
        ("0", 0),
        ("-5", 0),
        ("1" * 400, 7 * 86400),
        ("Wed, 04 Mar 2026 05:08:07 GMT", 120),
        ("Wednesday, 04-Mar-26 05:08:07 GMT", 120),
        ("Wed Mar  4 05:08:07 2026", 120),
        ("Wed, 04 Mar 2026 07:08:07 +0200", 120),
        ("Wed, 04 Mar 2020 05:08:07 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 7 * 86400),
        ("Fri, 31 Dec 9999 23:59:59 -1200", None),
        ("soon", None),
        ("", None),
        ("1e3", None),
        ("٣", None),
        ("Wed, 99 Mar 2026 05:08:07 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str | None, seconds: int | None) -> None:
    assert headers.retry_after(value, NOW) == (None if seconds is None else seconds * SECOND)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, ""),
        ("text/html", "text/html"),
        ("Text/XML; charset=ISO-8859-1", "text/xml"),
        ('text/html;x=y; charset="utf-8"', "text/html"),
        (";;;", ""),
    ],
)
def test_a_content_type_has_a_type(value: str | None, kind: str) -> None:
    assert headers.media_type(value) == kind


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (['<https://hub.example/>; rel="hub"'], {"hub": "https://hub.example/"}),
        (["<https://hub.example/>; rel=hub, </feed>; rel=self"], {"hub": "https://hub.example/", "self": "https://a.example/feed"}),
        (["<https://a.example/>;rel=self", "<https://b.example/>;rel=self"], {"self": "https://a.example/"}),
        (['<x>; title="a, b; c"; rel="next HUB"'], {"next": "https://a.example/x", "hub": "https://a.example/x"}),
        (["<javascript:x>; rel=hub", "<https://h.example/>"], {}),
        (["nonsense", "<", "<>;", "< >; rel", ""], {}),
    ],
)  # fmt: skip
def test_links_are_found_by_their_relation(values: list[str], expected: dict[str, str]) -> None:
    assert headers.links(answer(*(("link", value) for value in values))) == expected


@given(name=st.sampled_from(["cache-control", "expires", "age", "date", "link"]), value=st.text())
def test_no_value_is_too_strange(name: str, value: str) -> None:
    response = answer((name, value), ("expires", DATE))
    freshness = headers.freshness(response, NOW)
    assert freshness is None or freshness > timedelta()
    headers.links(response)
    headers.media_type(value)
    wait = headers.retry_after(value, NOW)
    assert wait is None or timedelta() <= wait <= headers.LONGEST_WAIT


@pytest.mark.parametrize(
    "value", ["<" * 50_000, "<x>" + ";" * 50_000, "<x>" + " ;rel" * 20_000, ", " * 50_000, "a=" * 50_000]
)
def test_long_values_take_no_time(value: str) -> None:
    response = answer(("link", value), ("cache-control", value))
    headers.links(response)
    headers.freshness(response, NOW)
