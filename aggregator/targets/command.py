"""Command: each post is given to a program of yours, as JSON on its standard input."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field, StrictBool, StringConstraints, ValidationInfo, field_validator

from aggregator.config import BadValueError, Duration, FolderPath, Secret, Section
from aggregator.config.values import folder_of
from aggregator.errors import BlockedError, PublishError, RejectedError, RemovedError, TryLaterError
from aggregator.markup import text
from aggregator.targets import Connect
from aggregator.targets.shared import document
from aggregator.types import MediaFile, Post, Publication, Site

MAX_OUTPUT = 1_000_000  #: bytes of standard output that are read as an answer
MAX_QUOTE = 200  #: characters of the program's own words in an error
_KEPT_OF_ERRORS = 4_000  #: bytes at the end of standard error
_GRACE = 2.0  #: seconds for what is left to be read after the end
#: What a program gets of our environment; the rest of it, secrets perhaps, stays with us.
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR")

Argument = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=10_000)]
Variable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=200)]


class Options(Section):
    """``[targets.NAME]`` with ``kind = "command"``."""

    run: tuple[Argument, ...] = Field(
        min_length=1, max_length=100, description="program and arguments, as a list; there is no shell"
    )
    folder: Annotated[FolderPath, Field(validate_default=True)] = Field(
        default=Path(), description="folder that the program runs in"
    )
    environment: Mapping[Variable, Secret] = Field(default={}, description="further environment variables")
    find: StrictBool = Field(default=False, description='whether the program knows the action "find"')
    check: StrictBool = Field(default=False, description='whether the program knows the action "check"')
    timeout: Annotated[Duration, Field(ge=timedelta(seconds=1), le=timedelta(minutes=30))] = Field(
        default=timedelta(seconds=60), description="for one run; then it is killed"
    )

    @field_validator("run")
    @classmethod
    def _program(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if not value[0]:
            raise BadValueError("the program has no name", 'for example ["./publish.py", "--quiet"]')
        if "/" not in value[0]:
            return value
        return (str(folder_of(info) / Path(value[0]).expanduser()), *value[1:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What a run came to."""

    code: int  #: negative: ended by that signal
    output: bytes
    errors: bytes  #: the end of it


