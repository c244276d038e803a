"""Writes the kept blocks of a page as plain, flat HTML: paragraphs, headings, lists, quotes, tables, figures."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import accumulate

import lxml.html
from lxml import etree

from aggregator.extract.blocks import INLINE, STRUCTURE, Event, Outline, Token, is_inline
from aggregator.extract.speech import Speech
from aggregator.markup import embeds, images

#: Inline elements that are kept, and under which name.
_KEPT_INLINE = {
    tag: tag
    for tag in "a abbr b bdi cite code del dfn em i ins kbd mark q ruby rp rt s samp small strong sub sup u var".split()
}
_KEPT_INLINE |= {"strike": "s", "tt": "code", "acronym": "abbr", "bdo": "bdi"}
_KEPT_ATTRIBUTES = {"a": ("href", "title"), "abbr": ("title",), "acronym": ("title",), "q": ("cite",), "bdo": ("dir",)}
_KEPT_ATTRIBUTES |= {
    "ol": ("start", "reversed", "type"),
    "li": ("value",),
    "blockquote": ("cite",),
    "details": ("open",),
}
_KEPT_ATTRIBUTES |= {"td": ("colspan", "rowspan"), "th": ("colspan", "rowspan", "scope"), "pre": ("class",)}
_KEPT_ATTRIBUTES |= {"code": ("class",), "ins": ("datetime",), "del": ("datetime",)}
_PHRASING = frozenset("p h1 h2 h3 h4 h5 h6 dt summary figcaption caption footer".split())  #: hold text, never blocks
_MIXED = frozenset("li td th dd".split())  #: hold a text or blocks
_ONLY_IN = {"li": ("ul", "ol"), "tr": ("table", "thead", "tbody", "tfoot"), "td": ("tr",), "th": ("tr",)}
_ONLY_IN |= {"thead": ("table",), "tbody": ("table",), "tfoot": ("table",), "caption": ("table",), "dt": ("dl",)}
_ONLY_IN |= {"dd": ("dl",), "figcaption": ("figure",), "summary": ("details",), "footer": ("blockquote",)}
_CAPTION = re.compile(
    r"(?i)[\s_-](?:[\w-]*captions?(?:-text)?|image-?(?:credit|description)|media-?(?:credit|description)|photo-?credit)[\s_-]"
)
_CAPTION_TAGS = frozenset({"div", "p", "dd", "section", "footer", "h6", "h5", "h4"})
_KEEPABLE = frozenset({Event.TEXT, Event.MEDIUM})
_MAY_BE_EMPTY = frozenset("td th br hr img iframe video audio source track".split())
_LANGUAGE = re.compile(
    r"(?:^|\s)(?:brush:\s*|lang(?:uage)?-|highlight-(?:source-)?|sourceCode\s+)([A-Za-z0-9_+#-]{1,20})(?=$|[\s;])"
)


class Writer:
    """Takes the tokens of a page one by one and builds a body of its own."""

    def __init__(self, base_url: str | None) -> None:
        self.base_url = base_url
        self.body = lxml.html.Element("body")
        self.stack: list[lxml.html.HtmlElement] = [self.body]  #: open structure in the output
        self.opened: list[tuple[lxml.html.HtmlElement, lxml.html.HtmlElement | None]] = []  #: source, output or None
        self.inline: list[lxml.html.HtmlElement] = []  #: open inline elements of the source
        self.written: list[lxml.html.HtmlElement] = []  #: their copies in the paragraph that is open
        self.implied = False  #: the paragraph that is open has none in the source
        self.breaks = 0
        self.pre = 0
        self.speech = Speech()

    def run(
        self, outline: Outline, keep: Callable[[int, Token], bool], extra: dict[int, list[str]]
    ) -> lxml.html.HtmlElement:
        """The output's body. ``extra`` holds paragraphs to put in before a token."""
        tokens, ends = outline.tokens, outline.ends
        kept = [token.event in _KEEPABLE and keep(number, token) for number, token in enumerate(tokens)]
        ahead = [*accumulate((flag or number in extra for number, flag in enumerate(kept)), initial=0)]
        number = 0
        while number < len(tokens):
            token = tokens[number]
            if token.event is Event.OPEN and ahead[ends[number] + 1] == ahead[number]:
                self.part(token.element)
                number = ends[number] + 1  # nothing in it is kept
                continue
            for line in extra.get(number, ()):
                self.paragraph(line)
            self.take(token, kept=kept[number])
            number += 1
        for line in extra.get(len(outline.tokens), ()):
            self.paragraph(line)
        _prune(self.body)
        return self.body

    def take(self, token: Token, *, kept: bool) -> None:
        """One step of the walk."""
        if token.event is Event.OPEN:
            self.open(token.element)
        elif token.event is Event.CLOSE:
            self.close(token.element)
        elif token.event is Event.BREAK:
            self.line_break()
        elif token.event is Event.TEXT and kept:
            self.text(token.text)
        elif token.event is Event.MEDIUM and kept:
            self.medium(token.element)

    def part(self, element: lxml.html.HtmlElement) -> None:
        """Passes an element of which nothing is kept: it parts paragraphs all the same, and a rule is drawn."""
        if not is_inline(element, str(element.tag)):
            self.end_paragraph()
            if element.tag == "hr" and self.fits("hr"):
                etree.SubElement(self.stack[-1], "hr")

    def open(self, element: lxml.html.HtmlElement) -> None:
        tag = str(element.tag)
        if is_inline(element, tag):
            if tag in _KEPT_INLINE and len(self.inline) < 12:
                self.inline.append(element)
            return
        self.end_paragraph()
        self.speech.enter(element)
        if self.is_caption(element, tag):
            self.caption(element)
            return
        if tag not in STRUCTURE or not self.fits(tag):
            return
        if tag == "hr":
            etree.SubElement(self.stack[-1], "hr")
            return
        if tag == "p":
            return  # opened when its text comes
        if tag == "table" and not is_data(element):
            return
        copy = etree.SubElement(self.stack[-1], tag, _attributes(element, self.base_url))
        self.speech.tell(copy)
        self.stack.append(copy)
        self.opened.append((element, copy))
        self.pre += tag == "pre"

    def is_caption(self, element: lxml.html.HtmlElement, tag: str) -> bool:
        """Whether an element that isn't marked up as a caption is one, by its name and its place."""
        if tag not in _CAPTION_TAGS or not _CAPTION.search(f" {element.get('class') or ''} "[:200]):
            return False
        figure = self._figure()
        return figure is not None and figure.find("figcaption") is None

    def caption(self, element: lxml.html.HtmlElement) -> None:
        """Opens a caption in the figure that stands before."""
        figure = self._figure()
        if figure is not None:
            figure.tag = "figure"
            copy = etree.SubElement(figure, "figcaption")
            self.stack.append(copy)
            self.opened.append((element, copy))

    def _figure(self) -> lxml.html.HtmlElement | None:
        """The figure or lone picture that the output has just ended in."""
        top = self.stack[-1]
        last = top if top.tag == "figure" else top[-1] if len(top) else None
        if last is None or last.tag not in {"figure", "p"} or last.find(".//img") is None:
            return None
        return last if last.tag == "figure" or not last.text_content().strip() else None

    def fits(self, tag: str) -> bool:
        """Whether an element may stand where the output is now."""
        top = str(self.stack[-1].tag)
        if tag in _ONLY_IN:
            return top in _ONLY_IN[tag]
        return top not in _PHRASING and top != "pre" and len(self.stack) < 40

    def close(self, element: lxml.html.HtmlElement) -> None:
        tag = str(element.tag)
        if is_inline(element, tag):
            if self.inline and self.inline[-1] is element:
                self.inline.pop()
                del self.written[len(self.inline) :]
            return
        self.end_paragraph()
        self.speech.leave(element)
        if self.opened and self.opened[-1][0] is element:
            self.opened.pop()
            self.stack.pop()
            self.pre -= tag == "pre"

    def end_paragraph(self) -> None:
        if self.implied:
            self.stack.pop()
            self.implied = False
        self.written.clear()
        self.breaks = 0

    def text(self, text: str) -> None:
        if not self.pre:
            text = re.sub(r"\s+", " ", text)
        holder = self.holder(blank=not text.strip())
        if holder is None:
            return
        if not self.pre and text.startswith(" ") and _ends_in_space(holder):
            text = text[1:]
        if self.breaks and text.strip() and (len(holder) or (holder.text or "").strip()):
            etree.SubElement(holder, "br")
            text = text.lstrip()
        self.breaks = 0 if text.strip() else self.breaks
        for element in self.inline[len(self.written) :]:
            if text.strip() or self.pre:
                tag = _KEPT_INLINE[str(element.tag)]
                holder = etree.SubElement(holder, tag, _attributes(element, self.base_url))
                self.written.append(holder)
        _append(holder, text)

    def holder(self, *, blank: bool) -> lxml.html.HtmlElement | None:
        """The element that takes a text now; opens a paragraph where one is needed."""
        if self.written:
            return self.written[-1]
        top = self.stack[-1]
        tag = str(top.tag)
        if tag in _PHRASING or self.pre or (tag in _MIXED and len(top) == 0) or (tag in _MIXED and _is_inline(top[-1])):
            return top if not blank or top.text or len(top) else None
        if blank:
            return None
        if tag in {"ul", "ol", "dl", "table", "thead", "tbody", "tfoot", "tr"}:
            inner = {"dl": "dd", "tr": "td", "ul": "li", "ol": "li"}.get(tag)
            if inner is None:
                return None
            paragraph = etree.SubElement(top, inner)
        else:
            paragraph = etree.SubElement(top, "p")
        self.speech.tell(paragraph)
        self.stack.append(paragraph)
        self.implied = True
        return paragraph

    def line_break(self) -> None:
        if self.pre:
            self.text("\n")
            return
        self.breaks += 1
        if self.breaks >= 2 and self.implied:
            self.end_paragraph()
            self.breaks = 0
        elif self.breaks == 1 and self.written:
            _append(self.written[-1], " ")

    def paragraph(self, line: str) -> None:
        """Puts a paragraph after what is open now."""
        self.end_paragraph()
        etree.SubElement(self.body, "p").text = line

    def medium(self, element: lxml.html.HtmlElement) -> None:
        copy = medium(element, self.base_url)
        if copy is None:
            return
        link = next((source for source in self.inline if source.tag == "a"), None)
        inline = copy.tag == "img"
        if self.implied and not inline:
            self.end_paragraph()
        top = self.stack[-1]
        if str(top.tag) in {"ul", "ol", "dl", "table", "thead", "tbody", "tfoot", "tr", "pre"} | (
            _PHRASING if not inline else set()
        ):
            top = self.body
        if inline and top.tag != "p" and str(top.tag) not in _PHRASING | _MIXED | {"figure"}:
            top = etree.SubElement(top, "p" if self.inline and link is None else "figure")
        del link
        top.append(copy)


