"""Adding feeds to a configuration file: what stands there stays as it is, comments and order included."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import tomlkit

from aggregator import urls
from aggregator.config.loading import from_text, read_text
from aggregator.config.merged import Config
from aggregator.config.values import BadValueError, feed_url


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFeed:
    """A feed to be added."""

    url: str
    title: str = ""  #: its name is made of it, where none is given
    name: str = ""
    group: str = ""
    settings: Mapping[str, str | int] = field(default_factory=dict)  #: further keys of its table


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What came of it."""

    names: tuple[str, ...]  #: of the new feeds
    known: tuple[tuple[str, str], ...]  #: address and name of those that were there already
    refused: tuple[tuple[str, str], ...]  #: address, without secrets, and what is wrong with it


def add(path: Path, feeds: Sequence[NewFeed]) -> Added:
    """Adds feeds at the end of a file, and the groups that it lacks; what is there already is left out.

    Raises ConfigError, and the file stays as it was, where it is not good, or would not be afterwards.
    """
    text = read_text(path)
    tables, added = _tables(from_text(path, text), feeds)
    if tables:
        changed = f"{text.rstrip()}\n{tables}"
        from_text(path, changed)
        _replace(path, changed.encode())
    return added


def render(config: Config, feeds: Sequence[NewFeed]) -> str:
    """The tables that ``add`` would add."""
    return _tables(config, feeds)[0]


def _tables(config: Config, feeds: Sequence[NewFeed]) -> tuple[str, Added]:
    taken = {_form(feed.url): name for name, feed in config.feeds.items()}
    names, groups = set(config.feeds), set(config.groups)
    text = ""
    added: list[str] = []
    known: list[tuple[str, str]] = []
    refused: list[tuple[str, str]] = []
    for feed in feeds:
        form = _form(feed.url)
        try:
            feed_url(feed.url)
        except BadValueError as error:
            refused.append((urls.redact(feed.url), str(error)))
            continue
        if form in taken:
            known.append((feed.url, taken[form]))
            continue
        group = _name(feed.group) if feed.group else ""
        if group and group not in groups:
            groups.add(group)
            text += f"\n[groups.{group}]\n"
        name = feed.name or _unused(_name(feed.title or urls.host(feed.url).removeprefix("www.")), names)
        names.add(name)
        taken[form] = name
        added.append(name)
        keys = {"url": feed.url, **({"group": group} if group else {}), **feed.settings}
        text += f"\n[feeds.{_key(name)}]\n{tomlkit.dumps(keys)}"
    return text, Added(names=tuple(added), known=tuple(known), refused=tuple(refused))


def _form(url: str) -> str:
    """What two addresses of one feed have in common."""
    try:
        return urls.normalize(url).partition("://")[2]
    except ValueError:
        return url


def _name(text: str) -> str:
    return urls.slug(text, 40)


def _unused(name: str, taken: Iterable[str]) -> str:
    number, candidate = 1, name
    while candidate in taken:
        number += 1
        candidate = f"{name}-{number}"
    return candidate


def _key(name: str) -> str:
    return tomlkit.key(name).as_string()


def _replace(path: Path, content: bytes) -> None:
    """Puts the whole content in the file's place at once, with the file's own mode; follows a link."""
    path = path.resolve()
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(path.stat().st_mode & 0o7777)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
