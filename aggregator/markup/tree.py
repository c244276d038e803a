"""Reads HTML into an lxml tree as a browser would understand it, whatever it is; bounded."""

from __future__ import annotations

import lxml.html
from lxml import etree

MAX_LENGTH = 5_000_000  #: characters of a whole document

#: Void elements of today that libxml2 takes for containers.
_VOID = ("source", "track", "wbr")
_UNPARSABLE = {0: None, 0xFFFE: None, 0xFFFF: None} | dict.fromkeys(range(0xD800, 0xE000))


def document(source: str) -> lxml.html.HtmlElement | None:
    """The ``html`` element of a document; None where there is nothing in it.

    Comments and processing instructions are left out; elements deeper than 2,048 end the document.
    """
    source = source[:MAX_LENGTH].translate(_UNPARSABLE)
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
