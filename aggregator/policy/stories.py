"""Whether two articles of different feeds tell one story, by what they say.

A false merge hides a story, while a duplicate only annoys: whatever is doubtful is another story. Texts that only look
alike are known by what differs in them: their numbers (weather, prices, releases), or what each of them is about
(notices from one mould). What a feed puts into all of its articles proves nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from aggregator.policy import fingerprints
from aggregator.policy.fingerprints import Fingerprint
from aggregator.types import Decision

#: Wire copy is printed within days, columns within weeks; what comes back later is news again, or an archive.
WINDOW = timedelta(days=60)
#: What the sketches must show before the texts themselves are compared. Their error is about 0.06.
WORTH_A_LOOK = 0.25
#: What the sketches must show where a text is not kept, and the titles agree.
ENOUGH_UNSEEN = 0.45
#: How many registers must be left without those that other articles of the feed have too.
MIN_REGISTERS = 16
#: A register that so many of the latest other articles of its feed have is the feed's, not the article's.
COMMON_IN = 2
TITLES_AGREE = 0.6
#: How many of the words that only one of two texts has are told.
TOLD_WORDS = 6
#: The share of its numbers that a text may have for itself. Fewer than so many prove nothing in sketches.
OTHER_NUMBERS, FEW_NUMBERS = 0.5, 3
#: From how much on two texts without their numbers are the same.
SAME_BUT_NUMBERS = 0.95
#: How often a word stands in a text that is about it: so many times, and so many times in a hundred words.
SUBJECT, SUBJECT_IN_HUNDRED = 2, 1


class Likeness(StrEnum):
    """What two articles are to each other."""

    SAME = "same"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One article as far as it is compared."""

    feed: str
    title: str
    names: tuple[str, ...]  #: of its publisher, which some put into titles
    at: datetime  #: when it was published, else first seen
    fingerprint: Fingerprint
    siblings: tuple[Fingerprint, ...] = ()  #: the latest other articles of its feed
    text: str | None = None  #: None: not kept
    recording: bool = False  #: it is a podcast's episode or a film, and its text only goes with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """From where on two texts are one story."""

    shared: float = 0.5  #: the share of all shingles that both must have
    with_title: float = 0.3  #: less than that is enough with titles that agree,
    contained: float = 0.75  #: where the longer text holds so much of the shorter one
    window: timedelta = WINDOW

    def enough(self, share: float, contained: float, *, agree: bool) -> bool:
        """Whether so much in common makes two texts one story."""
        return share >= self.shared or (share >= self.with_title and contained >= self.contained and agree)


THRESHOLDS = Thresholds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """How alike two articles are, and what that makes of them."""

    decision: Decision[Likeness]
    score: float  #: the share of the shorter text that is in the longer, 0 to 1
    share: float = 0.0  #: the share of both texts that is in both, where they are one story


def compare(one: Telling, other: Telling, by: Thresholds = THRESHOLDS) -> Match:
    """Decides whether two articles tell one story."""
    if one.feed == other.feed:
        return _different("both are of one feed", 0.0)
    estimate, registers = fingerprints.shared(
        one.fingerprint.sketch, other.fingerprint.sketch, without=_common(one) | _common(other)
    )
    score = _contained(estimate, one.fingerprint.shingles, other.fingerprint.shingles)
    if registers < MIN_REGISTERS:
        return _different("what they have in common is in other articles of their feeds too", score)
    if estimate < min(WORTH_A_LOOK, by.with_title):
        return _different(f"they have only {score:.2f} of the words in common", score)
    if reason := _known_look_alike(one, other, by.window):
        return _different(reason, score)
    agree = titles_agree(one, other)
    if one.text is None or other.text is None:
        return _unseen(one, other, estimate, score, agree=agree)
    named = frozenset(fingerprints.words(" ".join((*one.names, *other.names))))
    match = _seen(one.text, other.text, named, by, agree=agree)
    if match.decision.outcome is Likeness.SAME and (apart := _titles_apart(one, other)):
        return _different(apart, match.score)
    return match


