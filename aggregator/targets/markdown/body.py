"""The text of a post, such that no template engine finds anything to do in it and Markdown leaves its HTML whole."""

from __future__ import annotations

import re

import lxml.html
from lxml import etree

from aggregator.targets.shared import article

#: Every template language of the five generators begins with a brace; in HTML a reference means the same character.
_BRACES = str.maketrans({"{": "&#123;", "}": "&#125;"})
#: Stand for white space that must stay, until the text is written; of the private use area.
_BREAK, _TAB = "\ue00a", "\ue009"
_BLANK = re.compile(r"[ \t]*\n\s*")
#: What begins an HTML block that ends with the next blank line alone (CommonMark 0.31.2, 4.6, kind 6).
_OPENERS = frozenset(
    """address article aside blockquote details div dl figure footer h1 h2 h3 h4 h5 h6 header hr ol p section table
    ul""".split()
)


def neutral(html: str) -> str:
    """HTML without a brace: it shows the same, and Liquid, Nunjucks, shortcodes and attribute lists are plain text."""
    return html.translate(_BRACES)


def block(element: lxml.html.HtmlElement) -> str:
    """An element as one block of HTML within Markdown: it has no blank line, at which Markdown would take over."""
    for code in element.iter("pre"):
        for inside in code.iter():
            inside.text = _kept(inside.text)
            if inside is not code:
                inside.tail = _kept(inside.tail)
    tail, element.tail = element.tail, None
    html = etree.tostring(element, encoding="unicode", method="html")
    element.tail = tail
    html = neutral(_BLANK.sub("\n", html.strip())).replace(_BREAK, "&#10;").replace(_TAB, "&#9;")
    return html if element.tag in _OPENERS else f"<div>{html}</div>"


def embedded(html: str) -> str:
    """A whole text as one block of HTML within Markdown."""
    return block(article.parse(html))


def _kept(text: str | None) -> str | None:
    return text.replace("\r", "").replace("\n", _BREAK).replace("\t", _TAB) if text else text
