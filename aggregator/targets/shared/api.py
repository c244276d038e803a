"""One call to a blog's API: an answer, or an error of the class that says what to do about it."""

from __future__ import annotations

import asyncio
import ipaddress
import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
from pydantic import Field

from aggregator import urls
from aggregator.config import BaseUrl, Section
from aggregator.config.values import Network
from aggregator.errors import BlockedError, PublishError, RefusedError, RejectedError, TryLaterError
from aggregator.fetch.headers import retry_after
from aggregator.targets import Connect
from aggregator.targets.shared import tolerant
from aggregator.targets.shared.options import Timeout
from aggregator.targets.shared.quoting import MAX_QUOTE, masked, quoted
from aggregator.types import Response

MAX_PAGE = 1_000_000  #: bytes of a page that are searched for links
MAX_ANSWER = 20_000_000  #: bytes; a blog that answers with more is not what we think it is
#: Methods that change nothing: after them nothing is in doubt (RFC 9110, 9.2.1).
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "PROPFIND"})
_PASSING = frozenset({408, 421, 425})  #: 4xx that say nothing about what was sent
_GATEWAY_TIMEOUTS = frozenset({504, 524})
_NOT_HERE = frozenset({404, 405, 410, 501})  #: there is no such API at this address
_MISSING = frozenset({404, 410})
_CREDENTIALS = frozenset({401, 402, 403, 407, 511})


class Networked(Section):
    """The options of every target that is reached over the network."""

    allow_networks: tuple[Network, ...] = Field(
        default=(), description="private networks that may be connected to, e.g. 127.0.0.0/8; closed by default"
    )
    timeout: Timeout = Field(default=timedelta(seconds=30), description="for one whole call")

    @property
    def settling(self) -> timedelta:
        """For how long a server may be at work on a call that nobody waits for any more, as far as that can be told."""
        return _settling(self.timeout.total_seconds())

    def api(
        self,
        target: str,
        http: Connect,
        *,
        headers: Mapping[str, str] | None = None,
        auth: httpx.Auth | None = None,
        hide: Collection[str] = (),
    ) -> Api:
        """The way there."""
        seconds = self.timeout.total_seconds()
        return Api(target, http(self.allow_networks), seconds=seconds, headers=headers, auth=auth, hide=hide)


