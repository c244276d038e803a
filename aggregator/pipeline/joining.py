"""What becomes of a post when another entry tells its story too: it names it, or passes to it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator import urls
from aggregator.policy import change, originals
from aggregator.policy.duplicates import Told
from aggregator.policy.originals import Credited, Source
from aggregator.store import Session, deliveries, journal, posts, second_looks, stories
from aggregator.types import Action, Article, Entry, Feed, Lead, Post, Rights, Sighting, Step

MAX_SIGHTINGS = 20
_SHOWN = {Rights.LINK: 0, Rights.EXCERPT: 1, Rights.FULL: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """What came of it."""

    reason: str = ""  #: what was changed, or why not; empty: there is nothing to tell
    post: Post | None = None  #: the post as the entry tells it, where it passes to that; it is not saved yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """An entry that tells a story once more."""

    feed: Feed
    entry: Entry
    article: Article | None
    post: Post  #: what would be published of it, were the story not told

    def source(self) -> Source:
        """What is known of whose words these are."""
        feed, url = self.feed, self.entry.url or ""
        return Source(
            feed=feed.name,
            name=feed.title,
            url=url,
            canonical=(self.article and self.article.canonical_url) or url,
            at_home=any(urls.same_site(url, home) for home in (feed.url, feed.memory.site_url) if home),
            comes_from=self.article.comes_from if self.article else (),
            preferred=feed.lead is Lead.PREFERRED,
        )


def join(session: Session, told: Told, telling: Telling, there: Collection[str], now: datetime) -> Joined:
    """Brings the post that tells the story up to date with an entry that tells it too.

    Where that is the original, or its feed is preferred, the post shows and credits it from now on, under its old key
    and address. Else the post names it. ``there`` are the targets that the post is owed to.
    """
    post = posts.get(session, told.post_key)
    if post is None or telling.entry.url is None:
        return Joined()
    kept = ""
    if post.feed != telling.feed.name and (first := stories.source(session, post)):
        decision = originals.credited(first, telling.source(), telling.feed.lead)
        if decision.outcome is Credited.LATER:
            hindrance = _hindrance(session, post, telling, there)
            if not hindrance:
                return _pass(session, post, first, telling, decision.reason, now)
            kept = f"; {decision.reason}, but {hindrance}"
    return Joined(reason=_name(session, post, telling, now) + kept)


def _hindrance(session: Session, post: Post, telling: Telling, there: Collection[str]) -> str:
    """Why a post can't pass to an entry that is to have it; empty: nothing speaks against it."""
    if missing := sorted(set(there) - set(telling.feed.targets)):
        return f"its feed does not publish at {missing[0]}"
    if _SHOWN[telling.post.rights] < _SHOWN[post.rights]:
        return f"less of it may be shown (rights {telling.post.rights})"
    if posts.content_hash(session, telling.post.key) is not None:
        return "it has a post of its own"
    return ""


def _pass(session: Session, post: Post, first: Source, telling: Telling, reason: str, now: datetime) -> Joined:
    """The post as the entry tells it; the entry that it was made of becomes one that tells the story too."""
    same_page = urls.compare_key(first.canonical) == urls.compare_key(telling.entry.url or "")
    sightings = post.also_reported_by
    if not same_page and first.url:
        sightings = (Sighting(title=post.title, url=first.url, publisher=post.feed_title), *sightings)
    mine = {urls.compare_key(url) for url in (telling.entry.url, telling.post.canonical_url) if url}
    passed = replace(
        telling.post,
        key=post.key,
        slug=post.slug,
        published_at=post.published_at,
        modified_at=now,
        also_reported_by=tuple(one for one in sightings if urls.compare_key(one.url) not in mine)[:MAX_SIGHTINGS],
        via=tuple(dict.fromkeys((*([post.feed_title] if same_page else []), *telling.post.via))),
    )
    to = f"“{telling.post.title}” at {telling.feed.credit_name}"
    stories.give_up(session, post.feed, post.entry_key, post.key, f"its post passed to {to}: {reason}")
    second_looks.drop(session, post.feed, [post.entry_key])
    step = Step(
        at=now, feed=post.feed, entry_key=post.entry_key, step="credit", outcome="passed", reason=f"to {to}: {reason}"
    )
    journal.write(session, [step])
    return Joined(reason=f"; that post is now credited to {telling.feed.credit_name}: {reason}", post=passed)


def _name(session: Session, post: Post, telling: Telling, now: datetime) -> str:
    """Has the post name an entry that stands at an address of its own; says so if it does."""
    url, publisher = telling.entry.url or "", telling.feed.credit_name
    named = {urls.compare_key(known.url) for known in post.also_reported_by}
    named |= {urls.compare_key(address) for address in (post.canonical_url, post.credit.url) if address}
    if publisher in {post.source_name, post.feed_title} or urls.compare_key(url) in named:
        return ""
    if len(post.also_reported_by) >= MAX_SIGHTINGS:
        return ""
    sighting = Sighting(title=telling.entry.title, url=url, publisher=publisher)
    renew(session, replace(post, also_reported_by=(*post.also_reported_by, sighting)), now)
    return f"; that post now names {publisher} too"


def renew(session: Session, post: Post, now: datetime) -> None:
    """Saves a post that stands in another form, and owes that to every target that has it."""
    posts.save(session, post, change.revision(post), now)
    there = [line.target for line in deliveries.lines(session, post_key=post.key)]
    deliveries.promise(session, post, there, Action.PUBLISH, now)
