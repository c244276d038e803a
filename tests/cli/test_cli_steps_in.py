"""Verbs by which a person steps in: retry, withdraw, db, check, service."""

import sqlite3

import pytest

from aggregator.cli.service import unit
from aggregator.config import load


def states(wirecopy):
    return {r["title"].split()[0]: (r["action"], r["state"]) for r in wirecopy("outbox", "--all", "--json").records}


def test_retry_makes_a_dead_delivery_due(wirecopy, store):
    ended = wirecopy("retry", "https://gazette.example/43970")
    assert (ended.code, ended.out) == (0, "1 deliveries are due now\n")
    assert states(wirecopy) == {"Published": ("publish", "published"), "Dead": ("publish", "pending")}


def test_retry_of_a_target_ends_its_pause(wirecopy, store):
    ended = wirecopy("retry", "--target", "blog")
    assert ended.out == "blog is paused no more\n1 deliveries are due now\n"
    assert "paused" not in wirecopy("outbox").err


def test_retry_wants_to_know_what(wirecopy, store):
    assert wirecopy("retry").code == 2
    assert wirecopy("retry", "--target", "blok").code == 2


def test_withdraw_buries_the_entry_and_promises_the_withdrawal(wirecopy, store):
    ended = wirecopy("withdraw", "https://gazette.example/43969", "--reason", "asked by the publisher")
    assert ended.code == 0
    assert ended.out.startswith("1 entries buried, 1 posts to be taken back\n")
    assert states(wirecopy)["Published"] == ("withdraw", "pending")
    (record,) = wirecopy("explain", "entry-43969", "--json").records
    assert (record["steps"][-1]["step"], record["steps"][-1]["reason"]) == ("withdraw", "asked by the publisher")


def test_withdraw_by_pattern_takes_all_that_fit(wirecopy, store):
    ended = wirecopy("withdraw", "--pattern", "https://gazette.example/4396*")
    assert ended.out.startswith("1 entries buried, 1 posts to be taken back")
    assert states(wirecopy) == {"Published": ("withdraw", "pending"), "Dead": ("publish", "dead")}


def test_what_was_withdrawn_is_listed_and_can_be_undone(wirecopy, store):
    assert wirecopy("withdraw", "--list").err == "nothing was withdrawn\n"
    wirecopy("withdraw", "https://gazette.example/43969", "--reason", "by mistake")
    (stone,) = wirecopy("withdraw", "--list", "--json").records
    assert (stone["feed"], stone["title"], stone["reason"]) == ("gazette", "Published", "by mistake")
    ended = wirecopy("withdraw", "--undo", "https://gazette.example/43969")
    assert ended.out.startswith("1 entry is back\n")
    assert states(wirecopy)["Published"] == ("publish", "pending")
    assert wirecopy("withdraw", "--list", "--json").records == []
    assert wirecopy("withdraw", "--undo", "https://gazette.example/43969").out == "0 entries are back\n"


def test_a_withdrawal_by_pattern_is_undone_by_the_same_pattern(wirecopy, store):
    wirecopy("withdraw", "--pattern", "https://gazette.example/4396*")
    kept = wirecopy("withdraw", "--undo", "https://gazette.example/43969")
    assert kept.out == "0 entries are back\nstill kept out by the pattern 'https://gazette.example/4396*': Published\n"
    assert wirecopy("withdraw", "--undo", "--pattern", "*").code == 2
    ended = wirecopy("withdraw", "--undo", "--pattern", "https://gazette.example/4396*")
    assert ended.out.startswith("1 entry is back\n")
    assert states(wirecopy)["Published"] == ("publish", "pending")


def test_withdraw_wants_either_an_entry_or_a_pattern(wirecopy, store):
    assert wirecopy("withdraw").code == 2
    assert wirecopy("withdraw", "x", "--pattern", "y").code == 2
    assert wirecopy("withdraw", "--list", "--pattern", "y").code == 2
    assert wirecopy("withdraw", "https://nowhere.example/").code == 2


