"""Plain text out of HTML, and single lines out of anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.markup import text


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<h1>A &amp; B</h1><p>one <b>two</b>three</p>", "A & B\n\none twothree"),
        ("<p>a<br>b</p><ul><li>x<li>y</ul>", "a\nb\n\nx\ny"),
        ("<pre>a\n  b\n\nc</pre>", "a\n  b\n\nc"),
        ("<table><tr><td>1<td>2<tr><td>3</table>", "1 2\n3"),
        ("x<script>y</script><style>z</style>", "x"),
        ("<p>a</p>\n\n\n<p></p><div></div><p>b</p>", "a\n\nb"),
        ("", ""),
        ("no markup at all", "no markup at all"),
        ("in\u200bvisible\u202e", "invisible"),
    ],
)
def test_plain_text_parts_blocks_by_blank_lines(html: str, expected: str) -> None:
    assert text.plain(html) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("  A\n title  ", "A title"),
        ("<b>Bold</b> &amp; <i>thin</i>", "Bold & thin"),
        ("Fish &amp;amp; chips", "Fish & chips"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;News", "News"),
        ("a < b and vector<int>", "a < b and vector<int>"),
        ("one<br>two<p>three", "one two three"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("zero\u200bwidth\ufeff\u2060", "zerowidth"),
        ("tab\tnull\x00bell\x07\x85", "tab nullbell"),
        ("\u2066isolated\u2069 \u200e\u061c", "isolated"),
        ("👩\u200d💻 works", "👩\u200d💻 works"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("la\u200dtin \u200c", "latin"),
        ("Z" + "\u0301" * 500, "Z" + "\u0301" * 4),
        ("\ud800", ""),
    ],
)
def test_a_line_is_one_line_of_honest_text(value: str, expected: str) -> None:
    assert text.line(value) == expected


def test_a_long_line_is_cut_at_a_word() -> None:
    assert text.line("alpha beta gamma delta", 14) == "alpha beta…"


def test_a_line_without_spaces_is_cut_anyhow() -> None:
    assert text.line("語" * 400, 20) == "語" * 19 + "…"


@given(st.text(max_size=300), st.integers(2, 80))
def test_a_line_is_never_longer_than_asked_and_settles_at_once(value: str, limit: int) -> None:
    line = text.line(value, limit)
    assert len(line) <= limit
    assert "\n" not in line


SENTENCES = "Mr. Smith of the U.S. went home. Then he slept for a long time indeed. The end came late."


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (4, "Mr. Smith of the…"),
        (9, "Mr. Smith of the U.S. went home."),
        (16, "Mr. Smith of the U.S. went home. Then he slept for a long time indeed."),
        (100, SENTENCES),
        (0, ""),
    ],
)
def test_an_excerpt_ends_with_a_sentence_where_one_fits(words: int, expected: str) -> None:
    assert text.excerpt(SENTENCES, words) == expected


def test_an_excerpt_of_a_language_without_spaces() -> None:
    assert text.excerpt("今日は天気がいいです。明日は雨が降るでしょう。", 15) == "今日は天気がいいです。"


@pytest.mark.parametrize(
    ("value", "count"), [("one two, three", 3), ("don't re-do 3.5", 3), ("今日は天気", 5), ("", 0), ("— … !", 0)]
)
def test_words_are_counted(value: str, count: int) -> None:
    assert text.word_count(value) == count


@pytest.mark.parametrize(
    ("value", "tag"),
    [
        ("en", "en"),
        (" en_US\n", "en-US"),
        ("zh-Hant-TW", "zh-Hant-TW"),
        ("English", None),
        ("en-us,de", None),
        ("e", None),
        ("", None),
        (None, None),
    ],
)
def test_a_language_is_a_tag_or_nothing(value: str | None, tag: str | None) -> None:
    assert text.language(value) == tag
