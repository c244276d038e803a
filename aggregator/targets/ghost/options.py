"""What can be set for a Ghost."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from aggregator.config import BadValueError, Line
from aggregator.targets.ghost.key import AdminKey
from aggregator.targets.shared.api import Web
from aggregator.targets.shared.options import NOTES, NotesPath, OverwriteEdits, Pictures, SourceTags


def _author(value: str) -> str:
    if value and not re.fullmatch(r"[^\s'\\@]+@[^\s'\\@]+|[a-z0-9-]+", value):
        raise BadValueError(
            f"{value[:60]!r} is neither a mail address nor a slug", 'such as "ada@example.org" or "ada"'
        )
    return value


AuthorName = Annotated[Line, AfterValidator(_author)]


class Options(Web):
    """``[targets.NAME]`` with ``kind = "ghost"``."""

    key: AdminKey = Field(description="Admin API key of a custom integration")
    status: Literal["publish", "draft"] = Field(default="publish", description="what becomes of a new post")
    content: Literal["native", "card"] = Field(
        default="native", description="pieces of Ghost's editor where nothing is lost by it, or one HTML card"
    )
    pictures: Pictures = "copy"
    path: NotesPath = NOTES
    lead: Literal["featured", "text"] = Field(
        default="featured", description="the lead picture as Ghost's feature image, or at the head of the text"
    )
    tags: tuple[Line, ...] = Field(default=(), max_length=20, description="tags of every post, the primary one first")
    source_tags: SourceTags = 10
    internal_tags: bool = Field(default=True, description="also #wirecopy and #feed-NAME, which readers don't see")
    author: AuthorName = Field(default="", description="mail address or slug of the author; empty: the blog's owner")
    authors: dict[str, AuthorName] = Field(
        default={}, description="author by name in the byline, by feed or by publisher"
    )
    canonical: bool = Field(default=True, description="the original is named as the canonical address")
    excerpt: Literal["standfirst", "always", "none"] = Field(
        default="standfirst", description="what Ghost shows as excerpt: the standfirst, or else the first sentences"
    )
    visibility: Literal["public", "members", "paid"] = Field(default="public", description="who may read a post")
    featured: bool = Field(default=False, description="marks each post as featured")
    overwrite_edits: OverwriteEdits = False
