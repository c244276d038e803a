"""The difference of two texts: all words of both are in it, each on its side."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.policy import difference
from aggregator.policy.difference import Piece, Side

#: Few words, so that many of them meet again.
TEXTS = st.lists(st.sampled_from(["a", "b", "c.", "Übung", "\n", "\n\n"]), max_size=40).map(" ".join)
B, A, R = Side.BOTH, Side.ADDED, Side.REMOVED


@pytest.mark.parametrize(
    ("old", "new", "pieces"),
    [
        ("", "", []),
        ("One two three.", "One 2 three.", [(B, "One"), (R, "two"), (A, "2"), (B, "three.\n")]),
        ("One.\n\nTwo.", "One.\n\nMore.\n\nTwo.", [(B, "One.\n"), (A, "More.\n"), (B, "Two.\n")]),
        ("One.\nTwo.\nThree.", "One.\nThree.", [(B, "One.\n"), (R, "Two.\n"), (B, "Three.\n")]),
        ("Gone.", "", [(R, "Gone.\n")]),
        ("One   two", "One two", [(B, "One two\n")]),
    ],
)
def test_words_that_changed_stand_out(old: str, new: str, pieces: list[tuple[Side, str]]) -> None:
    assert difference.between(old, new) == tuple(Piece(*piece) for piece in pieces)


def words(pieces: tuple[Piece, ...], *sides: Side) -> list[str]:
    return " ".join(piece.text for piece in pieces if piece.side in sides).split()


@given(TEXTS)
def test_equal_texts_differ_in_nothing(text: str) -> None:
    assert words(difference.between(text, text), A, R) == []


@given(TEXTS, TEXTS)
def test_either_text_can_be_read_from_the_difference(old: str, new: str) -> None:
    pieces = difference.between(old, new)
    assert words(pieces, B, R) == old.split()
    assert words(pieces, B, A) == new.split()


def test_what_differs_too_much_is_shown_as_replaced() -> None:
    old, new = "a b " * 5_000, "b c c " * 5_000
    assert [piece.side for piece in difference.between(f"{old}\nend", f"{new}\nend")] == [R, A, B]
