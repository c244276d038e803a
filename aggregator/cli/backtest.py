"""``wirecopy backtest``: what other settings would have made of what was taken."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.invocation import examples
from aggregator.cli.output import Record, show, tell
from aggregator.cli.stored import now, opened

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from aggregator.pipeline.comparing import Otherwise
    from aggregator.policy.stories import Thresholds
    from aggregator.store import Session, Store

    Replay: TypeAlias = Callable[[Session, datetime, int, Thresholds], tuple[int, list[Otherwise]]]

COLUMNS = ("verdict", "share", "feed", "title", "story", "reason")
#: How many changes are listed; the rest is only counted.
LISTED = 1000

EPILOG = examples(
    "wirecopy backtest dedup --since 30d --shared 0.6", "wirecopy backtest dedup --since 7d --window 2d --json"
)

backtest = typer.Typer(no_args_is_help=True, help="Tries other settings on what was taken. Changes nothing.")


@backtest.callback()
def options() -> None:
    """Tries other settings on what was taken. Changes nothing."""


@backtest.command(epilog=EPILOG)
def dedup(
    ctx: typer.Context,
    since: Annotated[str, typer.Option(help="How far back, such as 30d.")] = "30d",
    shared: Annotated[float, typer.Option(min=0.1, max=1, help="The share of both texts that must be in both.")] = 0.5,
    with_title: Annotated[
        float, typer.Option(min=0.1, max=1, help="A smaller share that is enough where the headlines agree.")
    ] = 0.3,
    contained: Annotated[
        float, typer.Option(min=0, max=1, help="How much of the shorter text the longer must hold then.")
    ] = 0.75,
    window: Annotated[str, typer.Option(help="How far apart two that tell one story may be published.")] = "60d",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line for each change.")] = False,
) -> None:
    """Shows what other thresholds would have merged into stories, and what they would have split from them.

    Reads only. What was told at one address, or merged or split by hand, is not looked at.
    """
    from aggregator.pipeline import comparing
    from aggregator.policy.stories import Thresholds

    by = Thresholds(shared=shared, with_title=with_title, contained=contained, window=_span(window))
    start = now() - _span(since)
    found: list[Record] = []
    count = 0
    with opened(ctx) as (_, store), _progress(store) as step:
        for read in (comparing.merged, comparing.split):
            for change in _all(store, read, start, by, step):
                count += 1
                if len(found) < LISTED:
                    found.append(change)
    show(found, COLUMNS, as_json=as_json, nothing="nothing would have been decided otherwise")
    if count > len(found):
        tell(f"and {count - len(found)} more")


def _all(store: Store, read: Replay, start: datetime, by: Thresholds, step: Callable[[int], None]) -> Iterator[Record]:
    after = 0
    while True:
        after, changes = store.read_now(read, start, after, by)
        yield from map(asdict, changes)
        if not after:
            return
        step(after)


@contextmanager
def _progress(store: Store) -> Iterator[Callable[[int], None]]:
    """A bar on standard error where a person looks on; called with the number of the entry that it has come to."""
    from aggregator.store import stories

    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("replaying", total=store.read_now(stories.last_number))
        yield lambda number: bar.update(task, completed=number)


def _span(value: str) -> timedelta:
    from aggregator.config.values import BadValueError, duration

    try:
        return duration(value)
    except BadValueError as error:
        raise typer.BadParameter(str(error)) from error
