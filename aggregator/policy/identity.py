"""Which entry is which: keys within a feed, and the traits by which an entry is met again.

The key comes from what the document says, never from what was resolved against an address, so that
a feed may move without its entries becoming new ones. The inputs are stored beside the key, and
``SCHEME`` tells which rules made it; a later scheme finds entries by the inputs, and does not re-publish them.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from aggregator import urls
from aggregator.policy import fingerprints
from aggregator.types import Entry, Identity

SCHEME = 2
#: Entries with one guid that are compared with each other; where there are more, they are different ones.
MAX_COPIES = 8
#: How much of two texts' words must be the same for them to count as one text.
NEAR = 0.75
OPENING = 12  #: words of an untitled entry that stand for its title
MAX_TEXT = 8_000  #: characters of an entry's text that count for its words
_REGISTERS, _NUMBER_REGISTERS = 32, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """By what an entry may be met again when its key is not known."""

    names: tuple[str, ...] = ()  #: aliases: ``g:`` and ``u:``, see ``traits``
    heading: int | None = None  #: stands for its title, or for the opening of an untitled one; None: it has neither
    words: bytes = b""  #: a sketch of its text, see ``near``; empty: it has none


NO_TRAITS = Traits()


def assign(entries: Sequence[Entry], level: Identity = Identity.ID) -> tuple[Entry, ...]:
    """The entries of one document with their keys, each once: of several copies the newest stands.

    An entry's identity is its guid, else its address with its title, else its title and text; with ``level``, its
    address comes before its guid. What stands on several different entries of the document proves nothing alone, and
    the address (or title) is added. Redirectors in addresses are seen through.
    """
    entries = [replace(entry, url=urls.unwrap(entry.url)) if entry.url else entry for entry in entries]
    shared = shared_guids(entries) if level is Identity.ID else {}
    crowded = crowded_addresses(entries) if level is Identity.ADDRESS else frozenset()
    seen: dict[str, Entry] = {}
    for entry in entries:
        key = _digest(_identity(entry, level, shared, crowded))
        if key not in seen or _newer(entry, seen[key]):
            seen[key] = replace(entry, key=key)
    return tuple(seen.values())


def traits(entries: Sequence[Entry]) -> dict[str, Traits]:
    """For each key of one document, by what its entry may be met again.

    Of the names, ``g:`` is the guid without scheme and host (a site that moves from http to https changes guids that
    are addresses); ``u:`` is the address in its comparison form. A name that several entries of the document share
    is no name.
    """
    named = {entry.key: _names(entry) for entry in entries}
    count = Counter(name for names in named.values() for name in names)
    return {
        entry.key: Traits(
            names=tuple(name for name in named[entry.key] if count[name] == 1),
            heading=heading(entry.title, entry.content or entry.summary),
            words=sketch(entry.content or entry.summary),
        )
        for entry in entries
    }


def heading(title: str, text: str = "") -> int | None:
    """A number of 63 bits for a title, or for the opening of a text without one; None where there is neither."""
    said = fold(title)
    if not said and text:
        said = " ".join(fold(text).split()[:OPENING])
    return int(hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16], 16) >> 1 if said else None


def sketch(text: str) -> bytes:
    """What is kept of an entry's text to tell whether another says the same: 42 bytes; empty for an empty text."""
    found = fingerprints.words(html.unescape(re.sub(r"<[^>]{0,2000}>", " ", text[:MAX_TEXT])))
    if not found:
        return b""
    return (
        min(len(found), 0xFFFF).to_bytes(2, "big")
        + fingerprints.registers(fingerprints.shingles(found), _REGISTERS)
        + fingerprints.registers(map(fingerprints.hash_of, fingerprints.numbers(found)), _NUMBER_REGISTERS)
    )


def near(one: bytes, other: bytes) -> bool:
    """Whether two sketches are of nearly the same text, with the same numbers in both. No text is near no other."""
    if not one or not other or one[2 + _REGISTERS :] != other[2 + _REGISTERS :]:
        return False
    share, _ = fingerprints.shared(one[2 : 2 + _REGISTERS], other[2 : 2 + _REGISTERS])
    return one == other or share >= NEAR


