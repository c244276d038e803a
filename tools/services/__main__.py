"""``python -m tools.services``: a server by name, and what to do with it."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from tools.services import Server, installing
from tools.services.ghost import Ghost
from tools.services.mastodon import Mastodon
from tools.services.micropub import Micropub
from tools.services.wordpress import WordPress

SERVERS: dict[str, Callable[[Path], Server[Any]]] = {
    "wordpress": WordPress,
    "ghost5": partial(Ghost, major="5"),
    "ghost6": partial(Ghost, major="6"),
    "micropub": Micropub,
    "mastodon": Mastodon,
}


def main() -> int:
    """The exit status: 0, or 1 with the reason on stderr."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.services", description="Real publishing servers on loopback."
    )
    parser.add_argument("server", choices=SERVERS)
    parser.add_argument("action", nargs="?", choices=["up", "down", "reset"], default="up")
    parser.add_argument("--dir", type=Path, help="where everything of the server lies (default: the user's cache)")
    parser.add_argument("--port", type=int, default=0, help="default: the port that it has, else a free one")
    chosen = parser.parse_args()
    server = SERVERS[chosen.server](chosen.dir or installing.cache() / chosen.server)
    try:
        if chosen.action == "up":
            print(json.dumps(dataclasses.asdict(server.up(chosen.port)), indent=2, default=str))
        else:
            server.down() if chosen.action == "down" else server.reset()
    except installing.UnavailableError as error:
        print(f"{chosen.server}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
