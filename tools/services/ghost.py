"""A real Ghost from npm with SQLite: a heavy program (some 600 MB, minutes to install) that is kept in the cache."""

from __future__ import annotations

import json
import os
import platform
import secrets
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx

from tools.services import installing, processes

VERSIONS = {"5": "5.130.6", "6": "6.65.0"}
#: npm's own build of Node, which comes with the headers that Ghost's SQLite is compiled with. Both Ghosts run on it;
#: modules that are compiled with the headers of Node 24.19 to 24.21 abort (nodejs/node 65446).
NODE = "22.23.3"
SQLITE = {"5": "sqlite3", "6": "better-sqlite3"}
ARCHITECTURES = {"x86_64": "x64", "aarch64": "arm64"}
#: Parts of Ghost's package.json that are for its developers; some of them name addresses outside of npm.
NOT_FOR_US = ("devDependencies", "scripts", "nx", "packageManager", "engines")
FOLDERS = ("data", "images", "media", "files", "logs", "settings", "themes", "public", "apps", "adapters")
OWNER = "owner@example.com"


@dataclass(frozen=True, slots=True)
class Site:
    """A running Ghost."""

    url: str
    admin_api: str
    version: str
    admin_key: str  # ID:SECRET, as the page of an integration shows it
    content_key: str
    email: str
    password: str
    folder: Path


