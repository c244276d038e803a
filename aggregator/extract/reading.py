"""Reads one page to the end: base text, structure, furniture left out, metadata, lead image, a measure of trust."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import lxml.html
from lxml import etree

from aggregator import kinds
from aggregator.errors import ExtractError
from aggregator.extract import leads, metadata, projection, walls
from aggregator.extract.metadata import Metadata
from aggregator.extract.page import Page
from aggregator.markup import clean, text
from aggregator.types import Image

LEAST_WORDS = 20  #: fewer are no article


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a page gave."""

    body: str  #: clean HTML without title and, where it stood at the top, lead image
    text: str
    words: int
    meta: Metadata
    lead: Image | None
    images: tuple[Image, ...]
    lead_taken: bool  #: the lead stood at the top of the body and was taken off
    method: str
    score: float
    reasons: tuple[str, ...]


def read(page: Page, latest: datetime, *, base: str = "trafilatura", least: int = LEAST_WORDS) -> Reading:
    """The article of a page. Raises ExtractError, saying why, where there is none of ``least`` words."""
    finder: Callable[[lxml.html.HtmlElement, str | None], str] = kinds.load("extract", base).text
    meta = metadata.read(page, latest)
    found = finder(page.root, page.url)
    outline = projection.outline(page.root)
    choice = projection.Projection(outline, found, page.base_url)
    choice.choose(meta.title)
    body = choice.body()
    shown = text.of_element(body)
    words = text.word_count(shown)
    _refuse_walls(meta, shown, words, least)
    lead, taken = leads.take(body, meta.leads)
    pictures = tuple(leads.pictures(body))
    html = clean.html(inner_html(body), base_url=page.base_url)
    score, reason = _score(choice, words, meta)
    return Reading(
        body=html,
        text=text.of_element(body, captions=False) or shown,
        words=words,
        meta=meta,
        lead=lead,
        images=pictures,
        lead_taken=taken,
        method=base,
        score=score,
        reasons=(f"body: {base}, with the page's own structure", reason, *meta.reasons),
    )


def inner_html(body: lxml.html.HtmlElement) -> str:
    """The HTML of an element's content."""
    return "".join(etree.tostring(child, encoding="unicode", method="html") for child in body)


def figure(lead: Image) -> str:
    """A lead image as HTML, for those who want the article in one piece."""
    element = lxml.html.Element("figure")
    etree.SubElement(element, "img", src=lead.url, alt=lead.alt)
    if lead.caption:
        etree.SubElement(element, "figcaption").text = lead.caption
    return etree.tostring(element, encoding="unicode", method="html")


def _refuse_walls(meta: Metadata, shown: str, words: int, least: int) -> None:
    wall = walls.standing(meta.title or meta.said.title, shown, words)
    if wall:
        raise ExtractError(f"the page is {wall}")
    if not shown:
        raise ExtractError("no text found on the page")
    if words < least:
        raise ExtractError(f"too little text on the page: {words} words")


def _score(choice: projection.Projection, words: int, meta: Metadata) -> tuple[float, str]:
    """How sure we are of the body, 0 to 1, and why.

    The product of three shares: how much of the base text found its place on the page, how much of the body is
    base text, and length (150 words and more count in full); a page that doesn't call itself an article loses a
    tenth.
    """
    placed = sum(choice.base.covered) / len(choice.base.words) if choice.base.words else 0.0
    kept = sum(len(block.words) for block in choice.page.blocks if block.kept)
    agreed = (
        min(1.0, sum(len(block.words) for block in choice.page.blocks if block.kept and block.matched) / kept)
        if kept
        else 0.0
    )
    told = any(claim.published or claim.source == "json-ld" for claim in meta.said.claims)
    score = (0.5 + 0.5 * placed) * (0.5 + 0.5 * agreed) * (0.4 + 0.6 * min(1.0, words / 150)) * (1.0 if told else 0.9)
    return round(
        score, 3
    ), f"score: {placed:.0%} of the base text placed, {agreed:.0%} of the body is base text, {words} words"
