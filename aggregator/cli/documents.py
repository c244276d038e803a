"""Documents that are named on the command line: files, standard input, addresses.

What reads them runs in child processes, since they may come from anywhere.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import zlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from aggregator.cli.invocation import manners
from aggregator.cli.output import say, tell, to_json
from aggregator.errors import AggregatorError, TooLargeError

if TYPE_CHECKING:
    from aggregator.config import FetchSettings
    from aggregator.fetch import Client
    from aggregator.pipeline.workers import Workers

MAX_BYTES = 50_000_000  #: of a file, also when decompressed
SECONDS = 60.0  #: for one document


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Bytes, or the file that they lie in, and what is known about them."""

    path: str | None = None  #: None: the bytes are at hand
    body: bytes = field(default=b"", repr=False)
    url: str | None = None  #: where it came from
    headers: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    summary: str = ""

    def read(self) -> bytes:
        """The bytes. Raises OSError, TooLargeError."""
        return self.body if self.path is None else read_file(Path(self.path))


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of one document."""

    json: str
    error: str = ""  #: empty: it was read


Reader = Callable[[Document], dict[str, object]]
Job = Callable[[], Awaitable[Result]]


def read_file(path: Path) -> bytes:
    """A file's bytes, at most 50 MB, decompressed where its name ends in ``.gz``. Raises OSError, TooLargeError."""
    with path.open("rb") as file:
        body = file.read(MAX_BYTES + 1)
    if path.suffix == ".gz":
        try:
            body = zlib.decompressobj(wbits=31).decompress(body, MAX_BYTES + 1)  # gzip alone (RFC 1952)
        except zlib.error as error:
            raise OSError(0, "is no gzip file", str(path)) from error
    if len(body) > MAX_BYTES:
        raise TooLargeError(str(path), f"has more than {MAX_BYTES // 1_000_000} MB")
    return body


def read(reader: Reader, document: Document) -> Result:
    """Reads one document, in a child process; a failure is a result as well."""
    try:
        return Result(json=to_json(reader(document)))
    except (AggregatorError, OSError) as error:
        return failure(error)


def failure(error: AggregatorError | OSError | ValueError) -> Result:
    """The result that says what went wrong."""
    message = (error.strerror if isinstance(error, OSError) else "") or str(error) or type(error).__name__
    return Result(json=to_json({"error": message}), error=message)


@contextmanager
def children(wanted: int, *preload: str) -> Iterator[Workers]:
    """Child processes, as many as there are processors but no more than wanted."""
    from aggregator.pipeline.workers import Workers

    workers = Workers(max(1, min(wanted, os.cpu_count() or 1)), preload=("aggregator.cli", *preload))
    try:
        yield workers
    finally:
        workers.close()


async def in_order(jobs: Iterable[Job], at_a_time: int) -> AsyncIterator[Result]:
    """The results of many jobs in their order, a bounded number of them under way."""
    under_way: deque[asyncio.Future[Result]] = deque()
    try:
        for job in jobs:
            under_way.append(asyncio.ensure_future(job()))
            if len(under_way) >= at_a_time:
                yield await under_way.popleft()
        while under_way:
            yield await under_way.popleft()
    finally:
        for task in under_way:
            task.cancel()


async def read_with(workers: Workers, reader: Reader, document: Document) -> Result:
    """Reads one document in a child; that it took too much is a result as well."""
    try:
        return await workers.run(read, reader, document, timeout=SECONDS)
    except AggregatorError as error:
        return failure(error)


def tell_each(
    ctx: typer.Context,
    sources: Sequence[str] | None,
    template: Document,
    reader: Reader,
    purpose: Literal["feed", "page"],
    preload: Sequence[str],
    show: Callable[[dict[str, object]], None] | None,
) -> None:
    """Reads ``SOURCE...`` and tells what comes of each, by ``show`` or (None) as a line of JSON.

    Ends with exit code 1 where one could not be read; the others are told all the same.
    """
    if not sources:
        raise typer.BadParameter("name a file or an address, or give --manifest and --out", param_hint="SOURCE")
    named = list(sources)

    async def work_through() -> bool:
        failed = False
        results = _each(named, reader, template, purpose, lambda: manners(ctx), preload)
        for source in named:
            result = await anext(results)
            failed = failed or bool(result.error)
            if show is None:
                say(result.json)
            elif result.error:
                tell(f"{source}: {result.error}")
            else:
                show(json.loads(result.json))
        return failed

    if asyncio.run(work_through()):
        raise typer.Exit(1)


async def _each(
    sources: Sequence[str],
    reader: Reader,
    template: Document,
    purpose: Literal["feed", "page"],
    manners: Callable[[], tuple[FetchSettings, str]],
    preload: Sequence[str],
) -> AsyncIterator[Result]:
    """What comes of the sources, in order: files, ``-`` for standard input, addresses fetched politely.

    ``template`` holds what the command line says about all of them; ``manners`` is asked where there is an address.
    """
    from aggregator.fetch import Client, Purpose

    addresses = any(map(is_address, sources))
    settings, contact = manners() if addresses else (None, "")

    def job(source: str, client: Client | None) -> Job:
        async def run() -> Result:
            if client is not None and is_address(source):
                try:
                    response = await client.get(source, purpose=Purpose(purpose))
                except AggregatorError as error:
                    return failure(error)
                url = template.url or response.url
                return await read_with(
                    workers, reader, replace(template, body=response.body, url=url, headers=dict(response.headers))
                )
            if source == "-":
                return await read_with(workers, reader, replace(template, body=sys.stdin.buffer.read(MAX_BYTES)))
            return await read_with(workers, reader, replace(template, path=source))

        return run

    with children(len(sources), *preload) as workers:
        if settings is None:
            async for result in in_order((job(source, None) for source in sources), 8):
                yield result
        else:
            async with Client(settings, contact=contact, now=lambda: datetime.now(UTC)) as client:
                async for result in in_order((job(source, client) for source in sources), 8):
                    yield result


def is_address(source: str) -> bool:
    """Whether a source is to be fetched."""
    return source.lower().startswith(("http://", "https://"))
