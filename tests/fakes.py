"""The far side: a web on loopback with scripted answers and a record of requests, a target that remembers, a clock."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Self

from aggregator.errors import PublishError
from aggregator.policy import change
from aggregator.types import MediaFile, Post, Publication

Headers = Mapping[str, str] | Sequence[tuple[str, str]]

_REASONS = {200: "OK", 301: "Moved Permanently", 302: "Found", 304: "Not Modified", 404: "Not Found", 410: "Gone"}
_BODILESS = {204, 304}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One request as it arrived."""

    method: str
    target: str  # path and query, byte for byte
    headers: tuple[tuple[str, str], ...]  # as sent, in order
    body: bytes = b""
    port: int = 0  # the client's: one per connection

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What to say, and how to say it badly.

    ``raw`` replaces the whole answer by these bytes; with ``stay`` the connection stays open after them. ``until`` is
    waited for before a byte is sent. ``drip`` sends one byte of the body per so many seconds. ``cut`` closes the
    connection after so many bytes of the body, ``reset`` does so rudely. ``endless`` repeats the body for as long as
    somebody listens. ``chunked`` leaves Content-Length out and frames the body in chunks; ``framed=False`` leaves both
    out and ends with the connection.
    """

    body: bytes | str = b""
    status: int = 200
    headers: Headers = ()
    raw: bytes | None = None
    stay: bool = False
    until: asyncio.Event | None = None
    delay: float = 0.0
    drip: float = 0.0
    cut: int | None = None
    reset: bool = False
    endless: bool = False
    chunked: bool = False
    framed: bool = True

    @property
    def bytes(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else self.body

    def head(self) -> bytes:
        fields = list(self.headers.items() if isinstance(self.headers, Mapping) else self.headers)
        if self.chunked:
            fields.append(("Transfer-Encoding", "chunked"))
        elif not self.framed or self.endless:
            fields.append(("Connection", "close"))
        elif self.status not in _BODILESS and not any(name.lower() == "content-length" for name, _ in fields):
            fields.append(("Content-Length", str(len(self.bytes))))
        lines = [f"HTTP/1.1 {self.status} {_REASONS.get(self.status, 'Whatever')}"]
        lines += [f"{name}: {value}" for name, value in fields]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


Body = bytes | str | Answer | Callable[[Seen], "Answer | bytes | str"]


@dataclass(slots=True)
class ScriptedWeb:
    """A web server whose every answer is written in the test. An async context manager.

    >>> async with ScriptedWeb() as web:
    ...     web.route("/feed", "<rss/>", headers={"ETag": '"1"'})
    ...     web.script("/busy", Answer(status=503), Answer(body="ok"))  # one after the other, the last for ever
    ...     web.route("/echo", lambda seen: seen.header("User-Agent") or "")
    ...     await client.get(web.url("/feed"))
    ...     assert web.count("/feed") == 1

    A path without a route answers 404. A route with a query in it answers that query only.
    """

    address: str = "127.0.0.1"
    tls: ssl.SSLContext | None = None
    requests: list[Seen] = field(default_factory=list)
    open: int = 0  # requests being answered now
    most_open: int = 0
    connections: int = 0  # accepted so far
    _routes: dict[str, list[Body]] = field(default_factory=dict)
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, self.address, 0, ssl=self.tls)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    def url(self, path: str = "/", host: str | None = None) -> str:
        """The address of a path; ``host`` where the server is to be called by another name."""
        return f"{'https' if self.tls else 'http'}://{host or self.address}:{self.port}{path}"

    def route(self, path: str, body: Body = b"", *, status: int = 200, headers: Headers = ()) -> None:
        """Sets what a path answers from now on."""
        plain = isinstance(body, (bytes, str))
        self._routes[path] = [Answer(body=body, status=status, headers=headers) if plain else body]  # type: ignore[arg-type]

    def script(self, path: str, *answers: Body) -> None:
        """Sets what a path answers first, second, third …; the last answer repeats."""
        self._routes[path] = list(answers)

    def redirect(self, path: str, location: str, status: int = 302) -> None:
        """Makes a path lead elsewhere."""
        self.route(path, status=status, headers={"Location": location})

    def seen(self, path: str) -> list[Seen]:
        """The requests for a path, whatever their query."""
        return [request for request in self.requests if path in (request.path, request.target)]

    def count(self, path: str) -> int:
        return len(self.seen(path))

    @property
    def paths(self) -> list[str]:
        """The paths asked for, in order."""
        return [request.path for request in self.requests]

    # --- the server ----------------------------------------------------------------------

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.connections += 1
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            with suppress(ConnectionError, ssl.SSLError, TimeoutError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *rest = head[:-4].split("\r\n")
        method, target, _ = line.split(" ")
        headers = tuple((name, value.strip()) for name, _, value in (entry.partition(":") for entry in rest))
        length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
        seen = Seen(
            method=method,
            target=target,
            headers=headers,
            body=await reader.readexactly(length),
            port=writer.get_extra_info("peername")[1],
        )
        self.requests.append(seen)
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            return await self._say(self._answer(seen), seen, writer)
        finally:
            self.open -= 1

    def _answer(self, seen: Seen) -> Answer:
        script = self._routes.get(seen.target) or self._routes.get(seen.path)
        if script is None:
            return Answer(body=b"not here", status=404)
        said: Body = script.pop(0) if len(script) > 1 else script[0]
        if callable(said):
            said = said(seen)
        return said if isinstance(said, Answer) else Answer(body=said)

    async def _say(self, answer: Answer, seen: Seen, writer: asyncio.StreamWriter) -> bool:
        if answer.until is not None:
            await answer.until.wait()
        if answer.delay:
            await asyncio.sleep(answer.delay)
        if answer.raw is not None:
            writer.write(answer.raw)
            await writer.drain()
            if answer.stay:
                await asyncio.Event().wait()
            return False
        writer.write(answer.head())
        if seen.method == "HEAD" or answer.status in _BODILESS:
            await writer.drain()
            return True
        body = answer.bytes if answer.cut is None else answer.bytes[: answer.cut]
        await self._send(answer, body, writer)
        if answer.reset:
            # Lingering for no time makes the kernel send RST instead of FIN.
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        return answer.framed and answer.cut is None and not answer.reset

    async def _send(self, answer: Answer, body: bytes, writer: asyncio.StreamWriter) -> None:
        pieces = [body[i : i + 1] for i in range(len(body))] if answer.drip else [body]
        while True:
            for piece in pieces:
                if piece and answer.chunked:
                    piece = f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(answer.drip)
            if not answer.endless:
                break
        if answer.chunked and answer.cut is None:
            writer.write(b"0\r\n\r\n")
            await writer.drain()


@dataclass
class RememberingTarget:
    """Keeps posts by key, and fails as it is told: ``before`` taking a post, or ``after``."""

    name: str = "blog"
    posts: dict[str, Post] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    fail_before: list[PublishError] = field(default_factory=list)
    fail_after: list[PublishError] = field(default_factory=list)
    note: str = ""

    async def publish(self, post: Post, *, media: Mapping[str, MediaFile], previous: Publication | None) -> Publication:
        if self.fail_before:
            raise self.fail_before.pop(0)
        self.posts[post.key] = post
        self.sent.append(post.key)
        if self.fail_after:
            raise self.fail_after.pop(0)
        return self._publication(post.key)

    async def find(self, post: Post) -> Publication | None:
        return self._publication(post.key) if post.key in self.posts else None

    async def withdraw(self, post: Post, publication: Publication | None) -> None:
        self.posts.pop(post.key, None)

    async def close(self) -> None:
        return

    def _publication(self, key: str) -> Publication:
        return Publication(
            remote_id=key,
            remote_url=f"http://blog.example/{key}",
            pushed_hash=change.revision(self.posts[key]),
            note=self.note,
        )


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.at = datetime(2026, 6, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **span: float) -> None:
        self.at += timedelta(**span)
