"""Runs a program of the owner's: no shell, little of our environment, a time limit, and nothing of it left running."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import StringConstraints

from aggregator.config import Secret
from aggregator.errors import BlockedError, TryLaterError

MAX_OUTPUT = 1_000_000  #: bytes at the end of each of its outputs that are kept
GRACE = 2.0  #: seconds that a program has to end by itself, and for what is left to be read after its end
#: What a program gets of our environment; the rest of it, secrets perhaps, stays with us.
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR")
#: What passes; another failure to start stays until a person mends it.
_PASSING = frozenset({errno.EAGAIN, errno.EMFILE, errno.ENFILE, errno.ENOMEM})

Variable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=200)]
#: ``environment`` of a kind's options.
Environment = Mapping[Variable, Secret]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What a run came to."""

    code: int | None  #: negative: ended by that signal; None: it took too long and was ended
    output: str
    errors: str

    @property
    def good(self) -> bool:
        """Whether it says that all went well."""
        return self.code == 0

    @property
    def how(self) -> str:
        """How it ended, for a person."""
        if self.code is None:
            return "not done in time, so it was ended"
        return f"exit code {self.code}" if self.code >= 0 else f"ended by signal {-self.code}"


def environment(configured: Environment, *, also: Collection[str] = ()) -> dict[str, str]:
    """The environment of a program: a little of our own, ``also`` what else it needs of it, and what is configured."""
    ours = {name: os.environ[name] for name in (*INHERITED, *also) if name in os.environ}
    return ours | {name: value.reveal() for name, value in configured.items()}


async def run(
    target: str,
    argv: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    seconds: float,
    given: bytes = b"",
) -> Ended:
    """Runs a program to its end, or ends it when its time is over. Raises a PublishError where it can't be started.

    When the run is cancelled, the program is ended with all that it started.
    """
    try:
        transport, process = await _start(argv, folder, environment)
    except OSError as error:
        kind = TryLaterError if error.errno in _PASSING else BlockedError
        raise kind(target, f"{argv[0]} can't be run: {error.strerror}: {error.filename}") from error
    timed_out = False
    try:
        async with asyncio.timeout(seconds):
            process.feed(transport, given)
            await process.exited.wait()
    except TimeoutError:
        timed_out = True
    finally:
        await _end(transport, process)
    return Ended(
        code=None if timed_out else transport.get_returncode(),
        output=process.outputs[1].decode("utf-8", "replace"),
        errors=process.outputs[2].decode("utf-8", "replace"),
    )


class _Process(asyncio.SubprocessProtocol):
    """One run of a program: what it wrote so far, and when it ended.

    The loop's own `Process.wait` also waits for every process that the program left behind (until Python 3.12).
    """

    def __init__(self) -> None:
        self.outputs = {1: bytearray(), 2: bytearray()}
        self.exited = asyncio.Event()
        self.closed = asyncio.Event()  #: nobody holds its outputs any more
        self._open = {1, 2}

    @staticmethod
    def feed(transport: asyncio.SubprocessTransport, given: bytes) -> None:
        """Writes all that the program is given. It may end without having read it."""
        pipe = transport.get_pipe_transport(0)
        assert isinstance(pipe, asyncio.WriteTransport)
        pipe.write(given)
        pipe.write_eof()

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Keeps the end of an output; all of it is read, since a full pipe would stop the program."""
        self.outputs[fd] += data
        del self.outputs[fd][:-MAX_OUTPUT]

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        """Notes that one of its outputs has come to its end."""
        self._open.discard(fd)
        if not self._open:
            self.closed.set()

    def process_exited(self) -> None:
        """Notes the end of the program itself."""
        self.exited.set()


async def _start(
    argv: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> tuple[asyncio.SubprocessTransport, _Process]:
    begun = asyncio.get_running_loop().subprocess_exec(
        _Process,
        *argv,
        cwd=folder,
        env=environment,
        start_new_session=True,  # a process group of its own, to be ended as a whole
    )
    starting = asyncio.ensure_future(begun)
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        # Cancelled within its start, the loop would end the program alone, not what that has started by then.
        with suppress(OSError):
            await _end(*await starting)
        raise


async def _end(transport: asyncio.SubprocessTransport, process: _Process) -> None:
    """Ends a program and all in its process group, however we came here, and reads what is left of its outputs.

    First kindly, so that it can tidy up: git then leaves no lock behind.
    """
    group = transport.get_pid()
    try:
        if not process.exited.is_set():
            _signal(group, signal.SIGTERM)
            await _within_grace(process.exited)
        _signal(group, signal.SIGKILL)
        await _within_grace(process.exited)
        await _within_grace(process.closed)  # something that left its group may go on holding the pipes
    finally:
        _signal(group, signal.SIGKILL)
        transport.close()


async def _within_grace(event: asyncio.Event) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(GRACE):
            await event.wait()


def _signal(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
