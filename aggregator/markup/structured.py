"""What a page says about itself to machines: JSON-LD, microdata, Open Graph, Twitter, Dublin Core, plain meta.

Each source becomes one ``Claims``; which of them to believe is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import lxml.html

from aggregator import urls
from aggregator.markup import jsonld, text
from aggregator.types import Author, Image

MAX_META = 400
MAX_VALUES = 20

_OPEN_GRAPH = {
    "title": ("og:title",),
    "description": ("og:description",),
    "author": ("article:author", "og:article:author", "og:author", "book:author"),
    "publisher": ("og:site_name",),
    "published": ("article:published_time", "og:article:published_time", "og:published_time", "og:pubdate"),
    "modified": ("article:modified_time", "og:article:modified_time", "og:updated_time", "article:updated_time"),
    "image": ("og:image:secure_url", "og:image", "og:image:url"),
    "url": ("og:url",),
    "language": ("og:locale",),
    "section": ("article:section", "og:article:section"),
    "tags": ("article:tag", "og:article:tag"),
    "licence": (),
}
_TWITTER = {
    "title": ("twitter:title",),
    "description": ("twitter:description",),
    "author": (),
    "image": ("twitter:image", "twitter:image:src"),
    "url": ("twitter:url",),
}
_DUBLIN_CORE = {
    "title": ("dc.title", "dcterms.title", "dc:title", "citation_title"),
    "description": ("dc.description", "dcterms.description", "dcterms.abstract", "dc:description"),
    "author": ("dc.creator", "dcterms.creator", "dc:creator", "dc.contributor.author", "citation_author"),
    "publisher": ("dc.publisher", "dcterms.publisher", "dc:publisher", "citation_journal_title"),
    "published": (
        "dcterms.created", "dc.date.issued", "dcterms.issued", "dc.date", "dcterms.date", "dc:date", "dc.date.created",
        "citation_publication_date", "citation_date",
    ),
    "modified": ("dcterms.modified", "dc.date.modified"),
    "language": ("dc.language", "dcterms.language", "citation_language"),
    "tags": ("dc.subject", "dcterms.subject", "citation_keywords"),
    "licence": ("dcterms.license", "dc.rights.license", "dcterms.rights", "dc.rights"),
}  # fmt: skip
_META = {
    "title": ("parsely-title", "sailthru.title", "headline", "title", "mediator_title", "cxenseparse:title"),
    "description": ("description", "sailthru.description"),
    "author": (
        "author", "parsely-author", "sailthru.author", "byl", "byline", "article.author", "authors",
        "cxenseparse:author", "rbauthors", "creator", "shareaholic:article_author_name", "mediator_author", "vr:author", "author-name",
    ),
    "publisher": ("application-name", "cxenseparse:publisher", "publisher", "apple-mobile-web-app-title"),
    "published": (
        "parsely-pub-date", "sailthru.date", "pubdate", "publishdate", "publish-date", "publish_date", "date", "pdate",
        "publication_date", "article.published", "date.created", "originalpublicationdate", "article_date_original",
        "mediator_published_time", "cxenseparse:recs:publishtime", "shareaholic:article_published_time",
        "rnews:datepublished", "created", "release_date", "last-published", "displaydate", "pub_date", "publishtime", "ptime", "timestamp",
    ),
    "modified": ("lastmod", "last-modified", "article.updated", "date.updated", "moddate", "revised", "modified"),
    "image": ("parsely-image-url", "sailthru.image.full", "thumbnail", "cxenseparse:image"),
    "language": ("language", "content-language"),
    "section": ("parsely-section", "section", "cxenseparse:section", "article.section"),
    "tags": ("news_keywords", "parsely-tags", "sailthru.tags", "keywords"),
    "licence": ("license", "licence"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What one source says about the page. Empty fields: it says nothing."""

    source: str  #: "json-ld", "microdata", "open graph", "twitter", "dublin core" or "meta"
    title: str = ""
    description: str = ""
    authors: tuple[Author, ...] = ()
    publisher: str = ""
    publisher_url: str | None = None
    published: str = ""  #: as written
    modified: str = ""
    images: tuple[Image, ...] = ()
    url: str | None = None
    language: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    licence: str = ""
    body: str = ""  #: plain text of the article, where it is given


