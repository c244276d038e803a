"""Hostile documents end soon, in a result or in a ParseError, and nothing grows beyond its limit."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from feed_samples import parsed, plain, response, rss
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator import sources
from aggregator.errors import ParseError
from aggregator.sources import limits, loose
from aggregator.types import Parsed

BROKEN = "</x>"
XML = '<?xml version="1.0"?>\n'


def laughs(levels: int) -> str:
    entities = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(levels))
    return f'{XML}<!DOCTYPE rss [<!ENTITY l0 "lol">{entities}]>' + rss(f"<item><title>&l{levels};</title></item>")


HOSTILE = {
    "entities in entities": laughs(10),
    "one entity many times": f'<!DOCTYPE rss [<!ENTITY a "{"A" * 60_000}">]>'
    + rss(f"<item><title>{'&a;' * 60_000}</title></item>"),
    "depth": rss("<item>" + "<a>" * 300_000 + "</a>" * 300_000 + "</item>"),
    "depth, never closed": "<rss><channel>" + "<a>" * 300_000,
    "attributes": rss("<item " + " ".join(f'a{n}="1"' for n in range(50_000)) + "/>"),
    "namespaces": "<rss " + " ".join(f'xmlns:n{n}="http://n/{n}"' for n in range(10_000)) + "><channel/></rss>",
    "comments that never end": rss(f"<item><title>{'&lt;!--' * 100_000}</title></item>"),
    "ampersands": rss("&" * 300_000),
    "angle brackets": rss("<" * 300_000),
    "CDATA that never ends": rss("<![CDATA[" * 100_000),
    "processing instructions": rss("<?" * 200_000),
    "document types": "<!DOCTYPE rss [ " * 50_000 + rss(""),
    "entity declarations": "<!DOCTYPE rss [" + '<!ENTITY a "b">' * 50_000 + "]>" + rss(""),
    "broken: author": rss(f"{BROKEN}<item><author>{'a' * 200_000}</author></item>"),
    "broken: categories": rss(BROKEN + "<item>" + "<category>c</category>" * 40_000 + "</item>"),
    "broken: attributes": rss(BROKEN + "<item " + " ".join(f'a{n}="1"' for n in range(40_000)) + "></item>"),
    "mail addresses": rss(f"<item><author>{'a@' * 100_000}</author></item>"),
    "brackets in an author": rss(f"<item><author>{'(@' * 100_000}</author></item>"),
    "ends without beginnings": rss("</a>" * 200_000),
    "beginnings without ends": rss("<b><i>" * 100_000),
    "a long date": rss(f"<item><pubDate>{'1 Jan ' * 50_000}</pubDate></item>"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_ends_soon(name: str) -> None:
    start = time.process_time()
    try:
        found: Parsed | None = parsed(HOSTILE[name])
    except ParseError:
        found = None
    assert time.process_time() - start < 3
    assert found is None or len(repr(found)) < 100_000


@pytest.mark.parametrize("name", HOSTILE)
def test_feedparser_is_given_nothing_that_takes_it_long(name: str) -> None:
    start = time.process_time()
    loose.read(HOSTILE[name], "https://feeds.example/")
    assert time.process_time() - start < 3


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


@pytest.mark.parametrize("broken", ["", BROKEN, "<x y=1>"])
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
