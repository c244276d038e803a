"""``wirecopy check``: whether the configuration is good and the targets will take posts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.invocation import configuration, examples
from aggregator.cli.output import Record, say, show, to_json
from aggregator.cli.stored import waits_now
from aggregator.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aggregator.config import Config
    from aggregator.pipeline.outlet import Wait
    from aggregator.targets import Target

EPILOG = examples("wirecopy check", "wirecopy --config /etc/wirecopy/config.toml check", "wirecopy check --json")
COLUMNS = ("target", "kind", "finds", "withdraws", "checks", "pictures", "state")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checked:
    """A target, what it can do, and all that is wrong with it."""

    name: str
    kind: str
    abilities: dict[str, object]
    problems: list[str]


def check(
    ctx: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line for each finding.")] = False,
) -> None:
    """Checks the configuration, tells what each target can do, and asks it whether it will take posts.

    The exit code is 1 where one will not, and 2 where the configuration is wrong.
    """
    from aggregator import config as settings

    config = configuration(ctx)
    notes: list[Record] = [{"level": "warning", "message": warning} for warning in settings.warnings(config)]
    checked = asyncio.run(_targets(config))
    try:
        waits = waits_now(config)
    except StoreError as error:
        waits = {}
        notes.append({"level": "warning", "message": str(error)})
    notes += [
        {"level": "paused", "target": name, "message": str(wait), "until": wait.until}
        for name, wait in waits.items()
        if wait.paused
    ]
    problems: list[Record] = [
        {"level": "problem", "target": one.name, "message": sentence} for one in checked for sentence in one.problems
    ]
    if as_json:
        for finding in (*notes, *problems):
            say(to_json(finding))
    else:
        show((_row(one, waits.get(one.name)) for one in checked), COLUMNS, as_json=False)
        for line in _told(notes, problems):
            say(line)
        if not problems:
            say(_good(config))
    if problems:
        raise typer.Exit(1)


def _row(one: _Checked, wait: Wait | None) -> Record:
    state = f"{len(one.problems)} problem{'s' * (len(one.problems) != 1)}" if one.problems else "good"
    paused = wait is not None and wait.paused
    return {"target": one.name, "kind": one.kind, **one.abilities, "state": f"{state}, paused" if paused else state}


def _told(notes: list[Record], problems: list[Record]) -> Iterator[str]:
    for finding in notes:
        yield "note: " + " is ".join(str(finding[key]) for key in ("target", "message") if key in finding)
    for finding in problems:
        yield f"problem: {finding['target']}: {finding['message']}"


def _good(config: Config) -> str:
    feeds, targets = len(config.feed_names), len(config.targets)
    return (
        f"good: {feeds} feed{'s' * (feeds != 1)}, {targets} target{'s' * (targets != 1)} ({', '.join(config.targets)})"
    )


async def _targets(config: Config) -> list[_Checked]:
    from aggregator import app
    from aggregator.errors import PublishError
    from aggregator.targets import Checks

    checked: list[_Checked] = []
    for name, target in app.build_targets(config).items():
        try:
            problems = await target.check() if isinstance(target, Checks) else []
        except PublishError as error:
            problems = [error.message]
        finally:
            await target.close()
        kind, abilities = config.targets[name].kind, _abilities(target)
        checked.append(_Checked(name=name, kind=kind, abilities=abilities, problems=problems))
    return checked


def _abilities(target: Target) -> dict[str, object]:
    from aggregator.targets import Checks, Finds, Gathers, Withdraws

    abilities = {"finds": Finds, "withdraws": Withdraws, "checks": Checks}
    found: dict[str, object] = {name: isinstance(target, ability) for name, ability in abilities.items()}
    return {**found, "pictures": "copies" if isinstance(target, Gathers) else "links"}