class Command:
    """A program that takes posts, one run for each."""

    def __init__(self, name: str, options: Options, *, language: str, now: Callable[[], datetime]) -> None:
        self.name = name
        self._options = options
        self._environment = {key: os.environ[key] for key in _INHERITED if key in os.environ}
        self._environment |= {key: value.reveal() for key, value in options.environment.items()}
        self._language = language
        self._now = now

    async def publish(self, post: Post, *, media: Mapping[str, MediaFile], previous: Publication | None) -> Publication:
        """Runs the program with the post; it puts it in the place of what it holds under the post's key."""
        said = await self._about(post, "publish", previous)
        return document.publication(post, said, previous, self._now())

    async def withdraw(self, post: Post, publication: Publication | None) -> None:
        """Runs the program to take the post away."""
        with suppress(RemovedError):
            await self._about(post, "withdraw", publication)

    async def check(self) -> list[str]:
        """Whether the program is there, and what it says itself where it can be asked."""
        program, folder = self._options.run[0], self._options.folder
        if not folder.is_dir():
            return [f"there is no folder {folder} to run in"]
        if shutil.which(program, path=self._environment.get("PATH")) is None:
            return [f"there is no program {program} that could be run"]
        if self._options.check:
            try:
                await self._ask(document.question("check"))
            except PublishError as error:
                return [error.message]
        return []

    async def close(self) -> None:
        """Nothing stays open between two runs."""

    async def _about(self, post: Post, action: document.ActionName, previous: Publication | None) -> document.Reply:
        told = document.document(post, action=action, previous=previous, language=self._language)
        said = document.reply(await self._ask(told))
        if said.removed:
            raise RemovedError(self.name, "the program says that somebody took the post away there")
        return said

    async def _ask(self, told: document.Document) -> bytes:
        """What the program writes, if it did what it was told. Raises the PublishError that its exit code means."""
        ended = await self._run(document.encoded(told), writes=told["action"] in ("publish", "withdraw"))
        how = f"exit code {ended.code}" if ended.code >= 0 else f"ended by signal {-ended.code}"
        words = self._quote(ended.errors)
        message = f"{self._options.run[0]}: {how}{f', it says: {words}' if words else ''}"
        match ended.code:  # sysexits.h
            case os.EX_OK:
                return ended.output
            case os.EX_DATAERR:
                raise RejectedError(self.name, message)
            case os.EX_TEMPFAIL:
                raise TryLaterError(self.name, message)
            case os.EX_NOPERM | os.EX_CONFIG:
                raise BlockedError(self.name, message)
            case _:
                # A program that fell over may have done it all the same.
                raise TryLaterError(self.name, message, in_doubt=told["action"] in ("publish", "withdraw"))

    async def _run(self, given: bytes, *, writes: bool) -> Ended:
        program, seconds = self._options.run[0], self._options.timeout.total_seconds()
        try:
            transport, run = await self._start()
        except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
            raise BlockedError(self.name, f"{program} can't be run: {error.strerror}: {error.filename}") from error
        except OSError as error:
            raise TryLaterError(self.name, f"{program} can't be run now: {error.strerror}") from error
        try:
            async with asyncio.timeout(seconds):
                run.feed(transport, given)
                await run.exited.wait()
        except TimeoutError as error:
            message = f"{program}: not done within {seconds:g} s, so it was killed"
            raise TryLaterError(self.name, message, in_doubt=writes) from error
        finally:
            await _end(transport, run)
        code = transport.get_returncode()
        assert code is not None
        return Ended(code=code, output=bytes(run.output), errors=bytes(run.errors))

    async def _start(self) -> tuple[asyncio.SubprocessTransport, _Run]:
        begun = asyncio.get_running_loop().subprocess_exec(
            _Run,
            *self._options.run,
            cwd=self._options.folder,
            env=self._environment,
            start_new_session=True,  # a process group of its own, to be killed as a whole
        )
        starting = asyncio.ensure_future(begun)
        try:
            return await asyncio.shield(starting)
        except asyncio.CancelledError:
            # Cancelled within its start, the loop would end the program alone, not what that has started by then.
            with suppress(OSError):
                await _end(*await starting)
            raise

    def _quote(self, errors: bytes) -> str:
        """The last line that the program wrote to standard error, without secrets."""
        words = errors.decode("utf-8", "replace").strip()
        for secret in self._options.environment.values():
            words = words.replace(secret.reveal() or "\0", "***")
        return text.line(words.rpartition("\n")[2], MAX_QUOTE)


class FindingCommand(Command):
    """A program that can also be asked what it holds."""

    async def find(self, post: Post) -> Publication | None:
        """What the program says that it holds under the post's key; the answer must have an id."""
        said = await self._about(post, "find", None)
        return Publication(remote_id=said.id, remote_url=said.url, pushed_hash=said.revision) if said.id else None


def build(name: str, options: Options, *, site: Site, folder: Path, http: Connect) -> Command:
    """The program as configured; it is not run before its first use."""
    kind = FindingCommand if options.find else Command
    return kind(name, options, language=site.language, now=lambda: datetime.now(UTC))


class _Run(asyncio.SubprocessProtocol):
    """One run of a program: what it wrote so far, and when it ended.

    The loop's own `Process.wait` also waits for every process that the program left behind (until Python 3.12).
    """

    def __init__(self) -> None:
        self.output = bytearray()
        self.errors = bytearray()
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
        """Keeps the beginning of the answer and the end of the errors; all is read, since a full pipe would stop it."""
        if fd == 1:
            self.output += data[: MAX_OUTPUT - len(self.output)]
        else:
            self.errors += data
            del self.errors[:-_KEPT_OF_ERRORS]

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        """Notes that one of its outputs has come to its end."""
        self._open.discard(fd)
        if not self._open:
            self.closed.set()

    def process_exited(self) -> None:
        """Notes the end of the program itself."""
        self.exited.set()


async def _end(transport: asyncio.SubprocessTransport, run: _Run) -> None:
    """Ends the program and all in its process group, however we came here, and reads what is left of its answer."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(transport.get_pid(), signal.SIGKILL)
    try:
        with suppress(TimeoutError):  # something that left its group may go on holding the pipes
            async with asyncio.timeout(_GRACE):
                await run.exited.wait()
                await run.closed.wait()
    finally:
        transport.close()
