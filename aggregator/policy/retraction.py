"""Whether the publisher of an entry has withdrawn it, and what then becomes of its post.

Signs are conservative: a post that stays too long can still be taken back, one that was taken back for nothing was
missed by its readers. Where many entries seem withdrawn at one time, a machine is more likely broken than an archive
withdrawn, and nothing happens before a person has said so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from aggregator.policy.identity import fold
from aggregator.types import Decision, Deleted, Post, Withdrawals


class Sign(StrEnum):
    """What told that an entry was withdrawn."""

    DELETED = "deleted"  #: the feed says so (RFC 6721)
    VANISHED = "vanished"  #: the feed lists all its entries, and this one no more (RFC 5005, 2)
    MARKED = "marked"  #: its title or a category says so
    GONE = "gone"  #: its page is gone for good (410)
    MISSING = "missing"  #: its page was not found, twice with time between (404)


class Handling(StrEnum):
    """What was done about it."""

    HELD = "held"  #: nothing yet: too many at a time
    KEPT = "kept"  #: nothing, by policy
    MARKED = "marked"  #: the post says so at its head
    REMOVED = "removed"  #: the post was taken back
    OVERRULED = "overruled"  #: undone by hand; the sign counts no more


#: So many at a time are believed, whatever share of all they are.
FEW = {Sign.DELETED: 10}
#: More than this share of what is published at a time are not.
SHARE = {Sign.DELETED: 0.5}
_FEW, _SHARE = 2, 0.2
_HANDLING = {
    Withdrawals.KEEP: (Handling.KEPT, "the post stays as it is"),
    Withdrawals.MARK: (Handling.MARKED, "the post stays and says so"),
    Withdrawals.REMOVE: (Handling.REMOVED, "the post is taken back"),
}

#: How publishers mark what they have withdrawn, folded: English, German, French, Spanish, Portuguese, Italian, Dutch,
#: Polish, Russian, Chinese, Japanese, Korean. Corrections are no withdrawals.
_MARKS = frozenset(
    mark.strip()
    for mark in """
        retracted|retraction|withdrawn|story withdrawn|story removed|story retracted
        article withdrawn|article retracted|article removed|retracted article|withdrawn article|retraction notice
        zurückgezogen|artikel zurückgezogen|widerruf|widerrufen|depubliziert
        rétracté|rétractée|rétractation|retiré|article retiré|article rétracté
        retractado|retractada|retractación|retirado|retirada|artículo retirado|artículo retractado
        retratado|retratação|artigo retirado|artigo retratado
        ritrattato|ritrattazione|ritirato|articolo ritirato
        ingetrokken|artikel ingetrokken|teruggetrokken
        wycofano|wycofany|artykuł wycofany|отозвано|отозвана|статья отозвана|статья удалена
        撤稿|已撤稿|撤回|已撤回|撤回済み|記事取り下げ|取り下げ|철회|기사 철회|기사 삭제
    """.replace("\n", "|").split("|")
    if mark.strip()
)
#: Whole titles that stand in the place of a withdrawn article's own, folded.
_NOTICES = frozenset(
    {
        *("article removed", "article withdrawn", "article retracted", "story removed", "story withdrawn"),
        *("this article has been removed", "this article has been withdrawn", "this article has been retracted"),
        *("this story has been removed", "this story has been withdrawn", "this story has been retracted"),
        *("dieser artikel wurde zurückgezogen", "dieser artikel wurde entfernt", "artikel zurückgezogen"),
        *("cet article a été retiré", "article retiré", "este artículo ha sido retirado", "artículo retirado"),
        *("este artigo foi retirado", "artigo retirado", "questo articolo è stato ritirato", "articolo ritirato"),
        *("dit artikel is ingetrokken", "artikel ingetrokken", "статья удалена", "статья отозвана"),
    }
)
_LONGEST_MARK = 40  #: characters
#: A mark stands in brackets before or behind the title, or before it and parted by a colon or a dash.
_BOXED = re.compile(rf"[\[(【(]([^\[\](){{}}【】()]{{2,{_LONGEST_MARK}}})[\])】)]")
_PARTED = re.compile(r"\s*[:：–—|]\s*|\s+-\s+")
_SAME = 0.5  #: share of the words of the old title that the marked one still has


def marked(title: str, tags: Iterable[str], before: Post) -> str:
    """What in title or categories says that an article is withdrawn that did not say so before; empty where nothing.

    An article that says so from its first day is a notice about another one: it is news.
    """
    title, earlier = title[:500], before.title[:500]
    if title != earlier:
        if fold(title) in _NOTICES and fold(earlier) not in _NOTICES:
            return f"its title is now “{title}”"
        mark, rest = _mark(title)
        if mark and not _mark(earlier)[0] and _still(earlier, rest):
            return f"its title is marked “{mark}”"
    known = {fold(tag) for tag in before.tags}
    return next((f"it is now filed under “{tag}”" for tag in filed(tags) if fold(tag) not in known), "")


def filed(tags: Iterable[str]) -> list[str]:
    """Those of the categories that say that an article is withdrawn."""
    return [tag for tag in tags if len(tag) <= _LONGEST_MARK and fold(tag) in _MARKS]


def deleted(word: Deleted, *, shown: bool, updated_at: datetime | None) -> bool:
    """Whether a feed's word that an entry is withdrawn still holds.

    Where the same document shows the entry, its later word counts: the entry may have been put back since.
    """
    return not shown or (word.at is not None and updated_at is not None and word.at > updated_at)


def too_many(sign: Sign, count: int, among: int) -> bool:
    """Whether so many withdrawals at a time, among so many posts that stand, are more likely a fault."""
    return count > FEW.get(sign, _FEW) and count > among * SHARE.get(sign, _SHARE)


def handle(policy: Withdrawals) -> Decision[Handling]:
    """What becomes of the post of an entry that was withdrawn."""
    handling, what = _HANDLING[policy]
    return Decision(handling, f'{what} (withdrawn = "{policy}")')


def unpublished() -> Decision[Handling]:
    """What becomes of an entry that was withdrawn before it was published."""
    return Decision(Handling.REMOVED, "it was not published yet, and will not be")


def _mark(title: str) -> tuple[str, str]:
    """The mark of a title and the rest of it; empty where there is none."""
    title = title.strip()
    halves = _PARTED.split(title, maxsplit=1)
    found = [(halves[0], halves[1])] if len(halves) == 2 else []
    found += [
        (box[1], title[: box.start()] + title[box.end() :]) for box in _BOXED.finditer(title) if _outside(box, title)
    ]
    return next(((mark.strip(), rest) for mark, rest in found if fold(mark) in _MARKS), ("", title))


def _outside(box: re.Match[str], title: str) -> bool:
    return box.start() == 0 or box.end() == len(title)


def _still(earlier: str, rest: str) -> bool:
    """Whether the rest of a marked title is the title that the article had, or most of it."""
    words, now = set(fold(earlier).split()), set(fold(rest).split())
    return bool(words) and len(words & now) >= _SAME * len(words)
