"""Which stored entry each entry of a document is: recognised in layers, the surest first.

A stored entry is met by one entry of a document at most. A false meeting is worse than a second entry: it would put
one story in the place of another. So what is weak counts only together: an alias with the title, the title with the
date and the words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache

from aggregator import urls
from aggregator.policy import identity
from aggregator.policy.identity import Traits, fold
from aggregator.types import Entry, Identity, Known

#: Stored entries of one title that are looked at. A title that more bear is a series', such as a daily briefing.
KIN_AT_MOST = 50
#: Where more stored entries than this bear a title, only those of the same date, id or address are looked at closely.
FEW = 4
#: From how many words on a text is one of its kind, so that its date need not agree to the minute.
LONG = 48
SAME_DATE, DATE_WINDOW = timedelta(minutes=1), timedelta(days=2)
SHORTEST_PATH = 8  #: characters of a path that stands for its page on whatever host
_OF_LEVEL = {Identity.ID: "id", Identity.ADDRESS: "address", Identity.TITLE: "address and title"}


class Layer(StrEnum):
    """By what an entry was recognised."""

    KEY = "key"
    HOST = "host"  #: by its id or its address without the host
    ADDRESS = "address"
    WORDS = "words"
    NEW = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """What an entry of a document is to the store."""

    key: str  #: to go by: the stored entry's; a new one's own
    known: Known | None  #: None: it is new
    layer: Layer
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the store holds that may be met."""

    named: Mapping[str, Known]  #: by key and by alias
    kin: Mapping[int, Sequence[Known]]  #: by heading, newest first, at most ``KIN_AT_MOST`` each


def meet(
    entries: Sequence[Entry],
    traits: Mapping[str, Traits],
    hashes: Mapping[str, str],
    stored: Stored,
    level: Identity = Identity.ID,
) -> dict[str, Met]:
    """For each key of a document what its entry is, whatever the order of the entries.

    ``hashes`` are the content hashes by key. Linear in the entries and the stored entries handed in.
    """
    document = _Document(entries, traits, hashes, stored, level)
    waiting = document.by_key()
    for layer in (document.by_name, document.by_heading, document.by_swapped_key):
        waiting = [entry for entry in waiting if not layer(entry)]
    return document.met | {entry.key: _new(entry, stored) for entry in waiting}


