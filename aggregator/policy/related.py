"""Which of our own posts is worth a link from another one: those whose titles speak of the same things."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from aggregator.policy import fingerprints
from aggregator.policy.identity import fold
from aggregator.types import OwnPost, Post

HEAD = 2_000  #: characters of the text in which a subject is named, if it is one
#: Words so short say little, unless they are written without spaces between.
SHORT = 3


class Near(NamedTuple):
    """A post that is near, and by what."""

    post: OwnPost
    score: float  #: 0 to 1: which share of its title's weight the other one speaks of
    reason: str


def nearest(post: Post, own: Sequence[OwnPost], *, least: float) -> list[Near]:
    """The posts that are near enough, the nearest first; of two that are equally near, the newer one.

    A word weighs the more, the fewer titles have it. The two titles must have a word in common.
    """
    titles = [frozenset(_words(each.title)) for each in own]
    seen = Counter(word for title in titles for word in title)
    weights = {word: math.log1p(len(own) / count) for word, count in seen.items()}
    title = frozenset(_words(post.title)) | frozenset(word for tag in post.tags for word in _words(tag))
    told = title | frozenset(_words(f"{post.standfirst} {post.excerpt} {fold(post.body)[:HEAD]}"))
    found = [
        Near(each, score, f"score {score:.2f}: {', '.join(sorted(words & told)[:6])}")
        for each, words in zip(own, titles, strict=True)
        if each.key != post.key and words & title and (score := _share(words, told, weights)) >= least
    ]
    return sorted(found, key=lambda near: (near.score, near.post.published_at), reverse=True)


def _share(words: frozenset[str], told: frozenset[str], weights: dict[str, float]) -> float:
    """Which share of a title's weight is told; a title of one word is no subject."""
    if len(words) < 2:
        return 0.0
    return sum(weights[word] for word in words & told) / sum(weights[word] for word in words)


def _words(text: str) -> set[str]:
    """The words of a text that may name a subject; of a script without spaces, each two letters in a row."""
    found = fingerprints.words(text)
    pairs = {one + other for one, other in pairwise(found) if len(one) == len(other) == 1 and not one.isascii()}
    return pairs | {word for word in found if len(word) > SHORT or (len(word) > 1 and not word.isascii())}
