"""The demo's configuration: right, and left alone once it is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator import config
from aggregator.demo import stories, write_config
from aggregator.errors import ConfigError
from aggregator.types import Rights

PRESS = "http://127.0.0.1:8081"


def test_the_demo_configuration_loads_and_names_feeds_of_the_press(tmp_path):
    loaded = config.load(write_config(tmp_path / "demo", PRESS, "127.0.0.1:8080"))
    feeds = [loaded.feed(name) for name in loaded.feed_names]
    addresses = {f"{PRESS}/{name}/{site.feed.path}" for name, site in stories.read().items()}
    assert {feed.url for feed in feeds} < addresses
    assert loaded.site_info().base_url == "http://127.0.0.1:8080"
    assert loaded.daemon.address == ("127.0.0.1", 8080)
    assert {feed.rights for feed in feeds} == {Rights.FULL, Rights.EXCERPT}


def test_a_changed_configuration_is_kept(tmp_path):
    path = write_config(tmp_path, PRESS, "127.0.0.1:8080")
    path.write_text(path.read_text() + "# mine\n")
    assert write_config(tmp_path, PRESS, "127.0.0.1:8080").read_text().endswith("# mine\n")


def test_a_folder_made_for_another_port_is_refused(tmp_path: Path) -> None:
    write_config(tmp_path, "http://127.0.0.1:8081", "127.0.0.1:8080")
    with pytest.raises(ConfigError, match="--folder"):
        write_config(tmp_path, "http://127.0.0.1:9081", "127.0.0.1:9080")
