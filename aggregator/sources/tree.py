"""Text to an XML tree: strictly first, then with what commonly breaks feeds repaired.

The reader resolves no entity, opens no file and no connection, never sees a document type declaration, and keeps
libxml2's own limits (depth 256, text nodes of 10 MB).
"""

from __future__ import annotations

import re

from lxml import etree

from aggregator.errors import ParseError
from aggregator.sources import repair

# Expressions that begin with a letter are searched for at the speed of memory; these run over every document.
_C1 = re.compile(rb"\xc2([\x80-\x9f])")
_C1_REFERENCE = re.compile(rb"&#(?:1([2-5]\d)|[xX]([89][0-9a-fA-F]));")
_RESOURCE_LIMIT = 114  #: XML_ERR_RESOURCE_LIMIT


def read(document: str) -> tuple[etree._Element | None, tuple[str, ...]]:
    """The root element and notes on what was repaired; no element where the document is beyond repair.

    Raises ParseError for a document that is made to exhaust a parser.
    """
    note = ""
    if "<!DOCTYPE" not in document:
        try:
            return _parse(document.lstrip("\ufeff \t\r\n")), ()
        except etree.XMLSyntaxError as error:
            note = _note(error)
    document = repair.mended(document)
    try:
        return _parse(document), (note, "repaired") if note else ()
    except etree.XMLSyntaxError as error:
        note = note or _note(error)
    try:
        return _parse(repair.nested(document)), (note, "repaired: tags did not nest")
    except etree.XMLSyntaxError:
        return None, (note,)


def _note(error: etree.XMLSyntaxError) -> str:
    return f"not well-formed: {str(error).partition(' (<')[0]}"[:200]


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
        return etree.fromstring(_usual(document.encode("utf-8", "replace")), parser)
    except etree.XMLSyntaxError as error:
        if error.code == _RESOURCE_LIMIT:
            raise ParseError(f"XML beyond sensible limits: {error.msg}"[:300]) from error
        raise


def _usual(document: bytes) -> bytes:
    """The document with C1 controls read as Windows-1252, which is what their writers meant, as HTML 5 has it too."""
    if not document.isascii():
        document = _C1.sub(lambda match: _windows(match[1][0]), document).replace(b"\xef\xbb\xbf", b"")
    if b"&#" in document:
        document = _C1_REFERENCE.sub(
            lambda match: _windows(int(match[2], 16) if match[2] else 100 + int(match[1])), document
        )
    return document.replace(b"\x7f", b"")


def _windows(code: int) -> bytes:
    if code not in range(0x80, 0xA0):
        return b"&#%d;" % code
    return bytes((code,)).decode("cp1252", "ignore").encode()
