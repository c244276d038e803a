"""The API of Mastodon as PyPI's mastodon-mock imitates it; it forgets all when it stops."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tools.services import installing, processes

REQUIREMENTS = ("mastodon-mock==0.6.1",)


@dataclass(frozen=True, slots=True)
class Site:
    """A running server."""

    url: str
    username: str
    token: str


class Mastodon:
    """The server in a folder: started, emptied, stopped."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._web = processes.Process(self.folder, "web")

    def up(self, port: int = 0) -> Site:
        """The running server, on this port or on the one it has; installs and starts what is missing."""
        with processes.locked(self.folder):
            running = self._web.running()
            port = port or (running.port if running else processes.free_port())
            if running is None or running.port != port:
                self._start(port)
            # The account that it comes with.
            return Site(url=f"http://127.0.0.1:{port}", username="testuser", token="mock_token")

    def reset(self) -> None:
        """Empties it, which is to start it again."""
        with processes.locked(self.folder):
            if (running := self._web.running()) is not None:
                self._start(running.port)

    def down(self) -> None:
        """Stops it."""
        with processes.locked(self.folder):
            self._web.stop()

    def _start(self, port: int) -> None:
        self._web.stop()
        with processes.locked(installing.cache() / "installing" / "mastodon"):
            venv, log = installing.cache() / "venv-mastodon", self.folder / "install.log"
            python = installing.python_packages(venv, *REQUIREMENTS, log=log)
        program = python.with_name("mastodon_mock")
        self._web.start([program, "serve", "--host", "127.0.0.1", "--port", str(port), "--in-memory"], port=port)
        self._web.wait_until(lambda: processes.status(f"http://127.0.0.1:{port}/api/v2/instance") == 200, limit=60)
