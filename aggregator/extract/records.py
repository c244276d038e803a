"""The article of a bare document as one flat record: what ``wirecopy extract --json`` prints."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from aggregator.errors import ExtractError
from aggregator.extract import choice, entry, page, reading
from aggregator.types import Entry


def extract_document(
    body: bytes,
    *,
    url: str | None,
    headers: Mapping[str, str] | None,
    title: str | None,
    summary: str | None,
) -> dict[str, object]:
    """The record of a page: text, html, title, author, date, site_name, canonical, image, license and how we know.

    ``title`` and ``summary`` are what a feed said, where one did. The HTML has the lead image where it stood;
    the date keeps the page's own zone. Raises ExtractError where there is no article.
    """
    hints = Entry(url=url, title=title or "", summary=summary or "")
    names = {name.lower(): value for name, value in (headers or {}).items()}
    try:
        found = reading.read(page.read(body, url=url, headers=names), datetime.now(UTC), least=1)
    except ExtractError as error:
        own = entry.article(hints, str(error))
        if not own.text:
            raise
        return {"text": own.text, "html": own.body, "title": own.title, "basis": "feed", "method": own.method,
                "score": own.score, "reasons": list(own.reasons)}  # fmt: skip
    made = choice.article(found, hints)
    html = made.body
    if found.lead_taken and made.lead:
        html = reading.figure(made.lead) + html
    return {
        "text": made.text,
        "html": html,
        "title": made.title,
        "author": "; ".join(author.name for author in made.authors),
        "date": found.meta.published_at.isoformat() if found.meta.published_at else None,
        "site_name": made.publisher,
        "canonical": made.canonical_url,
        "image": made.lead.url if made.lead else None,
        "license": made.licence,
        "basis": made.basis.value,
        "method": made.method,
        "score": made.score,
        "reasons": list(made.reasons),
    }
