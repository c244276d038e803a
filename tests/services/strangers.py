"""Posts of strangers who know every template language: each is to be on the built site whole, and to run nothing."""

from __future__ import annotations

from dataclasses import replace

from posting import make_post

from aggregator.markup import clean
from aggregator.types import Author, Image, Post

MARKUP = "<img src=x onerror=alert(1)><script>alert(2)</script>"
TEMPLATES = """{{< youtube x >}} {{% evil %}} {{ site.title }} {{ 7 | times: 6 }} {% include evil.html %} {% raw %} {# note #}
{{</* x */>}} {{ "x" | safe }} {%- endraw -%} {{{ three }}} {% assign a = 1 %} {: .class #id} {::comment} <%= 1 %> {{"""

BODIES = {
    "shortcodes and liquid": f"<p>{TEMPLATES.replace('<', '&lt;')}</p><p>after it</p>",
    "templates in attributes": '<p><a href="https://a.example/{{ x }}?{%25 y %25}" title="{{< t >}}">link {{ x }}</a></p>'
    '<figure><img src="https://a.example/p.png" alt="{{% alt %}}"><figcaption>{% caption %}</figcaption></figure>',
    "unclosed": "<p>{% raw %}{{ {{ {% if</p><p>the end</p>",
    "front matter": "<p>---</p><pre>---\ntitle: taken over\npermalink: /index.html\n---\n\ntext\n</pre><p>+++</p>",
    "preformatted": "<pre><code class='language-go'>func main() {\n\n\n\tfmt.Println(\"{{ .Title }}\")\n\n    if x < 1 && y > 2 { }\n}\n</code></pre>"
    "<pre>\n\n  leading\n\n\n    and trailing\n\n</pre><p>after</p>",
    "tables": "<table><caption>Cap</caption><thead><tr><th scope='col'>A</th><th colspan='2'>B | C</th></tr></thead>"
    "<tbody><tr><td>1</td><td>2</td><td><p>three</p>\n\n<ul><li>x</li></ul></td></tr></tbody></table>",
    "players": '<p>before</p><iframe src="https://www.youtube-nocookie.com/embed/abcdefghijk" title="{{ t }}"></iframe>'
    '<video src="https://a.example/v.mp4" poster="https://a.example/poster.jpg"></video>'
    '<p>text <audio src="https://a.example/a.mp3"></audio> text</p>',
    "structures": "<details><summary>More</summary>\n\n<p>hidden</p>\n\n</details><dl><dt>T</dt><dd>D</dd></dl>"
    "<section><h3>In a section</h3>\n\n<p>para</p>loose <b>text</b></section><blockquote>bare <p>quoted</p><ul><li>a<ul><li>b</li></ul></li></ul></blockquote>",
    "markdown alike": "<p># not a heading</p><p>1. not a list</p><p>- nor this</p><p>+ nor</p><p>    four spaces</p><p>&gt; no quote</p>"
    "<p>*no* _emphasis_ **at** `all` ~~none~~ [no](link) ![no](image) &amp;amp; &amp;copy; \\* &lt;b&gt;</p><p>===</p><p>---</p><p>***</p><p>a | b | c</p>"
    "<p>[x]: https://a.example/</p><p>[^1]: note</p><p>*[ABC]: abbreviation</p><p>: definition</p><p>$$ x^2 $$</p><p>~~~</p><p>```</p>"
    "<p>ABC and text[^1] and wow!<a href='https://a.example/'>link</a> a<br>- b<br># c</p><p>snake_case and __dunder__ https://a.example/_x_</p><p>ends with \\</p><p>!!! note</p><p>[TOC]</p><p>&lt;!--more--&gt;</p>",
    "emphasis": "<p>a<b>b</b>c <i> spaced </i>, <em><strong>both</strong></em> <code>code {{ x }}</code> <code>plain</code> <a href='https://a.example/(x)'>paren</a>"
    " <a href='https://a.example/?a=1&amp;copy=2'>amp</a> <a href='mailto:a@example.org'>mail</a></p><h2>Head #</h2><h3>{#id}</h3><ul><li># one</li><li>1. two</li></ul><ol start='7'><li>seven</li></ol>",
    "nothing": "",
    "only text": "just text {{ x }} with no element\n\nand a blank line",
    "long": "<p>" + "word {{ x }} " * 5_000 + "</p>" + "<p>line</p>" * 1_000,
    "scripts of all": "<p dir='rtl' lang='ar'>مرحبا {{ x }}</p><p>漢字かな交じり文</p><p>😀 e\u0301 \u00a0 \u2028 nbsp</p>",
}
TITLES = (
    "{{< youtube x >}} {{% y %}} {{ site.title }} {% raw %} {# z #}",
    f"Markup {MARKUP}",
    "yes",
    "2026-01-01",
    "1:30",
    "null",
    "!!python/object:os.system &anchor *alias",
    '- a: [b, {c: d}] # e {: onclick="alert(3)"}',
    "\"double\" 'single' \\back\\slash \\n",
    "two\nlines\r\n---\nthree\u2028four\x85five",
    "*stars* _under_ `code` [link](javascript:alert(1))",
    "😀 emoji and e\u0301",
    "-",
    "a" * 400,
    "Same title",
    "Same title",
)
TAGS = (
    ("..", "/", ".", "all", "constructor", "__proto__", "a/b", "../../etc", "ok"),
    ("語" * 90, "😀", "#", "?", "%2e%2e", "C#", "c#", "null", "true"),
    (MARKUP, "{{ x }}", "{% raw %}", "a,b", "a;b", "a: b", "- x", "index", "page", "posts"),
)


def posts() -> list[Post]:
    """All of them, with unlike titles, bodies, tags and names."""
    made = []
    for number in range(max(len(BODIES), len(TITLES))):
        body = list(BODIES.values())[number % len(BODIES)]
        post = make_post(
            number, title=TITLES[number % len(TITLES)], tags=TAGS[number % len(TAGS)], body=clean.html(body)
        )
        made.append(
            replace(
                post,
                authors=(Author(name=f"Doe; {MARKUP}, Jane"), Author(name="{{ author }}")),
                source_name=f"{{{{< x >}}}} & Co. {MARKUP}",
                excerpt=f"{TEMPLATES} {MARKUP}"[: 100 + number],
                standfirst="" if number % 2 else "{{ standfirst }} {% raw %} <b>",
                lead=Image(url="https://a.example/lead.jpg", alt="{{ alt }}", caption="{% x %}")
                if number % 3
                else None,
            )
        )
    return made
