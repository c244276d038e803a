"""The work that is under way: what is due is claimed, run within limits, and waited for at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from aggregator.app import App
from aggregator.errors import PublishError, StoreError
from aggregator.log import bound, get_logger
from aggregator.pipeline import Delivered, Refreshed, outlet
from aggregator.pipeline.outlet import LEASE, Wait
from aggregator.policy import pace, recovery
from aggregator.policy.hold import Fate
from aggregator.policy.recovery import Remedy
from aggregator.store import Recheck, SecondLook, claims, feeds, targets
from aggregator.store.targets import Trouble
from aggregator.targets import Flushes, Waits
from aggregator.types import Delivery, Feed

#: Second looks at a time.
LOOKS = 8
#: Pages of published articles among them, claimed at a time.
RECHECKS = 4
#: Seconds between two tellings of the sources, while feeds that are new keep coming in.
DESCRIBE_EVERY = 60.0


@dataclass(slots=True)
class Tally:
    """What a round came to."""

    refreshed: list[Refreshed] = field(default_factory=list)
    delivered: list[Delivered] = field(default_factory=list)
    held: dict[str, Wait] = field(default_factory=dict)  #: by target; what was due and is held back, at the end


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unflushed:
    """A target that could not finish what it put off."""

    error: str
    times: int  # that it failed before this one, in a row
    again_at: datetime


class Work:
    """Refreshes and deliveries in flight. Lives on one event loop; all its tasks are its own."""

    def __init__(self, app: App, *, on_change: Callable[[Tally], None] = lambda tally: None) -> None:
        self.tally = Tally()
        self.broken: StoreError | None = None  #: the store failed for good: stop
        self.failed = asyncio.Event()  #: set with ``broken``
        self.looking = 0  #: second looks that are under way
        self._app = app
        self._on_change = on_change
        self._log = get_logger()
        self._tasks: set[asyncio.Task[None]] = set()
        self._refreshing: set[str] = set()
        self._subscribing: set[str] = set()  # those of them that were never read before
        self._delivering: set[str] = set()
        self._troubles: dict[str, Trouble] = {}  # targets that failed the last time
        self._failing: dict[str, int] = {}  # by target, the delivery that failed last
        self._unfinished: set[str] = set()  # targets that put something off and have not finished it
        self._new_sources = False
        self._described = float("-inf")
        self._unflushed: dict[str, _Unflushed] = {}
        self._closing = False
        self._unsure = False  # a task ended without settling: its claim may be nobody's

    async def tick_feeds(self) -> None:
        """Starts refreshing what is due, as far as there is room."""
        await self._ticking(self.start_feeds(self._app.config.daemon.workers - len(self._refreshing)))

    async def tick_deliveries(self) -> None:
        """Starts a worker for each target that has none; it ends when its target is owed nothing."""
        await self._ticking(self._start_targets())

    async def tick_looks(self) -> None:
        """Starts looking again at pages, and at what is held, as far as there is room."""
        await self._ticking(self.start_looks())

    async def start_feeds(self, limit: int, *, names: Collection[str] | None = None, force: bool = False) -> list[str]:
        """Claims and starts at most ``limit`` feeds, with ``force`` whether due or not; answers which."""
        if limit <= 0 or self._closing or not await self._sure():
            return []
        now = self._app.now()
        due = await self._app.store.write(
            lambda session: feeds.claim_due(session, now, limit=limit, lease=LEASE, names=names, force=force)
        )
        for name, memory in due:
            if name not in self._refreshing and name in self._app.config.feeds:
                self._refreshing.add(name)
                self._spawn(self._refresh(replace(self._app.config.feed(name), memory=memory)))
        return [name for name, _ in due]

    async def start_looks(self) -> int:
        """Claims and starts looks that are due, those at new entries first, a few at a time; answers how many."""
        if self._closing:
            return 0
        due = await self._app.second_looks.claim(LOOKS - self.looking)
        for look in due:
            self.looking += 1
            self._spawn(self._look_again(look))
        pages = await self._app.rechecks.claim(min(RECHECKS, LOOKS - self.looking))
        for page in pages:
            self.looking += 1
            self._spawn(self._recheck(page))
        return len(due) + len(pages)

    @property
    def refreshing(self) -> int:
        """How many feeds are being refreshed."""
        return len(self._refreshing)

    async def one_done(self) -> None:
        """Waits until something that is under way has ended."""
        if self._tasks:
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)

    async def idle(self) -> None:
        """Waits until nothing is under way."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def flush(self) -> None:
        """Tells the targets their sources, and lets each finish what it put off or what a crash left undone."""
        await self._describe()
        for target in self._app.targets:
            await self._flush(target)

    async def close(self, patience: float) -> None:
        """Takes nothing new, waits up to ``patience`` seconds for what is under way, then cancels it."""
        self._closing = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience)
        left = list(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _start_targets(self) -> None:
        if self._closing or not await self._sure():
            return
        waited = asyncio.get_running_loop().time() - self._described >= DESCRIBE_EVERY
        if self._new_sources and (waited or not self._refreshing):
            await self._describe()
        for target in self._app.targets:
            if target not in self._delivering:
                self._delivering.add(target)
                self._spawn(self._deliver_all(target))

    async def _ticking(self, tick: Coroutine[None, None, object]) -> None:
        try:
            await tick
        except StoreError as error:
            self._store_failed(error)

    async def _sure(self) -> bool:
        """Whether claims can be trusted. After trouble with the store: waits for calm, then frees what nobody holds."""
        if not self._unsure:
            return True
        if self._tasks:
            return False
        await self._app.free_claims()
        self._unsure = False
        return True

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, work: Coroutine[None, None, None]) -> None:
        """The one broad place around one feed or one target: a fault of ours costs that one, and is told."""
        try:
            await work
        except StoreError as error:
            self._store_failed(error)
        except Exception:  # noqa: BLE001 - the last stop before the daemon itself
            self._unsure = True
            self._log.exception("unexpected fault, please report it")
        self._on_change(self.tally)

    def _store_failed(self, error: StoreError) -> None:
        self._unsure = True
        if error.transient:
            self._log.warning("store does not answer, trying again", error=str(error))
        else:
            self.broken = error
            self.failed.set()

    async def _refresh(self, feed: Feed) -> None:
        if feed.memory.subscribed_at is None:
            self._subscribing.add(feed.name)
        try:
            with bound(feed=feed.name):
                done = await self._app.refresher.refresh(feed, on_stored=lambda: self._spawn(self.tick_deliveries()))
                self.tally.refreshed.append(done)
                self._new_sources = self._new_sources or (done.outcome == "read" and feed.memory.subscribed_at is None)
                self._tell_refreshed(feed, done)
        finally:
            self._refreshing.discard(feed.name)
            self._subscribing.discard(feed.name)

    async def _look_again(self, look: SecondLook) -> None:
        try:
            with bound(feed=look.feed):
                done = await self._app.second_looks.look(look)
                tell = self._log.debug if done.outcome == Fate.WAIT else self._log.info
                tell("looked again", entry=done.title, outcome=done.outcome, reason=done.reason)
                self._spawn(self.tick_deliveries())
        finally:
            self.looking -= 1

    async def _recheck(self, look: Recheck) -> None:
        try:
            with bound(feed=look.feed):
                done = await self._app.rechecks.look(look)
                facts = {"entry": done.title, "outcome": done.outcome, "reason": done.reason}
                if done.outcome == "held":
                    self._log.warning("withdrawal held", **facts)
                elif done.outcome in {"changed", "kept back", "withdrawn"}:
                    self._log.info("page looked at once more", **facts)
                    self._spawn(self.tick_deliveries())
        finally:
            self.looking -= 1

    async def _deliver_all(self, target: str) -> None:
        try:
            going, quiet = True, self._quiet(target)
            while going and not self._closing and (batch := await self._claim(target)):
                self._unfinished.add(target)
                going = await self._deliver_batch(target, batch, quiet=quiet)
                quiet = self._quiet(target)
            waiting = self._app.targets[target]
            if target in self._unfinished or (isinstance(waiting, Waits) and waiting.due()):
                await self._flush(target)
        finally:
            self._delivering.discard(target)

    async def _claim(self, target: str) -> list[Delivery]:
        now, manners = self._app.now(), self._app.config.targets[target].manners
        batch, trouble = await self._app.store.write(
            lambda session: outlet.take(session, target, manners, now, gathering=bool(self._subscribing))
        )
        if trouble is None:
            self._troubles.pop(target, None)
        else:
            self._troubles[target] = trouble
        return batch

    async def _deliver_batch(self, target: str, batch: Sequence[Delivery], *, quiet: bool) -> bool:
        """Attempts a batch in its order, some at a time where the target may be given that; whether it takes more.

        What is not begun when it takes no more, or when quiet hours begin, is put back untried. ``quiet``: whether
        it was so before the batch was claimed.
        """
        left, going = list(reversed(batch)), True

        async def work_through() -> None:
            nonlocal going
            while left and going and not self._closing and self._quiet(target) == quiet:
                going = await self._deliver(left.pop()) and going

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._app.config.targets[target].manners.parallel, len(batch))):
                    group.create_task(work_through())
        except ExceptionGroup as faults:
            raise faults.exceptions[0] from None
        if left:
            await self._app.store.write(claims.put_back, [delivery.id for delivery in left])
        return going and not self._closing

    def _quiet(self, target: str) -> bool:
        hours = self._app.config.targets[target].manners.quiet
        return hours is not None and pace.quiet_until(hours, self._app.now()) is not None

    async def _deliver(self, delivery: Delivery) -> bool:
        """Makes one attempt; whether its target takes more."""
        with bound(feed=delivery.post.feed, target=delivery.target):
            done = await self._app.deliverer.deliver(delivery)
            self.tally.delivered.append(done)
            facts = {"post": delivery.post.slug, "outcome": done.outcome, "reason": done.reason}
            failing = done.outcome in (Remedy.RETRY, Remedy.PAUSE)
            if done.outcome in {"published", "withdrawn"}:
                self._log.info("delivered", **facts)
            elif failing and delivery.target in self._troubles and self._troubles[delivery.target].told:
                self._log.debug("not delivered", **facts)  # a probe: the same failure is told once
            else:
                self._log.warning("not delivered", **facts)
        with bound(target=delivery.target):
            return await (self._failed(done) if failing else self._answered(delivery.target))

    async def _failed(self, done: Delivered) -> bool:
        """Counts a failure of a target, and tells once that it is left alone."""
        delivery, now, paused = done.delivery, self._app.now(), done.outcome == Remedy.PAUSE
        again = self._failing.get(delivery.target) == delivery.id
        trouble, begun = await self._app.store.write(
            lambda session: outlet.failed(session, delivery, now, paused=paused, again=again)
        )
        self._troubles[delivery.target], self._failing[delivery.target] = trouble, delivery.id
        if begun is not None:
            self._log.warning("target paused", until=begun.until, reason=begun.reason)
        return trouble.paused_until is None or trouble.paused_until <= now

    async def _answered(self, target: str) -> bool:
        """Notes that a target works, and tells it where it was told that it did not."""
        self._failing.pop(target, None)
        trouble, now = self._troubles.get(target), self._app.now()
        if trouble is None:
            return True
        if await self._app.store.write(targets.recover, target, now):
            self._troubles.pop(target, None)
            if trouble.told:
                self._log.warning("target works again", failures=trouble.failures)
        return trouble.paused_until is None or trouble.paused_until <= now

    async def _flush(self, target: str) -> None:
        flushing, before = self._app.targets[target], self._unflushed.get(target)
        if isinstance(flushing, Flushes):
            if before is not None and self._app.now() < before.again_at:
                return
            try:
                await flushing.flush()
            except PublishError as error:
                self._unfinished.add(target)
                self._put_off(target, error, before)
                return
        self._unflushed.pop(target, None)
        self._unfinished.discard(target)

    def _put_off(self, target: str, error: PublishError, before: _Unflushed | None) -> None:
        """Notes when to flush again, later each time; the same failure is told once."""
        times, now = before.times + 1 if before else 0, self._app.now()
        remedy = recovery.after(error, min(times, len(recovery.STEPS)), now)
        again_at = remedy.at if remedy.action in (Remedy.RETRY, Remedy.PAUSE) else now + recovery.FIRST_PAUSE
        self._unflushed[target] = _Unflushed(error=str(error), times=times, again_at=again_at)
        if before is None or before.error != str(error):
            self._log.warning("target not brought up to date, trying again", target=target, error=str(error))

    async def _describe(self) -> None:
        """Tells the targets what their sources are called by now."""
        self._new_sources, self._described = False, asyncio.get_running_loop().time()
        try:
            await self._app.describe_sources()
        except PublishError as error:
            self._new_sources = True
            self._log.warning("sources not described, trying again", error=str(error))
        self._unfinished.update(self._app.targets)

    def _tell_refreshed(self, feed: Feed, done: Refreshed) -> None:
        if done.distrust:
            self._log.warning("ids of the feed are trusted no more", reason=done.distrust)
        if done.held and done.outcome == "read":
            self._log.warning("entries held", reason=done.held, release=f"wirecopy release {feed.name}")
        if done.outcome == "failed":
            # The same failure again is counted with the feed, not repeated here.
            if feed.memory.last_error != done.reason:
                self._log.warning("feed failed", reason=done.reason, next_fetch_at=done.next_fetch_at)
        elif done.outcome == "read":
            self._log.info("refreshed", entries=done.reason, next_fetch_at=done.next_fetch_at)
        if done.doubt:
            self._log.warning("withdrawals held", reason=done.doubt)
