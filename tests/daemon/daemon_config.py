"""The configuration that tests of the daemon share: one feed, the embedded blog, no waits between requests."""

from __future__ import annotations

from pathlib import Path

from aggregator.config import Config, load


def one_feed(folder: Path, url: str, rest: str = "", *, name: str = "news") -> Config:
    """The configuration in a folder; ``rest`` is more TOML of the feed's table."""
    path = folder / "config.toml"
    path.write_text(
        f"""
        [site]
        title = "T"
        base_url = "http://blog.example"
        [store]
        url = "sqlite:///data/store.db"
        [fetch]
        allow_networks = ["127.0.0.0/8"]
        floor = "1s"
        host_pause = "0s"
        [targets.blog]
        kind = "site"
        [feeds.{name}]
        url = "{url}"
        {rest}
        """
    )
    return load(path)