@dataclass(frozen=True, slots=True, kw_only=True)
class Structured:
    """Everything that a page says about itself outside its text."""

    claims: tuple[Claims, ...] = ()  #: the most trustworthy first
    title: str = ""  #: the ``title`` element
    canonical: str | None = None  #: ``rel=canonical``, absolute
    licences: tuple[str, ...] = ()  #: addresses behind ``rel=license``
    language: str = ""  #: the root element's ``lang``
    robots: tuple[str, ...] = ()  #: directives of ``robots`` meta elements, lower case
    tdm_reservation: str = ""  #: TDM Reservation Protocol: "1" reserves, "0" permits
    meta: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  #: all meta values by lower-case name


def read(root: lxml.html.HtmlElement, base_url: str | None) -> Structured:
    """Collects what the page says about itself; never fails on what is broken."""
    meta = _meta(root)
    title = root.find(".//title")
    head_title = text.line(title.text_content(), 500) if title is not None else ""
    candidates = [
        *(_json_ld(thing, base_url) for thing in jsonld.articles(root, base_url, head_title)),
        *_microdata(root, base_url),
        _named("open graph", _OPEN_GRAPH, meta, base_url),
        _named("dublin core", _DUBLIN_CORE, meta, base_url),
        _named("meta", _META, meta, base_url),
        _named("twitter", _TWITTER, meta, base_url),
    ]
    canonical = root.xpath("(//link[contains(concat(' ', @rel, ' '), ' canonical ')])[1]/@href")
    return Structured(
        claims=tuple(claim for claim in candidates if claim != Claims(source=claim.source)),
        title=head_title,
        canonical=urls.resolve(base_url, str(canonical[0])) if canonical else None,
        licences=tuple(_related(root, "license", base_url)),
        language=(root.get("lang") or root.get("xml:lang") or "").strip()[:35],
        robots=tuple(_robots(meta)),
        tdm_reservation=next(iter(meta.get("tdm-reservation", ())), ""),
        meta=meta,
    )


def _meta(root: lxml.html.HtmlElement) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for _, element in zip(range(MAX_META), root.iter("meta"), strict=False):
        value = (element.get("content") or "").strip()[:5000]
        if not value:
            continue
        for attribute in ("name", "property", "http-equiv", "itemprop"):
            for name in (element.get(attribute) or "").lower().split()[:3]:
                values = found.setdefault(name, [])
                if len(values) < MAX_VALUES and value not in values:
                    values.append(value)
    return {name: tuple(values) for name, values in found.items()}


