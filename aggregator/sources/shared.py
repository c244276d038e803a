"""What RSS and Atom entries have in common: people, tags, dates, other elements, the feed's wishes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from aggregator import urls
from aggregator.sources import dates, limits, text
from aggregator.sources.fields import Element, Fields
from aggregator.sources.fields import text as text_of
from aggregator.sources.names import RDF, XML, Names
from aggregator.types import Author, Deleted

LANG: Final = XML + "lang"
_PERIODS: Final = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: Elements that have a place of their own in ``Entry`` and lose nothing there; others are kept in ``Entry.raw``.
_TAKEN: Final = frozenset({"content:encoded", "dc:creator", "dc:date"})


@dataclass(frozen=True, slots=True)
class Document:
    """What is the same for all entries of a document."""

    url: str  #: where it came from
    names: Names
    rebased: bool  #: whether ``xml:base`` occurs at all


def authors(item: Fields, document: Document) -> tuple[Author, ...]:
    """Who wrote it, in RSS, Dublin Core, Atom and iTunes; each once, without mail addresses."""
    found: dict[str, Author] = {}
    for element in item.all("author", "atom:author", "dc:creator", "dc:author"):
        author = _structured(element, document) if len(element) else text.person(text_of(element))
        if author is not None and len(found) < limits.AUTHORS:
            found.setdefault(author.name.casefold(), author)
    if not found and (author := text.person(item.text("itunes:author", "googleplay:author"))):
        return (author,)
    return tuple(found.values())


def _structured(element: Element, document: Document) -> Author | None:
    """An Atom person construct (RFC 4287, 3.2), also where RSS borrows it, and FOAF in ``dc:creator``."""
    parts = Fields(element, document.names)
    author = text.person(parts.text("atom:name", "name", "foaf:name"))
    if author is None:
        return text.person(text_of(element)) if not parts.all("atom:email", "email", "atom:uri") else None
    link = parts.text("atom:uri", "uri", "atom:url", "url")
    return Author(name=author.name, url=urls.resolve(document.url, link))


def tags(item: Fields) -> tuple[str, ...]:
    """Categories, subjects and keywords; each once."""
    found: dict[str, None] = {}
    for name in _tag_names(item):
        tag = text.tag(name)
        if tag and len(found) < limits.TAGS:
            found[tag] = None
    return tuple(found)


def _tag_names(item: Fields) -> Iterator[str]:
    for element in item.all("category", "atom:category"):
        term, label = element.get("term"), element.get("label")
        # The term is what is stable; where it is an address, the label is what it is called.
        if label and (term or "").startswith(("http://", "https://")):
            term = label
        yield term or label or text_of(element)
    for element in item.all("dc:subject", "media:category"):
        yield text_of(element) or element.get("label") or ""
    for element in item.all("itunes:category"):
        yield element.get("text") or ""
        for narrower in element:
            yield narrower.get("text") or ""
    for element in item.all("itunes:keywords", "media:keywords", "tags"):
        yield from text_of(element)[:4000].split(",")


def date(item: Fields, *wanted: str) -> datetime | None:
    """The first readable date, in the order of the names."""
    for element in item.all(*wanted):
        moment = dates.read(text_of(element))
        if moment is not None:
            return moment
    return None


def language(item: Fields) -> str | None:
    """The language as declared on the element itself."""
    declared = item.element.get(LANG) or item.text("language", "dc:language")
    return text.literal(declared, 40) or None


def raw(item: Fields, document: Document) -> dict[str, str]:
    """Elements of other vocabularies: ``prefix:name`` is the text, ``prefix:name@attribute`` an attribute."""
    kept: dict[str, str] = {}
    for name, elements in item.found.items():
        if ":" not in name or name in _TAKEN or name.startswith(("atom:", "xhtml:", "rdf:")):
            continue
        element, prefix = elements[0], name.partition(":")[0]
        local = str(element.tag).rpartition("}")[2]
        key = f"{element.prefix if prefix == '?' else prefix}:{local}"[:100]
        value = text_of(element) if len(element) == 0 else ""
        if value:
            kept[key] = text.visible(value[: limits.RAW_TEXT])
        for attribute, content in element.attrib.items():
            if content and len(kept) < limits.RAW:
                kept[f"{key}@{attribute.rpartition('}')[2]}"[:200]] = text.visible(content[: limits.RAW_TEXT])
        if len(kept) >= limits.RAW:
            break
    return kept


def update_period(channel: Fields) -> timedelta | None:
    """``sy:updatePeriod`` divided by ``sy:updateFrequency`` (RSS 1.0 syndication module)."""
    period = _PERIODS.get(channel.text("sy:updateperiod").lower())
    if period is None:
        return None
    frequency = channel.text("sy:updatefrequency")
    times = int(frequency) if frequency.isascii() and frequency.isdecimal() and len(frequency) < 6 else 1
    return period / max(1, times)


def minutes(value: str) -> timedelta | None:
    """``ttl`` of RSS: minutes."""
    number = int(value) if value.isascii() and value.isdecimal() and len(value) < 7 else 0
    return timedelta(minutes=number) if number else None


def skip_hours(channel: Fields, names: Names) -> tuple[int, ...]:
    """Hours of the day, in GMT, at which nobody needs to ask; 24 is an old spelling of 0."""
    inner = [text_of(hour) for holder in channel.all("skiphours") for hour in Fields(holder, names).all("hour")]
    return tuple(sorted({int(hour) % 24 for hour in inner if hour in {str(number) for number in range(25)}}))


def skip_days(channel: Fields, names: Names) -> tuple[int, ...]:
    """Days of the week on which nobody needs to ask; Monday is 0."""
    inner = [text_of(day).lower() for holder in channel.all("skipdays") for day in Fields(holder, names).all("day")]
    return tuple(sorted({_DAYS.index(day) for day in inner if day in _DAYS}))


def link(channel: Fields, rel: str, base: str) -> str | None:
    """The first Atom link of a relation, absolute."""
    for element in channel.all("atom:link"):
        if rel in (element.get("rel") or "").split():
            url = urls.resolve(base, element.get("href"))
            if url:
                return url
    return None


def complete(channel: Fields) -> bool:
    """``fh:complete``: the document lists all entries that there are (RFC 5005, 2)."""
    return channel.first("fh:complete") is not None


def deleted(channel: Element, names: Names) -> tuple[Deleted, ...]:
    """``at:deleted-entry``: entries that are withdrawn (RFC 6721, 3)."""
    found = []
    told = (child for child in channel if names[str(child.tag)] == "at:deleted-entry")
    for element in islice(told, limits.DELETED):
        guid = text.visible((element.get("ref") or "").strip()[: limits.GUID])
        if guid:
            found.append(Deleted(guid=guid, at=dates.read(element.get("when") or "")))
    return tuple(found)


def about(element: Element) -> str:
    """``rdf:about``: the identifier of an RDF node."""
    return (element.get(RDF + "about") or element.get("about") or "").strip()