def medium(element: lxml.html.HtmlElement, base_url: str | None) -> lxml.html.HtmlElement | None:
    """A clean copy of a picture, player or recording; None where it shows nothing."""
    tag = str(element.tag)
    if tag in {"img", "amp-img"}:
        return _picture(element, base_url)
    if tag in {"picture", "noscript"}:
        image = element.find(".//img")
        if image is not None:
            return _picture(image, base_url)
        found = images.source(etree.SubElement(element, "img"), base_url) if tag == "picture" else None
        return lxml.html.Element("img", src=found) if found else None
    if tag in {"iframe", "amp-iframe", "amp-youtube"}:
        frame = lxml.html.Element(
            "iframe", {key: value for key, value in element.attrib.items() if key in {"src", "title", "data-src"}}
        )
        if tag == "amp-youtube" and element.get("data-videoid"):
            frame.set("src", f"https://www.youtube.com/embed/{element.get('data-videoid')}")
        for name in ("data-lazy-src", "data-litespeed-src"):
            if element.get(name):
                frame.set("data-src", str(element.get(name)))
        return frame if embeds.settle(frame, base_url) else None
    if tag in {"video", "audio"}:
        return _recording(element)
    return None


def is_data(table: lxml.html.HtmlElement) -> bool:
    """Whether a table shows data rather than lays out a page."""
    if table.get("role") in {"presentation", "none"} or table.find(".//table") is not None:
        return False
    rows = table.xpath("./tr | ./*/tr")[:200]
    columns = max((len(row) for row in rows), default=0)
    if columns < 2 or len(rows) < 2:
        return table.find(".//th") is not None and columns >= 1 and len(rows) >= 2
    return all(len(cell.text_content()) < 1500 for row in rows[:20] for cell in row)


