"""Kinds of pure change to a post; one may drop it. They run in the order of the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from aggregator import kinds
from aggregator.types import Post, StepSettings


class TransformKind(Protocol):
    """What a transform's module must have."""

    Options: type[Any]  #: a frozen pydantic model of its options

    def apply(self, post: Post, options: Any) -> Post:
        """The post as changed. Raises Drop where it is not wanted."""


def apply(steps: Sequence[StepSettings], post: Post) -> Post:
    """The post after all steps. Raises Drop naming the step that did not want it."""
    for step in steps:
        kind: TransformKind = kinds.load("transforms", step.kind)
        post = kind.apply(post, _options(kind, step.options))
    return post


def _options(kind: TransformKind, options: Mapping[str, object]) -> Any:
    return kind.Options(**options)
