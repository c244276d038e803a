"""Text out of feed documents: titles to plain lines, HTML kept as given, people without mail addresses."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import Final

from aggregator.sources import limits
from aggregator.types import Author

#: Only these are markup in a title; ``List<String>`` is somebody's text.
_TAGS: Final = re.compile(
    r"""a|abbr|acronym|address|article|aside|audio|b|big|blink|blockquote|body|br|button|center|cite|code|col|dd|del|details
    |dfn|div|dl|dt|em|embed|figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label
    |li|link|main|map|mark|meta|nav|object|ol|option|p|param|picture|pre|q|s|samp|script|section|select|small|source|span
    |strike|strong|style|sub|summary|sup|svg|table|tbody|td|textarea|tfoot|th|thead|time|title|tr|track|tt|u|ul|var|video
    |wbr""",
    re.VERBOSE,
)
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)\b[^<>]*>")
_BLOCKS: Final = re.compile(r"br|p|div|li|tr|td|h[1-6]")
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff\ud800-\udfff]")
_C1 = re.compile(r"[\x80-\x9f]")
_MAIL = re.compile(r"[^\s<>()\[\],;:\"@]{1,100}@[^\s<>()\[\],;:\"@]{1,200}")
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_CLOSING = re.compile(r"</[a-zA-Z][a-zA-Z0-9]*\s*>|<(?:br|hr|img)\b[^<>]*>")


def line(markup: str | None, limit: int = limits.TITLE) -> str:
    """One line of plain text out of a piece of HTML: tags removed, character references decoded once."""
    if not markup:
        return ""
    markup = markup[: 4 * limit]
    if "<" in markup:
        markup = _TAG.sub(_without, _drop_comments(markup))
    if "&" in markup:
        markup = html.unescape(markup)
    return literal(markup, limit)


def literal(text: str | None, limit: int = limits.TITLE) -> str:
    """One line out of what is plain text already."""
    if not text:
        return ""
    text = " ".join(visible(text[: 4 * limit]).split())
    return text[:limit].rstrip()


def visible(text: str) -> str:
    """The text without control characters; C1 controls are what Windows-1252 means by them."""
    if text.isascii():
        return _INVISIBLE.sub("", text) if not text.isprintable() else text
    if _C1.search(text):
        text = _C1.sub(lambda match: match[0].encode("latin-1").decode("cp1252", "ignore"), text)
    return _INVISIBLE.sub("", text)


def block(markup: str | None) -> str:
    """A piece of HTML as the document gives it, bounded."""
    return markup.strip()[: limits.HTML] if markup else ""


def escaped(text: str | None) -> str:
    """Plain text as HTML: paragraphs at empty lines, breaks at the others."""
    text = block(text)
    if not text:
        return ""
    paragraphs = re.split(r"\r?\n[ \t]*(?:\r?\n\s*)+", html.escape(text, quote=False))
    if len(paragraphs) == 1 and "\n" not in text:
        return paragraphs[0]
    return "".join("<p>" + re.sub(r"\r?\n", "<br>", paragraph) + "</p>" for paragraph in paragraphs)


def is_markup(text: str) -> bool:
    """Whether text that does not say what it is looks like HTML: closing tags or character references."""
    return _CLOSING.search(text) is not None or _REFERENCE.search(text) is not None


def person(text: str | None) -> Author | None:
    """Who is meant by an author line: ``name@host (Real Name)``, ``Real Name <name@host>`` or a bare name.

    None where only a mail address is left: addresses are never kept.
    """
    return _person(text[: 4 * limits.NAME]) if text else None


@lru_cache(maxsize=2_000)  # a feed names few people, often
def _person(text: str) -> Author | None:
    name = line(text, limits.NAME)
    if "@" in name:
        rest = _MAIL.sub(" ", name).replace("mailto:", " ")
        inner = re.search(r"\(([^()]*[^()\s][^()]*)\)", rest)
        outer = " ".join(re.sub(r"\([^()]*\)|[<>\[\]\"]", " ", rest).split()).strip(" ,;:-")
        name = outer or (inner[1].strip() if inner else "")
    return Author(name=name) if name else None


def tag(markup: str) -> str:
    """A category or keyword as one line of plain text."""
    return _tag(markup[: 4 * limits.NAME])


@lru_cache(maxsize=4_000)  # and repeats its tags
def _tag(markup: str) -> str:
    return line(markup, limits.NAME)


def _without(match: re.Match[str]) -> str:
    name = match[1].lower()
    if not _TAGS.fullmatch(name):
        return match[0]
    return " " if _BLOCKS.fullmatch(name) else ""


def _drop_comments(markup: str) -> str:
    # Not by an expression: many openings without an end would cost quadratic time.
    kept, start = [], 0
    while (opening := markup.find("<!--", start)) >= 0 and (end := markup.find("-->", opening + 4)) >= 0:
        kept.append(markup[start:opening])
        start = end + 3
    return "".join(kept) + markup[start:] if kept else markup[start:]
