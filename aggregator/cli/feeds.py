"""``wirecopy feeds``: how each feed is doing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.invocation import examples
from aggregator.cli.output import Record, show, tell
from aggregator.cli.stored import opened, waits

if TYPE_CHECKING:
    from aggregator.store import FeedOverview

EPILOG = examples("wirecopy feeds", "wirecopy feeds --failing", "wirecopy feeds --json | jq -r 'select(.gone) | .url'")
COLUMNS = (
    "name",
    "title",
    "entries",
    "published",
    "held",
    "failures",
    "last_success_at",
    "next_fetch_at",
    "last_error",
)


def feeds(
    ctx: typer.Context,
    failing: Annotated[bool, typer.Option("--failing", help="Only feeds that failed the last time.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Lists the feeds and how each is doing."""
    from aggregator.policy import trust
    from aggregator.store import feeds as rows

    with opened(ctx) as (config, store):
        known = {line.name: line for line in store.read_now(rows.overview)}
        records = [
            record(known[name]) if name in known else {"name": name, "url": _shown(config.feed(name).url)}
            for name in config.feed_names
            if not failing or (name in known and (known[name].failures or known[name].gone))
        ]
        twins = store.read_now(rows.same_documents)
        paused = {name: wait for name, wait in waits(config, store).items() if wait.paused}
    nothing = "no feed is failing" if failing else "no feeds: add one with `wirecopy add URL`"
    show(records, COLUMNS, as_json=as_json, nothing=nothing)
    for line in records:
        if line.get("held"):
            tell(f"{line['name']} has entries that are held: `wirecopy explain {line['name']}` tells why")
    for feed in known.values():
        if feed.blocked:
            tell(f"{feed.name} is blocked: {feed.blocked}; `wirecopy withdraw --undo --source {feed.name}` ends that")
    for one, *others in twins:
        tell(f"the feeds {one} and {', '.join(others)} are the same document: keep one of them")
    for feed in known.values():
        if feed.identity_reason and config.feed(feed.name).identity is None:
            tell(f"the entries of {feed.name} are told apart {trust.told(feed.identity)}: {feed.identity_reason}")
    for name, wait in paused.items():
        tell(f"the target {name} is {wait}")


def record(line: FeedOverview) -> Record:
    """A feed as ``--json`` gives it."""
    return {
        "name": line.name,
        "url": _shown(line.url),
        "title": line.title,
        "entries": line.entries,
        "published": line.published,
        "held": line.held,
        "last_fetch_at": line.last_fetch_at,
        "last_success_at": line.last_success_at,
        "next_fetch_at": None if line.gone or line.blocked else line.next_fetch_at,
        "lag_seconds": line.lag.total_seconds() if line.lag is not None else None,
        "failures": line.failures,
        "last_error": line.last_error,
        "gone": line.gone,
        "blocked": line.blocked,
        "identity": str(line.identity),
        "identity_reason": line.identity_reason,
    }


def _shown(url: str) -> str:
    from aggregator import urls

    return urls.redact(url)
