"""The text of a post for Ghost: in its editor's own pieces where those keep everything, in HTML cards where they don't.

Ghost turns HTML into the document of its editor and drops what that has no piece for: tables, players, languages,
abbreviations. An HTML card keeps its HTML as it is. Ghost checks none of it: what comes in here is clean.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy

import lxml.html
from lxml import etree
from lxml.html import HtmlElement

from aggregator.targets.ghost.pictures import Placed
from aggregator.targets.shared import article, texts
from aggregator.types import Post

BEGIN, END = "<!--kg-card-begin: html-->", "<!--kg-card-end: html-->"
_BOXES = frozenset({"article", "div", "footer", "header", "section"})
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_LISTS = frozenset({"ol", "ul"})
#: Some themes float terms beside their meanings in next to no colour, and let players stand out of small screens.
_LOOKS = {
    "audio": "max-width:100%",
    "dd": "margin:0 0 1em 1.5em",
    "dt": "float:none;width:auto;margin:0;color:inherit;text-align:start;font-weight:600",
    "iframe": "border:0;max-width:100%",
    "video": "max-width:100%;height:auto",
}
_STACKED = ("blockquote", "div", "figure", "footer", "ol", "p", "pre", "table", "ul")
#: Inline elements that Ghost's editor keeps, and those without which nothing is missing on the page.
_KEPT = frozenset({"a", "b", "br", "code", "em", "i", "s", "strong", "sub", "sup", "u"})
_TRANSPARENT = frozenset({"bdi", "font", "span", "time", "wbr"})
_PHRASES = frozenset("abbr bdo cite del dfn ins kbd label mark q rp rt ruby samp small tt var".split())
_INLINE = _KEPT | _TRANSPARENT | _PHRASES
_MEDIA = frozenset({"audio", "iframe", "img", "picture", "source", "track", "video"})
_HARMLESS = frozenset({"cite", "class", "datetime", "href", "hreflang", "rel", "title"})
_IMAGE = frozenset({"alt", "height", "sizes", "src", "srcset", "title", "width"})


def html(
    post: Post,
    *,
    native: bool,
    language: str,
    pictures: Mapping[str, Placed],
    lead: str | None,
    standfirst_shown: bool,
) -> str:
    """The post as HTML for ``source=html``.

    ``native``: pieces of Ghost's editor wherever nothing is lost by it; else one HTML card with all. ``lead`` is the
    address of the picture that the theme shows above the text, and ``standfirst_shown`` says that it shows that, too:
    they are left out here.
    """
    addresses = {url: placed.url for url, placed in pictures.items()}
    root = article.parse(article.html(post, language=language, pictures=addresses, lead_shown=lead is not None))
    if lead:
        article.drop_repeated(root, lead)
    if standfirst_shown:
        for element in [child for child in root if child.get("class") == "standfirst"]:
            element.drop_tree()
    _tell_sizes(root, pictures.values())
    blocks = _blocks(root)
    _tell_language(blocks, post.language or language, language)
    return "\n".join(_pieces(blocks)) if native else _card(blocks)


def _pieces(blocks: Iterable[HtmlElement]) -> Iterator[str]:
    """What fits as it is, the rest in cards; neighbours share one."""
    carded: list[HtmlElement] = []
    for block in blocks:
        plain = _plain(block)
        if plain is None:
            carded.append(block)
            continue
        if carded:
            yield _card(carded)
            carded = []
        yield _written(plain)
    if carded:
        yield _card(carded)


def _card(blocks: Iterable[HtmlElement]) -> str:
    inner = "\n".join(_written(_held_together(_dressed(block))) for block in blocks)
    return f"{BEGIN}\n{inner}\n{END}"


def _dressed(block: HtmlElement) -> HtmlElement:
    """The block with looks of its own where themes have none: they lay out the blocks that stand alone."""
    for element in block.iterdescendants(*_STACKED):
        before = element.getprevious()
        if before is not None and before.tag in {"summary", *_STACKED}:
            element.set("style", "margin-top:1em")
    for paragraph in block.iter("p"):
        for image in paragraph.iterchildren("img") if _loose_text(paragraph) else ():
            image.set("style", "display:inline-block;vertical-align:middle")
    for element in block.iter(*_LOOKS):
        element.set("style", _LOOKS[str(element.tag)])
    return block


def _held_together(block: HtmlElement) -> HtmlElement:
    """The block with each text that has ``<`` in it in an element of its own.

    Ghost writes a text that stands right in a card, and in no element, as if it were markup. None should; but where
    its parser takes elements apart that we think nested, the text must not become what it talks about.
    """
    for element in list(block.iter()):
        if "<" in (element.text or ""):
            span = lxml.html.Element("span")
            span.text, element.text = element.text, None
            element.insert(0, span)
        if element is not block and "<" in (element.tail or ""):
            span = lxml.html.Element("span")
            span.text, element.tail = element.tail, None
            element.addnext(span)
    return block


def _written(element: HtmlElement) -> str:
    """The element as HTML. No attribute may look like the end of a card: lxml leaves ``<!--`` in them as it is."""
    return str(lxml.html.tostring(element, encoding="unicode", with_tail=False)).replace("<!--", "&lt;!--")


# --- making blocks ---------------------------------------------------------------------------


def _blocks(box: HtmlElement) -> list[HtmlElement]:
    """The blocks in a box, none of them a mere box: the theme lays out the blocks that stand alone.

    Loose text and inline elements become paragraphs.
    """
    blocks: list[HtmlElement] = []
    loose = _paragraph(box.text, blocks)
    for child in list(box):
        tail, child.tail = child.tail, None
        if child.tag in _INLINE and _is_phrase(child):
            if loose is None:
                loose = _paragraph("", blocks, always=True)
            assert loose is not None
            loose.append(child)
            child.tail = tail
        else:
            blocks += _opened(child)
            loose = _paragraph(tail, blocks)
    return blocks


def _paragraph(text: str | None, blocks: list[HtmlElement], *, always: bool = False) -> HtmlElement | None:
    if not always and not (text or "").strip():
        return None
    paragraph = lxml.html.Element("p")
    paragraph.text = (text or "").lstrip()
    blocks.append(paragraph)
    return paragraph


def _opened(block: HtmlElement) -> list[HtmlElement]:
    if block.get("class") in article.OWN:
        if block.tag == "div" and _is_phrase(block):
            block.tag = "p"  # themes set paragraphs in another type than boxes
        return [block]
    if block.tag not in _BOXES:
        return [block]
    inside = _blocks(block)
    for child in inside:
        for name in ("lang", "dir"):
            if (value := block.get(name)) and not child.get(name):
                child.set(name, value)
    return inside


def _is_phrase(element: HtmlElement) -> bool:
    """Whether it holds nothing that would end a paragraph."""
    return all(inner.tag in _INLINE | _MEDIA for inner in element.iterdescendants())


def _tell_language(blocks: Iterable[HtmlElement], language: str, ours: str) -> None:
    """Says in which language the text is, and which way it runs, where that is not the blog's (WCAG, 3.1.2)."""
    if texts.same(language, ours):
        return
    for block in blocks:
        if block.get("class") in article.OWN:
            continue
        if not block.get("lang"):
            block.set("lang", language)
        if not block.get("dir") and texts.direction(language) != texts.direction(ours):
            block.set("dir", texts.direction(language))


