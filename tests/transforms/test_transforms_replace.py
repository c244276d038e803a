"""Replacing by patterns: groups, markup, and patterns that are none or never end."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from aggregator.errors import StepError
from aggregator.transforms import patterns
from aggregator.transforms.replace import Options, apply
from tests.transforms.test_transforms import POST, context


def body(html: str, **options: object) -> str:
    post = replace(POST, body=html)
    return apply(post, Options(**options), context(post)).post.body


@pytest.mark.parametrize(
    ("find", "by", "html", "made"),
    [
        (r"(\d+) km", r"\1 kilometres", "<p>5 km, 6 km</p>", "<p>5 kilometres, 6 kilometres</p>"),
        (r"(?P<who>\w+) said", r"said \g<who>", '<p title="Ana said">Ana said</p>', '<p title="Ana said">said Ana</p>'),
        ("a & b", "<b>", "<p>a &amp; b &hellip;</p>", "<p>&lt;b&gt; …</p>"),
        ("nowhere", "x", "<p>a&nbsp;&hellip;</p>", "<p>a&nbsp;&hellip;</p>"),
        ("p", "q", "<p>p</p>", "<p>q</p>"),
    ],
)
def test_a_pattern_is_replaced_between_tags_only(find, by, html, made):
    assert body(html, find=find, by=by, regex=True) == made


def test_case_counts_for_patterns_too_unless_it_is_told_not_to():
    assert body("<p>Foo</p>", find="f.o", by="x", regex=True) == "<p>Foo</p>"
    assert body("<p>Foo</p>", find="f.o", by="x", regex=True, case=False) == "<p>x</p>"


def test_without_regex_all_signs_are_taken_literally():
    assert body("<p>a.c abc</p>", find="a.c", by=r"\1") == r"<p>\1 abc</p>"


@pytest.mark.parametrize(("find", "by"), [("(a", ""), ("(a)", r"\2"), ("a", r"\g<who>"), ("(?x)a # b", r"\1")])
def test_a_pattern_or_group_that_there_is_not_is_found_when_the_file_is_read(find, by):
    with pytest.raises(ValidationError):
        Options(find=find, by=by, regex=True)


def test_a_pattern_that_never_ends_leaves_the_post_alone_and_is_named(monkeypatch):
    monkeypatch.setattr(patterns, "LIMIT", 0.01)
    with pytest.raises(StepError, match="takes too long"):
        body(f"<p>{'a' * 200}c</p>", find="(a|aa)+b", regex=True)


def test_what_would_grow_without_bound_is_refused():
    with pytest.raises(StepError, match="more than"):
        body(f"<p>{'a' * 1000}</p>", find="a", by="x" * 10_000, regex=True)
