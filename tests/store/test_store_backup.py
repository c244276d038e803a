from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from sqlalchemy import text
from store_samples import HEAD, NOW, URL, owe, record, subscribe

from aggregator.store import Store, StoreError, backup, claims, deliveries, entries
from aggregator.types import Outcome


def test_a_copy_is_whole_and_for_its_owner_only(store: Store, tmp_path: Path) -> None:
    owe(store, 1)
    backup.backup(store, tmp_path / "copies" / "today.db")
    assert stat.S_IMODE((tmp_path / "copies" / "today.db").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "copies").iterdir()] == ["today.db"]
    with Store.open("sqlite:///copies/today.db", base=tmp_path, now=NOW) as copy:
        assert copy.read_now(deliveries.pending) == 1


def test_a_copy_never_takes_the_place_of_a_file(store: Store, tmp_path: Path) -> None:
    (tmp_path / "precious.db").write_text("precious")
    with pytest.raises(StoreError, match="exists already"):
        backup.backup(store, tmp_path / "precious.db")
    assert (tmp_path / "precious.db").read_text() == "precious"


def test_a_copy_where_none_can_be_made_is_an_error(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="file"):
        backup.backup(store, tmp_path / "file" / "copy.db")


def test_all_is_well_with_a_store_in_use(store: Store) -> None:
    owe(store, 1, 2)
    assert backup.check(store) == []


def test_rows_that_belong_to_nothing_are_found(store: Store) -> None:
    owe(store, 1)
    store.write_now(entries.save, [record(2, post_key="nothing"), record(3, post_key="nothing")], NOW)
    store.write_now(lambda session: session.execute(text("UPDATE posts SET entry_key = 'nothing'")) and None)
    store.write_now(lambda session: session.execute(text("UPDATE deliveries SET state = 'lost'")) and None)
    assert backup.check(store) == [
        "entries with a post that is not there: 2",
        "queued entries for which nothing is owed: 3",
        "posts made from an entry that is not there: 1",
        "deliveries in an unknown state: 1",
    ]


@pytest.mark.parametrize("page", [-1, -3, 5])
def test_damage_is_found(tmp_path: Path, page: int) -> None:
    with Store.open(URL, base=tmp_path, now=NOW) as store:
        subscribe(store, "alpha")
        store.write_now(entries.save, [record(number, outcome=Outcome.EMPTY) for number in range(500)], NOW)
    with store.path.open("r+b") as file:
        file.seek(page * 4096, os.SEEK_SET if page > 0 else os.SEEK_END)
        file.write(b"\xff" * 4096)
    with Store.open(URL, base=tmp_path, now=NOW) as store:
        found = backup.check(store)
    assert found
    assert all("damaged" in problem for problem in found)


def test_the_facts_tell_what_is_owed(store: Store) -> None:
    owe(store, 1, 2)
    (claimed,) = store.write_now(claims.take, NOW, "blog", limit=1, lease=NOW - NOW)
    store.write_now(claims.begin, claimed.id)
    store.write_now(claims.release, {})
    assert store.read_now(entries.counts) == {Outcome.QUEUED: 2}
    assert backup.facts(store) == [
        f"revision {HEAD}",
        "entries: 2 queued",
        "deliveries to blog, pending: 2",
        "deliveries in doubt, whose targets are asked before they are tried again: 1",
    ]
