"""RSS 0.9x, 1.0 (RDF) and 2.0 in a tree of elements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit

from aggregator import urls
from aggregator.sources import fields, limits, media, shared, text
from aggregator.sources.fields import Element, Fields
from aggregator.sources.shared import Document
from aggregator.types import Entry, Origin, Parsed

_PUBLISHER = re.compile(r"(?i)<font\b[^<>]*>([^<>]{1,200})</font>\s*(?:</[a-z]+>\s*)*$")


def read(root: Element, document: Document) -> Parsed:
    """The feed below an ``rss``, ``rdf:RDF`` or ``channel`` element."""
    holder = _channel(root, document)
    channel = Fields(holder, document.names)
    base, _ = fields.base(holder, document.url) if document.rebased else (document.url, False)
    items = _items(root, holder, document)
    first = list(islice(items, limits.ENTRIES))
    site = _site(channel, base)
    return Parsed(
        title=_title(channel),
        subtitle=text.line(channel.text("description", "atom:subtitle", "itunes:subtitle", "dc:description")),
        site_url=site,
        self_url=shared.link(channel, "self", base),
        hub_url=shared.link(channel, "hub", base),
        next_url=shared.link(channel, "next", base),
        language=shared.language(channel) or text.literal(root.get(shared.LANG), 40) or None,
        rights=text.line(channel.text("copyright", "dc:rights", "atom:rights", "media:copyright")),
        generator=text.line(channel.text("generator", "atom:generator")),
        image_url=_image(root, channel, site or base, document),
        ttl=shared.minutes(channel.text("ttl")),
        update_period=shared.update_period(channel),
        skip_hours=shared.skip_hours(channel, document.names),
        skip_days=shared.skip_days(channel, document.names),
        entries=tuple(_entry(item, document, site) for item in first),
        left_out=sum(1 for _ in items),
        deleted=shared.deleted(holder, document.names),
        complete=shared.complete(channel),
        method="rss",
    )


def _channel(root: Element, document: Document) -> Element:
    if document.names[str(root.tag)] == "channel":
        return root
    named = (child for child in root if document.names[str(child.tag)] == "channel")
    return next(named, root)


def _items(root: Element, channel: Element, document: Document) -> Iterator[Element]:
    """The items: in the channel (0.91 on), or beside it (0.90, 1.0), or in several channels."""
    for child in root:
        name = document.names[str(child.tag)]
        if name in ("item", "atom:entry"):
            yield child
        elif name in ("channel", "items") and root is not channel:
            yield from _items(child, child, document)


def _entry(element: Element, document: Document, site: str | None) -> Entry:
    item = Fields(element, document.names)
    base, declared = fields.base(element, document.url) if document.rebased else ("", False)
    if not declared:
        base = site or document.url  # feeds are often kept on another host than the site that they speak of
    guid = _guid(item)
    link = _link(item, base)
    original = urls.resolve(base, item.text("feedburner:origlink"))
    url = original or link
    raw = shared.raw(item, document)
    if original and link and link != original:
        raw["rss:link"] = link
    title, summary, content = _title(item), _summary(item), _content(item)
    attached = media.enclosures(item, base)
    return Entry(
        guid=text.visible(guid[: limits.GUID]) or None,
        url=url,
        title=title,
        summary=summary,
        content=content,
        authors=shared.authors(item, document),
        published_at=shared.date(item, "pubdate", "dc:date", "dcterms:issued", "dcterms:created", "atom:published"),
        updated_at=shared.date(item, "atom:updated", "dcterms:modified", "lastbuilddate", "atom:modified"),
        tags=shared.tags(item),
        enclosures=attached,
        images=media.images(item, base, document.names, attached),
        origin=_origin(item, title, summary, document),
        language=shared.language(item),
        rights=text.line(item.text("copyright", "dc:rights", "atom:rights", "media:copyright")),
        comments_url=urls.resolve(base, item.text("comments")),
        base_url=base if declared else url or base or None,
        raw=raw,
    )


def _guid(item: Fields) -> str:
    """The identifier as it stands, even where it holds markup; an RDF node has it in an attribute."""
    for element in item.all("guid", "atom:id"):
        guid = fields.markup(element)
        if guid:
            return guid
    return shared.about(item.element)


def _title(holder: Fields) -> str:
    for element in holder.all("title", "atom:title", "dc:title", "media:title"):
        title = text.line(fields.text(element))
        if title:
            return title
    return ""


def _link(item: Fields, base: str) -> str | None:
    """``link``, else a ``guid`` that is a permalink (RSS 2.0), else an Atom link."""
    if url := _plain_link(item, base):
        return url
    for element in item.all("guid"):
        guid = fields.text(element)
        permalink = (element.get("isPermaLink") or element.get("ispermalink") or "true").strip().lower() != "false"
        if permalink and guid.lower().startswith(("http://", "https://")) and (url := urls.resolve(None, guid)):
            return url
    return _alternate(item, base) or urls.resolve(base, item.element.get("HREF") or item.element.get("href"))


def _plain_link(holder: Fields, base: str) -> str | None:
    """``link``, also written as Atom's; of several the last, as feedparser has it: both must see one address."""
    for element in reversed(holder.all("link")):
        if (element.get("rel") or "alternate") == "alternate":
            url = urls.resolve(base, fields.text(element) or element.get("href"))
            if url:
                return url
    return None


