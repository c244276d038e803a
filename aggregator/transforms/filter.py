"""Keeps posts that mention what is wanted and drops those that mention what is not, or are not of the wanted kind.

Words are matched whole and without regard to case; a word may be a phrase, or with ``regex`` a regular expression.
With ``include``, a post must hold at least one of them, or with ``all`` all; with ``exclude``, none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, model_validator

from aggregator.config.values import Language
from aggregator.errors import Drop, StepError
from aggregator.markup import text
from aggregator.transforms import Context, Shaped, patterns
from aggregator.types import Post

Place = Literal["title", "excerpt", "summary", "text", "article", "authors", "tags", "url", "language"]
Words = Annotated[StrictInt, Field(ge=1, le=1_000_000)]


class Options(BaseModel):
    """Options of ``kind = "filter"``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    include: tuple[patterns.Word, ...] = ()  #: at least one of these must be there; empty: no such demand
    exclude: tuple[patterns.Word, ...] = ()  #: none of these may be there
    within: tuple[Place, ...] = ("title", "excerpt", "text", "tags")  #: where to look
    all: StrictBool = False  #: all of ``include`` must be there
    regex: StrictBool = False  #: ``include`` and ``exclude`` are regular expressions
    language: tuple[Language, ...] = ()  #: it must be in one of these; ``pt`` is ``pt-BR`` too
    min_words: Words | None = None  #: its article must have so many
    max_words: Words | None = None  #: its article may have so many
    image: StrictBool = False  #: it must have a picture

    @model_validator(mode="after")
    def _patterns_compile(self) -> Self:
        if self.regex:
            patterns.checked((*self.include, *self.exclude))
        return self


def apply(post: Post, options: Options, context: Context) -> Shaped:
    """The post unchanged. Raises Drop with what decided; also where a pattern takes too long to tell."""
    for unfit in _unfit(post, options, context):
        raise Drop(unfit)
    looked_at = "\n".join(_place(post, place, context) for place in options.within)
    try:
        unwanted = next(_found(options.exclude, looked_at, options), None)
        found = _found(options.include, looked_at, options)
        wanted = list(found if options.all else islice(found, 1))
    except StepError as error:
        raise Drop(str(error)) from error
    if unwanted is not None:
        raise Drop(f"it mentions “{unwanted}”")
    if options.include and not wanted:
        raise Drop(f"it mentions none of {_quoted(options.include)}")
    if options.all and (missing := [word for word in options.include if word not in wanted]):
        raise Drop(f"it does not mention {_quoted(missing)}")
    return Shaped(post, f"it mentions {_quoted(wanted)}" if wanted else "it mentions nothing unwanted")


def _unfit(post: Post, options: Options, context: Context) -> Iterator[str]:
    """What a post lacks, whatever it mentions."""
    spoken = (post.language or "").lower()
    if options.language and not any(f"{spoken}-".startswith(f"{tag.lower()}-") for tag in options.language):
        yield f"its language is {post.language or 'not known'}, not {' or '.join(options.language)}"
    if options.min_words is not None or options.max_words is not None:
        count = text.word_count(context.article.text)
        if options.min_words is not None and count < options.min_words:
            yield f"it has {count} words, fewer than {options.min_words}"
        if options.max_words is not None and count > options.max_words:
            yield f"it has {count} words, more than {options.max_words}"
    if options.image and not (post.lead or context.article.lead or context.article.images):
        yield "it has no picture"


def _place(post: Post, place: Place, context: Context) -> str:
    places = {
        "title": lambda: post.title,
        "excerpt": lambda: f"{post.standfirst}\n{post.excerpt}",
        "summary": lambda: text.plain(context.article.entry.summary),
        "text": lambda: text.plain(post.body),
        "article": lambda: context.article.text,
        "authors": lambda: "\n".join(author.name for author in post.authors),
        "tags": lambda: "\n".join(post.tags),
        "url": lambda: post.canonical_url or "",
        "language": lambda: post.language or "",
    }
    return places[place]()


def _found(words: tuple[str, ...], looked_at: str, options: Options) -> Iterator[str]:
    """Those of the words that are there. Raises StepError where one takes too long to tell."""
    kind = patterns.compiled if options.regex else patterns.whole
    return (word for word in words if patterns.found(kind(word), looked_at))


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f"“{word}”" for word in words[:10])
