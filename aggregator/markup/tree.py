"""Reads HTML into an lxml tree as a browser would understand it, whatever it is; bounded."""

from __future__ import annotations

import re

import lxml.html
from lxml import etree

MAX_LENGTH = 5_000_000  #: characters of a whole document

#: Void elements of today that libxml2 takes for containers.
_VOID = ("source", "track", "wbr")
#: Characters that XML 1.0 (2.2) doesn't know, and that lxml therefore refuses to write.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9A-Fa-f]{1,8})|([0-9]{1,10}));?")


def document(source: str) -> lxml.html.HtmlElement | None:
    """The ``html`` element of a document; None where there is nothing in it.

    Comments and processing instructions are left out; elements deeper than 2,048 end the document.
    """
    source = _REFERENCE.sub(_writable, _UNWRITABLE.sub("", source[:MAX_LENGTH]))
    if not source.strip():
        return None
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
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
