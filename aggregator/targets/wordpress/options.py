"""What can be set for a WordPress: ``[targets.NAME]`` with ``kind = "wordpress"``."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from aggregator.config import BadValueError, Line, Secret, Section
from aggregator.targets.shared.api import Web
from aggregator.targets.shared.options import AlwaysNames, Dating, OverwriteEdits, Pictures, SourceTags

#: What a value in ``meta`` may stand for.
META_FACTS = frozenset({"authors", "feed", "key", "licence", "publisher", "publisher_url", "title", "url"})
_FACT = re.compile(r"\{([^{}]*)\}")


def _meta(value: str) -> str:
    unknown = set(_FACT.findall(value)) - META_FACTS
    if unknown:
        hint = f"it may hold {', '.join(sorted(f'{{{fact}}}' for fact in META_FACTS))}"
        raise BadValueError(f"this value knows no {', '.join(sorted(unknown))}", hint)
    return value


Meta = Annotated[Line, AfterValidator(_meta)]
Names = tuple[Line, ...]


class Categories(Section):
    """``categories``: what posts are filed under; a list is short for ``always``.

    A path such as ``World/Europe`` names a category and its parent.
    """

    always: Names = Field(default=(), description="for every post")
    by_feed: dict[str, Names] = Field(default={}, description="for the posts of a feed, by its name or its publisher's")
    by_tag: dict[str, Names] = Field(default={}, description="for posts that have a tag at the source")
    create: bool = Field(default=True, description="make those that the blog has not got")


class Tags(Section):
    """``tags``: the words of a post; a list is short for ``always``."""

    always: Names = Field(default=(), description="for every post")
    rename: dict[str, Line] = Field(default={}, description="source's tag to the blog's; an empty text drops it")
    create: bool = Field(default=True, description="make those that the blog has not got")
    limit: int = Field(default=2000, ge=0, le=100_000, description="make none once the blog has so many")


class Options(Web):
    """``[targets.NAME]`` with ``kind = "wordpress"``."""

    username: Line = Field(min_length=1, description="login or mail address of the account that posts")
    password: Secret = Field(description="an Application Password of that account, not the one to log in with")
    status: Literal["publish", "draft", "pending", "private"] = Field(
        default="publish", description="what becomes of a new post"
    )
    content: Literal["classic", "blocks"] = Field(
        default="classic", description="clean HTML, or the block editor's markup"
    )
    pictures: Pictures = "copy"
    lead: Literal["featured", "text", "both"] = Field(
        default="featured", description="the lead picture as featured image, at the head of the text, or both"
    )
    excerpt: bool = Field(default=True, description="send an excerpt; false: the blog makes its own")
    date: Dating = "original"
    author: Line = Field(default="", description="login, name or number of the author; empty: the account")
    authors: dict[str, Line] = Field(default={}, description="author by name in the byline, by feed or by publisher")
    categories: Annotated[Categories, AlwaysNames] = Field(default=Categories(), description="categories of every post")
    tags: Annotated[Tags, AlwaysNames] = Field(default=Tags(), description="tags of every post")
    source_tags: SourceTags = 10
    comments: Literal["", "open", "closed"] = Field(default="", description="empty: as the blog has it")
    pings: Literal["", "open", "closed"] = Field(default="", description="empty: as the blog has it")
    sticky: bool = Field(default=False, description="keep new posts on top")
    format: Literal["standard", "aside", "chat", "gallery", "link", "image", "quote", "status", "video", "audio"] = (
        Field(default="standard", description="the post format, where the theme knows it")
    )
    meta: dict[str, Meta] = Field(
        default={}, description="custom fields that the blog has registered for REST; values may hold {url} and others"
    )
    overwrite_edits: OverwriteEdits = False
