"""One call to a blog's API: an answer, or an error of the class that says what to do about it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from pydantic import Field

from aggregator import urls
from aggregator.config import BaseUrl, Duration, Section
from aggregator.config.values import Network
from aggregator.errors import BlockedError, PublishError, RefusedError, RejectedError, TryLaterError
from aggregator.fetch.headers import retry_after
from aggregator.markup import text

MAX_ANSWER = 20_000_000  #: bytes; a blog that answers with more is not what we think it is
MAX_QUOTE = 200  #: characters of the blog's own words in an error
#: Methods that change nothing: after them nothing is in doubt (RFC 9110, 9.2.1).
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "PROPFIND"})
_PASSING = frozenset({408, 421, 425})  #: 4xx that say nothing about what was sent
_GATEWAY_TIMEOUTS = frozenset({504, 524})
_NOT_HERE = frozenset({404, 405, 410, 501})  #: there is no such API at this address
_CREDENTIALS = frozenset({401, 402, 403, 407, 511})


class Web(Section):
    """The options of every target that is reached over HTTP."""

    url: BaseUrl = Field(description="address of the blog")
    allow_networks: tuple[Network, ...] = Field(
        default=(), description="private networks that the blog may be in, e.g. 127.0.0.0/8; closed by default"
    )
    timeout: Duration = Field(default=timedelta(seconds=30), description="for one whole call to the blog")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the blog answered, read to the end."""

    target: str
    status: int
    headers: httpx.Headers
    body: bytes
    url: str  #: that was asked
    writes: bool  #: whether the call was to change something there

    def json(self) -> Any:
        """The body as JSON. Where it is none, a TryLaterError: a write is then in doubt."""
        kind = self.headers.get("content-type", "")
        try:
            if "json" not in kind.lower():
                raise ValueError(f"as {kind.split(';')[0] or 'nothing in particular'}")
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            message = f"answered {self.status} with something that is not JSON ({error})"
            raise TryLaterError(self.target, message[: MAX_QUOTE * 2], in_doubt=self.writes) from error


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
        headers: httpx.Headers | dict[str, str] | None = None,
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

    def error(self, answer: Answer) -> PublishError:
        """What an answer means that is not the one hoped for."""
        status = answer.status
        said = self._quote(answer)
        message = f"{status}{f', it says: {said}' if said else ''}"
        if 300 <= status < 400:
            where = self._safe(answer.headers.get("location", "nowhere"))
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
            rest = timedelta(seconds=2 * self._seconds) if status in _GATEWAY_TIMEOUTS and answer.writes else None
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
            raise TryLaterError(self.target, f"can't be reached: {self._safe(str(error))}") from error
        except (TimeoutError, httpx.TimeoutException) as error:
            message = f"no whole answer within {seconds:g} s"
            # It may be at work on it all the same, and for longer than we waited.
            rest = timedelta(seconds=2 * seconds) if writes else None
            raise TryLaterError(self.target, message, in_doubt=writes, unsettled_for=rest) from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:
            raise BlockedError(self.target, f"can't be asked: {self._safe(str(error))}") from error
        except httpx.HTTPError as error:
            message = f"the connection broke off: {self._safe(str(error)) or type(error).__name__}"
            raise TryLaterError(self.target, message, in_doubt=writes) from error
        except RefusedError as error:
            raise BlockedError(self.target, error.message) from error

    def _quote(self, answer: Answer) -> str:
        """The blog's own words about what is wrong, if it has any."""
        if "json" not in answer.headers.get("content-type", "").lower():
            return ""
        try:
            found = next(_words(json.loads(answer.body)), "")
        except (ValueError, RecursionError):
            return ""
        return self._safe(text.plain(found))

    def _safe(self, words: str) -> str:
        for secret in self._hide:
            words = words.replace(secret, "***")
        return re.sub(r"[\x00-\x1f\x7f]+", " ", words)[:MAX_QUOTE].strip()


def _words(value: object) -> Iterator[str]:
    """What is said in the places where APIs say it: ``message``, ``error_description``, ``errors[0]`` …"""
    if isinstance(value, str) and value:
        yield value
    elif isinstance(value, dict):
        for name in ("message", "context", "error_description", "detail", "errors", "error"):
            yield from _words(value.get(name))
    elif isinstance(value, list):
        yield from _words(value[0] if value else None)
