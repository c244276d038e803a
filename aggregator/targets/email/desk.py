"""Where letters are written down, handed over and ticked off: the box and the postman together."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from aggregator.errors import BlockedError, PublishError, RejectedError, TryLaterError
from aggregator.policy import change
from aggregator.targets.email.box import Box, Kept, Letter
from aggregator.targets.email.postman import Postman
from aggregator.types import Post, Publication

R = TypeVar("R")

NOT_REPEATED = "it may have arrived, so it was not sent again (in_doubt)"


class Desk:
    """Sends letters, each once as far as can be known. The box is worked on by one thread."""

    def __init__(self, target: str, path: Path, postman: Postman, *, repeat: bool) -> None:
        self._target = target
        self._path = path
        self._postman = postman
        self._repeat = repeat
        # One thread, not a lock around any: a call that is cancelled is still finished before the next begins.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"email {target}")
        self._box: Box | None = None

    async def send(self, letter: Letter) -> str:
        """Hands a letter over that is not ticked off; answers what a person should know of it.

        Its mark stays where the outcome is unclear; one that the server refuses for good is taken off.
        """
        written = await self.do(lambda box: box.write(letter))
        if written.begun and not self._repeat:
            return NOT_REPEATED
        try:
            refused = await self._postman.hand_over(written.message, on_content=lambda: self._begin(letter.id))
        except PublishError as error:
            if isinstance(error, RejectedError):
                await self.do(lambda box: box.drop(letter.id))
            elif not error.in_doubt and not written.begun:
                await self.do(lambda box: box.unmark(letter.id))
            raise
        return f"refused: {'; '.join(refused)}" if refused else ""

    async def kept(self, post: Post, previous: Publication | None) -> Kept | None:
        """What was done with a post; where the file is gone, what the outbox remembers."""
        kept = await self.do(lambda box: box.kept(post.key))
        if kept is None and previous is not None and previous.pushed_hash:
            return Kept(key=post.key, revision=previous.pushed_hash, state="mailed", letter="", mailed=1)
        return kept

    async def check(self) -> list[str]:
        """What keeps mails from being taken; the server is asked all but to take one."""
        try:
            await self.do(lambda box: None)
            return [f"the server refuses {refused}" for refused in await self._postman.ask()]
        except PublishError as error:
            return [error.message]

    async def do(self, work: Callable[[Box], R]) -> R:
        """Works on the box, in its thread. Raises a PublishError where it can't be used."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._in_thread, work)

    async def close(self) -> None:
        """Finishes what was begun and closes the file; harmless when called twice."""

        def close() -> None:
            if self._box:
                self._box.close()
                self._box = None

        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, close)
        except RuntimeError:
            return  # closed before
        self._thread.shutdown()

    async def _begin(self, letter_id: str) -> None:
        await self.do(lambda box: box.mark(letter_id))

    def _in_thread(self, work: Callable[[Box], R]) -> R:
        try:
            if self._box is None:
                self._box = Box(self._path)
            return work(self._box)
        except OSError as error:
            raise BlockedError(self._target, f"the folder {self._path.parent} can't be used: {error}") from error
        except sqlite3.OperationalError as error:
            raise TryLaterError(self._target, f"{self._path} can't be used now: {error}") from error
        except sqlite3.DatabaseError as error:
            raise BlockedError(self._target, f"{self._path} is damaged: {error}") from error


def publication(post: Post, kept_revision: str, *, note: str = "") -> Publication:
    """What is known of a post that was mailed or waits. A mail has no address."""
    return Publication(remote_id=post.key, pushed_hash=kept_revision, note=note)


def settled(post: Post, kept: Kept, *, updates: bool) -> Publication | None:
    """The publication of a post about which nothing is left to do; None: it is to be mailed."""
    if kept.revision == change.revision(post):
        return publication(post, kept.revision)
    if not updates:
        return publication(post, kept.revision, note="mailed before: a mail can't be changed, and updates is off")
    return None
