"""What a change at the source means to a post that stands: carried over, kept back, or nothing; and when to look."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from aggregator.policy import wording
from aggregator.types import Decision, Post, Rights, UpdateNote, Updates

#: A correction adds or takes away no more than this share of the words; what is more is a rewrite.
MINOR_SHARE = 0.2
#: Nor is a change of so few words ever a rewrite, however short the text.
MINOR_WORDS = 5

#: So many changes of an entry are looked at as soon as they are seen: corrections come soon after publishing.
AT_ONCE = 2
#: Then pauses grow: 15 minutes, 30, an hour, 2, 4, 6. That is ten changes on the first day, and four on each later one.
FIRST_PAUSE = timedelta(minutes=15)
LONGEST_PAUSE = timedelta(hours=6)
#: Changes older than this make no pause longer.
REMEMBERED = timedelta(days=7)

LONGEST_NOTE = 300  #: characters of the publisher's own words about a correction
_RIGHTS = tuple(Rights)  #: from least to most
_CORRECTION = re.compile(
    r"(?i)\W{0,3}(?:(?:correction|clarification|corrected|update|editor['’]s note|korrektur|berichtigung"
    r"|richtigstellung|anmerkung der redaktion|hinweis der redaktion|nachtrag|correctif|rectificatif|précision"
    r"|mise à jour|note de la rédaction|corrección|rectificación|fe de errores"
    r"|actualización|nota de la redacción)\b.{0,40}?[:.–—]"
    r"|(?:this|an earlier version of this) (?:article|story|post|page)\b.{0,60}\b(?:amended|corrected|updated|misstated"
    r"|said|incorrectly|stated)\b|in einer früheren version\b|une version précédente\b|una versión anterior\b)"
)


class Update(StrEnum):
    """What becomes of a changed text."""

    SAME = "same"  #: nothing that a reader would notice has changed
    CARRIED = "carried"  #: the post follows
    KEPT_BACK = "kept back"  #: the post stays, and a person can see what changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What a reader reads of a post, as plain text."""

    title: str
    standfirst: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How far one wording is from another. Words are counted, whatever their order."""

    title: bool = False  #: the headline is another
    added: int = 0
    removed: int = 0
    of: int = 0  #: words of the longer one
    paragraphs: int = 0  #: new or changed
    cut: int = 0  #: paragraphs taken away, beyond those that new ones stand for
    note: str = ""  #: the publisher's own words about it, where it adds some

    @property
    def nothing(self) -> bool:
        """Whether the words are the same, one for one."""
        return not (self.title or self.paragraphs or self.cut)

    @property
    def minor(self) -> bool:
        """Whether it is a correction rather than a rewrite."""
        return max(self.added, self.removed) <= max(MINOR_WORDS, MINOR_SHARE * self.of)

    @property
    def cut_down(self) -> bool:
        """Whether much of the text is gone, and less came in its place."""
        return self.removed > self.added and not self.minor

    def __str__(self) -> str:
        parts = ["its headline"] if self.title else []
        parts += [f"{self.paragraphs} of its paragraphs"] if self.paragraphs else []
        parts += [f"{self.cut} paragraphs taken away"] if self.cut else []
        return f"{', '.join(parts) or 'no words'} (words: {self.added} added, {self.removed} removed, of {self.of})"


def extent(old: Wording, new: Wording) -> Extent:
    """How far a new wording is from the old one. Takes time in proportion to both."""
    was, now = _lines(old), _lines(new)
    gone = Counter(folded for folded, _ in was)
    fresh = [line for folded, line in now if not _struck(gone, folded)]
    left = sum(gone.values())
    headings = wording.title(old.title), wording.title(new.title)
    before, after = (
        Counter(word for part in (heading, *(folded for folded, _ in lines)) for word in wording.words(part))
        for heading, lines in zip(headings, (was, now), strict=True)
    )
    moved = not fresh and not left and [folded for folded, _ in was] != [folded for folded, _ in now]
    return Extent(
        title=headings[0] != headings[1],
        added=(after - before).total(),
        removed=(before - after).total(),
        of=max(before.total(), after.total()),
        paragraphs=len(fresh) + moved,
        cut=max(left - len(fresh), 0),
        note=next((line.strip()[:LONGEST_NOTE] for line in fresh if _CORRECTION.match(line)), ""),
    )


def decide(before: Post, after: Post, change: Extent, policy: Updates, *, completes: bool = False) -> Decision[Update]:
    """What becomes of a post that stands (``before``) when its source gives ``after``, so far apart.

    ``completes``: the page could not be had for the post that stands, and gives its text now; that is no change at
    the source. Where the source allows less than before, the post follows, whatever the policy.
    """
    if change.nothing and _facts(before) == _facts(after):
        return Decision(Update.SAME, "what comes of it reads like the post that stands")
    if completes:
        return Decision(Update.CARRIED, "the text of its page takes the place of the feed's words")
    if _RIGHTS.index(after.rights) < _RIGHTS.index(before.rights):
        return Decision(Update.CARRIED, f"its source allows {after.rights} only, where it allowed {before.rights}")
    what = "the words are the same; picture, author, tags or links are not" if change.nothing else f"changed: {change}"
    if policy is Updates.NEVER:
        return Decision(Update.KEPT_BACK, f"{what}; published once and never touched (update = never)")
    if policy is Updates.MINOR and not change.minor:
        bounds = f"more than {MINOR_SHARE:.0%} of the words"
        return Decision(Update.KEPT_BACK, f"{what}; a rewrite, {bounds}: only corrections are wanted (update = minor)")
    return Decision(Update.CARRIED, f"{what} (update = {policy})")


def dated(before: Post, after: Post, change: Extent, *, stated: datetime | None, now: datetime, tell: bool) -> Post:
    """The revised post with the time of its change, and with a note about it where that is wanted.

    The time is the one that the source states, if that lies between our earlier revision and now. A post that reads
    as before is not an updated one: only then do both stay.
    """
    if change.nothing:
        return after
    since = before.modified_at or before.published_at
    at = stated if stated is not None and since < stated <= now else now
    note = UpdateNote(at=at, title=change.title, paragraphs=change.paragraphs, cut=change.cut, note=change.note)
    return replace(after, modified_at=at, update_note=note if tell else None)


def pause(looked_at: Sequence[datetime], now: datetime) -> datetime | None:
    """Until when a changed entry is left alone, after it was looked at then; None: it is looked at now.

    For texts that go back and forth, or differ at each request. What it says at the end of the pause is looked at
    then, so that the last change is late and not lost.
    """
    recent = [at for at in looked_at if now - at < REMEMBERED]
    if len(recent) < AT_ONCE:
        return None
    wait = min(FIRST_PAUSE * 2 ** min(len(recent) - AT_ONCE, 10), LONGEST_PAUSE)
    until = min(max(recent), now) + wait  # a clock that was set back makes no pause longer
    return until if until > now else None


def _lines(of: Wording) -> list[tuple[str, str]]:
    return [*wording.paragraphs(of.standfirst), *wording.paragraphs(of.text)]


def _struck(gone: Counter[str], folded: str) -> bool:
    """Whether a paragraph stood there before; it is struck off, so that it counts once."""
    if not gone[folded]:
        return False
    gone[folded] -= 1
    return True


def _facts(post: Post) -> Post:
    """The post without its words, and without what we say about its revisions."""
    credit = replace(post.credit, html="", text="", title="")
    return replace(
        post, title="", standfirst="", body="", excerpt="", credit=credit, modified_at=None, update_note=None
    )
