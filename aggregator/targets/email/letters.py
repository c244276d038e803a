"""Mails from posts: one of one post, a digest of several, and the notice that a post was withdrawn."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from aggregator.config import BadValueError
from aggregator.errors import BlockedError
from aggregator.markup import text
from aggregator.targets.email.box import Letter
from aggregator.targets.email.options import subject as rendered
from aggregator.targets.shared import article, texts
from aggregator.types import Post, Site

MAX_SUBJECT = 200
#: Bytes of text and HTML after which a digest takes no further post; many servers take no more than 10 MB.
MAX_DIGEST = 1_000_000
#: Lines stay short and everything is ASCII on the way, so that no relay needs to change it (RFC 5321, 4.5.3.1.6).
_POLICY = SMTP.clone(cte_type="7bit", utf8=False)
_STYLE = "max-width:40em;margin:0 auto;padding:1em;font:16px/1.5 Georgia,serif;color:#222;background:#fff"
_HEADING = "font-size:1.5em;line-height:1.2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How mails are to be made."""

    site: Site
    host: str  #: of the blog, in ASCII
    name: str  #: of the target: it names the list
    sender: Address
    to: tuple[Address, ...]
    subject: str  #: template
    full: bool  #: whole texts, not excerpts
    zone: tzinfo
    unsubscribe: str


def of_post(post: Post, revision: str, style: Style, now: datetime, *, mailed: int, first: str) -> Letter:
    """A mail of one post. ``mailed`` mails of it went before; ``first`` is the id of the first of them."""
    subject = _subject(style, [post], now)
    local = f"{post.key}.{revision[:16]}.{mailed}"
    message = _headed(style, local, subject, now, first=first)
    language = post.language or style.site.language
    page = _page(subject, [_article(post, style)], [], language)
    return _sealed(message, _plain([post], style), page, language)


def of_digest(posts: Sequence[tuple[Post, str]], style: Style, now: datetime) -> tuple[Letter, int]:
    """A mail of several posts, and how many of them found room in it: at least one."""
    parts: list[str] = []
    size = 0
    for post, _ in posts:
        part = _article(post, style)
        size += 2 * len(part)
        if parts and size > MAX_DIGEST:
            break
        parts.append(part)
    chosen = [post for post, _ in posts[: len(parts)]]
    names = "\n".join(f"{post.key}:{revision}" for post, revision in posts[: len(parts)])
    local = f"digest.{now:%Y%m%d.%H%M%S}.{hashlib.sha256(names.encode()).hexdigest()[:16]}"
    subject = _subject(style, chosen, now)
    message = _headed(style, local, subject, now)
    contents = [(post.slug, post.title) for post in chosen] if len(chosen) > 1 else []
    page = _page(subject, parts, contents, style.site.language)
    return _sealed(message, _plain(chosen, style), page, style.site.language), len(chosen)


def of_withdrawal(post: Post, style: Style, now: datetime, *, mailed: int, first: str) -> Letter:
    """The notice that a post that was mailed does not stand any more; its text is not repeated."""
    language = style.site.language
    words = texts.texts(language)
    subject = text.line(f"{words['gone']}: {post.title}", MAX_SUBJECT)
    message = _headed(style, f"{post.key}.withdrawn.{mailed}", subject, now, first=first)
    told = words["gone_text"]
    return _sealed(
        message,
        f"{post.title}\n\n{told}\n",
        _page(subject, [f'<h1 style="{_HEADING}">{escape(post.title)}</h1>\n<p>{told}</p>'], [], language),
        language,
    )


