"""Which post tells the story of an entry already: one at its address, or one with nearly the same words.

Asked inside the transaction that saves the entry, so that of two that tell one story only the first becomes a post.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator import urls
from aggregator.markup import text
from aggregator.policy import duplicates, stories
from aggregator.policy.duplicates import Story, Told
from aggregator.policy.fingerprints import Fingerprint
from aggregator.policy.stories import Likeness, Match, Telling
from aggregator.store import Kin, Session, entries, posts, verdicts
from aggregator.store import stories as kept
from aggregator.store.verdicts import Belongs
from aggregator.types import Article, Decision, Duplicates, Entry, Feed, Post, Rights

#: How many texts are read and compared word by word.
READ_AT_MOST = 3


@dataclass(frozen=True, slots=True)
class Found:
    """Whether a story is told, and by which entry's post."""

    decision: Decision[Story]
    told: Told | None = None  #: None: by none
    match: Match | None = None  #: how alike the words are; None: it was not decided by them


def find(
    session: Session,
    feed: Feed,
    entry: Entry,
    article: Article | None,
    post: Post,
    fingerprint: Fingerprint | None,
    now: datetime,
) -> Found:
    """Whether the story that an entry's post would tell is told, and by which entry's.

    The reason names the post and how much of the words it shares; it is empty where there was nothing to decide.
    """
    if feed.duplicates is Duplicates.KEEP:
        return Found(Decision(Story.OWN, ""))
    addresses = {urls.compare_key(url) for url in (entry.url, article and article.canonical_url) if url}
    parted = _Parted.of(session, feed.name, entry.key, post.key)
    elsewhere = {urls.compare_key(url) for url in (article.comes_from if article else ()) if "://" in url}
    decision, told = duplicates.near(
        feed=feed.name,
        entry_key=entry.key,
        title=post.title,
        told=filter(parted.may_tell, entries.told_at(session, addresses)),
        named=filter(parted.may_tell, entries.told_at(session, elsewhere)),
    )
    if decision.outcome is Story.TOLD or feed.duplicates is Duplicates.ADDRESS:
        return Found(decision, told) if told else Found(Decision(Story.OWN, ""))
    if fingerprint is None or article is None or posts.content_hash(session, post.key) is not None:
        # Too short to compare; or its own post stands already, and is not taken away.
        return Found(Decision(Story.OWN, ""))
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
    return _by_words(session, mine, parted)


def _by_words(session: Session, mine: Telling, parted: _Parted) -> Found:
    near_misses: list[str] = []
    for kin in kept.kin(session, mine.fingerprint, feed=mine.feed):
        lead = posts.get(session, kin.shown_by)
        if lead is None or not parted.may_tell(kin.told):
            continue
        if kin.shown_by != kin.told.post_key and not kept.stands(session, kin.told.post_key):
            continue
        match = stories.compare(mine, of_kin(session, kin, lead))
        named = f"“{lead.title}” at {lead.source_name}"
        if match.decision.outcome is Likeness.SAME:
            return Found(Decision(Story.TOLD, f"tells the story of {named}: {match.decision.reason}"), kin.told, match)
        near_misses.append(f"not the story of {named}: {match.decision.reason}")
        if len(near_misses) == READ_AT_MOST:
            break
    return Found(Decision(Story.OWN, "; ".join(near_misses[:1])))


@dataclass(frozen=True, slots=True)
class _Parted:
    """What a person has said does not belong together, about one entry."""

    stories: frozenset[str]  #: keys of posts whose story it does not tell
    entries: frozenset[tuple[str, str]]  #: feed and key of those that don't tell the story of its own post

    @classmethod
    def of(cls, session: Session, feed: str, entry_key: str, post_key: str) -> _Parted:
        mine, theirs = verdicts.of_entry(session, feed, entry_key), verdicts.of_story(session, post_key)
        return cls(
            frozenset(said.post_key for said in mine if said.belongs is Belongs.APART),
            frozenset((said.feed, said.entry_key) for said in theirs if said.belongs is Belongs.APART),
        )

    def may_tell(self, told: Told) -> bool:
        return told.post_key not in self.stories and (told.feed, told.entry_key) not in self.entries


def of_kin(session: Session, kin: Kin, shown: Post) -> Telling:
    """An entry that may tell the same story, by the post that shows its words."""
    return of_post(session, shown, feed=kin.told.feed, key=kin.told.entry_key, at=kin.at, fingerprint=kin.fingerprint)


def of_post(session: Session, post: Post, *, feed: str, key: str, at: datetime, fingerprint: Fingerprint) -> Telling:
    """An entry as far as it is compared, by the post that shows its words."""
    return Telling(
        feed=feed,
        title=post.title,
        names=(post.feed_title, post.source_name),
        at=at,
        fingerprint=fingerprint,
        siblings=tuple(kept.siblings(session, feed, key)),
        text=text.plain(post.body) if post.rights is Rights.FULL else None,
        recording=_is_recording(post),
    )


def _is_recording(post: Post) -> bool:
    return any(enclosure.type.startswith(("audio/", "video/")) for enclosure in post.enclosures)
