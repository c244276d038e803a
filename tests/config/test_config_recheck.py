from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator import config
from aggregator.errors import ConfigError
from aggregator.types import RECHECK

SITE = '[store]\nurl = "sqlite:///a.db"\n[site]\ntitle = "T"\nbase_url = "https://a.example"\n[targets.blog]\nkind = "site"\npath = "public"\n'
FEED = '[feeds.a]\nurl = "https://a.example/feed"\n'
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("said", "spans"),
    [
        ("", RECHECK),
        ("recheck = true", RECHECK),
        ("recheck = false", ()),
        ('recheck = ["15m"]', (timedelta(minutes=15),)),
        ('recheck = ["6h", "3d"]', (timedelta(hours=6), 3 * DAY)),
    ],
)
def test_spans_are_read(tmp_path, said, spans):
    path = tmp_path / "config.toml"
    path.write_text(SITE + FEED + said)
    assert config.load(path).feed("a").recheck == spans


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ('recheck = "1h"', "must be true, false or a list of 1 to 12 durations"),
        ("recheck = []", "must be true, false or a list of 1 to 12 durations"),
        ("recheck = [3]", "must be durations in quotes"),
        ('recheck = ["3d", "1h"]', "must grow"),
        ('recheck = ["1h", "1h"]', "must grow"),
        ('recheck = ["1m"]', "must lie between 15m and 365d"),
        ('recheck = ["1h", "400d"]', "must lie between 15m and 365d"),
        ('recheck = ["often"]', ""),
    ],
)
def test_what_is_no_list_of_growing_spans_is_told(tmp_path, said, why):
    path = tmp_path / "config.toml"
    path.write_text(SITE + FEED + said)
    with pytest.raises(ConfigError) as caught:
        config.load(path)
    (problem,) = caught.value.problems
    assert problem.key.startswith("feeds.a.recheck")
    assert why in problem.message


def test_a_group_speaks_for_its_feeds_and_a_feed_for_itself(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(
        SITE + '[groups.g]\nrecheck = false\nwithdrawn = "mark"\n' + FEED + 'group = "g"\n'
        '[feeds.b]\nurl = "https://a.example/b"\ngroup = "g"\nrecheck = true\nwithdrawn = "keep"\n'
    )
    loaded = config.load(path)
    assert [(loaded.feed(name).recheck, str(loaded.feed(name).withdrawn)) for name in "ab"] == [
        ((), "mark"),
        (RECHECK, "keep"),
    ]
