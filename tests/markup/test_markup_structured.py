"""What a page says about itself."""

from __future__ import annotations

import json

import pytest

from aggregator.markup import structured, tree
from aggregator.markup.structured import Structured
from aggregator.types import Author

URL = "https://www.example.org/story"


def read(head: str, body: str = "") -> Structured:
    root = tree.document(f"<html lang=en><head>{head}</head><body>{body}</body></html>")
    assert root is not None
    return structured.read(root, URL)


def ld(value: object) -> str:
    return f'<script type="application/ld+json">{value if isinstance(value, str) else json.dumps(value)}</script>'


ARTICLE = {
    "@type": "NewsArticle",
    "headline": "A story",
    "author": {"@type": "Person", "name": "Ada Byron"},
    "url": URL,
}


@pytest.mark.parametrize(
    "script",
    [
        ld(ARTICLE),
        ld([{"@type": "WebSite", "name": "x"}, ARTICLE]),
        ld({"@graph": [ARTICLE]}),
        ld({"@type": "WebPage", "mainEntity": ARTICLE}),
        ld(json.dumps(ARTICLE)[:-1] + ",}"),
        ld("<!--" + json.dumps(ARTICLE) + "-->"),
        ld("//<![CDATA[\n" + json.dumps(ARTICLE) + "\n//]]>"),
        ld(json.dumps(ARTICLE) + ";"),
        ld(json.dumps({"@type": "BreadcrumbList"}) + "\n" + json.dumps(ARTICLE)),
        ld(json.dumps(ARTICLE).replace("A story", "A\nstory")),
    ],
)
def test_json_ld_is_found_however_it_is_wrapped(script: str) -> None:
    claim = read(script).claims[0]
    assert (claim.source, claim.title, claim.authors) == ("json-ld", "A story", (Author(name="Ada Byron"),))


@pytest.mark.parametrize(
    "script", ["{", "[" * 50_000, '{"@graph":' * 5_000, "null", '"x"', "", '{"@type": 7, "headline": {"a": []}}']
)
def test_broken_json_ld_says_nothing(script: str) -> None:
    assert read(ld(script)).claims == ()


def test_the_statement_about_another_article_is_not_believed() -> None:
    others = [ARTICLE | {"headline": "Another", "url": f"https://www.example.org/{n}"} for n in range(3)]
    assert read(ld(others)).claims == ()


def test_organisations_are_authors_only_where_no_person_is() -> None:
    both = ARTICLE | {
        "author": [{"@type": "Organization", "name": "The Post"}, {"@type": "Person", "name": "Ada Byron"}]
    }
    assert [author.name for author in read(ld(both)).claims[0].authors] == ["Ada Byron"]


def test_meta_elements_are_sorted_by_who_defined_them() -> None:
    said = read(
        """<title>T</title><meta property="og:title" content="OG"><meta name="twitter:title" content="TW">
        <meta name="dc.creator" content="D. C."><meta name="author" content="M. E. Ta"><meta property="article:tag" content="a, b">
        <meta property="article:author" content="https://facebook.example/ada"><link rel="canonical" href="/canonical">"""
    )
    assert [claim.source for claim in said.claims] == ["open graph", "dublin core", "meta", "twitter"]
    assert said.claims[0].tags == ("a", "b")
    assert said.claims[0].authors == ()
    assert said.claims[1].authors == (Author(name="D. C."),)
    assert (said.title, said.canonical, said.language) == ("T", "https://www.example.org/canonical", "en")


def test_microdata_of_an_article_is_read() -> None:
    said = read(
        "",
        """<article itemscope itemtype="https://schema.org/BlogPosting"><h1 itemprop="headline">Micro</h1>
        <time itemprop="datePublished" datetime="2024-01-02">x</time>
        <span itemprop="author" itemscope itemtype="https://schema.org/Person"><a itemprop="url" href="/ada"><b itemprop="name">Ada</b></a></span></article>""",
    )
    claim = said.claims[0]
    assert (claim.source, claim.title, claim.published) == ("microdata", "Micro", "2024-01-02")
    assert claim.authors == (Author(name="Ada", url="https://www.example.org/ada"),)


def test_signals_about_rights_are_collected() -> None:
    said = read(
        '<meta name="ROBOTS" content="NoArchive, follow"><meta name="tdm-reservation" content="1"><link rel="license" href="/licence">'
    )
    assert said.robots == ("noarchive", "follow")
    assert said.tdm_reservation == "1"
    assert said.licences == ("https://www.example.org/licence",)
