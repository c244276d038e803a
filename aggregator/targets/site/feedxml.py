"""Writes feeds as Atom 1.0 (RFC 4287) and RSS 2.0."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import format_datetime

from lxml import etree

from aggregator.targets.site.feeds import FeedEntry, Outlet
from aggregator.types import Author

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

#: What XML 1.0 can't hold (section 2.2), and the control characters that nobody means.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def atom(outlet: Outlet) -> bytes:
    """The feed as an Atom document."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    root.set(XML_LANG, outlet.site.language or "en")
    _add(root, "id", outlet.id)
    _add(root, "title", outlet.title)
    if outlet.site.description:
        _add(root, "subtitle", outlet.site.description)
    _add(root, "updated", rfc3339(outlet.updated_at))
    _atom_author(root, Author(name=outlet.site.author or outlet.site.title, url=f"{outlet.site.base_url}/"))
    _link(root, "self", outlet.self_url, "application/atom+xml")
    _link(root, "alternate", outlet.home_url, "text/html")
    if outlet.site.generator:
        _add(root, "generator", "Wirecopy")
    for entry in outlet.entries:
        _atom_entry(root, entry)
    return _document(root)


def rss(outlet: Outlet) -> bytes:
    """The feed as an RSS 2.0 document."""
    root = etree.Element("rss", nsmap={"atom": ATOM, "content": CONTENT, "dc": DC}, version="2.0")
    channel = etree.SubElement(root, "channel")
    _plain(channel, "title", outlet.title)
    _plain(channel, "link", outlet.home_url)
    _plain(channel, "description", outlet.site.description or outlet.title)
    _plain(channel, "language", outlet.site.language or "en")
    _plain(channel, "lastBuildDate", rfc822(outlet.updated_at))
    if outlet.site.generator:
        _plain(channel, "generator", "Wirecopy")
    _plain(channel, "docs", "https://www.rssboard.org/rss-specification")
    _link(channel, "self", outlet.self_url, "application/rss+xml")
    for entry in outlet.entries:
        _rss_item(channel, entry)
    return _document(root)


def rfc3339(when: datetime) -> str:
    """A date as Atom and JSON Feed want it."""
    return when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def rfc822(when: datetime) -> str:
    """A date as RSS wants it, with the day's name and a four-digit year."""
    return format_datetime(when.astimezone(UTC), usegmt=True)


def fit(value: str) -> str:
    """Text without the characters that XML can't hold."""
    return _UNFIT.sub("", value)


def _atom_entry(feed: etree._Element, entry: FeedEntry) -> None:
    post = entry.post
    element = etree.SubElement(feed, f"{{{ATOM}}}entry")
    if post.language:
        element.set(XML_LANG, fit(post.language))
    _add(element, "id", entry.id)
    _add(element, "title", post.title)
    _add(element, "published", rfc3339(post.published_at))
    _add(element, "updated", rfc3339(entry.updated_at))
    for author in entry.authors:
        _atom_author(element, author)
    _link(element, "alternate", entry.url, "text/html")
    if entry.original:
        _link(element, "via", entry.original, "text/html")
    for enclosure in entry.enclosures:
        _link(element, "enclosure", enclosure.url, enclosure.type, length=enclosure.length)
    for tag in dict.fromkeys(post.tags):
        etree.SubElement(element, f"{{{ATOM}}}category", term=fit(tag))
    if post.credit.licence:
        _add(element, "rights", post.credit.licence)
    summary = post.standfirst or post.excerpt
    if summary:
        _add(element, "summary", summary)
    _add(element, "content", entry.html, type="html")
    _atom_source(element, entry)


def _atom_source(element: etree._Element, entry: FeedEntry) -> None:
    """The feed that it came from (RFC 4287, 4.2.11)."""
    post = entry.post
    identity = post.feed_url or post.source_url
    if not identity:
        return
    source = etree.SubElement(element, f"{{{ATOM}}}source")
    _add(source, "id", identity)
    _add(source, "title", post.source_name or post.feed_title or post.feed)
    _add(source, "updated", rfc3339(entry.updated_at))
    if post.feed_url:
        _link(source, "self", post.feed_url, "")
    if post.source_url:
        _link(source, "alternate", post.source_url, "text/html")


def _rss_item(channel: etree._Element, entry: FeedEntry) -> None:
    post = entry.post
    item = etree.SubElement(channel, "item")
    _plain(item, "title", post.title)
    _plain(item, "link", entry.url)
    etree.SubElement(item, "guid", isPermaLink="false").text = entry.id
    _plain(item, "pubDate", rfc822(post.published_at))
    for author in entry.authors:
        _plain(item, f"{{{DC}}}creator", author.name)
    for tag in dict.fromkeys(post.tags):
        _plain(item, "category", tag)
    if post.feed_url:
        source = etree.SubElement(item, "source", url=fit(post.feed_url))
        source.text = fit(post.source_name or post.feed_title or post.feed)
    _plain(item, "description", post.standfirst or post.excerpt)
    _plain(item, f"{{{CONTENT}}}encoded", entry.html)
    # RSS readers expect one enclosure at most, and its three attributes are required.
    whole = [one for one in entry.enclosures if one.type and one.length is not None]
    for one in whole[:1]:
        etree.SubElement(item, "enclosure", url=fit(one.url), length=str(one.length), type=fit(one.type))


def _atom_author(element: etree._Element, author: Author) -> None:
    person = etree.SubElement(element, f"{{{ATOM}}}author")
    _add(person, "name", author.name)
    if author.url:
        _add(person, "uri", author.url)


def _link(element: etree._Element, rel: str, href: str, type_: str, *, length: int | None = None) -> None:
    link = etree.SubElement(element, f"{{{ATOM}}}link", rel=rel, href=fit(href))
    if type_:
        link.set("type", fit(type_))
    if length is not None:
        link.set("length", str(length))


def _add(element: etree._Element, name: str, value: str, **attributes: str) -> None:
    etree.SubElement(element, f"{{{ATOM}}}{name}", attributes).text = fit(value)


def _plain(element: etree._Element, name: str, value: str) -> None:
    etree.SubElement(element, name).text = fit(value)


def _document(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")
