"""Cuts a page into blocks of text with the pictures and players between them, in the order of the document."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

import lxml.html
from lxml import etree

SKIPPED = frozenset(
    """script style template head title svg canvas button select option textarea input datalist object applet math
    noembed noframes dialog amp-ad amp-analytics""".split()
)
MEDIA = frozenset("img amp-img iframe video audio amp-youtube amp-iframe amp-video picture noscript".split())
STRUCTURE = frozenset(
    """p h1 h2 h3 h4 h5 h6 ul ol li blockquote pre table caption thead tbody tfoot tr td th figure figcaption dl dt dd
    details summary hr footer""".split()
)
INLINE = frozenset(
    """a abbr acronym b bdi bdo big cite code del dfn em font i ins kbd label mark nobr q rp rt ruby s samp small span
    strike strong sub sup time tt u var wbr br data meter output amp-fit-text""".split()
)
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LINES = frozenset({"p", *HEADINGS, "dt", "summary", "figcaption", "caption", "pre"})
WORD = re.compile(r"\w+")


class Event(Enum):
    """What a token of the page is."""

    OPEN = "open"
    CLOSE = "close"
    TEXT = "text"
    MEDIUM = "medium"
    BREAK = "break"  #: a line break


class Token(NamedTuple):
    """One step of the walk through a page."""

    event: Event
    element: lxml.html.HtmlElement
    text: str = ""
    block: int = -1  #: the block that a text belongs to


@dataclass(slots=True)
class Block:
    """A run of text that no block element parts."""

    number: int
    element: lxml.html.HtmlElement  #: the block element nearest above it
    first: int  #: its first token
    text: str = ""
    words: tuple[str, ...] = ()
    link_words: int = 0
    context: frozenset[str] = frozenset()  #: tags of the structure above it
    kept: bool = False
    matched: bool = False  #: part of the base text
    position: int = -1  #: where it stands in the base text, in words

    @property
    def heading(self) -> bool:
        """Whether it is a heading."""
        return not HEADINGS.isdisjoint(self.context)

    @property
    def key(self) -> str:
        """Its words, for comparison."""
        return " ".join(self.words)

    @property
    def link_share(self) -> float:
        """How much of it is linked, 0 to 1."""
        return self.link_words / len(self.words) if self.words else 0.0


@dataclass(slots=True)
class Outline:
    """A page as tokens and blocks."""

    tokens: list[Token] = field(default_factory=list)
    ends: dict[int, int] = field(default_factory=dict)  #: the token that closes the element that a token opens
    blocks: list[Block] = field(default_factory=list)


def outline(body: lxml.html.HtmlElement) -> Outline:
    """Walks a page once. Scripts, forms' fields, drawings and hidden things are left out."""
    return _Walk(body).run()


class _Walk:
    def __init__(self, body: lxml.html.HtmlElement) -> None:
        self.body = body
        self.out = Outline()
        self.parts: list[str] = []
        self.linked: list[str] = []
        self.pending: Block | None = None
        self.context: list[str] = []
        self.above: list[lxml.html.HtmlElement] = [body]
        self.opened: list[int] = []
        self.links = 0
        self.breaks = 0

    def run(self) -> Outline:
        walker = etree.iterwalk(self.body, events=("start", "end"))
        body, tokens, leaf = self.body, self.out.tokens, None
        for event, element in walker:
            if event == "start":
                tag = element.tag
                if not isinstance(tag, str) or tag in SKIPPED or (element.attrib and _hidden(element)):
                    leaf = element
                    walker.skip_subtree()
                elif tag in MEDIA:
                    leaf = element
                    tokens.append(Token(Event.MEDIUM, element))
                    walker.skip_subtree()
                else:
                    self.open(element, tag)
            else:
                if element is leaf:
                    leaf = None
                else:
                    self.close(element, str(element.tag))
                if element.tail and element is not body:
                    self.take(element.tail, element)
        self.flush()
        return self.out

    def open(self, element: lxml.html.HtmlElement, tag: str) -> None:
        if tag == "br":
            self.breaks += 1
            self.out.tokens.append(Token(Event.BREAK, element))
            if self.breaks >= 2:
                self.flush()
            return
        if not is_inline(element, tag):
            self.flush()
            self.above.append(element)
            if tag in STRUCTURE:
                self.context.append(tag)
        elif tag == "a":
            self.links += 1
        self.opened.append(len(self.out.tokens))
        self.out.tokens.append(Token(Event.OPEN, element))
        if element.text:
            self.take(element.text, element)

    def close(self, element: lxml.html.HtmlElement, tag: str) -> None:
        if tag == "br":
            return
        if not is_inline(element, tag):
            self.flush()
            self.above.pop()
            if tag in STRUCTURE:
                self.context.pop()
        elif tag == "a":
            self.links -= 1
        self.out.ends[self.opened.pop()] = len(self.out.tokens)
        self.out.tokens.append(Token(Event.CLOSE, element))

    def take(self, text: str, element: lxml.html.HtmlElement) -> None:
        if text.isspace():
            if self.pending is not None:
                self.parts.append(" ")
                self.out.tokens.append(Token(Event.TEXT, element, text, self.pending.number))
            return
        self.breaks = 0
        if self.pending is None:
            number = len(self.out.blocks)
            self.pending = Block(number, self.above[-1], len(self.out.tokens), context=frozenset(self.context))
        self.parts.append(text)
        if self.links:
            self.linked.append(text)
        self.out.tokens.append(Token(Event.TEXT, element, text, self.pending.number))

    def flush(self) -> None:
        block = self.pending
        if block is None:
            return
        block.text = " ".join("".join(self.parts).split())
        block.words = tuple(WORD.findall(block.text.lower()))
        block.link_words = len(WORD.findall(" ".join(self.linked)))
        self.out.blocks.append(block)
        self.pending = None
        self.parts.clear()
        self.linked.clear()


def is_inline(element: lxml.html.HtmlElement, tag: str) -> bool:
    """Whether an element is part of a line; a custom element is where it stands in a paragraph or the like."""
    if tag in INLINE:
        return True
    if "-" not in tag:
        return False
    parent = element.getparent()
    return parent is not None and (parent.tag in _LINES or parent.tag in INLINE)


def _hidden(element: lxml.html.HtmlElement) -> bool:
    if element.get("hidden") is not None and element.get("hidden") != "until-found":
        return True
    style = element.get("style")
    return bool(style) and re.search(r"(?i)display\s*:\s*none", style or "") is not None
