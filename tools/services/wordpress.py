"""A real WordPress from Debian's packages, with a MariaDB of its own that listens on a socket only."""

from __future__ import annotations

import getpass
import hashlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.services import installing, processes

#: "wordpress" asks for any web server and any PHP; with these there already it does not bring Apache.
FIRST = ("php-cgi", "micro-httpd")
PACKAGES = (
    "wordpress",
    "wordpress-theme-twentytwentyone",
    "php-cli",
    "php-curl",
    "php-gd",
    "php-mbstring",
    "php-mysql",
    "php-xml",
    "mariadb-server-core",
    "mariadb-client-core",
)
SHIPPED = Path("/usr/share/wordpress")
PHP = Path(__file__).parent / "php"
#: Not UTC, so that a test sees who takes the blog's time for GMT.
TIMEZONE = "Europe/Berlin"
WORKERS = 4
#: What a Unix socket's address can hold, less some room (sun_path has 108 bytes).
SOCKET_LENGTH = 100


@dataclass(frozen=True, slots=True)
class User:
    """One account of the blog."""

    id: int
    login: str
    password: str
    application_password: str


@dataclass(frozen=True, slots=True)
class Site:
    """A running WordPress."""

    url: str
    api: str
    xmlrpc: str
    version: str
    php: str
    database: str
    timezone: str
    folder: Path
    users: Mapping[str, User]  # by role: administrator, editor, author, contributor, subscriber


