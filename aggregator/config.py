"""TOML in, validated models out; all complaints at once, each with its key and the nearest known one."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A table of the file: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FetchSettings(Section):
    """``[fetch]``: how we behave towards other people's servers."""

    allow_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    floor: timedelta = timedelta(minutes=15)
    ceiling: timedelta = timedelta(days=7)
    host_pause: timedelta = timedelta(seconds=1)
    host_connections: int = 1
    timeout: timedelta = timedelta(seconds=30)
    connect_timeout: timedelta = timedelta(seconds=10)
    feed_bytes: int = 10_000_000
    page_bytes: int = 5_000_000
    image_bytes: int = 10_000_000
    robots_bytes: int = 512_000
    redirects: int = 5
    robots: bool = True
