"""Takedown: nothing of a source is published any more, and all that was is taken back. And the way back from that.

The source is blocked in the first transaction, so that nothing new comes of it. Its entries are buried some at a time,
so that a daemon beside us is kept waiting by none for long; who is interrupted says it again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator import urls
from aggregator.pipeline import retractions, withdrawal
from aggregator.pipeline.withdrawal import Undone, Withdrawn
from aggregator.store import Block, EntryLine, Session, blocks, entries, feeds, journal, tombstones
from aggregator.types import Step

AT_ONCE = 100  #: entries buried, or brought back, in one transaction
_LOOKED_AT = 200  #: entries that tell whose site a feed's articles stand at
_HOST = re.compile(r"(?=.{4,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
_HOME = 0.9  #: share of them that stand there


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a person means by a source."""

    name: str
    feeds: tuple[str, ...]  #: that are not asked any more
    site: str  #: of which nothing is published, through whatever feed; empty: none
    why_no_site: str = ""  #: why not


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much a takedown concerns."""

    entries: tuple[tuple[str, str], ...]  #: feed and key of each that is not buried yet
    of_others: int  #: of these, entries that other feeds have brought
    posts: int  #: that stand, counted once for each target


def find(session: Session, name: str, configured: Mapping[str, str]) -> Source | None:
    """The source of that name: a feed with the site that its articles stand at, or a site with the feeds that do.

    ``configured`` are the addresses of the feeds by name. Where other feeds are at home at the site of a feed's
    articles, or these stand elsewhere than the feed, the site is not its own, and stays.
    """
    if name in configured:
        site, why = _site_of(session, name, configured)
        return Source(name=name, feeds=(name,), site=site, why_no_site=why)
    if not _HOST.fullmatch(name.lower()):
        return None
    site = name.lower().removeprefix("www.")
    mine = tuple(
        feed for feed, url in configured.items() if any(blocks.covers(site, at) for at in _homes(session, feed, url))
    )
    return Source(name=site, feeds=mine, site=site)


def extent(session: Session, source: Source) -> Extent:
    """What of a source is not taken back yet."""
    names = dict.fromkeys(name for feed in source.feeds for name in blocks.entries_of(session, feed))
    names |= dict.fromkeys(blocks.entries_at(session, source.site) if source.site else ())
    left = _standing(session, list(names))
    return Extent(
        entries=tuple((line.feed, line.key) for line in left),
        of_others=sum(line.feed not in source.feeds for line in left),
        posts=sum(len(line.remote_urls) for line in left if not line.told_by),
    )


def block(session: Session, source: Source, *, reason: str, now: datetime) -> None:
    """Has nothing new of a source come in."""
    for feed in source.feeds or ("",):
        blocks.add(session, Block(source=source.name, feed=feed, site=source.site, reason=reason, blocked_at=now))
        if feed:
            journal.write(session, [_step(feed, "blocked", reason, now)])


def bury(session: Session, names: Sequence[tuple[str, str]], *, reason: str, now: datetime) -> Withdrawn:
    """Takes these entries back, as far as they are not yet."""
    return withdrawal.of_entries(session, _standing(session, names), reason=reason, now=now)


def bring_back(session: Session, names: Sequence[tuple[str, str]], *, now: datetime) -> Undone:
    """Brings these entries back."""
    return withdrawal.undo_entries(session, _lines(session, names), now=now)


def lift(session: Session, name: str, now: datetime) -> list[tuple[str, str]] | None:
    """Blocks a source no more; the entries that were buried with it, by feed and key. None: it was not blocked."""
    found = blocks.of_source(session, name)
    if not found:
        return None
    buried = dict.fromkeys(one for each in found for one in blocks.buried_with(session, each))
    for each in found:
        blocks.drop(session, each.source)
        if each.feed:
            feeds.forget_document(session, each.feed)
            journal.write(session, [_step(each.feed, "unblocked", "brought back by hand", now)])
    return list(buried)


def _site_of(session: Session, name: str, configured: Mapping[str, str]) -> tuple[str, str]:
    """The site that a feed's articles stand at, and that is its own; or why there is none."""
    homes = _homes(session, name, configured[name])
    hosts = [urls.host(url).removeprefix("www.") for url in blocks.addresses_of(session, name, _LOOKED_AT)]
    site = max(set(hosts), key=hosts.count, default="")
    if not site or hosts.count(site) < _HOME * len(hosts):
        return "", "its articles stand at several sites"
    if not any(urls.same_site(f"https://{site}/", f"https://{urls.host(home)}/") for home in homes):
        return "", f"its articles stand at {site}, which is not its own"
    others = [
        feed
        for feed, url in configured.items()
        if feed != name and any(blocks.covers(site, home) for home in _homes(session, feed, url))
    ]
    return ("", f"{site} is the home of {', '.join(others[:3])} too") if others else (site, "")


def _homes(session: Session, feed: str, url: str) -> list[str]:
    return [home for home in (url, feeds.memory(session, feed).site_url) if home]


def _standing(session: Session, names: Sequence[tuple[str, str]]) -> list[EntryLine]:
    """Those of the entries that were not taken back before, for another reason."""
    lines = [line for line in _lines(session, names) if line.outcome not in retractions.OVER]
    stones = {
        (feed, key)
        for feed in {line.feed for line in lines}
        for key in tombstones.of_keys(session, feed, [line.key for line in lines if line.feed == feed])
    }
    return [line for line in lines if (line.feed, line.key) not in stones]


def _lines(session: Session, names: Sequence[tuple[str, str]]) -> list[EntryLine]:
    by_feed: dict[str, list[str]] = {}
    for feed, key in names:
        by_feed.setdefault(feed, []).append(key)
    return [line for feed, keys in by_feed.items() for line in entries.of_keys(session, feed, keys)]


def _step(feed: str, outcome: str, reason: str, now: datetime) -> Step:
    return Step(at=now, feed=feed, entry_key=None, step="takedown", outcome=outcome, reason=reason)
