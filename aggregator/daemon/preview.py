"""Preview: what the newest entries of a feed would become, by the same code as the run, with nothing written."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from aggregator.app import clock, contact
from aggregator.config import Config
from aggregator.fetch import Client
from aggregator.pipeline import Refresher, Taken, Taker, Workers
from aggregator.store import Store
from aggregator.types import Feed, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The newest entries of one feed, taken as if for the first time."""

    feed: Feed
    taken: tuple[Taken, ...]


def preview(config: Config, feed: Feed, *, limit: int = 1) -> Preview:
    """Reads the feed and makes the posts of its newest ``limit`` entries. Raises FetchError, ParseError.

    The store of the configuration is neither read nor written: a daemon may be running on it.
    """
    return asyncio.run(_preview(config, feed, limit))


async def _preview(config: Config, feed: Feed, limit: int) -> Preview:
    with tempfile.TemporaryDirectory(prefix="wirecopy-preview-") as folder:
        store = Store.open("sqlite:///preview.db", base=Path(folder), now=clock())
        workers = Workers(1)
        try:
            async with Client(config.fetch, contact=contact(config), now=clock) as client:
                taker = Taker(client=client, store=store, workers=workers, site=config.site_info(), now=clock)
                refresher = Refresher(
                    client=client, store=store, workers=workers, taker=taker, settings=config.fetch, now=clock
                )
                current, reading = await refresher.read(replace(feed, max_new=limit, max_age=None))
                taken = [one async for chunk in refresher.gather(current, reading, Counter(), {}) for one in chunk]
                shown = (
                    one
                    for one in taken
                    if one.article is not None or one.outcome in {Outcome.WAITING, Outcome.QUARANTINED}
                )
                return Preview(feed=current, taken=tuple(shown))
        finally:
            workers.close()
            store.close()
