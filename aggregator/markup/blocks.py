"""The body of a post as a tree of blocks: where paragraphs and sub-headings stand, and what is put between them."""

from __future__ import annotations

from collections.abc import Iterator

import lxml.html
from lxml import etree

from aggregator.markup import text, tree
from aggregator.markup.clean import BLOCKS

HEADINGS = ("h2", "h3", "h4", "h5", "h6")
#: What only groups blocks: inside of anything else a block belongs to what is around it.
_GROUPS = frozenset({"body", "div", "section", "article", "main", "header", "footer"})
#: On what was put in: it is no part of the running text. Cleaning takes it away.
_PUT_IN = "data-put-in"
_ESCAPES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}


def read(html: str) -> lxml.html.HtmlElement:
    """The body element around a post's HTML; an empty one where there is nothing in it."""
    body = tree.body(html)
    return lxml.html.Element("body") if body is None else body


def write(body: lxml.html.HtmlElement) -> str:
    """The HTML inside of a body element."""
    return (body.text or "").translate(_ESCAPES) + "".join(
        etree.tostring(child, encoding="unicode", method="html") for child in body
    )


def paragraphs(body: lxml.html.HtmlElement) -> list[lxml.html.HtmlElement]:
    """The paragraphs of the running text that say something, none within a quotation, list, table or figure."""
    return [block for block in _blocks(body) if block.tag == "p" and text.of_element(block)]


def headings(body: lxml.html.HtmlElement) -> list[lxml.html.HtmlElement]:
    """The sub-headings of the running text that say something."""
    return [block for block in _blocks(body) if block.tag in HEADINGS and text.of_element(block)]


def retitle(heading: lxml.html.HtmlElement, line: str) -> None:
    """Puts a line of plain text in the place of all that a heading says."""
    for child in list(heading):
        heading.remove(child)
    heading.text = line


def places_taken(body: lxml.html.HtmlElement) -> list[int]:
    """After how many paragraphs of the running text each fragment stands that was put in."""
    taken, number = [], 0
    for block in _blocks(body, put_in=True):
        if block.get(_PUT_IN) is not None:
            taken.append(number)
        elif block.tag == "p" and text.of_element(block):
            number += 1
    return taken


def insert_after(block: lxml.html.HtmlElement, html: str) -> None:
    """Puts a fragment behind a block."""
    parent = block.getparent()
    if parent is not None:
        tail, block.tail = block.tail, None
        last = _insert(parent, parent.index(block) + 1, html)
        last = block if last is None else last
        last.tail = (last.tail or "") + (tail or "") or None


def append(body: lxml.html.HtmlElement, html: str) -> None:
    """Puts a fragment at the end."""
    _insert(body, len(body), html)


def prepend(body: lxml.html.HtmlElement, html: str) -> None:
    """Puts a fragment at the very beginning."""
    words, body.text = body.text, None
    last = _insert(body, 0, html)
    if last is None:
        body.text = words
    else:
        last.tail = (last.tail or "") + (words or "") or None


def _insert(parent: lxml.html.HtmlElement, place: int, html: str) -> lxml.html.HtmlElement | None:
    """Puts the blocks of a fragment at a place; the last of them. What is no block becomes a paragraph."""
    fragment = read(html)
    if not any(child.tag in BLOCKS for child in fragment):
        fragment = read(f"<p>{html}</p>")
    if fragment.text and fragment.text.strip():
        words = lxml.html.Element("p")
        words.text, fragment.text = fragment.text, None
        fragment.insert(0, words)
    last = None
    for offset, child in enumerate(list(fragment)):
        child.set(_PUT_IN, "")
        parent.insert(place + offset, child)
        last = child
    return last


def _blocks(element: lxml.html.HtmlElement, *, put_in: bool = False) -> Iterator[lxml.html.HtmlElement]:
    """The blocks of the running text in their order, with or without what was ``put_in``."""
    for child in element:
        if child.get(_PUT_IN) is not None:
            if put_in:
                yield child
        elif child.tag in _GROUPS:
            yield from _blocks(child, put_in=put_in)
        else:
            yield child
