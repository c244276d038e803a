"""What commonly keeps a feed from being well-formed, mended so that its ids and links stay what they were.

Bare ampersands are the case that matters: parsers that guess give ``?a=1&utm;_medium=2``, and the entry changes
its identity on the day the feed is mended at its source. All in linear time.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.entities import html5
from typing import Final

from aggregator.sources import names

_START = re.compile(r"<\?xml\b|<(?:[A-Za-z][\w.-]{0,20}:)?(?:rss|feed|RDF|channel)[\s>]")
_ENDS: Final = ("</rss>", "</feed>", "</rdf:RDF>", "</RDF>", "</atom:feed>")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_AMPERSAND = re.compile(r"&(?:#(\d{1,7});|#[xX]([0-9a-fA-F]{1,6});|([A-Za-z][A-Za-z0-9]{0,31});)?")
_STRAY = re.compile(r"<(?![A-Za-z_/!?])")
_PREFIX = re.compile(r"</?([A-Za-z_][\w.-]{0,40}):[A-Za-z_]|\s([A-Za-z_][\w.-]{0,40}):[A-Za-z_][\w.-]{0,40}\s*=\s*[\"']")
_DECLARED = re.compile(r"\bxmlns:([A-Za-z_][\w.-]{0,40})\s*=")
_ROOT = re.compile(r"<[A-Za-z_][\w.:-]*")
_MOST_PREFIXES: Final = 50
_OPENING = re.compile(r"<!\[CDATA\[|<!--")


def mended(document: str) -> str:
    """The document with what is around it cut off and with its characters, references and prefixes put right."""
    start = _START.search(document, 0, 20_000)
    document = _ILLEGAL.sub("", document[start.start() if start else 0 :])
    end = max(document.rfind(mark) + len(mark) if mark in document else -1 for mark in _ENDS)
    if end > 0:
        document = document[:end]
    return _with_prefixes("".join(_sections(document)))


def _sections(document: str) -> Iterator[str]:
    """The document in pieces: CDATA and comments as they are, the rest with its references put right."""
    position = 0
    while (opening := _OPENING.search(document, position)) is not None:
        closing = "-->" if opening[0] == "<!--" else "]]>"
        stop = document.find(closing, opening.end())
        if stop < 0:
            break
        yield _references_mended(document[position : opening.start()])
        position = stop + len(closing)
        yield document[opening.start() : position]
    yield _references_mended(document[position:])


def _references_mended(piece: str) -> str:
    return _STRAY.sub("&lt;", _AMPERSAND.sub(_reference, piece))


def _reference(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if name in {"amp", "lt", "gt", "quot", "apos"}:
        return match[0]
    if name:
        return html.escape(html5.get(f"{name};", "")) or f"&amp;{name};"
    if decimal or hexadecimal:
        code = int(decimal) if decimal else int(hexadecimal, 16)
        return match[0] if code in {9, 10, 13} or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE else ""
    return "&amp;"


def _with_prefixes(document: str) -> str:
    """The document with the prefixes declared that it uses and forgot to declare."""
    used = {first or second for first, second in _PREFIX.findall(document)}
    missing = sorted(used - set(_DECLARED.findall(document)) - {"xml", "xmlns"})[:_MOST_PREFIXES]
    root = _ROOT.search(document)
    if not missing or root is None:
        return document
    added = "".join(f' xmlns:{prefix}="{names.ADDRESSES.get(prefix, f"urn:undeclared:{prefix}")}"' for prefix in missing)
    return document[: root.end()] + added + document[root.end() :]
