"""Recognition: which stored entry each entry of a document is, whatever became of its id, link, title and date."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.policy import change, identity, recognition
from aggregator.policy.recognition import Layer, Met, Stored
from aggregator.types import Enclosure, Entry, Identity, Known, Outcome

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
TEXT = "The council of the harbour met on Tuesday and spoke at length about the pier and the eel grass below it. "
LONG = TEXT + (
    "A ferry that had not run since the storm took its landing stage sailed again this morning, to applause from those "
    "who had waited there all night, among them the harbour master, who has not slept well since, and his two dogs."
)
OTHER = (
    "Snow fell on the hills above the town, the first of the year, and the school was closed until the roads were free."
)


def hashed(entry: Entry) -> str:
    return change.content_hash(entry.title, entry.content)


def store(*entries: Entry, level: Identity = Identity.ID) -> Stored:
    """What the store holds after it was shown one document."""
    assigned = identity.assign(entries, level)
    traits = identity.traits(assigned)
    named: dict[str, Known] = {}
    kin: dict[int, list[Known]] = {}
    for entry in assigned:
        known = Known(
            key=entry.key,
            outcome=Outcome.PUBLISHED,
            content_hash=hashed(entry),
            post_key="p",
            first_seen_at=NOW,
            published_at=entry.published_at,
            title=entry.title,
            url=entry.url,
            guid=entry.guid,
            words=traits[entry.key].words,
        )
        named |= dict.fromkeys((entry.key, *traits[entry.key].names), known)
        kin.setdefault(traits[entry.key].heading or 0, []).append(known)
    return Stored(named=named, kin=kin)


def show(stored: Stored, *entries: Entry, level: Identity = Identity.ID) -> list[Met]:
    """What the entries of a document are, in its order."""
    assigned = identity.assign(entries, level)
    hashes = {entry.key: hashed(entry) for entry in assigned}
    met = recognition.meet(assigned, identity.traits(assigned), hashes, stored, level)
    return [met[entry.key] for entry in assigned]


STORY = Entry(
    guid="https://a.example/?p=7", url="https://a.example/2026/pier", title="The pier", content=TEXT, published_at=NOW
)
FILLER = Entry(guid="f", url="https://a.example/filler", title="Filler", content=OTHER, published_at=NOW - DAY)


@pytest.mark.parametrize(
    ("changes", "layer"),
    [
        ({}, Layer.KEY),
        ({"title": "The pier, corrected", "content": OTHER}, Layer.KEY),
        ({"url": "https://b.example/elsewhere"}, Layer.KEY),
        ({"published_at": NOW + 9 * DAY}, Layer.KEY),
        ({"guid": "http://www.a.example/?p=7"}, Layer.HOST),
        ({"guid": "http://b.example/?p=7", "url": "https://b.example/x"}, Layer.HOST),
        ({"guid": "new"}, Layer.ADDRESS),
        ({"guid": "new", "url": "http://www.a.example/2026/pier/?utm_source=x"}, Layer.ADDRESS),
        ({"guid": "new", "url": "https://a.example/2026/pier/amp/"}, Layer.ADDRESS),
        ({"guid": "new", "title": "The pier, corrected"}, Layer.ADDRESS),
        ({"guid": None}, Layer.ADDRESS),
        ({"guid": "new", "url": "https://b.example/2026/pier"}, Layer.HOST),
        ({"guid": "new", "url": "https://b.example/2026/pier", "content": OTHER}, Layer.HOST),
        ({"guid": "new", "url": "https://a.example/2026/the-new-pier"}, Layer.WORDS),
        ({"guid": "new", "url": "https://a.example/x", "content": f"{TEXT} It creaked."}, Layer.WORDS),
        ({"guid": "new", "url": None}, Layer.WORDS),
        ({"guid": "new", "url": "https://a.example/x", "content": OTHER}, Layer.NEW),
        ({"guid": "new", "url": "https://a.example/x", "published_at": NOW + timedelta(hours=1)}, Layer.NEW),
        ({"guid": "new", "url": "https://a.example/x", "published_at": None}, Layer.NEW),
        ({"guid": "new", "url": "https://a.example/x", "title": "The peer"}, Layer.NEW),
        ({"guid": "new", "title": "Quite another", "content": OTHER}, Layer.NEW),
    ],
)
def test_an_entry_is_recognised_by_the_surest_layer_that_is_left(changes: dict[str, object], layer: Layer) -> None:
    (met,) = show(store(STORY, FILLER), replace(STORY, **changes))  # type: ignore[arg-type]
    assert met.layer is layer
    assert met.reason
    assert (met.known is None) is (layer is Layer.NEW)


@pytest.mark.parametrize(
    ("changes", "layer"),
    [
        ({}, Layer.WORDS),
        ({"published_at": None}, Layer.WORDS),
        ({"published_at": NOW + 3 * DAY}, Layer.NEW),
        ({"enclosures": (Enclosure(url="https://a.example/8.mp3", type="audio/mpeg"),)}, Layer.NEW),
        ({"content": f"{LONG} 17 people came."}, Layer.NEW),
    ],
)
def test_a_long_text_is_recognised_though_it_was_restamped_too(changes: dict[str, object], layer: Layer) -> None:
    story = replace(STORY, content=LONG)
    again = replace(story, guid="new", url="https://a.example/x", published_at=NOW + DAY)
    met = show(store(story, FILLER), replace(again, **changes), FILLER)  # type: ignore[arg-type]
    assert met[0].layer is layer


@pytest.mark.parametrize("level", list(Identity))
@pytest.mark.parametrize(
    ("title", "texts"),
    [
        ("Daily briefing", (TEXT, OTHER)),
        ("All systems are up", ("No incidents reported.", "No incidents reported.")),
        ("Weather", ("Sunny, high of 20.", "Sunny, high of 21.")),
        ("Nightly build", ("", "")),
        ("", (TEXT, OTHER)),
        ("Podcast of the harbour", (LONG, LONG)),
    ],
)
def test_one_of_a_series_is_not_the_one_before(level: Identity, title: str, texts: tuple[str, str]) -> None:
    first, second = (
        Entry(
            guid=str(n),
            url=f"https://a.example/{n}",
            title=title,
            content=text,
            published_at=NOW + n * timedelta(hours=20),
        )
        for n, text in enumerate(texts)
    )
    stored = store(first, FILLER, level=level)
    assert show(stored, second, level=level)[0].layer is Layer.NEW
    assert [met.layer for met in show(stored, second, first, level=level)] == [Layer.NEW, Layer.KEY]


def test_a_status_page_with_one_address_for_all_keeps_each_of_them() -> None:
    up = [Entry(guid=f"up-{n}", url="https://s.example/", title="Up", published_at=NOW + n * DAY) for n in range(4)]
    down = Entry(guid="down", url="https://s.example/", title="Down", published_at=NOW)
    stored = store(down, *up[:2])
    assert [met.layer for met in show(stored, *up, down)] == [Layer.KEY] * 2 + [Layer.NEW] * 2 + [Layer.KEY]


def test_swapped_ids_follow_address_and_title() -> None:
    a, b = (Entry(guid=n, url=f"https://a.example/{n}", title=n, content=t) for n, t in (("A", TEXT), ("B", OTHER)))
    stored = store(a, b)
    met = show(stored, replace(a, guid="B"), replace(b, guid="A"))
    assert [each.known.title for each in met if each.known] == ["A", "B"]


def test_a_stored_entry_is_met_once() -> None:
    twin = replace(STORY, guid="twin", url="https://a.example/twin")
    met = show(store(STORY), STORY, twin)
    assert [each.layer for each in met] == [Layer.KEY, Layer.NEW]


def test_an_id_that_was_given_to_another_story_is_a_new_entry_under_a_key_of_its_own() -> None:
    later = Entry(guid="latest", url="https://a.example/snow", title="Snow", content=OTHER, published_at=NOW + 3 * DAY)
    stored = store(replace(STORY, guid="latest"))
    (met,) = show(stored, later)
    assert met.layer is Layer.NEW
    assert met.key not in stored.named


def test_the_first_of_two_that_come_to_share_a_guid_is_still_known() -> None:
    old = Entry(guid="same", url="https://a.example/1", title="One", content=TEXT)
    met = show(store(old), Entry(guid="same", url="https://a.example/2", title="Two", content=OTHER), old)
    assert [each.layer for each in met] == [Layer.NEW, Layer.ADDRESS]


@pytest.mark.parametrize("before", list(Identity))
@pytest.mark.parametrize("after", list(Identity))
def test_going_from_one_level_to_another_makes_nothing_new(before: Identity, after: Identity) -> None:
    entries = (
        STORY,
        FILLER,
        *(Entry(guid=str(n), url="https://a.example/s", title=f"Status {n}", content=f"{n} up") for n in range(3)),
        *(Entry(guid="same", url=f"https://a.example/same/{n}", title=f"Same {n}") for n in range(3)),
        *(Entry(url=f"https://a.example/no-id/{n}", title=f"No id {n}") for n in range(3)),
        *(Entry(guid=f"no-url-{n}", title=f"No address {n}") for n in range(3)),
    )
    met = show(store(*entries, level=before), *entries, level=after)
    assert len({each.key for each in met}) == len(entries)
    assert all(each.known for each in met)


@pytest.mark.parametrize("level", list(Identity))
def test_entries_under_keys_and_names_of_unknown_rules_are_met_by_what_is_stored_of_them(level: Identity) -> None:
    """A later scheme finds what an earlier one has stored, though all of its keys and names are made anew."""
    entries = (
        STORY,
        FILLER,
        *(Entry(guid=f"briefing-{n}", title="Briefing", content=TEXT, published_at=NOW + n * DAY) for n in range(9)),
        *(Entry(url="https://a.example/s", title=f"Status {n}", published_at=NOW) for n in range(9)),
    )
    stored = store(*entries)
    kin = {at: [replace(known, key=f"old-{known.key}") for known in found] for at, found in stored.kin.items()}
    met = show(Stored(named={}, kin=kin), *entries, level=level)
    assert {each.key for each in met} == {known.key for found in kin.values() for known in found}


guids = st.sampled_from([None, "1", "2", "https://a.example/1", "http://a.example/1"])
addresses = st.sampled_from(
    [None, "https://a.example/one", "http://www.a.example/one/", "https://b.example/longer/two"]
)
items = st.builds(
    Entry,
    guid=guids,
    url=addresses,
    title=st.sampled_from(["", "A", "B", "Daily briefing"]),
    content=st.sampled_from(["", TEXT, LONG, OTHER]),
    published_at=st.sampled_from([None, NOW, NOW + DAY]),
)
documents = st.lists(items, max_size=7)
levels = st.sampled_from(Identity)


@settings(deadline=None)
@given(documents, documents, levels, st.randoms())
def test_the_order_of_entries_does_not_matter(
    before: list[Entry], entries: list[Entry], level: Identity, random: object
) -> None:
    stored = store(*before, level=level)
    assigned = identity.assign(entries, level)
    hashes = {entry.key: hashed(entry) for entry in assigned}
    traits = identity.traits(assigned)
    met = recognition.meet(assigned, traits, hashes, stored, level)
    shuffled = list(assigned)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert recognition.meet(shuffled, traits, hashes, stored, level) == met


@settings(deadline=None)
@given(documents, documents, levels)
def test_no_two_entries_of_a_document_become_one(before: list[Entry], entries: list[Entry], level: Identity) -> None:
    met = show(store(*before, level=level), *entries, level=level)
    assert len({each.key for each in met}) == len(met)


@settings(deadline=None)
@given(documents, levels)
def test_a_document_shown_again_adds_nothing(entries: list[Entry], level: Identity) -> None:
    assert {each.layer for each in show(store(*entries, level=level), *entries, level=level)} <= {Layer.KEY}


@settings(deadline=None)
@given(documents, levels, st.integers(-99, 99))
def test_restamping_adds_nothing(entries: list[Entry], level: Identity, days: int) -> None:
    entries = list(identity.assign(entries, level))
    restamped = [replace(entry, published_at=NOW + days * DAY) for entry in entries]
    assert all(each.known for each in show(store(*entries, level=level), *restamped, level=level))
