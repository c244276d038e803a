"""Puts a block of your own into the text: at its start, after a paragraph, at a share of it, at its end, or behind."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from aggregator.transforms import Context, Shaped, words
from aggregator.transforms.places import Place, put
from aggregator.types import Post


class Options(Place):
    """Options of ``kind = "insert"``: the block, and one place for it."""

    html: Annotated[words.TemplateText, Field(min_length=1)]  #: the block; Jinja2


def apply(post: Post, options: Options, context: Context) -> Shaped:
    """The post with the block at its place. Raises StepError for a template that does not work."""
    block = words.html(options.html, words.of(post, context)).strip()
    return put(post, block, options) if block else Shaped(post, "the block is empty")
