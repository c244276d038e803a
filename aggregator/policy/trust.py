"""How far the ids and addresses of a feed can be trusted to tell its entries apart.

A feed whose ids prove bad is told apart by address, and one whose addresses do too by address and title. It never goes
back by itself: a feed that went to and fro would be met under other keys each time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from aggregator import urls
from aggregator.policy import identity
from aggregator.policy.recognition import Layer, Met
from aggregator.types import Entry, Feed, FeedMemory, Identity

#: The share of a document's entries, and how many, that must share what should be theirs alone.
SHARED, SHARED_AT_LEAST = 0.05, 2
#: The share of a document's known entries that must have come with a new id, and in how many documents in a row.
CHANGED, DOUBTS = 0.2, 3
_LEVELS = tuple(Identity)


@dataclass(frozen=True, slots=True)
class Trust:
    """By what the entries of a document are told apart, and why not by more."""

    level: Identity
    reason: str = ""  #: empty: nothing speaks against the ids
    by_hand: bool = False  #: a person has said so: no document changes it


def given(feed: Feed) -> Trust:
    """What holds for a feed before its document is read: as configured, else as it has proved."""
    if feed.identity is not None:
        return Trust(feed.identity, f'identity = "{feed.identity}"', by_hand=True)
    return Trust(feed.memory.identity, feed.memory.identity_reason)


def of_document(entries: Sequence[Entry], before: Trust) -> Trust:
    """What holds for one document: less than before where its entries share their ids, or their addresses."""
    if before.level is Identity.TITLE:
        return before
    shared = identity.shared_guids(entries)
    same_id = sum(entry.guid in shared for entry in entries)
    crowded = identity.crowded_addresses(entries)
    same_address = sum(entry.url is None or urls.compare_key(entry.url) in crowded for entry in entries)
    addresses_tell = not _many(same_address, len(entries))
    if before.level is Identity.ID and _many(same_id, len(entries)):
        why = f"{same_id} of {len(entries)} entries of a document had ids that others have too"
        return Trust(Identity.ADDRESS if addresses_tell else Identity.TITLE, why)
    if before.level is Identity.ADDRESS and not addresses_tell:
        why = f"{same_address} of {len(entries)} entries of a document had no address of their own"
        return Trust(Identity.TITLE, why)
    return before


def after(feed: Feed, used: Trust, met: Mapping[str, Met], memory: FeedMemory) -> FeedMemory:
    """The memory with what a document has shown: ``used`` is what held for it, ``met`` how its entries were recognised.

    Doubts are documents in a row in which many known entries came with a new id (or, by address, a new address). A
    site that moves changes all of its ids, but once.
    """
    layers = Counter(each.layer for each in met.values())
    known = len(met) - layers[Layer.NEW]
    changed = known - layers[Layer.KEY]
    doubts = memory.identity_doubts + 1 if known and changed / known >= CHANGED else 0
    if used.by_hand:
        return replace(memory, identity_doubts=min(doubts, DOUBTS))
    level, reason = used.level, used.reason
    if doubts >= DOUBTS and level is not Identity.TITLE:
        what = "ids" if level is Identity.ID else "addresses"
        reason = f"in {doubts} documents in a row, entries came with new {what} ({changed} of {known} in the last)"
        level, doubts = _LEVELS[_LEVELS.index(level) + 1], 0
    return replace(memory, identity=level, identity_doubts=min(doubts, DOUBTS), identity_reason=reason)


def may_learn(memory: FeedMemory) -> bool:
    """Whether the new ids of known entries are worth keeping: not those of a feed that changes them each time."""
    return memory.identity_doubts < DOUBTS and memory.identity is not Identity.TITLE


def told(level: Identity) -> str:
    """The level in words, for a person."""
    ways: Mapping[Identity, str] = {
        Identity.ID: "by their ids",
        Identity.ADDRESS: "by their addresses",
        Identity.TITLE: "by address and title",
    }
    return ways[level]


def _many(count: int, total: int) -> bool:
    return count >= SHARED_AT_LEAST and count / total >= SHARED
