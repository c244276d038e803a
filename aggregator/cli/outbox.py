"""``wirecopy outbox``: what is owed to which target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.invocation import examples
from aggregator.cli.output import Record, show, tell
from aggregator.cli.stored import known_target, now, opened
from aggregator.types import DeliveryState

if TYPE_CHECKING:
    from aggregator.store import DeliveryLine

EPILOG = examples("wirecopy outbox", "wirecopy outbox --state dead", "wirecopy outbox --all --target blog --json")
COLUMNS = ("target", "action", "state", "attempts", "next_attempt_at", "title", "error")
OPEN = (DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.DEAD)


def outbox(
    ctx: typer.Context,
    target: Annotated[str | None, typer.Option(help="Only what is owed to this target.")] = None,
    state: Annotated[
        list[DeliveryState] | None, typer.Option(help="Only deliveries in this state; may be repeated.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what is published or withdrawn.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Lists deliveries that are owed, or dead."""
    from aggregator.store import deliveries, targets

    states = state or (None if everything else OPEN)
    with opened(ctx) as (config, store):
        lines = store.read_now(deliveries.lines, target=known_target(config, target), states=states, limit=limit)
        paused = store.read_now(targets.paused, now())
    show(map(record, lines), COLUMNS, as_json=as_json, nothing="nothing is owed")
    for name, pause in paused.items():
        tell(f"{name} is paused until {pause.until:%Y-%m-%d %H:%M} UTC: {pause.reason}")


def record(line: DeliveryLine) -> Record:
    """A delivery as ``--json`` gives it."""
    return {
        "id": line.id,
        "key": line.post_key,
        "url": line.url,
        "title": line.title,
        "feed": line.feed,
        "target": line.target,
        "action": line.action,
        "state": line.state,
        "attempts": line.attempts,
        "in_doubt": line.in_doubt,
        "error": line.error,
        "remote_id": line.remote_id,
        "remote_url": line.remote_url,
        "published_at": line.published_at,
        "next_attempt_at": line.next_attempt_at,
        "settled_at": line.settled_at,
    }
