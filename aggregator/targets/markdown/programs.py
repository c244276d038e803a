"""Runs a program of the owner's: no shell, a time limit, and the end of what it said."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO

from aggregator.errors import BlockedError, TryLaterError

MAX_OUTPUT = 1_000_000  #: characters of what a program prints that are read
GRACE = 2.0  #: seconds that a program has to end by itself
MAX_TOLD = 1_500  #: characters of it that an error tells


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How a program ended."""

    status: int | None  #: None: it took too long and was ended
    output: str
    errors: str

    @property
    def good(self) -> bool:
        """Whether it says that all went well."""
        return self.status == 0

    @property
    def told(self) -> str:
        """The end of what it said, for a person; its standard error comes last."""
        said = f"{self.output.strip()}\n{self.errors.strip()}".strip()
        end = "it took too long" if self.status is None else f"it ended with status {self.status}"
        return f"{end}: {said[-MAX_TOLD:]}" if said else end


class Programs:
    """Runs one program after the other; ``stop`` ends the one that is running."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._lock = threading.Lock()
        self._running: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        timeout: timedelta,
        environment: Mapping[str, str] | None = None,
        stdin: bytes = b"",
    ) -> Answer:
        """Runs a program to its end. Raises BlockedError where it can't be started, TryLaterError when stopped."""
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            given.write(stdin)
            given.seek(0)
            process = self._start(argv, cwd, environment, (given, out, err))
            try:
                status: int | None = process.wait(timeout.total_seconds())
            except subprocess.TimeoutExpired:
                status = None
            finally:
                _end(process)
                self._running = None
            if self._stopped:
                raise TryLaterError(self._target, f"stopped while {argv[0]} was running")
            return Answer(status=status, output=_tail(out), errors=_tail(err))

    def stop(self) -> None:
        """Ends what is running, and starts nothing any more."""
        with self._lock:
            self._stopped = True
            if self._running is not None:
                _end(self._running)

    def _start(
        self,
        argv: Sequence[str],
        cwd: Path,
        environment: Mapping[str, str] | None,
        files: tuple[IO[bytes], IO[bytes], IO[bytes]],
    ) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._stopped:
                raise TryLaterError(self._target, "stopped")
            try:
                self._running = subprocess.Popen(  # noqa: S603 - the owner's own program, from the configuration
                    list(argv),
                    cwd=cwd,
                    env=dict(environment) if environment is not None else None,
                    stdin=files[0],
                    stdout=files[1],
                    stderr=files[2],
                    start_new_session=True,  # its children end with it
                )
            except OSError as error:
                raise BlockedError(self._target, f"{argv[0]} can't be started: {error.strerror}") from error
            return self._running


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends a program and all that it started; first kindly, since git then leaves no lock behind."""
    if process.poll() is None:
        _signal(process, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)
    _signal(process, signal.SIGKILL)
    process.wait()


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _tail(file: IO[bytes]) -> str:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - MAX_OUTPUT))
    return file.read().decode("utf-8", "replace")