def _tell_sizes(root: HtmlElement, pictures: Iterable[Placed]) -> None:
    """Gives copies their size: with it Ghost offers smaller ones to small screens, and the text does not jump."""
    sizes = {placed.url: placed for placed in pictures}
    for image in root.iter("img"):
        if placed := sizes.get(image.get("src", "")):
            image.set("width", str(placed.width))
            image.set("height", str(placed.height))


# --- what fits into the editor's own pieces --------------------------------------------------


def _plain(block: HtmlElement) -> HtmlElement | None:
    """The block as Ghost's editor takes it without loss; None where it can't."""
    tag = str(block.tag)
    if tag in {"figure", "img", "picture"} or (tag == "p" and block.find(".//img") is not None):
        return _picture(block)
    if set(block.attrib) - _HARMLESS and tag != "ol":
        return None
    if tag == "hr":
        return block
    if tag == "pre":
        return _code(block)
    if tag == "blockquote":
        return _quote(deepcopy(block))
    if tag in _LISTS:
        return _simplified(block) if _is_list(block) else None
    return _simplified(block) if tag in {"p", *_HEADINGS} and _is_text(block) else None


def _is_text(element: HtmlElement) -> bool:
    inside = list(element.iterdescendants())
    return all(child.tag in _KEPT | _TRANSPARENT | {"del"} and not set(child.attrib) - _HARMLESS for child in inside)


