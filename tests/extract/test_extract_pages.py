"""Pages as cases: ``tests/data/pages/NAME.html`` is a page, ``NAME.json`` says what must come out of it and why."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator import extract
from aggregator.markup import clean
from aggregator.types import Article, Basis, Entry, Response

PAGES = Path(__file__).parent.parent / "data" / "pages"
CASES = sorted(path.stem for path in PAGES.glob("*.html"))


def fetched(body: bytes, url: str, **headers: str) -> Response:
    names = {"content-type": "text/html; charset=utf-8"} | {
        key.replace("_", "-"): value for key, value in headers.items()
    }
    return Response(
        url=url,
        requested_url=url,
        status=200,
        headers=tuple(names.items()),
        body=body,
        fetched_at=datetime(2025, 1, 1, tzinfo=UTC),
    )


def extracted(name: str) -> tuple[Article, dict[str, object]]:
    expected = json.loads((PAGES / f"{name}.json").read_text())
    response = fetched((PAGES / f"{name}.html").read_bytes(), expected["url"])
    return extract.article(response, Entry(url=expected["url"])), expected


def test_there_are_cases() -> None:
    assert len(CASES) >= 12


@pytest.mark.parametrize("name", CASES)
def test_the_body_holds_what_it_should(name: str) -> None:
    article, expected = extracted(name)
    assert article.basis is Basis.PAGE
    assert [part for part in expected["body_has"] if part not in article.body] == []
    assert [part for part in expected["body_lacks"] if part in article.body] == []


@pytest.mark.parametrize("name", CASES)
def test_the_text_holds_what_it_should(name: str) -> None:
    article, expected = extracted(name)
    assert [part for part in expected["text_has"] if part not in article.text] == []
    assert [part for part in expected["text_lacks"] if part in article.text] == []


@pytest.mark.parametrize("name", CASES)
def test_the_metadata_is_what_the_page_says(name: str) -> None:
    article, expected = extracted(name)
    found = {
        "title": article.title,
        "authors": [author.name for author in article.authors],
        "publisher": article.publisher,
        "canonical": article.canonical_url,
        "lead": article.lead.url if article.lead else None,
        "lead_caption": article.lead.caption if article.lead else "",
        "published": article.published_at.isoformat() if article.published_at else None,
        "modified": article.modified_at.isoformat() if article.modified_at else None,
        "tags": list(article.tags),
        "language": article.language,
        "licence": article.licence,
        "reservations": list(article.reservations),
    }
    assert {key: value for key, value in found.items() if key in expected} == {
        key: expected[key] for key in found if key in expected
    }


@pytest.mark.parametrize("name", CASES)
def test_the_body_is_clean_already(name: str) -> None:
    article, _ = extracted(name)
    assert clean.html(article.body) == article.body


@pytest.mark.parametrize("name", CASES)
def test_score_and_reasons_are_given(name: str) -> None:
    article, _ = extracted(name)
    assert 0.5 < article.score <= 1
    assert article.method == "trafilatura"
    assert any(reason.startswith("title:") for reason in article.reasons)
