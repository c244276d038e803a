"""What a person has edited at the blog since our last push: told by fingerprints, and left as it is.

``Publication.version`` holds the fingerprint of the whole post, or one of each part that is left alone by itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping

NOTE = "edited by hand there: left as it is"


def note(parts: Collection[str]) -> str:
    """What a person should know of a push that left these parts as they were; empty for none."""
    return f"edited by hand there and left as it is: {', '.join(sorted(parts))}" if parts else ""


def fingerprint(*values: object) -> str:
    """A number of what the blog holds: it changes when a person edits one of the values."""
    told = json.dumps(values, sort_keys=True)  # all ASCII, so that halves of characters do no harm
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def stamped(fingerprint: str, revision: str) -> str:
    """The version of a whole post: its fingerprint, with the revision of ours that it belongs to."""
    return f"{fingerprint}:{revision}"


def edited_since(version: str, fingerprint: str, revision: str) -> bool:
    """Whether a person has edited a post since it had that version; not where a later push of ours has arrived.

    ``fingerprint`` and ``revision`` are what it has now; the revision is empty where it does not tell.
    """
    known, _, pushed = version.partition(":")
    return bool(version) and revision in ("", pushed) and fingerprint != known


def written(parts: Mapping[str, str]) -> str:
    """The version of a post of several parts: part → fingerprint."""
    return json.dumps(parts, separators=(",", ":"))


def read(version: str) -> dict[str, str]:
    """The fingerprints of such a version; none where it is not one."""
    try:
        found = json.loads(version)
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def edited(known: Mapping[str, str], now: Mapping[str, str]) -> frozenset[str]:
    """The parts that are no longer as they were known; what was never known counts as ours."""
    return frozenset(name for name, value in now.items() if known.get(name, value) != value)


def remembered(known: Mapping[str, str], now: Mapping[str, str], kept: Collection[str]) -> str:
    """The version to remember after a push: what is there now, but for the parts ``kept``, still known as ours."""
    return written({**now, **{name: known[name] for name in kept}})
