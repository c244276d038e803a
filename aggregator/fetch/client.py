"""The one way out to other people's servers: asks politely, reads within limits, follows safely."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import ssl
from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import httpx

from aggregator import __version__, urls
from aggregator.errors import (
    BusyError,
    FetchError,
    GoneError,
    RefusedError,
    TooLargeError,
    UnreachableError,
)
from aggregator.fetch import address, headers, transport
from aggregator.fetch.address import Address
from aggregator.fetch.body import Body
from aggregator.fetch.hosts import Hosts
from aggregator.fetch.purposes import Purpose
from aggregator.fetch.robots import Robots
from aggregator.types import Hop, Response

if TYPE_CHECKING:
    from aggregator.config import FetchSettings

REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: A server that says "too many" without saying for how long is left alone for this long, whatever we want of it.
UNTIMED_BLOCK = timedelta(minutes=5)
#: Set by us alone, whatever a configuration says: framing, identity, and what we promise not to send.
_OURS = frozenset(
    {
        *(
            "host",
            "connection",
            "keep-alive",
            "transfer-encoding",
            "content-length",
            "te",
            "trailer",
            "upgrade",
            "expect",
        ),
        *("accept-encoding", "user-agent", "referer", "range", "if-range", "if-match", "if-unmodified-since"),
        *("if-none-match", "if-modified-since"),
    }
)
#: What may go wrong on the wire.
_BELOW = (httpx.TimeoutException, httpx.NetworkError, httpx.ProtocolError)
_PASSING = frozenset({408, 421, 425})  #: 4xx that say nothing about the address (RFC 9110, 15.5; RFC 8470)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trip:
    """One ``get``, from the first address to the last."""

    asked: str  #: redacted, for errors
    purpose: Purpose
    validators: tuple[tuple[str, str], ...]
    validators_url: str | None  #: the only address that they are sent to; None: any of the first origin
    private: tuple[tuple[str, str], ...]  #: credentials and the caller's own fields: for the first origin only
    hosts: tuple[str, ...]  #: the only ones that may be asked; empty: any


class Client:
    """Makes GETs. An async context manager: what it opens is closed at the end of the block.

    ``contact`` is told to every server in the User-Agent. ``hosts`` may be given to share or to keep the
    table of servers; ``tls`` replaces the usual check of certificates.
    """

    def __init__(
        self,
        settings: FetchSettings,
        *,
        contact: str,
        now: Callable[[], datetime],
        hosts: Hosts | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.hosts = hosts or Hosts(settings, now=now)
        self.user_agent = user_agent(contact)
        self._settings = settings
        self._now = now
        self._robots = Robots(self._ask_robots, now=now)
        # The transport alone, without httpx's client on top: that keeps cookies, reads the environment, and
        # stumbles over strange addresses in a Location before we see them.
        self._transport = transport.guarded(settings.allow_networks, setting="fetch.allow_networks", tls=tls)
        self._timeouts = {"connect": settings.connect_timeout.total_seconds()}

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._transport.aclose()

    async def get(
        self,
        url: str,
        *,
        purpose: Purpose,
        etag: str | None = None,
        last_modified: str | None = None,
        validators_url: str | None = None,
        headers: Iterable[tuple[str, str]] = (),
        auth: tuple[str, str] | None = None,
        allow_hosts: Sequence[str] = (),
    ) -> Response:
        """One answer, read to the end: a 200, or a 304 where a validator was sent. Anything else is a FetchError.

        Validators go out byte for byte as given. With ``validators_url``, the final address of the answer that
        they came with, they go to that address and to no other; without it, to the address asked and to where it
        redirects within its origin. ``headers`` and ``auth`` never leave the first origin.
        ``allow_hosts`` are the only hosts, with those below them, that may be asked at all.
        """
        start = _parsed(url, url)
        if auth is None and purpose.takes_user_info:
            auth = start.user_info
        trip = _Trip(
            asked=urls.redact(url),
            purpose=purpose,
            validators=tuple(
                (name, value)
                for name, value in (("If-None-Match", etag), ("If-Modified-Since", last_modified))
                if value
            ),
            validators_url=validators_url,
            private=(*_private(headers), *_basic(auth)),
            hosts=tuple(allow_hosts),
        )
        return await self._travel(trip, start)

    async def _ask_robots(self, url: str) -> Response:
        return await self.get(url, purpose=Purpose.ROBOTS)

    async def _travel(self, trip: _Trip, start: Address) -> Response:
        """Follows redirects by hand, each hop under the rules of the first."""
        here, seen = start, {start.url}
        hops: tuple[Hop, ...] = ()
        left = self._settings.timeout.total_seconds()
        clock = asyncio.get_running_loop().time
        while True:
            try:
                delay = await self._permission(trip, here)
                async with self.hosts.slot(here.url, delay):
                    began = clock()
                    response = await self._ask(trip, start, here, hops, left)
                    left -= clock() - began
            except FetchError as error:
                error.reached = here.url if hops else None
                raise
            if response.status not in REDIRECTS:
                return response
            there = self._next(trip, here, response)
            if there.url in seen:
                raise TooLargeError(trip.asked, "redirects in a circle")
            if len(hops) >= self._settings.redirects:
                raise TooLargeError(trip.asked, f"more than {self._settings.redirects} redirects")
            seen.add(there.url)
            hops = (*hops, Hop(status=response.status, url=there.url))
            here = there

    async def _permission(self, trip: _Trip, here: Address) -> timedelta | None:
        """The pause that robots.txt wishes for, if any.

        Raises RefusedError where we may not go, UnreachableError where robots.txt can't be had for now.
        """
        if trip.hosts and not address.within(here.host, trip.hosts):
            raise RefusedError(trip.asked, f"{here.host} is not one of the feed's allow_hosts")
        if not (trip.purpose.asks_robots and self._settings.robots):
            return None
        try:
            return await self._robots.allow(here.origin, here.target)
        except (RefusedError, UnreachableError) as error:
            raise type(error)(trip.asked, error.message) from error

    def _next(self, trip: _Trip, here: Address, response: Response) -> Address:
        # The field is read as Latin-1, but what is not ASCII in it is UTF-8 wherever it was seen.
        location = (response.header("location") or "").encode("latin-1").decode("utf-8", "replace")
        if not location:
            raise UnreachableError(trip.asked, f"{response.status} without a Location", status=response.status)
        try:
            return address.follow(here, location)
        except ValueError as error:
            raise RefusedError(trip.asked, f"redirects to {error}") from error

    async def _ask(self, trip: _Trip, start: Address, here: Address, hops: tuple[Hop, ...], seconds: float) -> Response:
        """One request and its answer, errors of every layer turned into ours."""
        try:
            async with asyncio.timeout(seconds):
                return await self._exchange(trip, start, here, hops)
        except TimeoutError as error:
            limit = self._settings.timeout.total_seconds()
            raise UnreachableError(trip.asked, f"no complete answer within {limit:g} s") from error
        except httpx.ConnectTimeout as error:
            raise UnreachableError(trip.asked, f"{here.host} doesn't take the connection") from error
        except httpx.LocalProtocolError as error:
            raise RefusedError(
                trip.asked, "can't be asked: a header field has characters that may not be sent"
            ) from error
        except httpx.InvalidURL as error:
            raise RefusedError(trip.asked, f"can't be asked: {error}") from error
        except _BELOW as error:
            raise UnreachableError(trip.asked, _cause(error)) from error
        except RefusedError as error:
            raise RefusedError(trip.asked, error.message, status=error.status) from error

    async def _exchange(self, trip: _Trip, start: Address, here: Address, hops: tuple[Hop, ...]) -> Response:
        fields = self._fields(trip, start, here)
        conditional = any(name == "If-None-Match" or name == "If-Modified-Since" for name, _ in fields)
        request = httpx.Request(
            "GET",
            httpx.URL(f"{here.origin}/"),
            headers=[(_bytes(name), _bytes(value)) for name, value in fields],
            # The target goes out byte for byte as given; httpx would spell it its own way.
            extensions={"timeout": self._timeouts, "target": here.target.encode()},
        )
        answer = await self._transport.handle_async_request(request)
        try:
            response = Response(
                url=here.url,
                requested_url=start.url,
                status=answer.status_code,
                headers=tuple((k.decode("latin-1").lower(), v.decode("latin-1")) for k, v in answer.headers.raw),
                body=b"",
                fetched_at=self._now(),
                hops=hops,
                not_modified=answer.status_code == 304,
            )
            self._judge(trip, response, conditional=conditional)
            if headers.declares_freshness(response):
                response = replace(response, fresh_for=headers.freshness(response, response.fetched_at) or timedelta())
            return (
                replace(response, body=await self._read(trip, response, answer)) if response.status == 200 else response
            )
        finally:
            await answer.aclose()

    def _fields(self, trip: _Trip, start: Address, here: Address) -> list[tuple[str, str]]:
        at_home = here.origin == start.origin
        host = here.origin.partition("://")[2]
        fields = [("Host", host), ("User-Agent", self.user_agent), ("Accept-Encoding", "gzip")]
        private = trip.private if at_home else ()
        if not any(name.lower() == "accept" for name, _ in private):
            fields.append(("Accept", trip.purpose.accept))
        if at_home if trip.validators_url is None else here.url == trip.validators_url:
            fields += trip.validators
        return [*fields, *private]

    def _judge(self, trip: _Trip, response: Response, *, conditional: bool) -> None:
        """Raises what an answer means, unless it is a 200, a redirect, or a 304 that was asked for."""
        status, url = response.status, trip.asked
        if status == 200 or status in REDIRECTS or (status == 304 and conditional):
            return
        where = f" from {urls.redact(response.url)}" if response.hops else ""
        message = f"{status}{where}"
        if status in (429, 503):
            raise self._busy(trip, response, message)
        if status == 410:
            raise GoneError(url, message, status=status)
        if 400 <= status < 500 and status not in _PASSING:
            raise RefusedError(url, message, status=status)
        if status == 304:
            message = f"304{where}, though nothing was asked that could be unchanged"
        raise UnreachableError(url, message, status=status)

    def _busy(self, trip: _Trip, response: Response, message: str) -> BusyError:
        now = response.fetched_at
        wait = headers.retry_after(response.header("retry-after"), now)
        if wait is None:
            wait = headers.freshness(response, now)
            wait = None if wait is None else min(wait, headers.LONGEST_WAIT)
        block = wait if wait is not None else (UNTIMED_BLOCK if response.status == 429 else timedelta())
        self.hosts.block(response.url, block)
        asks = "" if wait is None else f", asks us to wait {wait.total_seconds():.0f} s"
        return BusyError(trip.asked, message + asks, status=response.status, retry_after=wait)

    async def _read(self, trip: _Trip, response: Response, answer: httpx.Response) -> bytes:
        limit = trip.purpose.limit(self._settings)
        cut = trip.purpose is Purpose.ROBOTS
        kind = response.header("content-type")
        if not trip.purpose.takes(kind):
            raise RefusedError(trip.asked, f"is {headers.media_type(kind)[:60]}, not a {trip.purpose}", status=200)
        length = response.header("content-length") or ""
        if length.isascii() and length.isdigit() and len(length) < 20 and int(length) > limit and not cut:
            raise TooLargeError(trip.asked, f"{int(length):,} bytes, more than {limit:,}")
        encodings = [value for name, value in response.headers if name == "content-encoding"]
        body = Body(trip.asked, encoding=", ".join(encodings), limit=limit, cut=cut)
        async for chunk in answer.aiter_raw():
            body.feed(chunk)
            if body.full:
                break
        return body.finish()


def user_agent(contact: str) -> str:
    """The one name under which we go to other people's servers, with an address to ask (RFC 9110, 10.1.5)."""
    contact = re.sub(r"[^\x21-\x7e]|[()]", "", contact)
    return f"Wirecopy/{__version__}" + (f" (+{contact})" if contact else "")


