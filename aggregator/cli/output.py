"""What goes to standard output: tables for people, tab-separated lines for pipes, JSON for programs."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

Record = Mapping[str, object]

#: Characters that steer a terminal or turn text around; JSON may escape any character within a string (RFC 8259, 7).
_UNSEEN = re.compile(r"[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


def jsonable(value: object) -> object:
    """A value that JSON has no word for, as one that it has."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return str(value)


def to_json(value: object, *, indent: int | None = None) -> str:
    """JSON for people and programs: readable letters, nothing that a terminal takes for a command."""
    text = json.dumps(value, ensure_ascii=False, default=jsonable, indent=indent)
    return _UNSEEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def plain(value: object) -> str:
    """A value on one line, nothing in it that a terminal takes for a command."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, (list, tuple)):
        return ", ".join(plain(part) for part in value)
    if isinstance(value, float):
        return f"{value:.2f}"
    return "".join(c if c.isprintable() else " " for c in _UNSEEN.sub("", str(value))).strip()


def say(text: str = "") -> None:
    """A line on standard output."""
    sys.stdout.write(f"{text}\n")


def tell(text: str) -> None:
    """A line on standard error: what is no result."""
    sys.stderr.write(f"{text}\n")


def show(records: Iterable[Record], columns: Sequence[str], *, as_json: bool, nothing: str = "") -> None:
    """A list: one JSON object a line, or the named columns as a table; ``nothing`` is told where it is empty."""
    if as_json:
        for record in records:
            say(to_json(record))
        return
    rows = [[plain(record.get(column)) for column in columns] for record in records]
    if not rows:
        tell(nothing)
    elif sys.stdout.isatty():
        _table(columns, rows)
    else:
        for row in ([column.replace("_", " ") for column in columns], *rows):
            say("\t".join(row))


def facts(record: Record, *, as_json: bool) -> None:
    """One record: a JSON object, or a line for each fact that there is."""
    if as_json:
        say(to_json(record))
        return
    width = max(map(len, record), default=0)
    for name, value in record.items():
        if value not in (None, "", [], (), {}):
            say(f"{name.replace('_', ' '):<{width}}  {plain(value)}")


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column.replace("_", " "), overflow="fold" if column.endswith(("url", "key")) else "ellipsis")
    for row in rows:
        table.add_row(*map(Text, row))
    Console().print(table)
