"""Plain text out of HTML: whole texts, single lines, excerpts."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterator

import lxml.html
from lxml import etree

from aggregator.markup import tree

MAX_LENGTH = 1_000_000
MAX_LINE_INPUT = 20_000

_SKIPPED = frozenset(
    """script style noscript template head title svg canvas button select option textarea iframe object audio
    video""".split()
)
_BLOCKS = frozenset(
    """address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure
    footer form h1 h2 h3 h4 h5 h6 header hgroup hr li main nav ol p pre section summary table tbody tfoot thead tr
    ul""".split()
)
_TIGHT = frozenset("li dt dd tr".split())  #: lines of one block rather than blocks of their own
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}")
_TAG_NAMES = """a abbr acronym address article aside b big blockquote body br button center cite code del details div dl
    dt dd em embed figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins kbd
    li link main mark meta nav nobr noscript object ol p pre q s samp script section select small source span strike
    strong style sub summary sup svg table tbody td textarea th thead time title tr tt u ul var video wbr""".split()
_TAG = re.compile(rf"(?i)</?(?:{'|'.join(sorted(_TAG_NAMES, key=len, reverse=True))})(?:[\s/][^<>]{{0,2000}})?>")
_PARTING_TAG = re.compile(r"(?i)</?(?:br|p|div|li|h[1-6]|tr|td|hr)\b")
_RAW_ELEMENT = re.compile(r"(?is)<(script|style)\b[^<>]{0,500}>.*?</\1\s*>")
_COMMENT = re.compile(r"(?s)<!--.*?-->")
#: C0 and C1 controls, soft hyphen, zero-width and bidi characters, annotation marks, tags, lone surrogates.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_JOINER = re.compile("[\u200c\u200d]")
_JOINED = re.compile("[\u0590-\u109f\u1780-\u17ff\u1800-\u18af\ua800-\uabff\ufb50-\ufdff\ufe0f\ufe70-\ufeff"
                     "\u2190-\u2bff\U0001f000-\U0001faff]")  # fmt: skip
_SPACE = re.compile(r"[\s\x85\u2800]+")
_MARKS = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{4})[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+"
)

_HAN = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  #: Thai, Lao, Burmese, Khmer: words of about five characters
_WORD = re.compile(rf"[{_HAN}]|[{_UNSPACED}]{{1,5}}|[^\W{_HAN}{_UNSPACED}_]+(?:['’.,\-‑][^\W{_HAN}{_UNSPACED}_]+)*")
_SENTENCE_END = re.compile(r"(?:[.!?…؟۔।]+[\"'”’»)\]]*(?=\s|$))|(?:[。！？]+[」』”）]*)")
_ABBREVIATED = re.compile(
    r"(?:^|[\s(\"“„«.])(?:\w|Mr|Mrs|Ms|Dr|Prof|Sr|Jr|St|Gen|Lt|Col|Sgt|Rev|Hon|Gov|Sen|Rep|vs|etc|ca|bzw|usw|Nr|No|Abs"
    r"|Art|Mme|Mlle|Sra|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Inc|Ltd|Corp|Co|approx)\.$"
)


def plain(html: str) -> str:
    """The text that a reader would see: blocks parted by blank lines, entities decoded, scripts left out."""
    body = tree.body(html[:MAX_LENGTH])
    return "" if body is None else of_element(body)


def of_element(element: lxml.html.HtmlElement, *, captions: bool = True) -> str:
    """The plain text of an element that has been parsed already, with or without the captions of figures."""
    lines: list[str] = []
    for line, preformatted in _lines(element, _SKIPPED if captions else _SKIPPED | {"figcaption"}):
        shown = _INVISIBLE.sub("", line)
        shown = shown.rstrip().replace("\r", "") if preformatted else _SPACE.sub(" ", shown).strip()
        lines.append(shown)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def line(value: str, limit: int = 300) -> str:
    """One line of plain text out of a value that may hold markup, entities or things meant to deceive.

    Known tags, control, bidi and zero-width characters go; joiners stay where a script or an emoji needs
    them. What is longer than ``limit`` characters is cut at a word and ends in "…".
    """
    value = value[:MAX_LINE_INPUT]
    for _ in range(2):  # feeds escape twice
        if "<" in value:
            value = _RAW_ELEMENT.sub(" ", _COMMENT.sub("", value))
            value = _TAG.sub(lambda match: " " if _PARTING_TAG.match(match.group()) else "", value)
        if "&" not in value:
            break
        value = entities.unescape(value)
    value = _INVISIBLE.sub("", value)
    value = _JOINER.sub(lambda match: match.group() if _joins(match) else "", value)
    value = _MARKS.sub(r"\1", _SPACE.sub(" ", value)).strip()
    return shorten(value, limit)


def shorten(text: str, limit: int) -> str:
    """The text, or as many of its whole words as fit into ``limit`` characters together with "…"."""
    if len(text) <= limit:
        return text
    head = text[: max(limit - 1, 0)]
    if not text[len(head)].isspace():
        space = head.rfind(" ")
        if space >= len(head) // 2:
            head = head[:space]
    return head.rstrip(" ,;:–—-(\u200d") + "…"


def excerpt(text: str, words: int) -> str:
    """The beginning of a text: whole sentences where they fill at least half of ``words``, else cut at a word with "…".

    One line; an ideograph counts as a word.
    """
    flat = _SPACE.sub(" ", text[: max(words, 0) * 200 + 1000]).strip()
    found = list(_take(_WORD.finditer(flat), words + 1))
    if len(found) <= words:
        return flat if len(flat) < words * 200 + 1000 else shorten(flat, words * 200)
    if words <= 0:
        return ""
    end = found[words - 1].end()
    sentence = 0
    for match in _SENTENCE_END.finditer(flat, 0, min(end + 10, found[words].start())):
        if not _ABBREVIATED.search(flat[max(0, match.end() - 12) : match.end()]):
            sentence = match.end()
    if sentence and sum(word.end() <= sentence for word in found) * 2 >= words:
        return flat[:sentence].strip()
    return flat[:end].rstrip(" ,;:–—-(") + "…"


def sentences(text: str, count: int) -> str:
    """The first sentences of a text, on one line; all of it where it has no more."""
    flat = _SPACE.sub(" ", text[: max(count, 0) * 2000 + 1000]).strip()
    ends = (match.end() for match in _SENTENCE_END.finditer(flat))
    whole = (end for end in ends if not _ABBREVIATED.search(flat[max(0, end - 12) : end]))
    for number, end in enumerate(whole, start=1):
        if number >= count:
            return flat[:end].strip() if count > 0 else ""
    return flat if count > 0 else ""


def language(value: str | None) -> str | None:
    """A language tag (RFC 5646) as it should be spelled; None where the value is none, such as "English"."""
    tag = (value or "").strip().replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else None


def word_count(text: str) -> int:
    """How many words a text has; an ideograph counts as one, five Thai letters likewise."""
    return sum(1 for _ in _WORD.finditer(text))


def _take(matches: Iterator[re.Match[str]], count: int) -> Iterator[re.Match[str]]:
    for _, match in zip(range(count), matches, strict=False):
        yield match


def _joins(match: re.Match[str]) -> bool:
    """Whether a joiner stands between two characters that it may join."""
    before, after = match.string[match.start() - 1 : match.start()], match.string[match.end() : match.end() + 1]
    return bool(before and after and _JOINED.match(before) and _JOINED.match(after))


def _lines(root: lxml.html.HtmlElement, skipped: frozenset[str]) -> Iterator[tuple[str, bool]]:
    """Lines of text with whether white space in them counts; empty ones part blocks."""
    buffer: list[str] = []
    skipping = pre = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            skipping += tag in skipped
            if tag in _BLOCKS:
                yield from _flush(buffer, pre)
                if tag not in _TIGHT:
                    yield "", False
            pre += tag == "pre"
            if tag == "br" and not skipping:
                yield from _flush(buffer, pre, blank=True)
            elif not skipping and element.text:
                buffer.append(element.text)
        else:
            if tag in _BLOCKS:
                yield from _flush(buffer, pre)
                if tag not in _TIGHT:
                    yield "", False
            elif tag in {"td", "th"}:
                buffer.append(" ")
            pre -= tag == "pre"
            skipping -= tag in skipped
        if event == "end" and not skipping and element.tail and element is not root:
            buffer.append(element.tail)


def _flush(buffer: list[str], pre: int, *, blank: bool = False) -> Iterator[tuple[str, bool]]:
    text = "".join(buffer)
    buffer.clear()
    if pre:
        yield from ((part, True) for part in text.split("\n"))
    elif text.strip():
        yield text, False
    elif blank:
        yield "", False
