"""Merging and splitting by hand: a person's word on which entries tell one story, remembered for ever.

Each is one transaction. A merge takes the other post back at its targets; a split gives the entry a post of its own:
the one that it had, or else one of its page, which is asked for again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from aggregator import urls
from aggregator.errors import CorrectionError
from aggregator.pipeline import joining, withdrawal
from aggregator.store import (
    EntryLine,
    Session,
    Verdict,
    entries,
    feeds,
    journal,
    posts,
    returns,
    second_looks,
    stories,
    verdicts,
)
from aggregator.store.verdicts import Belongs
from aggregator.types import Entry, Outcome, Post, Sighting, Step

BY_HAND = "merged by hand"


def merge(session: Session, into: str, lines: Sequence[EntryLine], now: datetime) -> list[str]:
    """Has entries tell the story of the post ``into``, with all who tell theirs; a sentence on each.

    Raises CorrectionError where the post does not stand, or an entry tells no story.
    """
    done = []
    for line in lines:
        story = _standing(session, into)
        if into in (line.told_by, line.post_key) and not (line.told_by and line.told_by != into):
            continue
        done.append(_merge(session, story, line, now))
    return done


def split(session: Session, line: EntryLine, now: datetime) -> str:
    """Gives an entry that tells the story of another's post one of its own; a sentence on how.

    It is never taken for that story again. Raises CorrectionError where it tells none, or leads its story.
    """
    if line.told_by is None:
        raise CorrectionError(_not_told(session, line))
    verdicts.say(session, line.feed, line.key, line.told_by, Belongs.APART, line.told_by, now)
    return _leave(session, line, None, "split by hand", now)


def undo_merge(session: Session, line: EntryLine, now: datetime) -> str:
    """Takes the latest merge of an entry back. Raises CorrectionError where there was none."""
    verdict = _latest(session, line, Belongs.TOGETHER)
    if verdict is None or verdict.post_key != line.told_by:
        raise CorrectionError(f"“{line.title}” was not merged by hand")
    verdicts.unsay(session, verdict)
    return _leave(session, line, verdict.was, "its merge was undone", now)


def undo_split(session: Session, line: EntryLine, now: datetime) -> str:
    """Takes the latest split of an entry back, so that it tells that story again; CorrectionError without one."""
    verdict = _latest(session, line, Belongs.APART)
    if verdict is None:
        raise CorrectionError(f"“{line.title}” was not split by hand")
    return _merge(session, _standing(session, verdict.post_key), line, now)


def _merge(session: Session, story: Post, line: EntryLine, now: datetime) -> str:
    own = posts.of_entry(session, line.feed, line.key)
    was = line.told_by or (own.key if own else None)
    if line.told_by is None and own is None and line.outcome is not Outcome.WAITING:
        raise CorrectionError(f"“{line.title}” tells no story: it is {line.outcome}: {line.reason}")
    moved = [line]
    sightings = [_sighting(session, line, own)]
    taken_back = 0
    if line.told_by is not None:
        _drop_sightings(session, line.told_by, [line], now)
    elif own is not None:
        moved += entries.told_by(session, own.key)
        sightings += own.also_reported_by
        taken_back = withdrawal.owe(session, own, now)
    reason = f"{BY_HAND} with “{story.title}” at {story.source_name}"
    for one in moved:
        verdicts.say(session, one.feed, one.key, story.key, Belongs.TOGETHER, was, now)
        stories.tell(session, one.feed, one.key, story.key, reason)
        second_looks.drop(session, one.feed, [one.key])
        _note(session, one, "merged", reason, now)
    _add_sightings(session, story.key, filter(None, sightings), now)
    return f"“{line.title}” tells “{story.title}” now" + (
        f"; its own post is taken back at {taken_back} targets" if taken_back else ""
    )


def _leave(session: Session, line: EntryLine, back_to: str | None, reason: str, now: datetime) -> str:
    """Takes an entry, and who came with it, out of the story that it tells: to ``back_to``, or to a post of its own."""
    story = line.told_by or ""
    own = posts.of_entry(session, line.feed, line.key)
    came_with = [verdict for verdict in verdicts.of_story(session, story) if own and verdict.was == own.key]
    leaving = [line]
    for verdict in came_with:
        if verdict.belongs is Belongs.TOGETHER and (verdict.feed, verdict.entry_key) != (line.feed, line.key):
            verdicts.unsay(session, verdict)
            stories.tell(session, verdict.feed, verdict.entry_key, verdict.was or "", reason)
            leaving += [one for one in entries.find(session, verdict.entry_key) if one.feed == verdict.feed]
    sighting = _sighting(session, line, own)
    _drop_sightings(session, story, leaving, now)
    if back_to is not None and (own is None or back_to != own.key):
        stories.tell(session, line.feed, line.key, back_to, reason)
        _add_sightings(session, back_to, filter(None, [sighting]), now)
        how = "it tells the story that it told before"
    elif own is not None:
        stories.stand(session, line.feed, line.key, Outcome.QUEUED, reason, own.key)
        returns.owe_again(session, own.key, now)
        how = "its own post comes back"
    else:
        stories.stand(session, line.feed, line.key, Outcome.WAITING, f"{reason}: its page is asked for again", None)
        feeds.forget_document(session, line.feed)  # its own words count too, where the feed still shows it
        if line.url:
            entry = Entry(key=line.key, url=line.url, title=line.title, published_at=line.published_at)
            second_looks.plan(session, line.feed, entry, now, 0)
        how = "it gets a post of its own once its page, or its feed, has been asked again"
    _note(session, line, "split", f"{reason}: {how}", now)
    return f"“{line.title}”: {how}"


def _standing(session: Session, post_key: str) -> Post:
    post = posts.get(session, post_key)
    if post is None or not stories.stands(session, post_key):
        raise CorrectionError("the post of the first of them does not stand: it was withdrawn or rejected")
    return post


def _latest(session: Session, line: EntryLine, belongs: Belongs) -> Verdict | None:
    said = verdicts.of_entry(session, line.feed, line.key)
    return next((verdict for verdict in said if verdict.belongs is belongs), None)


def _not_told(session: Session, line: EntryLine) -> str:
    others = entries.told_by(session, line.post_key) if line.post_key else []
    if others:
        return f"“{line.title}” leads its story; split one of the others from it: " + ", ".join(
            one.url or one.key for one in others[:5]
        )
    return f"“{line.title}” tells no story of another's: it is {line.outcome}: {line.reason}"


def _sighting(session: Session, line: EntryLine, own: Post | None) -> Sighting | None:
    """How a post names an entry: as one names it already, else by its own post, else by its feed."""
    if not line.url:
        return None
    told = posts.get(session, line.told_by) if line.told_by else None
    form = urls.compare_key(line.url)
    named = [one for one in (told.also_reported_by if told else ()) if urls.compare_key(one.url) == form]
    publisher = own.source_name if own else feeds.memory(session, line.feed).title or line.feed
    return named[0] if named else Sighting(title=line.title, url=line.url, publisher=publisher)


def _add_sightings(session: Session, post_key: str, sightings: Iterable[Sighting], now: datetime) -> None:
    post = posts.get(session, post_key)
    if post is None:
        return
    there = {urls.compare_key(address) for address in (post.canonical_url, post.credit.url) if address}
    by_address = {urls.compare_key(one.url): one for one in (*sightings, *post.also_reported_by)}
    kept = [one for form, one in by_address.items() if form not in there]
    known = [one for one in post.also_reported_by if one in kept]
    named = (*known, *(one for one in kept if one not in known))[: joining.MAX_SIGHTINGS]
    if named != post.also_reported_by:
        joining.renew(session, replace(post, also_reported_by=named), now)


def _drop_sightings(session: Session, post_key: str, lines: Iterable[EntryLine], now: datetime) -> None:
    post = posts.get(session, post_key)
    gone = {urls.compare_key(url) for line in lines for url in (line.url, line.canonical_url) if url}
    kept = tuple(one for one in post.also_reported_by if urls.compare_key(one.url) not in gone) if post else ()
    if post is not None and kept != post.also_reported_by:
        joining.renew(session, replace(post, also_reported_by=kept), now)


def _note(session: Session, line: EntryLine, outcome: str, reason: str, now: datetime) -> None:
    step = Step(at=now, feed=line.feed, entry_key=line.key, step="story", outcome=outcome, reason=reason)
    journal.write(session, [step])
