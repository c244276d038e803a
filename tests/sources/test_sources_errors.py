from __future__ import annotations

import pytest
from feed_samples import parsed, response

from aggregator import sources
from aggregator.errors import ParseError


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "the document is empty"),
        (b" \n\t", "the document is empty"),
        (b"<!DOCTYPE html><html><body>Hello</body></html>", "an HTML page"),
        (b"<html><body><form><input name='p' type='password'></form></body></html>", "a login page"),
        (b"<html><head><title>Just a moment...</title></head></html>", "asks for a browser or a human"),
        (b'{"error": "not found"}', "JSON of another kind"),
        (b'{"broken": ', "damaged JSON"),
        (b"\x89PNG\r\n\x1a\n<rdf:RDF/>", "a PNG picture"),
        (b"%PDF-1.7", "a PDF file"),
        (b"\x1f\x8b\x08\x00", "gzip data"),
        (b"<?xml version='1.0'?><opml version='2.0'><body/></opml>", "XML of another kind: <opml>"),
        (b"<urlset><url/></urlset>", "XML of another kind: <urlset>"),
        (b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><x/></rdf:RDF>", "<rdf:RDF>"),
        (b"Error 500: database", "text that begins 'Error 500: database'"),
        (bytes(range(9)) * 40, "binary data"),
    ],
)
def test_a_refusal_says_what_the_bytes_look_like(body: bytes, words: str) -> None:
    with pytest.raises(ParseError) as caught:
        parsed(body)
    assert words in str(caught.value)


def test_a_page_comes_with_a_hint_of_where_feeds_are() -> None:
    with pytest.raises(ParseError, match="wirecopy discover"):
        parsed(b"<html></html>")


def test_an_empty_feed_is_a_feed() -> None:
    assert parsed("<rss version='2.0'/>").entries == ()
    assert parsed("<feed xmlns='http://www.w3.org/2005/Atom'/>").entries == ()


def test_an_unknown_kind_is_told_by_name() -> None:
    with pytest.raises(LookupError, match="jsonfeed"):
        sources.parse("telegraph", response(""), {})


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(ValueError, match="encodign"):
        sources.parse("feed", response("<rss/>"), {"encodign": "utf-8"})


def test_the_encoding_can_be_forced() -> None:
    body = "<rss><channel><title>Новости</title></channel></rss>".encode("cp1251")
    assert sources.parse("feed", response(body), {"encoding": "windows-1251"}).title == "Новости"
