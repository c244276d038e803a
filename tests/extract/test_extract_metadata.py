"""Titles, bylines, dates and rights, one fact at a time."""

from __future__ import annotations

from datetime import UTC, datetime

import lxml.html
import pytest

from aggregator.extract import bylines, dates, metadata, page, rights, titles
from aggregator.markup import structured, tree
from aggregator.markup.structured import Structured

URL = "https://www.example.org/2024/story"
NOW = datetime(2025, 1, 1, tzinfo=UTC)


def parsed(head: str, body: str = "") -> tuple[lxml.html.HtmlElement, Structured]:
    root = tree.document(f"<html><head>{head}</head><body>{body}</body></html>")
    assert root is not None
    return root, structured.read(root, URL)


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        (
            "<title>A story of the sea - The Post</title>",
            "<h1>The Post</h1><h1>A story of the sea</h1>",
            "A story of the sea",
        ),
        ("<title>A story of the sea | example.org</title>", "", "A story of the sea"),
        ("<title>Example: A story of the sea</title>", "", "A story of the sea"),
        ("<title>x</title><meta property='og:title' content='A story of the sea'>", "", "A story of the sea"),
        ("<title>The sea story you must read</title>", "<h1>A story of the sea</h1>", "A story of the sea"),
        ("<title>Chapter 4 - The Big Book</title>", "<h1>The Big Book</h1><h2>Chapter 4</h2>", "Chapter 4"),
        ("", "<h1>A story of the sea</h1>", "A story of the sea"),
        ("<title>State-of-the-art: how it is done</title>", "", "State-of-the-art: how it is done"),
        ("", "", ""),
    ],
)
def test_the_title_is_the_heading_without_the_sites_name(head: str, body: str, title: str) -> None:
    root, said = parsed(head, body)
    assert titles.choose(root, said, ["The Post", "Example"], URL).text == title


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Ada Byron", ["Ada Byron"]),
        ("Von Ada Müller und Karl Huber", ["Ada Müller", "Karl Huber"]),
        ("Ada Byron, Charles Babbage & Mary Somerville", ["Ada Byron", "Charles Babbage", "Mary Somerville"]),
        ("Par Ada Byron | publié le 3 mai", ["Ada Byron"]),
        ("Written by: ADA BYRON on May 3, 2024", ["ADA BYRON"]),
        ("Ada Byron, Jr.", ["Ada Byron"]),
    ],
)
def test_names_are_taken_out_of_a_byline(byline: str, names: list[str]) -> None:
    assert list(bylines.names(byline)) == names


@pytest.mark.parametrize(
    "name", ["admin", "desk@example.org", "https://example.org/ada", "example.com", "Redaktion", "12345678", "x"]
)
def test_what_is_no_name(name: str) -> None:
    assert not bylines.plausible(name)


@pytest.mark.parametrize(
    ("head", "body", "names"),
    [
        ('<meta name="author" content="Ada Byron">', "", ["Ada Byron"]),
        (
            '<meta name="author" content="The Post"><meta property="article:author" content="Ada Byron">',
            "",
            ["Ada Byron"],
        ),
        ("", '<p class="byline">By <a href="/ada">Ada Byron</a></p>', ["Ada Byron"]),
        ("", '<a rel="author" href="/u/ada99">ada99</a>', ["ada99"]),
        ("", '<div class="post-meta">May 3, 2024 | By Ada Byron</div>', ["Ada Byron"]),
        ("", '<div class="comments"><span class="author">Some Reader</span></div>', []),
        ("", "<p>By and large it went well.</p>", []),
        ('<meta name="author" content="The Post">', "", []),
        (
            '<meta name="twitter:label1" content="Written by"><meta name="twitter:data1" content="Ada Byron">',
            "",
            ["Ada Byron"],
        ),
    ],
)
def test_authors_are_people(head: str, body: str, names: list[str]) -> None:
    root, said = parsed(head, body)
    authors, _ = bylines.choose(root, said, ["The Post"])
    assert [author.name for author in authors] == names


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2024-03-05T12:30:00+02:00", "2024-03-05T12:30:00+02:00"),
        ("2024-03-05T12:30:00Z", "2024-03-05T12:30:00+00:00"),
        ("2024-03-05 12:30", "2024-03-05T12:30:00+00:00"),
        ("2024-03-05", "2024-03-05T00:00:00+00:00"),
        ("Tue, 05 Mar 2024 12:30:00 EST", "2024-03-05T12:30:00-05:00"),
        ("March 5, 2024", "2024-03-05T00:00:00+00:00"),
        ("2099-01-01", None),
        ("1970-01-01", None),
        ("yesterday", None),
        ("2024-13-45", None),
        ("", None),
        ("9" * 60, None),
    ],
)
def test_dates_are_read_with_their_zone(written: str, iso: str | None) -> None:
    moment = dates.read(written, NOW)
    assert (moment.isoformat() if moment else None) == iso