class _Document:
    """The entries of one document while they are being recognised."""

    def __init__(
        self,
        entries: Sequence[Entry],
        traits: Mapping[str, Traits],
        hashes: Mapping[str, str],
        stored: Stored,
        level: Identity,
    ) -> None:
        self.met: dict[str, Met] = {}
        self._entries = sorted(entries, key=lambda entry: entry.key)
        self._traits = traits
        self._hashes = hashes
        self._stored = stored
        self._level = level
        self._claimed: set[str] = set()
        self._headings = Counter(each.heading for each in traits.values())

    def by_key(self) -> list[Entry]:
        """Recognises by key, unless another stored entry fits better; what is left."""
        left: list[Entry] = []
        for entry in self._entries:
            known = self._stored.named.get(entry.key)
            if known is None or self._is_reused(entry, known) or self._is_swapped(entry, known):
                left.append(entry)
            else:
                self._meets(entry, known, Layer.KEY, f"known by its {_OF_LEVEL[self._level]}")
        return left

    def by_name(self, entry: Entry) -> bool:
        """Recognises by an alias, where title or words agree."""
        for name in self._traits[entry.key].names:
            at_address = name.startswith("u:")
            known = self._stored.named.get(name)
            if known is None or known.key in self._claimed or not (at_address or self._level is Identity.ID):
                continue
            of_level = at_address and self._level is Identity.ADDRESS
            if of_level or _same_title(entry, known) or identity.near(self._traits[entry.key].words, known.words):
                how = "address" if at_address else "id without scheme and host"
                layer = Layer.KEY if of_level else Layer.ADDRESS if at_address else Layer.HOST
                return self._meets(entry, known, layer, f"known by its {how}, though its id is new")
        return False

    def by_heading(self, entry: Entry) -> bool:
        """Recognises one of the stored entries of the same title by what else agrees, the surest first."""
        of_title = self._traits[entry.key].heading
        kin = [known for known in self._kin(of_title) if known.key not in self._claimed]
        series = len(kin) > 1 or self._headings[of_title] > 1
        if len(kin) > FEW:
            kin = [known for known in kin if _same_date(entry, known) or _stands_there(entry, known)]
        kin.sort(key=lambda known: (not _same_date(entry, known), known.key))
        for known in kin:
            if self._level is Identity.ID and entry.guid and entry.guid == known.guid:
                return self._meets(entry, known, Layer.KEY, "known by its id")
        for known in kin:
            if self._same_address(entry, known, alone=not series):
                why = "known by its address and title, though its id is new"
                return self._meets(entry, known, Layer.ADDRESS, why)
        for known in kin:
            dated = _same_date(entry, known)
            if (dated or not series) and self._same_path(entry, known):
                why = "known by its title and its address without the host, though its id is new"
                return self._meets(entry, known, Layer.HOST, why)
            if self._same_words(entry, known, alone=not series and len(self._entries) > 1):
                why = "known by its title, date and words, though its id and address are new"
                return self._meets(entry, known, Layer.WORDS, why)
        return False

    def by_swapped_key(self, entry: Entry) -> bool:
        """Recognises by key what seemed to have got the key of another, where that other is not in the document."""
        known = self._stored.named.get(entry.key)
        if known is None or known.key in self._claimed or self._is_reused(entry, known):
            return False
        return self._meets(entry, known, Layer.KEY, f"known by its {_OF_LEVEL[self._level]}")

    def _meets(self, entry: Entry, known: Known, layer: Layer, reason: str) -> bool:
        self._claimed.add(known.key)
        self.met[entry.key] = Met(key=known.key, known=known, layer=layer, reason=reason)
        return True

    def _kin(self, heading: int | None) -> Sequence[Known]:
        return self._stored.kin.get(heading, ()) if heading is not None else ()

    def _is_swapped(self, entry: Entry, known: Known) -> bool:
        """Whether the key belongs to another story, and this entry's own is known under another name."""
        if _same_title(entry, known):
            return False
        others = (self._stored.named.get(name) for name in self._traits[entry.key].names)
        return any(other is not None and other.key != known.key and _same_title(entry, other) for other in others)

    def _is_reused(self, entry: Entry, known: Known) -> bool:
        """Whether a guid was given to another story: title, address, date and words are all other ones."""
        words = self._traits[entry.key].words
        return (
            self._level is Identity.ID
            and entry.guid == known.guid
            and not _same_title(entry, known)
            and bool(entry.url and known.url and words and known.words)
            and _at(entry.url or "") != _at(known.url or "")
            and not identity.near(words, known.words)
            and entry.published_at is not None
            and known.published_at is not None
            and entry.published_at - known.published_at > DATE_WINDOW
        )

    def _same_address(self, entry: Entry, known: Known, *, alone: bool) -> bool:
        """Whether both stand at one address, and that tells: ids count for nothing, or nobody else stands there."""
        if not entry.url or not known.url or _at(entry.url) != _at(known.url):
            return False
        own = any(name.startswith("u:") for name in self._traits[entry.key].names)
        return self._level is not Identity.ID or (own and alone) or _same_date(entry, known)

    def _same_path(self, entry: Entry, known: Known) -> bool:
        one, other = (_path(url) for url in (entry.url, known.url))
        return len(one) >= SHORTEST_PATH and one == other

    def _same_words(self, entry: Entry, known: Known, *, alone: bool) -> bool:
        words = self._traits[entry.key].words
        same = known.content_hash == self._hashes[entry.key] or identity.near(words, known.words)
        if not same or _same_date(entry, known):
            return same
        recording = any(enclosure.type.startswith(("audio/", "video/")) for enclosure in entry.enclosures)
        if not alone or recording or identity.length(words) < LONG:
            return False
        before = known.published_at or known.first_seen_at
        return entry.published_at is None or abs(entry.published_at - before) <= DATE_WINDOW


def unknown(entries: Sequence[Entry], traits: Mapping[str, Traits], named: Mapping[str, Known]) -> Iterator[int]:
    """The headings of entries whose key is not known, or known under another title: to look for their kin."""
    for entry in entries:
        known, of_title = named.get(entry.key), traits[entry.key].heading
        if of_title is not None and (known is None or not _same_title(entry, known)):
            yield of_title


def _new(entry: Entry, stored: Stored) -> Met:
    reason = "neither its id nor its address is known, nor its title with its words"
    key = entry.key
    if key in stored.named:  # which is another entry's
        key = identity.key_at(entry.guid or key, identity.place(entry))
        reason = "its id is known, but was another entry's"
    return Met(key=key, known=None, layer=Layer.NEW, reason=reason)


def _same_title(entry: Entry, known: Known) -> bool:
    return fold(entry.title) == fold(known.title)


def _same_date(entry: Entry, known: Known) -> bool:
    if entry.published_at is None or known.published_at is None:
        return False
    return abs(entry.published_at - known.published_at) <= SAME_DATE


def _stands_there(entry: Entry, known: Known) -> bool:
    return bool(
        (entry.guid and entry.guid == known.guid) or (entry.url and known.url and _at(entry.url) == _at(known.url))
    )


def _path(url: str | None) -> str:
    return _at(url).partition("/")[2] if url else ""


@lru_cache(maxsize=20_000)
def _at(url: str) -> str:
    return urls.compare_key(url)
