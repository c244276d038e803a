"""The configuration of the demo: a file that a person can read, learn from and change."""

from __future__ import annotations

from pathlib import Path

from aggregator.errors import ConfigError, Problem

TEMPLATE = """\
# The configuration of the Wirecopy demo. Change it while the demo runs: the daemon notices.
# docs/configuration.md explains every key.

[site]
title = "The Morning Wire"
base_url = "{base_url}"
description = "A blog made of other people's feeds, each credited"
contact = "{base_url}/sources/"

[daemon]
listen = "{listen}"

[store]
url = "sqlite:///wirecopy.db"        # beside this file
media = "media"

[fetch]
allow_networks = ["127.0.0.0/8"]     # the sample press is on this machine; closed by default
floor = "10s"                        # 15m or more on the internet
host_pause = "0s"                    # 1s or more on the internet

[defaults]
every = "30s"                        # one hour by default

[targets.blog]
kind = "site"                        # the embedded blog: plain files, served by the daemon
path = "public"

[groups.magazines]
every = "45s"

[feeds.tidewater]                    # RSS with summaries: the articles are taken from their pages
url = "{press}/tidewater/rss.xml"
name = "The Tidewater Gazette"

[feeds.lattice]                      # Atom, under CC BY; it re-posts an entry of somebody else's
url = "{press}/lattice/feed.atom"
group = "magazines"

[feeds.slowtable]                    # JSON Feed with whole articles
url = "{press}/slowtable/feed.json"
group = "magazines"

[feeds.smallhours]                   # RSS with content:encoded; only an excerpt is shown
url = "{press}/smallhours/index.xml"
rights = "excerpt"
"""


def write_config(folder: Path, press_url: str, listen: str) -> Path:
    """Writes the demo's ``config.toml`` into a folder, unless there is one; answers where it is.

    Raises ConfigError where the one that is there was made for other addresses.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "config.toml"
    if not path.exists():
        path.write_text(TEMPLATE.format(base_url=f"http://{listen}", listen=listen, press=press_url), "utf-8")
    elif f"{press_url}/" not in path.read_text("utf-8", "replace"):
        problem = Problem("feeds", f"the sample press is at {press_url} this time", hint="name another --folder")
        raise ConfigError(str(path), (problem,))
    return path
