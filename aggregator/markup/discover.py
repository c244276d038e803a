"""Finds the feeds that a page offers: declared ones first, then links that look like feeds, then usual places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import lxml.html

from aggregator import urls
from aggregator.markup import text, tree

MAX_LINKS = 40
MAX_LOOKED_AT = 5000  #: links of a page that are looked at

_TYPES = {
    "application/rss+xml": "application/rss+xml",
    "application/atom+xml": "application/atom+xml",
    "application/rdf+xml": "application/rdf+xml",
    "application/feed+json": "application/feed+json",
    "application/json": "application/feed+json",
    "application/xml": "application/xml",
    "text/xml": "application/xml",
    "application/x.atom+xml": "application/atom+xml",
    "application/x-atom+xml": "application/atom+xml",
}
_FEED_PATH = re.compile(
    r"(?i)(?:/(?:feed|feeds|rss|rss2|atom)(?:\.(?:xml|json|php|rdf|aspx?))?/?$|\.(?:rss|atom|rdf)$"
    r"|/(?:index|feed|rss|atom|news|all|blog)\.(?:xml|rdf|json)$|/feeds?/|[?&](?:feed|format|type)=(?:rss2?|atom|feed)\b)"
)
_FEED_LABEL = re.compile(
    r"(?i)^\W*(?:(?:subscribe|abonnieren|our|via|full)?\W*(?:rss|atom|xml|json)(?:[\W_]*feeds?)?|web ?feeds?|feeds?)\W*$"
)
_NO_FEED = re.compile(r"(?i)(?:/comments?/|comments?/feed|wp-json|/oembed|replies)")
#: Where blog software and sites keep their feeds, the commonest first.
_USUAL = ("/feed/", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml", "/rss", "/feed.json", "/feeds/posts/default")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    """A feed that a page offers, or may offer."""

    url: str
    title: str = ""
    type: str = ""  #: media type as declared, or empty
    guess: bool = False  #: nobody named it: a usual place that is worth asking


def feeds(html: str, url: str) -> tuple[FeedLink, ...]:
    """The feeds of a page, each address once, the likeliest first.

    Declared with ``rel=alternate`` (RSS Autodiscovery; WHATWG HTML, 4.6.6.1) in the page's order, the feeds of
    comments last; then links that look like feeds; then guesses at usual places of the site.
    """
    root = tree.document(html)
    found: dict[str, FeedLink] = {}
    if root is not None:
        base = root.find(".//base[@href]")
        base_url = (urls.resolve(url, base.get("href")) if base is not None else None) or url
        declared = list(_declared(root, base_url))
        for link in [*(link for link in declared if not _is_comments(link)), *filter(_is_comments, declared)]:
            found.setdefault(urls.compare_key(link.url), link)
        for link in _linked(root, base_url):
            if len(found) < MAX_LINKS:
                found.setdefault(urls.compare_key(link.url), link)
    for link in _guesses(url):
        found.setdefault(urls.compare_key(link.url), link)
    return tuple(found.values())[:MAX_LINKS]


def _declared(root: lxml.html.HtmlElement, base_url: str) -> Iterator[FeedLink]:
    for _, element in zip(range(MAX_LOOKED_AT), root.iter("link"), strict=False):
        relations = (element.get("rel") or "").lower().split()
        if "alternate" not in relations and "feed" not in relations:
            continue
        declared = (element.get("type") or "").partition(";")[0].strip().lower()
        kind = _TYPES.get(declared, "")
        address = urls.resolve(base_url, element.get("href"))
        if address is None or (_NO_FEED.search(address) and "wp-json" in address):
            continue
        if kind == "application/xml" or declared == "application/json":
            kind = kind if _FEED_PATH.search(address) else ""
        if kind or "feed" in relations:
            yield FeedLink(url=address, title=text.line(element.get("title") or "", 120), type=kind)


def _is_comments(link: FeedLink) -> bool:
    return (
        _NO_FEED.search(link.url) is not None or re.search(r"(?i)comment|kommentar|comentario", link.title) is not None
    )


def _linked(root: lxml.html.HtmlElement, base_url: str) -> Iterator[FeedLink]:
    for _, element in zip(range(MAX_LOOKED_AT), root.iter("a"), strict=False):
        address = urls.resolve(base_url, element.get("href"))
        if address is None or not urls.same_site(address, base_url) or _NO_FEED.search(address):
            continue
        label = text.line(" ".join(element.itertext())[:500] or element.get("title") or "", 120)
        parts = urlsplit(address)
        if _FEED_PATH.search(f"{parts.path}{'?' + parts.query if parts.query else ''}") or _FEED_LABEL.match(label):
            yield FeedLink(url=address, title=label)


def _guesses(url: str) -> Iterator[FeedLink]:
    parts = urlsplit(url)
    if not parts.hostname:
        return
    origin = f"{parts.scheme}://{parts.netloc}"
    folder = parts.path.rpartition("/")[0]
    if folder and folder != "/":
        address = urls.resolve(None, f"{origin}{folder}/feed/")
        if address:
            yield FeedLink(url=address, guess=True)
    for path in _USUAL:
        address = urls.resolve(None, origin + path)
        if address:
            yield FeedLink(url=address, guess=True)
