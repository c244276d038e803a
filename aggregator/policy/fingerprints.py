"""Fingerprints of texts: small enough to keep of everything, and alike where the texts are nearly the same.

A text is taken as the set of its shingles, three words in a row (five ideographs), hashed. What is kept of the set is
one register of 8 bits for each of 64 parts of the hash space, from which the share that two sets have in common is
estimated (one permutation hashing: Li, Owen & Zhang, NIPS 2012), and its lowest hashes, by which the like of a text
is found: of two sets with much in common, the lowest hashes are likely to be the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

#: Which rules made a fingerprint; those of other rules can't be compared.
SCHEME = 1
REGISTERS = 64
NUMBER_REGISTERS = 16
#: Texts that have half of their shingles in common share one of so many lowest hashes in 255 of 256 cases.
LOWEST = 8
MAX_TEXT = 50_000  #: characters; what comes after them is not looked at, so that no text keeps others waiting
#: A shorter text says too little to be told from its like.
MIN_WORDS = 48
SHINGLE, SHINGLE_OF_IDEOGRAPHS = 3, 5

_THAI_AND_KIN = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_SINGLE = rf"{_THAI_AND_KIN}\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
#: Accents and vowel signs: no letters to ``re``, but within words.
_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0dff"
_UNUSUAL = re.compile(f"[{_SINGLE}{_MARKS}]")
_DIGITS_JOINED = r"(?<=\d)[.,:](?=\d)"  # 2.4.1 and 10:32 are one number each
_WORD = re.compile(rf"[^\W_]+(?:{_DIGITS_JOINED}[^\W_]+)*")
_LETTER = rf"(?:[^\W_{_SINGLE}]|[{_MARKS}])"
_WORD_OR_SINGLE = re.compile(rf"[{_SINGLE}]|{_LETTER}+(?:{_DIGITS_JOINED}{_LETTER}+)*")
_FIRST_SINGLE = "\u0e00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What is kept of a text for comparison."""

    shingles: int  #: how many the text has
    sketch: bytes  #: a register for each part of the hash space; 0: no shingle fell there
    numbers: bytes  #: the same of its numbers
    lowest: tuple[int, ...]  #: the lowest hashes, as signed numbers of 32 bits


def words(text: str) -> list[str]:
    """The words of a text for comparison, whatever its language; an ideograph or a Thai letter counts as one."""
    text = unicodedata.normalize("NFKC", text[:MAX_TEXT]).casefold()
    return (_WORD_OR_SINGLE if _UNUSUAL.search(text) else _WORD).findall(text)


def shingles(found: Sequence[str]) -> frozenset[int]:
    """The hashed shingles of a text's words."""
    hashes = {crc32(f"{a} {b} {c}".encode()) for a, b, c in zip(found, found[1:], found[2:], strict=False)}
    if any(_is_single(word) for word in found):
        hashes = {crc32(" ".join(found[at : at + _span(found[at])]).encode()) for at in range(len(found) - SHINGLE + 1)}
    # CRC is linear; an odd factor makes the order of the hashes depend on all of their bits.
    return frozenset(number * 0x9E3779B1 & 0xFFFFFFFF for number in hashes)


def numbers(found: Iterable[str]) -> frozenset[str]:
    """The words that hold a digit."""
    return frozenset(word for word in set(found) if not word.isalpha() and any(map(str.isdigit, word)))


def of(text: str) -> Fingerprint | None:
    """The fingerprint of a text; None where it is too short to be told from its like."""
    found = words(text)
    if len(found) - sum(map(_is_single, found)) // 2 < MIN_WORDS:
        return None
    hashes = shingles(found)
    if len(hashes) < LOWEST:
        return None
    return Fingerprint(
        shingles=len(hashes),
        sketch=registers(hashes, REGISTERS),
        numbers=registers(map(hash_of, numbers(found)), NUMBER_REGISTERS),
        lowest=tuple(number - 2**31 for number in sorted(hashes)[:LOWEST]),
    )


def shared(one: bytes, other: bytes, without: Collection[int] = ()) -> tuple[float, int]:
    """The share of two sets that is in both (Jaccard), as their sketches show it, and of how many registers.

    ``without`` are registers that say nothing. One that is empty in both says nothing either.
    """
    told = [at for at in range(len(one)) if (one[at] or other[at]) and at not in without]
    alike = sum(one[at] == other[at] for at in told)
    return (alike / len(told) if told else 0.0), len(told)


def registers(hashes: Iterable[int], count: int) -> bytes:
    """A sketch of a set of hashes: one register for each of ``count`` parts of the hash space."""
    kept = bytearray(count)
    for number in sorted(hashes, reverse=True):  # the lowest hash of each part is the last, and stays
        kept[number % count] = 1 + number // count % 255
    return bytes(kept)


def hash_of(word: str) -> int:
    """The hash of one word: 32 bits."""
    return crc32(word.encode()) * 0x9E3779B1 & 0xFFFFFFFF


def _is_single(word: str) -> bool:
    return len(word) == 1 and word >= _FIRST_SINGLE


def _span(word: str) -> int:
    return SHINGLE_OF_IDEOGRAPHS if _is_single(word) else SHINGLE
