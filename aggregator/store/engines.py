"""Connections to a SQLite file: one that writes, a few that can only read."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event

BUSY_TIMEOUT = 30  #: seconds that SQLite waits for another process's lock

#: FULL syncs at each commit: after a power cut a post that
#: a target has taken must not look unsent.
PRAGMAS = {"foreign_keys": "ON", "synchronous": "FULL"}


#: WAL lets readers go on while one writes; it is cut back to 64 MB after a long transaction.
WAL = {"journal_mode": "WAL", "journal_size_limit": "67108864"}


def writer(path: Path) -> Engine:
    """The engine of the one writing connection; each of its transactions holds the write lock from the start."""
    return _engine(path, 1, "BEGIN IMMEDIATE", WAL)


def readers(path: Path, count: int) -> Engine:
    """The engine of the reading connections; a write through one of them is an error."""
    return _engine(path, count, "BEGIN", {"query_only": "ON"})


def migrator(path: Path) -> Engine:
    """The engine of an upgrade. Tables are dropped and made again there, which foreign keys would turn into deletes."""
    return _engine(path, 1, "BEGIN IMMEDIATE", WAL | {"foreign_keys": "OFF"})


def _engine(path: Path, count: int, begin: str, pragmas: dict[str, str]) -> Engine:
    # Python's sqlite3 begins transactions late and not before DDL; with isolation_level None it leaves that to us.
    arguments = {"timeout": BUSY_TIMEOUT, "isolation_level": None}
    url = URL.create("sqlite+pysqlite", database=str(path))
    engine = create_engine(url, poolclass=QueuePool, pool_size=count, max_overflow=0, connect_args=arguments)

    @event.listens_for(engine, "connect")
    def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
        try:
            for name, value in (PRAGMAS | pragmas).items():
                connection.execute(f"PRAGMA {name}={value}").close()
        except sqlite3.Error:
            # The pool would leave it open, and what SQLite found out about the file would stand for later ones too.
            connection.close()
            raise

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
