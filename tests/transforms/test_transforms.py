"""Transforms: what they keep, what they drop, what they leave alone."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator import kinds, transforms
from aggregator.errors import Drop
from aggregator.types import Article, Author, Basis, Credit, Entry, Feed, Post, Site, StepSettings

POST = Post(
    key="0" * 32,
    feed="news",
    entry_key="k",
    title="Ferry strike ends",
    slug="ferry-strike-ends-00000000",
    body='<p>The strike is <a href="https://x.example/strike">over</a> &amp; done.</p>',
    excerpt="The strike is over.",
    credit=Credit(html="", text="", url=None, title="", publisher=""),
    authors=(Author(name="Ana Roe"),),
    tags=("Transport",),
    published_at=datetime(2026, 1, 1, tzinfo=UTC),
)


def step(kind: str, **options: object) -> StepSettings:
    return StepSettings(kind=kind, name=kind, options=kinds.load("transforms", kind).Options(**options))


def context(post: Post) -> transforms.Context:
    entry = Entry(title=post.title)
    article = Article(entry=entry, title=post.title, body=post.body, text="", basis=Basis.FEED, method="entry", score=1)
    feed = Feed(name="news", url="https://x.example/feed")
    site = Site(title="Nestor", base_url="https://nestor.example")
    return transforms.Context(article=article, feed=feed, site=site, now=post.published_at)


def apply(steps: list[StepSettings], post: Post) -> Post:
    return transforms.apply(steps, post, context(post))[0]


@pytest.mark.parametrize(
    ("options", "dropped"),
    [
        ({"include": ["ferry"]}, None),
        ({"include": ["plane"]}, "none of"),
        ({"exclude": ["strike"]}, "strike"),
        ({"exclude": ["strik"]}, None),  # whole words only
        ({"exclude": ["transport"], "within": ["title"]}, None),
        ({"exclude": ["transport"], "within": ["tags"]}, "transport"),
        ({"include": ["ana roe"], "within": ["authors"]}, None),
        ({"include": ["over & done"], "within": ["text"]}, None),
    ],
)
def test_a_filter_drops_with_the_word_that_decided(options: dict[str, object], dropped: str | None) -> None:
    if dropped is None:
        assert apply([step("filter", **options)], POST) == POST
    else:
        with pytest.raises(Drop, match=dropped):
            apply([step("filter", **options)], POST)


def test_replace_leaves_markup_alone() -> None:
    changed = apply([step("replace", find="strike", by="<walk-out>")], POST)
    assert 'href="https://x.example/strike"' in changed.body
    assert "The &lt;walk-out&gt; is" in changed.body
    assert changed.title == "Ferry <walk-out> ends"


def test_steps_run_in_the_order_of_the_file() -> None:
    steps = [step("replace", find="Ferry", by="Tram"), step("filter", exclude=["tram"])]
    with pytest.raises(Drop, match="tram"):
        apply(steps, replace(POST))


def test_how_each_step_went_is_told_by_its_name() -> None:
    steps = [
        replace(step("replace", find="Ferry", by="Tram"), name="trams"),
        step("replace", find="nowhere"),
    ]
    _, applied = transforms.apply(steps, POST, context(POST))
    assert [(each.step, each.outcome) for each in applied] == [("trams", "changed"), ("replace", "same")]
    assert "Ferry" in applied[0].reason


def test_a_post_goes_on_without_a_step_that_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "broken.py").write_text(
        "from aggregator.errors import StepError\n"
        "class Options: pass\n"
        "def apply(post, options, context):\n"
        "    raise StepError('no such luck')\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    post, applied = transforms.apply([StepSettings(kind="mine.broken", name="b", options=None)], POST, context(POST))
    assert post == POST
    assert applied == (("b", "failed", "no such luck"),)
