"""A Micropub server from PyPI's django-indieweb with a small blog around it; it forgets all when it stops."""

from __future__ import annotations

import json
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from tools.services import installing, processes

REQUIREMENTS = ("django-indieweb==0.6.2",)


@dataclass(frozen=True, slots=True)
class Site:
    """A running blog."""

    url: str
    micropub: str
    media: str
    webmention: str
    token: str  # may do everything
    create_only: str  # a token that may create, and nothing else
    powerless: str  # a token that may do nothing


class Micropub:
    """The blog in a folder: started, emptied, stopped."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._account = self.folder / "account.json"
        self._web = processes.Process(self.folder, "web")

    def up(self, port: int = 0) -> Site:
        """The running blog, on this port or on the one it has; installs and starts what is missing."""
        with processes.locked(self.folder):
            running = self._web.running()
            port = port or (running.port if running else processes.free_port())
            if running is None or running.port != port:
                self._start(port)
            return self._site(port)

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
        venv, log = installing.cache() / "venv-micropub", self.folder / "install.log"
        with processes.locked(installing.cache() / "installing" / "micropub"):
            python = installing.python_packages(venv, *REQUIREMENTS, log=log)
        data = self.folder / "data"
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir()
        if not self._account.exists():
            tokens = {name: secrets.token_urlsafe(18) for name in ("token", "create_only", "powerless")}
            self._account.write_text(json.dumps(tokens))
        tokens = json.loads(self._account.read_text())
        scopes = {tokens["token"]: "create update delete undelete media", tokens["create_only"]: "create"}
        scopes[tokens["powerless"]] = ""
        program = Path(__file__).parent / "micropub_site.py"
        self._web.start([python, program, data, str(port), json.dumps(scopes)], port=port)
        self._web.wait_until(lambda: processes.status(f"http://127.0.0.1:{port}/") == 200, limit=60)

    def _site(self, port: int) -> Site:
        url = f"http://127.0.0.1:{port}"
        endpoints = {name: f"{url}/indieweb/{name}/" for name in ("micropub", "media", "webmention")}
        return Site(url=url, **endpoints, **json.loads(self._account.read_text()))
