"""Atom 0.3 and 1.0 (RFC 4287) in a tree of elements."""

from __future__ import annotations

import base64
import binascii
from itertools import islice
from typing import Final

from aggregator import urls
from aggregator.sources import fields, limits, media, shared, text
from aggregator.sources.fields import Element, Fields
from aggregator.sources.names import Names
from aggregator.sources.shared import Document
from aggregator.types import Author, Entry, Origin, Parsed

_PLAIN: Final = frozenset({"text", "text/plain"})
_PUBLISHED: Final = ("atom:published", "atom:issued", "dcterms:issued", "dc:date", "atom:created", "pubdate")
_ALTERNATE: Final = "http://www.iana.org/assignments/relation/alternate"
#: The longest base64 that is decoded, in characters.
_BASE64: Final = limits.HTML * 4 // 3


def read(root: Element, document: Document) -> Parsed:
    """The feed in a ``feed`` element; an ``entry`` at the root is a feed of one entry (RFC 4287, 2)."""
    feed = Fields(root, document.names)
    alone = document.names[str(root.tag)] == "atom:entry"
    base, _ = fields.base(root, document.url) if document.rebased else (document.url, False)
    items = iter([root]) if alone else iter(_entries(root, document.names))
    first = list(islice(items, limits.ENTRIES))
    inherited = () if alone else shared.authors(feed, document)
    site = None if alone else _link(feed, base)
    return Parsed(
        title="" if alone else _line(feed.first("atom:title", "dc:title")),
        subtitle=_line(feed.first("atom:subtitle", "atom:tagline")),
        site_url=site,
        self_url=None if alone else shared.link(feed, "self", base),
        hub_url=shared.link(feed, "hub", base),
        next_url=shared.link(feed, "next", base),
        language=shared.language(feed),
        rights=_line(feed.first("atom:rights", "atom:copyright", "dc:rights")),
        generator=text.line(feed.text("atom:generator")),
        image_url=urls.resolve(base, feed.text("atom:logo", "atom:icon")),
        update_period=shared.update_period(feed),
        entries=tuple(_entry(entry, document, inherited, site) for entry in first),
        left_out=sum(1 for _ in items),
        deleted=() if alone else shared.deleted(root, document.names),
        complete=not alone and shared.complete(feed),
        method="atom",
    )


def _entries(root: Element, names: Names) -> list[Element]:
    return [child for child in root if names[str(child.tag)] in ("atom:entry", "item")]


def _entry(element: Element, document: Document, inherited: tuple[Author, ...], site: str | None) -> Entry:
    entry = Fields(element, document.names)
    base, declared = fields.base(element, document.url) if document.rebased else (document.url, False)
    body = entry.first("atom:content", "content:encoded", "xhtml:body")
    if document.rebased:
        body_base, declared = fields.base(body if body is not None else element, document.url)
    else:
        body_base = base
    link = _link(entry, base)
    original = urls.resolve(base, entry.text("feedburner:origlink"))
    url = original or link
    raw = shared.raw(entry, document)
    if original and link and link != original:
        raw["rss:link"] = link
    source = entry.first("atom:source")
    source_fields = Fields(source, document.names) if source is not None else None
    attached = media.enclosures(entry, base)
    guid = entry.text("atom:id", "guid")
    return Entry(
        guid=text.visible(guid[: limits.GUID]) or None,
        url=url,
        title=_line(entry.first("atom:title", "dc:title", "media:title")),
        summary=_summary(entry),
        content=_content(entry, body),
        authors=shared.authors(entry, document)
        or (shared.authors(source_fields, document) if source_fields else ())
        or inherited,
        published_at=shared.date(entry, *_PUBLISHED),
        updated_at=shared.date(entry, "atom:updated", "atom:modified", "dcterms:modified"),
        tags=shared.tags(entry),
        enclosures=attached,
        images=media.images(entry, base, document.names, attached),
        origin=_origin(source_fields, document),
        language=shared.language(entry)
        or (text.literal(body.get(shared.LANG), 40) or None if body is not None else None),
        rights=_line(entry.first("atom:rights", "atom:copyright", "dc:rights")),
        comments_url=_replies(entry, base),
        base_url=body_base if declared else url or site or document.url or None,
        raw=raw,
    )


