"""``wirecopy import``: subscribe to the feeds of an OPML file, or of a planet's."""

from __future__ import annotations

from codecs import BOM_UTF8
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.documents import read_file
from aggregator.cli.invocation import configuration, examples, invocation
from aggregator.cli.output import plain, say, tell

if TYPE_CHECKING:
    from aggregator.config.editing import NewFeed

EPILOG = examples(
    "wirecopy import subscriptions.opml", "wirecopy import subscriptions.opml --dry-run", "wirecopy import planet.ini"
)


def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="OPML, or the configuration of a planet (.ini).")],
    group: Annotated[str, typer.Option(help="The group for feeds that the file puts into none.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be added, and add nothing.")] = False,
) -> None:
    """Appends the feeds of an OPML file, or of a planet's configuration, to the configuration.

    Groups and names come along; feeds that are there already are left out.
    """
    from aggregator.config import editing

    config = configuration(ctx)
    feeds, notes = _read(file, group)
    if dry_run:
        say(editing.render(config, feeds).strip("\n"))
    else:
        added = editing.add(invocation(ctx).config_path, feeds)
        for url, name in added.known:
            say(f"already there as feeds.{name}: {plain(url)}")
        for url, reason in added.refused:
            say(f"left out: {plain(url)}: {plain(reason)}")
        say(f"added {len(added.names)} feeds")
    for note in notes:
        tell(plain(note))


def _read(file: Path, group: str) -> tuple[list[NewFeed], list[str]]:
    """The feeds of a file, and what a person should know of the rest."""
    body = read_file(file)
    if body.removeprefix(BOM_UTF8).lstrip().startswith(b"<"):
        return _opml(body, group), []
    return _planet(body, group)


def _opml(body: bytes, group: str) -> list[NewFeed]:
    from aggregator.config.editing import NewFeed
    from aggregator.markup import opml

    return [
        NewFeed(url=feed.xml_url, title=feed.title, group=feed.groups[0] if feed.groups else group)
        for feed in opml.read(body)
    ]


def _planet(body: bytes, group: str) -> tuple[list[NewFeed], list[str]]:
    from aggregator.config.editing import NewFeed
    from aggregator.markup import planet

    read = planet.read(body)
    feeds = []
    for feed in read.feeds:
        settings = {"name": feed.name or None, "max_new": feed.max_new}
        said = {key: value for key, value in settings.items() if value is not None}
        feeds.append(NewFeed(url=feed.url, title=feed.name, group=group, settings=said))
    notes = [f"a list of further feeds, to be imported by itself: {address}" for address in read.lists]
    if read.not_taken:
        notes.append(f"not taken over: {', '.join(read.not_taken)}; transforms do such things here")
    return feeds, notes
