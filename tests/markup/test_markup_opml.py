from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.errors import ParseError
from aggregator.markup import opml
from aggregator.markup.opml import OpmlFeed


def document(body: str) -> bytes:
    return f'<?xml version="1.0"?><opml version="2.0"><head/><body>{body}</body></opml>'.encode()


def test_feeds_are_found_in_their_groups() -> None:
    found = opml.read(
        document(
            """<outline text="News"><outline title="Sea, &amp; land"><outline type="rss" text="Harbour" title="Harbour Post"
            xmlUrl="https://h.example/feed" htmlUrl="https://h.example/" category="/Towns/North,/Boats"/></outline></outline>
            <outline text="Loose" xmlUrl="https://l.example/feed"/>"""
        )
    )
    assert found == (
        OpmlFeed(
            title="Harbour Post",
            xml_url="https://h.example/feed",
            html_url="https://h.example/",
            groups=("News/Sea, & land", "Towns/North", "Boats"),
        ),
        OpmlFeed(title="Loose", xml_url="https://l.example/feed"),
    )


@pytest.mark.parametrize(
    ("attributes", "address"),
    [
        ('xmlurl="https://a.example/f"', "https://a.example/f"),
        ('XMLURL=" https://a.example/f "', "https://a.example/f"),
        ('xmlUrl="https://a.example/?x=1&y=2"', "https://a.example/?x=1&y=2"),
        ('xmlUrl="feed://a.example/f"', "http://a.example/f"),
        ('xmlUrl="feed:https://a.example/f"', "https://a.example/f"),
        ('xmlUrl="feed://https://a.example/f"', "https://a.example/f"),
        ('xmlUrl="https://me:secret@a.example/f"', "https://a.example/f"),
        ('xmlUrl="file:///etc/passwd"', None),
        ('xmlUrl="javascript:alert(1)"', None),
        ('xmlUrl="/relative"', None),
        ('xmlUrl=""', None),
        ('text="only a heading"', None),
    ],
)
def test_addresses_are_forgiven_their_spelling_but_not_their_scheme(attributes: str, address: str | None) -> None:
    found = opml.read(document(f"<outline {attributes}/>"))
    assert [feed.xml_url for feed in found] == ([address] if address else [])


def test_a_feed_in_two_groups_is_one_feed_with_two_groups() -> None:
    feed = '<outline text="F" xmlUrl="https://f.example/"/>'
    (found,) = opml.read(document(f'<outline text="A">{feed}</outline><outline text="B">{feed}</outline>'))
    assert found.groups == ("A", "B")


def test_a_feed_without_a_title_is_called_by_its_host() -> None:
    assert opml.read(document('<outline xmlUrl="https://f.example/x"/>'))[0].title == "f.example"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not well-formed"),
        (b"hello", "not well-formed"),
        (b"<rss/>", "begins with <rss>"),
        (b"<opml><body><outline></body></opml>", "not well-formed"),
        (b'<!DOCTYPE opml [<!ENTITY a "b">]><opml><body/></opml>', "declares entities"),
        ('<!DOCTYPE opml [<!ENTITY a "b">]><opml><body/></opml>'.encode("utf-16"), "declares entities"),
        (b"<opml>" + b"<outline>" * 5_000 + b"</outline>" * 5_000 + b"</opml>", "not well-formed"),
        (b" " * 10_000_001, "more than 10 MB"),
    ],
)
def test_what_is_no_opml_is_refused(body: bytes, words: str) -> None:
    with pytest.raises(ParseError, match=words):
        opml.read(body)


def test_a_list_is_bounded() -> None:
    found = opml.read(document("".join(f'<outline xmlUrl="https://f.example/{n}"/>' for n in range(6_000))))
    assert len(found) == opml.MAX_FEEDS


def test_what_is_written_is_read_back() -> None:
    feeds = (
        OpmlFeed(title="One & only", xml_url="https://a.example/?x=1&y=2", html_url="https://a.example/"),
        OpmlFeed(title="Two", xml_url="https://b.example/", groups=("News/Sea", "Boats")),
        OpmlFeed(title="Three", xml_url="https://c.example/", groups=("News",)),
        OpmlFeed(title="Four", xml_url="https://d.example/", groups=("News/Sea",)),
    )
    written = opml.write("List <1>", feeds)
    assert set(opml.read(written)) == set(feeds)
    assert written.startswith(b"<?xml")
    assert written.count(b'text="News"') == 1


NAMES = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=20
)


@given(NAMES, st.lists(NAMES.filter(lambda name: not set(name) & set("/,")), unique=True, max_size=4))
def test_any_title_and_groups_survive_the_journey(title: str, groups: list[str]) -> None:
    feed = OpmlFeed(title=title, xml_url="https://f.example/", groups=tuple(groups))
    assert opml.read(opml.write(title, [feed])) == (feed,)


@settings(max_examples=200)
@given(st.text(max_size=40), st.text(max_size=40), st.lists(st.text(max_size=20), max_size=3))
def test_anything_can_be_written(title: str, name: str, groups: list[str]) -> None:
    opml.read(opml.write(title, [OpmlFeed(title=name, xml_url="https://f.example/", groups=tuple(groups))]))


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        opml.read(body)
    except ParseError:
        return
