"""Keeps posts that mention wanted words and drops those that mention unwanted ones.

Words are matched whole and without regard to case; a word may be a phrase. With ``include``, a post must hold
at least one of them; with ``exclude``, none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from aggregator.errors import Drop
from aggregator.markup import text
from aggregator.transforms import Context, Shaped
from aggregator.types import Post

Place = Literal["title", "excerpt", "text", "authors", "tags", "url"]
Word = Annotated[str, Field(min_length=1, max_length=200)]


class Options(BaseModel):
    """Options of ``kind = "filter"``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    include: tuple[Word, ...] = ()  #: at least one of these must be there; empty: no such demand
    exclude: tuple[Word, ...] = ()  #: none of these may be there
    within: tuple[Place, ...] = ("title", "excerpt", "text", "tags")  #: where to look


def apply(post: Post, options: Options, context: Context) -> Shaped:
    """The post unchanged. Raises Drop with the word that decided."""
    looked_at = "\n".join(_place(post, place) for place in options.within)
    if (unwanted := _first(options.exclude, looked_at)) is not None:
        raise Drop(f"it mentions “{unwanted}”")
    wanted = _first(options.include, looked_at)
    if options.include and wanted is None:
        raise Drop(f"it mentions none of {', '.join(f'“{word}”' for word in options.include[:10])}")
    return Shaped(post, f"it mentions “{wanted}”" if wanted else "it mentions nothing unwanted")


def _place(post: Post, place: Place) -> str:
    match place:
        case "title":
            return post.title
        case "excerpt":
            return f"{post.standfirst}\n{post.excerpt}"
        case "text":
            return text.plain(post.body)
        case "authors":
            return "\n".join(author.name for author in post.authors)
        case "tags":
            return "\n".join(post.tags)
        case "url":
            return post.canonical_url or ""


def _first(words: Sequence[str], looked_at: str) -> str | None:
    return next((word for word in words if _pattern(word).search(looked_at)), None)


@lru_cache(maxsize=2000)
def _pattern(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE)
