"""What of a text counts when two of its revisions are compared: its words, without counters and clocks.

Markup, case, white space and punctuation never count. Neither do lines and endings of headlines that a machine writes
anew at each request: "12 comments", "5 shares", "updated 5 minutes ago", "Stand: 24. November 2026, 14:03 Uhr". Only
what stands alone is taken for such: "500 shares" within a sentence is news.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

#: A line longer than this, in characters, is somebody's sentence.
LONGEST_NOISE = 120

_HAN = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
#: An ideograph is a word of its own, so that one correction does not look like a new sentence.
_WORD = re.compile(rf"[{_HAN}]|[^\W{_HAN}]+")

_COUNT = r"\d+(?: \d+)*(?: ?[km])?"
_COUNTED = (
    r"(?:comments?|repl(?:y|ies)|responses?|shares?|likes?|views?|reactions?|retweets?|claps?"
    r"|kommentare?|antworten?|aufrufe?|mal geteilt|reaktionen"
    r"|commentaires?|réponses?|partages?|vues?|réactions?"
    r"|comentarios?|respuestas?|vistas?|reacciones|veces compartido)"
)
_UNIT = (
    r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|h|days?|weeks?|months?|years?"
    r"|sekunden?|minuten?|stunden?|tage?n?|wochen?|monate?n?|jahre?n?"
    r"|secondes?|heures?|jours?|semaines?|mois|ans?"
    r"|segundos?|minutos?|horas?|días?|semanas?|mes(?:es)?|años?)"
)
_SOME = rf"(?:{_COUNT}|an?|one|eine[rmn]?|une?|una?)"
_AGO = rf"(?:{_SOME} {_UNIT} ago|vor {_SOME} {_UNIT}|il y a {_SOME} {_UNIT}|hace {_SOME} {_UNIT}|just now|gerade eben)"
_LABEL = (
    r"(?:(?:last )?(?:updated|modified|edited)|published|posted"
    r"|(?:zuletzt )?(?:aktualisiert|geändert)|veröffentlicht|stand"
    r"|(?:mis à jour|publié|modifié)|(?:última )?(?:actualización|actualizado|publicado|modificado))"
)
_MONTH = (
    r"(?:jan(?:uary|uar|vier)?|feb(?:ruary|ruar)?|février|mar(?:ch|s)?|märz|apr(?:il)?|avril|may|mai|june?|juni|juin"
    r"|july?|juli|juillet|aug(?:ust)?|août|sept?(?:ember)?|septembre|o[ck]t(?:ober)?|octobre|nov(?:ember|embre)?"
    r"|de[cz](?:ember)?|décembre|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre"
    r"|diciembre)"
)
_DATE = (
    rf"(?:(?:\d{{1,4}}|\d{{1,2}}[th]\d{{0,2}}|\d{{2}}z|{_MONTH}"
    r"|at|on|um|am|pm|uhr|utc|gmt|[ce][es]s?t|h|à|le|el|de|a|las|t|z)(?: |$))+"
)
_READING = rf"(?:{_COUNT} min(?:ute)?s?(?: read)?|{_COUNT} minuten lesezeit|lesezeit {_COUNT} minuten?)"
_COUNTER = rf"(?:{_COUNT} {_COUNTED}|{_COUNTED} {_COUNT})"
_NOISE = re.compile(rf"(?:(?:{_COUNTER}|{_AGO}|{_READING}|{_LABEL} {_AGO})(?: |$))+|{_LABEL} {_DATE}")
_COUNTER_OF_TITLE = re.compile(
    rf"""(?ix)
    \s* [(\[] \s*
    (?: (?!(?:19|20)\d\d\b) \d{{1,6}} | \d[\d.,]*\s*k? \s+ {_COUNTED} | {_COUNTED} :? \s* \d[\d.,]*k? )
    \s* [)\]] \s*$
    | \s+ [-–—|·:] \s+ \d[\d.,]*\s*k? \s+ {_COUNTED} \s*$"""
)
_TAG = re.compile(r"<[^>]{0,2000}>")


def title(value: str) -> str:
    """The words of a headline that count."""
    return " ".join(words(_COUNTER_OF_TITLE.sub("", _TAG.sub(" ", value[:20_000]))))


def paragraphs(text: str) -> Iterator[tuple[str, str]]:
    """The lines of a plain text that count: each by its words that do, and as it stands."""
    for line in text.splitlines():
        folded = " ".join(words(line))
        if folded and not is_noise(folded):
            yield folded, line


def counted(heading: str, text: str) -> str:
    """All that counts of a headline and a plain text, as one string to be hashed."""
    return "\0".join([title(heading), " ".join(folded for folded, _ in paragraphs(text))])


def words(text: str) -> list[str]:
    """The words of a plain text, in lower case."""
    return _WORD.findall(text.casefold())


def is_noise(folded: str) -> bool:
    """Whether a line, by its words, is one that a machine writes anew at each request."""
    return len(folded) <= LONGEST_NOISE and _NOISE.fullmatch(folded) is not None
