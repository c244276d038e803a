"""httpx over guarded connections: for our own GETs, and for targets, which talk to more than GET."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager

import httpcore
import httpx

from aggregator.fetch import guard

_ERRORS: dict[type[Exception], type[httpx.TransportError]] = {
    httpcore.ConnectTimeout: httpx.ConnectTimeout,
    httpcore.ReadTimeout: httpx.ReadTimeout,
    httpcore.WriteTimeout: httpx.WriteTimeout,
    httpcore.PoolTimeout: httpx.PoolTimeout,
    httpcore.ConnectError: httpx.ConnectError,
    httpcore.ReadError: httpx.ReadError,
    httpcore.WriteError: httpx.WriteError,
    httpcore.LocalProtocolError: httpx.LocalProtocolError,
    httpcore.RemoteProtocolError: httpx.RemoteProtocolError,
    httpcore.UnsupportedProtocol: httpx.UnsupportedProtocol,
}


def guarded(
    allow_networks: Sequence[guard.IPNetwork] = (), *, setting: str, tls: ssl.SSLContext | None = None
) -> Transport:
    """A transport that connects to public addresses and to those in ``allow_networks``, and to no others.

    Any other raises RefusedError, naming ``setting`` as what to change. Give it to a client made with
    ``trust_env=False``.
    """
    return Transport(guard.pool(allow_networks, setting=setting, tls=tls))


class Transport(httpx.AsyncBaseTransport):
    """httpx over guarded connections."""

    def __init__(self, connections: httpcore.AsyncConnectionPool) -> None:
        self._pool = connections

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends one request; the body is read through the answer's stream."""
        assert isinstance(request.stream, httpx.AsyncByteStream)
        url = request.url
        wire = httpcore.Request(
            method=request.method,
            url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _as_httpx(request):
            answer = await self._pool.handle_async_request(wire)
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer, request), extensions=answer.extensions
        )

    async def aclose(self) -> None:
        """Closes every connection."""
        await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response, request: httpx.Request) -> None:
        self._answer = answer
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_httpx(self._request):
            async for chunk in self._answer.aiter_stream():
                yield chunk

    async def aclose(self) -> None:
        await self._answer.aclose()


@contextmanager
def _as_httpx(request: httpx.Request) -> Iterator[None]:
    try:
        yield
    except tuple(_ERRORS) as error:
        raise _ERRORS[type(error)](str(error), request=request) from error
