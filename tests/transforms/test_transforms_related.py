"""Links to posts of one's own, and sub-headings."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from aggregator import transforms
from aggregator.transforms import headings, related
from aggregator.types import OwnPost, StepSettings
from tests.transforms.test_transforms import POST, context

OWN = tuple(
    OwnPost(
        key=str(number) * 32,
        title=title,
        url=f"https://nestor.example/{number}?a=1&b=2",
        published_at=datetime(2025, 1, number, tzinfo=UTC),
    )
    for number, title in enumerate(["Ferry strike begins", "Ferry strike <drags> on", "Soup"], start=1)
)
BODY = "<p>The ferry strike drags no more.</p><h2>What <em>now</em>?</h2><p>It begins anew.</p><h3>And then</h3>"


def shape(kind, options, own=OWN):
    step = StepSettings(kind=kind, name=kind, options=options)
    return transforms.apply([step], replace(POST, body=BODY), replace(context(POST), own=own))


def test_a_related_post_is_linked_at_its_place():
    post, applied = shape("related", related.Options(after=1, count=2))
    assert (
        '<p data-put-in="">Read: <a href="https://nestor.example/2?a=1&amp;b=2">Ferry strike &lt;drags&gt; on</a></p>'
        in post.body
    )
    assert "nestor.example/1" in post.body
    assert "nestor.example/3" not in post.body
    assert applied[0].reason.startswith("“Ferry strike <drags> on” (score ")
    assert applied[0].reason.endswith("after paragraph 1 of 2")


def test_no_link_is_better_than_a_far_one():
    post, applied = shape("related", related.Options(at="end"), own=OWN[2:])
    assert (post.body, applied[0].outcome) == (BODY, "same")


@pytest.mark.parametrize(
    ("which", "lines"),
    [
        ("first", ["Ferry strike ends: What now?", "And then"]),
        ("all", ["Ferry strike ends: What now?", "Ferry strike ends: And then"]),
    ],
)
def test_sub_headings_are_rewritten_by_a_template(which, lines):
    post, _ = shape("headings", headings.Options(text="{{ post.title }}: {{ heading }}", which=which))
    assert [f">{line}</h" in post.body for line in lines] == [True, True]
    assert "It begins anew." in post.body


def test_steps_say_what_they_want_to_know():
    assert transforms.want_own([StepSettings(kind="related", name="r", options=related.Options(at="end"))])
    assert not transforms.want_own([StepSettings(kind="headings", name="h", options=headings.Options(text="x"))])
