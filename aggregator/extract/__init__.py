"""Takes the article out of a page, or out of the feed where the page gives none; sync and pure.

Everything runs in a child process that may be killed. What is published is cleaned once more elsewhere.
"""

from __future__ import annotations

from aggregator.extract import choice, reading
from aggregator.extract import entry as own
from aggregator.extract import page as pages
from aggregator.extract.entry import summary
from aggregator.types import Article, Entry, Response

__all__ = ["article", "from_entry", "summary"]


def from_entry(entry: Entry, reason: str) -> Article:
    """An article of what the feed itself gave; ``reason`` says why the page wasn't used."""
    return own.article(entry, reason)


def article(response: Response, entry: Entry, *, base: str = "trafilatura") -> Article:
    """The article of a page, or the feed's own text where that is better; ``basis`` and ``reasons`` say which.

    ``base`` names the kind of extractor that finds the text. Raises ExtractError, saying why, where the page
    holds no article.
    """
    page = pages.read(response.body, url=response.url, headers=_joined(response.headers))
    return choice.article(reading.read(page, response.fetched_at, base=base), entry)


def _joined(headers: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Header fields by name; the values of one that stands several times joined (RFC 9110, 5.3)."""
    out: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        out[key] = f"{out[key]}, {value}" if key in out else value
    return out
