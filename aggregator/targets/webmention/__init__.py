"""Webmention: tells the original that a post of ours mentions it, in the open web's own way of giving credit.

It follows another target, the blog: once a post stands there, the original's page is asked for an endpoint, and that
is told the two addresses; again when the post changes, and when it is gone (W3C Webmention, 3.1).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field

from aggregator import urls
from aggregator.config import Duration, FolderPath
from aggregator.config.values import Name
from aggregator.errors import (
    BusyError,
    CostlyError,
    FetchError,
    PublishError,
    RejectedError,
    RemovedError,
    TryLaterError,
    UnreachableError,
)
from aggregator.log import get_logger
from aggregator.policy import change
from aggregator.targets import Connect, Finds, Get, Read
from aggregator.targets.shared import discovery
from aggregator.targets.shared.api import Api, Networked
from aggregator.targets.shared.keeper import Keeper, opened
from aggregator.targets.webmention.ledger import Ledger, Mention
from aggregator.types import Action, MediaFile, Post, Publication, Response, Site

BATCH = 20  #: mentions that are told in one go
#: A host whose page names no endpoint is not asked again before, whatever its other pages may say.
SILENCE = timedelta(days=7)
SPACING = timedelta(seconds=5)  #: between two mentions to one endpoint's host
#: Between attempts, each wait longer; what can't be told by then is given up.
STEPS = tuple(timedelta(minutes=m) for m in (1, 10, 60, 360, 1440))


class Options(Networked):
    """``[targets.NAME]`` with ``kind = "webmention"``."""

    of: Name = Field(description="name of the target that publishes the posts")
    wait: Annotated[Duration, Field(le=timedelta(days=7))] = Field(
        default=timedelta(minutes=10), description="between a post and its mention: corrections come soon"
    )
    path: FolderPath = Field(
        default=Path("data/webmention"), validate_default=True, description="folder of what is to be told and what was"
    )


class Webmentions:
    """Tells originals of posts, each when its time has come. A mention is taken when it is in the ledger."""

    def __init__(
        self, name: str, options: Options, keeper: Keeper[Ledger], api: Api, *, now: Callable[[], datetime]
    ) -> None:
        self.name = name
        self.of = options.of
        self._wait = options.wait
        self._keeper = keeper
        self._api = api
        self._now = now
        self._lock = asyncio.Lock()  # nothing is told twice by two at once
        self._next_at: datetime | None = None
        self._spoken: dict[str, datetime] = {}  # hosts of endpoints that were just told
        self._followed: tuple[Finds, Get, Read] | None = None

    def follow(self, blog: Finds, get: Get, read: Read) -> None:
        """Takes the blog that the posts are on, and the ways to ask for and to read a stranger's page."""
        self._followed = blog, get, read

    async def publish(self, post: Post, *, media: Mapping[str, MediaFile], previous: Publication | None) -> Publication:
        """Notes that the original is to be told, unless it was told of this revision."""
        revision = change.revision(post)
        noted = await self._keeper.do(lambda ledger: ledger.noted(post.key))
        known = noted.revision if noted else previous.pushed_hash if previous else ""
        if known == revision and not (noted and noted.action is Action.WITHDRAW):
            return Publication(remote_id=post.key, pushed_hash=revision)
        await self._plan(post, revision, Action.PUBLISH)
        return Publication(remote_id=post.key, pushed_hash=revision, note=f"to be told once it is at {self.of}")

    async def find(self, post: Post) -> Publication | None:
        """What was noted of the post."""
        noted = await self._keeper.do(lambda ledger: ledger.noted(post.key))
        if noted is None or noted.action is Action.WITHDRAW:
            return None
        return Publication(remote_id=post.key, pushed_hash=noted.revision)

    async def withdraw(self, post: Post, publication: Publication | None) -> None:
        """Notes that the original is to be told that our page is gone, if it was told of it."""
        noted = await self._keeper.do(lambda ledger: ledger.noted(post.key))
        if noted is None or noted.action is Action.WITHDRAW:
            return
        await self._plan(post, noted.revision, Action.WITHDRAW)
        if not noted.told:
            await self._keeper.do(lambda ledger: ledger.done(post.key))

    async def flush(self) -> None:
        """Tells what is due."""
        async with self._lock:
            for mention in await self._keeper.do(lambda ledger: ledger.due(self._now(), BATCH)):
                await self._attempt(mention)
            self._next_at = await self._keeper.do(lambda ledger: ledger.next_due())

    def due(self) -> bool:
        """Whether it is time to ``flush``, though nothing was delivered."""
        return self._next_at is not None and self._now() >= self._next_at

    async def close(self) -> None:
        """Closes what is open; what is to be told is told by the next life."""
        await self._api.close()
        await self._keeper.close()

    async def _plan(self, post: Post, revision: str, action: Action) -> None:
        await self._keeper.do(lambda ledger: ledger.plan(post, revision, action, self._now() + self._wait))
        self._next_at = await self._keeper.do(lambda ledger: ledger.next_due())

    async def _attempt(self, mention: Mention) -> None:
        """Tells one original, or notes when to try again, or that there is nothing to tell."""
        key, now, log = mention.post.key, self._now(), get_logger()
        facts = {"target": self.name, "post": mention.post.slug}
        try:
            source, told = await self._tell(mention)
        except _TooSoonError:
            await self._keeper.do(lambda ledger: ledger.later(key, now + SPACING, attempts=mention.attempts))
        except TryLaterError as error:
            if mention.attempts >= len(STEPS):
                await self._keeper.do(lambda ledger: ledger.done(key))
                log.info("original not told", reason=f"given up: {error.message}", **facts)
                return
            due = now + max(STEPS[mention.attempts], error.retry_after or timedelta())
            await self._keeper.do(lambda ledger: ledger.later(key, due, attempts=mention.attempts + 1))
        except PublishError as error:
            await self._keeper.do(lambda ledger: ledger.done(key))
            log.info("original not told", reason=error.message, **facts)
        else:
            await self._keeper.do(lambda ledger: ledger.told(key, source, told))
            log.info("original told", action=mention.action, endpoint=urls.host(told), **facts)

    async def _tell(self, mention: Mention) -> tuple[str, str]:
        """Our page and the endpoint that was told of it. Raises a PublishError: a TryLaterError, or it is of no use."""
        source, target = await self._source(mention), mention.post.canonical_url
        if target is None:
            raise RejectedError(self.name, "the post names no original")
        if urls.same_site(source, target):
            raise RejectedError(self.name, "the original is on our own site")
        there = mention.endpoint or await self._discover(mention.post.key, target)
        host, now = urls.host(there), self._now()
        self._spoken = {other: at for other, at in self._spoken.items() if now - at < SPACING}
        if host in self._spoken:
            raise _TooSoonError(self.name, f"{host} was told of another post just now")
        self._spoken[host] = now
        await self._api.send("POST", there, data={"source": source, "target": target})
        return source, there

    async def _source(self, mention: Mention) -> str:
        """The address of our page, once the blog has done with it what is to be told."""
        blog, _, _ = self._ways()
        try:
            found = await blog.find(mention.post)
        except RemovedError:
            found = None
        except PublishError as error:
            raise TryLaterError(self.name, f"{self.of} can't be asked: {error.message}") from error
        if mention.action is Action.WITHDRAW:
            if found is not None:
                raise TryLaterError(self.name, f"it is still at {self.of}")
            return mention.source
        if found is None or not found.remote_url:
            raise TryLaterError(self.name, f"it is not at {self.of}")
        return found.remote_url

    async def _discover(self, key: str, target: str) -> str:
        """The endpoint that the original's page names."""
        _, get, read = self._ways()
        host, now = urls.host(target), self._now()
        if await self._keeper.do(lambda ledger: ledger.silent(host, now)):
            raise RejectedError(self.name, f"{host} names no endpoint")
        try:
            response = await get(target)
        except BusyError as error:
            raise TryLaterError(self.name, error.message, retry_after=error.retry_after) from error
        except UnreachableError as error:
            raise TryLaterError(self.name, error.message) from error
        except FetchError as error:
            raise RejectedError(self.name, f"its page can't be asked: {error.message}") from error
        try:
            found = await read(endpoint, response)
        except CostlyError:
            found = None
        if found is None:
            await self._keeper.do(lambda ledger: ledger.note_silence(host, now + SILENCE))
            raise RejectedError(self.name, f"{host} names no endpoint")
        await self._keeper.do(lambda ledger: ledger.discovered(key, found))
        return found

    def _ways(self) -> tuple[Finds, Get, Read]:
        if self._followed is None:
            raise TryLaterError(self.name, f"{self.of} is not running")
        return self._followed


def endpoint(page: Response) -> str | None:
    """The endpoint that a page names (W3C Webmention, 3.1.2); None: it names none."""
    return next(discovery.links(page, "webmention", "link", "a", "area"), None)


class _TooSoonError(TryLaterError):
    """The endpoint's host was told of another post a moment ago."""


def build(name: str, options: Options, *, site: Site, folder: Path, http: Connect) -> Webmentions:
    """The teller as configured; nothing is opened before its first use."""
    api = options.api(name, http)
    path = options.path / f"{name}.sqlite3"
    keeper = Keeper(name, options.path, lambda: opened(path, Ledger))
    return Webmentions(name, options, keeper, api, now=lambda: datetime.now(UTC))
