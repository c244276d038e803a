"""What was said before the verb: which configuration file, and how much to tell."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from aggregator.config import Config, FetchSettings

DEFAULT = Path("config.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """The options of ``wirecopy`` itself."""

    path: Path | None  #: the configuration file as named; None: not named
    verbose: bool

    @property
    def config_path(self) -> Path:
        """The configuration file to use."""
        return self.path or DEFAULT


def invocation(ctx: typer.Context) -> Invocation:
    """The options that stood before the verb."""
    found = ctx.find_object(Invocation)
    return found or Invocation(path=None, verbose=False)


def configuration(ctx: typer.Context) -> Config:
    """The configuration, read and found good. Raises ConfigError."""
    from aggregator import config

    return config.load(invocation(ctx).config_path)


def manners(ctx: typer.Context) -> tuple[FetchSettings, str]:
    """How to fetch, and the contact to tell: as configured, or as built in where there is no configuration."""
    from aggregator import config

    chosen = invocation(ctx)
    if chosen.path is None and not DEFAULT.exists():
        return config.FetchSettings(), ""
    fetch = configuration(ctx).fetch
    return fetch, fetch.user_agent_contact


def examples(*lines: str) -> str:
    """The end of a verb's ``--help``."""
    return "\n\n".join(["[bold]Examples[/bold]", *(line.replace("[", "\\[") for line in lines)])
