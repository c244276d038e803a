"""Whether another entry already tells this story."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from aggregator.policy.identity import fold
from aggregator.types import Decision


class Story(StrEnum):
    """What an article is beside what is published."""

    OWN = "own"
    TOLD = "told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An entry that stands at the same address."""

    feed: str
    entry_key: str
    title: str
    url: str  #: canonical, as its page says, else its own link
    link: str  #: its own link
    publisher: str
    post_key: str


def near(
    *, feed: str, entry_key: str, title: str, told: Iterable[Told], named: Iterable[Told] = ()
) -> tuple[Decision[Story], Told | None]:
    """Decides whether an article is told already, and by which entry.

    ``told`` are the entries with a post whose canonical address is this article's. In another feed that is
    enough; within one feed the titles must agree too, since some feeds link every entry to one page. The front
    page of a site is nobody's canonical address. ``named`` are entries of other sites that its page names as the
    original: it is believed that it is a copy where the titles agree.
    """
    for other in told:
        if (other.feed, other.entry_key) == (feed, entry_key) or _is_front_page(other.url):
            continue
        if other.feed != feed:
            return Decision(Story.TOLD, f"feed {other.feed} brought the same page: {other.url}"), other
        if fold(other.title) == fold(title):
            return Decision(Story.TOLD, f"the feed brought the same page under another id: {other.url}"), other
    for other in named:
        if other.feed != feed and fold(other.title) == fold(title) != "":
            return Decision(Story.TOLD, f"its page names {other.url} as the original, under the same title"), other
    return Decision(Story.OWN, "no other entry stands at its address"), None


def _is_front_page(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in {"", "/"} and not parts.query
