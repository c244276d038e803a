"""The words and filters that templates know, and what comes of a template.

A template is Jinja2 in a sandbox: HTML where HTML is wanted, with what is put in escaped; else plain text. What a
post does not have is empty and never an error; a word or filter that there is not is found when the file is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from functools import cache, lru_cache
from typing import Annotated
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jinja2 import ChainableUndefined, Template, TemplateError, TemplateSyntaxError, meta
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup
from pydantic import AfterValidator, Field

from aggregator import urls
from aggregator.config.values import BadValueError
from aggregator.errors import StepError
from aggregator.markup import text
from aggregator.transforms import Context, aliases
from aggregator.types import Author, Image, Post

MAX_LENGTH = 100_000  #: characters of a template
MAX_RESULT = 1_000_000  #: characters of what comes of one

Words = Mapping[str, object]


def of(post: Post, context: Context) -> Words:
    """All that a template may name of a post, by the terms of the glossary."""
    article, entry, feed, memory = context.article, context.article.entry, context.feed, context.feed.memory
    return {
        "post": {
            "title": post.title,
            "slug": post.slug,
            "body": Markup(post.body),  # noqa: S704 - HTML as it is, which is cleaned after the last step
            "text": text.plain(post.body),
            "excerpt": post.excerpt,
            "standfirst": post.standfirst,
            "tags": list(post.tags),
            "published_at": post.published_at,
            "modified_at": post.modified_at,
            "language": post.language,
        },
        "entry": {
            "title": entry.title,
            "summary": Markup(entry.summary),  # noqa: S704 - likewise
            "content": Markup(entry.content),  # noqa: S704 - likewise
            "url": entry.url,
            "guid": entry.guid,
            "author": _names(entry.authors),
            "authors": [author.name for author in entry.authors],
            "tags": list(entry.tags),
            "published_at": entry.published_at,
            "updated_at": entry.updated_at,
            "comments_url": entry.comments_url,
            "rights": entry.rights,
            "raw": entry.raw,
        },
        "article": {
            "title": article.title,
            "body": Markup(article.body),  # noqa: S704 - likewise
            "text": article.text,
            "standfirst": article.standfirst,
            "byline": _names(article.authors),
            "authors": [author.name for author in article.authors],
            "published_at": article.published_at,
            "modified_at": article.modified_at,
            "tags": list(article.tags),
            "language": article.language,
            "licence": article.licence,
            "url": article.canonical_url or entry.url,
        },
        "authors": [author.name for author in post.authors],
        "author": _names(post.authors),
        "source": {
            "name": feed.credit_name,
            "title": memory.title,
            "url": memory.site_url,
            "feed_url": urls.redact(feed.url),
            "licence": feed.licence,
            "rights": memory.rights,
            "language": memory.language,
            "image": memory.image_url,
            "group": feed.group,
        },
        "origin": {"name": post.source_name, "url": post.source_url, "via": list(post.via)},
        "original": {"title": post.credit.title, "url": post.credit.url or post.canonical_url},
        "publisher": {"name": post.credit.publisher, "url": post.credit.publisher_url},
        "licence": post.credit.licence,
        "image": _image(post.lead),
        "site": {
            "title": context.site.title,
            "url": context.site.base_url,
            "description": context.site.description,
            "author": context.site.author,
            "language": context.site.language,
        },
        "now": context.now,
    }


#: The first parts of all words.
KNOWN = frozenset("post entry article authors author source origin original publisher licence image site now".split())


def html(template: str, words: Words) -> str:
    """The HTML that comes of a template; what is put in is escaped unless it is HTML. Raises StepError."""
    return _render(_compiled(template, html=True), words)


def line(template: str, words: Words, limit: int = 300) -> str:
    """The line of plain text that comes of a template. Raises StepError."""
    return text.line(_render(_compiled(template, html=False), words), limit)


def knowing(*further: str) -> AfterValidator:
    """What complains, on reading the file, of a template that uses other words than ours and ``further`` ones."""
    known = KNOWN | set(further)

    def checked(template: str) -> str:
        source = aliases.translate(template)
        environment = _environment(html=True)
        try:
            unknown = meta.find_undeclared_variables(environment.parse(source)) - known
            environment.compile(source)  # finds unknown filters
        except TemplateSyntaxError as error:
            hint = "see docs/transforms/words.md"
            raise BadValueError(f"not a Jinja2 template: {error.message}", hint) from error
        if unknown:
            hint = f"it may use {', '.join(sorted(known))}"
            raise BadValueError(f"this template knows no {', '.join(sorted(unknown))}", hint)
        return template

    return AfterValidator(checked)


#: The type of an option that holds a template.
TemplateText = Annotated[str, Field(max_length=MAX_LENGTH), knowing()]


def _render(template: Template, words: Words) -> str:
    try:
        made = template.render(words)
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        raise StepError(f"the template does not work: {str(error)[:200]}") from error
    if len(made) > MAX_RESULT:
        raise StepError(f"the template makes more than {MAX_RESULT} characters")
    return made


@lru_cache(maxsize=512)
def _compiled(template: str, *, html: bool) -> Template:
    return _environment(html=html).from_string(aliases.translate(template))


@cache
def _environment(*, html: bool) -> SandboxedEnvironment:
    environment = SandboxedEnvironment(
        autoescape=html, undefined=ChainableUndefined, finalize=lambda value: "" if value is None else value
    )
    environment.filters |= {
        "date": _date,
        "host": lambda url: urls.host(str(url)) if url else "",
        "plain": lambda value: text.plain(str(value)) if value else "",
        "sentences": _sentences,
        "slug": lambda value: urls.slug(str(value)) if value else "",
        "urlencode": lambda value: quote(str(value or ""), safe=""),
        "words": _words,
    }
    return environment


def _sentences(value: object, count: int = 1) -> str:
    return text.sentences(text.plain(str(value)), count) if value else ""


def _words(value: object, count: int = 55) -> str:
    return text.excerpt(text.plain(str(value)), count) if value else ""


def _date(value: object, form: str = "%Y-%m-%d", zone: str = "UTC") -> str:
    """A time in the form of strftime, in a time zone; empty where there is none."""
    if not isinstance(value, datetime):
        return ""
    return value.astimezone(_zone(zone)).strftime(form)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise StepError(f"there is no time zone {name[:60]!r}") from error


def _names(authors: tuple[Author, ...]) -> str:
    return ", ".join(author.name for author in authors)


def _image(image: Image | None) -> Mapping[str, object]:
    if image is None:
        return {}
    return {"url": image.url, "alt": image.alt, "caption": image.caption, "credit": image.credit}
