"""Where letters are written down, handed over and ticked off: the box and the postman together."""

from __future__ import annotations

from pathlib import Path

from aggregator.errors import PublishError, RejectedError
from aggregator.policy import change
from aggregator.targets.email.box import Box, Kept, Letter
from aggregator.targets.email.postman import Postman
from aggregator.targets.shared.keeper import Keeper, opened
from aggregator.types import Post, Publication

NOT_REPEATED = "it may have arrived, so it was not sent again (in_doubt)"


class Desk(Keeper[Box]):
    """Sends letters, each once as far as can be known."""

    def __init__(self, target: str, path: Path, postman: Postman, *, repeat: bool) -> None:
        super().__init__(target, path.parent, lambda: opened(path, Box))
        self._postman = postman
        self._repeat = repeat

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

    async def _begin(self, letter_id: str) -> None:
        await self.do(lambda box: box.mark(letter_id))


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
