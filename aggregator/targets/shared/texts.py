"""The words around a post in four languages, and dates and directions of many."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from importlib import resources

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_skeleton

from aggregator.types import UpdateNote

LANGUAGES = ("en", "de", "fr", "es")
RIGHT_TO_LEFT = frozenset(["ar", "arc", "ckb", "dv", "fa", "he", "iw", "ku", "ps", "sd", "syr", "ug", "ur", "yi"])


def texts(language: str) -> Mapping[str, str]:
    """Our words in a language; English where there are none."""
    primary = _primary(language)
    return _read(primary if primary in LANGUAGES else "en")


def same(one: str, other: str) -> bool:
    """Whether two tags name one language, in whatever region."""
    return _primary(one) == _primary(other)


def direction(language: str | None) -> str:
    """How text of a language runs; ``auto`` where the language isn't known."""
    if not language:
        return "auto"
    return "rtl" if _primary(language) in RIGHT_TO_LEFT else "ltr"


def day(when: date, language: str) -> str:
    """A date in words: 24 November 2026."""
    return format_date(when, "long", locale=_locale(language))


def weekday(when: date, language: str) -> str:
    """The name of the day: Tuesday."""
    return format_date(when, "EEEE", locale=_locale(language))


def month(when: date, language: str) -> str:
    """A month: November 2026."""
    return str(format_skeleton("yMMMM", when, locale=_locale(language)))


def month_name(when: date, language: str) -> str:
    """The name of a month: November."""
    return format_date(when, "MMMM", locale=_locale(language))


def moment(when: datetime, language: str) -> str:
    """Date and time in words."""
    return format_datetime(when, "long", locale=_locale(language))


def updated(note: UpdateNote, language: str) -> str:
    """When and in what a post was last updated, as one line; in the publisher's own words where there are any."""
    words = texts(language)
    parts = [words["changed_title"]] if note.title else []
    for name, count in (("changed", note.paragraphs), ("cut", note.cut)):
        if count:
            parts.append(words[f"{name}_one" if count == 1 else f"{name}_count"].format(count=count))
    changes = note.note or ", ".join(parts)
    return words["changed"].format(date=day(note.at, language), changes=changes)


@lru_cache
def _read(language: str) -> Mapping[str, str]:
    found = resources.files("aggregator.targets.shared").joinpath("words", f"{language}.json")
    return {str(key): str(value) for key, value in json.loads(found.read_bytes()).items()}


def _primary(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].lower()


@lru_cache
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")
