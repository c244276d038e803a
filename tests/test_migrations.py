from __future__ import annotations

import ast
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata, produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from aggregator.store import Store, engines, feeds, migrate
from aggregator.store.models import Base

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "sqlite:///wire.db"
VERSIONS = sorted(path.name for path in (migrate.scripts() / "versions").glob("*.py"))

#: Opens a store in children of which each is killed one statement later than the one before.
KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from sqlalchemy import Engine, event
from aggregator.store import migrate

def attempt(base: Path, folder: Path, last: int) -> bool:
    seen = 0
    def count(*_):
        nonlocal seen
        seen += 1
        if seen == last:
            os.kill(os.getpid(), signal.SIGKILL)
    if (child := os.fork()) == 0:
        event.listen(Engine, "after_cursor_execute", count)
        event.listen(Engine, "commit", count)
        migrate.bring_up(base, datetime(2026, 3, 1, tzinfo=UTC), folder=folder)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0

path, folder = Path(sys.argv[1]), Path(sys.argv[2])
kills = next(last for last in range(1, 500) if attempt(path, folder, last)) - 1
print(kills)
"""

LATER = """
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "9001", "{head}", None, None
def upgrade():
    op.add_column("feeds", sa.Column("mood", sa.Text()))
    op.execute("UPDATE feeds SET mood = 'calm'")
    with op.batch_alter_table("feeds") as batch:
        batch.alter_column("mood", nullable=False)
def downgrade():
    op.drop_column("feeds", "mood")
