"""``[targets.NAME]`` with ``kind = "markdown"``."""

from __future__ import annotations

import re
import shlex
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from aggregator.config import BadValueError, BaseUrl, Line, Section
from aggregator.targets.markdown import profiles
from aggregator.targets.shared.options import OverwriteEdits, Pictures, Timeout
from aggregator.targets.shared.programs import Environment

AUTHOR = re.compile(r"([^<>\n]{1,100}) <([^<>\s]{1,200})>")


def _folder(value: str) -> str:
    pure = PurePosixPath(value)
    if pure.is_absolute() or ".." in pure.parts or not pure.parts or not value.isprintable():
        raise BadValueError("must be a folder below that of the site", 'for example "content/posts"')
    return str(pure)


def _permalink(value: str) -> str:
    if re.fullmatch(r"/(?:[A-Za-z0-9_.~/-]|\{(?:slug|year|month|day)\})*", value) is None or ".." in value:
        raise BadValueError(
            "an address is made of letters, digits, / - _ . and {slug}, {year}, {month}, {day}",
            'for example "/{year}/{month}/{slug}/"',
        )
    if value.count("{slug}") != 1:
        raise BadValueError("the address of a post must have {slug} in it", 'for example "/posts/{slug}/"')
    return value


def _command(value: object) -> object:
    if isinstance(value, str):
        try:
            return shlex.split(value)
        except ValueError as error:
            raise BadValueError(f"this command can't be read: {error}", "mind the quotes") from error
    return value


def _author(value: str) -> str:
    if AUTHOR.fullmatch(value) is None:
        raise BadValueError("not the author of a commit", 'for example "Wirecopy <wirecopy@example.org>"')
    return value


Scalar = bool | int | float | str


class GitOptions(Section):
    """``git = { … }``: commit, and push where there is a remote."""

    remote: Line = Field(default="origin", pattern=r"^[A-Za-z0-9_.][A-Za-z0-9_./-]*$", description="name of the remote")
    push: bool = Field(default=True, description="whether commits are pushed to the remote")
    author: Annotated[Line, AfterValidator(_author)] = Field(
        default="Wirecopy <wirecopy@localhost>", description="author of the commits"
    )
    environment: Environment = Field(default={}, description="further environment variables")
    timeout: Timeout = Field(default=timedelta(minutes=2), description="for one command; then it is killed")


class Options(Section):
    """``[targets.NAME]`` with ``kind = "markdown"``."""

    profile: profiles.Name = Field(description="the generator that the files are for")
    path: Path = Field(description="folder of the generator's site")
    posts: Annotated[Line, AfterValidator(_folder)] | None = Field(default=None, description="folder of posts in it")
    url: BaseUrl | None = Field(default=None, description="address of the built site")
    permalink: Annotated[Line, AfterValidator(_permalink)] | None = Field(
        default=None, description="address of a post below that of the site"
    )
    content: profiles.Content = Field(default="html", description="the text as HTML or as Markdown")
    pictures: Pictures = "copy"
    lead: Literal["text", "featured"] = Field(
        default="text", description="the lead picture at the head of the text, or where the theme shows it"
    )
    categories: tuple[Line, ...] = Field(default=(), max_length=20, description="categories of every post")
    front_matter: dict[Annotated[Line, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")], Scalar | tuple[Line, ...]] = Field(
        default={}, max_length=50, description="further fields of every post"
    )
    build: Annotated[tuple[Line, ...], BeforeValidator(_command)] = Field(
        default=(), description="command that builds the site"
    )
    environment: Environment = Field(default={}, description="further environment variables")
    timeout: Timeout = Field(default=timedelta(minutes=5), description="for one build; then it is killed")
    git: GitOptions | None = Field(default=None, description="commit and push")
    overwrite_edits: OverwriteEdits = False
