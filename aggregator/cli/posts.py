"""``wirecopy posts``: what was made of the entries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.invocation import examples
from aggregator.cli.output import Record, show
from aggregator.cli.stored import known_feed, opened

if TYPE_CHECKING:
    from aggregator.store import EntryLine, PostLine

EPILOG = examples(
    "wirecopy posts --limit 20", "wirecopy posts --feed nasa", "wirecopy posts --json | jq -r .remote_url"
)
COLUMNS = ("published_at", "feed", "outcome", "title", "remote_url")


def posts(
    ctx: typer.Context,
    feed: Annotated[str | None, typer.Option(help="Only those of this feed.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many, the newest.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Lists posts and where they are published."""
    from aggregator.store import entries
    from aggregator.store import posts as rows

    with opened(ctx) as (config, store):
        lines = store.read_now(rows.lines, feed=known_feed(config, feed), limit=limit)
        owners = {(line.feed, line.key): line for line in store.read_now(entries.lines, feed=feed)}
    show(
        (_record(line, owners.get((line.feed, line.entry_key))) for line in lines),
        COLUMNS,
        as_json=as_json,
        nothing="no posts",
    )


def _record(line: PostLine, owner: EntryLine | None) -> Record:
    return {
        "key": line.key,
        "url": line.canonical_url,
        "title": line.title,
        "feed": line.feed,
        "outcome": owner.outcome if owner else None,
        "reason": owner.reason if owner else None,
        "remote_url": line.remote_urls[0][1] if line.remote_urls else None,
        "remote_urls": dict(line.remote_urls),
        "entry_key": line.entry_key,
        "source_name": line.source_name,
        "published_at": line.published_at,
        "updated_at": line.updated_at,
    }
