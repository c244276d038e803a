"""The program: its own options, its verbs, and the one place where an error becomes a message and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from aggregator import __version__
from aggregator.cli import (
    add,
    backtest,
    check,
    db,
    demo,
    diff,
    discover,
    entries,
    explain,
    exports,
    extract,
    feeds,
    imports,
    merge,
    once,
    outbox,
    parse,
    posts,
    preview,
    release,
    retry,
    run,
    service,
    split,
    story,
    withdraw,
)
from aggregator.cli.invocation import Invocation, examples
from aggregator.cli.output import tell
from aggregator.errors import AggregatorError, ConfigError

#: By what a person wants to do; help shows them in this order.
VERBS: dict[str, list[tuple[str, Callable[..., None], str]]] = {
    "Publish": [
        ("run", run.run, run.EPILOG),
        ("once", once.once, once.EPILOG),
        ("demo", demo.demo, demo.EPILOG),
        ("check", check.check, check.EPILOG),
        ("service", service.service, service.EPILOG),
    ],
    "Subscribe": [
        ("discover", discover.discover, discover.EPILOG),
        ("add", add.add, add.EPILOG),
        ("import", imports.import_, imports.EPILOG),
        ("export", exports.export, exports.EPILOG),
    ],
    "Look": [
        ("feeds", feeds.feeds, feeds.EPILOG),
        ("entries", entries.entries, entries.EPILOG),
        ("posts", posts.posts, posts.EPILOG),
        ("outbox", outbox.outbox, outbox.EPILOG),
        ("explain", explain.explain, explain.EPILOG),
        ("diff", diff.diff, diff.EPILOG),
        ("story", story.story, story.EPILOG),
        ("preview", preview.preview, preview.EPILOG),
    ],
    "Step in": [
        ("retry", retry.retry, retry.EPILOG),
        ("release", release.release, release.EPILOG),
        ("withdraw", withdraw.withdraw, withdraw.EPILOG),
        ("merge", merge.merge, merge.EPILOG),
        ("split", split.split, split.EPILOG),
    ],
    "Read documents": [
        ("parse", parse.parse, parse.EPILOG),
        ("extract", extract.extract, extract.EPILOG),
    ],
}

app = typer.Typer(
    name="wirecopy",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples("wirecopy demo", "wirecopy --config /etc/wirecopy/config.toml run", "wirecopy entries --json"),
)
for panel, verbs in VERBS.items():
    for name, verb, epilog in verbs:
        app.command(name, epilog=epilog, rich_help_panel=panel)(verb)
app.add_typer(backtest.backtest, name="backtest", rich_help_panel="Look")
app.add_typer(db.db, name="db", rich_help_panel="Step in")


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"wirecopy {__version__}\n")
        raise typer.Exit


@app.callback()
def options(
    ctx: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config", "-c", envvar="WIRECOPY_CONFIG", help="The configuration file.", show_default="config.toml"
        ),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log more.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and end.")
    ] = False,
) -> None:
    """Wirecopy reads feeds, takes the full article and its credit, and publishes each once."""
    ctx.obj = Invocation(path=config, verbose=verbose)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one verb. Exit codes: 0 ok, 1 something failed, 2 usage or configuration, 130 interrupted."""
    try:
        app(args=None if arguments is None else list(arguments), prog_name="wirecopy")
    except ConfigError as error:
        tell(str(error))
        sys.exit(2)
    except AggregatorError as error:
        tell(f"wirecopy: {error}")
        sys.exit(1)
    except OSError as error:
        # A file that a verb was told to read or write; within the pipeline they are classed errors.
        tell(f"wirecopy: {error.filename or ''}: {error.strerror or error}".replace(": : ", ": "))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
