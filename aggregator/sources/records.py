"""Parsed documents as plain JSON objects, for ``wirecopy parse --json``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from aggregator import sources
from aggregator.types import Entry, Parsed, Response


def parse_document(
    body: bytes, *, url: str | None = None, headers: Mapping[str, str] | None = None
) -> dict[str, object]:
    """The record of a document in hand; raises ParseError where the bytes are no feed.

    ``url`` is where it came from (relative addresses are relative to it), ``headers`` are the HTTP header fields.
    """
    fields = {name.lower(): value for name, value in (headers or {}).items()}
    place = url or fields.get("content-location", "")
    response = Response(
        url=place,
        requested_url=place,
        status=200,
        headers=tuple(fields.items()),
        body=body,
        fetched_at=datetime.now(UTC),
    )
    return record(sources.parse("feed", response, {}))


def record(parsed: Parsed) -> dict[str, object]:
    """A document as JSON types: dates in ISO 8601, what is absent as null."""
    return {
        "feed": {
            "title": parsed.title or None,
            "link": parsed.site_url or parsed.self_url,
            "subtitle": parsed.subtitle or None,
            "self": parsed.self_url,
            "hub": parsed.hub_url,
            "next": parsed.next_url,
            "language": parsed.language,
            "rights": parsed.rights or None,
            "generator": parsed.generator or None,
            "image": parsed.image_url,
        },
        "entries": [_entry(entry) for entry in parsed.entries],
        "left_out": parsed.left_out,
        "method": parsed.method,
        "notes": list(parsed.notes),
    }


def _entry(entry: Entry) -> dict[str, object]:
    return {
        "id": entry.guid,
        "link": entry.raw.get("rss:link", entry.url),
        "url": entry.url,
        "title": entry.title or None,
        "published": _iso(entry.published_at),
        "updated": _iso(entry.updated_at),
        "author": entry.authors[0].name if entry.authors else None,
        "authors": [author.name for author in entry.authors],
        "summary": entry.summary or None,
        "content": entry.content or None,
        "categories": list(entry.tags),
        "enclosures": [enclosure.url for enclosure in entry.enclosures],
        "images": [image.url for image in entry.images],
        "language": entry.language,
        "rights": entry.rights or None,
        "comments": entry.comments_url,
        "origin": {"name": entry.origin.name, "url": entry.origin.url, "feed": entry.origin.feed_url}
        if entry.origin
        else None,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None