class Web(Networked):
    """The options of every target that is a blog, reached over HTTP."""

    url: BaseUrl = Field(description="address of the blog")

    def in_the_clear(self, secret: str) -> list[str]:
        """A complaint where a secret (``password``, ``token`` …) would cross the open net unencrypted."""
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        try:
            private = not ipaddress.ip_address(host).is_global
        except ValueError:
            private = host == "localhost" or "." not in host
        if parts.scheme == "https" or private:
            return []
        return [f"{self.url} is not https: the {secret} goes unencrypted with every call"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the blog answered, read to the end."""

    target: str
    status: int
    headers: httpx.Headers
    body: bytes
    url: str  #: that was asked
    writes: bool  #: whether the call was to change something there

    @property
    def page(self) -> Response:
        """The answer as a page to look for links in; its beginning, if it is long."""
        return Response(
            url=self.url,
            requested_url=self.url,
            status=self.status,
            headers=tuple((name.lower(), value) for name, value in self.headers.multi_items()),
            body=self.body[:MAX_PAGE],
            fetched_at=datetime.now(UTC),
        )

    @property
    def is_json(self) -> bool:
        """Whether it says that it is JSON."""
        return "json" in self.headers.get("content-type", "").lower()

    @property
    def date(self) -> datetime | None:
        """The blog's clock (RFC 9110, 6.6.1); None where it does not tell."""
        try:
            found = parsedate_to_datetime(self.headers.get("date", ""))
        except (TypeError, ValueError):
            return None
        return found if found.tzinfo else found.replace(tzinfo=UTC)

    def json(self) -> Any:
        """The body as JSON. Where it is none, a TryLaterError: a write is then in doubt."""
        kind = self.headers.get("content-type", "")
        try:
            if not self.is_json:
                raise ValueError(f"as {kind.split(';')[0] or 'nothing in particular'}")
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            message = f"answered {self.status} with something that is not JSON ({error})"
            raise TryLaterError(self.target, message[: MAX_QUOTE * 2], in_doubt=self.writes) from error

    def json_if_any(self) -> Any:
        """The body as JSON; None where it is none."""
        try:
            return self.json()
        except TryLaterError:
            return None

    def object(self) -> Mapping[str, Any]:
        """The object that the body is. Where it is none, a TryLaterError as by ``json``."""
        found = self.json()
        if not isinstance(found, dict):
            raise self.nonsense("no object")
        return found

    def rows(self) -> list[dict[str, Any]]:
        """The objects of the list that the body is. Where it is none, a TryLaterError as by ``json``."""
        found = self.json()
        if not isinstance(found, list):
            raise self.nonsense("no list")
        return tolerant.rows(found)

    def nonsense(self, what: str) -> TryLaterError:
        """The error of an answer that holds something else than was asked for: ``no post``, ``no account`` …"""
        return TryLaterError(self.target, f"answered {self.status} with {what} in it", in_doubt=self.writes)


class Api:
    """Calls to one blog. Owns its client; redirects are not followed, since a write must not wander.

    ``hide`` are secrets that must not be seen in an error, even where the blog repeats them.
    """

    def __init__(
        self,
        target: str,
        http: httpx.AsyncClient,
        *,
        seconds: float = 30.0,
        headers: Mapping[str, str] | None = None,
        auth: httpx.Auth | None = None,
        hide: Collection[str] = (),
    ) -> None:
        self.target = target
        self._http = http
        self._seconds = seconds
        self._hide = tuple(secret for secret in hide if secret)
        self._http.headers.update(headers or {})
        if auth is not None:
            self._http.auth = auth

    def __repr__(self) -> str:
        return f"Api({self.target!r})"

    async def close(self) -> None:
        """Closes every connection; harmless when called twice."""
        await self._http.aclose()

    async def send(
        self,
        method: str,
        url: str,
        *,
        expect: Collection[int] = (),
        writes: bool | None = None,
        seconds: float | None = None,
        **request: Any,
    ) -> Answer:
        """The answer, where it is a 2xx or of a status that the caller ``expect``s.

        ``writes`` says whether the call changes anything there, where the method does not tell; ``request`` is what
        httpx takes: params, json, data, files, content, headers. Raises

        - TryLaterError: no connection, no whole answer, 429, 5xx; in doubt where the call may have changed something
        - RejectedError: 4xx about what was sent
        - BlockedError: 401, 403, a redirect, an address without such an API, one that the guard refuses
        """
        changes = method not in SAFE if writes is None else writes
        answer = await self._exchange(method, url, changes, seconds or self._seconds, request)
        if 200 <= answer.status < 300 or answer.status in expect:
            return answer
        raise self.error(answer)

    async def lacks(self, url: str) -> bool:
        """Whether an address says that there is nothing; False too where it can't be asked. No credentials are sent."""
        try:
            answer = await self.send("HEAD", url, auth=None, expect=_MISSING)
        except PublishError:
            return False
        return answer.status in _MISSING

    def error(self, answer: Answer) -> PublishError:
        """What an answer means that is not the one hoped for."""
        status = answer.status
        said = self._said(answer)
        message = f"{status}{f', it says: {said}' if said else ''}"
        if 300 <= status < 400:
            where = masked(urls.resolve(answer.url, answer.headers.get("location")) or "nowhere", self._hide)[
                :MAX_QUOTE
            ]
            return BlockedError(self.target, f"{urls.redact(answer.url)} redirects to {where}: set url to that address")
        if status in _CREDENTIALS:
            return BlockedError(self.target, f"{message}: the credentials or the rights are not enough")
        if status in _NOT_HERE:
            return BlockedError(self.target, f"{message}: there is no such API at {urls.redact(answer.url)}")
        wait = retry_after(answer.headers.get("retry-after"), datetime.now(UTC))
        if status == 429:
            return TryLaterError(self.target, message, retry_after=wait)
        if status >= 500 or status < 200 or status in _PASSING:
            # A proxy that waited in vain says nothing about what goes on behind it.
            rest = _settling(self._seconds) if status in _GATEWAY_TIMEOUTS and answer.writes else None
            return TryLaterError(self.target, message, retry_after=wait, in_doubt=answer.writes, unsettled_for=rest)
        return RejectedError(self.target, message)

    async def _exchange(self, method: str, url: str, writes: bool, seconds: float, request: dict[str, Any]) -> Answer:
        try:
            async with (
                asyncio.timeout(seconds),
                self._http.stream(method, url, timeout=seconds, follow_redirects=False, **request) as response,
            ):
                body = bytearray()
                async for chunk in response.aiter_bytes():
                    body += chunk
                    if len(body) > MAX_ANSWER:
                        message = f"answered with more than {MAX_ANSWER:,} bytes"
                        raise TryLaterError(self.target, message, in_doubt=writes)
                return Answer(
                    target=self.target,
                    status=response.status_code,
                    headers=response.headers,
                    body=bytes(body),
                    url=str(response.request.url),
                    writes=writes,
                )
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise TryLaterError(self.target, f"can't be reached: {self.safe(str(error))}") from error
        except (TimeoutError, httpx.TimeoutException) as error:
            message = f"no whole answer within {seconds:g} s"
            rest = _settling(seconds) if writes else None
            raise TryLaterError(self.target, message, in_doubt=writes, unsettled_for=rest) from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:
            raise BlockedError(self.target, f"can't be asked: {self.safe(str(error))}") from error
        except httpx.HTTPError as error:
            message = f"the connection broke off: {self.safe(str(error)) or type(error).__name__}"
            raise TryLaterError(self.target, message, in_doubt=writes) from error
        except RefusedError as error:
            raise BlockedError(self.target, error.message) from error

    def safe(self, words: str) -> str:
        """What was said there, fit for an error: one line, not long, without secrets."""
        return quoted(words, hide=self._hide)

    def _said(self, answer: Answer) -> str:
        """The blog's own words about what is wrong, if it has any."""
        return self.safe(next(_words(answer.json_if_any()), ""))


def _settling(seconds: float) -> timedelta:
    """It may be at work on what nobody waits for any more, and for longer than we waited."""
    return timedelta(seconds=2 * seconds)


def _words(value: object) -> Iterator[str]:
    """What is said in the places where APIs say it: ``message``, ``error_description``, ``errors[0]`` …"""
    if isinstance(value, str) and value:
        yield value
    elif isinstance(value, dict):
        for name in ("message", "context", "error_description", "detail", "errors", "error"):
            yield from _words(value.get(name))
    elif isinstance(value, list):
        yield from _words(value[0] if value else None)


@contextmanager
def leaving_doubt() -> Iterator[None]:
    """Around the steps that follow a first one that has arrived: whatever goes wrong, the next attempt has to look."""
    try:
        yield
    except PublishError as error:
        error.in_doubt = True
        raise
