"""Where a picture really is."""

from __future__ import annotations

import pytest

from aggregator.markup import images, tree

BASE = "https://www.example.org/a/"


def settled(html: str) -> list[str]:
    body = tree.body(html)
    assert body is not None
    images.settle(body, BASE)
    return [image.get("src") or "" for image in body.iter("img")]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<img src=x.jpg>", ["https://www.example.org/a/x.jpg"]),
        ("<img src=data:image/gif;base64,x data-src=/y.jpg>", ["https://www.example.org/y.jpg"]),
        ("<img src=small.jpg data-src=big.jpg>", ["https://www.example.org/a/big.jpg"]),
        ("<img src=spacer.gif data-original=z.png>", ["https://www.example.org/a/z.png"]),
        ("<img data-lazy-src=//cdn.example.org/q.webp>", ["https://cdn.example.org/q.webp"]),
        ("<img srcset='a.jpg 320w, b.jpg 1280w, c.jpg 3000w'>", ["https://www.example.org/a/b.jpg"]),
        ("<img data-srcset='a.jpg 2000w, b.jpg 3000w'>", ["https://www.example.org/a/a.jpg"]),
        ("<picture><source srcset='s.webp 900w'><img></picture>", ["https://www.example.org/a/s.webp"]),
        ("<picture><source srcset='s.webp 900w'></picture>", ["https://www.example.org/a/s.webp"]),
        ("<img src=placeholder.png><noscript><img src=n.jpg></noscript>", ["https://www.example.org/a/n.jpg"]),
        ("<img src=x.jpg><noscript><img src=x.jpg></noscript>", ["https://www.example.org/a/x.jpg"]),
        ("<img src=x.jpg width=1 height=1>", []),
        ("<img src='https://ad.doubleclick.net/x'>", []),
        ("<img alt=nothing>", []),
        ("<img src='javascript:x'>", []),
        ("<img src='data:image/svg+xml,x' data-src='{\"a\":1}'>", []),
    ],
)
def test_the_address_that_is_shown(html: str, expected: list[str]) -> None:
    assert settled(html) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a.jpg, b.jpg 2x", [("a.jpg", 0, 1.0), ("b.jpg", 0, 2.0)]),
        ("a.jpg?x=1,2 100w,b.jpg 200w", [("a.jpg?x=1,2", 100, 1.0), ("b.jpg", 200, 1.0)]),
        ("  ,, a.jpg  10w ,", [("a.jpg", 10, 1.0)]),
        ("javascript:x 2x", []),
        ("", []),
    ],
)
def test_a_srcset_is_read_as_browsers_do(value: str, expected: list[tuple[str, int, float]]) -> None:
    assert images.split_srcset(value, BASE) == [(BASE + name, width, density) for name, width, density in expected]


def test_a_srcset_survives_writing_and_reading() -> None:
    candidates = images.split_srcset("a.jpg 100w, b,c.jpg 200w", BASE)
    written = images.join_srcset(candidates)
    assert images.join_srcset(images.split_srcset(written, None)) == written


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.example/x-300x200.jpg", "https://a.example/x.jpg", True),
        ("https://a.example/x.jpg?w=300", "http://a.example/x.jpg?w=1200", True),
        ("https://a.example/x.jpg", "https://a.example/y.jpg", False),
        ("https://a.example/r?url=1.jpg", "https://a.example/r?url=2.jpg", False),
    ],
)
def test_sizes_of_one_picture_are_one_picture(one: str, other: str, same: bool) -> None:
    assert (images.key(one) == images.key(other)) is same


def test_pixels_are_read_where_they_are_pixels() -> None:
    assert [images.pixels(value) for value in ("80", "80px", "50%", "auto", None)] == [80, 80, None, None, None]


def test_a_void_element_holds_nothing() -> None:
    body = tree.body("<picture><source srcset=a.jpg><img src=b.jpg></picture>tail")
    assert body is not None
    assert [child.tag for child in body[0]] == ["source", "img"]
    assert body[0].tail == "tail"
