"""What several modules of this room say to the database: upserts, and long lists cut short."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Table, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.elements import ColumnElement, KeyedColumnElement

from aggregator.store.models import Base

T = TypeVar("T")
#: The columns of a row that could not be inserted.
Columns: TypeAlias = ReadOnlyColumnCollection[str, KeyedColumnElement[Any]]

#: How many values one IN list gets: well below the limit of any database.
CHUNK = 500


def chunks(values: Collection[T]) -> Iterator[list[T]]:
    """The distinct values, in lists short enough for one IN."""
    rest = iter(dict.fromkeys(values))
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def upsert(
    session: Session,
    row: type[Base],
    values: Sequence[Mapping[str, object]],
    *,
    on: tuple[str, ...],
    update: tuple[str, ...] = (),
    keep: tuple[str, ...] = (),
    prefer: tuple[str, ...] = (),
    also: Callable[[Columns], Mapping[str, ColumnElement[Any]]] | None = None,
    where: Callable[[Columns], ColumnElement[bool]] | None = None,
) -> None:
    """Inserts rows; where one stands already, writes some of its columns, or leaves it if none are named.

    ``on`` are the columns of the unique constraint; all ``values`` have the same keys. In a row that stands, columns
    in ``update`` get the new value, in ``keep`` the new one only if there was none, in ``prefer`` the new one unless
    that is None. ``also`` makes expressions out of the new values, ``where`` the condition for writing at all.
    """
    if values:
        dialect = session.get_bind().dialect.name
        statement = _upsert(dialect, row, on, update, keep, prefer, also, where)
        session.connection().execute(statement, list(values))


@cache  # making it takes longer than running it
def _upsert(
    dialect: str,
    row: type[Base],
    on: tuple[str, ...],
    update: tuple[str, ...],
    keep: tuple[str, ...],
    prefer: tuple[str, ...],
    also: Callable[[Columns], Mapping[str, ColumnElement[Any]]] | None,
    where: Callable[[Columns], ColumnElement[bool]] | None,
) -> postgresql.Insert | sqlite.Insert:
    """The one statement whose form differs between databases; both dialects spell it alike."""
    table = row.__table__
    assert isinstance(table, Table)
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    new, old = insert.excluded, table.c
    written: dict[str, ColumnElement[Any]] = {name: new[name] for name in update}
    written |= {name: func.coalesce(old[name], new[name]) for name in keep}
    written |= {name: func.coalesce(new[name], old[name]) for name in prefer}
    if also is not None:
        written |= also(new)
    if not written:
        return insert.on_conflict_do_nothing(index_elements=on)
    return insert.on_conflict_do_update(index_elements=on, set_=written, where=where(new) if where else None)
