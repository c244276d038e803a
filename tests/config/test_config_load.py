"""What a good file comes to."""

import pickle
from datetime import timedelta
from ipaddress import ip_network

import pytest

from aggregator.config import Secret, load
from aggregator.transforms.filter import Options as Filter
from aggregator.types import Duplicates, Every, Rights, Site

MINIMAL = """\
[site]
title = "Site Nestor"
base_url = "http://127.0.0.1:8080"

[store]
url = "sqlite:///data/wirecopy.db"

[fetch]
allow_networks = []          # private addresses that may be fetched, e.g. ["127.0.0.0/8"]; closed by default
floor = "15m"                # no feed is polled more often; lower only for hosts inside allow_networks

[targets.blog]
kind = "site"
path = "public"

[feeds.aljazeera]
url = "https://www.aljazeera.com/xml/rss/all.xml"
"""


def test_the_minimal_file_works(write, tmp_path):
    config = load(write("", head=MINIMAL))

    assert config.path == tmp_path / "config.toml"
    assert config.feed_names == ("aljazeera",)
    feed = config.feed("aljazeera")
    assert feed.url == "https://www.aljazeera.com/xml/rss/all.xml"
    assert feed.every == Every(interval=timedelta(hours=1))
    assert feed.rights is Rights.FULL
    assert feed.targets == ("blog",)
    assert feed.max_age is None
    assert config.targets["blog"].kind == "site"
    assert config.store.url == "sqlite:///data/wirecopy.db"
    assert config.store.media == tmp_path / "data/media"
    assert config.resolve("x/y") == tmp_path / "x/y"
    assert config.resolve("/x") == tmp_path.__class__("/x")
    assert config.site_info() == Site(title="Site Nestor", base_url="http://127.0.0.1:8080")
    assert config.daemon.address == ("127.0.0.1", 8080)


def test_a_feed_wins_over_its_group_and_the_group_over_the_defaults(write):
    config = load(
        write(
            """
            [defaults]
            every = "3h"
            rights = "excerpt"
            max_new = 5
            max_age = "30d"
            duplicates = "address"
            [groups.news]
            every = "*/30 * * * *"
            rights = "link"
            extract = false
            [feeds.a]
            url = "https://a.example/"
            [feeds.b]
            url = "https://b.example/"
            group = "news"
            [feeds.c]
            url = "https://c.example/"
            group = "news"
            every = "auto"
            rights = "full"
            permission = true
            extract = true
            max_new = 0
            max_age = "unlimited"
            duplicates = "keep"
            """
        )
    )

    a, b, c = map(config.feed, config.feed_names)
    assert (a.every, a.rights, a.max_new, a.extract) == (Every(interval=timedelta(hours=3)), Rights.EXCERPT, 5, True)
    assert (b.every, b.rights, b.max_new, b.extract) == (Every(cron="*/30 * * * *"), Rights.LINK, 5, False)
    assert (c.every, c.rights, c.max_new, c.extract) == (Every(auto=True), Rights.FULL, 0, True)
    assert (a.duplicates, c.duplicates) == (Duplicates.ADDRESS, Duplicates.KEEP)
    assert (a.max_age, b.max_age, c.max_age) == (timedelta(days=30), timedelta(days=30), None)
    assert (b.group, c.rights_permission, b.rights_permission) == ("news", True, False)
    assert config.feed("c") is c


def test_every_setting_of_a_feed_arrives(write, monkeypatch, tmp_path):
    monkeypatch.setenv("TEST_TOKEN", "t0ken")
    (tmp_path / "password").write_text("hunter2\n")
    config = load(
        write(
            """
            [feeds.a]
            url = "https://a.example/Feed?x=%20"
            name = "The A"
            licence = "CC BY 4.0"
            credit = "{{ original.title }}"
            allow_hosts = ["A.example", "bücher.example"]
            headers = { "X-Token" = { env = "TEST_TOKEN" }, Accept-Language = "en" }
            auth = { username = "me", password = { file = "password" } }
            targets = ["blog"]
            [[feeds.a.transforms]]
            kind = "filter"
            name = "no sport"
            exclude = ["sport"]
            [[feeds.a.transforms]]
            kind = "replace"
            find = "a"
            """
        )
    )

    feed = config.feed("a")
    assert feed.url == "https://a.example/Feed?x=%20"
    assert (feed.title, feed.licence, feed.credit) == ("The A", "CC BY 4.0", "{{ original.title }}")
    assert feed.allow_hosts == ("a.example", "xn--bcher-kva.example")
    assert feed.headers == (("X-Token", "t0ken"), ("Accept-Language", "en"))
    assert feed.auth == ("me", "hunter2")
    assert [(step.kind, step.name) for step in feed.transforms] == [("filter", "no sport"), ("replace", "replace")]
    assert feed.transforms[0].options == Filter(exclude=("sport",))


