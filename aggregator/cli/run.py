"""``wirecopy run``: the daemon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.invocation import examples, invocation
from aggregator.cli.output import tell

if TYPE_CHECKING:
    from aggregator.config import Config

EPILOG = examples(
    "wirecopy run", "wirecopy --config /etc/wirecopy/config.toml --verbose run", "wirecopy run --log-json"
)


def run(
    ctx: typer.Context,
    log_json: Annotated[bool, typer.Option("--log-json", help="Log lines as JSON.")] = False,
) -> None:
    """Runs the daemon: refreshes, publishes and serves the blog.

    Ctrl-C or SIGTERM stops it, SIGHUP or a change of the file reloads the configuration.
    """
    from aggregator import daemon, log

    chosen = invocation(ctx)
    log.setup(verbose=chosen.verbose, json=log_json)
    daemon.run(chosen.config_path, on_ready=_welcome)


def _welcome(config: Config) -> None:
    from aggregator import config as settings

    for warning in settings.warnings(config):
        tell(f"note: {warning}")
    tell(f"{config.site.title}: {config.site.base_url}/")
