"""Comparing what is stored: the stories nearest to an entry, and what other thresholds would have made of them.

Reads only. A text that is not kept is compared by its fingerprint.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from aggregator.markup import text
from aggregator.pipeline import telling
from aggregator.policy import stories
from aggregator.policy.stories import Likeness, Match, Thresholds
from aggregator.store import Kin, Matched, Printed, Session, posts
from aggregator.store import stories as kept
from aggregator.types import Post, Rights

NEAREST = 3
#: Words of each text that are laid side by side, and how many passages that differ are shown.
MAX_WORDS, MAX_PASSAGES, PASSAGE = 600, 6, 12
#: How many entries are read at one time.
CHUNK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A story beside an entry."""

    post: Post
    match: Match
    difference: tuple[str, ...]  #: passages that differ, ``theirs → its own``; empty where a text is not kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Otherwise:
    """What other thresholds would have decided otherwise."""

    at: datetime
    verdict: str  #: ``merge`` or ``split``
    feed: str
    title: str
    story: str  #: title and publisher of the other's post
    share: float  #: the share of both texts that is in both
    reason: str


def nearest(session: Session, feed: str, key: str) -> list[Near]:
    """The stories of other feeds nearest to the text of an entry's own post, with what differs."""
    mine, own = kept.printed(session, feed, key), posts.of_entry(session, feed, key)
    if mine is None or own is None:
        return []
    found = []
    for post, match in _compared(session, mine, own, kept.kin(session, mine.fingerprint, feed=feed)):
        found.append(Near(post=post, match=match, difference=difference(own, post)))
        if len(found) == NEAREST:
            break
    return found


def difference(one: Post, other: Post) -> tuple[str, ...]:
    """The passages in which the texts of two posts differ, ``other's → one's``; empty where a text is not kept."""
    if Rights.FULL is not one.rights or Rights.FULL is not other.rights:
        return ()
    mine, theirs = (text.plain(post.body).split()[:MAX_WORDS] for post in (one, other))
    blocks = difflib.SequenceMatcher(None, theirs, mine, autojunk=True).get_opcodes()
    passages = [
        f"{' '.join(theirs[a:b][:PASSAGE]) or '–'} → {' '.join(mine[c:d][:PASSAGE]) or '–'}"
        for tag, a, b, c, d in blocks
        if tag != "equal"
    ]
    return tuple(passages[:MAX_PASSAGES])


def merged(session: Session, since: datetime, after: int, by: Thresholds) -> tuple[int, list[Otherwise]]:
    """Which of the next posts would have been no posts of their own by other thresholds; and where to go on.

    Those first seen since then are read by their number from ``after`` on; 0: there are no more.
    """
    chunk = kept.history(session, since, after, CHUNK)
    found = []
    for mine in chunk:
        own = posts.of_entry(session, mine.feed, mine.key)
        least = min(stories.WORTH_A_LOOK, by.with_title)
        found_near = kept.kin(session, mine.fingerprint, feed=mine.feed, least=least)
        before = [kin for kin in found_near if kin.number < mine.number]
        for post, match in _compared(session, mine, own, before, by) if own else ():
            if match.decision.outcome is Likeness.SAME:
                title = own.title if own else ""
                found.append(_otherwise(mine.at, "merge", mine.feed, title, post, match.share, match.decision.reason))
                break
    return chunk[-1].number if chunk else 0, found


def split(session: Session, since: datetime, after: int, by: Thresholds) -> tuple[int, list[Otherwise]]:
    """Which of the next entries that tell another's story would have had a post by other thresholds; likewise."""
    chunk = kept.matched(session, since, after, CHUNK)
    found = []
    for told in chunk:
        post = posts.get(session, told.told_by)
        if post is not None and not _still(told, post, by):
            reason = f"{told.shared:.2f} of both texts, {told.contained:.2f} of the shorter one"
            found.append(_otherwise(told.at, "split", told.feed, told.title, post, told.shared, reason))
    return chunk[-1].number if chunk else 0, found


def _compared(
    session: Session, mine: Printed, own: Post, others: Iterable[Kin], by: Thresholds = stories.THRESHOLDS
) -> Iterator[tuple[Post, Match]]:
    one = telling.of_post(session, own, feed=mine.feed, key=mine.key, at=mine.at, fingerprint=mine.fingerprint)
    for kin in others:
        if post := posts.get(session, kin.shown_by):
            yield post, stories.compare(one, telling.of_kin(session, kin, post), by)


def _still(told: Matched, post: Post, by: Thresholds) -> bool:
    if abs(told.at - post.published_at) > by.window:
        return False
    agree = stories.alike(told.title, post.title, (post.feed_title, post.source_name))
    return by.enough(told.shared, told.contained, agree=agree)


def _otherwise(at: datetime, verdict: str, feed: str, title: str, post: Post, share: float, reason: str) -> Otherwise:
    story = f"{post.title} ({post.source_name})"
    return Otherwise(at=at, verdict=verdict, feed=feed, title=title, story=story, share=share, reason=reason)
