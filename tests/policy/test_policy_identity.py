"""Identity: keys and traits of the entries of one document."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.policy import identity
from aggregator.types import Entry, Identity

NOW = datetime(2026, 6, 1, tzinfo=UTC)
LONG = "The council of the harbour met on Tuesday and spoke at length about the pier and the eel grass below it."
OTHER = "A ferry that had not run since the storm took its landing stage sailed again this morning, to applause."


def one(**fields: object) -> Entry:
    return identity.assign([Entry(**fields)])[0]  # type: ignore[arg-type]


def test_a_key_is_the_guid_whatever_else_changes() -> None:
    a = one(guid="x1", url="http://a.example/1", title="Old")
    b = one(guid="x1", url="https://b.example/2", title="New", published_at=NOW)
    assert a.key == b.key


def test_without_a_guid_scheme_tracking_and_slash_of_the_address_do_not_count() -> None:
    a = one(url="http://www.a.example/story/?utm_source=rss", title="T")
    assert a.key == one(url="https://a.example/story", title="T").key


def test_a_redirector_is_seen_through() -> None:
    wrapped = one(url="https://www.google.com/url?sa=t&url=https%3A%2F%2Fa.example%2Fstory&usg=1", title="T")
    assert wrapped.url == "https://a.example/story"
    assert wrapped.key == one(url="https://a.example/story", title="T").key


def test_items_that_share_one_link_and_have_no_guid_stay_apart() -> None:
    entries = identity.assign([Entry(url="https://s.example/status", title=t) for t in ("Up", "Down")])
    assert len({entry.key for entry in entries}) == 2


def test_exact_repeats_in_one_document_are_one_entry() -> None:
    assert len(identity.assign([Entry(guid="1", url="https://a.example/1", title="T")] * 3)) == 1


@pytest.mark.parametrize(
    "entries",
    [
        [Entry(guid="same", url=f"https://a.example/{n}", title=str(n)) for n in range(3)],
        [Entry(guid="same", url="https://a.example/", title=str(n), content=f"Text number {n}.") for n in range(3)],
        [Entry(guid="same", title=str(n)) for n in range(3)],
        [Entry(guid="same", url=f"https://a.example/{n}", title="Daily briefing") for n in range(3)],
        [Entry(guid="same", url="https://a.example/", title=f"T{n}", content=LONG) for n in range(20)],
    ],
    ids=["by address", "all at the permalink", "by title", "one title", "too many to be copies"],
)
def test_a_guid_that_several_different_items_share_proves_nothing(entries: list[Entry]) -> None:
    assert len(identity.assign(entries)) == len(entries)
    assert len(identity.assign(entries[::-1])) == len(entries)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (Entry(guid="1", title="A", url="https://a.example/a"), Entry(guid="1", title="A2", url="https://a.example/a")),
        (
            Entry(guid="1", title="A", url="https://a.example/a", content=LONG),
            Entry(guid="1", title="A", url="https://a.example/a-2", content=f"{LONG} Then it rose."),
        ),
        (Entry(guid="1", title="A"), Entry(guid="1", title="A", content=LONG)),
    ],
    ids=["another title", "another slug", "another text"],
)
def test_of_copies_of_one_entry_the_newest_stands(old: Entry, new: Entry) -> None:
    old = Entry(**{name: getattr(old, name) for name in ("guid", "title", "url", "content")}, updated_at=NOW)
    new = Entry(
        **{name: getattr(new, name) for name in ("guid", "title", "url", "content")},
        updated_at=NOW + timedelta(hours=1),
    )
    for entries in ([old, new], [new, old]):
        (standing,) = identity.assign(entries)
        assert (standing.title, standing.content, standing.updated_at) == (new.title, new.content, new.updated_at)


def test_by_address_ids_do_not_count() -> None:
    first = identity.assign([Entry(guid="1", url="https://a.example/a", title="A")], Identity.ADDRESS)
    again = identity.assign(
        [Entry(guid="2", url="https://a.example/a?utm_source=x", title="A, edited")], Identity.ADDRESS
    )
    assert first[0].key == again[0].key


@pytest.mark.parametrize("level", [Identity.ADDRESS, Identity.TITLE])
def test_by_address_items_at_one_page_are_told_apart_by_title(level: Identity) -> None:
    entries = [Entry(guid="same", url="https://a.example/", title=title) for title in ("Up", "Down")]
    assert len(identity.assign(entries, level)) == 2


@pytest.mark.parametrize("level", list(Identity))
def test_without_an_address_the_guid_counts_at_every_level(level: Identity) -> None:
    entries = [Entry(guid=str(number), title="Daily briefing") for number in range(3)]
    assert len(identity.assign(entries, level)) == 3


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        (LONG, LONG, True),
        (LONG, f"<p>{LONG.upper()}</p>", True),
        (LONG, f"{LONG} Then it rose.", True),
        ("Harbour caf&eacute; opens", "Harbour café opens", True),
        (LONG, OTHER, False),
        (f"{LONG} It cost 5 million.", f"{LONG} It cost 6 million.", False),
        ("", "", False),
        ("Sunny, high of 20 degrees", "Sunny, high of 21 degrees", False),
        ("Sunny all day in the north", "Cloudy all day in the north", False),
    ],
)
def test_two_texts_are_near_where_nearly_all_words_and_all_numbers_agree(one: str, other: str, near: bool) -> None:
    assert identity.near(identity.sketch(one), identity.sketch(other)) is near


def test_a_heading_is_the_title_or_the_opening_of_an_untitled_text() -> None:
    assert identity.heading("Harbour opens!") == identity.heading("<b>harbour</b> opens", "other words")
    assert identity.heading("", LONG) == identity.heading("", f"{LONG} Then it rose.") != identity.heading("", OTHER)
    assert identity.heading("", "") is None


def test_what_is_kept_of_an_entry_stays_the_same_from_version_to_version() -> None:
    """A change here is a change of the scheme: then SCHEME must grow, and ``store.identities.restate`` must cope."""
    entry = one(
        guid="https://a.example/?p=7", url="https://a.example/seven", title="Seven", content="One two three four"
    )
    traits = identity.traits([entry])[entry.key]
    assert (identity.SCHEME, entry.key, traits.heading) == (2, "14b103b227f9ec0bfce5196211eda31a", 2149457363906499840)
    assert traits.names == ("g:/?p=7", "u:a.example/seven")
    assert traits.words.hex() == "000400000000000000c30000000000000000000000000000e20000000000000000000000000000000000"


def test_post_keys_differ_by_feed() -> None:
    assert identity.post_key("a", "k") != identity.post_key("b", "k")


texts = st.one_of(st.none(), st.text(max_size=30), st.sampled_from(["https://a.example/x", "http://[", "urn:x"]))
items = st.builds(
    Entry,
    guid=texts,
    url=texts,
    title=st.one_of(st.text(max_size=20), st.sampled_from(["A", "B"])),
    content=st.sampled_from(["", LONG, OTHER]),
    updated_at=st.sampled_from([None, NOW, NOW + timedelta(hours=1)]),
)


@settings(deadline=None)
@given(st.lists(items, max_size=8), st.sampled_from(Identity), st.randoms())
def test_keys_are_unique_and_do_not_depend_on_order(entries: list[Entry], level: Identity, random: object) -> None:
    keys = [entry.key for entry in identity.assign(entries, level)]
    assert len(keys) == len(set(keys))
    random.shuffle(entries)  # type: ignore[attr-defined]
    assert set(keys) == {entry.key for entry in identity.assign(entries, level)}


@settings(deadline=None)
@given(st.lists(items, max_size=8), st.sampled_from(Identity))
def test_repeats_in_a_document_add_nothing(entries: list[Entry], level: Identity) -> None:
    assert {e.key for e in identity.assign(entries, level)} == {e.key for e in identity.assign(entries * 2, level)}


@settings(deadline=None)
@given(items, st.sampled_from(Identity))
def test_dates_and_authors_are_not_identity(entry: Entry, level: Identity) -> None:
    from dataclasses import replace

    restamped = replace(entry, published_at=NOW, updated_at=NOW + timedelta(days=3))
    assert identity.assign([entry], level)[0].key == identity.assign([restamped], level)[0].key
