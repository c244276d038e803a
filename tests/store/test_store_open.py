from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from store_samples import HEAD, HOUR, NOW, URL, subscribe

from aggregator.store import Store, StoreError, feeds, lock, migrate
from aggregator.store.trouble import translated

NEXT = """
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "9001", "{head}", None, None
def upgrade():
    op.add_column("feeds", sa.Column("mood", sa.Text()))
def downgrade():
    op.drop_column("feeds", "mood")
"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A store with one feed, in the form of today."""
    with Store.open(URL, base=tmp_path, now=NOW) as store:
        subscribe(store, "alpha")
        return store.path


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """The migration scripts of a later version."""
    folder = tmp_path / "later"
    shutil.copytree(migrate.scripts(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    head = max(path.name[:4] for path in (folder / "versions").glob("*.py"))
    (folder / "versions" / "9001_mood.py").write_text(NEXT.format(head=head))
    return folder


def columns(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {row[1] for row in connection.execute("PRAGMA table_info(feeds)")}


def test_a_new_store_is_made_beside_the_configuration_for_its_owner_only(tmp_path: Path) -> None:
    with Store.open("sqlite:///deep/er/wire.db", base=tmp_path, now=NOW) as store:
        assert store.path == tmp_path / "deep" / "er" / "wire.db"
        subscribe(store, "alpha")
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in store.path.parent.iterdir()}
    assert modes.keys() >= {"wire.db", "wire.db-wal"}
    assert set(modes.values()) == {0o600}


def test_a_store_that_others_could_read_is_closed_to_them(tmp_path: Path, old: Path) -> None:
    old.chmod(0o644)
    Store.open(URL, base=tmp_path, now=NOW).close()
    assert stat.S_IMODE(old.stat().st_mode) == 0o600


def test_an_absolute_address_names_that_file(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path}/x.db", base=Path("/nowhere"), now=NOW) as store:
        assert store.path == tmp_path / "x.db"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("wire.db", "no database address"),
        ("sqlite://", "must name a file"),
        ("sqlite:///:memory:", "must name a file"),
        ("sqlite:///wire.db?mode=ro", "must name a file"),
        ("sqlite:///file:wire.db", "must name a file"),
        ("postgresql+psycopg://wire@localhost/wire", "postgresql is not supported"),
    ],
)
def test_an_address_that_can_not_be_used_is_refused(tmp_path: Path, url: str, said: str) -> None:
    with pytest.raises(StoreError, match=said):
        Store.open(url, base=tmp_path, now=NOW)


def test_a_folder_that_can_not_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(StoreError, match="can't be written"):
        Store.open(URL, base=tmp_path, now=NOW)


def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data" / "wire.db").mkdir(parents=True)
    with pytest.raises(StoreError, match="is not a file"):
        Store.open(URL, base=tmp_path, now=NOW)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_file_that_can_not_be_written_is_refused(tmp_path: Path, old: Path) -> None:
    old.chmod(0o400)
    with pytest.raises(StoreError, match="can't be written"):
        Store.open(URL, base=tmp_path, now=NOW)


@pytest.mark.parametrize("content", [b"hello", b"hello, this is no database\n" * 400])
def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "data" / "wire.db"
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(StoreError, match="is not a database"):
        Store.open(URL, base=tmp_path, now=NOW)
    assert path.read_bytes() == content


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="no list of open files")
def test_a_refused_file_is_not_left_open(tmp_path: Path) -> None:
    path = tmp_path / "data" / "wire.db"
    path.parent.mkdir()
    path.write_bytes(b"hello")
    with pytest.raises(StoreError):
        Store.open(URL, base=tmp_path, now=NOW)
    links = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    assert path not in [link.readlink() for link in links if link.exists()]


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with closing(sqlite3.connect(tmp_path / "data" / "wire.db")) as connection:
        connection.execute("CREATE TABLE recipes (name)")
    with pytest.raises(StoreError, match="another program"):
        Store.open(URL, base=tmp_path, now=NOW)


def test_a_cut_file_is_refused_as_damaged(tmp_path: Path, old: Path) -> None:
    os.truncate(old, old.stat().st_size // 2)
    with pytest.raises(StoreError, match="damaged") as caught:
        Store.open(URL, base=tmp_path, now=NOW)
    assert not caught.value.transient


def test_a_store_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path, old: Path, later: Path) -> None:
    migrate.bring_up(old, NOW, folder=later)
    with pytest.raises(StoreError, match="newer version"):
        Store.open(URL, base=tmp_path, now=NOW)
    assert "mood" in columns(old)


def test_an_older_store_is_copied_and_upgraded(old: Path, later: Path) -> None:
    migrate.bring_up(old, NOW, folder=later)
    assert "mood" in columns(old)
    (copy,) = (old.parent / "backups").iterdir()
    assert copy.name == f"wire-20260301T120000Z-{HEAD}.db"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert "mood" not in columns(copy)
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT name FROM feeds").fetchall() == [("alpha",)]


def test_the_newest_five_copies_are_kept(tmp_path: Path, old: Path, later: Path) -> None:
    untouched = old.read_bytes()
    (old.parent / "backups").mkdir()
    (old.parent / "backups" / f"wire-20260228T000000Z-{HEAD}.db.part").write_text("cut by a kill")
    (old.parent / "backups" / "other.db").write_text("not ours")
    for hours in range(7):
        old.write_bytes(untouched)
        migrate.bring_up(old, NOW + hours * HOUR, folder=later)
    names = sorted(path.name for path in (old.parent / "backups").iterdir())
    assert names == ["other.db", *(f"wire-20260301T{hour}0000Z-{HEAD}.db" for hour in range(14, 19))]


def test_an_older_store_is_not_touched_unasked(old: Path, later: Path) -> None:
    with pytest.raises(StoreError, match="wirecopy db upgrade"):
        migrate.bring_up(old, NOW, upgrade=False, folder=later)
    assert "mood" not in columns(old)


def test_a_damaged_store_is_not_upgraded(old: Path, later: Path) -> None:
    with old.open("r+b") as file:
        file.seek(-4096, os.SEEK_END)
        file.write(b"\xff" * 4096)
    with pytest.raises(StoreError, match="damaged"), translated(old):
        migrate.bring_up(old, NOW, folder=later)
    assert not (old.parent / "backups").exists()


def test_a_store_that_this_process_holds_is_upgraded(tmp_path: Path, old: Path, later: Path) -> None:
    with lock(URL, base=tmp_path):
        migrate.bring_up(old, NOW, folder=later)
    assert "mood" in columns(old)


def test_opening_again_changes_nothing(tmp_path: Path, old: Path) -> None:
    with Store.open(URL, base=tmp_path, now=NOW + timedelta(days=1)) as store:
        assert list(store.read_now(feeds.memories)) == ["alpha"]
    assert not (old.parent / "backups").exists()


def test_a_store_is_looked_at_and_left_as_it_is(old: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in old.parent.glob(f"{old.name}*")}
    with Store.look(URL, base=tmp_path) as store:
        assert "alpha" in store.read_now(feeds.memories)
        with pytest.raises(StoreError, match="read-only"):
            subscribe(store, "beta")
    assert {path.name: path.read_bytes() for path in old.parent.glob(f"{old.name}*")} == before


def test_where_there_is_no_store_none_is_made(tmp_path: Path) -> None:
    assert Store.look(URL, base=tmp_path) is None
    assert not list(tmp_path.iterdir())
