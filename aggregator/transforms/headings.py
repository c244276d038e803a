"""Rewrites sub-headings by a template, the first or all, such as "{{ post.title }}: {{ heading }}"."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from aggregator.markup import blocks, text
from aggregator.transforms import Context, Shaped, words
from aggregator.types import Post

ALTERS = True  #: no licence without derivatives allows it


class Options(BaseModel):
    """Options of ``kind = "headings"``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    #: ``heading`` in the template is the sub-heading as it was, ``number`` which it is.
    text: Annotated[str, Field(min_length=1, max_length=words.MAX_LENGTH), words.knowing("heading", "number")]
    which: Literal["first", "all"] = "first"


def apply(post: Post, options: Options, context: Context) -> Shaped:
    """The post with its sub-headings rewritten. Raises StepError for a template that does not work."""
    body = blocks.read(post.body)
    found = blocks.headings(body)
    facts = words.of(post, context)
    for number, heading in enumerate(found if options.which == "all" else found[:1], start=1):
        was = text.line(text.of_element(heading))
        line = words.line(options.text, {**facts, "heading": was, "number": number})
        if line:
            blocks.retitle(heading, line)
    if not found:
        return Shaped(post, "the text has no sub-heading")
    count = 1 if options.which == "first" else len(found)
    return Shaped(replace(post, body=blocks.write(body)), f"{count} of {len(found)} rewritten")
