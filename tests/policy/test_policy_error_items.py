"""Entries that are reports of errors, and articles that only look like them."""

from __future__ import annotations

import pytest

from aggregator.policy import error_items
from aggregator.types import Entry, Parsed

FEED = "https://www.example.org/feed.xml"
HOME = "https://www.example.org/"
PAGE = "https://www.example.org/2026/a-story.html"


def reported(title: str, url: str | None, generator: str = "", feed_url: str = FEED, more: int = 0) -> str:
    others = tuple(Entry(key=f"o{n}", title="The eel grass is back", url=f"{PAGE}?n={n}") for n in range(more))
    parsed = Parsed(site_url=HOME, generator=generator, entries=(Entry(key="k", title=title, url=url), *others))
    return error_items.reports(parsed, feed_url).get("k", "")


@pytest.mark.parametrize(
    ("title", "url", "generator", "feed_url", "said"),
    [
        ("Bridge returned error 404! (19532)", PAGE, "RSS-Bridge", FEED, "RSS-Bridge reports: Bridge returned error 404!"),
        ("Bridge returned error 0! (19532)", PAGE, "", "https://bridge.example/rss-bridge/?action=display", ""),
        ("Bridge returned error 0! (19532)", PAGE, "", "https://rss-bridge.org/bridge01/?action=display", "RSS-Bridge reports: Bridge returned error 0!"),
        ("RSS reader not yet whitelisted!", None, "", "https://xcancel.com/a/rss", "nitter reports: RSS reader not yet whitelisted!"),
        ("Your feed has been paused", PAGE, "FetchRSS", FEED, "FetchRSS reports: Your feed has been paused"),
        ("This feed is no longer available", PAGE, "RSS.app", FEED, "RSS.app reports: This feed is no longer available"),
        ("Error", None, "", FEED, "the feed tells of itself: Error"),
        ("Error 503", HOME, "", FEED, "the feed tells of itself: Error 503"),
        ("This feed has moved", "https://www.example.org", "", FEED, "the feed tells of itself: This feed has moved"),
        ("Feed expired", FEED, "", FEED, "the feed tells of itself: Feed expired"),
        ("Diese Seite existiert nicht mehr", HOME, "", FEED, "the feed tells of itself: Diese Seite existiert nicht mehr"),
        ("Just a moment...", HOME, "", FEED, "the feed tells of itself: Just a moment..."),
    ],
)  # fmt: skip
def test_a_report_of_an_error_is_told_by_two_signs(
    title: str, url: str | None, generator: str, feed_url: str, said: str
) -> None:
    assert reported(title, url, generator, feed_url) == said


@pytest.mark.parametrize(
    ("title", "url", "generator"),
    [
        ("Error", PAGE, ""),
        ("Bridge returned error 404!", PAGE, ""),  # a forum of engineers
        ("Golden Gate bridge returned to traffic", PAGE, "RSS-Bridge"),
        ("The feed has been paused, says the farmer", PAGE, ""),
        ("Feed the children", None, ""),
        ("Feed prices have expired patience", PAGE, "FetchRSS"),
        ("Errors and expectations", HOME, ""),
        ("A plane engine failure kills three", PAGE, "rss-proxy"),
        ("Not found: the lost city", None, ""),
        ("", None, ""),
    ],
)
def test_an_article_is_no_report_whatever_it_is_called(title: str, url: str | None, generator: str) -> None:
    assert reported(title, url, generator) == ""


def test_a_status_page_whose_entries_all_lead_to_it_reports_of_the_world() -> None:
    entries = tuple(Entry(key=f"k{n}", title="Service unavailable", url=HOME) for n in range(3))
    assert error_items.reports(Parsed(site_url=HOME, entries=entries), FEED) == {}


def test_a_feed_fails_where_the_report_stands_at_its_top() -> None:
    report, article = Entry(key="r", title="Feed expired"), Entry(key="a", title="A story", url=PAGE)
    for entries, failing in (((report, article), True), ((article, report), False), ((), False)):
        parsed = Parsed(site_url=HOME, entries=entries)
        assert bool(error_items.failure(parsed, error_items.reports(parsed, FEED))) is failing
