"""``wirecopy import``: subscribe to the feeds of an OPML file, or of a planet's."""

from __future__ import annotations

import configparser
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.documents import is_address, read_file
from aggregator.cli.invocation import configuration, examples, invocation
from aggregator.cli.output import plain, say

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
    """Appends the feeds of an OPML file to the configuration.

    Their groups come along; feeds that are there already are left out.
    """
    from aggregator.config import editing

    config = configuration(ctx)
    feeds = list(_read(file, group))
    if dry_run:
        say(editing.render(config, feeds).strip("\n"))
        return
    added = editing.add(invocation(ctx).config_path, feeds)
    for url, name in added.known:
        say(f"already there as feeds.{name}: {plain(url)}")
    for url, reason in added.refused:
        say(f"left out: {plain(url)}: {plain(reason)}")
    say(f"added {len(added.names)} feeds")


def _read(file: Path, group: str) -> Iterator[NewFeed]:
    from aggregator.config.editing import NewFeed
    from aggregator.markup import opml

    body = read_file(file)
    if file.suffix in (".ini", ".conf", ".cfg"):
        planet = configparser.ConfigParser(interpolation=None, strict=False)
        try:
            planet.read_string(body.decode("utf-8", "replace"))
        except configparser.Error as error:
            raise typer.BadParameter(f"{file} can't be read: {plain(error.message)}") from error
        for url in filter(is_address, planet.sections()):
            yield NewFeed(url=url, title=planet[url].get("name", ""), group=group)
    else:
        for feed in opml.read(body):
            yield NewFeed(url=feed.xml_url, title=feed.title, group=feed.groups[0] if feed.groups else group)
