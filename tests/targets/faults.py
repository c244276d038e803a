"""A blog that fails at the worst moment: a transport around another one, with faults for the next write."""

from __future__ import annotations

import httpx

SAFE = {"GET", "HEAD", "OPTIONS"}
#: The blog did it, and the caller can't tell.
AFTER = ("drop-reply", "cut-reply", "502-after", "html-after")
#: Nothing happened there.
BEFORE = ("reset-before", "503-before", "429-before")


class Faulty(httpx.AsyncBaseTransport):
    """Passes requests on; the next write goes wrong as ``next`` says, once: one of ``AFTER``, of ``BEFORE``, or a status."""

    def __init__(self, blog: httpx.AsyncBaseTransport) -> None:
        self._blog = blog
        self.next: list[str] = []  #: faults of the writes to come, in order; an empty text: none

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        fault = self.next.pop(0) if self.next and request.method not in SAFE else ""
        if fault == "reset-before":
            raise httpx.ReadError("Connection reset by peer", request=request)
        if fault.isdigit() or fault in ("503-before", "429-before"):
            return httpx.Response(int(fault[:3]), headers={"Retry-After": "7"}, json={"message": "no"}, request=request)
        response = await self._blog.handle_async_request(request)
        if not fault:
            return response
        await response.aread()
        if fault == "drop-reply":
            raise httpx.ReadTimeout("timed out", request=request)
        if fault == "cut-reply":
            return httpx.Response(response.status_code, headers=response.headers, stream=_Cut(response.content))
        if fault == "502-after":
            return httpx.Response(502, html="<h1>Bad gateway</h1>", request=request)
        return httpx.Response(200, html="<p>Please enable JavaScript</p>", request=request)


class _Cut(httpx.AsyncByteStream):
    def __init__(self, whole: bytes) -> None:
        self._whole = whole

    async def __aiter__(self):  # type: ignore[no-untyped-def]  # an iterator of bytes
        yield self._whole[: len(self._whole) // 2]
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")