class Ghost:
    """A Ghost in a folder: started, emptied, stopped."""

    def __init__(self, folder: Path, major: str = "6") -> None:
        self.folder = folder.resolve()
        self._major = major
        self._version = VERSIONS[major]
        self._content = self.folder / "content"
        self._program = installing.cache() / f"ghost-{self._version}-node-{NODE}"
        self._web = processes.Process(self.folder, "web")

    def up(self, port: int = 0) -> Site:
        """The running site, on this port or on the one it has; installs and starts what is missing."""
        with processes.locked(self.folder):
            node = self._install()
            running = self._web.running()
            port = port or (running.port if running else processes.free_port())
            self._start(node, port)
            if not (self.folder / "account.json").exists():
                self._set_up(port)
            return self._site(port)

    def reset(self) -> None:
        """Empties the site: the database as after its set-up, no pictures; started again if it was running."""
        with processes.locked(self.folder):
            running = self._web.running()
            self._web.stop()
            for file in (self._content / "data").glob("ghost.db*"):
                file.unlink()
            shutil.copy(self.folder / "empty.db", self._content / "data" / "ghost.db")
            for folder in ("images", "media", "files"):
                shutil.rmtree(self._content / folder)
            if running is not None:
                self._start(self._install(), running.port)

    def down(self) -> None:
        """Stops it; its data stay."""
        with processes.locked(self.folder):
            self._web.stop()

    def _install(self) -> Path:
        """Node, with this Ghost installed; both made once, in the cache."""
        with processes.locked(installing.cache() / "installing" / "ghost"):
            node = self._install_node()
            if not self._program.exists():
                self._install_program(node)
            return node

    def _install_node(self) -> Path:
        folder = installing.cache() / f"node-{NODE}"
        if not folder.exists():
            architecture = ARCHITECTURES.get(platform.machine())
            if shutil.which("npm") is None or architecture is None:
                raise installing.UnavailableError("needs npm on Linux on x86-64 or ARM")
            with installing.unpacked(f"node-linux-{architecture}@{NODE}", log=self.folder / "install.log") as work:
                (work / "bin" / "node").chmod(0o755)
                work.rename(folder)
        return folder / "bin" / "node"

    def _install_program(self, node: Path) -> None:
        """Ghost's package made ready in place: it is meant for Ghost's own installer, not for ``npm install ghost``.

        Its dependencies of the kind ``file:components/…`` resolve from its own folder only, so npm runs inside.
        """
        log = self.folder / "install.log"
        if shutil.which("g++") is None or shutil.which("make") is None:
            installing.debian("g++", "make", "python3", log=log)
        installing.tell(f"installing Ghost {self._version}: this takes minutes")
        module = SQLITE[self._major]
        env = {"PATH": f"{node.parent}:{os.environ['PATH']}", "npm_config_nodedir": str(node.parent.parent)}
        # Without scripts: an optional module would compile for many minutes. Only SQLite's is needed.
        flags = ["--omit=dev", "--legacy-peer-deps", "--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund"]
        rebuild = ["npm", "rebuild", "--build-from-source", "--foreground-scripts", module]
        with installing.unpacked(f"ghost@{self._version}", log=log) as work:
            _strip(work)
            installing.run(["npm", "install", *flags], log=log, doing="npm install", env=env, cwd=work)
            installing.run(rebuild, log=log, doing=f"compiling {module}", env=env, cwd=work)
            installing.run([node, "-e", f"require('{module}')"], log=log, doing=f"loading {module}", cwd=work)
            work.rename(self._program)

    def _start(self, node: Path, port: int) -> None:
        running = self._web.running()
        if running is None or running.port != port:
            self._web.stop()
            self._lay_out(port)
            env = {"NODE_ENV": "production", "GHOST_NODE_VERSION_CHECK": "false"}
            self._web.start([node, self._program / "index.js"], port=port, env=env, cwd=self.folder)
        site = f"http://127.0.0.1:{port}/ghost/api/admin/site/"
        self._web.wait_until(lambda: processes.status(site) == 200, limit=180)

    def _lay_out(self, port: int) -> None:
        """The folder as Ghost's installer lays it: content, configuration, and a link to the program."""
        if not (self._content / "themes").exists():
            shutil.copytree(self._program / "content", self._content, dirs_exist_ok=True)
        for name in FOLDERS:
            (self._content / name).mkdir(exist_ok=True)
        current = self.folder / "current"
        current.unlink(missing_ok=True)
        current.symlink_to(self._program)
        unlimited = {"minWait": 1, "maxWait": 1, "freeRetries": 10_000}
        settings = {
            "url": f"http://127.0.0.1:{port}",
            "server": {"host": "127.0.0.1", "port": port},
            "database": {
                "client": SQLITE[self._major],
                "connection": {"filename": str(self._content / "data" / "ghost.db")},
                "useNullAsDefault": True,
            },
            # A closed port: mail goes nowhere.
            "mail": {"transport": "SMTP", "options": {"host": "127.0.0.1", "port": 9, "connectionTimeout": 500}},
            "privacy": {"useTinfoil": True, "useStructuredData": True},
            # Else a log-in wants a code from a mail.
            "security": {"staffDeviceVerification": False},
            "spam": {"user_login": unlimited, "global_block": unlimited, "private_block": unlimited},
            "paths": {"contentPath": f"{self._content}/"},
            "logging": {"level": "info", "transports": ["file"], "path": f"{self._content}/logs/"},
            "process": "local",
        }
        (self.folder / "config.production.json").write_text(json.dumps(settings, indent=1))

    def _set_up(self, port: int) -> None:
        """What the owner does in the browser: an account, an integration; the sample posts are deleted."""
        url, password = f"http://127.0.0.1:{port}", secrets.token_urlsafe(18)
        headers = {"Origin": url, "Accept-Version": f"v{self._major}.0"}
        with httpx.Client(base_url=f"{url}/ghost/api/admin/", headers=headers, timeout=60, trust_env=False) as api:

            def ask(method: str, path: str, **body: object) -> httpx.Response:
                return api.request(method, path, json=body or None).raise_for_status()

            owner = {"name": "Owner", "email": OWNER, "password": password, "blogTitle": "Test Ghost"}
            ask("POST", "authentication/setup/", setup=[owner])
            ask("POST", "session/", username=OWNER, password=password)
            made = ask("POST", "integrations/?include=api_keys", integrations=[{"name": "Wirecopy"}]).json()
            keys = {key["type"]: key["secret"] for key in made["integrations"][0]["api_keys"]}
            for post in ask("GET", "posts/?fields=id&limit=100").json()["posts"]:
                ask("DELETE", f"posts/{post['id']}/")
        database = self._content / "data" / "ghost.db"
        with closing(sqlite3.connect(database)) as live, closing(sqlite3.connect(self.folder / "empty.db")) as empty:
            live.backup(empty)
        account = {"admin_key": keys["admin"], "content_key": keys["content"], "email": OWNER, "password": password}
        (self.folder / "account.json").write_text(json.dumps(account))

    def _site(self, port: int) -> Site:
        url = f"http://127.0.0.1:{port}"
        account = json.loads((self.folder / "account.json").read_text())
        admin_api = f"{url}/ghost/api/admin/"
        return Site(url=url, admin_api=admin_api, version=self._version, folder=self.folder, **account)


def _strip(package: Path) -> None:
    """Takes from the unpacked package what only its developers' tools understand."""
    for lock in ("yarn.lock", "pnpm-lock.yaml", "pnpm-workspace.yaml"):
        (package / lock).unlink(missing_ok=True)
    manifest = json.loads((package / "package.json").read_text())
    kept = {key: value for key, value in manifest.items() if key not in NOT_FOR_US}
    (package / "package.json").write_text(json.dumps(kept, indent=1))
