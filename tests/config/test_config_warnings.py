"""What works and yet may surprise."""

import pytest

from aggregator.config import load, warnings

CONTACT = """\
[site]
title = "x"
base_url = "http://127.0.0.1:8080"
contact = "me@example.org"
[targets.blog]
kind = "config_kinds.shelf"
path = "public"
"""
FEED = '[feeds.a]\nurl = "https://a.example/"\n'


def test_a_good_file_gives_none(write):
    assert warnings(load(write(FEED, head=CONTACT))) == []


@pytest.mark.parametrize(
    ("more", "warning"),
    [
        ("", "no feeds: add one"),
        (
            FEED + "[feeds.b]\nurl = 'http://a.example'",
            "feeds.b.url differs from that of feeds.a only in http and https",
        ),
        (FEED + "every = '5m'", "feeds.a.every is shorter than fetch.floor, which wins"),
        (FEED + "[defaults]\nevery = '5m'", "defaults.every is shorter than fetch.floor"),
        (FEED + "[defaults]\nheaders = { X = { env = 'HOME' } }", "defaults: its headers and auth are sent"),
        (FEED + "[groups.news]\n", "groups.news: no feed belongs to it"),
        (
            FEED + "targets = ['b']\n[targets.b]\nkind = 'config_kinds.shelf'\npath = 'b'",
            "targets.blog: no feed goes there",
        ),
        (FEED + "[fetch]\nrobots = false", "fetch.robots = false"),
        (FEED + "[fetch]\nallow_networks = ['0.0.0.0/0']", "fetch.allow_networks has 0.0.0.0/0"),
    ],
)
def test_what_may_surprise_is_told(write, more, warning):
    found = warnings(load(write(more, head=CONTACT)))
    assert [text for text in found if text.startswith(warning)], found


def test_a_missing_contact_is_told(write):
    assert warnings(load(write(FEED)))[0].startswith("site.contact is missing")


@pytest.mark.parametrize(
    ("mode", "password", "told"),
    [
        (0o644, "'hunter2'", True),
        (0o640, "'hunter2'", True),
        (0o600, "'hunter2'", False),
        (0o644, "{ env = 'HOME' }", False),
    ],
)
def test_secrets_in_a_file_that_others_can_read_are_told(write, mode, password, told):
    path = write(FEED + f"auth = {{ username = 'me', password = {password} }}", head=CONTACT)
    path.chmod(mode)
    found = warnings(load(path))
    assert any("chmod 600" in text for text in found) is told
    assert "hunter2" not in str(found)
