"""Which entry is which: keys within a feed, and the aliases under which an entry is met again.

The key comes from what the document says, never from what was resolved against an address, so that
a feed may move without its entries becoming new ones. The inputs are stored beside the key, and
``SCHEME`` tells which rules made it; a later scheme must find entries by the inputs, not re-publish them.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from aggregator import urls
from aggregator.types import Entry, Known

SCHEME = 1


def assign(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The entries of one document with their keys, without exact repeats.

    An entry's identity is its guid, else its address, else its title and text. Where a guid stands on
    several different entries of the document it proves nothing, and the address (or title) is added.
    """
    shared = _shared_guids(entries)
    seen: dict[str, Entry] = {}
    for entry in entries:
        key = _digest(_identity(entry, shared))
        seen.setdefault(key, replace(entry, key=key))
    return tuple(seen.values())


def aliases(entries: Sequence[Entry]) -> dict[str, tuple[str, ...]]:
    """For each key of one document, the other names under which its entry may be known.

    ``g:`` is the guid without scheme and host (a site that moves from http to https changes guids that
    are addresses); ``u:`` is the address in its comparison form. A name that several entries of the
    document share is no name.
    """
    named = {entry.key: _names(entry) for entry in entries}
    count = Counter(name for names in named.values() for name in names)
    return {key: tuple(name for name in names if count[name] == 1) for key, names in named.items()}


def recognise(entry: Entry, names: Sequence[str], known: Mapping[str, Known]) -> tuple[Known | None, str]:
    """The stored entry that this one is, and how it was recognised; (None, reason) for a new one.

    ``known`` maps keys and aliases to stored entries. An alias counts only with an equal title: a page
    whose address stays while its story changes (status pages, "today's picture") is a new entry each time.
    Where guid and address point at two stored entries (swapped guids), the one with our title wins.
    """
    by_key = known.get(entry.key)
    if by_key is not None and (_same_title(entry, by_key) or not names):
        return by_key, "known by its id"
    for name in names:
        candidate = known.get(name)
        if candidate is not None and _same_title(entry, candidate):
            how = "address" if name.startswith("u:") else "id without scheme and host"
            return candidate, f"known by its {how}, though its id is new"
    if by_key is not None:
        return by_key, "known by its id"
    return None, "neither its id nor its address is known"


def post_key(feed: str, entry_key: str) -> str:
    """The idempotency key of the post made from an entry: 32 hex digits, the same for every revision."""
    return _digest(f"post\0{feed}\0{entry_key}")


def _identity(entry: Entry, shared: frozenset[str]) -> str:
    if entry.guid:
        extra = f"\0{_place(entry)}" if entry.guid in shared else ""
        return f"guid\0{entry.guid}{extra}"
    if entry.url:
        # Several items may link to one page: without a guid the title tells them apart.
        return f"url\0{urls.compare_key(entry.url)}\0{fold(entry.title)}"
    return f"text\0{fold(entry.title)}\0{fold(entry.content or entry.summary)}"


def _shared_guids(entries: Sequence[Entry]) -> frozenset[str]:
    places: dict[str, set[str]] = {}
    for entry in entries:
        if entry.guid:
            places.setdefault(entry.guid, set()).add(_place(entry))
    return frozenset(guid for guid, found in places.items() if len(found) > 1)


def _place(entry: Entry) -> str:
    return urls.compare_key(entry.url) if entry.url else fold(entry.title)


def _names(entry: Entry) -> tuple[str, ...]:
    names = []
    if entry.guid and (bare := re.sub(r"(?i)^https?://[^/]*", "", entry.guid)) not in {"", "/"} and bare != entry.guid:
        names.append(f"g:{bare[:500]}")
    if entry.url:
        names.append(f"u:{urls.compare_key(entry.url)[:1000]}")
    return tuple(names)


def _same_title(entry: Entry, stored: Known) -> bool:
    return fold(entry.title) == fold(stored.title)


def fold(text: str) -> str:
    """Text for comparison: markup, case, punctuation and white space don't count."""
    return " ".join(re.findall(r"\w+", re.sub(r"<[^>]{0,2000}>", " ", text[:20_000]).casefold()))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
