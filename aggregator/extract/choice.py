"""Chooses between what the page gave and what the feed itself said, field by field, and says how."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from aggregator.extract import entry as own
from aggregator.extract import leads, origins
from aggregator.extract.blocks import WORD
from aggregator.extract.reading import Reading
from aggregator.markup import images, text, tree
from aggregator.policy import originals
from aggregator.types import Article, Author, Basis, Entry

MAX_IMAGES = 50
FULL_CONTENT = 120  #: words: a feed's own content of so many may be the whole article
ALIKE = 0.35  #: share of the feed's words that the page's text must hold to be about the same


def article(found: Reading, entry: Entry) -> Article:
    """The article of a page joined with its entry; the feed's own text where that is longer or the page's is another's.

    Title, authors and date are the feed's where it gives them: they were written for readers of this entry.
    """
    from_page = _from_page(found, entry)
    from_feed = own.article(entry, "")
    reason = _feed_is_better(found, from_feed, entry)
    if not reason:
        return from_page
    claims = (*found.meta.elsewhere, *origins.of_text(from_feed.body, from_feed.text))
    return replace(
        from_page,
        body=from_feed.body,
        text=from_feed.text,
        comes_from=origins.chosen(claims, from_page.canonical_url),
        basis=Basis.FEED,
        method=from_feed.method,
        score=from_feed.score,
        lead=from_feed.lead or from_page.lead,
        images=leads.likeliest_first([*from_feed.images, *found.images]),
        reasons=(f"body: the feed's own {from_feed.method}: {reason}", *found.reasons[2:]),
    )


def _from_page(found: Reading, entry: Entry) -> Article:
    meta = found.meta
    title = own.title(entry) or meta.title
    published = entry.published_at or _utc(meta.published_at)
    lead = found.lead or next(iter(own.images_of(entry)), None)
    reasons = list(found.reasons)
    reasons += [f"{name}: the feed's" for name, value in (("title", entry.title), ("author", entry.authors)) if value]
    reasons += ["date: the feed's"] if entry.published_at else []
    agencies = [author.name for author in meta.authors if originals.agency(author.name)]
    claims = (*meta.elsewhere, *origins.of_text(found.body, found.text), *agencies)
    return Article(
        entry=entry,
        title=title,
        page_title=meta.title,
        body=found.body,
        text=found.text,
        basis=Basis.PAGE,
        method=found.method,
        score=found.score,
        reasons=tuple(reasons),
        canonical_url=meta.canonical_url or entry.url,
        comes_from=origins.chosen(claims, meta.canonical_url or entry.url),
        standfirst=_standfirst(found, entry),
        authors=_authors(entry) or meta.authors,
        publisher=text.line(entry.origin.name, 120) if entry.origin else meta.publisher,
        published_at=published,
        modified_at=entry.updated_at or _utc(meta.modified_at),
        lead=lead,
        images=leads.likeliest_first([*([lead] if lead else []), *found.images, *own.images_of(entry)])[:MAX_IMAGES],
        tags=entry.tags or meta.tags,
        language=meta.language or entry.language,
        licence=meta.licence or text.line(entry.rights, 200),
        reservations=meta.reservations,
    )


def _feed_is_better(found: Reading, from_feed: Article, entry: Entry) -> str:
    """Why the feed's own text is taken, or an empty string."""
    words = text.word_count(from_feed.text)
    if from_feed.method == "content" and words >= FULL_CONTENT and words >= found.words:
        return f"{words} words, the page's text has {found.words}"
    if from_feed.method == "content" and words >= FULL_CONTENT // 2 and found.words < words // 2:
        return f"the page's text is short, {found.words} words"
    if words >= 20 and likeness(from_feed.text, found.text) < ALIKE and not _holds_title(found, entry):
        return "the page's text is about something else"
    return ""


def likeness(one: str, other: str) -> float:
    """The share of the first text's longer words that the second holds, 0 to 1."""
    wanted = {word for word in WORD.findall(one[:20_000].lower()) if len(word) >= 4 or not word.isascii()}
    if not wanted:
        return 1.0
    return len(wanted & set(WORD.findall(other[:400_000].lower()))) / len(wanted)


def _holds_title(found: Reading, entry: Entry) -> bool:
    return bool(entry.title) and likeness(entry.title, f"{found.meta.title} {found.text}") >= 0.6


def _standfirst(found: Reading, entry: Entry) -> str:
    """The feed's summary where it isn't just the article's beginning, else what the page says of itself.

    What the text begins with is one where the page describes itself by it and the lead picture parts it from the rest.
    """
    begin = " ".join(found.text[:400].lower().split())
    for value in (own.summary(entry), found.meta.standfirst):
        line = text.line(value, 500)
        if line and " ".join(line.lower().rstrip(" .…[]").split())[:80] not in begin:
            return line
    line = text.line(found.meta.standfirst, 500)
    return line if _stands_above_lead(found, line) else ""


def _stands_above_lead(found: Reading, line: str) -> bool:
    body = tree.body(found.body)
    if body is None or len(body) < 3 or found.lead is None:
        return False
    shown = next(body[1].iter("img"), None)
    return (
        (body[0].tag, body[1].tag) == ("p", "figure")
        and text.line(text.of_element(body[0])) == line
        and shown is not None
        and images.key(shown.get("src") or "") == images.key(found.lead.url)
    )


def _authors(entry: Entry) -> tuple[Author, ...]:
    return tuple(author for author in entry.authors if author.name and "@" not in author.name)


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None