class WordPress:
    """A WordPress in a folder: started, emptied, stopped."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._www = self.folder / "www"
        self._data = self.folder / "database"
        self._socket = _socket(self.folder)
        self._database = processes.Process(self.folder, "database")
        self._web = processes.Process(self.folder, "web")

    def up(self, port: int = 0) -> Site:
        """The running site, on this port or on the one it has; installs and starts what is missing."""
        with processes.locked(self.folder):
            log = self.folder / "install.log"
            installing.debian(*FIRST, log=log)
            installing.debian(*PACKAGES, log=log)
            running = self._web.running()
            port = port or (running.port if running else processes.free_port())
            made = self.folder / "made"
            if not made.exists() or made.read_text() != _fingerprint():
                self._make(port)
                made.write_text(_fingerprint())
            try:
                self._start_database()
                self._start_web(port)
            except installing.UnavailableError:
                self._stop()
                raise
            return self._site(port)

    def reset(self) -> None:
        """Empties the running site: the database as after its installation, no uploads."""
        with processes.locked(self.folder):
            self._sql("wordpress", (self.folder / "empty.sql").read_bytes())
            shutil.rmtree(self._www / "wp-content" / "uploads", ignore_errors=True)
            (self._www / "wp-content" / "uploads").mkdir()

    def down(self) -> None:
        """Stops it; its data stay."""
        with processes.locked(self.folder):
            self._stop()

    def _stop(self) -> None:
        self._web.stop()
        self._database.stop()

    def _make(self, port: int) -> None:
        """A new site in place of any older one."""
        installing.tell(f"making a WordPress in {self.folder}")
        self._stop()
        for old in (self._www, self._data):
            shutil.rmtree(old, ignore_errors=True)
        self._make_database()
        self._copy_program()
        env = self._environment(port)
        for step in ("tables", "users"):
            command: list[str | Path] = ["php", "-d", "memory_limit=256M", PHP / "install.php", step, self.folder]
            installing.run(command, log=self.folder / "install.log", doing="installing WordPress", env=env)
        dump = ["mariadb-dump", "--no-defaults", f"--socket={self._socket}", "-u", "root", "wordpress"]
        with (self.folder / "empty.sql").open("wb") as file:
            subprocess.run(dump, stdout=file, check=True)

    def _make_database(self) -> None:
        self._data.mkdir()
        command: list[str | Path] = ["mariadb-install-db", "--no-defaults", f"--datadir={self._data}"]
        command += [f"--user={getpass.getuser()}", "--skip-test-db", "--auth-root-authentication-method=normal"]
        installing.run(command, log=self.folder / "install.log", doing="making the database")
        self._start_database()
        self._sql("mysql", b"CREATE DATABASE wordpress CHARACTER SET utf8mb4")

    def _copy_program(self) -> None:
        """Debian's tree with its links to other packages resolved: WordPress looks for its parts beside itself."""
        config = shutil.ignore_patterns("wp-config.php")
        shutil.copytree(SHIPPED, self._www, ignore=config, ignore_dangling_symlinks=True, dirs_exist_ok=True)
        content = self._www / "wp-content"
        theme = content / "themes" / "twentytwentyone"
        if not theme.is_dir():
            shutil.copytree(Path("/var/lib/wordpress/wp-content/themes/twentytwentyone"), theme)
        for name in ("uploads", "mu-plugins"):
            (content / name).mkdir(exist_ok=True)
        shutil.copy(PHP / "wp-config.php", self._www)
        shutil.copy(PHP / "loopback.php", content / "mu-plugins")
        shutil.copy(PHP / "router.php", self.folder)

    def _start_database(self) -> None:
        if self._database.running() is None:
            self._socket.unlink(missing_ok=True)
            options = {
                "datadir": self._data,
                "socket": self._socket,
                "tmpdir": self._data,
                "user": getpass.getuser(),
                "character-set-server": "utf8mb4",
                "innodb-buffer-pool-size": "64M",
                "innodb-flush-log-at-trx-commit": 2,
                "max-connections": 40,
                "performance-schema": "off",
            }
            flags = [f"--{name}={value}" for name, value in options.items()]
            self._database.start(["mariadbd", "--no-defaults", "--skip-networking", "--skip-log-bin", *flags])
        self._database.wait_until(self._answers, limit=60)

    def _start_web(self, port: int) -> None:
        running = self._web.running()
        if running is None or running.port != port:
            self._web.stop()
            settings = {"upload_max_filesize": "64M", "post_max_size": "70M", "memory_limit": "256M"}
            settings |= {"max_execution_time": "60", "sendmail_path": "/bin/false", "expose_php": "0"}
            flags = [part for name, value in settings.items() for part in ("-d", f"{name}={value}")]
            command: list[str | Path] = [
                "php",
                *flags,
                "-S",
                f"127.0.0.1:{port}",
                "-t",
                self._www,
                self.folder / "router.php",
            ]
            env = self._environment(port) | {"PHP_CLI_SERVER_WORKERS": str(WORKERS)}
            self._web.start(command, port=port, env=env)
        self._web.wait_until(lambda: processes.status(f"http://127.0.0.1:{port}/wp-json/") == 200, limit=60)

    def _environment(self, port: int) -> dict[str, str]:
        return {
            "SITE_URL": f"http://127.0.0.1:{port}",
            "SITE_SOCKET": str(self._socket),
            "SITE_TIMEZONE": TIMEZONE,
        }

    def _client(self, database: str) -> list[str]:
        return ["mariadb", "--no-defaults", f"--socket={self._socket}", "-u", "root", database]

    def _answers(self) -> bool:
        return (
            subprocess.run(self._client("mysql"), input=b"SELECT 1", capture_output=True, check=False).returncode == 0
        )

    def _sql(self, database: str, statements: bytes) -> None:
        subprocess.run(self._client(database), input=statements, check=True)

    def _site(self, port: int) -> Site:
        known = json.loads((self.folder / "users.json").read_text())
        users = {role: User(**user) for role, user in known.pop("users").items()}
        url = f"http://127.0.0.1:{port}"
        api, xmlrpc = f"{url}/wp-json/wp/v2", f"{url}/xmlrpc.php"
        return Site(url=url, api=api, xmlrpc=xmlrpc, folder=self.folder, users=users, **known)


def _socket(folder: Path) -> Path:
    """Where the database's socket lies: in the folder, or in the temporary one where that name would be too long."""
    inside = folder / "database.sock"
    if len(str(inside)) <= SOCKET_LENGTH:
        return inside
    return Path(tempfile.gettempdir()) / f"wirecopy-{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}.sock"


def _fingerprint() -> str:
    """What a site is made from: it is made anew when this changes."""
    made_of = [path.read_bytes() for path in sorted(PHP.iterdir())]
    made_of += [(SHIPPED / "wp-includes" / "version.php").read_bytes(), TIMEZONE.encode()]
    return hashlib.sha256(b"\0".join(made_of)).hexdigest()
