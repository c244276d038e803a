"""What a refresh made of an entry, and the one transaction that writes it down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from aggregator.pipeline import compose, joining, retractions, telling, withdrawal
from aggregator.pipeline.joining import Telling
from aggregator.policy import change, identity, recheck
from aggregator.policy.duplicates import Story
from aggregator.policy.fingerprints import Fingerprint
from aggregator.policy.hold import Hold
from aggregator.policy.identity import Traits
from aggregator.policy.originals import Credited
from aggregator.policy.retraction import Sign
from aggregator.policy.second_look import Look
from aggregator.policy.stories import Match
from aggregator.policy.updates import Update
from aggregator.store import (
    EntryRecord,
    Revision,
    Session,
    deliveries,
    entries,
    journal,
    posts,
    rechecks,
    revisions,
    second_looks,
    stories,
    tombstones,
)
from aggregator.types import Action, Article, Entry, Feed, Lead, Outcome, PageSeen, Post, Step

#: Outcomes that a second look at the page does not change.
DECIDED = frozenset({Outcome.DROPPED, Outcome.DUPLICATE, Outcome.BURIED})


@dataclass(frozen=True, slots=True)
class Taken:
    """One entry after all decisions but the last: whether its story is told by then."""

    entry: Entry
    traits: Traits
    content_hash: str
    outcome: Outcome
    reason: str
    steps: tuple[Step, ...] = ()
    article: Article | None = None  #: None: it never came so far
    fingerprint: Fingerprint | None = None  #: of its article's text; None: too short, or no article
    told_by: str | None = None  #: key of the post that tells its story, where that is another entry's
    match: Match | None = None  #: how alike the words are, where they told that
    post: Post | None = None  #: what is to be published; None: nothing
    revision: Revision | None = None  #: against the post that stood; None: there was none
    unchanged: bool = False  #: the post is the one that stands already
    hold: Hold | None = None  #: why it is not taken now; None: it is, or was held before
    marked: str = ""  #: what in title or categories says that its publisher has withdrawn it; empty: nothing
    page: PageSeen | None = None  #: its page, where the article was made from it
    look: Look | None = None  #: what is done about a page that could not be had; None: it answered, or was not asked


def save(session: Session, chunk: Sequence[Taken], feed: Feed, now: datetime) -> None:
    """Writes entries, posts, deliveries and decisions of one chunk.

    Whether a story is told already is decided here, inside the transaction, so that two feeds which bring it at
    one time can't both become a post.
    """
    records: list[EntryRecord] = []
    steps: list[Step] = []
    for taken in chunk:
        settled = _settle(session, taken, feed, now)
        if taken.outcome is Outcome.HELD and settled.outcome is not Outcome.HELD:
            continue  # it was let go meanwhile: what it says by now comes with the next document
        records.append(_record(settled, feed))
        steps.extend(settled.steps)
        # One at a time: the next entry of the chunk may tell the same story.
        entries.save(session, records[-1:], now)
        if settled.revision is not None and settled.post is not None:
            revisions.keep(session, feed.name, settled.entry.key, settled.revision)
        if settled.fingerprint is not None and settled.post is not None and settled.outcome is Outcome.QUEUED:
            stories.keep(session, feed.name, settled.entry.key, settled.fingerprint)
        _plan_look(session, settled, feed)
        _plan_recheck(session, settled, feed, now)
        if settled.marked:
            for line in entries.of_keys(session, feed.name, [settled.entry.key]):
                retractions.follow(session, feed, line, Sign.MARKED, settled.marked, now)
    journal.write(session, steps)


def _settle(session: Session, taken: Taken, feed: Feed, now: datetime) -> Taken:
    """The entry with its outcome; its post saved, and owed to the targets where its story is not told."""
    told_by = stories.told(session, feed.name, taken.entry.key)
    if taken.unchanged or told_by:
        # What another's post has come to tell while it was taken has no post to revise any more.
        outcome, reason = entries.standing(session, feed.name, taken.entry.key)
        return replace(taken, outcome=outcome, reason=reason, post=None if told_by else taken.post)
    if taken.outcome is Outcome.DROPPED:
        return _taken_back(session, taken, feed, now)
    post = taken.post
    if post is None:
        return taken
    if (buried := _buried(session, taken, feed, now)) is not None:
        return replace(buried, post=None)
    if (standing := posts.get(session, post.key)) and (standing.feed, standing.entry_key) != _name(taken, feed):
        # Its own post passed to another entry, and a person has split the two.
        post = compose.under_key(post, identity.post_key(feed.name, f"{taken.entry.key}\0apart"))
    taken, targets = _tell(session, replace(taken, post=post), post, feed, now)
    if taken.post is None:
        return taken
    if not targets:
        return replace(taken, reason="made, but there is no target to publish it at", post=None)
    posts.save(session, taken.post, change.revision(taken.post), now)
    deliveries.promise(session, taken.post, targets, Action.PUBLISH, now)
    owed = f"owed to {', '.join(targets)}"
    step = _step(taken, feed, now, "outbox", Outcome.QUEUED, owed)
    return replace(taken, reason=owed, steps=(*taken.steps, step))


def foresee(session: Session, taken: Taken, feed: Feed, now: datetime) -> Taken:
    """The entry as ``save`` would decide about it now, with the post that was made of it either way; writes nothing."""
    if taken.post is None:
        return taken
    if taken.unchanged or stories.told(session, feed.name, taken.entry.key):
        outcome, reason = entries.standing(session, feed.name, taken.entry.key)
        return replace(taken, outcome=outcome, reason=reason)
    if (buried := _buried(session, taken, feed, now)) is not None:
        return buried
    found = telling.find(session, feed, taken.entry, taken.article, taken.post, taken.fingerprint, now)
    if not found.decision.reason:
        return taken
    step = _step(taken, feed, now, "duplicates", found.decision.outcome, found.decision.reason)
    told = replace(taken, steps=(*taken.steps, step))
    if found.decision.outcome is Story.OWN:
        return told
    return replace(told, outcome=Outcome.DUPLICATE, reason=found.decision.reason)


def _buried(session: Session, taken: Taken, feed: Feed, now: datetime) -> Taken | None:
    """The entry as one that a tombstone keeps from coming back; None where there is no such stone."""
    stones = tombstones.matches(session, feed.name, (taken.entry.key,), _links(taken))
    if not stones:
        return None
    reason = f"it must not come back: {next(iter(stones.values()))}"
    step = _step(taken, feed, now, "tombstones", Outcome.BURIED, reason)
    return replace(taken, outcome=Outcome.BURIED, reason=reason, steps=(*taken.steps, step))


def _tell(session: Session, taken: Taken, post: Post, feed: Feed, now: datetime) -> tuple[Taken, Sequence[str]]:
    """The entry with the post that is to be published of it, if any, and where; its story may be told already."""
    found = telling.find(session, feed, taken.entry, taken.article, post, taken.fingerprint, now)
    decision, told = found.decision, found.told
    if decision.outcome is Story.OWN or told is None:
        step = _step(taken, feed, now, "duplicates", Story.OWN, decision.reason)
        return replace(taken, steps=(*taken.steps, *([step] if decision.reason else []))), feed.targets
    # Where its own post stands already, that stays and is brought up to date.
    there = {line.target for line in deliveries.lines(session, post_key=told.post_key)}
    there -= {line.target for line in deliveries.lines(session, post_key=post.key)}
    once_more = Telling(feed=feed, entry=taken.entry, article=taken.article, post=post)
    joined = joining.join(session, told, once_more, there, now)
    reason = decision.reason + joined.reason
    if joined.post is not None:
        step = _step(taken, feed, now, "credit", Credited.LATER, reason)
        return replace(taken, post=joined.post, steps=(*taken.steps, step)), feed.targets
    targets = [target for target in feed.targets if target not in there]
    step = _step(taken, feed, now, "duplicates", Story.TOLD if targets else Outcome.DUPLICATE, reason)
    taken = replace(taken, steps=(*taken.steps, step))
    if targets:
        return taken, targets
    duplicate = replace(taken, outcome=Outcome.DUPLICATE, reason=reason, told_by=told.post_key, match=found.match)
    return replace(duplicate, post=None), ()


def _taken_back(session: Session, taken: Taken, feed: Feed, now: datetime) -> Taken:
    """An entry that is not wanted; an earlier revision of it that stands published is taken back."""
    standing = posts.of_entry(session, feed.name, taken.entry.key)
    if standing is None or not withdrawal.owe(session, standing, now):
        return taken
    step = _step(taken, feed, now, "withdraw", Outcome.DROPPED, "its earlier revision is taken back")
    return replace(taken, steps=(*taken.steps, step))


def _plan_look(session: Session, taken: Taken, feed: Feed) -> None:
    look = taken.look
    if taken.hold is not None:
        second_looks.plan(session, feed.name, taken.entry, taken.hold.at, 0, taken.hold.cause)
    elif taken.outcome is Outcome.HELD:
        second_looks.renew(session, feed.name, taken.entry)
    if look is None and taken.article is None:
        return  # it was never taken, so that there can't be a plan
    if look is None or look.at is None or taken.outcome in DECIDED:
        second_looks.drop(session, feed.name, [taken.entry.key])
    else:
        second_looks.plan(session, feed.name, taken.entry, look.at, look.looks)


def _plan_recheck(session: Session, taken: Taken, feed: Feed, now: datetime) -> None:
    """Has the page of an article that was made from it looked at once more, if the feed wants that."""
    key, stated = taken.entry.key, taken.entry.published_at
    if taken.post is None and taken.outcome in DECIDED:
        rechecks.drop(session, feed.name, [key])
    elif taken.page is not None and taken.post is not None:
        since = rechecks.since(session, feed.name, key) or (min(stated, now) if stated else now)
        at = recheck.plan(feed.recheck, since, now, validators=taken.page.validated).at
        if at is None:
            rechecks.drop(session, feed.name, [key])
        else:
            rechecks.plan(session, feed.name, taken.entry, taken.page, since=since, at=at)


def _name(taken: Taken, feed: Feed) -> tuple[str, str]:
    return feed.name, taken.entry.key


def _links(taken: Taken) -> set[str]:
    canonical = taken.article.canonical_url if taken.article else None
    return {url for url in (taken.entry.url, canonical) if url}


def _step(taken: Taken, feed: Feed, now: datetime, step: str, outcome: StrEnum, reason: str) -> Step:
    return Step(at=now, feed=feed.name, entry_key=taken.entry.key, step=step, outcome=str(outcome), reason=reason)


def _record(taken: Taken, feed: Feed) -> EntryRecord:
    kept_back = taken.revision is not None and taken.revision.outcome is Update.KEPT_BACK
    article = None if kept_back else taken.article  # what is known of the article is about the post that stands
    return EntryRecord(
        feed=feed.name,
        entry=taken.entry,
        content_hash=taken.content_hash,
        outcome=taken.outcome,
        reason=taken.reason,
        canonical_url=article.canonical_url if article else None,
        traits=taken.traits,
        post_key=taken.post.key if taken.post else None,
        told_by=taken.told_by,
        shared=taken.match.share if taken.match else None,
        contained=taken.match.score if taken.match else None,
        comes_from=article.comes_from if article else None,
        preferred=feed.lead is Lead.PREFERRED,
        basis=article.basis if article else None,
        method=article.method if article else None,
        score=article.score if article else None,
        reasons=article.reasons if article else None,
    )
