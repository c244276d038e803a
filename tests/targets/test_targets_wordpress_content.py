"""The text of a post as a WordPress gets it: all of it there, and nothing that WordPress would run or rewrite."""

from __future__ import annotations

import re

import pytest
from fake_wordpress import kses
from hypothesis import given
from hypothesis import strategies as st
from posting import make_post

from aggregator.targets.shared import article, wptext
from aggregator.targets.shared.wptext import Picture
from aggregator.targets.wordpress import blocks
from aggregator.types import Enclosure, Image, Post

PICTURES = {"https://paper.example/a.jpg": Picture(5, "https://blog.example/a.jpg")}


def tree(body: str, **changes):
    post = make_post(1, **({"standfirst": "", "generator": ""} | changes), body=body)
    return wptext.tree(post, language="en", pictures=PICTURES, lead_shown=False)


def classic(body: str, **changes) -> str:
    """The text without our own part behind it."""
    return wptext.classic(tree(body, **changes)).split('\n\n<div class="source-credit"')[0]


def as_blocks(body: str, **changes) -> str:
    post = make_post(1, **({"standfirst": "", "generator": ""} | changes), body=body)
    root = wptext.tree(post, language="en", pictures=PICTURES, lead_shown=False, tagged=False)
    return blocks.blocks(root).split('\n\n<!-- wp:html -->\n<div class="source-credit"')[0]


def block(name: str, html: str, attributes: str = "") -> str:
    return f"<!-- wp:{name}{' ' + attributes if attributes else ''} -->\n{html}\n<!-- /wp:{name} -->"


# --- classic ---


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>One\n  two</p>\n\n\n<p>Three</p>", "<p>One two</p>\n\n<p>Three</p>"),
        ("<div><div><p>a</p></div>b <em>c</em></div>d", "<p>a</p>\n\n<p>b <em>c</em></p>\n\n<p>d</p>"),
        ("a<br><br>b<br>", "<p>a</p>\n\n<p>b</p>"),
        ("<blockquote>a<p>b</p></blockquote>", "<blockquote><p>a</p><p>b</p></blockquote>"),
        ("<ul><li>a<ul><li>b</li></ul></li></ul>", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        (
            "<details><summary>s</summary>d</details>",
            "<details><summary>s</summary><p>d</p></details>",
        ),
        ("<pre>a\n\n  b</pre>", "<pre>a\n\n  b</pre>"),
        ("<p>x <time datetime='2026'>now</time></p>", '<p>x <time datetime="2026">now</time></p>'),
    ],
)
def test_each_block_is_one_line_with_only_words_or_only_blocks_in_it(body, expected):
    assert classic(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>[gallery] and a[0]</p>", "<p>&#91;gallery] and a&#91;0]</p>"),
        ("<p>[[escaped]]</p>", "<p>&#91;&#91;escaped]]</p>"),
        ('<p><abbr title="[x]">y</abbr></p>', '<p><abbr title="&#91;x]">y</abbr></p>'),
        ("<p>https://www.youtube.com/watch?v=a</p>", "<p>https&#58;//www.youtube.com/watch?v=a</p>"),
        ("<pre>\nHTTP://x.example/\n</pre>", "<pre>HTTP&#58;//x.example/\n</pre>"),
        ("<p>a</p><!--more--><!--nextpage--><p>b</p>", "<p>a</p>\n\n<p>b</p>"),
        ("<!-- wp:latest-posts /--><p>b</p>", "<p>b</p>"),
        ("<p>&lt;!--more--&gt; --&gt;</p>", "<p>&lt;!--more--&gt; --&gt;</p>"),
    ],
)
def test_what_wordpress_would_run_is_disarmed(body, expected):
    assert classic(body) == expected


@pytest.mark.parametrize(
    ("player", "page"),
    [
        ("https://www.youtube.com/embed/dQw4w9WgXcQ?start=30", "https://www.youtube.com/watch?v=dQw4w9WgXcQ&amp;t=30"),
        ("https://player.vimeo.com/video/1234567?h=abcdef0", "https://vimeo.com/1234567/abcdef0"),
        ("https://www.dailymotion.com/embed/video/x8abcde", "https://www.dailymotion.com/video/x8abcde"),
        (
            "https://www.youtube.com/embed/videoseries?list=PL1234567890",
            "https://www.youtube.com/playlist?list=PL1234567890",
        ),
    ],
)
def test_a_player_is_embedded_by_the_video_s_page(player, page):
    assert classic(f'<p>See <iframe src="{player}"></iframe> there.</p>') == (
        f"<p>See</p>\n\n[embed]{page}[/embed]\n\n<p>there.</p>"
    )


