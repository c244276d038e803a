"""Whether an article is made of its page or of what the feed said."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from aggregator import extract
from aggregator.errors import ExtractError
from aggregator.types import Article, Author, Basis, Enclosure, Entry, Image, Origin, Response

SENTENCE = (
    "The ferry to the outer islands stayed at the quay on Tuesday because its old engine would not start at all. "
)
OTHER = (
    "Gardeners recommend that roses be planted in autumn while the ground keeps some warmth from the summer months. "
)
URL = "https://www.example.org/story"


def page(body: str, *, head: str = "<title>Ferry stays at the quay</title>", **headers: str) -> Response:
    names = {"content-type": "text/html; charset=utf-8"} | {
        key.replace("_", "-"): value for key, value in headers.items()
    }
    return Response(
        url=URL,
        requested_url=URL,
        status=200,
        headers=tuple(names.items()),
        body=f"<html><head>{head}</head><body>{body}</body></html>".encode(),
        fetched_at=datetime(2025, 1, 1, tzinfo=UTC),
    )


def story(paragraphs: int, sentence: str = SENTENCE) -> str:
    return "<article><h1>Ferry stays at the quay</h1>" + f"<p>{sentence * 2}</p>" * paragraphs + "</article>"


def numbered(count: int, sentence: str = SENTENCE) -> str:
    return "".join(f"<p>Number {n}. {sentence}</p>" for n in range(count))


def test_a_page_with_more_text_than_the_feed_wins() -> None:
    article = extract.article(
        page(f"<article>{numbered(12)}</article>"), Entry(url=URL, title="Ferry", summary="Ferry stays")
    )
    assert article.basis is Basis.PAGE
    assert any("trafilatura" in reason for reason in article.reasons)


def test_a_feed_with_the_full_text_wins_over_a_shorter_page() -> None:
    article = extract.article(page(f"<article>{numbered(4)}</article>"), Entry(url=URL, content=numbered(20)))
    assert (article.basis, article.method) == (Basis.FEED, "content")
    assert "Number 19." in article.text
    assert any("the feed's own content" in reason for reason in article.reasons)


def test_a_page_about_something_else_loses() -> None:
    entry = Entry(url=URL, title="Ferry stays at the quay", summary=SENTENCE * 3)
    article = extract.article(page(f"<article>{numbered(12, OTHER)}</article>", head="<title>Roses</title>"), entry)
    assert article.basis is Basis.FEED
    assert any("something else" in reason for reason in article.reasons)


def test_a_feeds_words_come_before_the_pages() -> None:
    entry = Entry(
        url=URL,
        title="What the <b>feed</b> calls it",
        authors=(Author(name="Fred Feed"),),
        published_at=datetime(2024, 5, 1, tzinfo=UTC),
        tags=("sea",),
    )
    head = '<title>Other</title><meta name="author" content="Paula Page"><meta property="article:published_time" content="2023-01-01">'
    article = extract.article(page(f"<article>{numbered(12)}</article>", head=head), entry)
    assert (article.title, article.authors, article.tags) == ("What the feed calls it", entry.authors, ("sea",))
    assert article.published_at == entry.published_at


def test_an_origin_is_the_publisher() -> None:
    entry = Entry(url=URL, title="Ferry stays at the quay", origin=Origin(name="Harbour Post"))
    assert extract.article(page(f"<article>{numbered(12)}</article>"), entry).publisher == "Harbour Post"


def test_a_picture_of_the_entry_leads_where_the_page_has_none() -> None:
    entry = Entry(url=URL, enclosures=(Enclosure(url="https://img.example.org/e.jpg", type="image/jpeg"),))
    article = extract.article(page(f"<article>{numbered(12)}</article>"), entry)
    assert article.lead == Image(url="https://img.example.org/e.jpg")
    assert article.images == (article.lead,)


def test_the_lead_is_not_doubled_in_the_body() -> None:
    head = '<title>Ferry</title><meta property="og:image" content="https://img.example.org/a-1200x800.jpg">'
    body = f'<article><figure><img src="https://img.example.org/a-600x400.jpg"><figcaption>Quay</figcaption></figure>{numbered(12)}</article>'
    article = extract.article(page(body, head=head), Entry(url=URL))
    assert article.lead is not None
    assert (article.lead.url, article.lead.caption) == ("https://img.example.org/a-1200x800.jpg", "Quay")
    assert "<img" not in article.body


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (page(story(9), content_type="application/pdf"), "not HTML"),
        (page(""), "no text found"),
        (page("<p>Only a few words here.</p>"), "too little text"),
        (page("<p>Checking your browser before you go on.</p>", head="<title>Just a moment...</title>"), "check for robots"),
        (page("<h1>Page not found</h1><p>The page you wanted is gone, sorry.</p>", head="<title>404 Not Found</title>"), "not found"),
        (page(f"<h1>Log in</h1><p>{SENTENCE}</p>", head="<title>Log in to continue</title>"), "a login"),
        (page("<h1>Before you continue to Videos</h1><p>We use cookies and data.</p>", head="<title>Before you continue</title>"), "consent"),
    ],
)  # fmt: skip
def test_a_page_without_an_article_says_what_it_is(response: Response, reason: str) -> None:
    with pytest.raises(ExtractError, match=reason):
        extract.article(response, Entry(url=URL))


def test_bytes_that_are_no_markup_are_refused() -> None:
    response = page("")
    for body in (b"", b"   ", b"%PDF-1.7 x", b"just text", b"\x00" * 400):
        with pytest.raises(ExtractError):
            extract.article(
                Response(url=URL, requested_url=URL, status=200, headers=(), body=body, fetched_at=response.fetched_at),
                Entry(url=URL),
            )


def test_reservations_of_page_and_header_are_told() -> None:
    response = page(
        f"<article>{numbered(12)}</article>",
        head='<title>x</title><meta name="robots" content="noindex,nosnippet">',
        x_robots_tag="noarchive, otherbot: noindex",
        tdm_reservation="1",
    )
    assert extract.article(response, Entry(url=URL)).reservations == (
        "robots: noindex",
        "robots: nosnippet",
        "x-robots-tag: noarchive",
        "tdm-reservation: 1",
    )


def test_an_article_can_be_sent_between_processes() -> None:
    article = extract.article(page(f"<article>{numbered(12)}</article>"), Entry(url=URL))
    assert pickle.loads(pickle.dumps(article)) == article


# --- of the feed alone ------------------------------------------------------------------------


def from_entry(**fields: object) -> Article:
    return extract.from_entry(Entry(url=URL, base_url=URL, **fields), "the page was refused")  # type: ignore[arg-type]


def test_content_is_preferred_to_the_summary() -> None:
    article = from_entry(content="<p>Long <a href='/x'>text</a></p>", summary="Short")
    assert (article.method, article.text, article.standfirst) == ("content", "Long text", "Short")
    assert "https://www.example.org/x" in article.body
    assert article.reasons[0] == "the page was refused"


def test_a_summary_serves_where_there_is_no_content() -> None:
    article = from_entry(summary="<p>Short</p><script>x</script>")
    assert (article.method, article.body, article.score) == ("summary", "<p>Short</p>", 0.2)


def test_an_entry_without_text_is_told_as_such() -> None:
    article = from_entry(title="Only a title")
    assert (article.method, article.body, article.text, article.score) == ("none", "", "", 0.0)


def test_what_a_feed_adds_to_its_text_is_left_out() -> None:
    article = from_entry(
        content='<p>The text.</p><p>The post <a href="/x">Title</a> appeared first on <a href="/">Blog</a>.</p>'
    )
    assert article.text == "The text."


def test_the_first_picture_of_the_content_leads() -> None:
    article = from_entry(content='<p><img src="/a.jpg" width="600" alt="A"></p><p>The text.</p>')
    assert article.lead == Image(url="https://www.example.org/a.jpg", alt="A", width=600)
    assert article.body == "<p>The text.</p>"


def test_the_heads_of_columns_stay_whatever_they_are_called() -> None:
    rows = "".join(f"<tr><td>Quay {n}</td><td>22.{n}0</td><td>04.{n}5</td></tr>" for n in range(1, 6))
    table = f"<table><thead><tr><th>Stop</th><th>Next</th><th>Home</th></tr></thead><tbody>{rows}</tbody></table>"
    found = extract.article(page(f"<article>{numbered(6)}{table}{numbered(6, OTHER)}</article>"), Entry(url=URL))
    assert "<th>Stop</th><th>Next</th><th>Home</th>" in found.body


@pytest.mark.parametrize(
    "summary",
    [
        '<p>The text.</p><p>The post <a href="/x">Title</a> appeared first on <a href="/">Blog</a>.</p>',
        'The text. <p>The post <a href="/x">Title</a> appeared first on <a href="/">Blog</a>.</p>',
        "<p>The text.</p>",
        "The text.",
    ],
)
def test_a_summary_is_without_the_lines_that_a_feed_adds(summary):
    assert extract.summary(Entry(title="Title", summary=summary)) == "The text."


def test_a_summary_that_is_nothing_but_such_a_line_stays():
    assert extract.summary(Entry(summary="<p>The post Title appeared first on Blog.</p>")).startswith("The post")


NEWS_SEARCH = Entry(
    url=URL,
    title="Ferry stays at the quay - The Strait Courier",
    summary='<a href="https://news.example/1">Ferry stays at the quay</a>&nbsp;&nbsp;<font>The Strait Courier</font>',
    origin=Origin(name="The Strait Courier", url="https://courier.example/"),
)


def test_what_a_news_search_adds_is_no_part_of_title_or_standfirst() -> None:
    head = "<title>Ferry stays at the quay</title><meta name=description content='Nobody knows when it sails.'>"
    article = extract.article(page(f"<article>{numbered(12)}</article>", head=head), NEWS_SEARCH)
    assert (article.title, article.standfirst) == ("Ferry stays at the quay", "Nobody knows when it sails.")
    assert extract.summary(NEWS_SEARCH) == ""
    assert extract.from_entry(NEWS_SEARCH, "no page").title == "Ferry stays at the quay"
    renamed = replace(NEWS_SEARCH, origin=Origin(name="Another"))
    assert extract.from_entry(renamed, "no page").title.endswith(" - The Strait Courier")


@pytest.mark.parametrize(("description", "found"), [(SENTENCE.strip(), SENTENCE.strip()), (SENTENCE[:60], "")])
def test_a_standfirst_stands_above_the_lead_picture_as_the_page_describes_itself(description: str, found: str) -> None:
    head = f"<title>Ferry stays at the quay</title><meta name=description content='{description}'>"
    figure = "<figure><img src='/quay.jpg' width=800 height=500 alt='A quay'></figure>"
    head += "<meta property=og:image content='https://www.example.org/quay.jpg'>"
    body = f"<article><h1>Ferry stays at the quay</h1><p>{SENTENCE}</p>{figure}{numbered(8)}</article>"
    assert extract.article(page(body, head=head), Entry(url=URL)).standfirst == found
