from __future__ import annotations

from dataclasses import replace

import pytest
from feed_samples import parsed, rss

from aggregator.sources import loose, repair


@pytest.mark.parametrize(
    ("document", "mended"),
    [
        ("<rss>a & b</rss>", "<rss>a &amp; b</rss>"),
        ("<rss>?a=1&utm_medium=2&amp;b&#65;&#x41;</rss>", "<rss>?a=1&amp;utm_medium=2&amp;b&#65;&#x41;</rss>"),
        ("<rss>&eacute;&LT;&nosuch;&#1;</rss>", "<rss>é&lt;&amp;nosuch;</rss>"),
        ("<rss><![CDATA[a & b]]> & <!-- & --></rss>", "<rss><![CDATA[a & b]]> &amp; <!-- & --></rss>"),
        ("<rss>1 < 2 <3 ]]></rss>", "<rss>1 &lt; 2 &lt;3 ]]&gt;</rss>"),
        ("junk <?xml version='1.0'?><!-- x --><rss>a</rss> junk", "<rss>a</rss>"),
        ("<rss>a\x00\x1b</rss>", "<rss>a</rss>"),
        ("<rss><x:y/></rss>", '<rss xmlns:x="urn:undeclared"><x:y/></rss>'),
        ("<rss><dc:y/></rss>", '<rss xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:y/></rss>'),
        ("<rss xmlns:q=' urn:q '><q:y/></rss>", "<rss xmlns:q='urn:q'><q:y/></rss>"),
        ("<feed><entry/><entry></entry><entry><id>1", "<feed><entry/><entry></entry></feed>"),
        ("nothing to mend here", "nothing to mend here"),
    ],
)
def test_what_commonly_breaks_is_mended(document: str, mended: str) -> None:
    assert repair.mended(document) == mended


def test_notes_tell_what_was_wrong() -> None:
    notes = parsed(rss("<item><title>a & b</title></item>")).notes
    assert notes[0].startswith("not well-formed: ")
    assert notes[1] == "repaired"


@pytest.mark.parametrize("address", ["https://a.example/?a=1&b=2", "https://a.example/?a=1&copy=2&lt=3&amp=4"])
def test_the_identity_of_an_entry_outlives_the_mending_of_its_feed(address: str) -> None:
    item = "<item><title>t</title><guid>{0}</guid><link>{0}</link></item>"
    today = parsed(rss(item.format(address))).entries[0]
    tomorrow = parsed(rss(item.format(address.replace("&", "&amp;")))).entries[0]
    beyond_mending = parsed(rss("</x>" + item.format(address))).entries[0]
    loosely = loose.read(rss("</x>" + item.format(address)), "https://feeds.example/")
    assert loosely is not None
    for entry in (today, tomorrow, beyond_mending, loosely.entries[0]):
        assert (entry.guid, entry.url) == (address, address)


def test_feedparser_reads_a_damaged_entry_as_we_would() -> None:
    item = (
        "<item><title>Q &amp;amp; A</title><guid>4711&amp;x</guid><link>/a?x=1&amp;copy=2</link><author>a@b.example (Ann)</author>"
        "<pubDate>Tue, 10 Feb 2026 09:30:00 CET</pubDate><category>C &amp; D</category><description>&lt;p&gt;d&lt;/p&gt;</description>"
        '<enclosure url="https://b.example/?a=1&amp;b=2" type="audio/mpeg" length="5"/><comments>/c?a&amp;b</comments></item>'
    )
    found = loose.read(rss("</x>" + item), "https://feeds.example/")
    assert found is not None
    assert found.method == "feedparser"
    ours = replace(parsed(rss(item)).entries[0], raw={})
    assert found.entries[0] == ours


@pytest.mark.parametrize(
    ("document", "nested"),
    [
        ("<a><b></c></b></a>", "<a><b></b></a>"),
        ("<a><b><i>x</b></a>", "<a><b><i>x</i></b></a>"),
        ("<a><item><b>1<item>2</item></a>", "<a><item><b>1</b></item><item>2</item></a>"),
        ("<a><b/><br>x</a>", "<a><b/><br>x</br></a>"),
        ("</x><a><![CDATA[</a>]]><!-- </a> -->", "<a><![CDATA[</a>]]><!-- </a> --></a>"),
    ],
)
def test_tags_are_made_to_nest(document: str, nested: str) -> None:
    assert repair.nested(document) == nested


def test_unescaped_html_that_does_not_nest_stays_in_its_entry() -> None:
    found = parsed(
        rss("<item><title>1</title><description>a<br>b<p>c</b></description></item><item><title>2</title></item>")
    )
    assert [entry.title for entry in found.entries] == ["1", "2"]
    assert found.entries[0].summary == "a<br>b<p>c</p>"


def test_what_is_beyond_repair_goes_to_feedparser() -> None:
    found = parsed(rss("<item x=1><title>1</title><guid>a&b</guid></item>"))
    assert found.method == "feedparser"
    assert found.entries[0].guid == "a&b"
