"""Entries that are no articles: programs that make feeds out of pages report their errors and notices as entries.

Held to be one is only what two signs tell: its title, and who made it or where it leads. "Error" may be the title
of an essay, but not of one that stands at the address of the feed itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from re import Pattern
from urllib.parse import urlsplit

from aggregator import urls
from aggregator.types import Entry, Parsed

_MARKS = " .!?*-–—…:;\"'()[]<>"  # that stand around what a title says
LONGEST = 200  #: characters of a title that are looked at


@dataclass(frozen=True, slots=True)
class _Maker:
    """A program that makes feeds, and how it reports."""

    name: str
    made: Pattern[str]  # its name in the feed's generator, or its host
    title: Pattern[str]  # of what it reports


def _i(pattern: str) -> Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


#: How programs speak of the feed that they make.
_OF_THE_FEED = _i(
    r"^((your|this|the) )?(rss )?feed (has|is|was|could|can)\b.{0,60}"
    r"\b(error|failed|unavailable|available|expired|paused|suspended|disabled|deleted|updated|reached|stopped)\b"
    r"|\bupgrade your (plan|account|subscription)\b"
)
_MAKERS = (
    _Maker("RSS-Bridge", _i(r"rss-?bridge"), _i(r"^(the )?bridge (returned|failed)\b.*\berror|^bridge error\b")),
    _Maker("RSSHub", _i(r"rsshub"), _i(r"^looks like something went wrong")),
    _Maker("nitter", _i(r"nitter|xcancel"), _i(r"\bnot yet whitelisted\b|^instance has (no auth|been rate limited)")),
    _Maker("kill the newsletter", _i(r"kill-?the-?newsletter"), _i(r"\b(inbox|feed) created\W*$")),
    *(
        _Maker(name, _i(made), _OF_THE_FEED)
        for name, made in (
            ("rss-proxy", r"rss-?proxy|feedless"),
            ("FetchRSS", r"fetchrss"),
            ("RSS.app", r"\brss\.app\b"),
            ("PolitePol", r"politepol|politepaul"),
            ("Feed43", r"feed43"),
        )
    ),
)
#: What tells of a feed and not of the world, whoever made it; believed of the one entry without a page of its own.
_NOTICE = _i(
    r"^((error|fehler|erreur|fout|errore)( [45]\d\d|:.*)?|http (error )?[45]\d\d\b.*"
    r"|[45]\d\d (not found|forbidden).*|an error (has )?occurr?ed.*"
    r"|internal server error|service unavailable|page not found|not found|access denied"
    r"|just a moment.*|attention required.*|checking your browser.*|please (log|sign) in.*"
    r"|(this|the|your|rss) (rss )?feed (has |is |was )?(now |been |no longer )*"
    r"(expired|moved|gone|deleted|disabled|paused|suspended|available|valid|supported|discontinued).*"
    r"|feed (expired|not found|error|unavailable|disabled|deleted).*"
    r"|dieser? (rss-)?feed (ist|wurde|existiert|wird)\b.*|diese seite (ist|existiert|wurde)\b.*"
    r"|ce flux (rss )?(n|est|a été)\b.*|este (feed|canal) (ya )?(no|ha|se)\b.*)$"
)


def reports(parsed: Parsed, feed_url: str) -> dict[str, str]:
    """The entries of a document that report an error or are a notice about the feed, by key: each with what it says."""
    places = [parsed.generator[:LONGEST], urls.host(feed_url), urls.host(parsed.site_url or "")]
    makers = [maker for maker in _MAKERS if any(maker.made.search(place) for place in places)]
    found: dict[str, str] = {}
    notices: list[tuple[Entry, str]] = []
    for entry in parsed.entries:
        title = entry.title.strip()[:LONGEST]
        maker = next((maker for maker in makers if maker.title.search(title)), None)
        if maker is not None:
            found[entry.key] = f"{maker.name} reports: {_said(title)}"
        elif _NOTICE.match(title.strip(_MARKS)):
            notices.append((entry, title))
    # Where several have no page, that is the way of the feed: a status page tells of unavailable services.
    homeless = _without_a_page(parsed, feed_url) if notices else []
    return found | {
        entry.key: f"the feed tells of itself: {_said(title)}" for entry, title in notices if homeless == [entry.key]
    }


def failure(parsed: Parsed, found: Mapping[str, str]) -> str:
    """What is wrong with a feed by the first entry of its document; empty where that is an article."""
    return found.get(parsed.entries[0].key, "") if parsed.entries else ""


def _without_a_page(parsed: Parsed, feed_url: str) -> list[str]:
    """The entries, by key, that lead nowhere, to their feed, or to a front page; not more than two."""
    home = {urls.compare_key(url) for url in (feed_url, parsed.self_url, parsed.site_url) if url}
    homeless = (
        entry.key
        for entry in parsed.entries
        if entry.url is None or not urlsplit(entry.url).path.strip("/") or urls.compare_key(entry.url) in home
    )
    return list(islice(homeless, 2))


def _said(title: str) -> str:
    """A title without the number that makes it another one each day."""
    return re.sub(r"\s*\(\d+\)$", "", title)
