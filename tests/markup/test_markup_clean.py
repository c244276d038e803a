"""What may be published of foreign HTML, and what not."""

from __future__ import annotations

import re

import pytest
from counting import growth
from hostile import FRAGMENTS
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.markup import clean

BASE = "https://www.example.org/news/story"


@pytest.mark.parametrize(
    ("given_html", "expected"),
    [
        ("<p>plain</p>", "<p>plain</p>"),
        ("a < b & c", "a &lt; b &amp; c"),
        ("<script>alert(1)</script>x", "x"),
        ("<style>p{}</style>x", "x"),
        ("<p onclick=x id=i class=c style='color:red'>x</p>", "<p>x</p>"),
        ("<a href='javascript:alert(1)'>x</a>", '<a rel="noopener noreferrer">x</a>'),
        ("<a href=' JaVaScript:alert(1)'>x</a>", '<a rel="noopener noreferrer">x</a>'),
        ("<a href='vbscript:x'>x</a>", '<a rel="noopener noreferrer">x</a>'),
        ("<a href='data:text/html,x'>x</a>", '<a rel="noopener noreferrer">x</a>'),
        (
            "<a href='https://user:secret@example.net/'>x</a>",
            '<a href="https://example.net/" rel="noopener noreferrer">x</a>',
        ),
        (
            "<a href='mailto:desk@example.org'>x</a>",
            '<a href="mailto:desk@example.org" rel="noopener noreferrer">x</a>',
        ),
        ("<img src='mailto:desk@example.org'>", ""),
        ("<a href='../about#us'>x</a>", '<a href="https://www.example.org/about#us" rel="noopener noreferrer">x</a>'),
        ("<img src='/a.jpg' alt='A' onerror=x>", '<img src="https://www.example.org/a.jpg" alt="A">'),
        (
            "<img src='a.jpg' srcset='b.jpg 2x, javascript:x 3x'>",
            '<img src="https://www.example.org/news/a.jpg" srcset="https://www.example.org/news/b.jpg 2x">',
        ),
        ("<form action=/x><p>kept</p><input name=q><button>Go</button></form>", "<div><p>kept</p></div>"),
        ("<iframe src='https://evil.example/'>x</iframe>y", "y"),
        ("<center>x</center>", "<div>x</div>"),
        ("<ol start=3 class=x><li value=4>a</li></ol>", '<ol start="3"><li value="4">a</li></ol>'),
        ("<ol start=x><li>a</li></ol>", "<ol><li>a</li></ol>"),
        (
            '<pre><code class="hljs language-python x">a\n  b</code></pre>',
            '<pre><code class="language-python">a\n  b</code></pre>',
        ),
        ("<p lang=de dir=RTL>x</p>", '<p lang="de" dir="rtl">x</p>'),
        ("<p lang='x y'>x</p>", "<p>x</p>"),
        (
            "<blockquote cite=/q>x<footer>y</footer></blockquote>",
            '<blockquote cite="https://www.example.org/q">x<footer>y</footer></blockquote>',
        ),
        (
            "<details open><summary>s</summary>t</details>",
            '<details open=""><summary>s</summary>t</details>',
        ),
        ("H<sub>2</sub>O <mark>m</mark> x<sup>2</sup>", "H<sub>2</sub>O <mark>m</mark> x<sup>2</sup>"),
        ("<p>one<div>two</div>", "<p>one</p><div>two</div>"),
        ("<svg><script>alert(1)</script></svg>x<math><mi>y</mi></math>", "x<span>y</span>"),
        ("<img src='https://t.example/p.gif' width=1 height=1>x", "x"),
        ("<img src='https://pixel.wp.com/b.gif?x=1'>x", "x"),
        ("<!-- c -->x<?php y ?>", "x"),
        ("", ""),
        ("\x00\ud800x\ufffe", "x"),
    ],
)
def test_what_comes_out(given_html: str, expected: str) -> None:
    assert clean.html(given_html, base_url=BASE) == expected


