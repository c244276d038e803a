"""Preview: what the newest entries of a feed would become, by the same code as the run, with nothing written."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from aggregator.app import build_targets, clock, contact
from aggregator.config import Config
from aggregator.fetch import Client
from aggregator.pipeline import Refresher, Taken, Taker, Workers
from aggregator.store import Store, feeds, hosts
from aggregator.targets import Shows
from aggregator.targets.shared import article
from aggregator.types import Feed


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The newest entries of one feed, as they would be taken now."""

    feed: Feed
    taken: tuple[Taken, ...]


def preview(config: Config, feed: Feed, *, limit: int = 1) -> Preview:
    """Reads the feed and makes the posts of its newest ``limit`` entries. Raises FetchError, ParseError, StoreError.

    What the store of the configuration knows counts as in a run, so that the post is the one that a run would
    publish. The store is only looked at: a daemon may be running on it.
    """
    return asyncio.run(_preview(config, feed, limit))


def pages(config: Config, shown: Preview, name: str) -> tuple[str, ...]:
    """Each post as the target of that name would show it; else the text that a blog is sent. Empty: there is no post.

    Nothing is sent. Raises ConfigError, PublishError.
    """
    return asyncio.run(_pages(config, shown, name))


async def _pages(config: Config, shown: Preview, name: str) -> tuple[str, ...]:
    targets = build_targets(config)
    try:
        target, language = targets.get(name), config.site.language
        show = target.show if isinstance(target, Shows) else partial(article.page, language=language)
        return tuple(show(taken.post) if taken.post else "" for taken in shown.taken)
    finally:
        for built in targets.values():
            await built.close()


async def _preview(config: Config, feed: Feed, limit: int) -> Preview:
    workers = Workers(1)
    try:
        with _known(config) as store:
            async with Client(config.fetch, contact=contact(config), now=clock) as client:
                client.hosts.load(await store.read(hosts.blocked))
                taker = Taker(client=client, store=store, workers=workers, site=config.site_info(), now=clock)
                refresher = Refresher(
                    client=client, store=store, workers=workers, taker=taker, settings=config.fetch, now=clock
                )
                memory = await store.read(feeds.memory, feed.name)
                current, reading = await refresher.read(replace(feed, memory=memory))
                return Preview(feed=current, taken=tuple(await refresher.newest(current, reading, limit)))
    finally:
        workers.close()


@contextmanager
def _known(config: Config) -> Iterator[Store]:
    """The store of the configuration, to look at; an empty one that is thrown away where there is none."""
    store = Store.look(config.store.url, base=config.folder)
    if store is not None:
        with store:
            yield store
        return
    with (
        tempfile.TemporaryDirectory(prefix="wirecopy-preview-") as folder,
        Store.open("sqlite:///preview.db", base=Path(folder), now=clock()) as empty,
    ):
        yield empty
