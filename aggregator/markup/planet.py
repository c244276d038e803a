"""The configuration of a planet (Planet, Planet Venus): which feeds it reads, under which names.

What it says about looks and files is of no use to us; what it says about entries and can't be taken over is named.
"""

from __future__ import annotations

import configparser
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aggregator.errors import ParseError
from aggregator.markup import text

MAX_FEEDS: Final = 5_000
MAX_BYTES: Final = 2_000_000
MAX_NEW: Final = 10_000
#: What the standard library's reader takes quadratic time for: long runs of blanks, and many values without a name.
_BLANKS = re.compile(r"[^\S\n]+")
_NAMELESS = re.compile(r"(?m)^ ?[=:].*$")
_READING_LISTS = ("opml", "foaf")
#: Options that change which entries are shown, and how: whoever moves must know that they are gone.
_MATTERS = (
    *("filter", "exclude", "filters", "ignore_in_feed"),
    *("title_type", "summary_type", "name_type", "xml_base", "future_dates"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanetFeed:
    """One subscription of a planet."""

    url: str
    name: str = ""  #: of the person or the paper, as the planet shows it
    max_new: int | None = None  #: how many entries of a new feed it takes; None: it does not say


@dataclass(frozen=True, slots=True, kw_only=True)
class Planet:
    """What a configuration says that is of use."""

    feeds: tuple[PlanetFeed, ...]
    lists: tuple[str, ...]  #: addresses or paths of lists of further feeds
    not_taken: tuple[str, ...]  #: what has no counterpart here, in words


def read(body: bytes) -> Planet:
    """The feeds of a planet in its order; raises ParseError for what is no such configuration."""
    if len(body) > MAX_BYTES:
        raise ParseError(f"a configuration of more than {MAX_BYTES // 1_000_000} MB")
    sections = _sections(_NAMELESS.sub("", _BLANKS.sub(" ", body.decode("utf-8-sig", "replace"))))
    everywhere = sections.get("DEFAULT", {})
    planet = next((options for name, options in sections.items() if name.lower() == "planet"), {})
    feeds: list[PlanetFeed] = []
    lists: list[str] = []
    for name, options in sections.items():
        if any(kind in options.get("content_type", "") for kind in _READING_LISTS):
            lists.append(name)
        elif _is_address(name) and len(feeds) < MAX_FEEDS:
            feeds.append(_feed(name, options, (planet, everywhere)))
    if not feeds and not lists:
        raise ParseError("no configuration of a planet: none of its sections is named by the address of a feed")
    return Planet(feeds=tuple(feeds), lists=tuple(lists), not_taken=tuple(_not_taken(sections)))


def _sections(content: str) -> dict[str, dict[str, str]]:
    # No section has an empty name: so ``[DEFAULT]`` is one like others, and its options are not copied into each.
    # Names without a value are let pass: each would be an error, and the reader copies all errors for each.
    parser = configparser.ConfigParser(interpolation=None, strict=False, default_section="", allow_no_value=True)
    try:
        parser.read_string(content)
    except configparser.Error as error:
        raise ParseError(f"no configuration of a planet: {error.message.splitlines()[0][:200]}") from error
    return {name: {key: value or "" for key, value in parser.items(name)} for name in parser.sections()}


def _feed(url: str, options: Mapping[str, str], above: Sequence[Mapping[str, str]]) -> PlanetFeed:
    number = next((said["new_feed_items"] for said in (options, *above) if "new_feed_items" in said), "")
    max_new = min(int(number), MAX_NEW) if re.fullmatch(r"[0-9]{1,9}", number) else None
    return PlanetFeed(url=url, name=text.line(options.get("name", "")), max_new=max_new)


def _not_taken(sections: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Options that matter and are not taken over, each with how many sections it stands in."""
    found = Counter(option for options in sections.values() for option in _MATTERS if options.get(option))
    for option, count in found.most_common():
        yield f"{option} (in {count} section{'s' * (count != 1)})"


def _is_address(name: str) -> bool:
    return name.lower().startswith(("http://", "https://"))
