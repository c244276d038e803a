"""A WordPress of your own or of a host, by its REST API and an Application Password."""

from __future__ import annotations

from pathlib import Path

from aggregator.targets import Connect
from aggregator.targets.wordpress.options import Options
from aggregator.targets.wordpress.target import WordPressTarget
from aggregator.types import Site

__all__ = ["Options", "WordPressTarget", "build"]


def build(name: str, options: Options, *, site: Site, folder: Path, http: Connect) -> WordPressTarget:
    """The blog as configured; it is not asked for anything before its first use."""
    return WordPressTarget(name, options, site=site, http=http)