def test_a_claim_gives_the_hour_of_the_day_that_the_page_shows() -> None:
    root, said = parsed(
        '<meta property="article:published_time" content="2024-03-05T09:15:00+01:00">', "<time>2024-03-05</time>"
    )
    published, _, reason = dates.choose(root, said, URL, NOW)
    assert published is not None
    assert published.isoformat() == "2024-03-05T09:15:00+01:00"
    assert "open graph" in reason


@pytest.mark.parametrize(
    ("head", "body", "licence"),
    [
        ('<link rel="license" href="https://creativecommons.org/licenses/by/4.0/">', "", "https://creativecommons.org/licenses/by/4.0/"),
        ("", '<a href="http://creativecommons.org/licenses/by-nc-sa/3.0/de/">CC</a>', "http://creativecommons.org/licenses/by-nc-sa/3.0/de/"),
        ("", "<footer>Text under CC BY-SA 4.0.</footer>", "CC BY-SA 4.0"),
        ("", '<a rel="license" href="/terms">Terms</a>', "https://www.example.org/terms"),
        ("", '<a href="https://creativecommons.org/about">About CC</a>', ""),
        ("", "", ""),
    ],
)  # fmt: skip
def test_a_licence_is_found_where_it_is_told(head: str, body: str, licence: str) -> None:
    root, said = parsed(head, body)
    assert rights.licence(root, said, URL) == licence


@pytest.mark.parametrize(
    ("head", "canonical"),
    [
        ('<link rel="canonical" href="/story">', "https://www.example.org/story"),
        ('<link rel="canonical" href="https://m.example.org/story?utm_source=x">', "https://m.example.org/story"),
        ('<link rel="canonical" href="https://evil.example.net/story">', URL),
        ('<link rel="canonical" href="/">', URL),
        ('<meta property="og:url" content="https://www.example.org/og">', "https://www.example.org/og"),
        ("", URL),
    ],
)
def test_a_canonical_address_is_of_the_same_site_and_no_front_page(head: str, canonical: str) -> None:
    found = page.read(
        f"<html><head>{head}</head><body><p>x</p></body></html>".encode(), url=f"{URL}?fbclid=1", headers={}
    )
    assert metadata.read(found, NOW).canonical_url == canonical


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<p>Grüße</p>".encode(), "text/html; charset=utf-8"),
        ("<p>Grüße</p>".encode("latin-1"), "text/html; charset=ISO-8859-1"),
        ("<meta charset=windows-1252><p>Grüße</p>".encode("cp1252"), "text/html"),
        ("<meta charset=latin1><p>Grüße</p>".encode(), "text/html; charset=utf-8"),
        ("\ufeff<p>Grüße</p>".encode("utf-16-le"), "text/html"),
        ("<p>Grüße</p>".encode("cp1252"), "text/html"),
        ("<p>Grüße</p>".encode(), "text/html; charset=nonsense"),
    ],
)
def test_bytes_are_decoded_as_declared(body: bytes, content_type: str) -> None:
    assert "<p>Grüße</p>" in page.decode(body, content_type)
