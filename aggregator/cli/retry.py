"""``wirecopy retry``: try again now what a target rejected or was too busy for."""

from __future__ import annotations

from typing import Annotated

import typer

from aggregator.cli.invocation import examples
from aggregator.cli.output import say
from aggregator.cli.stored import found, known_target, now, opened

EPILOG = examples(
    "wirecopy retry --target blog", "wirecopy retry https://www.example.org/a-story.html", "wirecopy retry --all"
)


def retry(
    ctx: typer.Context,
    what: Annotated[str | None, typer.Argument(metavar="[URL|KEY]", help="Only this post.")] = None,
    target: Annotated[str | None, typer.Option(help="Only what is owed to this target; ends its pause.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that is dead or waits.")] = False,
) -> None:
    """Makes dead and waiting deliveries due now.

    The running daemon, or the next `wirecopy once`, does them.
    """
    from aggregator.store import deliveries, targets

    if not (what or target or everything):
        raise typer.BadParameter("name a post, a --target, or say --all")
    with opened(ctx) as (config, store):
        known_target(config, target)
        keys = {line.post_key for line in found(store, what) if line.post_key} if what else {None}
        count = sum(store.write_now(deliveries.revive, target=target, key=key, now=now()) for key in keys)
        for name in [target] if target else list(config.targets) if everything else []:
            if store.write_now(targets.resume, name):
                say(f"{name} is paused no more")
    say(f"{count} deliveries are due now")
