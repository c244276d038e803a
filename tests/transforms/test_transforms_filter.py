"""Filters: what they look at, what they ask for, and that they say what decided."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from aggregator import transforms
from aggregator.errors import Drop
from aggregator.transforms import patterns
from aggregator.transforms.filter import Options, apply
from aggregator.types import Image
from tests.transforms.test_transforms import POST, context

ENGLISH = replace(POST, language="en-GB", canonical_url="https://x.example/sport/1")


def facts(**article: object) -> transforms.Context:
    of_post = context(ENGLISH)
    entry = replace(of_post.article.entry, summary="<p>A <b>summary</b> of it</p>")
    said = {"entry": entry, "text": "The whole text tells of lighthouses.", **article}
    return replace(of_post, article=replace(of_post.article, **said))


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"include": ["ferry", "strike"], "all": True}, "“ferry”, “strike”"),
        ({"include": ["lighthouses"], "within": ["article"]}, "“lighthouses”"),
        ({"include": ["summary of it"], "within": ["summary"]}, "“summary of it”"),
        ({"include": ["sport"], "within": ["url"]}, "“sport”"),
        ({"include": ["en-gb"], "within": ["language"]}, "“en-gb”"),
        ({"include": [r"^ferry \w+ ends$"], "regex": True, "within": ["tags", "title"]}, r"“^ferry"),
        ({"language": ["de", "en"]}, "nothing unwanted"),
        ({"language": ["en-gb"]}, "nothing unwanted"),
        ({"min_words": 6, "max_words": 6}, "nothing unwanted"),
    ],
)
def test_what_is_wanted_is_kept_and_the_reason_names_it(options, reason):
    shaped = apply(ENGLISH, Options(**options), facts())
    assert shaped.post == ENGLISH
    assert reason in shaped.reason


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"include": ["ferry", "plane", "tram"], "all": True}, "it does not mention “plane”, “tram”"),
        ({"include": ["plane", "tram"], "all": True}, "it mentions none of “plane”, “tram”"),
        ({"include": ["lighthouses"]}, "it mentions none of “lighthouses”"),
        ({"exclude": [r"strik\w"], "regex": True}, r"it mentions “strik\w”"),
        ({"include": ["(?-i:FERRY)"], "regex": True}, "it mentions none of “(?-i:FERRY)”"),
        ({"language": ["de"]}, "its language is en-GB, not de"),
        ({"language": ["es", "en-US"]}, "its language is en-GB, not es or en-US"),
        ({"min_words": 7}, "it has 6 words, fewer than 7"),
        ({"max_words": 5}, "it has 6 words, more than 5"),
        ({"image": True}, "it has no picture"),
    ],
)
def test_what_is_not_wanted_is_dropped_and_the_reason_says_why(options, reason):
    with pytest.raises(Drop) as dropped:
        apply(ENGLISH, Options(**options), facts())
    assert dropped.value.reason == reason


def test_a_post_without_a_language_is_in_none():
    with pytest.raises(Drop, match="its language is not known, not en"):
        apply(POST, Options(language=("en",)), facts())


def test_a_picture_counts_wherever_it_was_found():
    picture = Image(url="https://x.example/a.jpg")
    apply(replace(ENGLISH, lead=picture), Options(image=True), facts())
    apply(ENGLISH, Options(image=True), facts(lead=picture))
    apply(ENGLISH, Options(image=True), facts(images=(picture,)))


def test_a_pattern_that_is_none_is_found_when_the_file_is_read():
    with pytest.raises(ValidationError, match="is not a regular expression"):
        Options(exclude=("(unclosed",), regex=True)
    assert Options(exclude=("(unclosed",)).exclude == ("(unclosed",)  # a word like any other


def test_a_pattern_that_never_ends_drops_the_post_and_is_named(monkeypatch):
    monkeypatch.setattr(patterns, "LIMIT", 0.01)
    with pytest.raises(Drop, match=r"the pattern '\(a\|aa\)\+b' takes too long"):
        apply(
            ENGLISH,
            Options(exclude=("(a|aa)+b",), regex=True, within=("article",)),
            facts(text="a" * 200 + "c"),
        )