def _link(holder: Fields, base: str) -> str | None:
    """The alternate, HTML before other types (RFC 4287, 4.2.7.2)."""
    second = None
    for element in holder.all("atom:link"):
        if (element.get("rel") or "alternate").strip().lower() not in ("alternate", _ALTERNATE):
            continue
        url = urls.resolve(base, element.get("href") or fields.text(element))
        if url and (element.get("type") or "text/html").strip().lower() in ("text/html", "application/xhtml+xml"):
            return url
        second = second or url
    return second


def _replies(entry: Fields, base: str) -> str | None:
    """Where the entry is discussed: a ``replies`` link to a page (RFC 4685)."""
    for element in entry.all("atom:link"):
        if element.get("rel") == "replies" and (element.get("type") or "text/html") == "text/html":
            url = urls.resolve(base, element.get("href"))
            if url:
                return url
    return urls.resolve(base, entry.text("comments"))


def _summary(entry: Fields) -> str:
    element = entry.first("atom:summary", "description", "dc:description")
    if element is not None:
        return _html(element)
    described = entry.first("media:description")
    return text.escaped(fields.text(described)) if described is not None else ""


def _content(entry: Fields, body: Element | None) -> str:
    """The content; of several (Atom 0.3) the first that is HTML and not empty."""
    several = entry.all("atom:content")
    if not several:
        return text.block(fields.markup(body)) if body is not None else ""
    several.sort(key=lambda each: _type(each) in _PLAIN)
    return next((html for html in map(_html, several) if html), "")


def _html(element: Element) -> str:
    """A text construct or a content as HTML (RFC 4287, 3.1 and 4.1.3; Atom 0.3 with ``mode``)."""
    if len(element):
        return text.block(fields.xhtml(element))
    kind, value = _type(element), _value(element)
    if kind.startswith(("image/", "audio/", "video/")):
        return ""
    if kind not in _PLAIN or (element.get("type") is None and text.is_markup(value)):
        return text.block(value)  # no type means plain text, but who writes closing tags means HTML
    return text.escaped(value)


def _line(element: Element | None) -> str:
    """A text construct as one line of plain text."""
    if element is None:
        return ""
    value = _value(element)
    if len(element):
        return text.literal(value)
    if _type(element) not in _PLAIN:
        return text.line(value)
    meant = element.get("type") is None or element.get("mode") == "escaped"
    return text.line(value) if meant and text.is_markup(value) else text.literal(value)


def _value(element: Element) -> str:
    """The text; decoded where it is base64: by ``mode`` (0.3), or a type that is neither text nor XML (1.0)."""
    kind, mode = _type(element), (element.get("mode") or "").lower()
    binary = "/" in kind and not kind.startswith("text/") and not kind.endswith(("xml", "html"))
    value = fields.text(element)
    return _decoded(value) if mode == "base64" or (binary and not mode) else value


def _type(element: Element) -> str:
    return (element.get("type") or "text").partition(";")[0].strip().lower()


def _decoded(value: str) -> str:
    """What base64 stands for, where it is base64 and of text."""
    try:
        return base64.b64decode("".join(value[:_BASE64].split()), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return value


def _origin(source: Fields | None, document: Document) -> Origin | None:
    """``source``: the feed that an entry was copied from (RFC 4287, 4.2.11)."""
    if source is None:
        return None
    identifier = source.text("atom:id")
    feed_url = shared.link(source, "self", document.url) or urls.resolve(None, identifier)
    url = _link(source, document.url)
    name = _line(source.first("atom:title")) or (urls.host(url) if url else "")
    return Origin(name=name[: limits.NAME], url=url, feed_url=feed_url) if name else None
