"""Takes the article out of a page, or out of the feed where the page gives none; sync and pure.

Everything runs in a child process that may be killed. What is published is cleaned once more elsewhere.
"""

from __future__ import annotations

from aggregator.errors import ExtractError
from aggregator.extract import entry as own
from aggregator.extract import page as pages
from aggregator.extract import trafilatura
from aggregator.markup import clean, text
from aggregator.types import Article, Basis, Entry, Response

__all__ = ["article", "from_entry"]

LEAST_WORDS = 25


def from_entry(entry: Entry, reason: str) -> Article:
    """An article of what the feed itself gave; ``reason`` says why the page wasn't used."""
    return own.article(entry, reason)


def article(response: Response, entry: Entry, *, base: str = "trafilatura") -> Article:
    """The article of a page, or the feed's own text where that is better.

    ``base`` names the kind of extractor that finds the text. Raises ExtractError, saying why, where the page
    holds no article.
    """
    page = pages.read(response.body, url=response.url, headers=dict(response.headers))
    found = clean.html(trafilatura.html(page.root, page.url), base_url=page.base_url)
    plain = text.plain(found)
    words = text.word_count(plain)
    feed_article = own.article(entry, "the feed's own text is longer than the page's")
    if feed_article.method == "content" and text.word_count(feed_article.text) >= words:
        return feed_article
    if words < LEAST_WORDS:
        raise ExtractError("too little text on the page")
    return Article(
        entry=entry,
        title=text.line(entry.title),
        body=found,
        text=plain,
        basis=Basis.PAGE,
        method=base,
        score=min(1.0, words / 150),
        reasons=(f"body: {base}",),
        canonical_url=page.url,
        standfirst=text.line(text.plain(entry.summary), 500),
        authors=entry.authors,
        published_at=entry.published_at,
        modified_at=entry.updated_at,
        lead=entry.images[0] if entry.images else None,
        images=entry.images,
        tags=entry.tags,
        language=entry.language,
        licence=entry.rights,
    )
