"""A pipeline over a real store and a scripted web, with a target that remembers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from fakes import ScriptedWeb

from aggregator.config import FetchSettings
from aggregator.errors import PublishError
from aggregator.fetch import Client
from aggregator.media import Library
from aggregator.pipeline import Delivered, Deliverer, InlineWorkers, Refreshed, Refresher
from aggregator.policy import change
from aggregator.store import Store, deliveries, entries, feeds
from aggregator.types import Feed, MediaFile, Post, Publication, Site

SITE = Site(title="Site Nestor", base_url="http://blog.example")


@dataclass
class RememberingTarget:
    """Keeps posts by key, and fails as it is told: ``before`` taking a post, or ``after``."""

    name: str = "blog"
    posts: dict[str, Post] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    fail_before: list[PublishError] = field(default_factory=list)
    fail_after: list[PublishError] = field(default_factory=list)

    async def publish(
        self, post: Post, key: str, *, media: Mapping[str, MediaFile], previous: Publication | None
    ) -> Publication:
        if self.fail_before:
            raise self.fail_before.pop(0)
        self.posts[key] = post
        self.sent.append(key)
        if self.fail_after:
            raise self.fail_after.pop(0)
        return self._publication(key)

    async def find(self, key: str) -> Publication | None:
        return self._publication(key) if key in self.posts else None

    async def withdraw(self, key: str, publication: Publication | None) -> None:
        self.posts.pop(key, None)

    async def close(self) -> None:
        return

    def _publication(self, key: str) -> Publication:
        return Publication(
            remote_id=key, remote_url=f"http://blog.example/{key}", pushed_hash=change.revision(self.posts[key])
        )


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.at = datetime(2026, 6, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **span: float) -> None:
        self.at += timedelta(**span)


@dataclass
class Bench:
    """What a test of the pipeline works with."""

    web: ScriptedWeb
    store: Store
    now: Clock
    target: RememberingTarget
    refresher: Refresher
    deliverer: Deliverer

    async def refresh(self, feed: Feed) -> Refreshed:
        """Refreshes a feed with what the store remembers of it, as the daemon does."""
        await self.store.write(feeds.sync, [(feed.name, feed.url, timedelta(hours=1))], self.now())
        memory = await self.store.read(feeds.memory, feed.name)
        return await self.refresher.refresh(replace(feed, memory=memory))

    async def deliver(self) -> list[Delivered]:
        """Carries all that is due now."""
        done: list[Delivered] = []
        while batch := await self.store.write(
            deliveries.claim, self.now(), limit=10, lease=timedelta(hours=1), targets=("blog",), per_target=10
        ):
            done += [await self.deliverer.deliver(delivery) for delivery in batch]
        return done

    async def outcomes(self) -> dict[str, str]:
        """Title and outcome of each entry."""
        return {line.title: str(line.outcome) for line in await self.store.read(entries.lines)}


@pytest.fixture
async def bench(web: ScriptedWeb, tmp_path: Path) -> AsyncIterator[Bench]:
    """A pipeline ready to work."""
    now = Clock()
    settings = FetchSettings(
        allow_networks=(ip_network("127.0.0.0/8"),), host_pause=timedelta(0), floor=timedelta(seconds=1)
    )
    store = Store.open("sqlite:///store.db", base=tmp_path, now=now())
    target, workers = RememberingTarget(), InlineWorkers()
    async with Client(settings, contact="http://blog.example", now=now) as client:
        yield Bench(
            web=web,
            store=store,
            now=now,
            target=target,
            refresher=Refresher(client=client, store=store, workers=workers, site=SITE, settings=settings, now=now),
            deliverer=Deliverer(
                client=client,
                store=store,
                workers=workers,
                library=Library(tmp_path / "media"),
                targets={"blog": target},
                now=now,
            ),
        )
    store.close()
