"""A tolerant reader: picks what we care about out of decoded JSON that may be anything."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def table(value: object, *path: str) -> Mapping[str, Any]:
    """The object at the end of a path of names; an empty one where there is none."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def rows(value: object) -> list[dict[str, Any]]:
    """The objects of a list; none where it is no list."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def texts(value: object) -> frozenset[str]:
    """The texts of a list; none where it is no list."""
    return frozenset(item for item in value if isinstance(item, str)) if isinstance(value, list) else frozenset()


def text(value: object, name: str) -> str:
    """The text under a name; empty where there is none."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def number(value: object, name: str) -> int | None:
    """The whole number under a name; None where there is none."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def moment(value: object) -> datetime | None:
    """A moment by RFC 3339, in UTC where it does not say; None where it is none."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        return None if found is None else found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
