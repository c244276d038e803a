"""Composition root: from a configuration to running objects, and back. The only place where objects are built."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import httpx

from aggregator import kinds
from aggregator.config import Config
from aggregator.errors import ConfigError, Problem
from aggregator.fetch import Client, Purpose, user_agent
from aggregator.fetch.guard import IPNetwork
from aggregator.fetch.transport import guarded
from aggregator.media import Library
from aggregator.pipeline import Deliverer, Rechecks, Refresher, SecondLooks, Taker, Workers
from aggregator.policy import recovery
from aggregator.store import Session, Store, claims, deliveries, feeds, hosts, identities, lock, rechecks, second_looks
from aggregator.targets import Connect, Describes, Finds, Follows, Settles, Target
from aggregator.types import Feed, SourceInfo


def clock() -> datetime:
    """The time now. Everybody else is handed it."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """Everything that a running Wirecopy needs, built from one configuration."""

    config: Config
    store: Store
    client: Client
    targets: Mapping[str, Target]
    refresher: Refresher
    second_looks: SecondLooks
    rechecks: Rechecks
    deliverer: Deliverer
    now: Callable[[], datetime]

    async def describe_sources(self) -> None:
        """Tells the targets that show their sources what these are now."""
        memories = await self.store.read(feeds.memories)
        sources = [
            _source(self.config.feed(name), memories[name].site_url if name in memories else None, title)
            for name in self.config.feed_names
            for title in [memories[name].title if name in memories else ""]
        ]
        for target in self.targets.values():
            if isinstance(target, Describes):
                await target.describe(sources)

    async def free_claims(self) -> None:
        """Ends the claims of a life that is over, or of tasks that are; called while nothing is under way.

        What had begun is attempted again at once where the target knows at once whether it arrived. Elsewhere the
        server may still be at work on it, just as after an answer that did not come in time.
        """
        busy = {name: target.settles_within for name, target in self.targets.items() if isinstance(target, Settles)}
        settled = {name: recovery.settled_at(within, self.now()) for name, within in busy.items()}
        await self.store.write(feeds.release_leases)
        await self.store.write(claims.release, settled)

    async def unstick(self) -> None:
        """Ends waits that a clock, set back since, has made far too long. Raises StoreError."""
        await self.store.write(_unstick, self.now())


@contextmanager
def open_store(config: Config, now: Callable[[], datetime] = clock) -> Iterator[Store]:
    """The configured store: locked for this process, upgraded, without waits of years. Raises StoreError."""
    with lock(config.store.url, base=config.folder):
        store = Store.open(config.store.url, base=config.folder, now=now())
        try:
            store.write_now(_unstick, now())
            while store.write_now(identities.restate) >= identities.RESTATED_AT_ONCE:
                continue
            yield store
        finally:
            store.close()


def _unstick(session: Session, now: datetime) -> None:
    for noun in (feeds, deliveries, second_looks, rechecks):
        noun.unstick(session, now)


@asynccontextmanager
async def open_app(config: Config, store: Store, now: Callable[[], datetime] = clock) -> AsyncIterator[App]:
    """The running objects of a configuration, over a store that is open. Raises ConfigError, StoreError."""
    async with AsyncExitStack() as stack:
        floor = config.fetch.floor
        listed = [(feed.name, feed.url, feed.every.interval or floor) for feed in map(config.feed, config.feed_names)]
        await store.write(feeds.sync, listed, now())
        client = await stack.enter_async_context(Client(config.fetch, contact=contact(config), now=now))
        client.hosts.load(await store.read(hosts.blocked))
        workers = Workers(config.daemon.processes, preload=["aggregator.pipeline.work"])
        stack.callback(workers.close)
        targets = build_targets(config)
        for name, target in targets.items():
            stack.push_async_callback(target.close)
            if isinstance(target, Follows):
                blog = _followed(config, targets, name, target)
                target.follow(blog, partial(client.get, purpose=Purpose.PAGE), workers.run)
        taker = Taker(client=client, store=store, workers=workers, site=config.site_info(), now=now)
        refresher = Refresher(client=client, store=store, workers=workers, taker=taker, settings=config.fetch, now=now)
        library = Library(config.resolve(config.store.media))
        deliverer = Deliverer(
            client=client,
            store=store,
            workers=workers,
            library=library,
            targets=targets,
            now=now,
            language=config.site.language,
        )
        app = App(
            config=config,
            store=store,
            client=client,
            targets=targets,
            refresher=refresher,
            second_looks=SecondLooks(client=client, store=store, taker=taker, feed=config.feed, now=now),
            rechecks=Rechecks(client=client, store=store, taker=taker, feed=config.feed, now=now),
            deliverer=deliverer,
            now=now,
        )
        await app.free_claims()
        yield app


def build_targets(config: Config) -> dict[str, Target]:
    """The configured targets by name."""
    site = config.site_info()
    targets: dict[str, Target] = {
        name: kinds.load("targets", settings.kind).build(
            name, settings.options, site=site, folder=config.folder, http=_connect(config, name)
        )
        for name, settings in config.targets.items()
    }
    for name, target in targets.items():
        if isinstance(target, Follows):
            _followed(config, targets, name, target)
    return targets


def _followed(config: Config, targets: Mapping[str, Target], name: str, target: Follows) -> Finds:
    """The target that another one follows. Raises ConfigError where there is none that could be."""
    why = "is no target"
    if target.of in targets:
        found = targets[target.of]
        if isinstance(found, Finds) and not isinstance(found, Follows):
            return found
        why = "can't be asked where a post is"
    problem = Problem(key=f"targets.{name}.of", message=f"{target.of!r} {why}", hint="name the target of your blog")
    raise ConfigError(str(config.path), [problem])


def _connect(config: Config, target: str) -> Connect:
    agent = user_agent(contact(config))

    def connect(allow_networks: Sequence[IPNetwork]) -> httpx.AsyncClient:
        setting = f"targets.{target}.allow_networks"
        # No redirects: a write must not wander. No environment: proxies and .netrc are not ours to obey.
        return httpx.AsyncClient(
            transport=guarded(allow_networks, setting=setting), headers={"User-Agent": agent}, trust_env=False
        )

    return connect


def contact(config: Config) -> str:
    """The address that other people's servers are told."""
    return config.fetch.user_agent_contact or config.site.contact or config.site.base_url


def _source(feed: Feed, site_url: str | None, title: str) -> SourceInfo:
    return SourceInfo(
        name=feed.name,
        title=feed.title or title or feed.credit_name,
        feed_url=feed.url,
        site_url=site_url,
        group=feed.group,
        rights=feed.rights,
        licence=feed.licence,
    )
