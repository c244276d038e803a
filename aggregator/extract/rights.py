"""Under which licence a page stands, and which uses it reserves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import lxml.html

from aggregator import urls
from aggregator.markup.structured import Structured

_CC = re.compile(
    r"(?i)^https?://(?:[\w-]+\.)?creativecommons\.org/(?:licen[sc]es/(?:by|sampling|nc|sa|nd)[\w+-]*|publicdomain/(?:zero|mark))(?:/\d\.\d)?"
)
_CC_TEXT = re.compile(
    r"(?i)\bCC[ -](BY(?:[ -](?:NC|ND|SA))*|0)(?:[ -]?(\d\.\d))?\b|"
    r"Creative[ -]Commons[ -](?:Lizenz\s+)?(?:Namensnennung|Attribution)(?:[\w ,–-]{0,60})"
)
#: Directives that have a value after a colon; any other word before one is a robot's name.
_WITH_VALUE = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})
PRODUCT = "wirecopy"  #: our product token, by which a site may address us
_HEADER = 2_000  #: characters of a field that are looked at
_RESERVING = frozenset({"noarchive", "noindex", "nosnippet", "none", "noai", "noimageai", "nocache", "max-snippet:0"})


def licence(root: lxml.html.HtmlElement, said: Structured, base_url: str | None) -> str:
    """The address (or else the name) of the page's licence; empty where none is told.

    Links with ``rel=license`` first, then structured data, then any link to a Creative Commons licence, then
    a licence named in the page's footer.
    """
    related = list(said.licences)
    for address in related:
        if _CC.match(address):
            return address
    claimed = [claim.licence for claim in said.claims if claim.licence]
    for value in claimed:
        if _CC.match(value) or (value.startswith("http") and not urls.same_site(value, base_url or "")):
            return value
    links = root.xpath("//a[contains(@href, 'creativecommons.org/')]/@href")
    for href in links[:20]:
        address = urls.resolve(base_url, str(href)) or ""
        if _CC.match(address):
            return address
    if related:
        return related[0]
    return _named(root) or next((value for value in claimed if not value.startswith("http") and len(value) <= 80), "")


def reservations(said: Structured, headers: Mapping[str, str]) -> tuple[str, ...]:
    """The signals that hold back use: robots meta, ``X-Robots-Tag``, TDM reservation in meta or header."""
    out: dict[str, None] = {}
    for directive in said.robots:
        if _reserves(directive):
            out[f"robots: {directive}"] = None
    for directive in _header_directives(headers.get("x-robots-tag", "")):
        out[f"x-robots-tag: {directive}"] = None
    if said.tdm_reservation.strip() == "1" or headers.get("tdm-reservation", "").split(",")[0].strip() == "1":
        out["tdm-reservation: 1"] = None
    return tuple(out)


def _reserves(directive: str) -> bool:
    return directive.replace(" ", "") in _RESERVING


def _header_directives(value: str) -> Iterator[str]:
    """The directives of ``X-Robots-Tag`` that are meant for everybody or for us, not for another robot by name.

    A robot's name counts for the directive that it stands before: several fields come joined, so that it can't
    be told how far a name reaches, and a directive too many is better than one too few.
    """
    for part in value.lower()[:_HEADER].split(","):
        name, colon, rest = (piece.strip() for piece in part.partition(":"))
        named = bool(colon) and name not in _WITH_VALUE
        if named and name not in {"*", PRODUCT}:
            continue
        directive = rest if named else part.strip()
        if _reserves(directive):
            yield directive.replace(" ", "")


def _named(root: lxml.html.HtmlElement) -> str:
    shown = root.text_content()
    if "CC" not in shown and "reative" not in shown:
        return ""
    places: Iterable[lxml.html.HtmlElement] = root.xpath(
        "//footer | //*[contains(@id,'footer') or contains(@class,'footer') or contains(@class,'licen') or contains(@class,'copyright')]"
    )
    for place in list(places)[:10]:
        match = _CC_TEXT.search(" ".join(" ".join(place.itertext()).split())[:5000])
        if match and match.group(1):
            version = f" {match.group(2)}" if match.group(2) else ""
            kind = match.group(1).upper().replace(" ", "-")
            return f"CC{kind}{version}" if kind == "0" else f"CC {kind}{version}"
    return ""
