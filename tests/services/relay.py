"""An HTTP relay before a real server that spoils some exchanges in named ways."""

from __future__ import annotations

import asyncio
import itertools
import socket
import struct
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Self
from urllib.parse import urlsplit

LARGEST_HEAD = 1 << 20
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
READS = frozenset({"GET", "HEAD", "OPTIONS"})


class Fault(StrEnum):
    """What goes wrong with one exchange."""

    DROP_REPLY = "drop-reply"  # the server did it; the connection closes without an answer
    DELAY_REPLY = "delay-reply"  # the server did it; the answer comes when nobody waits any more
    CUT_REPLY = "cut-reply"  # the server did it; half of the answer comes
    BAD_GATEWAY_AFTER = "502-after"  # the server did it; a proxy says 502 with a page of HTML
    RESET_BEFORE = "reset-before"  # the connection breaks; the server never hears of it
    UNAVAILABLE_BEFORE = "503-before"  # 503 with Retry-After; the server never hears of it
    TOO_MANY_BEFORE = "429-before"  # 429 with Retry-After; the server never hears of it

    @property
    def before(self) -> bool:
        """Whether the server never hears of the request."""
        return self.value.endswith("-before")


ALL = tuple(Fault)


def every(nth: int, faults: Iterable[Fault] = ALL) -> Iterator[Fault | None]:
    """A plan without end: each ``nth`` exchange goes wrong, by one fault after the other."""
    for fault in itertools.cycle(faults):
        yield from [None] * (nth - 1)
        yield fault


class Relay:
    """Stands before the server at ``target`` and shows it under its own address. An async context manager.

    Each request whose method is among ``methods`` takes the next word of ``plan``: a fault, or None for none. When
    the plan is over all goes well. ``exchanges`` counts what came, ``spoiled`` what went wrong by fault, and ``passed``
    what the server heard of by method.

    >>> async with Relay(site.url, [None, Fault.DROP_REPLY]) as relay:
    ...     await client.post(f"{relay.url}/posts")  # answered
    ...     await client.post(f"{relay.url}/posts")  # done too, but httpx.RemoteProtocolError
    """

    def __init__(
        self,
        target: str,
        plan: Iterable[Fault | None] = (),
        *,
        methods: frozenset[str] = WRITES,
        retry_after: int = 1,
        delay: float = 30,
    ) -> None:
        self.plan = iter(plan)
        self.exchanges = 0
        self.spoiled: Counter[Fault] = Counter()
        self.passed: Counter[str] = Counter()
        self._target = urlsplit(target).netloc.encode()
        self._methods = methods
        self._retry_after = retry_after
        self._delay = delay
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def open(self) -> int:
        """How many exchanges are under way."""
        return len(self._tasks)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=LARGEST_HEAD)
        self._own = b"127.0.0.1:%d" % self._server.sockets[0].getsockname()[1]
        self.url = f"http://{self._own.decode()}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            await self._exchange(reader, writer)
        await _closed(writer)

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await _read(reader)
        method = request.line.partition(b" ")[0].decode()
        self.exchanges += 1
        fault = next(self.plan, None) if method in self._methods else None
        if fault is not None:
            self.spoiled[fault] += 1
        if fault is Fault.RESET_BEFORE:
            # Lingering for no time makes the kernel send RST instead of FIN.
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
            return
        if fault is not None and fault.before:
            writer.write(_page(int(fault[:3]), f"Retry-After: {self._retry_after}\r\n"))
            await writer.drain()
            return
        self.passed[method] += 1
        answer = (await self._ask(request.moved(self._own, self._target))).moved(self._target, self._own).encoded
        if fault is Fault.DROP_REPLY:
            return
        if fault is Fault.DELAY_REPLY:
            with suppress(TimeoutError):
                await asyncio.wait_for(reader.read(1), self._delay)  # ends when the client hangs up
        if fault is Fault.CUT_REPLY:
            answer = answer[: len(answer) // 2]
        if fault is Fault.BAD_GATEWAY_AFTER:
            answer = _page(502)
        writer.write(answer)
        await writer.drain()

    async def _ask(self, request: _Message) -> _Message:
        host, _, port = self._target.decode().partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            writer.write(request.encoded)
            await writer.drain()
            return await _read(reader, answers=request)
        finally:
            await _closed(writer)


@dataclass(frozen=True, slots=True)
class _Message:
    """A request or an answer, whole, without the fields that say how it is framed."""

    line: bytes
    fields: tuple[bytes, ...]
    body: bytes | None  # None where there can be none

    @property
    def encoded(self) -> bytes:
        """As it is sent on: the only one on its connection, and nothing compressed asked for."""
        framing = () if self.body is None else (b"Content-Length: %d" % len(self.body),)
        ours = (*framing, b"Connection: close", b"Accept-Encoding: identity")
        return b"\r\n".join([self.line, *self.fields, *ours, b"", self.body or b""])

    def moved(self, old: bytes, new: bytes) -> _Message:
        """The same with an address replaced wherever it is named."""
        fields = tuple(field.replace(old, new) for field in self.fields)
        return _Message(self.line, fields, self.body and self.body.replace(old, new))


OURS = frozenset({b"connection", b"keep-alive", b"accept-encoding", b"content-length", b"transfer-encoding"})


async def _read(reader: asyncio.StreamReader, *, answers: _Message | None = None) -> _Message:
    """A request, or what ``answers`` one (RFC 9112, 6.3)."""
    head = await reader.readuntil(b"\r\n\r\n")
    line, *fields = head[:-4].split(b"\r\n")
    values = {name.strip().lower(): value.strip() for name, _, value in (field.partition(b":") for field in fields)}
    body: bytes | None
    if answers is not None and (answers.line.startswith(b"HEAD ") or line.split(b" ")[1] in (b"204", b"304")):
        body = None
    elif b"transfer-encoding" in values:
        body = await _chunks(reader)
    elif b"content-length" in values:
        body = await reader.readexactly(int(values[b"content-length"]))
    else:
        body = None if answers is None else await reader.read()
    kept = tuple(field for field in fields if field.partition(b":")[0].strip().lower() not in OURS)
    return _Message(line, kept, body)


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while length := int((await reader.readline()).partition(b";")[0], 16):
        body += (await reader.readexactly(length + 2))[:-2]
    await reader.readuntil(b"\r\n")
    return body


def _page(status: int, fields: str = "") -> bytes:
    body = f"<html><body><h1>{status}</h1></body></html>"
    head = f"HTTP/1.1 {status} Spoiled\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n{fields}"
    return f"{head}Connection: close\r\n\r\n{body}".encode()


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(ConnectionError, asyncio.CancelledError):
        await writer.wait_closed()
