"""From a TOML file to a `Config`, or to all that is wrong with it at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from aggregator.config import checks, lines
from aggregator.config.complaints import Complaint, dotted, from_pydantic
from aggregator.config.merged import Config, TargetSettings
from aggregator.config.sections import (
    DaemonSettings,
    FeedDefaults,
    FeedSettings,
    FetchSettings,
    File,
    SiteSettings,
    StoreSettings,
)
from aggregator.errors import ConfigError, Problem

MAX_BYTES = 50_000_000

_NEEDS = "it needs [site] with title and base_url, a [targets.NAME] and a [feeds.NAME]; config.example.toml shows all"
#: In which tables a key is at home, for the hint where it stands elsewhere.
_HOME = {
    "daemon": DaemonSettings.model_fields,
    "store": StoreSettings.model_fields,
    "fetch": FetchSettings.model_fields,
    "site": SiteSettings.model_fields,
    "defaults": FeedDefaults.model_fields,
    "feeds.NAME": FeedSettings.model_fields,
}
#: What the reader of TOML says → what to do about it.
_SYNTAX_HINTS = (
    ("overwrite", "this key stands twice; keep one"),
    ("twice", "this table stands twice; make it one"),
    ("mutate", "this table has been given in another place already; make it one"),
    ("invalid value", 'text and durations stand in quotes, such as "1h"; yes and no are true and false'),
    ("after a key", "after the key comes = and a value"),
    ("newline or end", "only one key = value on a line; text stands in quotes"),
    ("unclosed", "a bracket or quote is not closed"),
    ("closing", "a bracket is not closed"),
    ("expected ']", "a bracket is not closed"),
    ("backslash", "write \\\\ for one backslash, or put the text in 'single quotes'"),
    ("hex value", "write \\\\ for one backslash, or put the text in 'single quotes'"),
    ("unescaped '\\'", "write \\\\ for one backslash, or put the text in 'single quotes'"),
    ("illegal character", "the quote at the end of the text is missing, or there is a control character in it"),
    ("unterminated", "the quote at the end of the text is missing"),
    ("initial character for a key", "a key has letters from a to z, digits, _ and -"),
    ("invalid statement", "a line is [table], key = value or # comment"),
)


#: How the reader of TOML writes a key: ``('feeds', 'a')``.
_KEY = re.compile(r"\((?:'[^']*'(?:, |,?(?=\))))+\)")


def load(path: Path) -> Config:
    """Reads and checks a configuration file. Raises ConfigError that lists all that is wrong with it."""
    return from_text(path, read_text(path))


def from_text(path: Path, text: str) -> Config:
    """The same of a text that stands, or is to stand, at a path."""
    folder = path.expanduser().absolute().parent
    raw = _parse(path, text)
    options, complaints = checks.targets(raw, folder)
    try:
        # The default of a path is relative to the file as well, so that table is read even where it is left out.
        file = File.model_validate({"store": {}, **raw}, context={"folder": folder})
    except ValidationError as error:
        complaints = [*from_pydantic(error, File, home=_HOME), *complaints, *checks.between_tables(raw, folder)]
        raise ConfigError(str(path), _problems(complaints, text)) from None
    complaints += checks.between_tables(raw, folder)
    if complaints:
        raise ConfigError(str(path), _problems(complaints, text))
    contact = file.fetch.user_agent_contact or file.site.contact or file.site.base_url
    return Config(
        path=folder / path.name,
        daemon=file.daemon,
        store=file.store,
        fetch=file.fetch.model_copy(update={"user_agent_contact": contact}),
        site=file.site,
        targets={
            name: TargetSettings(
                kind=file.targets[name].kind, options=read, manners=file.targets[name].manners(file.site.timezone)
            )
            for name, read in options.items()
        },
        profiles=file.profiles,
        defaults=file.defaults,
        groups=file.groups,
        feeds=file.feeds,
    )


def read_text(path: Path) -> str:
    """The text of a configuration file. Raises ConfigError where there is none, or none that could be TOML."""

    def refuse(message: str, hint: str = "", line: int | None = None) -> ConfigError:
        return ConfigError(str(path), [Problem(key="", message=message, line=line, hint=hint)])

    try:
        with path.expanduser().open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise refuse(
            "there is no such configuration file",
            "copy config.example.toml and change it, or name another with --config",
        ) from error
    except IsADirectoryError as error:
        raise refuse("this is a folder, not a configuration file", f"did you mean {path.name}/config.toml?") from error
    except (OSError, ValueError) as error:
        raise refuse(f"the configuration file can't be read: {getattr(error, 'strerror', None) or error}") from error
    if len(content) > MAX_BYTES:
        raise refuse(f"the configuration file has more than {MAX_BYTES // 1_000_000} MB")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refuse("the configuration file is UTF-16", "save it as UTF-8")
    if b"\0" in content:
        raise refuse("this is a binary file, not a TOML configuration")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse(
            "the configuration file is not UTF-8", "save it as UTF-8", content.count(b"\n", 0, error.start) + 1
        ) from error
    if not re.sub(r"(?m)^\s*(?:#.*)?$", "", text).strip():
        raise refuse("the configuration file is empty", _NEEDS)
    return text


def _parse(path: Path, text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ConfigError(str(path), [Problem(key="", message="values are nested too deep")]) from error
    except ValueError as error:
        message = str(error)
        place = re.search(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$", message)
        line = int(place[1]) if place and place[1] else len(text.rstrip().split("\n"))
        column = f" in column {place[2]}" if place and place[2] else ""
        said = _KEY.sub(_dotted, (message[: place.start()] if place else message).strip())
        hint = next((hint for mark, hint in _SYNTAX_HINTS if mark in said.lower()), "")
        problem = Problem(
            key=lines.key_at(text, line), message=f"not valid TOML: {said[:200]}{column}", line=line, hint=hint
        )
        raise ConfigError(str(path), [problem]) from error


def _dotted(key: re.Match[str]) -> str:
    return ".".join(re.findall(r"'([^']*)'", key[0]))


def _problems(complaints: Iterable[Complaint], text: str) -> list[Problem]:
    """The complaints with their lines, in the order of the file, each once."""
    places = lines.locate(text)
    problems: dict[Problem, None] = {}
    for complaint in complaints:
        # A missing key has no line: the one of its table helps.
        above = (complaint.path[:end] for end in range(len(complaint.path), 0, -1))
        line = next((places[path] for path in above if path in places), None)
        problems.setdefault(
            Problem(key=dotted(complaint.path), message=complaint.message, line=line, hint=complaint.hint)
        )
    return sorted(problems, key=lambda problem: problem.line or 0)
