"""Fingerprints: the same for the same text in whatever dress, close for close texts, apart for others."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.policy import fingerprints

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def prose(seed: int, words: int) -> list[str]:
    """Words that say nothing, the same for the same seed."""
    dice = random.Random(seed)
    return ["".join(dice.choices(LETTERS, k=dice.randint(2, 9))) for _ in range(words)]


def fingerprint(words: list[str]) -> fingerprints.Fingerprint:
    found = fingerprints.of(" ".join(words))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The mayor's plan: 3,400 trees!", ["the", "mayor", "s", "plan", "3,400", "trees"]),
        ("Straße STRASSE snake_case", ["strasse", "strasse", "snake", "case"]),
        ("café cafe\u0301", ["café", "café"]),
        ("ＦＵＬＬ width １２", ["full", "width", "12"]),
        ("市長は木を", ["市", "長", "は", "木", "を"]),
        ("ต้นไม้", ["ต", "้", "น", "ไ", "ม", "้"]),
        ("पेड़ लगाए", ["पेड\u093c", "लगाए"]),
        ("Apple発表iPhone15", ["apple", "発", "表", "iphone15"]),
        ("시장은 나무를", ["시장은", "나무를"]),
        ("At 10:32, v2.4.1 (2.4.10).", ["at", "10:32", "v2.4.1", "2.4.10"]),
        ("10:32に", ["10:32", "に"]),
        ("", []),
    ],
)
def test_words_are_told_apart_in_every_script(text: str, words: list[str]) -> None:
    assert fingerprints.words(text) == words


def test_numbers_are_the_words_that_hold_a_digit() -> None:
    assert fingerprints.numbers(fingerprints.words("14 trees, 2nd row, Ⅳ, no. iPhone15, रु १२")) == {
        "14", "2nd", "iphone15", "१२",
    }  # fmt: skip


@pytest.mark.parametrize("dress", [str.upper, lambda text: text.replace(" ", ",\n\n"), lambda text: f"— {text} …"])
def test_case_punctuation_and_white_space_do_not_count(dress: object) -> None:
    text = " ".join(prose(1, 200))
    assert fingerprints.of(dress(text)) == fingerprints.of(text)  # type: ignore[operator]


@pytest.mark.parametrize(("words", "told"), [(47, False), (48, True)])
def test_a_text_of_fewer_than_48_words_has_none(words: int, told: bool) -> None:
    assert (fingerprints.of(" ".join(prose(2, words))) is not None) is told


@pytest.mark.parametrize(("signs", "told"), [(94, False), (96, True)])
def test_two_ideographs_make_a_word(signs: int, told: bool) -> None:
    text = "".join(chr(0x4E00 + number) for number in range(signs))
    assert (fingerprints.of(text) is not None) is told


def test_one_phrase_over_and_over_has_none() -> None:
    assert fingerprints.of("buy now " * 500) is None


@pytest.mark.parametrize("changed", [0, 20, 60, 120, 200])
def test_the_share_of_two_texts_is_estimated_from_their_sketches(changed: int) -> None:
    mine = prose(3, 400)
    yours = prose(4, changed) + mine[changed:]
    one, other = (fingerprints.shingles(words) for words in (mine, yours))
    share, registers = fingerprints.shared(fingerprint(mine).sketch, fingerprint(yours).sketch)
    assert registers == fingerprints.REGISTERS
    assert share == pytest.approx(len(one & other) / len(one | other), abs=0.15)


def test_texts_that_have_nothing_in_common_share_next_to_nothing() -> None:
    share, _ = fingerprints.shared(fingerprint(prose(5, 300)).sketch, fingerprint(prose(6, 300)).sketch)
    assert share < 0.05


def test_registers_that_are_left_out_are_neither_counted_nor_compared() -> None:
    assert fingerprints.shared(b"\1\2\3\0", b"\1\5\3\0", without={1}) == (1.0, 2)
    assert fingerprints.shared(b"\0\0", b"\0\0") == (0.0, 0)


def test_texts_with_half_in_common_share_one_of_their_lowest_hashes() -> None:
    missed = 0
    for seed in range(200):
        mine = prose(seed, 300)
        yours = mine[:200] + prose(-seed - 1, 100)  # two thirds in line: half of all shingles
        missed += not set(fingerprint(mine).lowest) & set(fingerprint(yours).lowest)
    assert missed <= 4


def test_what_is_kept_of_the_longest_text_is_small() -> None:
    kept = fingerprint(prose(7, 50_000))
    assert (len(kept.sketch), len(kept.numbers), len(kept.lowest)) == (64, 16, 8)
    assert all(-(2**31) <= number < 2**31 for number in kept.lowest)


def test_a_fingerprint_never_changes() -> None:
    """Stored ones are compared with new ones: another rule needs another scheme."""
    kept = fingerprint(["word", *map(str, range(60))])
    assert (fingerprints.SCHEME, kept.shingles, kept.lowest[:2], kept.numbers[:4].hex(), kept.sketch[:4].hex()) == (
        1, 59, (-2068639406, -2023785929), "e539277e", "8b8f5200",
    )  # fmt: skip


@given(st.text(max_size=400))
def test_no_text_is_too_strange(text: str) -> None:
    kept = fingerprints.of(text * 3)
    assert kept is None or len(kept.lowest) == fingerprints.LOWEST
