"""Hostile documents end soon, in a result or in a ParseError, and nothing grows beyond its limit."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from counting import growth
from feed_samples import parsed, plain, response, rss
from hostile import FEEDS, laughs
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator import sources
from aggregator.errors import ParseError
from aggregator.sources import limits, loose
from aggregator.types import Parsed

HOSTILE = FEEDS | {"entities in entities": lambda _: laughs(10)}
#: About half a megabyte of each.
LARGE = 12_000


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_refused_or_read_within_bounds(name: str) -> None:
    try:
        found: Parsed | None = parsed(HOSTILE[name](LARGE))
    except ParseError:
        found = None
    assert found is None or len(repr(found)) < 100_000


@pytest.mark.parametrize("name", FEEDS)
def test_a_hostile_document_of_twice_the_size_makes_at_most_twice_the_work(name: str) -> None:
    def read(size: int) -> None:
        with contextlib.suppress(ParseError):
            parsed(FEEDS[name](size))

    assert growth(read, 500) < 2.3


@pytest.mark.parametrize("name", FEEDS)
def test_feedparser_is_given_nothing_that_is_quadratic(name: str) -> None:
    assert growth(lambda size: loose.read(FEEDS[name](size), "https://feeds.example/"), 500) < 2.3


def test_no_file_is_opened_for_an_entity(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the secret", "utf-8")
    doctype = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY % p SYSTEM "{secret.as_uri()}"> %p;]>'
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret.as_uri()}" parse="text"/>'
    for document in (doctype + rss("<item><title>&x;</title></item>"), rss(f"<item><title>{include}</title></item>")):
        assert "the secret" not in repr(parsed(document))
        assert "the secret" not in repr(loose.read(document, "https://feeds.example/"))


def test_a_text_that_names_a_file_is_not_opened(tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_text(rss("<item><title>from the file</title></item>"), "utf-8")
    with pytest.raises(ParseError):
        parsed(str(feed))
    assert loose.read(str(feed), "https://feeds.example/") is None


def test_everything_has_a_limit() -> None:
    item = (
        f"<title>{'t' * 5_000}</title><guid>{'g' * 9_000}</guid>"
        + "".join(f"<category>c{n}</category><dc:creator>p{n}</dc:creator>" for n in range(500))
        + "".join(f'<enclosure url="https://site.example/{n}.jpg"/>' for n in range(500))
        + "".join(f'<n{n} xmlns="urn:x" a="{"v" * 3_000}">{"w" * 3_000}</n{n}>' for n in range(100))
    )
    entry = parsed(rss(f"<item>{item}</item>")).entries[0]
    assert len(entry.title) == limits.TITLE
    assert entry.guid is not None
    assert len(entry.guid) == limits.GUID
    assert len(entry.tags) == limits.TAGS
    assert len(entry.authors) == limits.AUTHORS
    assert len(entry.enclosures) == limits.ENCLOSURES
    assert len(entry.images) <= limits.IMAGES
    assert len(entry.raw) <= limits.RAW
    assert max(map(len, entry.raw.values())) == limits.RAW_TEXT


@pytest.mark.parametrize("broken", ["", "</x>", "<x y=1>"])
def test_entries_beyond_the_cap_are_counted(broken: str) -> None:
    items = "".join(f"<item><guid>{n}</guid></item>" for n in range(limits.ENTRIES + 7))
    found = parsed(rss(broken + items))
    assert (len(found.entries), found.left_out) == (limits.ENTRIES, 7)


def test_control_characters_do_not_get_through() -> None:
    document = rss("<item><title>a\x00b\x1bc&#x85;d&#146;e\ufeff\x7f</title></item>")
    assert parsed(document).entries[0].title == "abc…d’e"


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_parsed_or_refused(body: bytes) -> None:
    try:
        found = parsed(body)
    except ParseError:
        return
    repr(plain(found)).encode()


PIECES = st.sampled_from(
    ["<rss>", "<rss version='2.0'>", "<channel>", "<item>", "</item>", "</channel>", "</rss>", "<feed xmlns='http://www.w3.org/2005/Atom'>",
     "<entry>", "</entry>", "</feed>", "<title>", "</title>", "<link>", "</link>", "<link href='x'/>", "<guid>", "</guid>", "<![CDATA[",
     "]]>", "<!--", "-->", "&", "&amp;", "&#0;", "&nbsp;", "<dc:creator>", "<author>", "</author>", "<content type='xhtml'>", "</content>",
     "<!DOCTYPE x [", "<!ENTITY a 'b'>", "]>", "text", "http://x.example/", "2026-01-01", "\x85", "\ufffe", "<?xml version='1.0'?>", "{", "'"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=25), st.sampled_from(["utf-8", "utf-16", "cp1252"]))
def test_any_pieces_of_feeds_are_parsed_or_refused(pieces: list[str], codec: str) -> None:
    try:
        found = parsed("".join(pieces).encode(codec, "replace"))
    except ParseError:
        return
    for entry in found.entries:
        assert entry.url is None or entry.url.startswith(("http://", "https://"))


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECES, max_size=25), st.text(max_size=20), st.text(max_size=20))
def test_any_headers_and_addresses_are_survived(pieces: list[str], header: str, url: str) -> None:
    try:
        sources.parse("feed", response("".join(pieces), url, content_type=header), {})
    except ParseError:
        return
