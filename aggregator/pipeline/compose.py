"""From an article to the post that a reader sees: text by right, credit by origin, cleaned last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from html import escape

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from aggregator import extract, urls
from aggregator.errors import ConfigError, Problem
from aggregator.markup import blocks, clean, text
from aggregator.policy import dates, identity
from aggregator.policy.rights import quotable
from aggregator.targets.shared import texts
from aggregator.types import Article, Author, Credit, Entry, Feed, Origin, Post, Rights, Site

#: The original's title as a link, then its publisher, then its author where known.
CREDIT_TEMPLATE = (
    '<a href="{{ original.url }}">{{ original.title }}</a> — '
    '{% if publisher.url %}<a href="{{ publisher.url }}">{{ publisher.name }}</a>'
    "{% else %}{{ publisher.name }}{% endif %}"
    '{% if authors %}, by {{ authors | join(", ") }}{% endif %}'
    '{% if licence %} ({% if licence.startswith("http") %}<a href="{{ licence }}" rel="license">licence</a>'
    "{% else %}{{ licence }}{% endif %}){% endif %}"
)
EXCERPT_WORDS = 55


@dataclass(frozen=True, slots=True)
class _Publisher:
    name: str
    url: str | None
    via: tuple[str, ...]


def post(
    article: Article, *, feed: Feed, site: Site, rights: Rights, now: datetime, previous: Post | None = None
) -> Post:
    """The post of an article, before its transforms.

    ``previous`` is the post of an earlier revision: its address and its dates stay, unless ``revising`` finds that it
    reads otherwise. Raises ConfigError for a
    credit template that does not work.
    """
    entry = article.entry
    publisher = _publisher(article, feed)
    if previous and not publisher.via and feed.credit_name in previous.via:
        # The original of this copy was met since, and its publisher credited: that stays.
        publisher = _Publisher(previous.source_name, previous.source_url, previous.via)
    key = previous.key if previous else identity.post_key(feed.name, entry.key)
    title = text.line(article.title or entry.title) or text.excerpt(article.text, 12) or "Untitled"
    of_page = quotable(feed, article)
    excerpt = text.excerpt(_teaser(article) if of_page else _own_words(entry), EXCERPT_WORDS)
    return Post(
        key=key,
        feed=feed.name,
        entry_key=entry.key,
        title=title,
        slug=previous.slug if previous else f"{urls.slug(title)}-{key[:8]}",
        body=_body(article, rights, excerpt),
        excerpt=excerpt if rights is not Rights.LINK else "",
        standfirst=article.standfirst if rights is Rights.FULL and of_page else "",  # an excerpt begins with it
        credit=credit(article, publisher.name, publisher.url, feed=feed),
        canonical_url=article.canonical_url or entry.url,
        authors=article.authors or entry.authors,
        tags=tuple(dict.fromkeys(filter(None, (text.line(tag, 60) for tag in (*entry.tags, *article.tags)))))[:20],
        lead=article.lead if rights is not Rights.LINK and of_page else None,
        images=article.images if rights is Rights.FULL else (),
        enclosures=entry.enclosures,
        published_at=previous.published_at if previous else _published_at(article, now),
        modified_at=previous.modified_at if previous else None,
        update_note=previous.update_note if previous and feed.update_note else None,
        language=_language(article, feed),
        rights=rights,
        source_name=publisher.name,
        source_url=publisher.url,
        feed_url=urls.redact(feed.url),
        feed_title=feed.credit_name,
        via=tuple(dict.fromkeys((*(previous.via if previous else ()), *publisher.via))),
        also_reported_by=previous.also_reported_by if previous else (),
        withdrawn_at=previous.withdrawn_at if previous else None,
        generator=site.generator,
    )


def under_key(made: Post, key: str) -> Post:
    """The post under another key, with an address that fits it."""
    return replace(made, key=key, slug=f"{made.slug.removesuffix(made.key[:8])}{key[:8]}")


def finish(made: Post) -> Post:
    """The post as every sink gets it: cleaned once more, whatever a transform has put in. Always the last step."""
    named = [(text.line(author.name, 120), urls.resolve(None, author.url)) for author in made.authors]
    return replace(
        made,
        title=text.line(made.title) or "Untitled",
        body=clean.html(made.body),
        closing=clean.html(made.closing),
        excerpt=text.line(made.excerpt, 2000),
        standfirst=text.line(made.standfirst, 1000),
        credit=replace(made.credit, html=clean.html(made.credit.html)),
        authors=tuple(Author(name=name, url=url) for name, url in named if name),
    )


def labelled(made: Post, language: str) -> Post:
    """The post as a reader must see it: where its publisher has withdrawn the article, title and text say so first.

    ``language`` is the blog's. Said anew with each delivery, so that a later revision neither loses nor repeats it.
    """
    if made.withdrawn_at is None:
        return made
    words = texts.texts(language)
    note = words["withdrawn_note"].format(date=texts.day(made.withdrawn_at, language))
    return replace(
        made,
        title=words["withdrawn_title"].format(title=made.title),
        body=f"<p><strong>{escape(note)}</strong></p>{made.body}",
        excerpt=f"{note} {made.excerpt}".strip(),
    )


def credit(article: Article, publisher: str, publisher_url: str | None, *, feed: Feed) -> Credit:
    """The credit line of an article, from the feed's template or the built-in one."""
    entry = article.entry
    original_url = article.canonical_url or entry.url
    title = text.line(article.title or entry.title) or publisher
    authors = article.authors or entry.authors
    facts: Mapping[str, object] = {
        "original": {"title": title, "url": original_url or publisher_url or feed.memory.site_url or feed.url},
        "publisher": {"name": publisher, "url": publisher_url},
        "authors": [author.name for author in authors],
        "source": {"name": feed.credit_name, "url": feed.memory.site_url},
        "licence": article.licence or feed.licence,
    }
    try:
        html = _template(feed.credit or CREDIT_TEMPLATE).render(facts)
    except TemplateError as error:
        problem = Problem(f"feeds.{feed.name}.credit", f"the template does not work: {error}")
        raise ConfigError("credit template", (problem,)) from error
    return Credit(
        html=clean.html(html),
        text=text.line(html, 1000),
        url=original_url,
        title=title,
        publisher=publisher,
        publisher_url=publisher_url,
        authors=authors,
        licence=article.licence or feed.licence,
    )


