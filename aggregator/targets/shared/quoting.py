"""The words of others in our errors: one line, not long, and without our secrets."""

from __future__ import annotations

from collections.abc import Collection

from aggregator.markup import text

MAX_QUOTE = 200  #: characters


def quoted(words: str, *, hide: Collection[str] = (), limit: int = MAX_QUOTE) -> str:
    """What somebody said, fit for an error or a log. ``hide`` are the secrets that must not be seen in it."""
    return text.line(masked(words, hide), limit)


def masked(words: str, hide: Collection[str]) -> str:
    """The words with asterisks in the place of secrets."""
    for secret in sorted(filter(None, hide), key=len, reverse=True):  # one may be a part of another
        words = words.replace(secret, "***")
    return words
