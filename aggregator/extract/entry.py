"""An article made of nothing but what the feed itself gave."""

from __future__ import annotations

import lxml.html
from lxml import etree

from aggregator.extract import boilerplate, leads, origins
from aggregator.extract.blocks import WORD
from aggregator.markup import clean, text, tree
from aggregator.types import Article, Basis, Entry, Image

FULL = 150  #: words: with so many, the feed's own content counts as a whole text


def article(entry: Entry, reason: str) -> Article:
    """The feed's own content, else its summary, as an article that says so in ``basis`` and ``reasons``.

    The score is 0.2 for a summary; for content it grows with its length.
    """
    html, method = _own_body(entry)
    body = tree.body(html)
    lead, pictures = None, images_of(entry)
    if body is not None:
        _drop_furniture(body)
        lead, _ = leads.take(body, pictures)
        pictures += leads.pictures(body)
        html = clean.html("".join(_inner(body)))
    plain = text.of_element(body, captions=False) if body is not None else ""
    words = text.word_count(plain)
    told = f"body: the feed's own {method}" if method != "none" else "body: the feed gave no text"
    return Article(
        entry=entry,
        title=title(entry),
        body=html,
        text=plain,
        basis=Basis.FEED,
        method=method,
        score=0.0 if not words else round(min(1.0, words / FULL), 3) if method == "content" else 0.2,
        reasons=tuple(filter(None, (reason, told))),
        canonical_url=entry.url,
        comes_from=origins.chosen(origins.of_text(html, plain), entry.url),
        standfirst=_standfirst(entry, plain) if method == "content" else "",
        authors=entry.authors,
        publisher=_origin(entry),
        published_at=entry.published_at,
        modified_at=entry.updated_at,
        lead=lead or next(iter(pictures), None),
        images=leads.likeliest_first(pictures),
        tags=entry.tags,
        language=entry.language,
        licence=text.line(entry.rights, 200),
    )


def title(entry: Entry) -> str:
    """The title of an entry as one line, without the publisher's name, which news searches put behind it."""
    line, name = text.line(entry.title), _origin(entry)
    return (line.removesuffix(f" - {name}") if name else line) or line


def summary(entry: Entry) -> str:
    """The summary of an entry as plain text, without lines that a feed adds; empty where it has none.

    One that says nothing but the title and the publisher, as those of news searches, is none.
    """
    body = tree.body(entry.summary)
    if body is None:
        return ""
    _drop_furniture(body)
    plain = text.of_element(body)
    words, headline = _words(plain[:1000]), _words(title(entry))
    return "" if words in (headline, headline + _words(_origin(entry))) else plain


def images_of(entry: Entry) -> list[Image]:
    """The pictures that an entry declares: its images, then attached files that are pictures."""
    attached = [Image(url=file.url) for file in entry.enclosures if file.type.lower().startswith("image/")]
    return [*entry.images, *attached]


def _own_body(entry: Entry) -> tuple[str, str]:
    """Clean HTML of the feed's own text and where it stood: ``content``, ``summary`` or ``none``."""
    for value, name in ((entry.content, "content"), (entry.summary, "summary")):
        body = clean.html(value, base_url=entry.base_url or entry.url) if value.strip() else ""
        if body:
            return body, name
    return "", "none"


def _drop_furniture(body: lxml.html.HtmlElement) -> None:
    """Takes lines off both ends that a feed adds, such as "The post … appeared first on …"."""
    for end in (0, -1):
        for _ in range(3):
            if (
                len(body) < (1 if (body.text or "").strip() else 2)
                or body[end].tag not in {"p", "div", "h2", "h3", "h4"}
                or body[end].find(".//img") is not None
            ):
                break
            shown = " ".join(body[end].text_content().split())
            if shown and not boilerplate.is_furniture(shown, text.word_count(shown)):
                break
            body[end].drop_tree()


def _inner(body: lxml.html.HtmlElement) -> list[str]:
    start = (body.text or "").replace("&", "&amp;").replace("<", "&lt;")
    return [start, *(etree.tostring(child, encoding="unicode", method="html") for child in body)]


def _origin(entry: Entry) -> str:
    return text.line(entry.origin.name, 120) if entry.origin else ""


def _words(line: str) -> list[str]:
    return WORD.findall(line.lower())


def _standfirst(entry: Entry, plain: str) -> str:
    """The summary as one line, where it isn't just the beginning of the text."""
    line = text.line(summary(entry), 500)
    return "" if line.rstrip(" .…[]")[:80] in " ".join(plain[:400].split()) else line
