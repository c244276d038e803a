"""Revising: what becomes of a post that stands when its source has another text now, wherever that was seen.

The text may have come by the feed or by the page alone: whoever has made a post of it asks here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator.markup import text
from aggregator.policy import change, updates
from aggregator.policy.updates import Update, Wording
from aggregator.store import Revision
from aggregator.types import Article, Basis, Decision, Feed, Known, Post


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised:
    """A post as it shall stand from now on, and the change that led to it."""

    post: Post  #: where it is not carried, the one that stands
    revision: Revision

    @property
    def carried(self) -> bool:
        """Whether the post is another than before."""
        return self.revision.outcome is Update.CARRIED


def revise(
    standing: Post, made: Post, *, article: Article, feed: Feed, known: Known | None, cause: str, now: datetime
) -> Revised:
    """What becomes of the post that stands, now that ``made`` is what would be published of ``article``.

    ``known`` is what the store holds of the entry, ``cause`` is where the change was seen: ``feed`` or ``page``.
    """
    before, after = wording(standing), wording(made)
    extent = updates.extent(before, after)
    decision = _decide(standing, made, extent, article, feed, known)
    carried = updates.dated(standing, made, extent, stated=article.modified_at, now=now, tell=feed.update_note)
    revision = Revision(
        seen_at=now,
        cause=cause,
        outcome=decision.outcome,
        reason=decision.reason,
        before=before,
        after=None if extent.nothing else after,
    )
    return Revised(post=carried if decision.outcome is Update.CARRIED else standing, revision=revision)


def wording(post: Post) -> Wording:
    """What a reader reads of a post, as plain text."""
    return Wording(title=post.title, standfirst=post.standfirst, text=text.plain(post.body))


def _decide(
    standing: Post, made: Post, extent: updates.Extent, article: Article, feed: Feed, known: Known | None
) -> Decision[Update]:
    if change.revision(made) == change.revision(standing):
        return Decision(Update.SAME, "what comes of it is the post that stands")
    if known is not None and not known.content_hash:
        return Decision(Update.CARRIED, "brought back by hand")
    if known is not None and known.basis is Basis.PAGE and article.basis is Basis.FEED and extent.cut_down:
        return Decision(Update.KEPT_BACK, f"changed: {extent}; its page can't be had: what was made from it stays")
    completes = known is not None and known.basis is Basis.FEED and article.basis is Basis.PAGE
    return updates.decide(standing, made, extent, feed.update, completes=completes)
