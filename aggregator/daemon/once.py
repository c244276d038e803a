"""One round: everything due is refreshed, extracted and delivered, then it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection

from aggregator.app import open_app, open_store
from aggregator.config import Config
from aggregator.daemon.work import Tally, Work
from aggregator.pipeline import outlet


def once(
    config: Config,
    *,
    force: bool = False,
    names: Collection[str] | None = None,
    progress: Callable[[Tally, int], None] = lambda tally, total: None,
) -> Tally:
    """Runs one round and answers what it came to.

    ``force`` takes all feeds whether due or not, still with conditional requests; ``names`` limits the round to
    these feeds. ``progress`` hears of each step with the number of feeds started. Raises StoreError, ConfigError.
    """
    return asyncio.run(_once(config, force, names, progress))


async def _once(
    config: Config, force: bool, names: Collection[str] | None, progress: Callable[[Tally, int], None]
) -> Tally:
    with open_store(config) as store:
        async with open_app(config, store) as app:
            total = 0

            def tell(tally: Tally) -> None:
                progress(tally, total)

            work = Work(app, on_change=tell)
            left = set(config.feed_names if names is None else names)
            while work.broken is None:
                room = config.daemon.workers - work.refreshing
                started = await work.start_feeds(room, names=left, force=force)
                left.difference_update(started)
                looks = await work.start_looks() if names is None else 0
                total += len(started)
                progress(work.tally, total)
                if not (started or looks or work.refreshing or work.looking):
                    break
                await work.one_done()
            await work.idle()
            # A worker that was finishing its target has not seen what came in meanwhile.
            await work.tick_deliveries()
            await work.idle()
            await work.flush()
            await work.close(0)
            if work.broken is not None:
                raise work.broken
            manners = {name: settings.manners for name, settings in config.targets.items()}
            work.tally.held = await store.read(outlet.waits, manners, app.now())
            return work.tally
