"""The configuration of a planet: its feeds, and what can't be taken over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import ParseError
from aggregator.markup import planet
from aggregator.markup.planet import PlanetFeed

WHOLE = """\
# A planet of the harbour.
[Planet]
name = Planet Harbour
link = https://planet.example/
owner_name = The Harbour Master
cache_directory = cache
new_feed_items = 5
filters = stripAd/feedburner.sed
template_files = atom.xml.tmpl index.html.tmpl

[DEFAULT]
facewidth = 64

[index.html.tmpl]
days_per_page = 7

[http://ann.example/feed.atom]
name = Ann Öther
face = ann.png
exclude = (?i)sponsored

[https://bob.example/rss?x=1;y=2]
name: Bob
new_feed_items = 3

[https://lists.example/people.opml]
content_type = opml
"""


def read(content: str) -> planet.Planet:
    return planet.read(content.encode())


def test_feeds_come_in_their_order_with_names_and_how_many_entries_are_taken() -> None:
    assert read(WHOLE).feeds == (
        PlanetFeed(url="http://ann.example/feed.atom", name="Ann Öther", max_new=5),
        PlanetFeed(url="https://bob.example/rss?x=1;y=2", name="Bob", max_new=3),
    )


def test_lists_of_further_feeds_are_no_feeds() -> None:
    assert read(WHOLE).lists == ("https://lists.example/people.opml",)


def test_what_is_not_taken_over_is_named_where_it_matters() -> None:
    assert read(WHOLE).not_taken == ("filters (in 1 section)", "exclude (in 1 section)")


@pytest.mark.parametrize(
    ("content", "max_new"),
    [
        ("[DEFAULT]\nnew_feed_items = 7\n[https://a.example/]\n", 7),
        ("[PLANET]\nNew_Feed_Items = 7\n[https://a.example/]\n", 7),
        ("[https://a.example/]\nnew_feed_items = many\n", None),
        ("[https://a.example/]\nnew_feed_items = -1\n", None),
        ("[https://a.example/]\nnew_feed_items = 999999999\n", planet.MAX_NEW),
        ("[https://a.example/]\n", None),
    ],
)
def test_the_number_of_entries_of_a_new_feed_may_stand_in_three_places(content: str, max_new: int | None) -> None:
    (feed,) = read(content).feeds
    assert feed.max_new == max_new


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("100% Ann %(face)s", "100% Ann %(face)s"),
        ("Ann <b>Bold</b>", "Ann Bold"),
        ("Ann\x1b\u202e Other", "Ann Other"),
        ("Ann\n  Other", "Ann Other"),
        ("x" * 1000, "x" * 299 + "…"),
    ],
)
def test_a_name_is_one_line_of_text(name: str, expected: str) -> None:
    (feed,) = read(f"[https://a.example/]\nname = {name}\n").feeds
    assert feed.name == expected


def test_a_byte_order_mark_and_other_bytes_do_no_harm() -> None:
    (feed,) = planet.read(b"\xef\xbb\xbf[https://a.example/]\r\nname = Caf\xe9 A\r\n").feeds
    assert feed.name == "Caf A"


def test_a_section_that_stands_twice_is_one_feed() -> None:
    (feed,) = read("[https://a.example/]\nname = A\n[https://a.example/]\nname = B\n").feeds
    assert feed.name == "B"


def test_lines_without_sense_are_passed_over() -> None:
    nonsense = "= nothing\n: nothing\nnothing\n[]\n[x\n" * 1000
    assert len(read(f"[https://a.example/]\n{nonsense}[https://b.example/]\n").feeds) == 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no section at all",
        b"[Planet]\nname = P\n",
        b"[mailto:a@a.example]\n",
        b"<opml/>",
        b"\x00\xff" * 100,
        b"x" * (planet.MAX_BYTES + 1),
    ],
)
def test_what_is_no_configuration_of_a_planet_is_told(body: bytes) -> None:
    with pytest.raises(ParseError):
        planet.read(body)


def test_there_is_an_end_to_feeds() -> None:
    many = "".join(f"[https://a.example/{n}]\n" for n in range(planet.MAX_FEEDS + 10))
    assert len(read(many).feeds) == planet.MAX_FEEDS


@given(st.text(alphabet="[]=: \n\t#;%hts/ap.x\r\u2028", max_size=200))
def test_any_text_is_read_or_refused(content: str) -> None:
    try:
        found = read(content)
    except ParseError:
        return
    assert found.feeds or found.lists
