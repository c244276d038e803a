"""Feeds are added; what stands in the file stays as it is."""

import pytest

from aggregator.config import load
from aggregator.config.editing import NewFeed, add, render
from aggregator.errors import ConfigError

BEFORE = """\
# My blog.
[site]
title = "x"            # short
base_url = "http://127.0.0.1:8080"

[targets.blog]
kind = "config_kinds.shelf"
path = "public"

[feeds.b]              # the best one
url = "https://b.example/feed"


"""


def test_a_feed_is_appended_and_nothing_else_changes(write):
    path = write(head=BEFORE)
    path.chmod(0o600)
    added = add(path, [NewFeed(url="https://a.example/feed", title="Ünder “A”")])

    assert added.names == ("under-a",)
    assert path.read_text() == BEFORE.rstrip() + '\n\n[feeds.under-a]\nurl = "https://a.example/feed"\n'
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]
    assert load(path).feed_names == ("b", "under-a")


def test_known_feeds_are_left_out_and_names_stay_unique(write):
    path = write(head=BEFORE)
    added = add(
        path,
        [
            NewFeed(url="http://B.example/feed"),
            NewFeed(url="https://c.example/1", title="B", group="The News"),
            NewFeed(url="https://c.example/2", title="B", group="The News"),
            NewFeed(url="https://www.d.example/"),
            NewFeed(url="https://c.example/1#again"),
            NewFeed(url="https://me:pw@e.example/?token=x"),
        ],
    )

    assert added.known == (("http://B.example/feed", "b"), ("https://c.example/1#again", "b-2"))
    assert added.names == ("b-2", "b-3", "d-example")
    assert added.refused == (("https://e.example/?token=***", "user name and password don't belong into an address"),)
    config = load(path)
    assert config.feed("b-3").group == "the-news"
    assert path.read_text().count("[groups.the-news]") == 1


def test_text_of_others_can_not_break_out_of_its_place(write):
    path = write(head=BEFORE)
    add(path, [NewFeed(url="https://a.example/?\"]'x=[feeds.evil]", title='"]\n[targets.evil]')])
    config = load(path)
    assert set(config.targets) == {"blog"}
    assert config.feed(config.feed_names[-1]).url == "https://a.example/?\"]'x=[feeds.evil]"


@pytest.mark.parametrize("content", [BEFORE + "[feeds.c]\nurl = 7\n", BEFORE.replace("[feeds.b]", "[feeds.b"), ""])
def test_a_file_that_is_not_good_is_left_alone(write, content):
    path = write(head=content)
    with pytest.raises(ConfigError):
        add(path, [NewFeed(url="https://a.example/")])
    assert path.read_text() == content


def test_a_file_that_would_not_be_good_afterwards_is_left_alone(write):
    path = write(head=BEFORE)
    with pytest.raises(ConfigError, match="other characters than letters"):
        add(path, [NewFeed(url="https://a.example/", name="a b")])
    assert path.read_text() == BEFORE


def test_a_link_stays_a_link(write, tmp_path):
    real = write(head=BEFORE)
    link = tmp_path / "link.toml"
    link.symlink_to(real)
    add(link, [NewFeed(url="https://a.example/")])
    assert link.is_symlink()
    assert load(real).feed_names == ("b", "a-example")


def test_what_would_be_added_can_be_seen_first(write):
    path = write(head=BEFORE)
    assert (
        render(load(path), [NewFeed(url="https://a.example/")]) == '\n[feeds.a-example]\nurl = "https://a.example/"\n'
    )
    assert path.read_text() == BEFORE
