"""Passages in another language or direction than the page: what the page says of them is kept, and nothing is repeated."""

from __future__ import annotations

from datetime import UTC, datetime

import lxml.html
import pytest

from aggregator import extract
from aggregator.types import Entry, Response

URL = "https://paper.example/story"
SENTENCE = (
    "The harbour office has counted all the boats that came home before the storm, and none was missing at night."
)
PLAIN = f"<p>{SENTENCE}</p>" * 6
ENGLISH = "The pilots of the south pier told another story, since two of their own had stayed out until the morning."
ARABIC = "نهنئ أهل المدينة بعودة النور إلى منارتهم القديمة، ونتمنى للبحّارة ليالي آمنة وعودة سعيدة إلى الميناء."


def spoken(middle: str, page: str = 'lang="en"') -> dict[str, tuple[str, str]]:
    """Of the elements that say how they are written: the first words, and what they say."""
    html = (
        f"<html {page}><head><title>Boats</title></head><body><article><h1>Boats</h1>{PLAIN}{middle}{PLAIN}</article>"
    )
    response = Response(
        url=URL,
        requested_url=URL,
        status=200,
        headers=(("content-type", "text/html; charset=utf-8"),),
        body=html.encode(),
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    body = lxml.html.fragment_fromstring(extract.article(response, Entry(url=URL)).body, create_parent="div")
    assert body.text_content().count(ENGLISH) == middle.count(ENGLISH)
    elements = [each for each in body.iterdescendants() if each.get("lang") or each.get("dir")]
    return {str(each.tag): (each.get("lang", ""), each.get("dir", "")) for each in elements}


@pytest.mark.parametrize(
    ("middle", "expected"),
    [
        (f'<blockquote lang="ar" dir="rtl"><p>{ARABIC}</p></blockquote>', {"blockquote": ("ar", "rtl")}),
        (f'<p lang="ar" dir="rtl">{ARABIC}</p>', {"p": ("ar", "rtl")}),
        (f'<div lang="ar" dir="rtl"><p>{ARABIC}</p></div>', {"p": ("ar", "rtl")}),
        (f'<section dir="rtl"><div lang="ar"><p>{ARABIC}</p></div></section>', {"p": ("ar", "rtl")}),
        (f'<ul dir="rtl"><li>{ARABIC}</li><li lang="en">{ENGLISH}</li></ul>', {"ul": ("", "rtl")}),
        (f'<h2 lang="fr">Les bateaux</h2><p>{ENGLISH}</p>', {"h2": ("fr", "")}),
        (f'<p lang="en-GB" dir="ltr">{ENGLISH}</p>', {}),
        (f'<p lang="??" dir="sideways">{ENGLISH}</p>', {}),
    ],
)
def test_a_passage_keeps_its_language_and_direction(middle: str, expected: dict[str, tuple[str, str]]) -> None:
    assert spoken(middle) == expected


def test_what_the_page_says_of_all_is_not_repeated() -> None:
    english = f'<p lang="en" dir="ltr">{ENGLISH}</p>'
    assert spoken(english, 'lang="ar" dir="rtl"') == {"p": ("en", "ltr")}
    assert spoken(f'<p lang="ar" dir="rtl">{ARABIC}</p>', 'lang="ar-EG" dir="rtl"') == {}