def titles_agree(one: Telling, other: Telling) -> bool:
    """Whether two titles are nearly the same, apart from the names of publishers in them."""
    return alike(one.title, other.title, (*one.names, *other.names))


def alike(one: str, other: str, names: Iterable[str]) -> bool:
    """Whether two titles are nearly the same, apart from these names of publishers."""
    names = [name.casefold() for name in names if len(name) > 2]
    mine, yours = (_letters(_without(title, names)) for title in (one, other))
    least = min(len(mine), len(yours))
    return least > 0 and len(mine & yours) / least >= TITLES_AGREE


def _titles_apart(one: Telling, other: Telling) -> str:
    """What each title names that its own text holds and the other's does not; empty where that is not so of both.

    Notices from one mould differ in a name: of a town, a club, a sign of the zodiac. Of two titles of one text, the
    words that this text holds stand in the copy too.
    """
    titles = [fingerprints.words(title) for title in _bare_titles(one, other)]
    texts = [frozenset(fingerprints.words(telling.text or "")) for telling in (one, other)]
    mine = [word for word in titles[0] if word in texts[0] and word not in texts[1]]
    yours = [word for word in titles[1] if word in texts[1] and word not in texts[0]]
    return f"one tells of {mine[0]!r}, the other of {yours[0]!r}" if mine and yours else ""


def _known_look_alike(one: Telling, other: Telling, window: timedelta) -> str:
    """Why two articles can't be one story, whatever their texts share; empty: nothing speaks against it."""
    if abs(one.at - other.at) > window:
        return f"they are more than {window.days} days apart"
    if one.recording or other.recording:
        return "a recording is not told by the text that goes with it"
    mine, yours = (fingerprints.numbers(fingerprints.words(title)) for title in _bare_titles(one, other))
    if mine - yours and yours - mine:
        return f"their titles differ in a number: {_first(mine - yours)} and {_first(yours - mine)}"
    return ""


def _unseen(one: Telling, other: Telling, estimate: float, score: float, *, agree: bool) -> Match:
    """The decision where a text is not kept: by the sketches, and only with titles that agree."""
    if _numbers_unlike(one.fingerprint.numbers, other.fingerprint.numbers):
        return _different("their numbers differ", score)
    if not agree:
        return _different("their titles differ, and a text is not kept to compare", score)
    if estimate < ENOUGH_UNSEEN:
        return _different(f"they have only {score:.2f} of the words in common, and a text is not kept", score)
    reason = f"{score:.2f} of the words, and the title"
    return Match(decision=Decision(Likeness.SAME, reason), score=score, share=estimate)


def _numbers_unlike(mine: bytes, yours: bytes) -> bool:
    """Whether two texts that are not kept have more numbers each for itself than in common, as their sketches show."""
    least = min(sum(map(bool, mine)), sum(map(bool, yours)))
    alike = sum(a == b != 0 for a, b in zip(mine, yours, strict=True))
    return least >= FEW_NUMBERS and alike < (1 - OTHER_NUMBERS) * least


def _seen(one: str, other: str, named: frozenset[str], by: Thresholds, *, agree: bool) -> Match:
    """The decision by both texts."""
    mine, yours = fingerprints.words(one), fingerprints.words(other)
    share, score = _overlap(fingerprints.shingles(mine), fingerprints.shingles(yours))
    if share < min(by.with_title, by.shared):
        return _different(f"they have only {score:.2f} of the words in common", score)
    if not by.enough(share, score, agree=agree):
        return _different(f"{score:.2f} of the words are the same, but not enough of them or of the titles", score)
    if difference := _difference(mine, yours, named):
        return _different(difference, score)
    reason = f"{score:.2f} of the words{_told_apart(mine, yours)}"
    return Match(decision=Decision(Likeness.SAME, reason), score=score, share=share)


