"""What commonly keeps a feed from being well-formed, mended so that its ids and links stay what they were.

Bare ampersands are the case that matters: parsers that guess give ``?a=1&utm;_medium=2``, and the entry changes
its identity on the day the feed is mended at its source. All in linear time.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from html.entities import html5
from itertools import islice
from typing import Final

from aggregator.sources import names

_ROOT = re.compile(r"(?i)<((?:[a-z][\w.-]{0,20}:)?(?:rss|feed|RDF|channel))(?=[\s>])[^<>]{0,20000}>")
_DOCTYPE_BEGUN = re.compile(r"(?i)<!DOCTYPE\b")
_DOCTYPE = re.compile(r"(?i)<!DOCTYPE\b[^\[>]{0,2000}(?:\[(?P<subset>.*?)\]\s*)?>", re.DOTALL)
_ENTITY = re.compile(r"""<!ENTITY\s+([A-Za-z][\w.-]{0,63})\s+(?:"([^"<%]{0,200})"|'([^'<%]{0,200})')\s*>""")
_MOST_ENTITIES: Final = 1_000
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_BARE = re.compile(r"&(?!(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][\w.-]{0,63});)")
_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][\w.-]{0,63}));")
_TAG = re.compile(r"<(/?)([A-Za-z_][\w.:-]{0,100})((?:\s[^<>]*)?/?)>")
_STRAY = re.compile(r"<(?![A-Za-z_/!?])")
_PREFIX = re.compile(
    r"""</?([A-Za-z_][\w.-]{0,40}):[A-Za-z_]|\s([A-Za-z_][\w.-]{0,40}):[A-Za-z_][\w.-]{0,40}\s*=\s*["']"""
)
_DECLARED = re.compile(r"\bxmlns:([A-Za-z_][\w.-]{0,40})\s*=")
_PADDED = re.compile(r"""(\bxmlns(?::[\w.-]{1,40})?\s*=\s*)(["'])\s*([^"'<>\s]{1,500})\s*\2""")
_MOST_PREFIXES: Final = 50
ENTRY = re.compile(r"(?i)<(?:[a-z][\w.-]{0,20}:)?(?:item|entry)[\s>]")
_BEGUN = re.compile(r"<(item|entry)[\s>]")
_IDENTIFIED = re.compile(r"</(?:guid|id)>")
_CLOSED = re.compile(r"</[A-Za-z][\w.:-]{0,60}>")
_OPENING = re.compile(r"<!\[CDATA\[|<!--")


def mended(document: str) -> str:
    """The document from its root to its end, with its characters, references and prefixes put right.

    Without a document type declaration: the entities that it declares are put in where they are short and plain.
    """
    root = _ROOT.search(document, 0, 200_000)
    if root is None:
        return document
    entities = _declared_entities(document[: root.start()])
    document = _ended(_ILLEGAL.sub("", document[root.start() :]), root[1])
    pieces = "".join(_sections(document, partial(_text_mended, entities=entities)))
    return _with_prefixes(_PADDED.sub(r"\1\2\3\2", pieces, count=_MOST_PREFIXES))


def nested(document: str) -> str:
    """The document with tags that nest: an end without a beginning is dropped, a beginning without an end is ended.

    ``item`` and ``entry`` end where the next one begins. (Parsers that recover by themselves take any end for that
    of the last beginning, and what follows lands in the channel.)
    """
    pending: list[str] = []  # the names of the elements that are open, outermost first
    number: Counter[str] = Counter()

    def ended(name: str) -> str:
        ends = ""
        while True:
            last = pending.pop()
            number[last] -= 1
            ends += f"</{last}>"
            if last == name:
                return ends

    def balanced(match: re.Match[str]) -> str:
        slash, name, rest = match.groups()
        if slash:
            return ended(name) if number[name] else ""
        before = ended(name) if name in ("item", "entry") and number[name] else ""
        if not rest.endswith("/"):
            pending.append(name)
            number[name] += 1
        return before + match[0]

    pieces = list(_sections(document, lambda piece: _TAG.sub(balanced, piece)))
    return "".join((*pieces, *(f"</{name}>" for name in reversed(pending))))


def entries_begun(document: str) -> int:
    """How many entries begin in a document, as far as can be told without a parser."""
    return sum(1 for _ in ENTRY.finditer(document))


def _declared_entities(prolog: str) -> dict[str, str]:
    # The first one alone: a search would try each of many to the end of the prolog.
    start = _DOCTYPE_BEGUN.search(prolog)
    doctype = _DOCTYPE.match(prolog, start.start()) if start else None
    if doctype is None or not doctype["subset"]:
        return {}
    found = islice(_ENTITY.finditer(doctype["subset"]), _MOST_ENTITIES)
    return {match[1]: html.unescape(match[2] or match[3] or "") for match in found}


def _ended(document: str, root: str) -> str:
    """The document up to the end of its root; one that was cut short is closed after what is whole of it."""
    end = document.rfind(f"</{root}>")
    if end >= 0:
        return document[: end + len(root) + 3]
    last = max(document.rfind(mark) + len(mark) if mark in document else 0 for mark in ("</item>", "</entry>"))
    rest = _begun(document[last:])
    if not last and not rest:
        return document
    return document[:last] + rest + ("</channel>" if root.lower() == "rss" else "") + f"</{root}>"


def _begun(rest: str) -> str:
    """The whole elements of an entry that was cut short, if its id is among them: without, it were another entry."""
    if rest.rfind("<![CDATA[") > rest.rfind("]]>"):
        rest = rest[: rest.rfind("<![CDATA[")]
    start, identified = _BEGUN.search(rest), _IDENTIFIED.search(rest)
    if start is None or identified is None:
        return ""
    end = max((match.end() for match in _CLOSED.finditer(rest)), default=0)
    return f"{rest[start.start() : end]}</{start[1]}>"


def _sections(document: str, treat: Callable[[str], str]) -> Iterator[str]:
    """The document in pieces: CDATA and comments as they are, the rest treated."""
    position = 0
    while (opening := _OPENING.search(document, position)) is not None:
        closing = "-->" if opening[0] == "<!--" else "]]>"
        stop = document.find(closing, opening.end())
        if stop < 0:
            break
        yield treat(document[position : opening.start()])
        position = stop + len(closing)
        yield document[opening.start() : position]
    yield treat(document[position:])


def _text_mended(piece: str, entities: Mapping[str, str]) -> str:
    def character(match: re.Match[str]) -> str:
        decimal, hexadecimal, name = match.groups()
        if name:
            return html.escape(entities.get(name) or html5.get(f"{name};", "")) or f"&amp;{name};"
        code = int(decimal) if decimal else int(hexadecimal, 16)
        return match[0] if code in {9, 10, 13} or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE else ""

    piece = _REFERENCE.sub(character, _BARE.sub("&amp;", piece))
    return _STRAY.sub("&lt;", piece).replace("]]>", "]]&gt;")


def _with_prefixes(document: str) -> str:
    """The document with the prefixes declared that it uses and forgot to declare."""
    used = {first or second for first, second in _PREFIX.findall(document)}
    missing = sorted(used - set(_DECLARED.findall(document)) - {"xml", "xmlns"})[:_MOST_PREFIXES]
    if not missing:
        return document
    added = "".join(f' xmlns:{prefix}="{names.ADDRESSES.get(prefix, "urn:undeclared")}"' for prefix in missing)
    name = re.match(r"<[\w.:-]+", document)
    return f"{name[0]}{added}{document[name.end() :]}" if name else document
