"""Command: each post is given to a program of yours, as JSON on its standard input."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field, StrictBool, StringConstraints, ValidationInfo, field_validator

from aggregator.config import BadValueError, FolderPath, Section
from aggregator.config.values import folder_of
from aggregator.errors import BlockedError, PublishError, RejectedError, RemovedError, TryLaterError
from aggregator.targets import Connect
from aggregator.targets.shared import document, programs
from aggregator.targets.shared.options import Timeout
from aggregator.targets.shared.programs import Environment
from aggregator.targets.shared.quoting import quoted
from aggregator.types import MediaFile, Post, Publication, Site

Argument = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=10_000)]


class Options(Section):
    """``[targets.NAME]`` with ``kind = "command"``."""

    run: tuple[Argument, ...] = Field(
        min_length=1, max_length=100, description="program and arguments, as a list; there is no shell"
    )
    folder: Annotated[FolderPath, Field(validate_default=True)] = Field(
        default=Path(), description="folder that the program runs in"
    )
    environment: Environment = Field(default={}, description="further environment variables")
    find: StrictBool = Field(default=False, description='whether the program knows the action "find"')
    check: StrictBool = Field(default=False, description='whether the program knows the action "check"')
    timeout: Timeout = Field(default=timedelta(seconds=60), description="for one run; then it is killed")

    @field_validator("run")
    @classmethod
    def _program(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if not value[0]:
            raise BadValueError("the program has no name", 'for example ["./publish.py", "--quiet"]')
        if "/" not in value[0]:
            return value
        return (str(folder_of(info) / Path(value[0]).expanduser()), *value[1:])


class Command:
    """A program that takes posts, one run for each."""

    def __init__(self, name: str, options: Options, *, language: str, now: Callable[[], datetime]) -> None:
        self.name = name
        self.settles_within = options.timeout  # a program that outlives us is not killed
        self._options = options
        self._environment = programs.environment(options.environment)
        self._hide = [secret.reveal() for secret in options.environment.values()]
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

    async def _ask(self, told: document.Document) -> str:
        """What the program writes, if it did what it was told. Raises the PublishError that its exit code means."""
        options, writes = self._options, told["action"] in ("publish", "withdraw")
        ended = await programs.run(
            self.name,
            options.run,
            folder=options.folder,
            environment=self._environment,
            seconds=options.timeout.total_seconds(),
            given=document.encoded(told),
        )
        words = quoted(ended.errors.strip().rpartition("\n")[2], hide=self._hide)
        message = f"{options.run[0]}: {ended.how}{f', it says: {words}' if words else ''}"
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
                raise TryLaterError(self.name, message, in_doubt=writes)


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
