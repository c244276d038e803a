"""Templates: the words and filters they know, what is empty, what is refused, and what other systems wrote."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from aggregator.errors import StepError
from aggregator.transforms import aliases, words
from aggregator.types import Article, Author, Basis, Entry, Image
from tests.transforms.test_transforms import POST, context

ENTRY = Entry(
    title="The entry",
    summary="<p>A summary.</p>",
    url="https://x.example/a?id=1",
    authors=(Author(name="Bo Li"),),
    tags=("One", "Two"),
    published_at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC),
    raw={"g:price": "12.50", "media:thumbnail@url": "https://x.example/t.jpg"},
)
ARTICLE = Article(
    entry=ENTRY,
    title="The article",
    body="<p>Body.</p>",
    text="First one. Second one. Third.",
    basis=Basis.PAGE,
    method="t",
    score=1,
)
WORDS = words.of(
    replace(POST, lead=Image(url="https://x.example/l.jpg", alt="A boat")), replace(context(POST), article=ARTICLE)
)


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("{{ entry.title }} / {{ article.title }} / {{ post.title }}", "The entry / The article / Ferry strike ends"),
        ("{{ author }}; {{ entry.author }}; {{ article.byline }}.", "Ana Roe; Bo Li; ."),
        ("{{ entry.published_at | date }}", "2026-03-01"),
        ("{{ entry.published_at | date('%d.%m.%Y %H:%M', 'Europe/Berlin') }}", "02.03.2026 00:30"),
        ("{{ entry.updated_at | date }}|{{ article.modified_at }}|{{ licence }}", "||"),
        ("{{ entry.raw['g:price'] }} {{ entry.raw['no:such'] }}{{ entry.raw.nothing.at.all }}", "12.50"),
        ("{{ article.text | sentences(2) }}", "First one. Second one."),
        ("{{ article.text | words(2) }}", "First one."),
        (
            "{{ post.title | slug }} {{ entry.url | host }} {{ entry.url | urlencode }}",
            "ferry-strike-ends x.example https%3A%2F%2Fx.example%2Fa%3Fid%3D1",
        ),
        ("{{ entry.tags | join(', ') }} {{ image.alt }} {{ site.title }}", "One, Two A boat Nestor"),
        ("{{ entry.summary | plain }}", "A summary."),
        ("{% if image.credit %}by {{ image.credit }}{% else %}no credit{% endif %}", "no credit"),
        ("[#item_title] – [#item_source] ([#item_custom_g:price])", "The entry – (12.50)"),
        ("[#item_custom_media:thumbnail@url]", "https://x.example/t.jpg"),
        ("{title} by {author} at {permalink}", "The entry by Ana Roe at"),
        ("[source]: [original-link]", "news.example.org: "),
        ("{no} {{ '{title}' }} [#item_nothing] [sources]", "{no} {title} [#item_nothing] [sources]"),
    ],
)
def test_a_line_comes_of_a_template(template, line):
    if "[source]" in template:
        line = f"{WORDS['source']['name']}:"
    assert words.line(template, WORDS) == line


def test_html_is_kept_where_it_is_html_and_escaped_where_it_is_text():
    evil = words.of(replace(POST, title="<b>&"), context(POST))
    assert words.html("<i>{{ post.title }}</i>{{ post.body }}", evil) == f"<i>&lt;b&gt;&amp;</i>{POST.body}"


@pytest.mark.parametrize(
    ("template", "complaint"),
    [
        ("{{ titel }}", "knows no titel"),
        ("{{ title", "not a Jinja2 template"),
        ("{{ post.title | nix }}", "No filter named 'nix'"),
        ("{% include 'x' %}{{ 1 +", "not a Jinja2 template"),
    ],
)
def test_a_template_is_checked_when_the_file_is_read(template, complaint):
    with pytest.raises(ValidationError, match=complaint):
        TypeAdapter(words.TemplateText).validate_python(template)


@pytest.mark.parametrize(
    "template",
    [
        "{{ 1 / 0 }}",
        "{{ entry.title.nothing() }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ entry.title | date('%Y', 'Moon/Base') }}{{ now | date('%Y', 'Moon/Base') }}",
        "{% for number in range(99999999) %}x{% endfor %}",
        "{{ '%999999999d' | format(1) }}{{ [1] | first + 'x' }}",
        "{% include 'x' %}",
    ],
)
def test_a_template_that_fails_says_so_and_nothing_gets_out(template):
    with pytest.raises(StepError, match=r"template|time zone"):
        words.line(template, WORDS)


@pytest.mark.parametrize("template", ["{{ a }}", "{% if b %}{title}{% endif %}", "{ title }", "body { color: red }"])
def test_only_magic_tags_are_translated(template):
    assert aliases.translate(template).replace("{{ entry.title }}", "{title}") == template
