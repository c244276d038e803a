"""``wirecopy entries``: every entry that was seen, and where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.invocation import examples
from aggregator.cli.output import Record, show
from aggregator.cli.stored import known_feed, opened
from aggregator.types import Outcome

if TYPE_CHECKING:
    from aggregator.store import EntryLine

EPILOG = examples(
    "wirecopy entries --limit 20",
    "wirecopy entries --feed nasa --outcome dead",
    "wirecopy entries --json | jq -r '[.outcome, .reason, .url] | @tsv'",
)
COLUMNS = ("first_seen_at", "feed", "outcome", "title", "reason")


def entries(
    ctx: typer.Context,
    feed: Annotated[str | None, typer.Option(help="Only those of this feed.")] = None,
    outcome: Annotated[Outcome | None, typer.Option(help="Only those that stand there.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many, the latest seen.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Lists entries, each with its outcome and the reason."""
    from aggregator.store import entries as rows

    with opened(ctx) as (config, store):
        lines = store.read_now(rows.lines, feed=known_feed(config, feed), outcome=outcome, limit=limit)
    show(map(record, lines), COLUMNS, as_json=as_json, nothing="no entries")


def record(line: EntryLine) -> Record:
    """An entry as ``--json`` gives it."""
    return {
        "key": line.key,
        "url": line.url,
        "title": line.title,
        "feed": line.feed,
        "outcome": line.outcome,
        "reason": line.reason,
        "remote_url": line.remote_url,
        "remote_urls": dict(line.remote_urls),
        "canonical_url": line.canonical_url,
        "post_key": line.post_key,
        "told_by": line.told_by,
        "basis": line.basis,
        "method": line.method,
        "score": line.score,
        "published_at": line.published_at,
        "first_seen_at": line.first_seen_at,
        "last_seen_at": line.last_seen_at,
    }
