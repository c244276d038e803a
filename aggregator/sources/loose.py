"""Documents that no XML parser takes, read by feedparser."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import timedelta
from itertools import islice, pairwise
from typing import Final
from xml.sax import SAXException

import feedparser

from aggregator import urls
from aggregator.errors import ParseError
from aggregator.sources import dates, limits, repair, text
from aggregator.types import Author, Enclosure, Entry, Image, Origin, Parsed

Record = Mapping[str, object]

_LONGEST: Final = 4_000_000  #: characters that are given to feedparser
_MOST_TAGS: Final = 50_000
_LONG_TAG = re.compile(r"<[^<>]{2000,}>")
_LONG_NAME = re.compile(
    r"""(?i)(<(?:[a-z]\w{0,20}:)?(?:author|creator|contributor|publisher|owner|name|email|managingEditor|webMaster)
    \b[^<>]{0,500}>\s*(?:<!\[CDATA\[)?[^<\]]{500})[^<\]]*""",
    re.VERBOSE,
)
_CATEGORY = re.compile(r"(?i)<(?:[a-z]\w{0,20}:)?(?:category|subject|keywords|tags)\b")


def read(document: str, url: str) -> Parsed | None:
    """What feedparser finds in a document; None where it finds no feed."""
    document, more = _bounded(repair.mended(document))
    found = _ask(document)
    feed, entries = found["feed"], found["entries"]
    if not found.get("version") and not entries:
        return None
    # In the address of a feed's site feedparser leaves "&amp" where "&amp;" was.
    site = urls.resolve(url, _string(feed, "link").replace("&amp", "&"))
    base = url if found["version"].startswith("atom") else site or url
    return Parsed(
        title=text.line(_string(feed, "title")),
        subtitle=text.line(_string(feed, "subtitle")),
        site_url=site,
        self_url=_link(feed, "self", url),
        hub_url=_link(feed, "hub", url),
        next_url=_link(feed, "next", url),
        language=_string(feed, "language")[:40] or None,
        rights=text.line(_string(feed, "rights")),
        generator=text.line(_string(feed, "generator")),
        image_url=urls.resolve(url, _string(feed.get("image") or {}, "href") or _string(feed, "logo")),
        ttl=_minutes(_string(feed, "ttl")),
        entries=tuple(_entry(entry, base, found["version"]) for entry in entries[: limits.ENTRIES]),
        left_out=max(0, len(entries) - limits.ENTRIES) + more,
        method="feedparser",
        notes=("not well-formed",) if found.get("bozo") else (),
    )


def _bounded(document: str) -> tuple[str, int]:
    """The document without what takes feedparser quadratic time, and the number of entries that were cut off.

    Its cost grows with the square of the attributes of a tag, of the letters of an author and of the categories
    of an entry: 40 kB of author take 6 s, 100,000 categories more than 30 s.
    """
    document = _LONG_NAME.sub(r"\1", _LONG_TAG.sub("", document))
    starts = [match.start() for match in islice(repair.ENTRY.finditer(document), limits.ENTRIES + 1)]
    end = min(_LONGEST, _position_of_tag(document, _MOST_TAGS), *starts[limits.ENTRIES :])
    if end < len(document):
        end = max((start for start in starts if start <= end), default=end)
    more = repair.entries_begun(document[end:])
    edges = [0, *(start for start in starts if start < end), end]
    pieces = (_few_categories(document[start:stop]) for start, stop in pairwise(edges))
    return "".join(pieces), more


def _position_of_tag(document: str, number: int) -> int:
    tags = islice(re.finditer("<", document), number, None)
    return next((match.start() for match in tags), len(document))


def _few_categories(entry: str) -> str:
    beyond = next(islice(_CATEGORY.finditer(entry), 2 * limits.TAGS, None), None)
    if beyond is None:
        return entry
    return entry[: beyond.start()] + _CATEGORY.sub("<ignored", entry[beyond.start() :])


def _ask(document: str) -> feedparser.FeedParserDict:
    body = document.encode("utf-8", "replace")
    # No Content-Location: feedparser would resolve ids by it, and an id is a string that stays as it is.
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        # Never anything but BytesIO: a string or bytes might be taken for a file name or an address.
        return feedparser.parse(
            io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except (SAXException, ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError) as error:
        # The library promises to raise nothing, and does for some damaged documents.
        raise ParseError(f"so damaged that it can't be read: {type(error).__name__}") from error


def _entry(entry: Record, base: str, version: str) -> Entry:
    atom = version.startswith("atom")
    link = urls.resolve(base, _string(entry, "link"))
    origin_link = urls.resolve(base, _unescaped(_string(entry, "feedburner_origlink")))
    url = origin_link or link
    guid = _unescaped(_string(entry, "id")).strip()[: limits.GUID]
    return Entry(
        guid=guid or None,
        url=url,
        title=text.line(_string(entry, "title")),
        summary=_html(entry.get("summary_detail"), atom),
        content="".join(_html(part, atom) for part in _records(entry.get("content"))[:10]),
        authors=tuple(dict.fromkeys(_authors(entry)))[: limits.AUTHORS],
        published_at=dates.read(_string(entry, "published")) or dates.read(_string(entry, "created")),
        updated_at=dates.read(_string(entry, "updated")),
        tags=tuple(_tags(entry)),
        enclosures=tuple(_enclosures(entry, base)),
        images=tuple(_images(entry, base)),
        origin=_origin(entry),
        language=_string(entry, "language")[:40] or None,
        rights=text.line(_string(entry, "rights")),
        comments_url=urls.resolve(base, _unescaped(_string(entry, "comments"))),
        base_url=url or base,
        raw={"rss:link": link} if origin_link and link and link != origin_link else {},
    )


def _html(detail: object, atom: bool) -> str:
    if not isinstance(detail, Mapping):
        return ""
    value = _string(detail, "value")
    return text.escaped(value) if atom and detail.get("type") == "text/plain" else text.block(value)


def _unescaped(value: str) -> str:
    """A value of feedparser's loose parser, which leaves the references of XML in what it does not take for HTML."""
    for reference, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        value = value.replace(reference, character)
    return value


