from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from store_samples import NOW, URL, record, subscribe

from aggregator.store import Session, Store, StoreError, entries, feeds, hosts
from aggregator.store.trouble import meaning

WRITE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from aggregator.store import Store, hosts
now = datetime(2026, 3, 1, tzinfo=UTC)
with Store.open(sys.argv[1], base=Path(sys.argv[2]), now=now) as store:
    for number in range(int(sys.argv[4])):
        store.write_now(hosts.block, f"{sys.argv[3]}-{number}", now)
        print(number, flush=True)
"""


def writer(base: Path, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITE, URL, str(base), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


async def test_what_is_written_can_be_read(store: Store) -> None:
    await store.write(hosts.block, "alpha.example", NOW)
    assert await store.read(hosts.blocked) == {"alpha.example": NOW}


async def test_a_failing_write_leaves_nothing_behind(store: Store) -> None:
    def half(session: Session) -> None:
        hosts.block(session, "alpha.example", NOW)
        raise LookupError

    with pytest.raises(LookupError):
        await store.write(half)
    assert await store.read(hosts.blocked) == {}
    await store.write(hosts.block, "beta.example", NOW)


async def test_many_reads_and_writes_at_once_never_meet_a_lock(store: Store) -> None:
    async with asyncio.TaskGroup() as group:
        for number in range(500):
            group.create_task(store.write(hosts.block, f"{number}.example", NOW))
            group.create_task(store.read(hosts.blocked))
    assert len(await store.read(hosts.blocked)) == 500


async def test_a_read_sees_one_moment(store: Store) -> None:
    def twice(session: Session) -> tuple[int, int]:
        before = len(hosts.blocked(session))
        store.write_now(hosts.block, "alpha.example", NOW)
        return before, len(hosts.blocked(session))

    assert await store.read(twice) == (0, 0)


def test_a_read_can_not_write(store: Store) -> None:
    with pytest.raises(StoreError, match="read-only"):
        store.read_now(hosts.block, "alpha.example", NOW)
    assert store.read_now(hosts.blocked) == {}


def test_closing_finishes_what_was_begun_and_leaves_one_file(tmp_path: Path) -> None:
    store = Store.open(URL, base=tmp_path, now=NOW)
    for number in range(20):
        store._writer.submit(store._write, hosts.block, f"{number}.example", NOW)
    store.close()
    assert [path.name for path in store.path.parent.iterdir()] == ["wire.db"]
    with Store.open(URL, base=tmp_path, now=NOW) as again:
        assert len(again.read_now(hosts.blocked)) == 20


def test_two_processes_make_and_write_one_store(tmp_path: Path) -> None:
    processes = [writer(tmp_path, name, 100) for name in ("one", "two")]
    assert [process.communicate() and process.returncode for process in processes] == [0, 0]
    with Store.open(URL, base=tmp_path, now=NOW) as store:
        assert len(store.read_now(hosts.blocked)) == 200


def test_a_killed_writer_loses_nothing_that_it_was_told_is_written(tmp_path: Path) -> None:
    process = writer(tmp_path, "one", 100_000)
    assert process.stdout is not None
    for line in process.stdout:
        if line == "50\n":
            os.kill(process.pid, signal.SIGKILL)
            break
    told = 50 + sum(1 for _ in process.stdout)
    process.communicate()
    with Store.open(URL, base=tmp_path, now=NOW) as store:
        assert len(store.read_now(hosts.blocked)) > told
        assert store.read_now(_integrity) == "ok"


def test_a_store_that_another_program_has_locked_is_tried_again(store: Store) -> None:
    store.write_now(lambda session: session.connection().connection.execute("PRAGMA busy_timeout=1"))  # type: ignore[attr-defined]
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked by another program") as caught:
            store.write_now(hosts.block, "alpha.example", NOW)
    assert caught.value.transient
    store.write_now(hosts.block, "alpha.example", NOW)


def test_a_full_disk_is_waited_for_and_costs_nothing_written(store: Store) -> None:
    def fill(session: Session) -> None:
        for number in range(50):
            entries.save(session, [record(number, reason="x" * 10_000)], NOW)

    store.write_now(lambda session: session.execute(text("PRAGMA max_page_count=100")).all())
    with pytest.raises(StoreError, match="the disk is full") as caught:
        store.write_now(fill)
    assert caught.value.transient
    store.write_now(lambda session: session.execute(text("PRAGMA max_page_count=100000")).all())
    store.write_now(hosts.block, "alpha.example", NOW)
    assert store.read_now(entries.lines) == []


def test_a_disk_that_became_read_only_is_named(store: Store) -> None:
    with closing(sqlite3.connect(f"{store.path.as_uri()}?mode=ro", uri=True)) as other:
        with pytest.raises(sqlite3.OperationalError) as raised:
            other.execute("DELETE FROM feeds")
        said = meaning(raised.value, store.path)
    assert "is read-only" in str(said)
    assert said.transient


def test_damage_is_named_and_does_not_pass_by_itself(tmp_path: Path) -> None:
    with Store.open(URL, base=tmp_path, now=NOW) as store:
        subscribe(store, *(f"feed-{number}" for number in range(500)))
        path = store.path
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(path.stat().st_size - 4096))
    with pytest.raises(StoreError, match="damaged") as caught, Store.open(URL, base=tmp_path, now=NOW) as store:
        store.read_now(feeds.overview)
    assert not caught.value.transient


def test_an_entry_of_an_unknown_feed_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="FOREIGN KEY"):
        store.write_now(entries.save, [record(feed="nobody")], NOW)


def _integrity(session: Session) -> object:
    return session.scalar(text("PRAGMA integrity_check"))