def length(words: bytes) -> int:
    """How many words the text of a sketch has."""
    return int.from_bytes(words[:2], "big")


def post_key(feed: str, entry_key: str) -> str:
    """The idempotency key of the post made from an entry: 32 hex digits, the same for every revision."""
    return _digest(f"post\0{feed}\0{entry_key}")


def key_at(guid: str, place: str) -> str:
    """The key of an entry whose guid is another's too."""
    return _digest(f"guid\0{guid}\0{place}")


def place(entry: Entry) -> str:
    """Where an entry stands: its address in comparison form, else its folded title."""
    return urls.compare_key(entry.url) if entry.url else fold(entry.title)


def bare(guid: str) -> str:
    """A guid that is an address, without scheme and host; empty where it is none, or nothing is left."""
    path = re.sub(r"(?i)^https?://[^/]*", "", guid)
    return "" if path in {guid, "/"} else path


def shared_guids(entries: Iterable[Entry]) -> dict[str, bool]:
    """The guids that stand on several different entries, and of each whether some of these share an address too.

    Copies of one entry (RFC 4287, 4.1.1) don't count: nearly the same words at one address or under one title, or
    another time of update at one address.
    """
    groups: dict[str, dict[tuple[str, str], Entry]] = {}
    for entry in entries:
        if entry.guid:
            group, at = groups.setdefault(entry.guid, {}), (place(entry), fold(entry.title))
            group[at] = max(group.get(at, entry), entry, key=_age)
    found: dict[str, bool] = {}
    for guid, group in groups.items():
        if len(group) > 1 and not _copies(group):
            found[guid] = len({where for where, _ in group}) < len(group)
    return found


def crowded_addresses(entries: Iterable[Entry]) -> frozenset[str]:
    """The addresses, in comparison form, at which entries of several titles stand."""
    titles: dict[str, set[str]] = {}
    for entry in entries:
        if entry.url:
            titles.setdefault(urls.compare_key(entry.url), set()).add(fold(entry.title))
    return frozenset(at for at, found in titles.items() if len(found) > 1)


def fold(text: str) -> str:
    """Text for comparison: markup, case, punctuation and white space don't count."""
    return " ".join(re.findall(r"\w+", re.sub(r"<[^>]{0,2000}>", " ", text[:20_000]).casefold()))


def _identity(entry: Entry, level: Identity, shared: Mapping[str, bool], crowded: frozenset[str]) -> str:
    title = fold(entry.title)
    if entry.url and (level is not Identity.ID or not entry.guid):
        # Several items may link to one page: without a guid the title tells them apart.
        at = urls.compare_key(entry.url)
        return f"at\0{at}" if level is Identity.ADDRESS and at not in crowded else f"url\0{at}\0{title}"
    if entry.guid:
        extra = f"\0{place(entry)}" if entry.guid in shared else ""
        return f"guid\0{entry.guid}{extra}" + (f"\0{title}" if shared.get(entry.guid) else "")
    return f"text\0{title}\0{fold(entry.content or entry.summary)}"


def _copies(group: Mapping[tuple[str, str], Entry]) -> bool:
    if len(group) > MAX_COPIES:
        return False
    *others, ((at, title), newest) = sorted(group.items(), key=lambda item: (_age(item[1]), item[0]))
    words = sketch(newest.content or newest.summary)
    for (other_at, other_title), other in others:
        updated = newest.updated_at and other.updated_at and newest.updated_at != other.updated_at
        if other_at == at and updated:
            continue
        if not (other_at == at or other_title == title) or not near(words, sketch(other.content or other.summary)):
            return False
    return True


def _age(entry: Entry) -> tuple[float, str]:
    return (entry.updated_at.timestamp() if entry.updated_at else 0.0), entry.content or entry.summary


def _newer(entry: Entry, other: Entry) -> bool:
    mine, its = entry.updated_at or entry.published_at, other.updated_at or other.published_at
    return mine is not None and its is not None and mine > its


def _names(entry: Entry) -> tuple[str, ...]:
    names = []
    if entry.guid and (path := bare(entry.guid)):
        names.append(f"g:{path[:500]}")
    if entry.url:
        names.append(f"u:{urls.compare_key(entry.url)[:1000]}")
    return tuple(names)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
