"""Trust: how far the ids and addresses of a feed tell its entries apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.policy import trust
from aggregator.policy.recognition import Layer, Met
from aggregator.policy.trust import Trust
from aggregator.types import Entry, Feed, FeedMemory, Identity

FEED = Feed(name="f", url="https://a.example/feed")
GOOD = [Entry(guid=f"g{n}", url=f"https://a.example/{n}", title=f"T{n}") for n in range(40)]


def met(layers: list[Layer]) -> dict[str, Met]:
    return {str(n): Met(key=str(n), known=None, layer=layer, reason="") for n, layer in enumerate(layers)}


@pytest.mark.parametrize(
    ("entries", "before", "level"),
    [
        (GOOD, Identity.ID, Identity.ID),
        (GOOD, Identity.ADDRESS, Identity.ADDRESS),
        (GOOD, Identity.TITLE, Identity.TITLE),
        ([], Identity.ID, Identity.ID),
        ([*GOOD, replace(GOOD[0], title="x", url="https://a.example/x")], Identity.ID, Identity.ID),
        ([replace(entry, guid="same") for entry in GOOD], Identity.ID, Identity.ADDRESS),
        ([replace(entry, guid="same", url=None) for entry in GOOD], Identity.ID, Identity.TITLE),
        ([replace(entry, guid="same", url="https://a.example/") for entry in GOOD], Identity.ID, Identity.TITLE),
        ([replace(entry, url="https://a.example/") for entry in GOOD], Identity.ID, Identity.ID),
        ([replace(entry, url="https://a.example/") for entry in GOOD], Identity.ADDRESS, Identity.TITLE),
    ],
)
def test_a_document_shows_whether_ids_and_addresses_tell_its_entries_apart(
    entries: list[Entry], before: Identity, level: Identity
) -> None:
    found = trust.of_document(entries, Trust(before))
    assert found.level is level
    assert bool(found.reason) is (level is not before)


def test_one_document_with_new_ids_is_a_move_and_three_in_a_row_are_bad_ids() -> None:
    memory = FeedMemory()
    levels = []
    for layers in ([Layer.HOST] * 5, [Layer.KEY] * 5, *[[Layer.ADDRESS, *[Layer.KEY] * 4]] * 3, [Layer.KEY] * 5):
        memory = trust.after(FEED, Trust(memory.identity, memory.identity_reason), met(layers), memory)
        levels.append(memory.identity)
    assert levels == [Identity.ID] * 4 + [Identity.ADDRESS] * 2
    assert memory.identity_reason


@pytest.mark.parametrize("layers", [[], [Layer.NEW] * 9, [Layer.KEY] * 5 + [Layer.ADDRESS]])
def test_new_entries_and_a_few_with_new_ids_are_nothing_to_doubt(layers: list[Layer]) -> None:
    memory = trust.after(FEED, Trust(Identity.ID), met(layers), FeedMemory(identity_doubts=2))
    assert (memory.identity, memory.identity_doubts) == (Identity.ID, 0)


def test_what_a_person_has_said_holds_and_changes_nothing_in_what_was_found() -> None:
    feed = replace(FEED, identity=Identity.TITLE, memory=FeedMemory(identity=Identity.ADDRESS, identity_reason="bad"))
    used = trust.given(feed)
    assert (used.level, used.by_hand) == (Identity.TITLE, True)
    memory = trust.after(feed, used, met([Layer.WORDS] * 5), replace(feed.memory, identity_doubts=3))
    assert (memory.identity, memory.identity_reason) == (Identity.ADDRESS, "bad")


@pytest.mark.parametrize(
    ("memory", "learns"),
    [
        (FeedMemory(), True),
        (FeedMemory(identity_doubts=2), True),
        (FeedMemory(identity_doubts=3), False),
        (FeedMemory(identity=Identity.ADDRESS), True),
        (FeedMemory(identity=Identity.TITLE), False),
    ],
)
def test_names_that_change_each_time_are_not_learnt(memory: FeedMemory, learns: bool) -> None:
    assert trust.may_learn(memory) is learns
