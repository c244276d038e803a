"""Licences without derivatives: what rewrites an author's words does not run under them."""

from dataclasses import replace

import pytest

from aggregator import kinds, transforms
from aggregator.policy import rights
from aggregator.types import Post, StepSettings
from tests.transforms.test_transforms import POST, context, step

REWRITING = {"replace": {"find": "strike", "by": "party"}, "headings": {"text": "Own: {{ heading }}"}}


def run(steps: list[StepSettings], licence: str, of_feed: str = "") -> tuple[Post, tuple[transforms.Applied, ...]]:
    facts = context(POST)
    article = replace(facts.article, licence=licence)
    return transforms.apply(steps, POST, replace(facts, article=article, feed=replace(facts.feed, licence=of_feed)))


@pytest.mark.parametrize(
    ("licence", "forbids"),
    [
        ("CC BY-ND 4.0", True),
        ("cc by nc nd", True),
        ("https://creativecommons.org/licenses/by-nc-nd/4.0/deed.de", True),
        ("https://creativecommons.org/licenses/by-nd/2.0/", True),
        ("Creative Commons Attribution-NoDerivatives", True),
        ("Attribution, no derivs", True),
        ("", False),
        ("CC BY 4.0", False),
        ("https://creativecommons.org/licenses/by-nc-sa/4.0/", False),
        ("© Brand and Sons, 2nd edition", False),
    ],
)
def test_a_licence_says_whether_words_may_be_changed(licence, forbids):
    facts = context(POST)
    assert bool(rights.unalterable(facts.feed, replace(facts.article, licence=licence))) is forbids


@pytest.mark.parametrize(
    "kind", [name for name in kinds.names("transforms") if hasattr(kinds.load("transforms", name), "ALTERS")]
)
def test_no_step_rewrites_words_that_may_not_be_changed(kind):
    post, applied = run([step(kind, **REWRITING[kind])], "CC BY-ND 4.0")
    assert post == POST
    assert applied == ((kind, "failed", "the licence (CC BY-ND 4.0) allows no changes"),)


def test_the_licence_of_the_feed_counts_as_well():
    post, applied = run([step("replace", **REWRITING["replace"])], "", "CC BY-ND 3.0")
    assert post == POST
    assert "CC BY-ND 3.0" in applied[0].reason


def test_what_only_adds_or_chooses_runs_under_every_licence():
    _, applied = run([step("insert", html="<p>Hello</p>", at="end"), step("filter", include=["ferry"])], "CC BY-ND 4.0")
    assert [each.outcome for each in applied] == ["changed", "same"]
