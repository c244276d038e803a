"""Brings a store to the form that this program knows: a copy first, then one transaction.

The scripts stand in ``migrations/`` of the repository and come with the wheel as ``aggregator/migrations``.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

from alembic import command
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect

import aggregator
from aggregator.errors import StoreError
from aggregator.store import copies, engines, single
from aggregator.store.columns import Numbers, Span, Texts, UtcDateTime
from aggregator.store.models import Base

VERSIONS = "alembic_version"  #: alembic's own table: which revision the store is of


def scripts() -> Path:
    """The folder of the migration scripts: in the installed package, else beside it in a checkout."""
    package = Path(aggregator.__file__).parent
    inside = package / "migrations"
    return inside if inside.is_dir() else package.parent / "migrations"


def bring_up(path: Path, now: datetime, *, upgrade: bool = True, folder: Path | None = None) -> None:
    """Makes the store at ``path`` one of the newest revision.

    An empty file becomes a store. An older store is copied into ``backups`` and upgraded in one transaction, so
    that a kill leaves it as it was. Raises StoreError for a newer one, a damaged one, somebody else's database,
    one that a running daemon holds, and an older one where ``upgrade`` is off.
    """
    engine = engines.migrator(path)
    try:
        current = _look(path)
        if _is_newest(path, current, upgrade=upgrade, folder=folder or scripts()):
            return
        if current is not None:
            _make_safe(engine, path, current, now)
        _upgrade(engine, path, folder or scripts())
    finally:
        engine.dispose()


def is_current(path: Path) -> bool:
    """Whether a file is a store of the newest revision, and not an empty one; it is left as it is.

    Raises StoreError for an older or a newer one, a damaged one, and somebody else's database.
    """
    return _is_newest(path, _look(path), upgrade=False, folder=scripts())


def _is_newest(path: Path, current: str | None, *, upgrade: bool, folder: Path) -> bool:
    known = ScriptDirectory(str(folder))
    head = known.get_current_head()
    if current is None or current == head:
        return current is not None
    if current not in {script.revision for script in known.walk_revisions()}:
        raise StoreError(
            f"{path} was written by a newer version of Wirecopy (revision {current}; this one knows {head}): "
            "install that version again, or put a copy from its backups folder in its place"
        )
    if not upgrade:
        raise StoreError(f"{path} is of an older version (revision {current}): run `wirecopy db upgrade`")
    return False


def _look(path: Path) -> str | None:
    # By a reader: a store that needs nothing is opened though somebody is writing.
    engine = engines.readers(path, 1)
    try:
        with engine.connect() as connection:
            return revision(connection, path)
    finally:
        engine.dispose()


def revision(connection: Connection, path: Path) -> str | None:
    """The revision of a store, None for an empty file. Raises StoreError for a database of something else."""
    tables = inspect(connection).get_table_names()
    if VERSIONS in tables:
        found = connection.exec_driver_sql(f"SELECT version_num FROM {VERSIONS}").scalar()  # noqa: S608 - a constant
        if found is not None:
            return str(found)
    if set(tables) - {VERSIONS}:
        raise StoreError(f"{path} is a database of another program; name another file in [store] url")
    return None


def config(connection: Connection, folder: Path) -> Config:
    """What alembic's commands need to work on an open connection."""
    settings = Config(
        attributes={"connection": connection, "target_metadata": Base.metadata, "render_item": render_item}
    )
    settings.set_main_option("script_location", str(folder).replace("%", "%%"))
    return settings


def render_item(kind: str, item: object, context: AutogenContext) -> str | Literal[False]:
    """How alembic writes our column types into a new migration: as plain types, so that it imports none of our code."""
    if kind == "type":
        if isinstance(item, UtcDateTime):
            return 'sa.BigInteger().with_variant(sa.DateTime(timezone=True), "postgresql")'
        if isinstance(item, Span):
            return 'sa.BigInteger().with_variant(sa.Interval(), "postgresql")'
        if isinstance(item, Numbers | Texts):
            return "sa.Text()"
    return False


def _make_safe(engine: Engine, path: Path, current: str, now: datetime) -> None:
    holder = single.holder(path)
    if holder is not None and not single.is_ours(holder):
        raise StoreError(f"{path} must be upgraded, but a daemon (process {holder}) is using it; stop that one first")
    with engine.connect() as connection:
        said = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if said != "ok":
        raise StoreError(
            f"{path} is damaged and was not upgraded ({said}): put a copy from its backups folder in its place"
        )
    copies.dated(path, current, now)


def _upgrade(engine: Engine, path: Path, folder: Path) -> None:
    with engine.begin() as connection:
        # Another process may have been quicker; alembic looks again inside this transaction.
        revision(connection, path)
        command.upgrade(config(connection, folder), "head")
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise StoreError(
                f"{path} could not be upgraded: a row of {broken[0]} refers to nothing; it was left as it was"
            )
