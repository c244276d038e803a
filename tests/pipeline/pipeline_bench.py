"""A pipeline over a real store and a scripted web, with a target that remembers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from fakes import Clock, RememberingTarget, ScriptedWeb

from aggregator.config import FetchSettings
from aggregator.fetch import Client
from aggregator.media import Library
from aggregator.pipeline import (
    Delivered,
    Deliverer,
    InlineWorkers,
    Looked,
    Rechecked,
    Rechecks,
    Refreshed,
    Refresher,
    SecondLooks,
    Taker,
)
from aggregator.store import Store, claims, entries, feeds
from aggregator.types import Feed, Site

SITE = Site(title="Site Nestor", base_url="http://blog.example")


@dataclass
class Bench:
    """What a test of the pipeline works with."""

    web: ScriptedWeb
    store: Store
    now: Clock
    target: RememberingTarget
    refresher: Refresher
    second_looks: SecondLooks
    rechecks: Rechecks
    deliverer: Deliverer
    settings: dict[str, Feed] = field(default_factory=dict)

    async def refresh(self, feed: Feed) -> Refreshed:
        """Refreshes a feed with what the store remembers of it, as the daemon does."""
        self.settings[feed.name] = feed
        listed = [(known.name, known.url, timedelta(hours=1)) for known in self.settings.values()]
        await self.store.write(feeds.sync, listed, self.now())
        memory = await self.store.read(feeds.memory, feed.name)
        return await self.refresher.refresh(replace(feed, memory=memory))

    async def look_again(self) -> list[Looked]:
        """Looks again at all pages that are due now."""
        return [await self.second_looks.look(look) for look in await self.second_looks.claim(10)]

    async def recheck(self) -> list[Rechecked]:
        """Looks once more at all pages of published articles that are due now."""
        return [await self.rechecks.look(look) for look in await self.rechecks.claim(100)]

    async def deliver(self) -> list[Delivered]:
        """Carries all that is due now."""
        done: list[Delivered] = []
        while batch := await self.store.write(claims.take, self.now(), "blog", limit=10, lease=timedelta(hours=1)):
            done += [await self.deliverer.deliver(delivery) for delivery in batch]
        return done

    async def outcomes(self) -> dict[str, str]:
        """Title and outcome of each entry."""
        return {line.title: str(line.outcome) for line in await self.store.read(entries.lines)}


@pytest.fixture
async def bench(web: ScriptedWeb, tmp_path: Path) -> AsyncIterator[Bench]:
    """A pipeline ready to work."""
    async with opened(web, tmp_path) as ready:
        yield ready


@asynccontextmanager
async def opened(web: ScriptedWeb, folder: Path) -> AsyncIterator[Bench]:
    """A pipeline with a store of its own in a folder."""
    now = Clock()
    settings = FetchSettings(
        allow_networks=(ip_network("127.0.0.0/8"),), host_pause=timedelta(0), floor=timedelta(seconds=1)
    )
    store = Store.open("sqlite:///store.db", base=folder, now=now())
    target, workers = RememberingTarget(), InlineWorkers()
    known: dict[str, Feed] = {}
    async with Client(settings, contact="http://blog.example", now=now) as client:
        taker = Taker(client=client, store=store, workers=workers, site=SITE, now=now)
        yield Bench(
            settings=known,
            web=web,
            store=store,
            now=now,
            target=target,
            refresher=Refresher(client=client, store=store, workers=workers, taker=taker, settings=settings, now=now),
            second_looks=SecondLooks(client=client, store=store, taker=taker, feed=known.__getitem__, now=now),
            rechecks=Rechecks(client=client, store=store, taker=taker, feed=known.__getitem__, now=now),
            deliverer=Deliverer(
                client=client,
                store=store,
                workers=workers,
                library=Library(folder / "media"),
                targets={"blog": target},
                now=now,
            ),
        )
    store.close()
