"""Kinds of target: take a post, answer where it is.

A target takes posts by a key, and the same key never makes a second post. What a target can do
beyond that is told by small protocols of its own, tested with isinstance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from aggregator.types import MediaFile, Post, Publication, SourceInfo


@runtime_checkable
class Target(Protocol):
    """A configured place that takes posts."""

    name: str  #: as in the TOML: ``[targets.NAME]``

    async def publish(
        self, post: Post, key: str, *, media: Mapping[str, MediaFile], previous: Publication | None
    ) -> Publication:
        """Puts the post there, or brings what is there under this key up to date.

        ``media`` maps picture addresses to our checked copies; ``previous`` is what the target
        answered last time. Raises a ``PublishError``.
        """
        ...

    async def close(self) -> None:
        """Lets go of connections and files; harmless when called twice."""
        ...


@runtime_checkable
class Finds(Protocol):
    """Can be asked whether it holds a key: what makes a repeated delivery count once."""

    async def find(self, key: str) -> Publication | None:
        """What the target holds under this key, None if nothing."""
        ...


@runtime_checkable
class Withdraws(Protocol):
    """Can take a post back."""

    async def withdraw(self, key: str, publication: Publication | None) -> None:
        """Takes the post back; harmless when it is not there."""
        ...


@runtime_checkable
class Checks(Protocol):
    """Can tell before the first post whether it will work."""

    async def check(self) -> list[str]:
        """What is wrong, in sentences for a person; empty: all is well."""
        ...


@runtime_checkable
class Gathers(Protocol):
    """Would like copies of pictures."""

    def wants(self, post: Post) -> tuple[str, ...]:
        """Addresses of the pictures that the target would like copies of."""
        ...


@runtime_checkable
class Flushes(Protocol):
    """Puts some work off until the end of a batch."""

    async def flush(self) -> None:
        """Finishes what was put off; also mends what a crash left undone."""
        ...


@runtime_checkable
class Describes(Protocol):
    """Tells its readers about the sources."""

    async def describe(self, sources: Sequence[SourceInfo]) -> None:
        """Takes note that the list of sources has changed."""
        ...


@runtime_checkable
class Serves(Protocol):
    """Keeps plain files that our own web server can show."""

    @property
    def public(self) -> Path:
        """The folder to show."""
        ...
