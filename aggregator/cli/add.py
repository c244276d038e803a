"""``wirecopy add``: subscribe to a feed."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from aggregator.cli.discover import search
from aggregator.cli.documents import is_address
from aggregator.cli.invocation import configuration, examples, invocation
from aggregator.cli.output import plain, say

EPILOG = examples(
    "wirecopy add https://www.example.org/feed.xml",
    "wirecopy add https://www.example.org/ --name example --group news",
)


def add(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(help="The address of a feed, or of a page that offers some.")],
    name: Annotated[str, typer.Option(help="Its name in the file; else made of its title.")] = "",
    group: Annotated[str, typer.Option(help="The group that it belongs to; added where there is none.")] = "",
    unseen: Annotated[bool, typer.Option("--unseen", help="Take the address as it is, without asking for it.")] = False,
) -> None:
    """Appends a feed to the configuration file.

    Comments and order stay as they are.
    """
    from aggregator.config.editing import NewFeed
    from aggregator.config.editing import add as append

    config = configuration(ctx)
    if not is_address(url):
        raise typer.BadParameter("the address of a feed starts with https:// or http://", param_hint="URL")
    if name and name in config.feeds:
        raise typer.BadParameter(f"there is a feed of this name: {name}", param_hint="--name")
    title = ""
    if not unseen:
        found = asyncio.run(search(ctx, url))
        if len(found) > 1:
            say("this page offers several feeds; add one of them:")
            for one in found:
                say(f"  {one.url}  {plain(one.title)}")
            raise typer.Exit(1)
        url, title = found[0].url, found[0].title
    added = append(invocation(ctx).config_path, [NewFeed(url=url, title=title, name=name, group=group)])
    for refused, reason in added.refused:
        raise typer.BadParameter(f"{refused}: {reason}", param_hint="URL")
    if added.known:
        say(f"already there as feeds.{added.known[0][1]}: {url}")
        raise typer.Exit(1)
    say(f"added feeds.{added.names[0]}: {url}")
