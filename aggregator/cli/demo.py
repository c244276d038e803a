"""``wirecopy demo``: the sample press and the blog made of it, without the internet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.invocation import examples, invocation

EPILOG = examples("wirecopy demo", "wirecopy demo --folder /tmp/wirecopy-demo --port 8090")


def demo(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Option(help="Where its store and its blog go.")] = Path("demo-data"),
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Where the blog is served.")] = 8080,
) -> None:
    """Shows a blog made from sample newspapers, without the internet."""
    from aggregator import demo as press
    from aggregator import log

    log.setup(verbose=invocation(ctx).verbose)
    press.run(folder, port=port)
