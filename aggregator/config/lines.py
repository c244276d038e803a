"""Where a key stands in a TOML text: worked out only when there is something to complain about.

``tomllib`` gives values without places. This reads the text once more, in one pass, and trusts that it
is valid TOML (https://toml.io/en/v1.0.0); in a text that is not it finds fewer keys, no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

Path = tuple[str | int, ...]

_SPACE = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_QUOTED = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'')
_TEXT = re.compile(
    r'"""(?:[^"\\]|\\[\s\S]|"{1,2}(?!"))*"{3,5}|\'\'\'(?:[^\']|\'{1,2}(?!\'))*\'{3,5}|' + _QUOTED.pattern
)
_SCALAR = re.compile(r"[^,\]}#\n]+")
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}


def locate(text: str) -> dict[Path, int]:
    """The line, counted from 1, of every table header, key and array element of a TOML text."""
    scanner = _Scanner(text)
    with suppress(ValueError, RecursionError):  # what was found until there still helps
        scanner.document()
    return scanner.lines


def key_at(text: str, line: int) -> str:
    """The dotted key that stands at a line of a text which may be broken; empty where none can be seen."""
    rows = text.split("\n")[:line]
    own = re.match(r"\s*([A-Za-z0-9_.\"'-]+)\s*(?:=|$)", rows[-1]) if rows else None
    header = next((m for row in reversed(rows) if (m := re.match(r"\s*\[\[?\s*([A-Za-z0-9_.\"' -]+)", row))), None)
    return ".".join(match[1].strip(" .") for match in (header, own) if match)


class _Scanner:
    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._text = text
        self._at = 0
        self._counted = (0, 1)  # position, line: lines are counted onwards from here
        self._arrays: dict[Path, int] = {}  # arrays of tables: index of the last element

    def document(self) -> None:
        table: Path = ()
        while self._skip():
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _skip(self) -> bool:
        """Goes over white space and comments; whether there is anything behind them."""
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._at < len(self._text)

    def _line(self) -> int:
        position, line = self._counted
        line += self._text.count("\n", position, self._at)
        self._counted = (self._at, line)
        return line

    def _note(self, path: Path) -> None:
        self.lines.setdefault(path, self._line())

    def _header(self) -> Path:
        line, double = self._line(), self._text.startswith("[[", self._at)
        self._at += 2 if double else 1
        path: Path = ()
        parts = list(self._key())
        for index, part in enumerate(parts):
            path = (*path, part)
            self.lines.setdefault(path, line)
            if double and index == len(parts) - 1:
                self._arrays[path] = self._arrays.get(path, -1) + 1
            if path in self._arrays:
                path = (*path, self._arrays[path])
                self.lines.setdefault(path, line)
        # A table's own header is a better place than the first of its sub-tables.
        self.lines[path] = line
        self._expect("]]" if double else "]")
        return path

    def _key(self) -> Iterator[str]:
        while self._skip():
            if bare := _BARE.match(self._text, self._at):
                self._at = bare.end()
                yield bare[0]
            elif quoted := _QUOTED.match(self._text, self._at):
                self._at = quoted.end()
                yield _unquote(quoted[0])
            else:
                raise ValueError("no key")
            self._skip()
            if not self._text.startswith(".", self._at):
                return
            self._at += 1

    def _pair(self, table: Path) -> None:
        self._note(table)
        line, path = self._line(), table
        for part in self._key():
            path = (*path, part)
            self.lines.setdefault(path, line)
        self._expect("=")
        self._value(path)

    def _value(self, path: Path) -> None:
        self._skip()
        start = self._text[self._at : self._at + 1]
        if start == "[":
            self._array(path)
        elif start == "{":
            self._inline_table(path)
        else:
            match = (_TEXT if start in ("'", '"') else _SCALAR).match(self._text, self._at)
            if match is None:
                raise ValueError("no value")
            self._at = match.end()

    def _array(self, path: Path) -> None:
        self._expect("[")
        index = 0
        while self._skip() and self._text[self._at] != "]":
            self._note((*path, index))
            self._value((*path, index))
            index += 1
            if self._skip() and self._text[self._at] == ",":
                self._at += 1
        self._expect("]")

    def _inline_table(self, path: Path) -> None:
        self._expect("{")
        while self._skip() and self._text[self._at] != "}":
            self._pair(path)
            if self._skip() and self._text[self._at] == ",":
                self._at += 1
        self._expect("}")

    def _expect(self, mark: str) -> None:
        self._skip()
        if not self._text.startswith(mark, self._at):
            raise ValueError(f"no {mark}")
        self._at += len(mark)


def _unquote(text: str) -> str:
    if text[0] == "'":
        return text[1:-1]

    def char(match: re.Match[str]) -> str:
        escape = match[1]
        if escape[0] in "uU":
            return chr(int(escape[1:], 16))
        return _ESCAPES.get(escape, escape)

    return re.sub(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", char, text[1:-1])
