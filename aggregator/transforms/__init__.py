"""Kinds of pure change to a post; one may drop it. They run in the order of the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from aggregator import kinds
from aggregator.errors import Drop, StepError
from aggregator.policy import rights
from aggregator.types import Article, Feed, OwnPost, Post, Site, StepSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a step may know beside the post."""

    article: Article  #: with the entry that it was made of
    feed: Feed
    site: Site
    now: datetime
    own: tuple[OwnPost, ...] = ()  #: what was published before it, the newest first; only where a step wants to know


class Shaped(NamedTuple):
    """What a step made of a post, and why: one sentence's worth, for a person who wonders."""

    post: Post
    reason: str


class Done(StrEnum):
    """What became of a post at a step."""

    CHANGED = "changed"
    SAME = "same"
    FAILED = "failed"  #: the step could not do its work, and the post went on without it


class Applied(NamedTuple):
    """One step as it went, for the journal and the preview."""

    step: str  #: its name in the file, else its kind
    outcome: Done
    reason: str


class TransformKind(Protocol):
    """What a transform's module must have.

    ``ALTERS = True`` beside it says that the kind rewrites an author's words, which some licences forbid;
    ``WANTS_OWN = True`` that it has to know what was published before.
    """

    Options: type[Any]  #: a frozen pydantic model of its options

    def apply(self, post: Post, options: Any, context: Context) -> Shaped:
        """The post as changed, or as it was, and why.

        Raises Drop where the post is not wanted, StepError where the step can't do its work on this post.
        """


def want_own(steps: Sequence[StepSettings]) -> bool:
    """Whether one of the steps wants to know what was published before."""
    return any(getattr(kinds.load("transforms", step.kind), "WANTS_OWN", False) for step in steps)


def apply(steps: Sequence[StepSettings], post: Post, context: Context) -> tuple[Post, tuple[Applied, ...]]:
    """The post after all steps, and how each went. Raises Drop naming the step that did not want it."""
    applied: list[Applied] = []
    for step in steps:
        kind: TransformKind = kinds.load("transforms", step.kind)
        if getattr(kind, "ALTERS", False) and (licence := rights.unalterable(context.feed, context.article)):
            applied.append(Applied(step.name, Done.FAILED, f"the licence ({licence}) allows no changes"))
            continue
        try:
            shaped = kind.apply(post, step.options, context)
        except Drop as drop:
            raise Drop(f"{step.name}: {drop.reason}") from drop
        except StepError as error:
            applied.append(Applied(step.name, Done.FAILED, str(error)))
            continue
        applied.append(Applied(step.name, Done.SAME if shaped.post == post else Done.CHANGED, shaped.reason))
        post = shaped.post
    return post, tuple(applied)
