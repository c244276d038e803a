"""Text to an XML tree: strictly first, then with what commonly breaks feeds repaired.

The reader resolves no entity, opens no file and no connection, never sees a document type declaration, and keeps
libxml2's own limits (depth 256, text nodes of 10 MB).
"""

from __future__ import annotations

from lxml import etree

from aggregator.errors import ParseError
from aggregator.sources import repair

_RESOURCE_LIMIT = 114  #: XML_ERR_RESOURCE_LIMIT


def read(document: str) -> tuple[etree._Element | None, tuple[str, ...]]:
    """The root element and notes on what was repaired; no element where the document is beyond repair.

    Raises ParseError for documents that are made to exhaust a parser.
    """
    note = ""
    if "<!DOCTYPE" not in document:
        try:
            return _parse(document.lstrip("\ufeff \t\r\n")), ()
        except etree.XMLSyntaxError as error:
            note = f"not well-formed: {str(error).partition(' (<')[0]}"[:200]
    try:
        root = _parse(repair.mended(document))
    except etree.XMLSyntaxError as error:
        return None, (note or f"not well-formed: {str(error).partition(' (<')[0]}"[:200],)
    return root, (note, "repaired") if note else ()


def _parse(document: str) -> etree._Element:
    # A parser of its own for each document: they keep names and are not to be shared between threads.
    parser = etree.XMLParser(
        encoding="utf-8",  # overrules the XML declaration, which spoke of bytes that are gone
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(document.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        if error.code == _RESOURCE_LIMIT:
            raise ParseError(f"XML beyond sensible limits: {error.msg}"[:300]) from error
        raise