def _alternate(holder: Fields, base: str) -> str | None:
    for element in holder.all("atom:link"):
        if (element.get("rel") or "alternate") == "alternate":
            url = urls.resolve(base, element.get("href") or fields.text(element))
            if url:
                return url
    return None


def _site(channel: Fields, base: str) -> str | None:
    return _plain_link(channel, base) or _alternate(channel, base) or urls.resolve(base, channel.element.get("HREF"))


def _summary(item: Fields) -> str:
    for element in item.all("summary", "description", "atom:summary", "dc:description", "itunes:summary"):
        summary = text.block(fields.markup(element))
        if summary:
            return summary
    described = item.first("media:description")
    if described is None:
        return ""
    plain = (described.get("type") or "plain") == "plain"  # Media RSS 1.5.1: "plain" is the default
    value = fields.text(described)
    return text.escaped(value) if plain and not text.is_markup(value) else text.block(value)


def _content(item: Fields) -> str:
    for element in item.all("content:encoded", "xhtml:body", "xhtml:div", "body", "fullitem", "atom:content"):
        content = text.block(fields.markup(element))
        if content:
            return content
    if "summary" in item.found and "description" in item.found:  # then the description is the longer of the two
        return text.block(fields.markup(item.found["description"][0]))
    return ""


def _image(root: Element, channel: Fields, base: str, document: Document) -> str | None:
    pictures = channel.all("image") or [child for child in root if document.names[str(child.tag)] == "image"]
    for element in pictures[:5]:
        url = urls.resolve(base, Fields(element, document.names).text("url") if len(element) else fields.text(element))
        if url:
            return url
    for element in channel.all("itunes:image", "webfeeds:icon", "media:thumbnail"):
        url = urls.resolve(base, element.get("href") or element.get("url") or fields.text(element))
        if url:
            return url
    return urls.resolve(base, channel.text("atom:logo", "atom:icon"))


def _origin(item: Fields, title: str, summary: str, document: Document) -> Origin | None:
    """``source``: the feed that the item comes from (RSS 2.0); news aggregators give the publisher's site there."""
    element = item.first("source", "atom:source")
    if element is None:
        return None
    if len(element):
        inner = Fields(element, document.names)
        name, site = _title(inner)[: limits.NAME], _alternate(inner, document.url)
        return Origin(name=name, url=site, feed_url=shared.link(inner, "self", document.url)) if name else None
    name = text.line(fields.text(element), limits.NAME)
    address = urls.resolve(document.url, element.get("url"))
    if not name:
        return None
    if address and (_is_site(address) or _names_publisher(name, title, summary)):
        return Origin(name=name, url=address)
    return Origin(name=name, feed_url=address)


def _names_publisher(name: str, title: str, summary: str) -> bool:
    """Whether title and description end in the publisher's name, as Google News writes them."""
    last = _PUBLISHER.search(summary[-400:])
    return title.endswith(f" - {name}") and last is not None and text.line(last[1], limits.NAME) == name


def _is_site(address: str) -> bool:
    parts = urlsplit(address)
    return parts.path in ("", "/") and not parts.query
