"""Kinds of target: take a post, answer where it is.

A target takes posts by their key, and the same key never makes a second post. What a target can do
beyond that is told by small protocols of its own, tested with isinstance.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Protocol, runtime_checkable

import httpx

from aggregator.fetch.guard import IPNetwork
from aggregator.types import MediaFile, Post, Publication, Response, SourceInfo

#: Makes the HTTP client of a target: it connects to public addresses and to those in the networks given, to no others.
Connect = Callable[[Sequence[IPNetwork]], httpx.AsyncClient]

#: One answer to a GET of a page, with all our manners and limits. Raises a FetchError.
Get = Callable[[str], Awaitable[Response]]
#: Runs a function on a stranger's bytes in an expendable child. Raises a CostlyError.
Read = Callable[[Callable[[Response], str | None], Response], Awaitable[str | None]]


@runtime_checkable
class Target(Protocol):
    """A configured place that takes posts."""

    name: str  #: as in the TOML: ``[targets.NAME]``

    async def publish(self, post: Post, *, media: Mapping[str, MediaFile], previous: Publication | None) -> Publication:
        """Puts the post there, or brings what is there under its key up to date.

        ``media`` maps picture addresses to our checked copies; ``previous`` is what the target
        answered last time. Raises a ``PublishError``; RemovedError where a person took the post away there.
        """
        ...

    async def close(self) -> None:
        """Lets go of connections and files; harmless when called twice."""
        ...


@runtime_checkable
class Finds(Protocol):
    """Can be asked whether it holds a post: what makes a repeated delivery count once."""

    async def find(self, post: Post) -> Publication | None:
        """What the target holds under the post's key, None if nothing.

        Where it can't tell which revision that is, or where it is half done, ``pushed_hash`` is empty. Raises a
        ``PublishError``; RemovedError where a person took the post away there.
        """
        ...


@runtime_checkable
class Settles(Protocol):
    """Takes a post in one step, and may go on with it when nobody waits for the answer any more."""

    settles_within: timedelta  #: asked sooner, it may not know yet of what it will have done


@runtime_checkable
class Withdraws(Protocol):
    """Can take a post back."""

    async def withdraw(self, post: Post, publication: Publication | None) -> None:
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
class Waits(Protocol):
    """Puts work off until a time of its own, such as that of a digest."""

    def due(self) -> bool:
        """Whether it is time to ``flush``, though nothing was delivered."""
        ...


@runtime_checkable
class Follows(Protocol):
    """Acts on what another target has published."""

    of: str  #: that target's name

    def follow(self, blog: Finds, get: Get, read: Read) -> None:
        """Takes that target, and the ways to ask for and to read a stranger's page; called once, before all else."""
        ...


@runtime_checkable
class Describes(Protocol):
    """Tells its readers about the sources."""

    async def describe(self, sources: Sequence[SourceInfo]) -> None:
        """Takes note that the list of sources has changed."""
        ...


@runtime_checkable
class Shows(Protocol):
    """Can show how a post would look there, for a preview."""

    def show(self, post: Post) -> str:
        """The post's page, whole in itself and without scripts; nothing is put there. Raises a PublishError."""
        ...


@runtime_checkable
class Serves(Protocol):
    """Keeps plain files that our own web server can show."""

    @property
    def public(self) -> Path:
        """The folder to show."""
        ...
