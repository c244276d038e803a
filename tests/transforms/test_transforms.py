"""Transforms: what they keep, what they drop, what they leave alone."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from aggregator import transforms
from aggregator.errors import Drop
from aggregator.types import Author, Credit, Post, StepSettings

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
    return StepSettings(kind=kind, name=kind, options=options)


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
        assert transforms.apply([step("filter", **options)], POST) == POST
    else:
        with pytest.raises(Drop, match=dropped):
            transforms.apply([step("filter", **options)], POST)


def test_replace_leaves_markup_alone() -> None:
    changed = transforms.apply([step("replace", find="strike", by="<walk-out>")], POST)
    assert 'href="https://x.example/strike"' in changed.body
    assert "The &lt;walk-out&gt; is" in changed.body
    assert changed.title == "Ferry <walk-out> ends"


def test_steps_run_in_the_order_of_the_file() -> None:
    steps = [step("replace", find="Ferry", by="Tram"), step("filter", exclude=["tram"])]
    with pytest.raises(Drop, match="tram"):
        transforms.apply(steps, replace(POST))
