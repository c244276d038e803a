"""Finds which blocks of a page make up a given text: the base text decides what, the page shows where."""

from __future__ import annotations

from dataclasses import dataclass, field

from aggregator.extract.blocks import WORD, Block

MAX_PLACES = 8  #: places in the base text that are tried for one block
LEAST_SHARE = 0.75  #: of a block's word triples that must be in the base text


_Triple = tuple[str, str, str]


@dataclass(slots=True)
class Base:
    """A text as words, with its lines."""

    lines: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)  #: of each line, in words
    words: list[str] = field(default_factory=list)
    covered: bytearray = field(default_factory=bytearray)  #: a flag per word: some block of the page holds it

    def missing(self) -> list[tuple[int, str]]:
        """Lines that no matched block holds, with their places."""
        out = []
        for number, (start, line) in enumerate(zip(self.starts, self.lines, strict=True)):
            end = self.end(number)
            if sum(self.covered[start:end]) * 2 < end - start:
                out.append((start, line))
        return out

    def end(self, number: int) -> int:
        """Where a line ends, in words."""
        return self.starts[number + 1] if number + 1 < len(self.starts) else len(self.words)


def base(text: str) -> Base:
    """Reads a base text, a line per block."""
    result = Base()
    for line in text.split("\n"):
        words = WORD.findall(line.lower())
        if words:
            result.lines.append(line.strip())
            result.starts.append(len(result.words))
            result.words += words
    result.covered = bytearray(len(result.words))
    return result


def mark(blocks: list[Block], found: Base) -> None:
    """Marks the blocks that the base text was made of, each with its place there.

    Where a text stands twice on the page, the copy wins that keeps the most text in the base's order.
    """
    triples = _triples(found.words)
    lines = _short_pieces(found)
    places = [_places(block.words, triples, lines) for block in blocks]
    chain = _heaviest_chain(blocks, places)
    for number, place in chain.items():
        _take(blocks[number], place, found)
    for block, options in zip(blocks, places, strict=True):
        if block.matched:
            continue
        for place in options:
            end = min(place + len(block.words), len(found.words))
            if sum(found.covered[place:end]) * 2 <= end - place:
                _take(block, place, found)
                break


def _short_pieces(found: Base) -> dict[tuple[str, ...], list[int]]:
    """Lines and cells of at most three words, with their places."""
    index: dict[tuple[str, ...], list[int]] = {}
    for start, line in zip(found.starts, found.lines, strict=True):
        place = start
        for piece in line.split("|"):
            words = tuple(WORD.findall(piece.lower()))
            if 0 < len(words) <= 3:
                index.setdefault(words, []).append(place)
            place += len(words)
    return index


def _take(block: Block, place: int, found: Base) -> None:
    block.matched, block.position = True, place
    end = min(place + len(block.words), len(found.words))
    found.covered[place:end] = b"\x01" * (end - place)


def _triples(words: list[str]) -> dict[_Triple, tuple[int, ...]]:
    """Three words in a row, with their places."""
    once: dict[_Triple, tuple[int, ...]] = {}
    often: dict[_Triple, list[int]] = {}
    for place, triple in enumerate(zip(words, words[1:], words[2:], strict=False)):
        if triple not in once:
            once[triple] = (place,)
        else:
            often.setdefault(triple, [*once[triple]]).append(place)
    once.update((triple, tuple(places[:MAX_PLACES])) for triple, places in often.items())
    return once


def _places(
    words: tuple[str, ...],
    triples: dict[_Triple, tuple[int, ...]],
    lines: dict[tuple[str, ...], list[int]],
) -> list[int]:
    """Where in the base text a block may stand, the likeliest first."""
    if len(words) <= 3:
        found = lines.get(words, [])[: 4 * MAX_PLACES]
        return found or [
            place for triple in zip(words, words[1:], words[2:], strict=False) for place in triples.get(triple, ())[:1]
        ]
    own = list(zip(words, words[1:], words[2:], strict=False))
    hits = [(offset, triples[triple]) for offset, triple in enumerate(own) if triple in triples]
    if len(hits) < LEAST_SHARE * len(own):
        return []
    offset, places = min(hits, key=lambda hit: (len(hit[1]), hit[0]))
    return [max(0, place - offset) for place in places]


def _heaviest_chain(blocks: list[Block], places: list[list[int]]) -> dict[int, int]:
    """One place per block, one after the other, such that the placed blocks have the most words.

    A block takes three quarters of its words: the rest may be words that the base lacks.
    """
    size = (
        max(
            (place + len(block.words) for block, options in zip(blocks, places, strict=True) for place in options),
            default=0,
        )
        + 2
    )
    best = [0] * (size + 1)  # a Fenwick tree of the greatest weight that ends at a place or before
    holder: list[tuple[int, int] | None] = [None] * (size + 1)
    before: dict[tuple[int, int], tuple[int, int] | None] = {}
    top: tuple[int, tuple[int, int] | None] = (0, None)
    for number, options in enumerate(places):
        updates = []
        for place in options:
            weight, previous, node = 0, None, place + 1
            while node > 0:
                if best[node] > weight:
                    weight, previous = best[node], holder[node]
                node -= node & -node
            before[number, place] = previous
            updates.append((place, weight + len(blocks[number].words)))
        taken = max(1, len(blocks[number].words) * 3 // 4)
        for place, weight in updates:
            node = place + taken + 1
            while node <= size:
                if weight > best[node]:
                    best[node], holder[node] = weight, (number, place)
                node += node & -node
            if weight > top[0]:
                top = (weight, (number, place))
    chain: dict[int, int] = {}
    step = top[1]
    while step is not None:
        chain[step[0]] = step[1]
        step = before[step]
    return chain
