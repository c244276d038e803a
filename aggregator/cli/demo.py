"""``wirecopy demo``: the sample press and the blog made of it, without the internet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.invocation import examples, invocation
from aggregator.cli.output import tell

EPILOG = examples("wirecopy demo", "wirecopy demo --folder /tmp/wirecopy-demo --port 8090")


def demo(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Option(help="Where its store and its blog go.")] = Path("demo-data"),
    port: Annotated[
        int, typer.Option(min=1, max=65_534, help="Where the blog is served; the sample press is on the next one.")
    ] = 8080,
) -> None:
    """Shows a blog made from sample newspapers, without the internet."""
    from aggregator import daemon, demo, log

    log.setup(verbose=invocation(ctx).verbose)
    with demo.running(port + 1) as address:
        path = demo.write_config(folder, address, f"127.0.0.1:{port}")
        daemon.run(path, on_ready=lambda config: _welcome(config.site.base_url, address, path))


def _welcome(blog: str, press: str, path: Path) -> None:
    tell(f"""
  The blog:          {blog}/          (fills within a few seconds)
  The sample press:  {press}/    (where its stories come from)
  The configuration: {path}

  After one minute a copy of a story comes out, after three a story is corrected.
  Next: write a config.toml of your own (config.example.toml shows every key), then `wirecopy run`.
  See what was decided: wirecopy --config {path} entries
  Stop with Ctrl-C.
""")
