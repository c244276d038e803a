"""Whose words an article says that its own are: its page's canonical address on another site, its credit lines.

These are claims. Nobody is believed what he says of himself; that his words are another's is believed
(``policy.originals``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import lxml.html

from aggregator import urls
from aggregator.markup import text, tree
from aggregator.policy import originals

MAX_CLAIMS = 8
#: Credit lines stand in the first and the last paragraphs.
FIRST, LAST = 2, 4
MAX_LINE = 400  #: characters of a paragraph that are looked at, at its beginning or end
DATELINE = 120  #: characters within which a dateline ends

_NAME = r"\s*((?:[^.,;:!?|\n–—()（）。，«»\"“”]|\.(?=\w)){2,60})"
#: Where a name ends and the sentence goes on.
_GOES_ON = re.compile(r"\s(?:under|with|and|on|unter|und|mit|sous|et|bajo|под)\s")
_BRACKETED = re.compile(r"[(（【\[/]\s*([^()（）【】\[\]/]{2,40}?)\s*[)）】\]/]")
_DASH = re.compile(r"\s*[-–—:：.]")
#: Place and date, a dash, the agency, a full stop: as Russian papers do.
_AFTER_DASH = re.compile(r"^[^.–—]{3,60}\s[-–—]\s([^.–—]{2,30})\.")
#: The agency, place and date, then the sign for a telegram: as Chinese papers do.
_TELEGRAM = re.compile(r"^【?((?:[\u4e00-\u9fff]{2,4})[社网])[^\s。，]{0,24}电")
_PHRASES = re.compile(
    "|".join(
        f"(?:{phrase}){_NAME}"
        for phrase in (
            r"\b(?:originally|first)\s+(?:published|appeared|printed|posted)(?:\s+online)?\s+(?:by|at|in|on|with)\b",
            r"\b(?:re-?published|reprinted|reproduced|syndicated)\s+(?:with\s+permission\s+)?(?:from|courtesy\s+of)\b",
            r"\b(?:ursprünglich|zuerst|erstmals)\s+(?:bei|auf|in|im|von)\b",
            r"\b(?:ursprünglich|zuerst|erstmals)\s+(?:veröffentlicht|erschienen)\s+(?:bei|auf|in|im|von)\b",
            r"\b(?:erschien|erschienen)\s+(?:ursprünglich|zuerst)\s+(?:bei|auf|in|im)\b",
            r"\b(?:initialement|d['’]abord|à\s+l['’]origine)\s+(?:publié|paru)e?\s+(?:sur|par|dans|chez)\b",
            r"\b(?:publié|paru)e?\s+(?:initialement|d['’]abord|à\s+l['’]origine)\s+(?:sur|par|dans|chez)\b",
            r"\bpublicad[oa]\s+originalmente\s+(?:en|por)\b",
            r"\b(?:publicó|publicado)\s+(?:originalmente|por\s+primera\s+vez)\s+(?:en|por)\b",
            r"(?i:впервые|изначально|первоначально)\s+опубликован[аоы]?\s+(?:в|на|изданием)\b",
            r"نُ?شر(?:ت)?\s+(?:هذا\s+المقال\s+|هذه\s+المادة\s+)?(?:في\s+الأصل|أصلا|لأول\s+مرة)\s+(?:في|على)\s",
            r"(?:最初|首次|首)?(?:发表|刊登|刊载|發表|刊登)(?:于|於|在)",
            r"(?:转载自|轉載自|转自|轉自)[:：]?",
            r"मूल\s+रूप\s+से",
            r"(?:^|[\s(（\[—–-])(?:source|sources|quelle|quellen|fuente|fuentes|fonte|источник|المصدر|来源|來源|出典|配信元|स्रोत)\s*[:：]",
        )
    ),
    re.IGNORECASE,
)
_MADE_BY = re.compile(r"(?:©|\(c\)|copyright)\s*(?:\d{4}\s*)?" + _NAME, re.IGNORECASE)


def of_text(body: str, plain: str) -> list[str]:
    """Names and addresses that the credit lines of an article give: its dateline, and phrases at either end."""
    found = [*_dateline(plain[:MAX_LINE].strip())]
    root = tree.body(body)
    paragraphs = (
        [] if root is None else [element for element in root.iter("p", "li") if len(element.text_content()) > 3]
    )
    ends = paragraphs[:FIRST] + paragraphs[max(FIRST, len(paragraphs) - LAST) :]
    for paragraph in ends:
        found += _credit_line(paragraph)
    if ends:
        found += _closing(_shown(ends[-1])[-MAX_LINE:])
    return found


def chosen(claims: Iterable[str], page_url: str | None) -> tuple[str, ...]:
    """The first of these claims, each once, without those that name the page's own site."""
    kept = dict.fromkeys(
        claim
        for claim in claims
        if claim and not (page_url and claim.startswith("http") and urls.same_site(claim, page_url))
    )
    return tuple(kept)[:MAX_CLAIMS]


def _dateline(start: str) -> Iterator[str]:
    for match in _BRACKETED.finditer(start[:DATELINE]):
        name = text.line(match[1], 60)
        if match.start() == 0 or _DASH.match(start, match.end()) or originals.agency(name):
            yield name
    for pattern in (_AFTER_DASH, _TELEGRAM):
        if at_start := pattern.match(start):
            yield text.line(at_start[1], 60)


def _credit_line(paragraph: lxml.html.HtmlElement) -> Iterator[str]:
    shown = _shown(paragraph)
    matches = list(_PHRASES.finditer(shown[-MAX_LINE:]))
    if not matches and len(shown) > MAX_LINE:
        matches = list(_PHRASES.finditer(shown[:MAX_LINE]))
    if not matches:
        return
    for link in paragraph.iter("a"):
        if address := urls.resolve(None, link.get("href")):
            yield urls.strip_tracking(address)
    for match in matches:
        yield text.line(_GOES_ON.split(next(filter(None, match.groups()), ""), maxsplit=1)[0], 60)


def _closing(end: str) -> Iterator[str]:
    """Agencies that the last line names: in brackets, after a copyright sign, or as signs of their editors."""
    names = [match[1] for match in _BRACKETED.finditer(end)] + [match[1] for match in _MADE_BY.finditer(end)]
    last = end.rsplit(maxsplit=1)[-1:] if len(end) < DATELINE else []
    names += [part for word in last for part in word.split("/")]
    yield from (text.line(name, 60) for name in names if originals.agency(name))


def _shown(paragraph: lxml.html.HtmlElement) -> str:
    return " ".join(paragraph.text_content().split())
