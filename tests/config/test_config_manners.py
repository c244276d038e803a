"""The options that every target has besides those of its kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, time, timedelta
from pathlib import Path

import pytest

from aggregator.config import Config, Hours, Manners, load, time_zone
from aggregator.errors import ConfigError

Write = Callable[[str, str], Path]
HEAD = """
[site]
title = "Harbour"
base_url = "https://harbour.example"
{site}
[feeds.a]
url = "https://a.example/"
[targets.blog]
kind = "site"
{target}
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def text(target: str, site: str = "") -> Path:
        path = tmp_path / "config.toml"
        path.write_text(HEAD.format(target=target, site=site))
        return path

    return text


def manners(config: Config) -> Manners:
    return config.targets["blog"].manners


def test_by_default_nothing_is_held_back(write: Write) -> None:
    assert manners(load(write("", ""))) == Manners(
        spacing=timedelta(), per_day=None, quiet=None, parallel=1, order="oldest"
    )


def test_manners_stand_beside_the_options_of_the_kind(write: Write) -> None:
    lines = 'spacing = "10m"\nper_day = 20\nparallel = 2\norder = "newest"\nper_page = 7'
    config = load(write(lines, ""))
    assert manners(config) == Manners(spacing=timedelta(minutes=10), per_day=20, parallel=2, order="newest")
    assert config.targets["blog"].options.per_page == 7  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("said", "site", "hours"),
    [
        ("22:00-07:00", "", Hours(time(22), time(7), "UTC")),
        ("22:00-07:00", 'timezone = "Europe/Berlin"', Hours(time(22), time(7), "Europe/Berlin")),
        (
            "9:30 - 17:00  America/New_York",
            'timezone = "Europe/Berlin"',
            Hours(time(9, 30), time(17), "America/New_York"),
        ),
        ("20:00-24:00", "", Hours(time(20), time(0), "UTC")),
    ],
)
def test_quiet_hours_are_by_the_clock_of_a_place(write: Write, said: str, site: str, hours: Hours) -> None:
    assert manners(load(write(f'quiet = "{said}"', site))).quiet == hours


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('quiet = "night"', "is no part of a day"),
        ('quiet = "25:00-07:00"', "has a time that no clock shows"),
        ('quiet = "22:00-31:00"', "has a time that no clock shows"),
        ('quiet = "07:00-07:00"', "all day or never"),
        ('quiet = "22:00-07:00 Mars/Olympus"', "there is no time zone 'Mars/Olympus'"),
        ('quiet = "22:00-07:00 ../../etc/passwd"', "is not a time zone"),
        ('quiet = "22:00-07:00 Europe"', "there is no time zone"),
        ("quiet = 7", "must be hours of the day in quotes"),
        ("per_day = 0", "must be at least 1"),
        ('per_day = "20"', "must be a whole number"),
        ("parallel = 17", "must be at most 16"),
        ('order = "random"', "must be 'oldest' or 'newest'"),
        ('spacing = "31d"', "must be at most"),
        ("spacing = 10", 'write "10s"'),
        ('spacng = "10m"', 'did you mean "spacing"?'),
    ],
)
def test_a_mistake_is_told_with_what_to_write(write: Write, line: str, complaint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(write(line, ""))
    (problem,) = caught.value.problems
    assert complaint in str(problem)
    assert problem.line == 10


def test_a_wrong_time_zone_of_the_site_is_told(write: Write) -> None:
    with pytest.raises(ConfigError, match="there is no time zone 'Europe/Nowhere'"):
        load(write("", 'timezone = "Europe/Nowhere"'))


def test_utc_is_known_where_the_machine_has_no_time_zones() -> None:
    assert time_zone("utc") is UTC