def _picture(image: lxml.html.HtmlElement, base_url: str | None) -> lxml.html.HtmlElement | None:
    address = None if images.is_tracker(image) else images.source(image, base_url)
    if address is None:
        return None
    copy = lxml.html.Element("img", src=address)
    for name in ("alt", "width", "height"):
        value = image.get(name)
        if value and (name == "alt" or images.pixels(value)):
            copy.set(name, value.strip()[:1000])
    return copy


def _recording(element: lxml.html.HtmlElement) -> lxml.html.HtmlElement | None:
    source = element.get("src") or next((part.get("src") for part in element.iter("source") if part.get("src")), None)
    if not source or source.startswith("blob:"):
        return None
    copy = lxml.html.Element(str(element.tag), src=source)
    if element.get("poster"):
        copy.set("poster", str(element.get("poster")))
    return copy


def _attributes(element: lxml.html.HtmlElement, base_url: str | None) -> dict[str, str]:
    tag = str(element.tag)
    found = {name: str(element.get(name)) for name in _KEPT_ATTRIBUTES.get(tag, ()) if element.get(name) is not None}
    if tag in {"pre", "code"}:
        found.pop("class", None)
        parent = element.getparent()
        for owner in (element, parent) if parent is not None else (element,):
            match = _LANGUAGE.search(owner.get("class") or "")
            if match:
                found["class"] = f"language-{match.group(1).lower()}"
                break
    return found