def _robots(meta: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for name in ("robots", "googlebot", "bingbot", "googlebot-news"):
        for value in meta.get(name, ()):
            yield from (directive.strip().lower() for directive in value.split(",") if directive.strip())


def _related(root: lxml.html.HtmlElement, relation: str, base_url: str | None) -> Iterator[str]:
    found = root.xpath("//*[self::a or self::link][contains(concat(' ', @rel, ' '), $rel)]", rel=f" {relation} ")
    for element in found[:MAX_VALUES]:
        if address := urls.resolve(base_url, element.get("href")):
            yield address


def _named(
    source: str, names: Mapping[str, Sequence[str]], meta: Mapping[str, Sequence[str]], base_url: str | None
) -> Claims:
    def values(subject: str) -> list[str]:
        return [value for name in names.get(subject, ()) for value in meta.get(name, ())]

    def first(subject: str, limit: int = 500) -> str:
        return next(filter(None, (text.line(value, limit) for value in values(subject))), "")

    pictures = [urls.resolve(base_url, value) for value in values("image")]
    alt = next(iter(meta.get("og:image:alt", ())), "") if source == "open graph" else ""
    address = next(iter(values("url")), None)
    return Claims(
        source=source,
        title=first("title"),
        description=first("description", 1000),
        authors=tuple(_authors([*values("author"), *(_labelled(meta) if source == "twitter" else ())])),
        publisher=first("publisher", 120),
        published=first("published", 60),
        modified=first("modified", 60),
        images=tuple(Image(url=url, alt=text.line(alt)) for url in pictures[:3] if url),
        url=urls.resolve(base_url, address),
        language=first("language", 35).replace("_", "-"),
        section=first("section", 100),
        tags=tuple(split_tags(values("tags"))),
        licence=first("licence", 300),
    )


def _labelled(meta: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The author in Twitter's pairs of label and value."""
    for number in "12":
        label = next(iter(meta.get(f"twitter:label{number}", ())), "")
        if re.match(r"(?i)(?:written|verfasst|geschrieben|[eé]crit|escrito|scritto|by|von|author|autor)", label):
            yield from meta.get(f"twitter:data{number}", ())


def _authors(values: Iterable[str]) -> Iterator[Author]:
    for value in values:
        if re.match(r"(?i)(?:https?:)?//|www\.", value):
            continue  # Open Graph means a profile's address; it is no name
        name = text.line(value, 200)
        if name:
            yield Author(name=name)


def split_tags(values: Iterable[str]) -> Iterator[str]:
    """Single tags out of values that hold one or a comma-separated list."""
    seen: set[str] = set()
    for value in values:
        for part in re.split(r"[,;|]", value):
            tag = text.line(part, 60)
            if tag and tag.lower() not in seen and len(seen) < MAX_VALUES:
                seen.add(tag.lower())
                yield tag


def _json_ld(thing: jsonld.Thing, base_url: str | None) -> Claims:
    publisher = next(iter(jsonld.things(thing.get("publisher"))), {}) or next(
        iter(jsonld.things(thing.get("sourceOrganization"))), {}
    )
    return Claims(
        source="json-ld",
        title=text.line(jsonld.string(thing.get("headline")) or jsonld.string(thing.get("name")), 500),
        description=text.line(jsonld.string(thing.get("description")), 1000),
        authors=tuple(jsonld.people(thing, base_url)),
        publisher=text.line(jsonld.string(publisher.get("name")), 120),
        publisher_url=urls.resolve(base_url, jsonld.string(publisher.get("url"))),
        published=jsonld.string(thing.get("datePublished")) or jsonld.string(thing.get("dateCreated")),
        modified=jsonld.string(thing.get("dateModified")),
        images=tuple(jsonld.images(thing, base_url)),
        url=urls.resolve(base_url, jsonld.address(thing)),
        language=jsonld.string(thing.get("inLanguage"))[:35],
        section=text.line(jsonld.string(thing.get("articleSection")), 100),
        tags=tuple(split_tags(jsonld.strings(thing.get("keywords")))),
        licence=jsonld.string(thing.get("license"))[:300],
        body=jsonld.string(thing.get("articleBody")),
    )


def _microdata(root: lxml.html.HtmlElement, base_url: str | None) -> Iterator[Claims]:
    """The first item of an article type (WHATWG HTML, microdata); only properties of the item itself."""
    items = root.xpath("//*[@itemscope and @itemtype]")
    kinds = "|".join(jsonld.ARTICLES)
    scope = next(
        (item for item in items[:50] if re.search(rf"(?i)schema\.org/(?:{kinds})$", item.get("itemtype"))), None
    )
    if scope is None:
        return
    found: dict[str, list[str]] = {}
    people: list[Author] = []
    for element in scope.iterdescendants():
        names = element.get("itemprop") if isinstance(element.tag, str) else None
        if not names:
            continue
        owner = next((up for up in element.iterancestors() if up.get("itemscope") is not None), None)
        for name in names.split()[:3]:
            if owner is scope and name in {"author", "creator"} and len(people) < MAX_VALUES:
                people += _person(element, base_url)
            elif owner is scope and len(found) < 60:
                found.setdefault(name, []).append(_property(element, base_url))

    def first(name: str) -> str:
        return next(filter(None, found.get(name, [])), "")

    yield Claims(
        source="microdata",
        title=text.line(first("headline") or first("name"), 500),
        description=text.line(first("description"), 1000),
        authors=tuple(people),
        published=first("datePublished")[:60],
        modified=first("dateModified")[:60],
        images=tuple(Image(url=url) for url in (urls.resolve(base_url, first("image")),) if url),
        url=urls.resolve(base_url, first("url") or first("mainEntityOfPage")),
        section=text.line(first("articleSection"), 100),
        tags=tuple(split_tags(found.get("keywords", []))),
        licence=first("license")[:300],
    )


def _person(element: lxml.html.HtmlElement, base_url: str | None) -> Iterator[Author]:
    name = element
    if element.get("itemscope") is not None:
        inner = element.xpath(".//*[@itemprop='name']")
        name = inner[0] if inner else element
    label = text.line(name.get("content") or name.text_content(), 120)
    if label:
        link = element.xpath("descendant-or-self::a/@href")
        yield Author(name=label, url=urls.resolve(base_url, str(link[0])) if link else None)


def _property(element: lxml.html.HtmlElement, base_url: str | None) -> str:
    for attribute in ("content", "datetime"):
        if element.get(attribute):
            return str(element.get(attribute))[:2000]
    if element.tag in {"a", "link", "img"}:
        return urls.resolve(base_url, element.get("href") or element.get("src")) or ""
    return text.line(element.text_content()[:5000], 1000)
