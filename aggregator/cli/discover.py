"""``wirecopy discover``: the feeds that a page offers."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.documents import children, is_address
from aggregator.cli.invocation import examples, manners
from aggregator.cli.output import show

if TYPE_CHECKING:
    from aggregator.pipeline.discovery import Found

EPILOG = examples("wirecopy discover https://www.example.org/", "wirecopy discover https://www.example.org/ --json")
COLUMNS = ("url", "title", "entries", "newest_at")


def discover(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(help="A page, or a feed.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Finds the feeds of a page.

    Each is asked for, so that only those that work are shown.
    """
    found = asyncio.run(search(ctx, url))
    records = ({"url": f.url, "title": f.title, "entries": f.entries, "newest_at": f.newest_at} for f in found)
    show(records, COLUMNS, as_json=as_json)


async def search(ctx: typer.Context, url: str) -> tuple[Found, ...]:
    """The feeds at or behind an address, at least one. Raises FetchError, ParseError."""
    from aggregator.fetch import Client
    from aggregator.pipeline import discovery

    if not is_address(url):
        raise typer.BadParameter("an address starts with https:// or http://", param_hint="URL")
    settings, contact = manners(ctx)
    with children(1, "aggregator.sources.feed", "aggregator.markup.discover") as workers:
        async with Client(settings, contact=contact, now=lambda: datetime.now(UTC)) as client:
            return await discovery.discover(url, client=client, workers=workers)
