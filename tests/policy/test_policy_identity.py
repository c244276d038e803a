"""Identity: which entry is which, whatever feeds do to ids, links and dates."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from aggregator.policy import identity
from aggregator.types import Entry, Known, Outcome

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def known(entry: Entry, **changes: object) -> Known:
    facts = {
        "key": entry.key,
        "outcome": Outcome.PUBLISHED,
        "content_hash": "h",
        "post_key": "p",
        "first_seen_at": NOW,
        "title": entry.title,
        "url": entry.url,
    }
    return Known(**(facts | changes))  # type: ignore[arg-type]


def one(**fields: object) -> Entry:
    return identity.assign([Entry(**fields)])[0]  # type: ignore[arg-type]


def store(*entries: Entry) -> dict[str, Known]:
    """What the store answers: entries by key and by alias."""
    assigned = identity.assign(entries)
    names = identity.aliases(assigned)
    return {name: known(entry) for entry in assigned for name in (entry.key, *names[entry.key])}


def recognise(entry: Entry, stored: dict[str, Known]) -> Known | None:
    (assigned,) = identity.assign([entry])
    return identity.recognise(assigned, identity.aliases([assigned])[assigned.key], stored)[0]


def test_a_key_is_the_guid_whatever_else_changes() -> None:
    a = one(guid="x1", url="http://a.example/1", title="Old")
    b = one(guid="x1", url="https://b.example/2", title="New", published_at=NOW)
    assert a.key == b.key


def test_without_a_guid_scheme_tracking_and_slash_of_the_address_do_not_count() -> None:
    a = one(url="http://www.a.example/story/?utm_source=rss", title="T")
    assert a.key == one(url="https://a.example/story", title="T").key


def test_items_that_share_one_link_and_have_no_guid_stay_apart() -> None:
    entries = identity.assign([Entry(url="https://s.example/status", title=t) for t in ("Up", "Down")])
    assert len({entry.key for entry in entries}) == 2


def test_exact_repeats_in_one_document_are_one_entry() -> None:
    assert len(identity.assign([Entry(guid="1", url="https://a.example/1", title="T")] * 3)) == 1


def test_a_guid_that_several_items_share_proves_nothing() -> None:
    entries = identity.assign([Entry(guid="same", url=f"https://a.example/{n}", title=str(n)) for n in range(3)])
    assert len({entry.key for entry in entries}) == 3


def test_the_first_of_two_that_come_to_share_a_guid_is_still_known() -> None:
    old = Entry(guid="same", url="https://a.example/1", title="One")
    stored = store(old)
    new, again = identity.assign([Entry(guid="same", url="https://a.example/2", title="Two"), old])
    names = identity.aliases([new, again])
    assert identity.recognise(new, names[new.key], stored)[0] is None
    assert identity.recognise(again, names[again.key], stored)[0] is not None


def test_a_new_guid_at_the_old_address_with_the_old_title_is_known() -> None:
    stored = store(Entry(guid="1", url="https://a.example/1", title="One"))
    assert recognise(Entry(guid="2", url="https://a.example/1", title="One"), stored) is not None
    assert recognise(Entry(guid="2", url="https://a.example/1", title="Quite another"), stored) is None


def test_a_guid_that_is_an_address_may_change_scheme_and_host() -> None:
    stored = store(Entry(guid="http://old.example/?p=7", title="Seven"))
    assert recognise(Entry(guid="https://new.example/?p=7", title="Seven"), stored) is not None


def test_swapped_guids_follow_address_and_title() -> None:
    a, b = Entry(guid="1", url="https://a.example/a", title="A"), Entry(guid="2", url="https://a.example/b", title="B")
    stored = store(a, b)
    swapped = recognise(Entry(guid="2", url="https://a.example/a", title="A"), stored)
    assert swapped is not None
    assert swapped.title == "A"


def test_an_edited_title_under_the_same_guid_is_the_same_entry() -> None:
    stored = store(Entry(guid="1", url="https://a.example/a", title="A"))
    assert recognise(Entry(guid="1", url="https://a.example/a", title="A, corrected"), stored) is not None


def test_post_keys_differ_by_feed() -> None:
    assert identity.post_key("a", "k") != identity.post_key("b", "k")


texts = st.one_of(st.none(), st.text(max_size=30), st.sampled_from(["https://a.example/x", "http://[", "urn:x"]))


@given(st.lists(st.builds(Entry, guid=texts, url=texts, title=st.text(max_size=20)), max_size=8))
def test_keys_are_unique_and_do_not_depend_on_order(entries: list[Entry]) -> None:
    keys = [entry.key for entry in identity.assign(entries)]
    assert len(keys) == len(set(keys))
    assert set(keys) == {entry.key for entry in identity.assign(entries[::-1])}
