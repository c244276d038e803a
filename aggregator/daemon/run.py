"""``wirecopy run``: the clock, the signals, the reload and the stop."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path

from aggregator import server
from aggregator.app import App, open_app, open_store
from aggregator.config import Config, load
from aggregator.daemon import systemd
from aggregator.daemon.clock import Calendar, Job, ticking
from aggregator.daemon.work import Work
from aggregator.errors import ConfigError, StoreError
from aggregator.log import get_logger
from aggregator.policy.stories import WINDOW
from aggregator.store import Store, deliveries, feeds, hosts, journal, revisions, stories, targets
from aggregator.targets import Serves

TICK = 1.0  #: seconds between two looks at what is due
WATCH = 2.0  #: seconds between two looks at the configuration file
LOOK = 30.0  #: seconds between two looks at how all is doing
HOUSEKEEPING = timedelta(hours=6)


def run(path: Path, *, on_ready: Callable[[Config], None] = lambda config: None) -> None:
    """Runs until a signal says stop. Raises ConfigError or StoreError where it can't start or can't go on."""
    config = load(path)
    asyncio.run(_run(config, on_ready))


async def _run(config: Config, on_ready: Callable[[Config], None]) -> None:
    signals = _Signals(config.path)
    with open_store(config) as store:
        good: Config | None = None  # the one that ran before this one
        while True:
            try:
                following = await _live(config, store, signals, on_ready)
            except ConfigError as error:
                # It reads well, but something outside the file does not fit, such as a port that is taken.
                if good is None:
                    raise
                _not_taken_over(error)
                config, good = good, None
                continue
            if following is None:
                return
            config, good = following, config


class _Signals:
    """What the world asks of a running daemon."""

    def __init__(self, path: Path) -> None:
        self.stop = asyncio.Event()
        self.reload = asyncio.Event()
        self._path = path
        self._seen = _stamp(path)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        loop.add_signal_handler(signal.SIGHUP, self.reload.set)

    def _stop(self) -> None:
        if self.stop.is_set():
            # Asked twice: end at once. Leases and the outbox make that safe.
            os._exit(1)
        self.stop.set()

    async def watch(self) -> None:
        """Asks for a reload when the file has changed."""
        stamp = _stamp(self._path)
        if stamp is not None and stamp != self._seen:
            self._seen = stamp
            self.reload.set()


async def _live(config: Config, store: Store, signals: _Signals, on_ready: Callable[[Config], None]) -> Config | None:
    """One life between two configurations; answers the next one, or None to stop."""
    log = get_logger()
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(open_app(config, store))
        health = _Health(app)
        await _serve(stack, app, health)
        for one, *others in await store.read(feeds.same_documents):
            log.warning("feeds are the same document: keep one of them", feeds=", ".join([one, *others]))
        work = Work(app)
        await work.flush()
        await health.look()
        await stack.enter_async_context(ticking(_jobs(app, work, health, signals), Calendar(app.now, app.unstick)))
        systemd.notify("READY=1", f"STATUS=watching {len(config.feed_names)} feeds")
        log.info("running", feeds=len(config.feed_names), targets=",".join(config.targets), config=str(config.path))
        on_ready(config)
        following: Config | None = None
        while following is None and not signals.stop.is_set() and work.broken is None:
            await _first(signals.stop, signals.reload, work.failed)
            if signals.reload.is_set() and not signals.stop.is_set():
                following = _reloaded(config, signals)
        if following is None:
            systemd.notify("STOPPING=1")
        log.info("stopping" if following is None else "reloading")
        await work.close(config.daemon.stop_timeout.total_seconds())
        if work.broken is not None:
            raise work.broken
        return following


def _reloaded(config: Config, signals: _Signals) -> Config | None:
    """The configuration as the file says now; None where it says nothing usable, and the old one goes on."""
    signals.reload.clear()
    systemd.reloading()
    try:
        following = load(config.path)
    except ConfigError as error:
        _not_taken_over(error)
    else:
        if following.store.url == config.store.url:
            return following
        get_logger().error("configuration not taken over: a new store.url needs a restart")
    systemd.notify("READY=1")
    return None


def _not_taken_over(error: ConfigError) -> None:
    problems = [str(problem) for problem in error.problems]
    get_logger().error("configuration not taken over, the old one goes on", problems=problems)


async def _serve(stack: AsyncExitStack, app: App, health: _Health) -> None:
    """Serves the embedded blog, where one is configured."""
    address = app.config.daemon.address
    public = next((target.public for target in app.targets.values() if isinstance(target, Serves)), None)
    if address is None or public is None:
        return
    await stack.enter_async_context(server.serve(server.app(public, health.facts), *address))


class _Health:
    """What ``/healthz`` answers; brought up to date by the clock, so that a request costs nothing."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._facts: dict[str, object] = {"status": "starting"}

    def facts(self) -> dict[str, object]:
        """The facts as of the last look."""
        return self._facts

    async def look(self) -> None:
        """Brings the facts up to date."""
        try:
            known = await self._app.store.read(feeds.overview)
            pending = await self._app.store.read(deliveries.pending)
            paused = await self._app.store.read(targets.paused, self._app.now())
        except StoreError as error:
            self._facts = {"status": "store does not answer", "error": str(error)}
            return
        last = max((feed.last_success_at for feed in known if feed.last_success_at), default=None)
        self._facts = {
            "status": "ok",
            "feeds": len(known),
            "failing": sum(feed.failures > 0 for feed in known),
            "entries_held": sum(feed.held for feed in known),
            "deliveries_waiting": pending,
            "targets_paused": sorted(paused),
            "last_success_at": last.isoformat() if last else None,
        }


def _jobs(app: App, work: Work, health: _Health, signals: _Signals) -> list[Job]:
    """What the clock does. The calendar is in the store: a tick reads what is due, starts it and returns."""

    async def beat() -> None:
        systemd.notify("WATCHDOG=1")

    jobs: list[Job] = [
        (TICK, work.tick_feeds),
        (TICK, work.tick_looks),
        (TICK, work.tick_deliveries),
        (LOOK, health.look),
        (HOUSEKEEPING.total_seconds(), partial(_housekeeping, app, work)),
    ]
    if app.config.daemon.watch:
        jobs.append((WATCH, signals.watch))
    if (span := systemd.watchdog_interval()) is not None:
        jobs.append((span, beat))
    return jobs


async def _housekeeping(app: App, work: Work) -> None:
    """Forgets what is old, and tells the targets what their sources are called by now."""
    try:
        now = app.now()
        old = now - app.config.store.keep_journal
        while await app.store.write(journal.prune, old) >= journal.PRUNED_AT_ONCE:
            continue
        while await app.store.write(stories.prune, now - WINDOW) >= stories.PRUNED_AT_ONCE:
            continue
        while await app.store.write(revisions.prune, old) >= revisions.PRUNED_AT_ONCE:
            continue
        await app.store.write(hosts.prune, now)
        await work.flush()
    except StoreError as error:
        get_logger().warning("housekeeping put off", error=str(error))


async def _first(*events: asyncio.Event) -> None:
    """Waits until one of the events is set."""
    tasks = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
