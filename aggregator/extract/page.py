"""A fetched page, decoded and parsed once: what every part of extraction reads."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import lxml.html

from aggregator import urls
from aggregator.errors import ExtractError
from aggregator.markup import tree

MAX_BYTES = 5_000_000
MAX_ELEMENTS = 60_000

_HTML_TYPES = ("text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain", "")
_CHARSET = re.compile(rb"(?i)<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})")
_XML_CHARSET = re.compile(rb"(?i)^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_:.-]{2,40})")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
#: Names that mean another, larger encoding on the web (WHATWG Encoding, "names and labels").
_REALLY = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "ascii": "cp1252", "us-ascii": "cp1252"}
_REALLY |= {"iso-8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "shift-jis": "cp932"}
_REALLY |= {"x-sjis": "cp932", "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "tis-620": "cp874", "big5": "big5hkscs"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page as a tree, with the addresses that it is known by."""

    root: lxml.html.HtmlElement
    url: str | None  #: final address of the response
    base_url: str | None  #: what its relative addresses are relative to
    headers: Mapping[str, str] = field(default_factory=dict)  #: names in lower case; equal names joined with ", "


def read(body: bytes, *, url: str | None, headers: Mapping[str, str]) -> Page:
    """Decodes and parses a page; raises ExtractError where it is no HTML, empty or too large to be an article."""
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in _HTML_TYPES:
        raise ExtractError(f"not HTML: {media_type[:60]}")
    if not body.strip():
        raise ExtractError("empty page")
    if body.lstrip()[:5] in (b"%PDF-", b"\x89PNG\r") or b"\x00" * 8 in body[:200]:
        raise ExtractError("not HTML: binary")
    source = decode(body[:MAX_BYTES], headers.get("content-type", ""))
    if not re.search(
        r"<\s*(?:html|body|head|p|div|article|main|section|meta|table|title)\b", source[:200_000], re.IGNORECASE
    ):
        raise ExtractError("not HTML: no markup")
    root = tree.document(source)
    if root is None:
        raise ExtractError("empty page")
    if root.xpath("count(//*)") > MAX_ELEMENTS:
        raise ExtractError("too many elements")
    base = root.find(".//base[@href]")
    base_url = urls.resolve(url, base.get("href")) if base is not None else None
    return Page(root=root, url=url, base_url=base_url or url, headers=headers)


def decode(body: bytes, content_type: str) -> str:
    """The text of a page: by its byte order mark, the header's charset, what it declares itself, else UTF-8.

    The order is that of WHATWG HTML, "determining the character encoding"; bytes that don't fit are replaced.
    A declared encoding that doesn't fit gives way to UTF-8 where that does.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    head = body[:4096]
    declared = re.search(r"(?i)charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{2,40})", content_type)
    names = [declared.group(1)] if declared else []
    names += [match.group(1).decode("ascii") for match in (_CHARSET.search(head), _XML_CHARSET.search(head)) if match]
    for name in [*names, "utf-8"]:
        encoding = _REALLY.get(name.lower(), name)
        try:
            return body.decode(encoding)
        except (LookupError, UnicodeError, ValueError):
            continue
    return _least_damaged(body, names)


def _least_damaged(body: bytes, names: list[str]) -> str:
    candidates = []
    for name in [*names, "utf-8", "cp1252"]:
        try:
            candidates.append(body.decode(_REALLY.get(name.lower(), name), "replace"))
        except (LookupError, UnicodeError, ValueError):
            continue
    return min(candidates, key=lambda text: text.count("\ufffd"))
