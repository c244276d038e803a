"""``wirecopy explain``: every decision about an entry, in order, with reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli import entries, outbox
from aggregator.cli.invocation import examples
from aggregator.cli.output import facts, plain, say, to_json
from aggregator.cli.stored import found, opened

if TYPE_CHECKING:
    from aggregator.store import DeliveryLine, EntryLine
    from aggregator.types import Step

EPILOG = examples(
    "wirecopy explain https://www.example.org/2024/05/a-story.html",
    "wirecopy explain http://127.0.0.1:8080/posts/a-story-1a2b3c4d/",
    "wirecopy explain 1a2b3c4d --json",
)


def explain(
    ctx: typer.Context,
    what: Annotated[str, typer.Argument(metavar="URL|KEY", help="Address of the original or of our post, or a key.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line for each entry found.")] = False,
) -> None:
    """Tells every decision about an entry, in order, with reasons."""
    from aggregator.store import deliveries, journal

    with opened(ctx) as (_, store):
        for index, line in enumerate(found(store, what)):
            steps = store.read_now(journal.of_entry, line.feed, line.key)
            owed = store.read_now(deliveries.lines, post_key=line.post_key) if line.post_key else []
            if as_json:
                say(to_json(_record(line, steps, owed)))
            else:
                say() if index else None
                _print(line, steps, owed)


def _record(line: EntryLine, steps: list[Step], owed: list[DeliveryLine]) -> dict[str, object]:
    return {
        **entries.record(line),
        "steps": [{"at": s.at, "step": s.step, "outcome": s.outcome, "reason": s.reason} for s in steps],
        "deliveries": [outbox.record(delivery) for delivery in owed],
    }


def _print(line: EntryLine, steps: list[Step], owed: list[DeliveryLine]) -> None:
    facts({name: value for name, value in entries.record(line).items() if name != "remote_urls"}, as_json=False)
    say("\nDecisions:" if steps else "\nNo decisions are kept any more.")
    for step in steps:
        say(f"  {plain(step.at)}  {plain(step.step)}: {plain(step.outcome)}: {plain(step.reason)}")
    if owed:
        say("\nDeliveries:")
    for delivery in owed:
        there = delivery.remote_url or delivery.error or f"next attempt {plain(delivery.next_attempt_at)}"
        say(f"  {delivery.target}: {delivery.action} {delivery.state}: {plain(there)}")
