"""Which post tells the story of an entry already: one at its address, or one with nearly the same words.

Asked inside the transaction that saves the entry, so that of two that tell one story only the first becomes a post.
"""

from __future__ import annotations

from datetime import datetime

from aggregator import urls
from aggregator.markup import text
from aggregator.policy import duplicates, fingerprints, stories
from aggregator.policy.duplicates import Story, Told
from aggregator.policy.fingerprints import Fingerprint
from aggregator.policy.stories import Likeness, Telling
from aggregator.store import Kin, Session, entries, posts
from aggregator.store import stories as kept
from aggregator.types import Article, Decision, Duplicates, Entry, Feed, Post, Rights

#: How many texts are read and compared word by word.
READ_AT_MOST = 3


def find(
    session: Session,
    feed: Feed,
    entry: Entry,
    article: Article | None,
    post: Post,
    fingerprint: Fingerprint | None,
    now: datetime,
) -> tuple[Decision[Story], Told | None]:
    """Whether the story that an entry's post would tell is told, and by which entry's.

    The reason names the post and how much of the words it shares; it is empty where there was nothing to decide.
    """
    if feed.duplicates is Duplicates.KEEP:
        return Decision(Story.OWN, ""), None
    addresses = {urls.compare_key(url) for url in (entry.url, article and article.canonical_url) if url}
    elsewhere = {urls.compare_key(url) for url in (article.comes_from if article else ()) if "://" in url}
    decision, told = duplicates.near(
        feed=feed.name,
        entry_key=entry.key,
        title=post.title,
        told=entries.told_at(session, addresses),
        named=entries.told_at(session, elsewhere),
    )
    if decision.outcome is Story.TOLD or feed.duplicates is Duplicates.ADDRESS:
        return decision if told else Decision(Story.OWN, ""), told
    if fingerprint is None or article is None or posts.content_hash(session, post.key) is not None:
        # Too short to compare; or its own post stands already, and is not taken away.
        return Decision(Story.OWN, ""), None
    return _by_words(session, feed, entry, article, post, fingerprint, now)


def _by_words(
    session: Session, feed: Feed, entry: Entry, article: Article, post: Post, fingerprint: Fingerprint, now: datetime
) -> tuple[Decision[Story], Told | None]:
    mine = Telling(
        feed=feed.name,
        title=post.title,
        names=(feed.credit_name, post.source_name),
        at=entry.published_at or now,
        fingerprint=fingerprint,
        siblings=tuple(kept.siblings(session, feed.name, entry.key)),
        text=article.text,
        recording=_is_recording(post),
    )
    near_misses: list[str] = []
    for kin in kept.kin(session, fingerprint, feed=feed.name):
        share, _ = fingerprints.shared(fingerprint.sketch, kin.fingerprint.sketch)
        lead = posts.get(session, kin.told.post_key) if share >= stories.WORTH_A_LOOK else None
        if lead is None:
            continue
        match = stories.compare(mine, _telling(session, kin, lead))
        named = f"“{lead.title}” at {lead.source_name}"
        if match.decision.outcome is Likeness.SAME:
            return Decision(Story.TOLD, f"tells the story of {named}: {match.decision.reason}"), kin.told
        near_misses.append(f"not the story of {named}: {match.decision.reason}")
        if len(near_misses) == READ_AT_MOST:
            break
    return Decision(Story.OWN, "; ".join(near_misses[:1])), None


def _telling(session: Session, kin: Kin, lead: Post) -> Telling:
    told = kin.told
    return Telling(
        feed=told.feed,
        title=lead.title,
        names=(lead.feed_title, lead.source_name),
        at=kin.at,
        fingerprint=kin.fingerprint,
        siblings=tuple(kept.siblings(session, told.feed, told.entry_key)),
        text=text.plain(lead.body) if lead.rights is Rights.FULL else None,
        recording=_is_recording(lead),
    )


def _is_recording(post: Post) -> bool:
    return any(enclosure.type.startswith(("audio/", "video/")) for enclosure in post.enclosures)
