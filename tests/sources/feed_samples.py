"""Responses to parse, and what was parsed as JSON types."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator import sources
from aggregator.types import Parsed, Response

FOLDER = Path(__file__).parent.parent / "data" / "feeds"
URL = "https://feeds.example/harbour"


def response(body: bytes | str, url: str = URL, **headers: str) -> Response:
    """An answer with this body; headers by keyword: ``content_type="text/xml"``."""
    return Response(
        url=url,
        requested_url=url,
        status=200,
        headers=tuple((name.replace("_", "-"), value) for name, value in headers.items()),
        body=body if isinstance(body, bytes) else body.encode(),
        fetched_at=datetime(2026, 2, 1, tzinfo=UTC),
    )


def parsed(body: bytes | str, url: str = URL, **headers: str) -> Parsed:
    """What a document says, read as the kind ``feed``."""
    return sources.parse("feed", response(body, url, **headers), {})


def rss(items: str, head: str = "") -> str:
    """An RSS document around these items."""
    return (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>T</title>'
        f"<link>https://site.example/</link>{head}{items}</channel></rss>"
    )


def plain(value: object) -> object:
    """Nouns as JSON types."""
    if dataclasses.is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    return value


def differences(expected: object, found: object, path: str = "") -> list[str]:
    """Where ``found`` isn't as expected; fields that nothing is expected of are not looked at."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return [line for name in expected for line in differences(expected[name], found.get(name), f"{path}.{name}")]
    if isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            return [f"{path}: {len(expected)} expected, found {found!r}"]
        pairs = enumerate(zip(expected, found, strict=True))
        return [line for index, (one, other) in pairs for line in differences(one, other, f"{path}[{index}]")]
    return [] if expected == found else [f"{path}: expected {expected!r}, found {found!r}"]
