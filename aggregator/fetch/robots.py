"""Asks robots.txt (RFC 9309) for article pages and pictures, once a day for each server."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from protego import Protego

from aggregator.errors import BusyError, FetchError, GoneError, RefusedError, TooLargeError, UnreachableError
from aggregator.types import Response

PRODUCT = "wirecopy"
KEPT = timedelta(hours=24)  #: RFC 9309, 2.4
KEPT_FAILURE = timedelta(minutes=5)  #: a server in trouble is asked again soon, but not for every article
MAX_ORIGINS = 2_000
MAX_LINES = 20_000
MAX_LINE = 2_000

_USER_AGENT = re.compile(r"(?i)\s*user[- ]?agent\s*(?::|\s)\s*(.*)")


@dataclass(frozen=True, slots=True)
class _Rules:
    """What one robots.txt said, or why it could not be asked."""

    at: datetime
    rules: Protego | None = None  #: None: everything is allowed, unless ``refusal`` is set
    refusal: str = ""
    passing: bool = False  #: the refusal may be over soon
    delay: timedelta | None = None

    def holds(self, now: datetime) -> bool:
        return timedelta() <= now - self.at < (KEPT_FAILURE if self.refusal else KEPT)


class Robots:
    """The rules of the servers that we take pages from; ``fetch`` makes one polite GET."""

    def __init__(self, fetch: Callable[[str], Awaitable[Response]], *, now: Callable[[], datetime]) -> None:
        self._fetch = fetch
        self._now = now
        self._known: dict[str, _Rules] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    async def allow(self, origin: str, target: str) -> timedelta | None:
        """The crawl delay that the server wishes for, if any.

        Raises RefusedError where we may not go, UnreachableError where that can't be known now. Concurrent
        questions about one server make one request.
        """
        rules = await self._rules(origin)
        if rules.refusal:
            raise (UnreachableError if rules.passing else RefusedError)(origin + target, rules.refusal)
        if rules.rules is not None and not rules.rules.can_fetch(target, PRODUCT):
            raise RefusedError(origin + target, "robots.txt asks us not to fetch this")
        return rules.delay

    async def _rules(self, origin: str) -> _Rules:
        known = self._known.get(origin)
        if known is not None and known.holds(self._now()):
            return known
        lock = self._asking.setdefault(origin, asyncio.Lock())
        try:
            async with lock:
                known = self._known.get(origin)
                if known is None or not known.holds(self._now()):
                    known = await self._ask(origin)
                    self._remember(origin, known)
                return known
        finally:
            if not lock.locked():
                self._asking.pop(origin, None)

    async def _ask(self, origin: str) -> _Rules:
        try:
            response = await self._fetch(f"{origin}/robots.txt")
        except (GoneError, TooLargeError):
            return _Rules(self._now())  # none there, or more redirects than one need follow (RFC 9309, 2.3.1.2)
        except FetchError as error:
            if error.status is not None and 400 <= error.status < 500 and error.status != 429:
                return _Rules(self._now())  # unavailable: no rules (2.3.1.3)
            passing = isinstance(error, (UnreachableError, BusyError))
            refusal = f"its robots.txt can't be read: {error.message}"
            return _Rules(self._now(), refusal=refusal, passing=passing)  # 2.3.1.4
        rules = parse(response.body)
        delay = rules.crawl_delay(PRODUCT)
        return _Rules(self._now(), rules, delay=None if delay is None else timedelta(seconds=min(delay, 86_400.0)))

    def _remember(self, origin: str, rules: _Rules) -> None:
        self._known.pop(origin, None)
        self._known[origin] = rules
        while len(self._known) > MAX_ORIGINS:
            del self._known[next(iter(self._known))]


def parse(body: bytes) -> Protego:
    """The rules in a robots.txt.

    Groups for other robots are folded into one before parsing: thousands of names above thousands of rules
    would take quadratic time and memory.
    """
    lines = body.decode("utf-8", "replace").lstrip("\ufeff").splitlines()[:MAX_LINES]
    return Protego.parse("\n".join(_fold(line[:MAX_LINE]) for line in lines))


def _fold(line: str) -> str:
    match = _USER_AGENT.match(line)
    if match is None:
        return line
    token = re.match(r"[a-z_*-]*", match[1].lower())
    name = token[0] if token else ""
    return f"User-agent: {name if name in ('*', PRODUCT) else 'other'}"