def _parsed(url: str, asked: str) -> Address:
    try:
        return address.parse(url)
    except ValueError as error:
        raise RefusedError(urls.redact(asked)[:500], f"can't be asked: {error}") from error


def _private(fields: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in fields if name.lower() not in _OURS)


def _basic(auth: tuple[str, str] | None) -> tuple[tuple[str, str], ...]:
    """The field for HTTP Basic authentication (RFC 7617), in UTF-8."""
    if auth is None:
        return ()
    return (("Authorization", "Basic " + b64encode(":".join(auth).encode()).decode("ascii")),)


def _bytes(value: str) -> bytes:
    """A field value as it goes out: what came in as Latin-1 goes out byte for byte."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode()


def _cause(error: Exception) -> str:
    """What went wrong below, in a few words."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"TLS certificate refused: {cause.verify_message}"
        if isinstance(cause, ssl.SSLError):
            return f"TLS failed: {cause.reason or 'no common ground'}"
        if isinstance(cause, OSError) and cause.errno and not isinstance(cause, socket.gaierror):
            return os.strerror(cause.errno).lower()  # asyncio's own words hold an address tuple
        cause = cause.__cause__ or cause.__context__
    text = (str(error) or type(error).__name__).rstrip(".")[:200]
    return f"not a proper HTTP answer: {text}" if isinstance(error, httpx.RemoteProtocolError) else text
