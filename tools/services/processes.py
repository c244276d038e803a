"""Server processes that outlive the command which starts them, each in a process group of its own."""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tools.services.installing import UnavailableError

#: How long a server may take to give in to SIGTERM before its group is killed.
PATIENCE = 15.0
#: Processes that this very process has started: it must reap them, whichever ``Process`` stops them.
_children: dict[int, subprocess.Popen[bytes]] = {}


@contextlib.contextmanager
def locked(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """Holds a folder for this process alone; raises BlockingIOError where it is held and we shall not wait."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # it holds passwords
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def status(url: str, *, limit: float = 5) -> int | None:
    """The status that a GET is answered with; None where there is no answer."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=limit)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


@dataclass(frozen=True, slots=True)
class Running:
    """What a pid file says of a process that was started."""

    pid: int
    started: str  # the kernel's start time: tells our process from a later one with the same pid
    port: int


class Process:
    """One server process, known by ``NAME.pid`` in its folder; its output is in ``NAME.log``."""

    def __init__(self, folder: Path, name: str) -> None:
        self.log = folder / f"{name}.log"
        self._file = folder / f"{name}.pid"

    def running(self) -> Running | None:
        """The process, if it is alive and still the one we started."""
        known = self._known()
        return known if known and _started(known.pid) == known.started else None

    def _known(self) -> Running | None:
        try:
            return Running(**json.loads(self._file.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def start(
        self,
        command: Sequence[str | Path],
        *,
        port: int = 0,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        """Starts it in a session of its own, so that a signal to its group reaches all its workers."""
        if port and status(f"http://127.0.0.1:{port}/", limit=1) is not None:
            raise UnavailableError(f"port {port} is in use")
        with self.log.open("ab") as log:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **(env or {})},
                cwd=cwd,
                start_new_session=True,
            )
        _children[child.pid] = child
        running = {"pid": child.pid, "started": _started(child.pid), "port": port}
        self._file.write_text(json.dumps(running))

    def wait_until(self, ready: Callable[[], bool], *, limit: float) -> None:
        """Returns when ``ready`` says so; where it ends or takes too long it is stopped: UnavailableError."""
        end = time.monotonic() + limit
        while not ready():
            if self.running() is None or time.monotonic() > end:
                self.stop()
                last = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
                raise UnavailableError(f"{self._file.stem} did not come up:\n{last}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Ends the whole group: asked first, killed if it does not listen."""
        if (known := self.running()) is not None:
            _signal(known.pid, signal.SIGTERM)
            end = time.monotonic() + PATIENCE
            while self.running() is not None and time.monotonic() < end:
                time.sleep(0.02)
            # Workers of a server may outlive it.
            _signal(known.pid, signal.SIGKILL)
        if (known := self._known()) is not None and (child := _children.pop(known.pid, None)) is not None:
            child.wait()
        self._file.unlink(missing_ok=True)


def _signal(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


def _started(pid: int) -> str | None:
    """When the kernel started this process; None for one that is gone or only waits to be reaped."""
    try:
        # The second field, the name in brackets, may hold spaces.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]
