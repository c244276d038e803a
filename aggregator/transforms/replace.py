"""Replaces a piece of text by another, in the title, the excerpt or the body's text.

The piece is taken literally, or with ``regex`` as a regular expression. In the body only text between tags is
touched, so that no markup breaks.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape, unescape
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator

from aggregator.errors import StepError
from aggregator.markup import text
from aggregator.transforms import Context, Shaped, patterns, words
from aggregator.types import Post

ALTERS = True  #: no licence without derivatives allows it

_TAG = re.compile(r"(<[^>]*>)")


class Options(BaseModel):
    """Options of ``kind = "replace"``."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    find: Annotated[str, Field(min_length=1, max_length=1000)]
    by: Annotated[str, Field(max_length=10_000)] = (
        ""  #: what stands there afterwards; with ``regex``: ``\\1``, ``\\g<name>``
    )
    within: tuple[Literal["title", "excerpt", "body"], ...] = ("title", "excerpt", "body")
    case: bool = True  #: whether upper and lower case are told apart
    regex: StrictBool = False  #: ``find`` is a regular expression

    @model_validator(mode="after")
    def _pattern_compiles(self) -> Self:
        if self.regex:
            patterns.checked((self.find,), self.by)
        return self


def apply(post: Post, options: Options, context: Context) -> Shaped:
    """The post with each occurrence replaced. Raises StepError where a pattern takes too long, or makes too much."""
    parts = _TAG.split(post.body)
    lines = [post.title, post.excerpt, post.standfirst]
    title, excerpt, standfirst, *between = _replaced([*lines, *map(unescape, parts[::2])], options)
    changed = post
    if "title" in options.within:
        changed = replace(changed, title=title)
    if "excerpt" in options.within:
        changed = replace(changed, excerpt=excerpt, standfirst=standfirst)
    if "body" in options.within:
        # What was not touched stays as it is, entity by entity.
        parts[::2] = [
            was if unescape(was) == made else escape(made, quote=False)
            for was, made in zip(parts[::2], between, strict=True)
        ]
        changed = replace(changed, body="".join(parts))
    if len(changed.body) > words.MAX_RESULT + len(post.body):
        raise StepError(f"it makes more than {words.MAX_RESULT} characters")
    found = "replaced" if changed != post else "not found:"
    return Shaped(changed, f"{found} “{text.shorten(options.find, 40)}”")


def _replaced(texts: list[str], options: Options) -> list[str]:
    if options.regex:
        return patterns.replaced(patterns.compiled(options.find, case=options.case), options.by, texts)
    literal = re.compile(re.escape(options.find), 0 if options.case else re.IGNORECASE)
    return [literal.sub(lambda _: options.by, each) for each in texts]
