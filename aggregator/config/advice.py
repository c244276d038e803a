"""What is allowed in a configuration and yet perhaps not meant."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from urllib.parse import urlsplit

from pydantic import BaseModel

from aggregator import urls
from aggregator.config.merged import Config
from aggregator.config.values import Secret


def warnings(config: Config) -> list[str]:
    """Sentences for a person, each about something that works but may surprise."""
    return [*_about_feeds(config), *_about_targets(config), *_about_secrets(config), *_about_politeness(config)]


def _about_feeds(config: Config) -> Iterator[str]:
    if not config.feeds:
        yield "no feeds: add one with `wirecopy add URL` or a [feeds.NAME] table"
    seen: dict[str, str] = {}
    for name, feed in config.feeds.items():
        address = urls.normalize(feed.url).partition("://")[2]
        first = seen.setdefault(address, name)
        if first != name:
            yield f"feeds.{name}.url differs from that of feeds.{first} only in http and https: probably one feed"
    tables = {
        "defaults": config.defaults,
        **{f"groups.{n}": g for n, g in config.groups.items()},
        **{f"feeds.{n}": f for n, f in config.feeds.items()},
    }
    for place, settings in tables.items():
        interval = settings.every.interval if settings.every else None
        if interval is not None and interval < config.fetch.floor:
            yield f"{place}.every is shorter than fetch.floor, which wins"


def _about_targets(config: Config) -> Iterator[str]:
    used = {target for name in config.feed_names for target in config.feed(name).targets}
    for name in config.targets:
        if config.feeds and name not in used:
            yield f"targets.{name}: no feed goes there"
    members = {feed.group for feed in config.feeds.values()}
    for name in config.groups:
        if name not in members:
            yield f"groups.{name}: no feed belongs to it"


def _about_secrets(config: Config) -> Iterator[str]:
    if any(_secrets(config.defaults)):
        yield "defaults: its headers and auth are sent to every feed's server; a group or a feed is the better place"
    if not any(secret.origin == "text" for secret in _secrets(config)):
        return
    try:
        mode = config.path.stat().st_mode
    except OSError:
        return
    if mode & (stat.S_IRGRP | stat.S_IROTH):
        yield (
            f"{config.path.name} holds secrets and other users of this machine can read it: "
            f'`chmod 600 {config.path.name}`, or write {{ env = "NAME" }} or {{ file = "path" }} in their place'
        )


def _about_politeness(config: Config) -> Iterator[str]:
    host = urlsplit(config.fetch.user_agent_contact).hostname or ""
    if host in ("localhost", "127.0.0.1", "::1"):
        yield "site.contact is missing: tell the servers that you ask how to reach you (a mail address or a page)"
    if not config.fetch.robots:
        yield "fetch.robots = false: article pages are fetched though the site's robots.txt says no"
    for network in config.fetch.allow_networks:
        if network.prefixlen == 0:
            yield f"fetch.allow_networks has {network}: every private address may be fetched"


def _secrets(value: object) -> Iterator[Secret]:
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _secrets(getattr(value, name))
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _secrets(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _secrets(inner)
    elif isinstance(value, Config):
        for settings in (value.defaults, value.groups, value.feeds, {n: t.options for n, t in value.targets.items()}):
            yield from _secrets(settings)