def test_a_backup_is_a_whole_store(wirecopy, store, tmp_path):
    ended = wirecopy("db", "backup", "copies/one.db")
    assert ended.code == 0
    with sqlite3.connect(tmp_path / "copies" / "one.db") as copy:
        assert copy.execute("SELECT count(*) FROM entries").fetchone() == (3,)
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    copy.close()
    assert wirecopy("db", "backup").code == 0
    assert len(list((tmp_path / "data" / "backups").iterdir())) == 1


def test_a_backup_never_overwrites(wirecopy, store, tmp_path):
    (tmp_path / "mine.txt").write_text("precious")
    assert wirecopy("db", "backup", "mine.txt").code == 1
    assert (tmp_path / "mine.txt").read_text() == "precious"


def test_a_good_store_passes_the_check(wirecopy, store):
    ended = wirecopy("db", "check")
    assert ended.code == 0
    assert ended.out.endswith("all is well\n")
    (record,) = wirecopy("db", "check", "--json").records
    assert record["problems"] == []


def test_upgrade_of_a_new_store_is_no_work(wirecopy, store):
    ended = wirecopy("db", "upgrade")
    assert (ended.code, ended.out) == (0, f"{store} is up to date\n")


def test_check_tells_what_is_good(wirecopy, config):
    ended = wirecopy("check")
    assert ended.code == 0
    assert ended.out.endswith("good: 1 feed, 1 target (blog)\n")


def test_check_makes_no_store(wirecopy, config, tmp_path):
    assert wirecopy("check").code == 0
    assert not (tmp_path / "data").exists()


def test_check_tells_what_each_target_can_do(wirecopy, config):
    config.write_text(config.read_text() + '[targets.mine]\nkind = "command"\nrun = ["true"]\n')
    head, blog, mine, *_ = wirecopy("check").out.splitlines()
    assert head.split("\t") == ["target", "kind", "finds", "withdraws", "checks", "pictures", "state"]
    assert blog.split("\t") == ["blog", "site", "yes", "yes", "yes", "copies", "good"]
    assert mine.split("\t")[:3] == ["mine", "command", "no"]


def test_check_tells_that_a_target_is_paused(wirecopy, store):
    ended = wirecopy("check")
    assert ended.code == 0
    assert "note: blog is paused until 2036-05-29 12:00 UTC: password refused" in ended.out
    assert "good, paused" in ended.out
    record = wirecopy("check", "--json").records[-1]
    assert (record["level"], record["target"]) == ("paused", "blog")


def test_check_tells_what_a_target_has_against_it(wirecopy, config, tmp_path):
    (tmp_path / "public").write_text("in the way")
    ended = wirecopy("check", "--json")
    assert ended.code == 1
    assert any(record["level"] == "problem" and record["target"] == "blog" for record in ended.records)


def test_the_unit_of_the_whole_machine_is_hardened_and_can_write_where_it_must(config, tmp_path):
    text = unit(load(config), system=True, user="wirecopy")
    lines = text.splitlines()
    assert "User=wirecopy" in lines
    assert "ProtectSystem=strict" in lines
    assert f"ExecStartPre=+/usr/bin/install -d -o wirecopy {tmp_path}/data {tmp_path}/public" in lines
    assert f"ReadWritePaths={tmp_path}/data" in lines
    assert f"ReadWritePaths={tmp_path}/public" in lines
    assert not any(line.endswith("/media") for line in lines)
    assert f"--config {config} run" in text
    assert "TimeoutStopSec=30" in lines
    assert text.endswith("WantedBy=multi-user.target\n")


@pytest.mark.parametrize(("folder", "argument"), [("a b", '"{}"'), ("50%", "{}"), ("a$b", "{}")])
def test_odd_paths_survive_systemd(tmp_path, config, folder, argument):
    odd = tmp_path / folder
    odd.mkdir()
    path = config.rename(odd / "config.toml")
    text = unit(load(path), system=False, user="me")
    shown = str(path).replace("%", "%%").replace("$", "$$")
    assert f"--config {argument.format(shown)} run" in text


def test_the_unit_is_installed_for_oneself(wirecopy, config, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "own"))
    ended = wirecopy("service", "--install")
    assert ended.code == 0
    installed = (tmp_path / "own/systemd/user/wirecopy.service").read_text()
    assert "WantedBy=default.target" in installed
    assert wirecopy("service").out == installed