def test_a_player_that_wordpress_does_not_know_is_a_link():
    address = "https://tube.example/videos/embed/9c9de5e8-0a1e-484a-b099-e80766180a6d"
    html = classic(f'<iframe src="{address}" title="The film"></iframe>')
    assert html == f'<p><a href="{address}" rel="noopener noreferrer">The film</a></p>'


def test_pictures_are_those_of_the_library_and_lose_what_an_author_may_not_send():
    html = classic(
        '<picture><source srcset="https://paper.example/a.webp"><img src="https://paper.example/a.jpg" alt="A"'
        ' srcset="https://paper.example/b.jpg 2x" sizes="100vw"></picture>'
    )
    assert html == '<p><img src="https://blog.example/a.jpg" alt="A" class="wp-image-5"></p>'


def test_a_video_has_its_address_on_itself():
    html = classic('<video><source src="https://v.example/a.mp4" type="video/mp4"></video>')
    assert 'src="https://v.example/a.mp4"' in html
    assert "<source" not in html


def test_an_author_s_filter_takes_nothing_that_is_seen():
    body = (
        '<p>Words <kbd>k</kbd></p><iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ"></iframe>'
        '<picture><img src="https://paper.example/a.jpg" alt=""></picture>'
        '<video><source src="https://v.example/a.mp4"></video>'
    )
    sent = wptext.classic(tree(body))
    assert re.sub(r" ?/?>", ">", kses(sent)) == re.sub(r" ?/?>", ">", sent)
    assert article.mark_of(kses(sent)) == article.mark_of(sent) is not None


def test_a_foreign_text_says_its_language_and_ours_does_not():
    root = tree("<p>مرحبا</p><p lang='fr'>Salut</p>", language="ar")
    first, second, credit = root
    assert (first.get("lang"), first.get("dir"), first.get("style")) == ("ar", "rtl", "text-align:start")
    assert second.get("lang") == "fr"
    assert credit.get("lang") is None
    assert tree("<p>Hi</p>", language="en-GB")[0].get("lang") is None


@pytest.mark.parametrize(
    ("words", "expected"),
    [("a < b & c", "a &lt; b &amp; c"), ("<b>[x]</b>", "&lt;b&gt;&#91;x]&lt;/b&gt;"), ("“q” 😀", "“q” 😀")],
)
def test_plain_words_stay_plain(words, expected):
    assert wptext.plain(words) == expected


@given(st.lists(st.sampled_from(
    ["<p>", "</p>", "<div>", "</div>", "<ul>", "<li>", "</li>", "</ul>", "<br>", "<blockquote>", "</blockquote>", "<td>",
     "<table>", "</table>", "<pre>", "</pre>", "words", "[gallery]", "https://x.example/", "\n", "<img src='https://x.example/i.png'>",
     "<details>", "<summary>", "<a href='https://x.example/[a]'>", "</a>", "<em>", "</em>", "<!--more-->", "<figure>", "<hr>",
     "<iframe src='https://www.youtube.com/embed/dQw4w9WgXcQ'></iframe>", "<dl>", "<dd>", "<h2>", "</h2>", "<audio src='https://x.example/a.mp3'></audio>"]
), max_size=25))  # fmt: skip
def test_no_tangle_of_tags_loses_words_or_lets_anything_run(parts):
    body = "".join(parts)
    for html in (classic(body), as_blocks(body)):
        assert html.count("words") >= classic_words(body)
        assert "[" not in html.replace("[embed]", "").replace("[/embed]", "")
        assert "<!--more" not in html
        assert not re.search(r"(?im)^\s*https?://[^\s<>\"]+\s*$", re.sub(r"(?s)__wrapper.*?</div>", "", html))


def classic_words(body: str) -> int:
    """How often the cleaner lets the word through."""
    return article.html(make_post(1, body=body, standfirst="")).count("words")


