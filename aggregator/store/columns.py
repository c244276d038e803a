"""Column types: what a Python value becomes in the database, the same in SQLite and PostgreSQL."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Interval, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

#: A surrogate key. SQLite gives numbers of their own only to a column declared INTEGER.
Id = BigInteger().with_variant(Integer(), "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, kept in UTC. A naive one is refused: it would mean another moment on another machine.

    SQLite has no type for times. Microseconds since 1970 are exact, sort as numbers, take eight bytes and can be
    added to in a statement; ``datetime(x / 1e6, 'unixepoch')`` shows them to a person.
    """

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The database's own type where it has one."""
        own: TypeEngine[Any] = BigInteger() if dialect.name == "sqlite" else DateTime(timezone=True)
        return dialect.type_descriptor(own)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | datetime | None:
        """The time as the database keeps it. Raises ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value!r}")
        return (value - EPOCH) // MICROSECOND if dialect.name == "sqlite" else value

    def process_result_value(self, value: int | datetime | None, dialect: Dialect) -> datetime | None:
        """The time, aware and in UTC."""
        if value is None:
            return None
        return EPOCH + timedelta(microseconds=value) if isinstance(value, int) else value.astimezone(UTC)


class Span(TypeDecorator[timedelta]):
    """A length of time, in the unit of ``UtcDateTime``, so that the two can be added in a statement."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The database's own type where it has one."""
        own: TypeEngine[Any] = BigInteger() if dialect.name == "sqlite" else Interval()
        return dialect.type_descriptor(own)

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | timedelta | None:
        """The span as the database keeps it."""
        return value // MICROSECOND if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: int | timedelta | None, dialect: Dialect) -> timedelta | None:
        """The span."""
        return timedelta(microseconds=value) if isinstance(value, int) else value


class Numbers(TypeDecorator[tuple[int, ...]]):
    """A short list of numbers, as JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[int, ...] | None, dialect: Dialect) -> str | None:
        """The list as JSON."""
        return None if value is None else json.dumps(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[int, ...] | None:
        """The list."""
        return None if value is None else tuple(json.loads(value))


class Texts(TypeDecorator[tuple[str, ...]]):
    """A short list of texts, as JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        """The list as JSON."""
        return None if value is None else json.dumps(value, ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:
        """The list."""
        return None if value is None else tuple(json.loads(value))
