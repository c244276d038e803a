"""The children of a channel, an item or an entry, by name; and their text and markup."""

from __future__ import annotations

import html
from typing import Final

from lxml import etree

from aggregator import urls
from aggregator.sources import names

_BASE: Final = names.XML + "base"
_MOST_ALIKE: Final = 200  #: elements of one name that are looked at
_VOID: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)

Element = etree._Element  # noqa: SLF001 - lxml has no public name for the class of its elements


class Fields:
    """What an element holds, for look-ups by name."""

    __slots__ = ("element", "found")

    def __init__(self, element: Element, known: names.Names) -> None:
        self.element = element
        self.found: dict[str, list[Element]] = {}
        self._take(element, known)

    def all(self, *wanted: str) -> list[Element]:
        """All elements of these names, name by name."""
        found = self.found
        elements: list[Element] = []
        for name in wanted:
            if name in found:
                elements += found[name]
        return elements

    def first(self, *wanted: str) -> Element | None:
        """The first element of the first name that there is one of."""
        for name in wanted:
            if name in self.found:
                return self.found[name][0]
        return None

    def text(self, *wanted: str) -> str:
        """The first text that is not empty, in the order of the names."""
        found = self.found
        for name in wanted:
            if name in found:
                for element in found[name]:
                    value = text(element)
                    if value:
                        return value
        return ""

    def _take(self, element: Element, known: names.Names) -> None:
        found = self.found
        for child in element:
            name = known[str(child.tag)]
            if name == "media:group":
                self._take(child, known)
                continue
            alike = found.get(name)
            if alike is None:
                found[name] = [child]
            elif len(alike) < _MOST_ALIKE:
                alike.append(child)


def text(element: Element) -> str:
    """The text of an element and of all within it, without white space at the ends."""
    if len(element) == 0:
        value = element.text
        return value.strip() if value else ""
    pieces = [element.text or ""]
    for child in element.iterdescendants():
        pieces += (child.text or "", child.tail or "")
    return "".join(pieces).strip()


def markup(element: Element) -> str:
    """The content of an element as HTML: text as it stands, where elements are mixed in, those as tags."""
    if len(element) == 0:
        return text(element)
    out: list[str] = []
    # Where markup is mixed in, text is text; but some escape it all the same.
    _write_content(element, out, escape="<" not in (element.text or ""))
    return "".join(out).strip()


def xhtml(element: Element) -> str:
    """The content of an element whose children are XHTML.

    A single ``div`` around it is not part of it (RFC 4287, 3.1.1.3).
    """
    alone = len(element) == 1 and not (element.text or "").strip() and not (element[0].tail or "").strip()
    if alone and names.local(element[0].tag).lower() == "div":
        element = element[0]
    out: list[str] = []
    _write_content(element, out, escape=True)
    return "".join(out).strip()


def base(element: Element | None, document_url: str) -> tuple[str, bool]:
    """The address that relative ones within an element are relative to, and whether the document declares one."""
    url, declared = document_url, False
    if element is None:
        return url, declared
    for value in reversed([each.get(_BASE, "") for each in (element, *element.iterancestors())]):
        resolved = urls.resolve(url, value) if value else None
        if resolved:
            url, declared = resolved, True
    return url, declared


def _write_content(element: Element, out: list[str], *, escape: bool) -> None:
    # libxml2 lets nothing through that is nested deeper than 256, so recursion is bounded.
    out.append(html.escape(element.text or "", quote=False) if escape else element.text or "")
    for child in element:
        _write(child, out, escape=escape)
        out.append(html.escape(child.tail or "", quote=False) if escape else child.tail or "")


def _write(element: Element, out: list[str], *, escape: bool) -> None:
    name = names.local(element.tag)
    attributes = "".join(
        f' {names.local(key)}="{html.escape(value)}"' for key, value in element.attrib.items() if key != _BASE
    )
    out.append(f"<{name}{attributes}>")
    _write_content(element, out, escape=escape)  # a void element holds what follows it where its end was forgotten
    if name.lower() not in _VOID:
        out.append(f"</{name}>")
