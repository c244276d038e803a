"""Which feeds a page offers."""

from __future__ import annotations

from aggregator.markup import discover

URL = "https://www.example.org/blog/2024/post.html"


def named(html: str) -> list[str]:
    return [link.url for link in discover.feeds(html, URL) if not link.guess]


def test_declared_feeds_come_in_the_order_of_the_page() -> None:
    html = """<link rel="alternate" type="application/atom+xml" title="News" href="/atom.xml">
        <link rel="alternate" type="application/rss+xml" href="/rss">"""
    first, second, *_ = discover.feeds(html, URL)
    assert first == discover.FeedLink(url="https://www.example.org/atom.xml", title="News", type="application/atom+xml")
    assert second.url == "https://www.example.org/rss"


def test_feeds_of_comments_come_last() -> None:
    html = """<link rel=alternate type=application/rss+xml href=/comments/feed/ title="Comments">
        <link rel=alternate type=application/rss+xml href=/feed/>"""
    assert named(html) == ["https://www.example.org/feed/", "https://www.example.org/comments/feed/"]


def test_a_base_element_is_minded() -> None:
    assert named(
        '<base href="https://cdn.example.net/x/"><link rel="alternate" type="application/rss+xml" href="f.xml">'
    ) == ["https://cdn.example.net/x/f.xml"]


def test_other_alternates_are_no_feeds() -> None:
    html = """<link rel=alternate hreflang=de href=/de><link rel=alternate type=application/json href=/wp-json/wp/v2/posts/1>
        <link rel=alternate type=application/json+oembed href=/oembed><link rel=stylesheet type=text/css href=/a.css>"""
    assert named(html) == []


def test_links_that_look_like_feeds_are_found_on_the_own_site_only() -> None:
    html = '<a href="/news.rss">x</a> <a href="/subscribe">RSS feed</a> <a href="https://other.example/feed">RSS</a> <a href="/about">About</a>'
    assert named(html) == ["https://www.example.org/news.rss", "https://www.example.org/subscribe"]


def test_usual_places_are_guesses() -> None:
    guesses = discover.feeds("", URL)
    assert all(link.guess for link in guesses)
    assert {"https://www.example.org/feed/", "https://www.example.org/rss.xml"} <= {link.url for link in guesses}


def test_each_address_is_named_once() -> None:
    html = '<link rel=alternate type=application/rss+xml href="/feed/"><a href="/feed">RSS</a>'
    assert [link.url for link in discover.feeds(html, URL)].count("https://www.example.org/feed/") == 1
    assert "https://www.example.org/feed" not in named(html)


def test_a_page_of_links_is_bounded() -> None:
    html = "".join(f'<a href="/{n}/feed/">RSS</a>' for n in range(3000))
    assert len(discover.feeds(html, URL)) == discover.MAX_LINKS
