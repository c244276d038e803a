"""Foreign text in front matter, HTML and Markdown: it says the same, and nothing in it begins anything."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import lxml.html
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from posting import make_post

from aggregator.markup import clean
from aggregator.targets.markdown import body, fields, matter, plain, prose
from aggregator.targets.markdown.fields import Setting
from aggregator.targets.markdown.profiles import PROFILES
from aggregator.targets.shared import article
from aggregator.types import Author, Image, Post

SETTING = Setting(
    published_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
    path="/posts/x-12345678/",
    picture="https://news.example/p.jpg",
    lead_by_theme=False,
    categories=("News",),
    further={"layout": "story", "draft": False, "weight": 3, "list": ("a", "b")},
)
HOSTILE = (
    "yes",
    "null",
    "1:30",
    "2026-01-01",
    "- a: [b, {c: d}] # e",
    "\"double\" 'single' \\back\\n",
    "two\nlines\r\n---\nthree\u2028four\x85five",
    "&anchor *alias !!python/object:os.system",
    "\x00\x07nul and bell",
    "😀 emoji, e\u0301, \u202eright to left",
    'fingerprint: "00000000000000000000000000000000"',
    "a" * 5_000,
    "\ud800 alone",
)


def written(profile: str, post: Post, ending: str = "html") -> str:
    known = PROFILES[profile]  # type: ignore[index]  # a name of ours
    return matter.document(known, ending, fields.fields(known.name, post, SETTING), "<p>body</p>")[0]


def loaded(text: str) -> dict[str, object]:
    head = re.match(r"---\n(.*?)\n---\n", text, re.S)
    assert head is not None
    return dict(yaml.safe_load(head[1]))


@pytest.mark.parametrize("title", HOSTILE)
@pytest.mark.parametrize("profile", ["hugo", "jekyll", "eleventy", "astro"])
def test_a_hostile_title_is_one_text_in_the_front_matter(profile: str, title: str) -> None:
    text = written(profile, make_post(1, title=title))
    assert loaded(text)["title"] == plain.line(title)
    assert text.endswith("\n---\n<p>body</p>\n")
    assert max(map(len, text.splitlines())) < 3_000


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("ending", ["html", "md"])
@pytest.mark.parametrize("title", HOSTILE)
def test_our_own_facts_are_read_again_whatever_the_title(profile: str, ending: str, title: str) -> None:
    post = make_post(1, title=title, tags=(title,), source_name=title, authors=(Author(name=title),))
    known = PROFILES[profile]  # type: ignore[index]  # a name of ours
    text = written(profile, post, ending)
    own = matter.own(known, ending, text)
    assert own is not None
    assert (own.key, own.published_at, own.path) == (post.key, SETTING.published_at, SETTING.path)
    assert matter.untouched(text, own)
    assert matter.untouched(text.replace("\n", "\r\n"), own)
    assert not matter.untouched(text.replace("body", "Body"), own)


@pytest.mark.parametrize(
    "text",
    ["", "---\n", "---\n---\n", "---\n- a\n---\n", "---\nwirecopy: 3\n---\n", "---\nwirecopy: {key: [a]}\n---\n", "---\n{{{\n---\n",
     "---\n" + "[" * 5_000 + "\n---\n", "---\na: &a [*a]\n---\n", "\x00", "<html><head><meta name='wirecopy_key'>", "wirecopy_key: x\n\n"],
)  # fmt: skip
@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("ending", ["html", "md"])
def test_a_file_that_is_none_of_ours_has_no_facts(profile: str, ending: str, text: str) -> None:
    assert matter.own(PROFILES[profile], ending, text) is None  # type: ignore[index]  # a name of ours


def test_names_are_those_that_themes_know() -> None:
    post = make_post(
        1, lead=Image(url="https://paper.example/l.jpg", alt="Alt"), modified_at=datetime(2026, 3, 2, tzinfo=UTC)
    )
    hugo, jekyll = loaded(written("hugo", post)), loaded(written("jekyll", post))
    assert hugo["date"] == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert (hugo["lastmod"], hugo["images"]) == (datetime(2026, 3, 2, tzinfo=UTC), ["https://news.example/p.jpg"])
    assert jekyll["image"] == {"path": "https://news.example/p.jpg", "alt": "Alt"}
    assert (jekyll["layout"], jekyll["render_with_liquid"]) == ("story", False)
    assert {"pubDate", "updatedDate"} <= set(loaded(written("astro", post)))
    assert (hugo["draft"], hugo["weight"], hugo["list"]) == (False, 3, ["a", "b"])
    assert hugo["wirecopy"]["source"] == "The Paper"  # type: ignore[index]  # a mapping


def test_metadata_of_pelican_is_html() -> None:
    post = make_post(1, title='<b> & "x"', tags=("R&D", "a;b"), excerpt="1 < 2")
    head = lxml.html.document_fromstring(written("pelican", post)).find("head")
    metas = {meta.get("name"): meta.get("content") for meta in head.iterfind("meta")}
    assert head.findtext("title") == f'<{plain.PARTED}b> & "x"'
    assert metas["tags"] == "R&D; a,b;"
    assert metas["summary"] == "<p>1 &lt; 2</p>"
    assert metas["save_as"] == "posts/x-12345678/index.html"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("<script>x</script>", "<|script>x<|/script>"),
        ("1 < 2 <3", "1 < 2 <3"),
        ("{{< x >}} {{% y %}} {% z %} {# c #} {x}", "{|{|< x >}} {|{|% y %}} {|% z %} {|# c #} {x}"),
        ("{{{{", "{|{|{|{"),
        ('{: onclick="x"} [a](javascript:b)', '{|: onclick="x"} [a]|(javascript:b)'),
        ("<<script>", "<|<|script>"),
        ("<?php <%= %> <!-- -->", "<|?php <|%= %> <|!-- -->"),
        ("a\n\tb\x00c", "a bc"),
        ("x" * 500, "x" * 300),
    ],
)
def test_a_line_begins_nothing(given: str, expected: str) -> None:
    assert plain.line(given) == expected.replace("|", plain.PARTED)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://a.example/ä?b=c&d=%7B#e", "https://a.example/ä?b=c&d=%7B#e"),
        ("https://a.example/\"onclick='x'{{ y }}<b>", "https://a.example/%22onclick=%27x%27%7B%7B%20y%20%7D%7D%3Cb%3E"),
        (None, ""),
    ],
)
def test_an_address_ends_no_attribute_and_begins_no_template(given: str | None, expected: str) -> None:
    assert plain.address(given) == expected


@given(st.text(alphabet="<{%#/!? ab\n\x00\ud800", max_size=40))
def test_no_line_begins_a_tag_or_a_template(value: str) -> None:
    line = plain.line(value)
    assert not re.search(r"<[A-Za-z/!?%]|\{[{%#]|[\x00-\x1f\ud800]", line)
    assert re.sub(rf"[\s{plain.PARTED}]", "", line) == re.sub(r"[\s\x00\ud800]", "", value)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("..", ".", "/", "#", "?", "", "😀", "all", "__proto__", "constructor"), []),
        (("a/b", "../../etc", "C#", "c#", "C++"), ["a b", "etc", "C#", "C++"]),
        (("語" * 90,), ["語" * 60]),
        (("é" * 90, "ＡＢ"), ["é" * 60, "ＡＢ"]),
        (tuple(f"t{n}" for n in range(50)), [f"t{n}" for n in range(20)]),
    ],
)
def test_tags_can_all_be_folders(given: tuple[str, ...], expected: list[str]) -> None:
    assert plain.tags(given) == expected
    assert all(len(tag.encode()) <= plain.MAX_TAG_BYTES for tag in plain.tags(given))


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>Plain <b>bold</b> and <i>slanted</i>.</p>", "Plain **bold** and *slanted*."),
        ("<h2>Head</h2><p>a<br>b</p><hr>", "## Head\n\na<br>b\n\n---"),
        ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
        ('<ol start="3"><li>three</li></ol>', "3. three"),
        ("<blockquote><p>q</p><p>r</p></blockquote>", "> q\n>\n> r"),
        ('<p><a href="https://a.example/x?a=1&amp;b=2" rel="noopener noreferrer">l</a></p>', "[l](https://a.example/x?a=1&b=2)"),
        ('<p><img src="/m/x.jpg" alt="An image"></p>', "![An image](/m/x.jpg)"),
        ("loose <em>text</em><div><p>inner</p></div>tail", "loose *text*\n\ninner\n\ntail"),
        ("<p># 1. *a* _b_ `c` [d] {e} | ~ $ \\ &lt;f&gt; &amp;amp;</p>",
         "&#35; 1. \\*a\\* \\_b\\_ \\`c\\` \\[d\\] &#123;e&#125; &#124; &#126; &#36; &#92; &lt;f&gt; &amp;amp;"),
        ("<p>1. no list</p><p>- nor this</p><p>2) nor that</p>", "1&#46; no list\n\n&#45; nor this\n\n2&#41; nor that"),
    ],
)  # fmt: skip
def test_what_markdown_can_say_is_markdown(html: str, markdown: str) -> None:
    assert prose.markdown(html) == markdown


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr><td>a</td></tr></table>",
        '<figure><img src="https://a.example/x.jpg" alt=""><figcaption>c</figcaption></figure>',
        "<p>wow!<a href='https://a.example/'>link</a></p>",
        "<p><a href='https://a.example/(x)'>paren</a></p>",
        "<p>https://a.example/ is no link</p>",
        "<p>somebody@a.example is none either</p>",
        "<p><code>{{ x }}</code></p>",
        '<p lang="de">Deutsch</p>',
        "<p><sup>1</sup></p>",
        "<ul><li>a<ul><li>b</li></ul></li></ul>",
        "<h2>Head #</h2>",
        "<details><summary>More</summary>text</details>",
        "<p>" + "long " * 5_000 + "</p>",
    ],
)
def test_what_markdown_would_break_stays_html(html: str) -> None:
    (block,) = article.parse(html)
    assert prose.markdown(html) == body.block(block)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<pre>a\n\n\tb {{ c }}</pre>", "<div><pre>a&#10;&#10;&#9;b &#123;&#123; c &#125;&#125;</pre></div>"),
        ('<iframe src="https://www.youtube-nocookie.com/embed/x"></iframe>', None),
        ('<video src="https://a.example/v.mp4" controls></video>', None),
    ],
)
def test_html_in_markdown_is_a_block_without_blank_lines(html: str, expected: str | None) -> None:
    assert prose.markdown(html) == (expected or f"<div>{html}</div>")
    assert (
        prose.markdown(f"<p>before</p>{html}<p>after</p>") == f"before\n\n{expected or f'<div>{html}</div>'}\n\nafter"
    )


def test_many_blocks_are_not_all_converted() -> None:
    text = prose.markdown("<p>a</p>" * (prose.MAX_BLOCKS + 1))
    assert text.count("\n\na") == prose.MAX_BLOCKS - 1
    assert text.endswith("\n\n<p>a</p>")


fragments = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<b>", "</b>", "<i>", "</i>", "<ul><li>", "</li></ul>", "<br>", "<pre>", "</pre>", "<div>", "</div>", "<blockquote>",
         "</blockquote>", "<h2>", "</h2>", '<a href="https://a.example/_x_">', "</a>", "<code>", "</code>", "*", "_", "`", "[", "](x)", "!", "#", "- ", "1. ",
         " ", "\n", "\n\n", "a", "b1", "&lt;", "&amp;", "{{", "{%", "|", "\\", "~~", ">", ":", "=", "--", "é"]
    ),
    max_size=25,
)  # fmt: skip


@given(fragments)
def test_markdown_says_what_the_html_says_and_holds_no_brace(parts: list[str]) -> None:
    html = clean.html("".join(parts))
    text = prose.markdown(html)
    assert "{" not in text
    assert "}" not in text
    shown = article.parse(prose._reader().render(text))
    assert re.sub(r"\s", "", shown.text_content()) == re.sub(r"\s", "", article.parse(html).text_content())
    assert [link.get("href") for link in shown.iter("a")] == [
        link.get("href") for link in article.parse(html).iter("a")
    ]
    assert [code.text_content() for code in shown.iter("pre")] == [
        code.text_content() for code in article.parse(html).iter("pre")
    ]


@given(fragments)
def test_html_without_braces_shows_the_same(parts: list[str]) -> None:
    html = clean.html("".join(parts))
    assert "{" not in body.neutral(html)
    assert article.parse(body.neutral(html)).text_content() == article.parse(html).text_content()
    shown = article.parse(body.embedded(html))
    assert [code.text_content() for code in shown.iter("pre")] == [
        code.text_content() for code in article.parse(html).iter("pre")
    ]
    assert "\n\n" not in body.embedded(html)