def _authors(entry: Record) -> list[Author]:
    names = [_string(person, "name") for person in _records(entry.get("authors"))]
    if len(names) < 2:  # then "author" is the element as it stands, while "name" may be cut in the middle
        names = [_string(entry, "author")]
    return [author for author in map(text.person, names) if author]


def _tags(entry: Record) -> list[str]:
    names = (
        text.line(_string(tag, "term") or _string(tag, "label"), limits.NAME) for tag in _records(entry.get("tags"))
    )
    return list(dict.fromkeys(name for name in names if name))[: limits.TAGS]


def _enclosures(entry: Record, base: str) -> list[Enclosure]:
    found = {}
    for link in _records(entry.get("links")):
        url = urls.resolve(base, _string(link, "href")) if link.get("rel") == "enclosure" else None
        if url:
            length = _string(link, "length")
            found[url] = Enclosure(
                url=url,
                type=_string(link, "type")[:100],
                length=int(length) if length.isdecimal() and len(length) < 16 else None,
            )
    return list(found.values())[: limits.ENCLOSURES]


def _images(entry: Record, base: str) -> list[Image]:
    found = {}
    for media in (*_records(entry.get("media_content")), *_records(entry.get("media_thumbnail"))):
        kind = _string(media, "medium") + _string(media, "type")
        url = urls.resolve(base, _string(media, "url"))
        if url and (not kind or "image" in kind):
            found[url] = Image(url=url)
    return list(found.values())[: limits.IMAGES]


def _origin(entry: Record) -> Origin | None:
    source = entry.get("source")
    if not isinstance(source, Mapping) or not (name := text.line(_string(source, "title"), limits.NAME)):
        return None
    return Origin(
        name=name, url=urls.resolve(None, _string(source, "link")), feed_url=urls.resolve(None, _string(source, "href"))
    )


def _link(feed: Record, rel: str, base: str) -> str | None:
    found = (
        urls.resolve(base, _string(link, "href")) for link in _records(feed.get("links")) if link.get("rel") == rel
    )
    return next((url for url in found if url), None)


def _minutes(value: str) -> timedelta | None:
    return timedelta(minutes=int(value)) if value.isdecimal() and 0 < int(value[:9]) < 1e6 else None


def _records(value: object) -> list[Record]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _string(holder: Record, name: str) -> str:
    # Not ``holder.get``: that of feedparser takes "published" for a missing "updated".
    value = dict.get(holder, name) if isinstance(holder, dict) else None
    return text.visible(value[: limits.HTML]) if isinstance(value, str) else ""
