"""Bodies taken piece by piece, whatever the pieces."""

from __future__ import annotations

import gzip
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import TooLargeError, UnreachableError
from aggregator.fetch.body import MAX_MEMBERS, Body

CODINGS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "": bytes,
}


def read(data: bytes, coding: str, *, size: int = 7, limit: int = 10_000, cut: bool = False) -> bytes:
    body = Body("https://a.example/", encoding=coding, limit=limit, cut=cut)
    for start in range(0, len(data), size):
        body.feed(data[start : start + size])
    return body.finish()


@given(data=st.binary(max_size=3000), coding=st.sampled_from(list(CODINGS)), size=st.integers(1, 4000))
def test_what_was_packed_comes_out(data: bytes, coding: str, size: int) -> None:
    assert read(CODINGS[coding](data), coding, size=size) == data


@given(data=st.binary(min_size=1, max_size=300), at=st.integers(1, 310), size=st.integers(1, 400))
def test_members_one_after_the_other_are_one_body(data: bytes, at: int, size: int) -> None:
    packed = gzip.compress(data[:at]) + gzip.compress(data[at:]) + b"\0" * 9
    assert read(packed, "gzip", size=size) == data


@given(data=st.binary(max_size=3000), coding=st.sampled_from(["gzip", "deflate"]), size=st.integers(1, 4000))
def test_any_bytes_give_a_body_or_a_classed_error(data: bytes, coding: str, size: int) -> None:
    with suppress(UnreachableError, TooLargeError):
        assert len(read(data, coding, size=size)) <= 10_000


@given(data=st.binary(min_size=1, max_size=3000), coding=st.sampled_from(["gzip", "deflate"]), lost=st.integers(1, 4))
def test_a_body_cut_short_is_noticed(data: bytes, coding: str, lost: int) -> None:
    with pytest.raises(UnreachableError, match="cut short"):
        read(CODINGS[coding](data)[:-lost], coding)


def test_an_empty_body_needs_no_unpacking() -> None:
    assert read(b"", "gzip") == read(b"", "deflate") == b""


@pytest.mark.parametrize("coding", list(CODINGS))
def test_a_body_that_may_be_cut_is_cut_at_the_limit(coding: str) -> None:
    assert read(CODINGS[coding](bytes(range(256)) * 10), coding, limit=300, cut=True) == (bytes(range(256)) * 2)[:300]


@pytest.mark.parametrize("coding", list(CODINGS))
def test_others_are_refused_beyond_it(coding: str) -> None:
    assert len(read(CODINGS[coding](b"x" * 300), coding, limit=300)) == 300
    with pytest.raises(TooLargeError):
        read(CODINGS[coding](b"x" * 301), coding, limit=300)


def test_many_tiny_members_are_refused() -> None:
    with pytest.raises(TooLargeError, match="members"):
        read(gzip.compress(b"") * (MAX_MEMBERS + 1), "gzip", size=65536)
