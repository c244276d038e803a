"""Posts are gathered, and mailed together when their time has come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from aggregator.errors import PublishError, RejectedError
from aggregator.log import get_logger
from aggregator.policy import change
from aggregator.targets.email import letters
from aggregator.targets.email.box import Box, Kept, Letter
from aggregator.targets.email.desk import Desk, publication, settled
from aggregator.targets.email.single import notify
from aggregator.targets.email.times import Times
from aggregator.types import MediaFile, Post, Publication

PER_DIGEST = 50  #: posts in one mail
#: After a digest that could not be sent; each wait is twice the one before.
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)


class Digest:
    """Recipients that get a mail of several posts now and then.

    A post is taken when it is in the box: it survives a kill from then on, and is sent by a later ``flush``.
    """

    def __init__(
        self, name: str, desk: Desk, style: letters.Style, times: Times, *, updates: bool, now: Callable[[], datetime]
    ) -> None:
        self.name = name
        self._desk = desk
        self._style = style
        self._times = times
        self._updates = updates
        self._now = now
        # A letter that is being sent must not be opened again, nor sent by two at once.
        self._lock = asyncio.Lock()
        self._next_at: datetime | None = None  # when there will be something to do
        self._failures = 0

    async def publish(self, post: Post, *, media: Mapping[str, MediaFile], previous: Publication | None) -> Publication:
        """Puts the post by for the next digest, in the place of an earlier revision that still waits."""
        async with self._lock:
            kept = await self._reopened(post, previous)
            if kept is not None and kept.state not in ("withdrawn", "refused"):
                done = settled(post, kept, updates=self._updates or kept.state == "waiting")
                if done is not None:
                    return done
            revision = change.revision(post)
            await self._desk.do(lambda box: box.wait(post, revision, self._now()))
            await self._look_ahead()
            return publication(post, revision, note=f"waits for the digest ({self._times})")

    async def find(self, post: Post) -> Publication | None:
        """What waits or was mailed of the post."""
        kept = await self._desk.kept(post, None)
        return publication(post, kept.revision) if kept and kept.state not in ("withdrawn", "refused") else None

    async def withdraw(self, post: Post, publication: Publication | None) -> None:
        """Takes the post out of the digest that it waits for, and tells those to whom it was mailed."""
        async with self._lock:
            kept = await self._reopened(post, publication)
            if kept is None or kept.state == "withdrawn":
                return
            if kept.mailed or kept.state not in ("waiting", "refused"):
                await notify(self._desk, post, kept, self._style, self._now())
            else:
                await self._desk.do(lambda box: box.forget(post.key))

    async def flush(self) -> None:
        """Sends what is due, and first what was begun and not ticked off."""
        async with self._lock:
            if self._failures and not self.due():
                return
            try:
                for letter in await self._desk.do(lambda box: box.digests()):
                    await self._deliver(letter)
                while (composed := await self._compose()) is not None:
                    await self._deliver(composed)
            except PublishError as error:
                wait = min(FIRST_WAIT * (1 << min(self._failures, 10)), LONGEST_WAIT)
                self._failures += 1
                self._next_at = self._now() + max(wait, error.retry_after or timedelta())
                raise
            self._failures = 0
            await self._look_ahead()

    def due(self) -> bool:
        """Whether it is time to ``flush``, though nothing was delivered."""
        return self._next_at is not None and self._now() >= self._next_at

    async def check(self) -> list[str]:
        """What keeps mails from being taken; the server is asked all but to take one."""
        return await self._desk.check()

    async def close(self) -> None:
        """Closes what is open; what waits is sent by the next life."""
        await self._desk.close()

    async def _look_ahead(self) -> None:
        since = await self._desk.do(lambda box: box.waiting_since())
        if not self._failures:
            self._next_at = self._times.after(since) if since else None

    async def _compose(self) -> Letter | None:
        """The next digest, written down; None: none is due."""
        since = await self._desk.do(lambda box: box.waiting_since())
        if since is None or self._now() < self._times.after(since):
            return None
        now = self._now()

        def compose(box: Box) -> Letter:
            posts = box.waiting(PER_DIGEST)
            letter, count = letters.of_digest(posts, self._style, now)
            box.enclose(letter, [post.key for post, _ in posts[:count]])
            return letter

        return await self._desk.do(compose)

    async def _deliver(self, letter: Letter) -> None:
        try:
            note = await self._desk.send(letter)
        except RejectedError:
            # It would be refused again: later digests must not wait behind it.
            await self._desk.do(lambda box: box.give_up(letter.id))
            raise
        await self._desk.do(lambda box: box.sent(letter.id, self._now()))
        if note:
            get_logger().warning("digest sent", target=self.name, note=note)

    async def _reopened(self, post: Post, previous: Publication | None) -> Kept | None:
        """What is known of the post, after a letter that it is in was opened again, if that one can't have arrived."""
        kept = await self._desk.kept(post, previous)
        if kept is None or kept.state != "enclosed":
            return kept
        letter_id = kept.letter
        letter = await self._desk.do(lambda box: box.letter(letter_id))
        if letter is None or letter.begun:
            return kept
        await self._desk.do(lambda box: box.open_again(letter_id))
        return await self._desk.kept(post, previous)