def _told_apart(mine: Sequence[str], yours: Sequence[str]) -> str:
    """The first words that each of two texts has for itself, to be told to a person."""
    parts = []
    for where, found, other in (("here", mine, frozenset(yours)), ("there", yours, frozenset(mine))):
        own = [word[:30] for word in dict.fromkeys(found) if word not in other][:TOLD_WORDS]
        parts += [f"only {where}: {' '.join(own)}"] if own else []
    return f" ({'; '.join(parts)})" if parts else ""


def _difference(mine: Sequence[str], yours: Sequence[str], named: frozenset[str]) -> str:
    """What tells two texts from one mould apart; empty where nothing does.

    The words of the publishers' names, ``named``, tell nothing: they stand in datelines.
    """
    mine, yours = ([word for word in words if word not in named] for words in (mine, yours))
    my_numbers, your_numbers = fingerprints.numbers(mine), fingerprints.numbers(yours)
    only_mine, only_yours = my_numbers - your_numbers, your_numbers - my_numbers
    if only_mine and only_yours:
        # A single one may be the date of a dateline.
        few = max(1, OTHER_NUMBERS * min(len(my_numbers), len(your_numbers)))
        if min(len(only_mine), len(only_yours)) > few or _same_but_numbers(mine, yours):
            return f"they differ in their numbers: {_first(only_mine)} and {_first(only_yours)}"
    about_mine, about_yours = _subjects(mine, yours), _subjects(yours, mine)
    if about_mine and about_yours:
        return f"one is about {about_mine[0]!r}, the other about {about_yours[0]!r}"
    return ""


def _same_but_numbers(mine: Sequence[str], yours: Sequence[str]) -> bool:
    plain = [fingerprints.shingles([word for word in words if word.isalpha()]) for words in (mine, yours)]
    return _overlap(*plain)[0] >= SAME_BUT_NUMBERS


def _subjects(text: Sequence[str], other: Sequence[str]) -> list[str]:
    """Words that one text says again and again, and the other never."""
    unsaid = Counter(text)
    for word in set(other):
        unsaid.pop(word, None)
    least = max(SUBJECT, SUBJECT_IN_HUNDRED * len(text) / 100)
    return [word for word, count in unsaid.most_common(1) if count >= least]


def _overlap(mine: frozenset[int], yours: frozenset[int]) -> tuple[float, float]:
    """The share of all that is in both, and the share of the smaller set that is in the larger."""
    both = len(mine & yours)
    return both / max(len(mine | yours), 1), both / max(min(len(mine), len(yours)), 1)


def _contained(share: float, mine: int, yours: int) -> float:
    """The share of the smaller of two sets that is in the larger, by the share of all that is in both."""
    return min(1.0, share / (1 + share) * (mine + yours) / max(min(mine, yours), 1))


def _common(telling: Telling) -> frozenset[int]:
    """The registers that an article has in common with others of its feed."""
    sketch = telling.fingerprint.sketch
    count = Counter(
        at for sibling in telling.siblings for at, value in enumerate(sibling.sketch) if value and value == sketch[at]
    )
    return frozenset(at for at, times in count.items() if times >= COMMON_IN)


def _bare_titles(one: Telling, other: Telling) -> tuple[str, str]:
    """Both titles in small letters, without the names of both publishers."""
    names = [name.casefold() for name in (*one.names, *other.names) if len(name) > 2]
    return _without(one.title, names), _without(other.title, names)


def _without(title: str, names: Iterable[str]) -> str:
    title = title[:500].casefold()
    for name in names:
        title = title.replace(name, " ")
    return title


def _letters(title: str) -> set[str]:
    """A title as the set of its pairs of letters, spaces left out."""
    run = "".join(fingerprints.words(title))
    return {run[at : at + 2] for at in range(len(run) - 1)}


def _first(found: Iterable[str]) -> str:
    return min(found)[:40]


def _different(reason: str, score: float) -> Match:
    return Match(decision=Decision(Likeness.DIFFERENT, reason), score=score)
