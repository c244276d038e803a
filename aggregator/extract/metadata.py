"""What a page says about its article: title, authors, dates, publisher, canonical address, lead image, rights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from aggregator import urls
from aggregator.extract import bylines, dates, leads, rights, titles
from aggregator.extract.page import Page
from aggregator.markup import structured, text
from aggregator.markup.structured import Structured
from aggregator.types import Author, Image

MAX_TAGS = 20
MAX_ELSEWHERE = 20
#: Names of ``meta`` elements for the original of a copy.
_ORIGINALS = frozenset({"syndication-source", "original-source"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The answers, and how each was found."""

    title: str
    said: Structured
    authors: tuple[Author, ...] = ()
    publisher: str = ""
    published_at: datetime | None = None  #: in the zone that the page writes it in
    modified_at: datetime | None = None
    canonical_url: str | None = None
    elsewhere: tuple[str, ...] = ()  #: addresses on other sites that it names as the original's: claims, never proof
    leads: tuple[Image, ...] = ()  #: candidates for the lead image, the likeliest first
    language: str | None = None
    tags: tuple[str, ...] = ()
    standfirst: str = ""
    licence: str = ""
    reservations: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


def read(page: Page, latest: datetime) -> Metadata:
    """Reads a page's metadata; ``latest`` is the moment that no date may lie after."""
    said = structured.read(page.root, page.base_url)
    sites = [claim.publisher for claim in said.claims if claim.publisher]
    title = titles.choose(page.root, said, sites, page.url)
    authors, author_reason = bylines.choose(page.root, said, sites)
    published, modified, date_reason = dates.choose(page.root, said, page.url, latest)
    canonical, canonical_reason = canonical_url(page, said)
    return Metadata(
        title=title.text,
        said=said,
        authors=authors,
        publisher=_publisher(said),
        published_at=published,
        modified_at=modified,
        canonical_url=canonical,
        elsewhere=elsewhere(page, said),
        leads=leads.likeliest_first(_leads(said)),
        language=_language(said),
        tags=_tags(said),
        standfirst=next((claim.description for claim in said.claims if claim.description), ""),
        licence=rights.licence(page.root, said, page.base_url),
        reservations=rights.reservations(said, page.headers),
        reasons=(title.reason, f"author: {author_reason}", f"date: {date_reason}", f"address: {canonical_reason}"),
    )


def canonical_url(page: Page, said: Structured) -> tuple[str | None, str]:
    """The page's one address: declared on its own site and no front page, else the address it was fetched from."""
    declared = [(said.canonical, "rel=canonical")]
    declared += [(claim.url, claim.source) for claim in said.claims if claim.source in {"open graph", "json-ld"}]
    for address, source in declared:
        if address is None:
            continue
        if page.url is None:
            return urls.strip_tracking(address), source
        if urls.same_site(address, page.url) and not (_is_front(address) and not _is_front(page.url)):
            return urls.strip_tracking(address.partition("#")[0]), source
    return (urls.strip_tracking(page.url.partition("#")[0]), "as fetched") if page.url else (None, "none")


def elsewhere(page: Page, said: Structured) -> tuple[str, ...]:
    """Addresses on other sites that a page names as its own or as its original's."""
    named = [said.canonical, *(claim.url for claim in said.claims if claim.source in {"open graph", "json-ld"})]
    metas = [meta for meta in page.root.iter("meta") if (meta.get("name") or "").lower() in _ORIGINALS]
    named += [urls.resolve(page.base_url, meta.get("content")) for meta in metas]
    return tuple(
        urls.strip_tracking(address)
        for address in dict.fromkeys(named[:MAX_ELSEWHERE])
        if address and page.url and not urls.same_site(address, page.url) and not _is_front(address)
    )


def _is_front(address: str) -> bool:
    parts = urlsplit(address)
    return parts.path.strip("/") == "" and not parts.query


def _publisher(said: Structured) -> str:
    """The site's name: Open Graph's ``site_name`` is for readers, JSON-LD's publisher may be a company."""
    for source in ("open graph", "json-ld", "microdata", "dublin core", "meta"):
        for claim in said.claims:
            if claim.source == source and claim.publisher and "://" not in claim.publisher:
                name = claim.publisher.lstrip("@")
                if not titles.alike(name, said.title) and len(name) <= 80:
                    return name
    return ""


def _leads(said: Structured) -> list[Image]:
    """Pictures that the page names for itself, in the order in which they are meant for readers."""
    order = {"open graph": 0, "json-ld": 1, "twitter": 2, "meta": 3, "microdata": 4, "dublin core": 5}
    return [image for claim in sorted(said.claims, key=lambda claim: order[claim.source]) for image in claim.images[:1]]


def _language(said: Structured) -> str | None:
    tags = (text.language(value) for value in (said.language, *(claim.language for claim in said.claims)))
    return next(filter(None, tags), None)


def _tags(said: Structured) -> tuple[str, ...]:
    for source in ("open graph", "json-ld", "microdata", "meta", "dublin core"):
        for claim in said.claims:
            if claim.source == source and claim.tags:
                section = (claim.section,) if claim.section and claim.section not in claim.tags else ()
                return (*section, *claim.tags)[:MAX_TAGS]
    return tuple(claim.section for claim in said.claims if claim.section)[:1]
