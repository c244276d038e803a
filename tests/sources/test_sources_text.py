from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.sources import text


@pytest.mark.parametrize(
    ("markup", "line"),
    [
        ("<b>Bold</b> move", "Bold move"),
        ("one<br/>two<p>three</p>", "one two three"),
        ("AT&amp;T &#8212; &hellip;", "AT&T — …"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("List<String> and 1 < 2 > 0", "List<String> and 1 < 2 > 0"),
        ("a <!-- hidden <b> --> b", "a b"),
        ("a <!-- never closed", "a <!-- never closed"),
        ("  much \n\t space\u00a0here ", "much space here"),
        ("it\x92s", "it’s"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_title_becomes_one_line_of_plain_text(markup: str | None, line: str) -> None:
    assert text.line(markup) == line


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("ada@a.example (Ada Quill)", "Ada Quill"),
        ("Ada Quill <ada@a.example>", "Ada Quill"),
        ('"Quill, Ada" <ada@a.example>', "Quill, Ada"),
        ("Ada Quill (ada@a.example)", "Ada Quill"),
        ("Ada Quill, mailto:ada@a.example", "Ada Quill"),
        ("Ada Quill (Reuters)", "Ada Quill (Reuters)"),
        ("ada@a.example", None),
        ("<ada@a.example>", None),
        ("(ada@a.example)", None),
        ("  ", None),
        (None, None),
    ],
)
def test_people_keep_their_names_and_lose_their_addresses(given_name: str | None, name: str | None) -> None:
    author = text.person(given_name)
    assert (author.name if author else None) == name


@pytest.mark.parametrize(
    ("plain", "html"),
    [("a & b", "a &amp; b"), ("a\nb", "<p>a<br>b</p>"), ("a\r\n \r\nb\n\n\nc", "<p>a</p><p>b</p><p>c</p>"), ("", "")],
)
def test_plain_text_becomes_html(plain: str, html: str) -> None:
    assert text.escaped(plain) == html


@given(st.text(alphabet=st.sampled_from("ab@.<>()&;:, \"'\x00\x85\u200b!-/"), max_size=80))
def test_lines_have_no_ends_no_breaks_and_no_mail_addresses(value: str) -> None:
    assert text.line(value) == " ".join(text.line(value).split())
    author = text.person(value)
    assert author is None or author.name.strip()
