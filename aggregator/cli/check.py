"""``wirecopy check``: whether the configuration is good and the targets will take posts."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.invocation import configuration, examples
from aggregator.cli.output import say, to_json

if TYPE_CHECKING:
    from aggregator.config import Config

EPILOG = examples("wirecopy check", "wirecopy --config /etc/wirecopy/config.toml check", "wirecopy check --json")


def check(
    ctx: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line for each finding.")] = False,
) -> None:
    """Checks the configuration, and asks each target whether it will take posts.

    The exit code is 1 where one will not, and 2 where the configuration is wrong.
    """
    from aggregator import config as settings

    config = configuration(ctx)
    warnings = settings.warnings(config)
    problems = asyncio.run(_of_targets(config))
    if as_json:
        for warning in warnings:
            say(to_json({"level": "warning", "message": warning}))
        for name, problem in problems:
            say(to_json({"level": "problem", "target": name, "message": problem}))
    else:
        for warning in warnings:
            say(f"note: {warning}")
        for name, problem in problems:
            say(f"problem: {name}: {problem}")
        if not problems:
            feeds, targets = len(config.feed_names), len(config.targets)
            named = ", ".join(config.targets)
            say(f"good: {feeds} feed{'s' * (feeds != 1)}, {targets} target{'s' * (targets != 1)} ({named})")
    if problems:
        raise typer.Exit(1)


async def _of_targets(config: Config) -> list[tuple[str, str]]:
    from aggregator import app
    from aggregator.errors import PublishError
    from aggregator.targets import Checks

    found: list[tuple[str, str]] = []
    for name, target in app.build_targets(config).items():
        try:
            if isinstance(target, Checks):
                found += [(name, sentence) for sentence in await target.check()]
        except PublishError as error:
            found.append((name, error.message))
        finally:
            await target.close()
    return found
