"""What was added to a text and what was taken away, word by word, for a person to see."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import TypeVar

#: So many words (or paragraphs) of one stretch may differ; beyond that it is shown as replaced as a whole.
FARTHEST = 300
T = TypeVar("T")

_WORDS = re.compile(r"\S+")
_BREAK = "\n"  #: stands between the words of two paragraphs


class Side(StrEnum):
    """Where words stand."""

    BOTH = "both"
    ADDED = "added"  #: in the new text alone
    REMOVED = "removed"  #: in the old one alone


@dataclass(frozen=True, slots=True)
class Piece:
    """Words in a row that stand on the same side."""

    side: Side
    text: str  #: paragraphs parted by line breaks


def between(old: str, new: str) -> tuple[Piece, ...]:
    """The pieces of two texts, in the order of reading: what was taken away before what came in its place.

    Paragraphs are compared first, then the words of those that differ. Takes time in proportion to both texts, but
    for stretches that differ, where it is bounded by ``FARTHEST``.
    """
    pieces: list[tuple[Side, str]] = []
    for same, gone, come in _stretches(_paragraphs(old), _paragraphs(new)):
        if same:
            pieces += [(Side.BOTH, word) for word in _flat(gone)]
        else:
            pieces += _words(_flat(gone), _flat(come))
    return tuple(
        Piece(side, _joined([word for _, word in group])) for side, group in groupby(pieces, key=lambda piece: piece[0])
    )


def _paragraphs(text: str) -> list[tuple[str, ...]]:
    return [words for line in text.splitlines() if (words := tuple(_WORDS.findall(line)))]


def _words(gone: Sequence[str], come: Sequence[str]) -> Iterator[tuple[Side, str]]:
    for same, old, new in _stretches(gone, come):
        if same:
            yield from ((Side.BOTH, word) for word in old)
        else:
            yield from ((Side.REMOVED, word) for word in old)
            yield from ((Side.ADDED, word) for word in new)


def _flat(paragraphs: Sequence[Sequence[str]]) -> list[str]:
    """The words of paragraphs, each of which ends in a break."""
    return [word for paragraph in paragraphs for word in (*paragraph, _BREAK)]


def _joined(words: Sequence[str]) -> str:
    return re.sub(r" ?\n ?", "\n", " ".join(words)).strip(" ")


def _stretches(old: Sequence[T], new: Sequence[T]) -> list[tuple[bool, Sequence[T], Sequence[T]]]:
    """Stretches of both sequences in order: equal ones, and such of which one takes the place of the other."""
    found: list[tuple[bool, Sequence[T], Sequence[T]]] = []
    x = y = 0
    for at, there, length in [*_runs(old, new), (len(old), len(new), 0)]:
        if at > x or there > y:
            found.append((False, old[x:at], new[y:there]))
        if length:
            found.append((True, old[at : at + length], new[there : there + length]))
        x, y = at + length, there + length
    return found


def _runs(old: Sequence[T], new: Sequence[T]) -> list[tuple[int, int, int]]:
    """Where runs of equal elements stand in the old and the new one, and how long they are."""
    start = _common(old, new)
    rest, other = old[start:], new[start:]
    end = _common(rest[::-1], other[::-1])
    rest, other = rest[: len(rest) - end], other[: len(other) - end]
    inside = [(x + start, y + start, length) for x, y, length in _shortest(rest, other)]
    return [(0, 0, start), *inside, (len(old) - end, len(new) - end, end)]


def _common(old: Sequence[T], new: Sequence[T]) -> int:
    pairs = zip(old, new, strict=False)
    return next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(old), len(new)))


def _shortest(old: Sequence[T], new: Sequence[T]) -> list[tuple[int, int, int]]:
    """The runs of a shortest edit (Myers, An O(ND) Difference Algorithm, 1986); none where it is too long."""
    furthest = {1: 0}  # by diagonal: how far into the old one the best path comes
    trail: list[dict[int, int]] = []
    for steps in range(min(len(old) + len(new), FARTHEST) + 1):
        trail.append(dict(furthest))
        for k in range(-steps, steps + 1, 2):
            x = furthest[k + 1] if _goes_down(furthest, k, steps) else furthest[k - 1] + 1
            while x < len(old) and x - k < len(new) and old[x] == new[x - k]:
                x += 1
            furthest[k] = x
            if x >= len(old) and x - k >= len(new):
                return _walked_back(trail, x, x - k)
    return []


def _walked_back(trail: Sequence[dict[int, int]], x: int, y: int) -> list[tuple[int, int, int]]:
    runs = []
    for steps in range(len(trail) - 1, -1, -1):
        furthest, k = trail[steps], x - y
        down = _goes_down(furthest, k, steps)
        begin = furthest[k + 1] if down else furthest[k - 1] + 1
        if x > begin:
            runs.append((begin, begin - k, x - begin))
        x, y = (begin, begin - k - 1) if down else (begin - 1, begin - k)
    return runs[::-1]


def _goes_down(furthest: dict[int, int], k: int, steps: int) -> bool:
    """Whether the best path to a diagonal takes a word of the new text, rather than leaving one of the old."""
    return k == -steps or (k != steps and furthest[k - 1] < furthest[k + 1])
