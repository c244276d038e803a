"""The library: from picture addresses to checked copies, within limits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from weakref import WeakValueDictionary

from aggregator import urls as addresses
from aggregator.errors import AggregatorError, FetchError
from aggregator.log import get_logger
from aggregator.media import shelf
from aggregator.types import MediaFile, Response

MAX_PICTURES = 40  #: per call
MAX_BYTES = 80_000_000  #: per call, as received
PATIENCE = 120.0  #: seconds per call: what is not there by then is left out
AT_A_TIME = 4
MAX_REMEMBERED = 20_000  #: addresses that gave no picture

Get = Callable[[str], Awaitable[Response]]
Run = Callable[
    [Callable[[bytes, str], shelf.Kept | shelf.Unfit], bytes, str],
    Awaitable[shelf.Kept | shelf.Unfit],
]


class Library:
    """Picture copies in one folder. Used by one process at a time; survives its end at any moment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._unfit: dict[str, None] = {}  # not asked for again in this life
        self._logged: dict[str, None] = {}

    async def gather(self, urls: Sequence[str], get: Get, run: Run) -> dict[str, MediaFile]:
        """A copy for each address that gives a picture; the others are left out, and the log says why.

        ``get`` fetches within the limits and manners of the HTTP client, ``run`` calls a function in the
        process pool. No failure of a picture is an error here: a post goes out without it.
        """
        wanted = [url for url in dict.fromkeys(urls) if addresses.resolve(None, url)][:MAX_PICTURES]
        found: dict[str, MediaFile] = {}
        missing: list[str] = []
        for url in wanted:
            known = shelf.recall(self.folder, url)
            if known is not None:
                found[url] = known
            elif url not in self._unfit:
                missing.append(url)
        if missing:
            errand = _Errand(self, get, run)
            try:
                async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as tasks:
                    for url in missing:
                        tasks.create_task(errand.fetch(url, found))
            except TimeoutError:
                get_logger().warning("pictures took too long", missing=len(wanted) - len(found))
        return {url: found[url] for url in wanted if url in found}

    async def discard(self, urls: Sequence[str]) -> None:
        """Keeps no copy of these pictures any more."""
        for url in urls:
            async with self.lock(url):
                try:
                    shelf.discard(self.folder, url)
                except OSError as error:
                    get_logger().warning("picture not discarded", url=addresses.redact(url), reason=str(error))

    def lock(self, url: str) -> asyncio.Lock:
        """Held while an address is fetched, so that two deliveries of one post ask for it once."""
        return self._locks.setdefault(url, asyncio.Lock())

    def give_up(self, url: str, reason: str, *, for_good: bool) -> None:
        """Notes that an address gave no picture; the same failure is not logged again."""
        if url not in self._logged:
            get_logger().info("picture left out", url=addresses.redact(url), reason=reason)
        for memory in (self._logged, self._unfit) if for_good else (self._logged,):
            memory[url] = None
            while len(memory) > MAX_REMEMBERED:
                del memory[next(iter(memory))]


class _Errand:
    """One call of ``gather``: what it may still spend."""

    def __init__(self, library: Library, get: Get, run: Run) -> None:
        self._library = library
        self._get = get
        self._run = run
        self._left = MAX_BYTES
        self._turns = asyncio.Semaphore(AT_A_TIME)

    async def fetch(self, url: str, found: dict[str, MediaFile]) -> None:
        """Fetches, checks and keeps one picture, and puts it into ``found``."""
        library = self._library
        async with self._turns, library.lock(url):
            known = shelf.recall(library.folder, url)  # somebody else may just have brought it
            if known is not None:
                found[url] = known
                return
            if self._left <= 0:
                library.give_up(url, "the pictures of this post are too heavy together", for_good=False)
                return
            try:
                response = await self._get(url)
                self._left -= len(response.body)
                kept = await self._run(shelf.prepare, response.body, str(library.folder))
                result = kept if isinstance(kept, shelf.Unfit) else shelf.remember(library.folder, url, kept)
            except FetchError as error:
                library.give_up(url, error.message, for_good=False)
            except OSError as error:  # disk full, folder not writable
                library.give_up(url, str(error), for_good=False)
            except AggregatorError as error:  # the child died over it, or took too long
                library.give_up(url, str(error), for_good=True)
            else:
                if isinstance(result, shelf.Unfit):
                    library.give_up(url, result.reason, for_good=True)
                else:
                    found[url] = result
