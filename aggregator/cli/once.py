"""``wirecopy once``: one round, then it ends."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.invocation import configuration, examples, invocation
from aggregator.cli.output import say, to_json
from aggregator.cli.stored import known_feed
from aggregator.types import Outcome

if TYPE_CHECKING:
    from aggregator.daemon import Tally

EPILOG = examples("wirecopy once", "wirecopy once --force", "wirecopy once --feed nasa --feed eff --json")


def once(
    ctx: typer.Context,
    force: Annotated[
        bool, typer.Option("--force", help="All feeds, due or not; still with conditional requests.")
    ] = False,
    feed: Annotated[list[str] | None, typer.Option(help="Only this feed; may be repeated.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object with the counts.")] = False,
) -> None:
    """Refreshes all that is due, publishes it, and ends.

    The exit code is 1 where a feed or a delivery failed.
    """
    from aggregator import daemon, log

    config = configuration(ctx)
    for name in feed or ():
        known_feed(config, name)
    log.setup(verbose=invocation(ctx).verbose)
    with _progress() as progress:
        tally = daemon.once(config, force=force, names=feed, progress=progress)
    counts = _counts(tally)
    if as_json:
        say(to_json(counts))
    else:
        say("; ".join(f"{count} {_told(name, count)}" for name, count in counts.items()))
        for name, wait in tally.held.items():
            say(f"{name}: {wait.count} post{'s' * (wait.count != 1)} {wait}")
        for done in tally.refreshed:
            if done.held:
                say(f"{done.feed}: entries are held: {done.held}; see `wirecopy explain {done.feed}`")
    if counts["feeds_failed"] or counts["posts_not_delivered"]:
        raise typer.Exit(1)


def _counts(tally: Tally) -> dict[str, int]:
    delivered = sum(done.outcome in ("published", "withdrawn") for done in tally.delivered)
    failed = sum(done.outcome == "failed" for done in tally.refreshed)
    return {
        "feeds_refreshed": len(tally.refreshed) - failed,
        "feeds_failed": failed,
        "entries_held": sum(done.counts.get(Outcome.HELD, 0) for done in tally.refreshed if done.held),
        "posts_delivered": delivered,
        "posts_not_delivered": len(tally.delivered) - delivered,
        "posts_held_back": sum(wait.count for wait in tally.held.values()),
    }


def _told(name: str, count: int) -> str:
    return (name.replace("s_", "_", 1) if count == 1 else name).replace("_", " ")


@contextmanager
def _progress() -> Iterator[Callable[[Tally, int], None]]:
    """A bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda tally, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("feeds"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda tally, total: bar.update(
            task, total=total, completed=len(tally.refreshed), description=f"{len(tally.delivered)} deliveries"
        )
