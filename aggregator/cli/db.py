"""``wirecopy db``: copy, upgrade and check the store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.invocation import configuration, examples
from aggregator.cli.output import say, to_json
from aggregator.cli.stored import now, opened

EPILOG = examples("wirecopy db backup", "wirecopy db backup copies/before-the-move.db", "wirecopy db check --json")

db = typer.Typer(
    no_args_is_help=True, help="Copies, upgrades and checks the store.", epilog=EPILOG, rich_markup_mode="rich"
)


@db.command(epilog=examples("wirecopy db backup", "wirecopy db backup copies/before-the-move.db"))
def backup(
    ctx: typer.Context,
    path: Annotated[
        Path | None, typer.Argument(help="Where to; by default dated, in `backups` beside the store.")
    ] = None,
) -> None:
    """Writes a copy of the store; the daemon may go on meanwhile."""
    from aggregator.store import backup as copies

    with opened(ctx) as (_, store):
        target = path or store.path.parent / "backups" / f"{store.path.stem}-{now():%Y%m%dT%H%M%SZ}{store.path.suffix}"
        target.parent.mkdir(parents=True, exist_ok=True)
        copies.backup(store, target)
    say(f"copied to {target}")


@db.command(epilog=examples("wirecopy db upgrade"))
def upgrade(ctx: typer.Context) -> None:
    """Brings the store to this version's form, after a dated copy; the daemon does so by itself when it starts."""
    from aggregator.store import Store, lock

    config = configuration(ctx)
    with lock(config.store.url, base=config.folder):
        store = Store.open(config.store.url, base=config.folder, now=now(), upgrade=True)
        say(f"{store.path} is up to date")
        store.close()


@db.command(epilog=examples("wirecopy db check", "wirecopy db check --json"))
def check(
    ctx: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Looks for damage, and tells what is in the store; exit code 1 where something is wrong."""
    from aggregator.store import backup as copies

    with opened(ctx) as (_, store):
        problems, known = copies.check(store), copies.facts(store)
    if as_json:
        say(to_json({"problems": problems, "facts": known}))
    else:
        for line in known:
            say(line)
        for problem in problems:
            say(f"problem: {problem}")
        say("all is well" if not problems else "restore a copy from the `backups` folder, or ask for help")
    if problems:
        raise typer.Exit(1)
