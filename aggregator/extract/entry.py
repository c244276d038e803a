"""An article made of nothing but what the feed itself gave."""

from __future__ import annotations

from aggregator.markup import clean, text
from aggregator.types import Article, Basis, Entry


def article(entry: Entry, reason: str) -> Article:
    """The feed's own content, else its summary, as an article that says so in ``basis`` and ``reasons``."""
    body, method = own_body(entry)
    plain = text.plain(body)
    words = text.word_count(plain)
    return Article(
        entry=entry,
        title=text.line(entry.title),
        body=body,
        text=plain,
        basis=Basis.FEED,
        method=method,
        score=0.0 if not words else min(1.0, words / 150) if method == "content" else 0.2,
        reasons=(reason, f"body: the feed's own {method}" if method != "none" else "body: the feed gave no text"),
        canonical_url=entry.url,
        standfirst=_standfirst(entry, method),
        authors=entry.authors,
        publisher=text.line(entry.origin.name) if entry.origin else "",
        published_at=entry.published_at,
        modified_at=entry.updated_at,
        lead=entry.images[0] if entry.images else None,
        images=entry.images,
        tags=entry.tags,
        language=entry.language,
        licence=entry.rights,
    )


def own_body(entry: Entry) -> tuple[str, str]:
    """Clean HTML of the feed's own text and where it stood: ``content``, ``summary`` or ``none``."""
    for value, name in ((entry.content, "content"), (entry.summary, "summary")):
        body = clean.html(value, base_url=entry.base_url or entry.url) if value.strip() else ""
        if body:
            return body, name
    return "", "none"


def _standfirst(entry: Entry, method: str) -> str:
    """The summary as one line, where the body is something else."""
    return text.line(text.plain(entry.summary), 500) if method == "content" and entry.summary else ""
