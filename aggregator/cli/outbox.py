"""``wirecopy outbox``: what is owed to which target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.invocation import examples
from aggregator.cli.output import Record, show, tell
from aggregator.cli.stored import known_target, opened, waits
from aggregator.types import DeliveryState

if TYPE_CHECKING:
    from aggregator.pipeline.outlet import Wait
    from aggregator.store import DeliveryLine

EPILOG = examples("wirecopy outbox", "wirecopy outbox --state dead", "wirecopy outbox --all --target blog --json")
COLUMNS = ("target", "action", "state", "attempts", "next_attempt_at", "title", "why")
OPEN = (DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.BEGUN, DeliveryState.DEAD)


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
    """Lists deliveries that are owed, or dead, and what they wait for."""
    from aggregator.store import deliveries

    states = state or (None if everything else OPEN)
    with opened(ctx) as (config, store):
        lines = store.read_now(deliveries.lines, target=known_target(config, target), states=states, limit=limit)
        held = waits(config, store)
    records = [record(line, held.get(line.target)) for line in lines]
    shown = records if as_json else [{**one, "why": _why(one)} for one in records]
    show(shown, COLUMNS, as_json=as_json, nothing="nothing is owed")
    for name, wait in held.items():
        if wait.paused:
            tell(f"{name} is {wait}")
        elif target in (None, name):
            tell(f"{name}: {wait.count} new posts {wait}")


def record(line: DeliveryLine, wait: Wait | None) -> Record:
    """A delivery as ``--json`` gives it; ``wait`` is what its target makes wait for, if anything."""
    held = wait if wait is not None and wait.holds(line) else None
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
        "held_until": held.until if held else None,
        "held": _held(held) if held else None,
        "settled_at": line.settled_at,
    }


def _held(wait: Wait) -> str:
    several = not wait.paused and wait.count > 1
    return f"{wait} (the first of {wait.count})" if several else str(wait)


def _why(record: Record) -> object:
    return record["held"] or record["error"]
