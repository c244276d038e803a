"""Change, rights and duplicates: decisions with their reasons."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.policy import change, duplicates, rights
from aggregator.policy.change import Change
from aggregator.policy.duplicates import Story, Told
from aggregator.types import Article, Basis, Entry, Feed, FeedMemory, Known, Outcome, Rights

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SUBSCRIBED = Feed(name="f", url="https://f.example/feed", memory=FeedMemory(subscribed_at=NOW))
FRESH = Feed(name="f", url="https://f.example/feed", max_new=2)
ENTRY = Entry(
    key="k", title="T", url="https://f.example/1", summary="Its own words.", published_at=NOW - timedelta(days=30)
)
KNOWN = Known(key="k", outcome=Outcome.PUBLISHED, content_hash="h", post_key="p", first_seen_at=NOW)


@pytest.mark.parametrize(
    ("entry", "known", "feed", "taken", "expected"),
    [
        (ENTRY, None, SUBSCRIBED, 500, Change.NEW),
        (ENTRY, None, FRESH, 1, Change.NEW),
        (ENTRY, None, FRESH, 2, Change.BACKLOG),
        (ENTRY, None, replace(SUBSCRIBED, max_age=timedelta(days=7)), 0, Change.TOO_OLD),
        (Entry(key="k"), None, SUBSCRIBED, 0, Change.EMPTY),
        (replace(ENTRY, published_at=NOW), KNOWN, SUBSCRIBED, 0, Change.SAME),
        (ENTRY, replace(KNOWN, content_hash="other"), SUBSCRIBED, 0, Change.CHANGED),
        (ENTRY, replace(KNOWN, content_hash="other", outcome=Outcome.WITHDRAWN), SUBSCRIBED, 0, Change.BURIED),
        (ENTRY, replace(KNOWN, content_hash="other", outcome=Outcome.BACKLOG), SUBSCRIBED, 0, Change.SAME),
        (ENTRY, replace(KNOWN, outcome=Outcome.WAITING), SUBSCRIBED, 0, Change.SAME),
        (ENTRY, replace(KNOWN, content_hash="other", outcome=Outcome.WAITING), SUBSCRIBED, 0, Change.CHANGED),
        (ENTRY, replace(KNOWN, content_hash="", outcome=Outcome.WAITING), SUBSCRIBED, 0, Change.CHANGED),
    ],
)
def test_an_entry_is_decided_by_what_we_hold(
    entry: Entry, known: Known | None, feed: Feed, taken: int, expected: Change
) -> None:
    decision = change.decide(entry, known, "how", content_hash="h", feed=feed, taken=taken, now=NOW)
    assert decision.outcome is expected
    assert decision.reason


def test_markup_case_and_space_do_not_change_a_text() -> None:
    assert change.content_hash("A  <b>title</b>", "Some\n text!") == change.content_hash("a title", "some text")
    assert change.content_hash("A title", "text") != change.content_hash("A title", "texts")


def article(*reservations: str) -> Article:
    return Article(
        entry=ENTRY, title="T", body="", text="", basis=Basis.PAGE, method="m", score=1, reservations=reservations
    )


@pytest.mark.parametrize(
    ("configured", "permission", "said", "allowed"),
    [
        (Rights.FULL, False, (), Rights.FULL),
        (Rights.FULL, False, ("robots: noarchive",), Rights.EXCERPT),
        (Rights.FULL, False, ("x-robots-tag: noindex, noarchive",), Rights.EXCERPT),
        (Rights.FULL, False, ("tdm-reservation: 1",), Rights.EXCERPT),
        (Rights.FULL, False, ("tdm-reservation: 0",), Rights.FULL),
        (Rights.FULL, False, ("robots: noindex",), Rights.FULL),
        (Rights.FULL, True, ("robots: noarchive",), Rights.FULL),
        (Rights.EXCERPT, False, ("robots: nosnippet",), Rights.EXCERPT),
        (Rights.FULL, False, ("robots: max-snippet:0",), Rights.EXCERPT),
        (Rights.LINK, False, ("robots: noarchive",), Rights.LINK),
    ],
)
def test_the_sources_word_lowers_rights_unless_there_is_permission(
    configured: Rights, permission: bool, said: tuple[str, ...], allowed: Rights
) -> None:
    feed = replace(SUBSCRIBED, rights=configured, rights_permission=permission)
    got, reason = rights.allowed(feed, article(*said))
    assert got is allowed
    assert all(word in reason for word in said)


def test_a_page_that_forbids_snippets_leaves_the_words_of_the_feed_or_none() -> None:
    silent = replace(article("robots: nosnippet"), entry=replace(ENTRY, summary="", content=""))
    assert rights.allowed(SUBSCRIBED, silent)[0] is Rights.LINK
    assert not rights.quotable(SUBSCRIBED, article("robots: nosnippet"))
    assert rights.quotable(SUBSCRIBED, article("robots: noarchive"))
    assert rights.quotable(replace(SUBSCRIBED, rights_permission=True), article("robots: nosnippet"))


TOLD = Told(
    feed="g",
    entry_key="e",
    title="T",
    url="https://g.example/1",
    link="https://g.example/1",
    publisher="G",
    post_key="p",
)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([], Story.OWN),
        ([TOLD], Story.TOLD),
        ([replace(TOLD, url="https://g.example/")], Story.OWN),
        ([replace(TOLD, url="https://g.example/?p=3")], Story.TOLD),
        ([replace(TOLD, feed="f")], Story.TOLD),
        ([replace(TOLD, feed="f", title="Another")], Story.OWN),
        ([replace(TOLD, feed="f", entry_key="k")], Story.OWN),
    ],
)
def test_an_address_told_elsewhere_is_a_duplicate(told: list[Told], expected: Story) -> None:
    decision, other = duplicates.near(feed="f", entry_key="k", title="t", told=told)
    assert decision.outcome is expected
    assert (other is None) == (expected is Story.OWN)


COPY = replace(TOLD, url="https://paper.example/story", link="https://g.example/copy")
