"""The store, for verbs that look into it or write a few rows while a daemon may be running."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from aggregator.cli.invocation import configuration

if TYPE_CHECKING:
    from aggregator.config import Config
    from aggregator.pipeline.outlet import Wait
    from aggregator.store import EntryLine, Store


def now() -> datetime:
    """The time now."""
    return datetime.now(UTC)


@contextmanager
def opened(ctx: typer.Context, *, upgrade: bool = False) -> Iterator[tuple[Config, Store]]:
    """The configuration and its store. Raises ConfigError, StoreError."""
    from aggregator.store import Store

    config = configuration(ctx)
    store = Store.open(config.store.url, base=config.folder, now=now(), upgrade=upgrade)
    try:
        yield config, store
    finally:
        store.close()


def waits(config: Config, store: Store) -> dict[str, Wait]:
    """The targets that are not given now what they are owed."""
    from aggregator.pipeline import outlet

    manners = {name: settings.manners for name, settings in config.targets.items()}
    return store.read_now(outlet.waits, manners, now())


def waits_now(config: Config) -> dict[str, Wait]:
    """The same where no store is open, and perhaps none has been made yet. Raises StoreError."""
    from aggregator.store import Store, location

    if not location.locate(config.store.url, config.folder).exists():
        return {}
    with Store.open(config.store.url, base=config.folder, now=now(), upgrade=False) as store:
        return waits(config, store)


def found(store: Store, url_or_key: str, feed: str | None = None) -> list[EntryLine]:
    """The entries that a person means; a usage error where there are none."""
    from aggregator.store import entries

    lines = [line for line in store.read_now(entries.find, url_or_key) if feed in (None, line.feed)]
    if not lines:
        where = f" in the feed {feed!r}" if feed else ""
        raise typer.BadParameter(f"no entry goes by {url_or_key!r}{where}; `wirecopy entries` lists them all")
    return lines


def known_feed(config: Config, name: str | None) -> str | None:
    """The name, if it is one of a feed; a usage error with the nearest one where it is not."""
    return _known(name, config.feed_names, "feed")


def known_target(config: Config, name: str | None) -> str | None:
    """The name, if it is one of a target; a usage error with the nearest one where it is not."""
    return _known(name, tuple(config.targets), "target")


def _known(name: str | None, names: tuple[str, ...], what: str) -> str | None:
    import difflib

    if name is None or name in names:
        return name
    close = difflib.get_close_matches(name, names, n=1)
    raise typer.BadParameter(f"there is no {what} {name!r}" + (f"; did you mean {close[0]!r}?" if close else ""))