def _append(holder: lxml.html.HtmlElement, text: str) -> None:
    if len(holder):
        holder[-1].tail = (holder[-1].tail or "") + text
    else:
        holder.text = (holder.text or "") + text


def _ends_in_space(holder: lxml.html.HtmlElement) -> bool:
    text = holder[-1].tail if len(holder) else holder.text
    return text is not None and text.endswith(" ")


def _is_inline(element: lxml.html.HtmlElement) -> bool:
    return element.tag in INLINE


def _prune(body: lxml.html.HtmlElement) -> None:
    """Removes what holds nothing, innermost first, and space at the ends of blocks."""
    for element in reversed(list(body.iterdescendants())):
        tag = str(element.tag)
        if tag in _MAY_BE_EMPTY:
            if tag == "br" and (element.getnext() is None and not (element.tail or "").strip()):
                element.drop_tag()
            continue
        if len(element) == 0 and not (element.text or "").strip():
            tail = element.tail
            parent = element.getparent()
            if tail and parent is not None:
                previous = element.getprevious()
                if previous is not None:
                    previous.tail = (previous.tail or "") + tail
                else:
                    parent.text = (parent.text or "") + tail
            if parent is not None:
                parent.remove(element)
            continue
        if tag == "tr" and not element.text_content().strip() and element.find(".//img") is None:
            element.drop_tree()
        elif tag == "figure" and len(element) == 1 and element[0].tag == "figcaption":
            element[0].drop_tag()  # a caption without its picture is a line of text
            element.tag = "p"
    for element in body.iter(*_PHRASING, *_MIXED):
        if element.text:
            element.text = element.text.lstrip()
