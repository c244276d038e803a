"""Rights signals: which directives of a page and its header fields hold back use."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.extract import rights
from aggregator.markup.structured import Structured


def said(**headers: str) -> tuple[str, ...]:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return rights.reservations(Structured(), fields)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("", ()),
        ("noarchive", ("x-robots-tag: noarchive",)),
        ("NoArchive , nosnippet", ("x-robots-tag: noarchive", "x-robots-tag: nosnippet")),
        ("all, follow", ()),
        ("googlebot: noarchive", ()),
        ("googlebot: nofollow, noarchive", ("x-robots-tag: noarchive",)),
        ("wirecopy: noarchive", ("x-robots-tag: noarchive",)),
        ("*: noai", ("x-robots-tag: noai",)),
        ("max-snippet: 0", ("x-robots-tag: max-snippet:0",)),
        ("max-snippet:50, max-image-preview: none", ()),
        ("unavailable_after: 25 Jun 2030 15:00:00 PST, noarchive", ("x-robots-tag: noarchive",)),
    ],
)
def test_directives_for_everybody_or_for_us_count(field: str, expected: tuple[str, ...]) -> None:
    assert said(x_robots_tag=field) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [("1", ("tdm-reservation: 1",)), ("0", ()), ("1, 1", ("tdm-reservation: 1",))]
)
def test_a_reservation_of_mining_counts(value: str, expected: tuple[str, ...]) -> None:
    assert said(tdm_reservation=value) == expected


@given(st.text())
def test_no_field_is_too_strange(value: str) -> None:
    assert isinstance(said(x_robots_tag=value, tdm_reservation=value), tuple)


def test_a_long_field_takes_no_time() -> None:
    assert said(x_robots_tag="noarchive:" * 200_000) == ()