# --- blocks ---


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>One <em>two</em></p>", block("paragraph", "<p>One <em>two</em></p>")),
        ("<h2>Two</h2>", block("heading", "<h2>Two</h2>")),
        ("<h2>a</h2><h3>b</h3>", block("heading", "<h2>a</h2>") + "\n\n" + block("heading", "<h3>b</h3>", '{"level":3}')),
        (
            "<ol start='3'><li>x<ul><li>y</li></ul></li></ol>",
            block(
                "list",
                '<ol start="3">'
                + block("list-item", "<li>x" + block("list", "<ul>" + block("list-item", "<li>y</li>") + "</ul>") + "</li>")
                + "</ol>",
                '{"ordered":true,"start":3}',
            ),
        ),
        (
            '<figure><img src="https://paper.example/a.jpg" alt="A&amp;[b]"><figcaption>C</figcaption></figure>',
            block(
                "image",
                '<figure class="wp-block-image size-full"><img src="https://blog.example/a.jpg" alt="A&amp;&#91;b]"'
                ' class="wp-image-5"/><figcaption class="wp-element-caption">C</figcaption></figure>',
                '{"id":5,"sizeSlug":"full"}',
            ),
        ),
        (
            '<p><img src="https://x.example/b.jpg" alt=""></p>',
            block("image", '<figure class="wp-block-image"><img src="https://x.example/b.jpg" alt=""/></figure>'),
        ),
        (
            "<blockquote>Said</blockquote>",
            block("quote", '<blockquote class="wp-block-quote">' + block("paragraph", "<p>Said</p>") + "</blockquote>"),
        ),
        (
            "<pre><code class='language-py'>a[0]\n\nb</code></pre>",
            block(
                "code",
                '<pre class="wp-block-code language-py"><code>a&#91;0]\n\nb</code></pre>',
                '{"className":"language-py"}',
            ),
        ),
        (
            "<table><tr><th>A</th></tr><tr><td>1</td></tr></table>",
            block(
                "table",
                '<figure class="wp-block-table"><table><tbody><tr><th>A</th></tr><tr><td>1</td></tr></tbody></table></figure>',
            ),
        ),
        ("<hr>", block("separator", '<hr class="wp-block-separator has-alpha-channel-opacity"/>')),
        (
            "<iframe src='https://www.youtube.com/embed/dQw4w9WgXcQ?start=3'></iframe>",
            block(
                "embed",
                '<figure class="wp-block-embed is-type-video is-provider-youtube wp-block-embed-youtube"><div'
                ' class="wp-block-embed__wrapper">\nhttps://www.youtube.com/watch?v=dQw4w9WgXcQ&amp;t=3\n</div></figure>',
                '{"url":"https://www.youtube.com/watch?v=dQw4w9WgXcQ\\u0026t=3","type":"video","providerNameSlug":"youtube","responsive":true}',
            ),
        ),
    ],
)  # fmt: skip
def test_what_a_core_block_can_say_is_a_core_block(body, expected):
    assert as_blocks(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        "<table><tr><td colspan='2'>x</td></tr></table>",
        "<ul><li><p>a</p><p>b</p></li></ul>",
        "<dl><dt>a</dt><dd>b</dd></dl>",
        "<details><summary>s</summary><p>d</p></details>",
        "<p dir='auto' lang='fr'>x</p>",
    ],
)
def test_what_no_core_block_can_say_is_an_html_block(body):
    html = as_blocks(body)
    assert html.startswith("<!-- wp:html -->\n")
    assert html.endswith("\n<!-- /wp:html -->")
    assert html.count("<!--") == 2


def test_a_text_from_right_to_left_says_so_in_paragraphs():
    html = '<p class="has-text-align-right" dir="rtl">مرحبا</p>'
    assert as_blocks("<p>مرحبا</p>", language="ar") == block("paragraph", html, '{"align":"right","direction":"rtl"}')


def test_every_part_of_a_post_is_in_a_block():
    post: Post = make_post(
        1,
        lead=Image(url="https://paper.example/a.jpg", caption="C"),
        enclosures=(
            Enclosure(url="https://x.example/a.mp3", type="audio/mpeg"),
            Enclosure(url="https://x.example/a.pdf"),
        ),
    )
    html = blocks.blocks(wptext.tree(post, language="en", pictures=PICTURES, lead_shown=False, tagged=False))
    outside = re.sub(r"(?s)<!-- wp:(\S+).*?<!-- /wp:\1 -->", "", html)
    assert not outside.strip()
    assert html.count("wp:audio") == 2
    assert article.mark_of(html) is not None
