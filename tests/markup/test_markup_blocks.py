"""Where paragraphs and sub-headings of a body stand, and what is put between them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.markup import blocks, clean, text

BODY = (
    "<p>One.</p><blockquote><p>Quoted.</p></blockquote><h2>Head</h2><div><p>Two.</p><ul><li><p>Item.</p></li></ul></div>"
    "<table><tr><td><p>Cell.</p></td></tr></table><figure><figcaption><p>Shown.</p></figcaption></figure><p> </p><p>Three.</p>"
)


def test_paragraphs_are_those_of_the_running_text_alone():
    assert [text.of_element(block) for block in blocks.paragraphs(blocks.read(BODY))] == ["One.", "Two.", "Three."]


def test_headings_are_those_of_the_running_text_alone():
    body = blocks.read("<h2>One</h2><blockquote><h3>Quoted</h3></blockquote><section><h4>Two</h4></section><h3></h3>")
    assert [text.of_element(block) for block in blocks.headings(body)] == ["One", "Two"]


@pytest.mark.parametrize(
    ("put", "html"),
    [
        (
            lambda body: blocks.insert_after(blocks.paragraphs(body)[0], "<p>New.</p>"),
            "<p>One.</p><p>New.</p> loose <p>Two.</p>",
        ),
        (lambda body: blocks.append(body, "New <b>words</b>"), "<p>One.</p> loose <p>Two.</p><p>New <b>words</b></p>"),
        (lambda body: blocks.prepend(body, "<hr><p>New.</p>"), "<hr><p>New.</p><p>One.</p> loose <p>Two.</p>"),
        (lambda body: blocks.append(body, ""), "<p>One.</p> loose <p>Two.</p><p></p>"),
    ],
)
def test_a_fragment_is_put_at_its_place_and_nothing_else_moves(put, html):
    body = blocks.read("<p>One.</p> loose <p>Two.</p>")
    put(body)
    assert blocks.write(body).replace(' data-put-in=""', "") == html


@given(
    st.lists(st.sampled_from(["<p>a</p>", "<p>b &lt; c</p>", "loose", "<ul><li>x</li></ul>", "<h2>h</h2>"])), st.data()
)
def test_a_fragment_behind_any_paragraph_loses_no_word(parts, data):
    html = "".join(parts)
    body = blocks.read(html)
    found = blocks.paragraphs(body)
    if found:
        blocks.insert_after(data.draw(st.sampled_from(found)), "<p>NEW</p>")
        assert clean.html(blocks.write(body)).replace("<p>NEW</p>", "") == clean.html(html)
