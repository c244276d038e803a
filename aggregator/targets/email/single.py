"""Each post is a mail of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from aggregator.policy import change
from aggregator.targets.email import letters
from aggregator.targets.email.box import Kept
from aggregator.targets.email.desk import Desk, publication, settled
from aggregator.types import MediaFile, Post, Publication


class Single:
    """Recipients that get a mail for each post."""

    def __init__(
        self, name: str, desk: Desk, style: letters.Style, *, updates: bool, now: Callable[[], datetime]
    ) -> None:
        self.name = name
        self._desk = desk
        self._style = style
        self._updates = updates
        self._now = now

    async def publish(self, post: Post, *, media: Mapping[str, MediaFile], previous: Publication | None) -> Publication:
        """Mails the post, unless that was done."""
        kept = await self._desk.kept(post, previous)
        if kept is not None and kept.state != "withdrawn":
            done = settled(post, kept, updates=self._updates)
            if done is not None:
                return done
        revision, now = change.revision(post), self._now()
        mailed, first = (kept.mailed, kept.letter) if kept else (0, "")
        letter = await self._desk.do(
            lambda _: letters.of_post(post, revision, self._style, now, mailed=mailed, first=first)
        )
        note = await self._desk.send(letter)
        await self._desk.do(lambda box: box.mailed(post.key, revision, letter.id, now))
        return publication(post, revision, note=note)

    async def find(self, post: Post) -> Publication | None:
        """What was mailed of the post, as far as that is known."""
        kept = await self._desk.kept(post, None)
        return publication(post, kept.revision) if kept and kept.state == "mailed" else None

    async def withdraw(self, post: Post, publication: Publication | None) -> None:
        """Tells the recipients that the post was withdrawn, if it was mailed to them."""
        kept = await self._desk.kept(post, publication)
        if kept is not None and kept.state != "withdrawn":
            await notify(self._desk, post, kept, self._style, self._now())

    async def check(self) -> list[str]:
        """What keeps mails from being taken; the server is asked all but to take one."""
        return await self._desk.check()

    async def close(self) -> None:
        """Closes what is open; harmless when called twice."""
        await self._desk.close()


async def notify(desk: Desk, post: Post, kept: Kept, style: letters.Style, now: datetime) -> None:
    """Mails the notice that a post was withdrawn."""
    letter = letters.of_withdrawal(post, style, now, mailed=kept.mailed, first=kept.letter)
    await desk.send(letter)
    await desk.do(lambda box: box.mailed(post.key, kept.revision, letter.id, now, state="withdrawn"))