"""


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}


def engine_of(path: Path) -> Engine:
    return engines.migrator(path)


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """The migration scripts of a later version, which makes a table anew that others refer to."""
    folder = tmp_path / "later"
    shutil.copytree(migrate.scripts(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "9001_mood.py").write_text(LATER.format(head=VERSIONS[-1][:4]))
    return folder


def test_a_store_goes_up_and_down_and_up_again(tmp_path: Path) -> None:
    path = tmp_path / "wire.db"
    engine = engine_of(path)
    all_tables = set(Base.metadata.tables)
    try:
        for target, expected in [("head", all_tables), ("base", set()), ("head", all_tables)]:
            with engine.begin() as connection:
                turn = command.downgrade if target == "base" else command.upgrade
                turn(migrate.config(connection, migrate.scripts()), target)
            assert tables(path) - {"alembic_version"} == expected
    finally:
        engine.dispose()


def test_the_migrations_make_exactly_the_tables_of_the_models(tmp_path: Path) -> None:
    migrate.bring_up(tmp_path / "wire.db", NOW)
    engine = engine_of(tmp_path / "wire.db")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_a_generated_migration_imports_none_of_our_code(tmp_path: Path) -> None:
    engine = engine_of(tmp_path / "empty.db")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"render_item": migrate.render_item})
        made = produce_migrations(context, Base.metadata).upgrade_ops
        assert made is not None
        code = render_python_code(made, render_item=migrate.render_item, migration_context=context)
    engine.dispose()
    assert "create_table" in code
    assert "aggregator" not in code
    assert "UtcDateTime" not in code


@pytest.mark.parametrize("name", VERSIONS)
def test_a_migration_stands_on_its_own(name: str) -> None:
    tree = ast.parse((migrate.scripts() / "versions" / name).read_text())
    imported = {
        module.split(".")[0]
        for node in ast.walk(tree)
        for module in ([a.name for a in node.names] if isinstance(node, ast.Import) else [getattr(node, "module", "")])
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert imported <= {"sqlalchemy", "alembic", "datetime", "__future__"}


def test_there_is_one_line_of_revisions_in_the_order_of_their_names() -> None:
    known = ScriptDirectory(str(migrate.scripts()))
    assert [script.revision for script in known.walk_revisions()] == [name[:4] for name in reversed(VERSIONS)]


def test_a_later_migration_keeps_the_rows_that_refer_to_a_table_made_anew(tmp_path: Path, later: Path) -> None:
    with Store.open(URL, base=tmp_path, now=NOW) as store:
        store.write_now(feeds.sync, [("alpha", "https://alpha.example/", NOW - NOW)], NOW)
    with closing(sqlite3.connect(store.path)) as connection:
        before = connection.execute("SELECT count(*) FROM feeds").fetchone()
    migrate.bring_up(store.path, NOW, folder=later)
    with closing(sqlite3.connect(store.path)) as connection:
        assert connection.execute("SELECT count(*) FROM feeds").fetchone() == before == (1,)
        assert connection.execute("SELECT mood FROM feeds").fetchone() == ("calm",)


def test_what_an_older_store_has_published_counts_as_published(tmp_path: Path) -> None:
    path = tmp_path / "wire.db"
    engine = engine_of(path)
    with engine.begin() as connection:
        command.upgrade(migrate.config(connection, migrate.scripts()), "0003")
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for number, state, settled, remote, doubt in [
            (1, "published", "70", "'a'", 0),
            (2, "pending", "NULL", "NULL", 0),
            (3, "pending", "NULL", "NULL", 1),
            (4, "pending", "NULL", "'d'", 0),
        ]:
            connection.exec_driver_sql(
                "INSERT INTO posts VALUES (?, 'f', 'e', 't', 's', NULL, 1, 'h', '{}', 1, 1)", (f"key{number}",)
            )
            connection.exec_driver_sql(
                f"INSERT INTO deliveries VALUES ({number}, 'key{number}', 'blog', 'publish', '{state}', 1, 1, 1, {doubt},"
                f" 1, 1, NULL, '', {remote}, NULL, NULL, '', 60, {settled}, '')"
            )
        connection.exec_driver_sql("INSERT INTO targets VALUES ('blog', 99, '401')")
    engine.dispose()
    migrate.bring_up(path, NOW)
    with closing(sqlite3.connect(path)) as connection:
        debuts = connection.execute("SELECT debut_at FROM deliveries ORDER BY id").fetchall()
        assert debuts == [(70,), (None,), (60,), (60,)]
        kept = connection.execute("SELECT name, paused_until, reason, failures, told FROM targets").fetchall()
        assert kept == [("blog", 99, "401", 0, 1)]


@pytest.mark.parametrize("start", ["no store", "an older store"])
def test_an_upgrade_killed_anywhere_is_done_at_the_next_start(tmp_path: Path, later: Path, start: str) -> None:
    path = tmp_path / "wire.db"
    if start == "an older store":
        with Store.open(URL, base=tmp_path, now=NOW) as store:
            store.write_now(feeds.sync, [("alpha", "https://alpha.example/", NOW - NOW)], NOW)
    command_line = [sys.executable, "-c", KILLED, str(path), str(later)]
    done = subprocess.run(command_line, capture_output=True, text=True, check=True, timeout=300)
    assert int(done.stdout) > 10
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("9001",)]
        expected = [("alpha", "calm")] if start == "an older store" else []
        assert connection.execute("SELECT name, mood FROM feeds").fetchall() == expected
    assert not [name for name in tables(path) if name.startswith("_alembic_tmp")]


def test_an_upgrade_that_fails_leaves_the_store_as_it_was(tmp_path: Path, later: Path) -> None:
    path = tmp_path / "wire.db"
    migrate.bring_up(path, NOW)
    script = later / "versions" / "9001_mood.py"
    script.write_text(script.read_text().replace('op.execute("UPDATE', 'raise ZeroDivisionError("UPDATE'))
    with pytest.raises(ZeroDivisionError):
        migrate.bring_up(path, NOW, folder=later)
    with closing(sqlite3.connect(path)) as connection:
        assert "mood" not in {row[1] for row in connection.execute("PRAGMA table_info(feeds)")}
    Store.open(URL, base=tmp_path, now=NOW).close()


def test_two_processes_that_start_at_once_make_one_store(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from datetime import UTC, datetime; from aggregator.store import Store\n"
        "sys.stdin.readline()\n"
        f"Store.open({URL!r}, base=Path(sys.argv[1]), now=datetime(2026, 3, 1, tzinfo=UTC)).close()"
    )
    line = [sys.executable, "-c", code, str(tmp_path)]
    processes = [subprocess.Popen(line, stdin=subprocess.PIPE, text=True) for _ in range(3)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    assert [process.communicate() and process.returncode for process in processes] == [0, 0, 0]
    assert tables(tmp_path / "wire.db") >= set(Base.metadata.tables)


def test_the_command_line_of_alembic_works_on_a_named_store(tmp_path: Path) -> None:
    line = [sys.executable, "-m", "alembic", "-c", str(migrate.scripts() / "alembic.ini")]
    subprocess.run([*line, "-x", f"url=sqlite:///{tmp_path}/x.db", "upgrade", "head"], check=True, capture_output=True)
    assert tables(tmp_path / "x.db") >= set(Base.metadata.tables)
