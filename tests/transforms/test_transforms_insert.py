"""Blocks of one's own in a text: where they stand, and where they never do."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from aggregator import transforms
from aggregator.markup import clean, text
from aggregator.transforms.insert import Options
from aggregator.types import Post, StepSettings
from tests.transforms.test_transforms import POST, apply, context

TEXT = "<p>One.</p><blockquote><p>Quoted.</p></blockquote><p>Two.</p><h2>Head</h2><ul><li>Item</li></ul><p>Three.</p><p>Four.</p>"


def insert(html: str = "<p>Block</p>", **place: object) -> StepSettings:
    return StepSettings(kind="insert", name="insert", options=Options(html=html, **place))  # type: ignore[arg-type]


def shape(body: str, *steps: StepSettings) -> Post:
    made = apply(list(steps), replace(POST, body=body))
    return replace(made, body=clean.html(made.body), closing=clean.html(made.closing))


def lines(post: Post) -> list[str]:
    return text.plain(post.body).split("\n\n")


@pytest.mark.parametrize(
    ("place", "behind"),
    [
        ({"at": "start"}, None),
        ({"after": 1}, "One."),
        ({"after": 2}, "Two."),
        ({"after": 4}, "Four."),
        ({"share": 0.5}, "Two."),
        ({"share": 0.9}, ""),
        ({"at": "end"}, "Four."),
        ({"every": 3}, "Three."),
    ],
)
def test_a_block_stands_where_it_is_said(place, behind):
    found = lines(shape(TEXT, insert(**place)))
    if behind == "":
        assert "Block" not in found  # all but the end is before nine tenths: it would stand at the end
    else:
        assert found[found.index("Block") - 1] == behind if behind else found[0] == "Block"


def test_a_text_that_is_too_short_gets_no_block():
    assert "Block" not in lines(shape(TEXT, insert(after=5)))
    assert "Block" not in lines(shape(TEXT, insert(after=1, least=5)))
    _, applied = transforms.apply([insert(after=5)], replace(POST, body=TEXT), context(POST))
    assert applied[0].reason == "there is no such place among the 4 paragraphs of the text"


def test_a_block_behind_the_credit_is_no_part_of_the_text():
    made = shape(TEXT, insert("Like it? Share it.", at="closing"), insert("<p>Bye</p>", at="closing"))
    assert made.body == clean.html(TEXT)
    assert made.closing == "<p>Like it? Share it.</p><p>Bye</p>"


def test_blocks_keep_apart_and_do_not_count_as_paragraphs():
    body = "".join(f"<p>{number}.</p>" for number in range(1, 9))
    made = shape(body, insert("<p>A</p>", after=2), insert("<p>B</p>", after=3), insert("<p>C</p>", after=6, apart=0))
    assert lines(made) == ["1.", "2.", "A", "3.", "4.", "B", "5.", "6.", "C", "7.", "8."]


def test_a_block_again_and_again_stops_at_its_number_of_times():
    body = "".join(f"<p>{number}.</p>" for number in range(1, 9))
    assert lines(shape(body, insert("<p>A</p>", every=2, times=2))) == [
        "1.",
        "2.",
        "A",
        "3.",
        "4.",
        "A",
        "5.",
        "6.",
        "7.",
        "8.",
    ]


def test_a_block_knows_the_post_and_escapes_what_it_says():
    made = shape(TEXT, insert("<p>{{ post.title }} by {{ author }}</p>", at="end"))
    assert lines(made)[-1] == "Ferry strike ends by Ana Roe"
    evil = apply([insert("{{ post.title }}", at="end")], replace(POST, title="<script>x</script>"))
    assert "&lt;script&gt;" in evil.body


@pytest.mark.parametrize("place", [{}, {"at": "end", "after": 2}, {"after": 0}, {"share": 1.0}, {"at": "middle"}])
def test_a_block_has_one_place(place):
    with pytest.raises(ValidationError):
        Options(html="x", **place)


@given(st.integers(1, 30), st.lists(st.tuples(st.sampled_from(["after", "every"]), st.integers(1, 12)), max_size=4))
def test_whatever_is_put_in_no_word_of_the_text_is_lost_or_moved(paragraphs, places):
    body = "".join(f"<p>{number}.</p>" for number in range(paragraphs))
    found = lines(shape(body, *(insert("<p>Block</p>", **{kind: number}) for kind, number in places)))
    assert [line for line in found if line != "Block"] == [f"{number}." for number in range(paragraphs)]
    at = [index for index, line in enumerate(found) if line == "Block"]
    assert all(later - earlier > 2 for earlier, later in pairwise(at))


def test_at_the_top_it_stands_before_the_standfirst_which_becomes_text():
    post = replace(POST, body="<p>One.</p>", standfirst="In <short>.")
    steps = [insert(words, at="top") for words in ("Below", "Above")]
    shaped, applied = transforms.apply(steps, post, context(post))
    assert clean.html(shaped.body) == "<p>Above</p><p>Below</p><p>In &lt;short&gt;.</p><p>One.</p>"
    assert (shaped.standfirst, applied[0].reason) == ("", "at the top")
