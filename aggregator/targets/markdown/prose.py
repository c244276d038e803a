"""HTML as Markdown, where nothing is lost by it: every block is read again, and stays HTML unless it says the same.

Generators read three dialects (CommonMark in Hugo, Eleventy and Astro; kramdown in Jekyll; Python-Markdown in
Pelican). So only what all three agree on becomes Markdown: headings, paragraphs, flat lists, quotations, emphasis,
links, pictures and short code. Tables, players, figures, preformatted text and all else stay HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from copy import deepcopy
from functools import cache

import lxml.html
from lxml import etree
from markdown_it import MarkdownIt
from markdownify import ATX, MarkdownConverter

from aggregator.targets.markdown import body
from aggregator.targets.shared import article

MAX_BLOCKS = 500  #: what follows stays HTML
MAX_BLOCK = 20_000  #: characters of a block that is tried

_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_INLINE = frozenset("a b br code em i img strong".split())
_PHRASING = _INLINE | frozenset(
    """abbr bdi bdo cite del dfn ins kbd mark picture q ruby s samp small span sub sup time u var wbr""".split()
)
_WRAPPERS = frozenset("article div section".split())
#: Attributes that Markdown keeps, or that a reader does not miss.
_ATTRIBUTES = {"a": {"href", "rel"}, "img": {"src", "alt", "width", "height"}, "ol": {"start"}}
_DROPPED = frozenset({"class"})
_SAME = {"b": "strong", "i": "em"}
_ADDRESS = re.compile(r"https?://[\w:/?#@$&+,=%.~-]+|/[\w/.-]+", re.ASCII)
_CODE = re.compile(r"[\w .,:/=+-]+")

#: Characters that would begin something, wherever they stand. References are understood by all three dialects.
_ANYWHERE = str.maketrans(
    {
        **{char: f"\\{char}" for char in "*`[]"},
        **{char: f"&#{ord(char)};" for char in "\\{}|$~"},
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
    }
)
_LINE_START = re.compile(r"^(\s*)(?:([#+=:^%-])|(\d{1,10})([.)])(?=\s|$))")
#: What Hugo and Astro would turn into a link, though it was none.
_LINK_ALIKE = re.compile(r"\w://|\bwww\.|\w@\w")
_UNDERSCORE = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")


def markdown(html: str) -> str:
    """The text as Markdown with HTML in it, without braces that a template engine would see."""
    blocks = list(_blocks(article.parse(html)))
    parts = [_written(block) if number < MAX_BLOCKS else body.block(block) for number, block in enumerate(blocks)]
    return "\n\n".join(part for part in parts if part)


def _blocks(parent: lxml.html.HtmlElement) -> Iterator[lxml.html.HtmlElement]:
    """The blocks of a text in their order; what stands between them becomes paragraphs."""
    run = _paragraph(parent.text)
    for child in parent:
        if child.tag in _PHRASING:
            run.append(deepcopy(child))
            continue
        yield from _if_any(run)
        run = _paragraph(child.tail)
        if child.tag in _WRAPPERS and not child.attrib:
            yield from _blocks(child)
        else:
            yield child
    yield from _if_any(run)


def _paragraph(text: str | None) -> lxml.html.HtmlElement:
    paragraph = lxml.html.Element("p")
    paragraph.text = text
    return paragraph


def _if_any(run: lxml.html.HtmlElement) -> Iterator[lxml.html.HtmlElement]:
    if len(run) or (run.text or "").strip():
        yield run


def _written(block: lxml.html.HtmlElement) -> str:
    if _simple(block):
        source = etree.tostring(block, encoding="unicode", method="html", with_tail=False)
        if len(source) <= MAX_BLOCK:
            written = _Writer().convert(source).strip()
            if _told(article.parse(source)) == _told(article.parse(_reader().render(written))):
                return str(written)
    return body.block(block)


def _simple(block: lxml.html.HtmlElement) -> bool:
    """Whether all three dialects can say this block."""
    if not all(_plain_attributes(element) for element in block.iter()) or _LINK_ALIKE.search(_unlinked(block)):
        return False
    match block.tag:
        case "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
            return _inline(block)
        case "ul" | "ol":
            return all(item.tag == "li" and _inline(item) for item in block) and not (block.text or "").strip()
        case "blockquote":
            return len(block) > 0 and all(part.tag == "p" and _inline(part) for part in block)
        case "hr":
            return True
        case _:
            return False


def _unlinked(element: lxml.html.HtmlElement) -> str:
    """The text of an element that stands in no link."""
    parts = [element.text or ""]
    for child in element:
        parts += ["" if child.tag == "a" else _unlinked(child), child.tail or ""]
    return "".join(parts)


def _inline(element: lxml.html.HtmlElement) -> bool:
    return all(child.tag in _INLINE for child in element.iterdescendants())


def _plain_attributes(element: lxml.html.HtmlElement) -> bool:
    if set(element.attrib) - _ATTRIBUTES.get(str(element.tag), set()) - _DROPPED:
        return False
    if element.tag == "code":
        return len(element) == 0 and _CODE.fullmatch(element.text or "") is not None
    address = element.get("href") if element.tag == "a" else element.get("src") if element.tag == "img" else "/x"
    if element.tag == "img" and re.search(r"[\[\]\\`*_<>&{}|\n]", element.get("alt", "")):
        return False
    return address is not None and _ADDRESS.fullmatch(address) is not None


class _Writer(MarkdownConverter):
    """The library's converter, with escapes that all three dialects understand."""

    class Options:
        """Headings with ``#``, lists with ``-``."""

        heading_style = ATX
        bullets = "-"
        autolinks = False

    def escape(self, text: str, parent_tags: Set[str]) -> str:
        """Text in which nothing means anything to Markdown or to a template engine."""
        text = re.sub(r"\s*\n\s*", " ", text)
        text = _UNDERSCORE.sub(r"\\_", text.translate(_ANYWHERE))
        return _LINE_START.sub(_referenced, text)

    def convert_br(self, el: object, text: str, parent_tags: Set[str]) -> str:
        """A line break that leaves the paragraph on one line, where no second line can begin something."""
        return "<br>"


def _referenced(match: re.Match[str]) -> str:
    space, char, number, after = match.groups()
    return f"{space}&#{ord(char)};" if char else f"{space}{number}&#{ord(after)};"


@cache
def _reader() -> MarkdownIt:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def _told(root: lxml.html.HtmlElement) -> str:
    """What a block says: its text and its elements with the addresses in them, however it is laid out."""
    parts: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = _SAME.get(str(element.tag), str(element.tag))
        parent = element.getparent()
        counts = not (tag == "p" and parent is not None and parent.tag == "li") and element is not root
        if event == "start":
            address = element.get("href") or element.get("src") or element.get("start") or ""
            parts.append(f"\x00{tag} {address} {element.get('alt') or ''}\x00" if counts else "")
            parts.append(element.text or "")
        else:
            parts.append("\x00/\x00" if counts else "")
            parts.append((element.tail or "") if element is not root else "")
    text = re.sub(r"\s+", " ", "".join(parts))
    return re.sub(r" ?(\x00[^\x00]*\x00) ?", r"\1", text).strip()
