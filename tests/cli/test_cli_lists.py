"""What lists show, to people and to programs."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.cli import outbox
from aggregator.pipeline.outlet import Wait
from aggregator.store import DeliveryLine, Store, journal
from aggregator.types import Action, DeliveryState, Step

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_entries_as_json_have_what_scripts_ask_for(wirecopy, store):
    ended = wirecopy("entries", "--json")
    assert ended.code == 0
    records = {record["title"]: record for record in ended.records}
    published = records["Published"]
    assert {key: published[key] for key in ("key", "url", "feed", "outcome", "remote_url")} == {
        "key": "entry-43969",
        "url": "https://gazette.example/43969",
        "feed": "gazette",
        "outcome": "published",
        "remote_url": "http://127.0.0.1:8080/a/",
    }
    assert published["first_seen_at"] == "2026-06-01T12:00:00Z"
    assert records["Old"]["outcome"] == "too-old"
    assert records["Old"]["reason"] == "older than 7 days"
    assert records["Old"]["remote_url"] is None


def test_entries_can_be_narrowed(wirecopy, store):
    assert [r["title"] for r in wirecopy("entries", "--json", "--outcome", "too-old").records] == ["Old"]
    assert len(wirecopy("entries", "--json", "--limit", 2).records) == 2
    assert len(wirecopy("entries", "--json", "--feed", "gazette").records) == 3
    ended = wirecopy("entries", "--feed", "gazete")
    assert ended.code == 2
    assert "did you mean 'gazette'?" in " ".join(ended.err.replace("│", " ").split())


def test_posts_as_json_have_what_scripts_ask_for(wirecopy, store):
    published, dead = sorted(wirecopy("posts", "--json").records, key=lambda r: r["key"])
    assert published["key"] == f"{0xABC1:032x}"
    assert published["url"] == "https://gazette.example/43969"
    assert (published["title"], published["feed"], published["outcome"]) == ("Published", "gazette", "published")
    assert published["remote_url"] == "http://127.0.0.1:8080/a/"
    assert (dead["outcome"], dead["remote_url"]) == ("dead", None)
    assert "no such category" in dead["reason"]


def test_a_pipe_gets_lines_with_tabs_and_nothing_that_steers_a_terminal(wirecopy, store):
    ended = wirecopy("posts")
    header, *rows = ended.out.splitlines()
    assert header.split("\t") == ["published at", "feed", "outcome", "title", "remote url"]
    assert [row.split("\t")[3] for row in rows] == ["Published", "Dead  [31mred"]
    assert "\x1b" not in ended.out


@pytest.mark.parametrize("verb", ["entries", "posts", "outbox"])
def test_json_escapes_what_steers_a_terminal(wirecopy, store, verb):
    out = wirecopy(verb, "--json", *(["--all"] if verb == "outbox" else [])).out
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "\\u202e" in out


def test_the_outbox_shows_what_is_owed_and_what_is_dead(wirecopy, store):
    ended = wirecopy("outbox", "--json")
    (record,) = ended.records
    assert (record["target"], record["state"], record["error"]) == ("blog", "dead", "no such category")
    assert "blog is paused until" in ended.err
    assert "password refused" in ended.err
    assert len(wirecopy("outbox", "--json", "--all").records) == 2
    assert len(wirecopy("outbox", "--json", "--state", "published").records) == 1


def test_the_outbox_tells_why_a_post_waits(wirecopy, store, config, quiet_now):
    wirecopy("retry", "--target", "blog")
    config.write_text(config.read_text().replace('path = "public"', f'path = "public"\nquiet = "{quiet_now}"'))
    (record,) = wirecopy("outbox", "--json").records
    assert record["state"] == "pending"
    assert record["held"].startswith("held until ")
    assert record["held"].endswith(f"UTC: quiet hours, {quiet_now}")
    assert record["held_until"].endswith(":00:00Z")
    ended = wirecopy("outbox")
    assert "held until" in ended.out
    assert "blog: 1 new posts held until" in ended.err
    assert wirecopy("outbox", "--all", "--json", "--state", "published").records[0]["held"] is None
    assert "blog: publish pending: held until" in wirecopy("explain", "https://gazette.example/43970").out


def test_of_many_that_wait_only_the_first_is_promised_a_time():
    until = datetime(2026, 6, 2, 7, tzinfo=UTC)
    wait = Wait(count=12, until=until, reason="quiet hours", paused=False)
    line = DeliveryLine(
        id=1,
        post_key="a",
        feed="gazette",
        entry_key="1",
        title="A",
        url=None,
        target="blog",
        action=Action.PUBLISH,
        state=DeliveryState.PENDING,
        attempts=0,
        in_doubt=False,
        published_at=NOW,
        next_attempt_at=until - timedelta(hours=1),
        lease_until=None,
        error="",
        remote_id=None,
        remote_url=None,
        settled_at=None,
        new=True,
    )
    assert outbox.record(line, wait)["held"] == "held until 2026-06-02 07:00 UTC: quiet hours (the first of 12)"
    assert outbox.record(line, replace(wait, count=1))["held"] == "held until 2026-06-02 07:00 UTC: quiet hours"
    assert outbox.record(replace(line, new=False), wait)["held"] is None
    assert outbox.record(replace(line, new=False), replace(wait, paused=True))["held"].startswith("paused until")


def test_feeds_show_how_they_are_doing_also_those_never_asked(wirecopy, store, config):
    config.write_text(config.read_text() + '[feeds.new]\nurl = "https://new.example/?token=hunter2"\n')
    gazette, new = wirecopy("feeds", "--json").records
    assert "the target blog is paused until" in wirecopy("feeds").err
    assert (gazette["name"], gazette["entries"], gazette["published"], gazette["gone"]) == ("gazette", 3, 1, False)
    assert new == {"name": "new", "url": "https://new.example/?token=***"}
    assert wirecopy("feeds", "--failing", "--json").records == []


def test_explain_tells_every_decision(wirecopy, store):
    (record,) = wirecopy("explain", "https://gazette.example/43969?utm_source=x", "--json").records
    assert record["outcome"] == "published"
    assert [(s["step"], s["outcome"], s["reason"]) for s in record["steps"]] == [
        ("change", "new", "never seen"),
        ("rights", "full", "configured as full"),
    ]
    assert [d["state"] for d in record["deliveries"]] == ["published"]

    told = wirecopy("explain", "http://127.0.0.1:8080/a/").out
    assert "change: new: never seen" in told
    assert "blog: publish published: http://127.0.0.1:8080/a/" in told


def test_explain_tells_how_its_source_changed_and_what_was_decided(wirecopy, store):
    with sqlite3.connect(store) as connection:
        connection.execute(
            "INSERT INTO revisions (feed, entry_key, seen_at, cause, outcome, reason, title)"
            " VALUES ('gazette', 'entry-43969', ?, 'feed', 'kept back', 'a rewrite', 'Publisht')",
            (1_780_000_000_000_000,),
        )
    connection.close()
    (record,) = wirecopy("explain", "entry-43969", "--json").records
    (kept,) = record["revisions"]
    assert (kept["seen_at"], kept["outcome"], kept["title"]) == ("2026-05-28T20:26:40Z", "kept back", "Publisht")
    assert "2026-05-28 20:26  by its feed: kept back: a rewrite" in wirecopy("explain", "entry-43969").out


def test_explain_of_a_feed_tells_what_was_decided_about_it_as_a_whole(wirecopy, store):
    kept = Store.open("sqlite:///data/wirecopy.db", base=store.parent.parent, now=NOW)
    for reason in ("304 not modified", "503"):
        step = Step(at=NOW, feed="gazette", entry_key=None, step="refresh", outcome="failed", reason=reason)
        kept.write_now(journal.write, [step])
    kept.close()
    (record,) = wirecopy("explain", "gazette", "--json").records
    assert (record["name"], record["entries"]) == ("gazette", 3)
    assert [step["reason"] for step in record["steps"]] == ["304 not modified", "503"]
    assert "refresh: failed: 503" in wirecopy("explain", "gazette").out


def test_explain_of_the_unknown_is_wrong_usage(wirecopy, store):
    ended = wirecopy("explain", "https://nowhere.example/")
    assert ended.code == 2
    assert "no entry goes by" in ended.err


def test_an_empty_store_has_empty_lists(wirecopy, config):
    for verb in ("entries", "posts", "outbox"):
        ended = wirecopy(verb)
        assert (ended.code, ended.out) == (0, "")
        assert ended.err
