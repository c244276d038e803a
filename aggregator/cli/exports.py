"""``wirecopy export``: the list of feeds, as OPML."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.invocation import configuration, examples
from aggregator.cli.output import tell

EPILOG = examples("wirecopy export > feeds.opml", "wirecopy export feeds.opml")


def export(
    ctx: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="Where to; else standard output.")] = None,
    secrets: Annotated[
        bool, typer.Option("--secrets", help="Keep tokens that stand in addresses; else they become ***.")
    ] = False,
) -> None:
    """Writes the feeds with their groups as OPML."""
    from aggregator import urls
    from aggregator.markup import opml

    config = configuration(ctx)
    feeds = [
        opml.OpmlFeed(
            title=feed.title or feed.name,
            xml_url=feed.url if secrets else urls.redact(feed.url),
            html_url=None,
            groups=(feed.group,) if feed.group else (),
        )
        for feed in map(config.feed, config.feed_names)
    ]
    written = opml.write(config.site.title, feeds)
    if file is None:
        sys.stdout.write(written.decode("utf-8"))
    else:
        file.write_bytes(written)
        tell(f"wrote {len(feeds)} feeds to {file}")
