"""What an entry that a feed shows is to us: new, changed, the same, or not wanted."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from enum import StrEnum

from aggregator.policy import dates, wording
from aggregator.policy.identity import fold
from aggregator.types import Decision, Entry, Feed, Future, Known, Outcome, Post


class Change(StrEnum):
    """What to do with an entry."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    BURIED = "buried"
    TOO_OLD = "too-old"
    BACKLOG = "backlog"
    EMPTY = "empty"
    HELD = "held"
    QUARANTINED = "quarantined"


#: Entries that never became a post stay as they were decided, whatever their text does.
SETTLED_WITHOUT_POST = frozenset(
    {Outcome.TOO_OLD, Outcome.BACKLOG, Outcome.EMPTY, Outcome.QUARANTINED, Outcome.DUPLICATE, Outcome.DROPPED}
)


def decide(
    entry: Entry,
    known: Known | None,
    recognised: str,
    *,
    content_hash: str,
    feed: Feed,
    taken: int,
    now: datetime,
    reported: str = "",
) -> Decision[Change]:
    """Decides about one entry.

    ``known`` is the stored entry that it was recognised as (``recognised`` tells how), ``taken`` how many
    new entries of this document were wanted before it, ``reported`` what it says if it is no article but a report
    of an error. Dates never make an entry new or changed: feeds restamp.
    """
    if known is not None:
        return _about_known(known, recognised, content_hash)
    if not (entry.title or entry.url or entry.summary or entry.content):
        return Decision(Change.EMPTY, "it has neither title, text nor address")
    if reported:
        return Decision(Change.QUARANTINED, reported)
    if too_old := age(dates.stated(entry), feed, now):
        return Decision(Change.TOO_OLD, too_old)
    if feed.future is Future.HOLD and (due := dates.due(entry, now)) is not None:
        return Decision(Change.HELD, f"dated ahead, and held until {due:%Y-%m-%d} (future)")
    if feed.memory.subscribed_at is None and taken >= feed.max_new:
        reason = f"beyond the {feed.max_new} newest entries taken on first subscription (max_new)"
        return Decision(Change.BACKLOG, reason)
    return Decision(Change.NEW, recognised)


def age(date: datetime | None, feed: Feed, now: datetime) -> str:
    """Why something of that date is too old for a feed; empty where it is not, or nothing tells."""
    if feed.max_age is None or date is None or now - date <= feed.max_age:
        return ""
    return f"dated {date:%Y-%m-%d}, older than max_age of {_days(feed.max_age)}"


def content_hash(title: str, text: str) -> str:
    """The number that tells two revisions of an entry apart: over the words that count, never over markup or dates."""
    return f"2:{_digest(wording.counted(title, text))}"


def former_content_hash(title: str, text: str) -> str:
    """The same by the rules of earlier releases, so that what they have stored is not taken for changed."""
    return _digest(f"{fold(title)}\0{fold(text)}")


def revision(post: Post) -> str:
    """The number that tells two revisions of a post apart, here and at targets; the time of change does not count.

    What is empty does not count either, so that a new field is no new revision of the posts that lack it.
    """
    said = {name: value for name, value in asdict(replace(post, modified_at=None)).items() if value}
    facts = json.dumps(said, default=str, ensure_ascii=False, sort_keys=True)
    return _digest(facts)


def _about_known(known: Known, recognised: str, content_hash: str) -> Decision[Change]:
    if known.outcome in {Outcome.BURIED, Outcome.WITHDRAWN}:
        return Decision(Change.BURIED, "it was withdrawn here and must not come back")
    if known.outcome is Outcome.WAITING and not known.content_hash:
        return Decision(Change.CHANGED, "brought back by hand")
    if known.content_hash == content_hash:
        return Decision(Change.SAME, f"{recognised}; its text is unchanged")
    if known.outcome is Outcome.HELD:
        return Decision(Change.HELD, f"{recognised}; it stays held, as it reads now")
    if known.outcome in SETTLED_WITHOUT_POST:
        return Decision(Change.SAME, f"{recognised}; it stays {known.outcome}")
    return Decision(Change.CHANGED, f"{recognised}; its title or text has changed")


def _days(span: timedelta) -> str:
    return f"{span.days} days" if span.days else f"{span.total_seconds() / 3600:g} hours"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