def test_secrets_never_print(write, monkeypatch):
    monkeypatch.setenv("TEST_TOKEN", "t0ken")
    config = load(
        write(
            """
            [targets.other]
            kind = "config_kinds.shelf"
            path = "elsewhere"
            password = "hunter2"
            [feeds.a]
            url = "https://a.example/"
            headers = { "X-Token" = { env = "TEST_TOKEN" } }
            auth = { username = "me", password = "hunter2" }
            """
        )
    )

    options = config.targets["other"].options
    assert options.password.reveal() == "hunter2"
    shown = f"{config!r} {config.feeds!r} {options!r} {options} {config.feed('a')!r} {options.model_dump_json()}"
    assert "hunter2" not in shown
    assert "t0ken" not in shown
    assert "***" in shown


def test_a_secret_is_equal_to_itself_and_can_be_pickled():
    secret = Secret("x")
    assert pickle.loads(pickle.dumps(secret)).reveal() == "x"
    assert secret == Secret("x") != Secret("y")
    assert {secret, Secret("x")} == {secret}
    assert f"{secret} {secret!r}" == "*** ***"


def test_paths_are_relative_to_the_file_wherever_one_stands(write, tmp_path, monkeypatch):
    path = write('[store]\nmedia = "pictures"')
    monkeypatch.chdir("/")
    config = load(path)
    assert config.targets["blog"].options.path == tmp_path / "public"
    assert config.store.media == tmp_path / "pictures"


@pytest.mark.parametrize(
    ("site", "fetch", "contact"),
    [
        ("", "", "http://127.0.0.1:8080"),
        ('contact = "editor@example.org"', "", "editor@example.org"),
        (
            'contact = "editor@example.org"',
            '[fetch]\nuser_agent_contact = "https://example.org/bot"',
            "https://example.org/bot",
        ),
    ],
)
def test_servers_are_told_the_nearest_contact(write, site, fetch, contact):
    config = load(write(f'{fetch}\n[site]\ntitle = "x"\nbase_url = "http://127.0.0.1:8080/"\n{site}', head=TARGET))
    assert config.fetch.user_agent_contact == contact
    assert config.site.base_url == "http://127.0.0.1:8080"


TARGET = '[targets.blog]\nkind = "config_kinds.shelf"\npath = "public"\n'


def test_a_low_floor_holds_only_inside_the_allowed_networks(write):
    fetch = load(write('[fetch]\nfloor = "1s"\nallow_networks = ["127.0.0.0/8", "fd00::/8"]')).fetch
    assert fetch.allow_networks == (ip_network("127.0.0.0/8"), ip_network("fd00::/8"))
    assert fetch.floor_for(inside=True) == timedelta(seconds=1)
    assert fetch.floor_for(inside=False) == timedelta(minutes=5)
    assert fetch.allows("127.1.2.3")
    assert fetch.allows("[fd00::1]")
    assert not fetch.allows("192.0.2.1")
    assert not fetch.allows("localhost")


@pytest.mark.parametrize(
    ("listen", "address"),
    [
        ('""', None),
        ('"0.0.0.0:80"', ("0.0.0.0", 80)),
        ('"[::1]:8081"', ("::1", 8081)),
        ('"localhost:0"', ("localhost", 0)),
    ],
)
def test_the_address_to_listen_on(write, listen, address):
    assert load(write(f"[daemon]\nlisten = {listen}")).daemon.address == address


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(write):
    config = load(write(b"\xef\xbb\xbf" + MINIMAL.replace("\n", "\r\n").encode()))
    assert config.feed_names == ("aljazeera",)


def test_ten_thousand_feeds_load(write):
    feeds = "".join(f'[feeds.f{n}]\nurl = "https://h{n % 900}.example/{n}"\nevery = "2h"\n' for n in range(10_000))
    config = load(write(feeds))
    assert len(config.feed_names) == 10_000
    assert config.feed("f9999").every == Every(interval=timedelta(hours=2))


def test_an_unknown_feed_is_a_lookup_error(write):
    with pytest.raises(LookupError):
        load(write()).feed("nobody")
