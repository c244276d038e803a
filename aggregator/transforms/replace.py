"""Replaces a piece of text by another, in the title, the excerpt or the body's text.

The piece is taken literally. In the body only text between tags is touched, so that no markup breaks.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from aggregator.markup import text
from aggregator.transforms import Context, Shaped
from aggregator.types import Post

ALTERS = True  #: no licence without derivatives allows it


class Options(BaseModel):
    """Options of ``kind = "replace"``."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    find: Annotated[str, Field(min_length=1, max_length=1000)]
    by: str = ""  #: what stands there afterwards
    within: tuple[Literal["title", "excerpt", "body"], ...] = ("title", "excerpt", "body")
    case: bool = True  #: whether upper and lower case are told apart


def apply(post: Post, options: Options, context: Context) -> Shaped:
    """The post with each occurrence replaced."""
    pattern = re.compile(re.escape(options.find), 0 if options.case else re.IGNORECASE)
    changed = post
    if "title" in options.within:
        changed = replace(changed, title=pattern.sub(lambda _: options.by, post.title))
    if "excerpt" in options.within:
        changed = replace(
            changed,
            excerpt=pattern.sub(lambda _: options.by, post.excerpt),
            standfirst=pattern.sub(lambda _: options.by, post.standfirst),
        )
    if "body" in options.within:
        changed = replace(changed, body=_between_tags(post.body, options))
    found = "replaced" if changed != post else "not found:"
    return Shaped(changed, f"{found} “{text.shorten(options.find, 40)}”")


def _between_tags(body: str, options: Options) -> str:
    pattern = re.compile(re.escape(escape(options.find, quote=False)), 0 if options.case else re.IGNORECASE)
    by = escape(options.by, quote=False)
    parts = re.split(r"(<[^>]*>)", body)
    return "".join(part if part.startswith("<") else pattern.sub(lambda _: by, part) for part in parts)
