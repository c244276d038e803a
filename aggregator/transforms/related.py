"""Puts a link to a related post of your own blog into the text, found among those that were published before."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictInt

from aggregator.policy import related
from aggregator.transforms import Context, Shaped, words
from aggregator.transforms.places import Place, put
from aggregator.types import Post

WANTS_OWN = True  #: the context has to hold the posts that were published before


class Options(Place):
    """Options of ``kind = "related"``: what the link looks like, which posts are near enough, and one place for it."""

    #: ``related`` in the template is the post that was found.
    html: Annotated[str, Field(min_length=1, max_length=words.MAX_LENGTH), words.knowing("related")] = (
        '<p>Read: <a href="{{ related.url }}">{{ related.title }}</a></p>'
    )
    count: Annotated[StrictInt, Field(ge=1, le=10)] = 1  #: links at most, each a block of its own
    score: Annotated[float, Field(gt=0, le=1)] = 0.25  #: how near a post must be, at least


def apply(post: Post, options: Options, context: Context) -> Shaped:
    """The post with its links. Raises StepError for a template that does not work."""
    found = related.nearest(post, context.own, least=options.score)[: options.count]
    if not found:
        return Shaped(post, f"none of {len(context.own)} posts is near enough")
    facts = words.of(post, context)
    block = "".join(
        words.html(options.html, {**facts, "related": {"title": near.post.title, "url": near.post.url}})
        for near in found
    )
    shaped = put(post, block, options)
    told = "; ".join(f"“{near.post.title}” ({near.reason})" for near in found)
    return Shaped(shaped.post, f"{told}, {shaped.reason}")
