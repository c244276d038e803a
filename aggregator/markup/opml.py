"""OPML 2.0 (opml.org/spec2.opml): lists of feeds in and out.

Reading forgives what list keepers get wrong (bare ampersands, spelling of attributes); entities are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from lxml import etree

from aggregator import urls
from aggregator.errors import ParseError

MAX_FEEDS: Final = 5_000
MAX_BYTES: Final = 10_000_000
_NAME: Final = 300  #: characters of a title or a group
_GROUPS: Final = 20  #: groups of one feed
_BARE = re.compile(rb"&(?!(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);)")
_ILLEGAL = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff\ud800-\udfff]")

Element = etree._Element  # noqa: SLF001 - lxml has no public name for the class of its elements


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlFeed:
    """One feed of a list."""

    title: str
    xml_url: str  #: the feed
    html_url: str | None = None  #: the site that it belongs to
    groups: tuple[str, ...] = ()  #: where the list keeps it; parts of nested groups are joined by ``/``


def read(body: bytes) -> tuple[OpmlFeed, ...]:
    """The feeds of a list in its order, each once with all its groups; raises ParseError for what is no OPML."""
    if len(body) > MAX_BYTES:
        raise ParseError(f"an OPML of more than {MAX_BYTES // 1_000_000} MB")
    found: dict[str, OpmlFeed] = {}
    for outline in _root(body).iter("{*}outline"):
        if len(found) >= MAX_FEEDS:
            break
        feed = _feed(outline)
        if feed is None:
            continue
        known = found.setdefault(feed.xml_url, feed)
        groups = tuple(dict.fromkeys((*known.groups, *feed.groups)))[:_GROUPS]
        found[feed.xml_url] = replace(known, groups=groups)
    return tuple(found.values())


def write(title: str, feeds: Sequence[OpmlFeed]) -> bytes:
    """A list as OPML 2.0: each feed within the outline of its first group, other groups as ``category``."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = _clean(title)
    body = etree.SubElement(root, "body")
    outlines: dict[tuple[str, ...], Element] = {(): body}
    for feed in feeds:
        path = tuple(part for part in feed.groups[0].split("/") if part) if feed.groups else ()
        name = _clean(feed.title) or feed.xml_url
        attributes = {"type": "rss", "text": name, "title": name, "xmlUrl": feed.xml_url}
        if feed.html_url:
            attributes["htmlUrl"] = feed.html_url
        if feed.groups[1:]:
            attributes["category"] = ",".join("/" + _clean(group).replace(",", " ") for group in feed.groups[1:])
        etree.SubElement(_outline(outlines, path), "outline", attributes)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _root(body: bytes) -> Element:
    if b"<!ENTITY" in body or b"<\x00!\x00E\x00N\x00T\x00I\x00T\x00Y" in body:
        raise ParseError("an OPML that declares entities is not read")
    try:
        root = _parsed(body.lstrip(b" \t\r\n"))
    except etree.XMLSyntaxError as error:
        try:
            root = _parsed(_BARE.sub(b"&amp;", body.lstrip(b" \t\r\n")))
        except etree.XMLSyntaxError:
            raise ParseError(f"not well-formed XML: {error.msg}"[:300]) from error
    name = etree.QName(root).localname
    if name.lower() != "opml":
        raise ParseError(f"not OPML but XML that begins with <{name[:40]}>")
    return root


def _parsed(body: bytes) -> Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    return etree.fromstring(body, parser)


def _feed(outline: Element) -> OpmlFeed | None:
    attributes = {str(key).lower(): str(value) for key, value in outline.attrib.items()}
    address = attributes.get("xmlurl", "").strip()
    if address.lower().startswith("feed:"):  # an old way to say "subscribe": feed://host/path, feed:https://host/path
        address = re.sub(r"(?i)^feed:(?://(?!/))?(?=https?:)|^feed:(?=//)", "", address)
        address = f"http:{address}" if address.startswith("//") else address
    xml_url = urls.resolve(None, address)
    if xml_url is None:
        return None
    title = _clean(attributes.get("title", "")) or _clean(attributes.get("text", "")) or urls.host(xml_url)
    nested = "/".join(reversed(list(_above(outline))))
    groups = dict.fromkeys(group for group in (nested, *_categories(attributes.get("category", ""))) if group)
    html_url = urls.resolve(None, attributes.get("htmlurl"))
    return OpmlFeed(title=title, xml_url=xml_url, html_url=html_url, groups=tuple(groups)[:_GROUPS])


def _above(outline: Element) -> Iterator[str]:
    """The names of the outlines around one, innermost first."""
    for ancestor in outline.iterancestors("{*}outline"):
        name = _clean(ancestor.get("title") or ancestor.get("text") or "")
        if name:
            yield name


def _categories(value: str) -> Iterator[str]:
    """``/Boston/Weather,/Harvard/Berkman``: paths parted by commas."""
    for category in value[:4_000].split(","):
        parts = (_clean(part) for part in category.split("/"))
        yield "/".join(part for part in parts if part)


def _outline(outlines: dict[tuple[str, ...], Element], path: tuple[str, ...]) -> Element:
    for length in range(1, len(path) + 1):
        if path[:length] not in outlines:
            parent, name = outlines[path[: length - 1]], _clean(path[length - 1])
            outlines[path[:length]] = etree.SubElement(parent, "outline", text=name, title=name)
    return outlines[path]


def _clean(value: str) -> str:
    return " ".join(_ILLEGAL.sub(" ", value[: 4 * _NAME]).split())[:_NAME]
