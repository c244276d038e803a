"""The sample press as a web server on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from aggregator import server
from aggregator.demo.pages import Document, Pages

HOST = "127.0.0.1"


def app(started_at: datetime, now: Callable[[], datetime]) -> ASGIApp:
    """The press as an ASGI application; its stories are dated from ``started_at`` backwards."""
    pages = Pages(started_at)

    async def answer(request: Request) -> Response:
        base = f"{request.url.scheme}://{request.url.netloc}"
        document = pages.document(request.url.path, base=base, now=now())
        if document is None:
            return Response("There is no such page.\n", 404, media_type="text/plain")
        headers = {
            "ETag": document.etag,
            "Last-Modified": format_datetime(document.modified_at, usegmt=True),
            "Cache-Control": "no-cache",
        }
        if _has_it(request, document):
            return Response(None, 304, headers)
        return Response(document.body, 200, {**headers, "Content-Type": document.type})

    return Starlette(routes=[Route("/{path:path}", answer)])


@asynccontextmanager
async def serve(port: int = 0) -> AsyncIterator[str]:
    """Serves the press in the running event loop; gives its address. Port 0: one that is free.

    Raises ConfigError where the port is taken.
    """
    press = app(datetime.now(UTC), lambda: datetime.now(UTC))
    async with server.serve(press, HOST, port, setting="the port of the sample press") as taken:
        yield f"http://{HOST}:{taken}"


@contextmanager
def running(port: int) -> Iterator[str]:
    """Serves the press from a thread of its own while the block runs; gives its address. Raises ConfigError."""
    loop = asyncio.new_event_loop()
    press = serve(port)
    with ThreadPoolExecutor(1, thread_name_prefix="press") as thread:
        thread.submit(asyncio.set_event_loop, loop).result()
        address = thread.submit(loop.run_until_complete, press.__aenter__()).result()
        turning = thread.submit(loop.run_forever)
        try:
            yield address
        finally:
            asyncio.run_coroutine_threadsafe(press.__aexit__(None, None, None), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            turning.result()
            thread.submit(loop.close).result()


def _has_it(request: Request, document: Document) -> bool:
    """Whether the client's copy is still good (RFC 9110, 13.2.2: an entity tag outweighs a date)."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return any(tag.strip().removeprefix("W/") in ("*", document.etag) for tag in tags.split(","))
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except ValueError:
        return False
    return document.modified_at <= since.replace(tzinfo=since.tzinfo or UTC)
