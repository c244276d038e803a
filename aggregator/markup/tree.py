"""Reads HTML into an lxml tree as a browser would understand it, whatever it is; bounded."""

from __future__ import annotations

import re

import lxml.html
from lxml import etree

MAX_LENGTH = 5_000_000  #: characters of a whole document

MAX_TAG = 20_000  #: characters of a tag that are read without a closer look
MAX_ATTRIBUTES = 200

_TAG_START = re.compile("<[A-Za-z]")
#: Void elements of today that libxml2 takes for containers.
_VOID = ("source", "track", "wbr")
#: Characters that XML 1.0 (2.2) doesn't know, and that lxml therefore refuses to write.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9A-Fa-f]{1,8})|([0-9]{1,10}));?")


def document(source: str) -> lxml.html.HtmlElement | None:
    """The ``html`` element of a document; None where there is nothing in it.

    Comments and processing instructions are left out; an element deeper than 255 others ends the document.
    """
    source = _REFERENCE.sub(_writable, _UNWRITABLE.sub("", source[:MAX_LENGTH]))
    source = _without_endless_tags(source)
    if not source.strip():
        return None
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = lxml.html.document_fromstring(source.encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    for element in list(root.iter(*_VOID)):
        _empty(element)
    return root


def body(source: str) -> lxml.html.HtmlElement | None:
    """The ``body`` element around a fragment (or of a document); None where there is nothing in it."""
    root = document(f"<html><body>{source}</body></html>") if source.strip() else None
    return None if root is None else root.find("body")


def formulas(root: lxml.html.HtmlElement) -> None:
    """Turns every MathML formula into its TeX or else its text: all that can be kept of it as plain HTML."""
    for element in list(root.iter("math")):
        source = element.xpath("string(.//*[local-name()='annotation'][contains(@encoding, 'tex')])")
        label = str(source) or element.get("alttext") or " ".join(" ".join(element.itertext()).split())
        tail = element.tail
        element.clear()
        element.tag, element.text, element.tail = "span", label, tail


def _without_endless_tags(source: str) -> str:
    """The source with tags of very many attributes cut short: libxml2 compares each attribute with all others."""
    parts = source.split(">")
    if max(map(len, parts)) <= MAX_TAG:
        return source
    for number, part in enumerate(parts):
        start = _TAG_START.search(part) if len(part) > MAX_TAG else None
        if start and len(part) - start.start() > MAX_TAG and len(part[start.start() :].split()) > MAX_ATTRIBUTES:
            parts[number] = " ".join(
                [part[: start.start()], *part[start.start() :].split(maxsplit=MAX_ATTRIBUTES)[:-1]]
            )
    return ">".join(parts)


def _writable(reference: re.Match[str]) -> str:
    """A character reference, or nothing where it means a character that can't be written."""
    number = int(reference.group(1), 16) if reference.group(1) else int(reference.group(2))
    if number > 0x10FFFF or _UNWRITABLE.match(chr(number)):
        return ""
    return reference.group()


def _empty(element: lxml.html.HtmlElement) -> None:
    """Moves what a void element seems to hold behind it."""
    parent = element.getparent()
    if parent is None or (element.text is None and len(element) == 0):
        return
    tail, place = element.tail, parent.index(element)
    element.tail, element.text = element.text, None
    children = list(element)
    for offset, child in enumerate(children, start=1):
        parent.insert(place + offset, child)
    last = children[-1] if children else element
    last.tail = (last.tail or "") + (tail or "") or None