def _headed(style: Style, local: str, subject: str, now: datetime, *, first: str = "") -> EmailMessage:
    """A message with its header fields. Values go through the header registry, which takes no line breaks."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = style.sender
    message["To"] = style.to
    # The library would decode what looks encoded, and then write its line breaks into the header (CVE-2024-6923).
    message["Subject"] = _sound(subject).replace("=?", "= ?")
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{local}@{style.sender.domain}>"
    if first:
        message["In-Reply-To"] = message["References"] = f"<{first}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday notice answers this
    message["List-Id"] = _list_id(style)  # RFC 2919
    if style.unsubscribe:
        message["List-Unsubscribe"] = f"<{style.unsubscribe}>"  # RFC 2369
    return message


def _list_id(style: Style) -> str:
    label = style.name.lower().replace("_", "-").strip("-") or "list"
    return f"<{label}.{style.host}>"


def _subject(style: Style, posts: Sequence[Post], now: datetime) -> str:
    first = posts[0]
    facts: dict[str, object] = {
        "blog": style.site.title,
        "title": first.title,
        "publisher": first.credit.publisher,
        "feed": first.feed,
        "count": len(posts),
        "day": texts.day(now.astimezone(style.zone).date(), style.site.language),
    }
    try:
        written = rendered(style.subject, facts)
    except BadValueError as error:
        raise BlockedError(style.name, f"the subject can't be made: {error}") from error
    return text.line(written, MAX_SUBJECT) or style.name


def _sealed(message: EmailMessage, plain: str, page: str, language: str) -> Letter:
    """The letter with its text in both forms; a reader shows the last one that it can (RFC 2046, 5.1.4)."""
    message.set_content(_sound(plain))
    message.add_alternative(_sound(page), subtype="html")
    message["Content-Language"] = text.line(language, 40)  # last: what is set before goes to the first part
    return Letter(id=str(message["Message-ID"]).strip("<> "), message=message.as_bytes())


def _plain(posts: Iterable[Post], style: Style) -> str:
    return "\n\n\n".join(_plain_of(post, style) for post in posts) + "\n"


def _plain_of(post: Post, style: Style) -> str:
    body = text.plain(post.body) if style.full else post.excerpt
    altered = f"{texts.texts(style.site.language)['altered']}: {post.altered}" if post.altered else ""
    changed = texts.updated(post.update_note, style.site.language) if post.update_note else ""
    others = "\n".join(f"{other.title} ({other.publisher}): {other.url}" for other in post.also_reported_by)
    credit = f"{post.credit.text}\n{post.canonical_url or post.credit.url or ''}".strip()
    heading = f"{post.title}\n{'=' * min(len(post.title), 72)}"
    return "\n\n".join(
        part for part in (heading, post.standfirst, body, altered, changed, others, credit, post.generator) if part
    )


def _article(post: Post, style: Style) -> str:
    language = style.site.language
    url = post.canonical_url or post.credit.url
    title = f'<a href="{escape(url)}">{escape(post.title)}</a>' if url else escape(post.title)
    attributes = (
        f'lang="{escape(post.language)}" dir="{texts.direction(post.language)}"' if post.language else 'dir="auto"'
    )
    if style.full:
        inner = article.html(post, language=language)
    else:
        lines = [post.standfirst and f"<em>{escape(post.standfirst)}</em>", escape(post.excerpt), post.credit.html]
        inner = "\n".join(f"<p>{line}</p>" for line in lines if line)
    return f'<div id="{escape(post.slug)}" {attributes}>\n<h1 style="{_HEADING}">{title}</h1>\n{inner}\n</div>'


def _page(title: str, parts: Sequence[str], contents: Sequence[tuple[str, str]], language: str) -> str:
    lines = "".join(f'<li><a href="#{escape(slug)}">{escape(name)}</a></li>' for slug, name in contents)
    index = f"<ol>{lines}</ol>\n" if contents else ""
    body = "\n<hr>\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head><meta charset="utf-8">'
        f"<title>{escape(title)}</title></head>\n"
        f'<body style="{_STYLE}">\n{index}{body}\n</body>\n</html>\n'
    )


def _sound(value: str) -> str:
    """The text without halves of characters, which no encoding has."""
    return value.encode("utf-8", "replace").decode("utf-8")