@pytest.mark.parametrize(
    ("address", "player"),
    [
        ("https://www.youtube.com/embed/dQw4w9WgXcQ?autoplay=1&start=12", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?start=12"),
        ("//www.youtube-nocookie.com/embed/dQw4w9WgXcQ", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"),
        ("https://player.vimeo.com/video/12345?h=abcdef", "https://player.vimeo.com/video/12345?h=abcdef"),
        ("https://www.dailymotion.com/embed/video/x7abc12", "https://www.dailymotion.com/embed/video/x7abc12"),
        (
            "https://tube.example.org/videos/embed/9c9de5e8-0a1e-484a-b099-e80766180a6d",
            "https://tube.example.org/videos/embed/9c9de5e8-0a1e-484a-b099-e80766180a6d",
        ),
        ("https://www.youtube.com/redirect?q=https://evil.example", None),
        ("https://youtube.com.evil.example/embed/dQw4w9WgXcQ", None),
        ("https://tube.example.org/videos/embed/../../login", None),
        ("javascript:alert(1)", None),
    ],
)  # fmt: skip
def test_players_of_known_hosts_stay_in_their_least_curious_form(address: str, player: str | None) -> None:
    found = re.search(r'<iframe src="([^"]+)"', clean.html(f'<iframe src="{address}"></iframe>', base_url=BASE))
    assert (found.group(1) if found else None) == player


def test_a_player_is_fenced_in() -> None:
    html = clean.html(
        '<iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ" sandbox="allow-top-navigation" allow="camera"></iframe>'
    )
    assert 'sandbox="allow-scripts allow-same-origin allow-presentation"' in html
    assert "camera" not in html


def test_relative_addresses_without_a_base_are_dropped() -> None:
    assert clean.html('<a href="/x">x</a><img src="/y.jpg">') == '<a rel="noopener noreferrer">x</a>'


def test_videos_get_controls_and_lose_autoplay() -> None:
    html = clean.html('<video src="/v.mp4" poster="/p.jpg" autoplay loop onplay="x"></video>', base_url=BASE)
    assert html.startswith('<video src="https://www.example.org/v.mp4" poster="https://www.example.org/p.jpg" controls')
    assert "autoplay" not in html


def test_a_picture_keeps_its_sources() -> None:
    html = clean.html(
        '<picture><source srcset="/a.webp 400w, /b.webp 800w" type="image/webp"><img src="/c.jpg"></picture>',
        base_url=BASE,
    )
    assert html == (
        '<picture><source srcset="https://www.example.org/a.webp 400w, https://www.example.org/b.webp 800w" type="image/webp">'
        '<img src="https://www.example.org/c.jpg"></picture>'
    )


def test_more_than_a_million_characters_are_cut_at_a_tag() -> None:
    html = clean.html("<p>word word</p>" * 100_000)
    assert len(html) <= clean.MAX_LENGTH
    assert html.endswith("</p>")


@pytest.mark.parametrize("name", FRAGMENTS)
def test_hostile_nesting_of_twice_the_size_makes_at_most_twice_the_work(name: str) -> None:
    assert growth(lambda size: clean.html(FRAGMENTS[name](size)), 400) < 2.3


@pytest.mark.parametrize("name", FRAGMENTS)
def test_hostile_nesting_comes_out_clean(name: str) -> None:
    cleaned = clean.html(FRAGMENTS[name](8_000))
    assert clean.html(cleaned) == cleaned


PIECES = st.sampled_from(
    """<script> </script> <svg> </svg> <math> <mtext> <style> </style> <title> <noscript> </noscript> <textarea> <p> </p>
    <a> </a> <table> <td> <b> </b> <form> <img/src=x/onerror=alert(1)> <iframe/src=javascript:x> <a/href=javascript:x> <!--
    --> <![CDATA[ ]]> <plaintext> <select> <option> <template> <annotation-xml> <mglyph> <frameset> <base/href=//evil.example>
    <video> <source/srcset=x> <picture> <details> <li> <ul> <blockquote> <pre> &lt;script&gt; &#x3c; " ' > < = / \x00 text
    <xmp> <noembed> <object> <embed> <center> <h1> <ol> <br> <hr> <q> </q> <i> </i> <em>""".split()
)  # fmt: skip
FORBIDDEN = re.compile(
    r"(?i)<(?:script|style|svg|math|form|object|embed|base|meta|link)\b|<[^>]*\s(?:on\w+|style|srcdoc|id)\s*=|=\"(?:javascript|data|vbscript):"
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=30).map(" ".join))
def test_cleaning_twice_is_cleaning_once_and_no_script_comes_through(html: str) -> None:
    cleaned = clean.html(html, base_url=BASE)
    assert clean.html(cleaned) == cleaned
    assert not FORBIDDEN.search(cleaned)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_survived(html: str) -> None:
    cleaned = clean.html(html, base_url=BASE)
    assert clean.html(cleaned) == cleaned