@lru_cache(maxsize=256)
def _template(source: str):  # type: ignore[no-untyped-def]  # jinja2's Template is the environment's own class
    return SandboxedEnvironment(autoescape=True, undefined=StrictUndefined).from_string(source)


def _publisher(article: Article, feed: Feed) -> _Publisher:
    """Who is credited: the entry's own origin, or the site that the page names as its own, or the feed."""
    entry = article.entry
    origin: Origin | None = entry.origin
    if origin is not None and origin.name:
        return _Publisher(origin.name, origin.url, (feed.credit_name, *origin.chain))
    home = feed.memory.site_url or feed.url
    original = article.canonical_url
    if original and entry.url and not urls.same_site(original, entry.url) and not urls.same_site(original, home):
        return _Publisher(article.publisher or urls.host(original), _root(original), (feed.credit_name,))
    return _Publisher(feed.credit_name, feed.memory.site_url or _root(entry.url or feed.url), ())


def _language(article: Article, feed: Feed) -> str | None:
    declared = (article.language, article.entry.language, feed.memory.language)
    return next(filter(None, map(text.language, declared)), None)


def _root(url: str) -> str:
    return "/".join(url.split("/", 3)[:3]) + "/"


def _teaser(article: Article) -> str:
    """The text that the excerpt is taken from: the publisher's own summary where there is one."""
    return article.standfirst or extract.summary(article.entry) or article.text


def _own_words(entry: Entry) -> str:
    """What the feed itself says of the entry."""
    return extract.summary(entry) or text.plain(entry.content)


def _body(article: Article, rights: Rights, excerpt: str) -> str:
    if rights is Rights.FULL:
        return _below(article.standfirst, article.body)
    if rights is Rights.EXCERPT:
        return f"<p>{escape(excerpt)}</p>" if excerpt else ""
    return ""


def _below(standfirst: str, html: str) -> str:
    """The text without a first paragraph that is the standfirst, which stands above it."""
    body = blocks.read(html) if standfirst else None
    if body is None or not len(body) or body[0].tag != "p" or text.line(text.of_element(body[0])) != standfirst:
        return html
    body[0].drop_tree()
    return blocks.write(body)


def _published_at(article: Article, now: datetime) -> datetime:
    """The original's date; the time of first sight where it is missing, in the future or absurd."""
    for stated in (article.entry.published_at, article.published_at, article.entry.updated_at):
        if stated is not None and dates.EARLIEST <= stated <= now + timedelta(minutes=10):
            return min(stated, now)
    return now
