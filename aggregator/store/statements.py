"""What several modules of this room say to the database: upserts, and long lists cut short."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice

from sqlalchemy import Table, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from aggregator.store.models import Base

#: How many values one IN list gets: well below the limit of any database.
CHUNK = 500


def chunks(values: Collection[str]) -> Iterator[list[str]]:
    """The distinct values, in lists short enough for one IN."""
    rest = iter(dict.fromkeys(values))
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def upsert(
    session: Session,
    row: type[Base],
    values: Sequence[Mapping[str, object]],
    *,
    on: Sequence[str],
    update: Collection[str] = (),
    keep: Collection[str] = (),
    prefer: Collection[str] = (),
    also: Mapping[str, object] | None = None,
    where: ColumnElement[bool] | None = None,
) -> None:
    """Inserts rows; where one stands already, writes some of its columns, or leaves it if none are named.

    ``on`` are the columns of the unique constraint; all ``values`` have the same keys. In a row that stands,
    columns in ``update`` get the new value, in ``keep`` the new one only if there was none, in ``prefer`` the new
    one unless that is None; ``also`` sets expressions over the old row, ``where`` says whether it is written at all.
    """
    if not values:
        return
    table = row.__table__
    assert isinstance(table, Table)
    # The one statement whose form differs between databases; both dialects spell it alike.
    postgres = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert(table) if postgres else sqlite.insert(table)
    new, old = insert.excluded, table.c
    written: dict[str, object] = {name: new[name] for name in update}
    written |= {name: func.coalesce(old[name], new[name]) for name in keep}
    written |= {name: func.coalesce(new[name], old[name]) for name in prefer}
    written |= also or {}
    statement = (
        insert.on_conflict_do_update(index_elements=on, set_=written, where=where)
        if written
        else insert.on_conflict_do_nothing(index_elements=on)
    )
    session.connection().execute(statement, list(values))