def _is_list(block: HtmlElement) -> bool:
    """Items of text, each of which may end in a list like this."""
    if set(block.attrib) - {"class", "start"}:
        return False
    for item in block:
        inside = list(item)
        if item.tag != "li" or item.attrib or (item.tail or "").strip():
            return False
        if inside and inside[-1].tag in _LISTS:
            nested = inside.pop()
            if not _is_list(nested) or (nested.tail or "").strip():
                return False
        if len(inside) == 1 and inside[0].tag == "p" and not (item.text or inside[0].tail or "").strip():
            inside = list(inside[0])
        if not all(child.tag in _KEPT | _TRANSPARENT | {"del"} and _is_text(child) for child in inside):
            return False
        if any(set(child.attrib) - _HARMLESS for child in inside):
            return False
    return True


def _quote(block: HtmlElement) -> HtmlElement | None:
    """A quote of text. The editor's has no paragraphs, so that they are parted by empty lines."""
    for element in block.iter("cite"):
        element.tag = "em"
    parts = _blocks(block)
    if not parts or not all(part.tag == "p" and not set(part.attrib) - _HARMLESS and _is_text(part) for part in parts):
        return None
    quote = lxml.html.Element("blockquote")
    for number, part in enumerate(parts):
        if number:
            quote.extend((lxml.html.Element("br"), lxml.html.Element("br")))
        part.tail = None
        quote.append(part)
    return _simplified(quote)


def _code(block: HtmlElement) -> HtmlElement | None:
    """``pre`` with ``code`` in it, which is how the editor knows a piece of code."""
    inside = list(block)
    if not inside:
        code = lxml.html.Element("code")
        code.text, block.text = block.text, None
        block.append(code)
        return block
    return (
        block
        if len(inside) == 1 and inside[0].tag == "code" and not len(inside[0]) and not _loose_text(block)
        else None
    )


def _picture(block: HtmlElement) -> HtmlElement | None:
    """A figure with one picture, perhaps linked, perhaps with a caption; all that a piece of the editor holds."""
    images = list(block.iter("img"))
    if len(images) != 1 or set(images[0].attrib) - _IMAGE or set(block.attrib) - _HARMLESS - _IMAGE:
        return None
    caption = block.find("figcaption")
    link = next(images[0].iterancestors("a"), None)
    inside = [child for child in block.iterdescendants() if caption not in (child, *child.iterancestors())]
    if any(child.tag not in {"a", "img", "p", "picture", "source"} for child in inside) or (
        caption is not None and caption.attrib
    ):
        return None
    shown = (block.text_content() or "").strip()
    if shown != ((caption.text_content() or "").strip() if caption is not None else ""):
        return None
    figure = lxml.html.Element("figure")
    holder = figure
    if link is not None and link.get("href"):
        holder = lxml.html.Element("a", href=link.get("href", ""))
        figure.append(holder)
    image = lxml.html.Element(
        "img", {name: value for name, value in images[0].attrib.items() if name not in {"srcset", "sizes"}}
    )
    holder.append(image)
    if caption is not None:
        caption.tail = None
        figure.append(caption)
    return figure


def _loose_text(block: HtmlElement) -> bool:
    return any((text or "").strip() for text in (block.text, *(child.tail for child in block)))


def _simplified(block: HtmlElement) -> HtmlElement:
    """The block without what the editor would stumble over: it drops ``del`` and keeps ``s``, which looks the same."""
    etree.strip_tags(block, *_TRANSPARENT, "p")
    for element in block.iterdescendants("del"):
        element.tag = "s"
    return block
