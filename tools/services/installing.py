"""Installs what a server is made of: Debian packages as root, Python packages in a venv of their own, npm packages."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
from collections.abc import Iterator, Sequence
from pathlib import Path

APT = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0")
#: invoke-rc.d asks this program whether a freshly installed package may start its service.
POLICY = Path("/usr/sbin/policy-rc.d")


class UnavailableError(Exception):
    """A server cannot be had here; the text says what is missing."""


def cache() -> Path:
    """The folder that everything is kept in from one run to the next."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wirecopy" / "services"


def run(
    command: Sequence[str | Path], *, log: Path, doing: str, env: dict[str, str] | None = None, cwd: Path | None = None
) -> None:
    """Runs a command to its end with its output appended to ``log``; raises UnavailableError with the last of it."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        environment = {**os.environ, **(env or {})}
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment, cwd=cwd, check=False
        )
    if done.returncode != 0:
        last = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        raise UnavailableError(f"{doing} failed (exit {done.returncode}):\n{last}")


def installed(package: str) -> bool:
    """Whether this Debian package is installed."""
    asked = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Status}", package], capture_output=True, text=True, check=False
    )
    return asked.stdout == "installed"


def debian(*packages: str, log: Path) -> None:
    """Sees to it that these Debian packages are installed; raises UnavailableError where that is not possible."""
    if shutil.which("dpkg-query") is None:
        raise UnavailableError(f"needs Debian's packages {' '.join(packages)}, and this is no Debian")
    missing = [package for package in packages if not installed(package)]
    if not missing:
        return
    if os.geteuid() != 0:
        raise UnavailableError(f"missing; as root: apt-get install --no-install-recommends {' '.join(missing)}")
    tell(f"installing {' '.join(missing)}")
    install = [*APT, "install", "-y", "--no-install-recommends", *missing]
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    with no_services_started():
        try:
            run(install, log=log, doing="apt-get install", env=env)
        except UnavailableError:
            # The lists of packages are old or were never fetched.
            run([*APT, "update"], log=log, doing="apt-get update", env=env)
            run(install, log=log, doing="apt-get install", env=env)


@contextlib.contextmanager
def no_services_started() -> Iterator[None]:
    """While it lasts, no package that is installed starts a service of its own."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink(missing_ok=True)


def python_packages(folder: Path, *requirements: str, log: Path) -> Path:
    """The Python of a venv in ``folder`` that has exactly these packages; made once."""
    python, made = folder / "bin" / "python", folder / ".made"
    wanted = "\n".join([sys.version.split()[0], *requirements])
    if made.exists() and made.read_text() == wanted:
        return python
    tell(f"installing {' '.join(requirements)}")
    shutil.rmtree(folder, ignore_errors=True)
    venv.create(folder, with_pip=True)
    run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements],
        log=log,
        doing="pip install",
    )
    made.write_text(wanted)
    return python


@contextlib.contextmanager
def unpacked(package: str, *, log: Path) -> Iterator[Path]:
    """The files of an npm package, as ``NAME@VERSION``, in a folder to be worked on and then moved away."""
    cache().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="unpacked-", dir=cache()) as work:
        run(["npm", "pack", "--silent", package], log=log, doing=f"npm pack {package}", cwd=Path(work))
        (archive,) = Path(work).glob("*.tgz")
        with tarfile.open(archive) as files:
            files.extractall(work, filter="data")
        yield Path(work) / "package"


def tell(text: str) -> None:
    """A line of progress on stderr; stdout is for the JSON."""
    print(f"services: {text}", file=sys.stderr, flush=True)
