"""What every kind of target must do.

The test of a kind is a class that inherits ``TargetConformance``, or ``HttpTargetConformance``, and says how
to build the target (``build``, or the fixture ``target``), what the far side is (``blog``, for HTTP), and how to look
at it without the target (``held``).
Tests of abilities that the target has not got are skipped.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import httpx
import pytest
from faults import AFTER, BEFORE, Faulty
from posting import deliver, make_post

from aggregator.errors import BlockedError, PublishError, RejectedError, RemovedError, TryLaterError
from aggregator.fetch.guard import IPNetwork
from aggregator.targets import Checks, Finds, Flushes, Target, Withdraws
from aggregator.types import MediaFile, Post, Publication

NO_MEDIA: Mapping[str, MediaFile] = {}


async def find(target: Target, post: Post) -> Publication | None:
    """What the target holds; None as well where it remembers that the post was taken away, or can't tell."""
    try:
        return await target.find(post) if isinstance(target, Finds) else None
    except RemovedError:
        return None


class TargetConformance:
    """What each target must do, whatever it is."""

    #: Strings that must never be seen in ``repr`` or errors.
    secrets: ClassVar[tuple[str, ...]] = ()

    async def build(self, folder: Path) -> Target:
        """A target that holds nothing yet; ``folder`` is empty and for its use alone."""
        raise NotImplementedError

    @pytest.fixture
    async def target(self, tmp_path: Path) -> AsyncIterator[Target]:
        """The target under test; closed afterwards."""
        target = await self.build(tmp_path)
        yield target
        await target.close()

    def held(self) -> Mapping[str, str]:
        """What the far side shows to readers now: remote id → body (or the whole text)."""
        raise NotImplementedError

    async def settled(self, target: Target) -> Mapping[str, str]:
        """What the far side shows once everything that was put off is done."""
        if isinstance(target, Flushes):
            await target.flush()
        return self.held()

    async def test_it_has_its_name(self, target: Target) -> None:
        assert isinstance(target, Target)
        assert target.name

    async def test_a_post_is_there_after_publishing(self, target: Target) -> None:
        publication = await target.publish(make_post(1), media=NO_MEDIA, previous=None)
        assert publication.remote_id
        held = await self.settled(target)
        assert list(held) == [publication.remote_id]
        assert "First paragraph of story 1." in held[publication.remote_id]

    async def test_it_carries_the_credit_and_the_address_of_the_original(self, target: Target) -> None:
        publication = await target.publish(make_post(1), media=NO_MEDIA, previous=None)
        shown = (await self.settled(target))[publication.remote_id]
        assert "The Paper" in shown
        assert "https://paper.example/story/1" in shown

    async def test_the_same_key_twice_makes_one_post(self, target: Target) -> None:
        first = await target.publish(make_post(1), media=NO_MEDIA, previous=None)
        second = await target.publish(make_post(1), media=NO_MEDIA, previous=first)
        assert second.remote_id == first.remote_id
        assert second.remote_url == first.remote_url
        assert len(await self.settled(target)) == 1

    async def test_two_keys_make_two_posts_even_with_one_title(self, target: Target) -> None:
        twin = make_post(2, title=make_post(1).title)
        await target.publish(make_post(1), media=NO_MEDIA, previous=None)
        await target.publish(twin, media=NO_MEDIA, previous=None)
        assert len(await self.settled(target)) == 2

    async def test_an_update_changes_the_text_and_keeps_the_address(self, target: Target) -> None:
        first = await target.publish(make_post(1), media=NO_MEDIA, previous=None)
        changed = make_post(1, title="A better title", body="<p>Corrected text.</p>")
        second = await target.publish(changed, media=NO_MEDIA, previous=first)
        assert (second.remote_id, second.remote_url) == (first.remote_id, first.remote_url)
        held = await self.settled(target)
        assert list(held) == [first.remote_id]
        assert "Corrected text." in held[first.remote_id]
        assert "First paragraph" not in held[first.remote_id]

    async def test_a_changed_post_has_another_hash(self, target: Target) -> None:
        first = await target.publish(make_post(1), media=NO_MEDIA, previous=None)
        again = await target.publish(make_post(1), media=NO_MEDIA, previous=first)
        changed = make_post(1, body="<p>Other.</p>")
        other = await target.publish(changed, media=NO_MEDIA, previous=again)
        assert first.pushed_hash == again.pushed_hash != other.pushed_hash

    async def test_it_finds_what_it_holds_and_nothing_else(self, target: Target) -> None:
        if not isinstance(target, Finds):
            pytest.skip("the target can't find")
        assert await target.find(make_post(1)) is None
        published = await target.publish(make_post(1), media=NO_MEDIA, previous=None)
        found = await target.find(make_post(1))
        assert found is not None
        assert (found.remote_id, found.remote_url) == (published.remote_id, published.remote_url)
        assert await target.find(make_post(2)) is None

    async def test_what_is_withdrawn_is_gone(self, target: Target) -> None:
        if not isinstance(target, Withdraws):
            pytest.skip("the target can't withdraw")
        first = await target.publish(make_post(1), media=NO_MEDIA, previous=None)
        second = await target.publish(make_post(2), media=NO_MEDIA, previous=None)
        await target.withdraw(make_post(1), first)
        assert list(await self.settled(target)) == [second.remote_id]
        if isinstance(target, Finds):
            assert await find(target, make_post(1)) is None

    async def test_withdrawing_twice_or_what_never_was_is_harmless(self, target: Target) -> None:
        if not isinstance(target, Withdraws):
            pytest.skip("the target can't withdraw")
        first = await target.publish(make_post(1), media=NO_MEDIA, previous=None)
        await target.withdraw(make_post(1), first)
        await target.withdraw(make_post(1), first)
        await target.withdraw(make_post(9), None)
        assert len(await self.settled(target)) == 0

    async def test_a_check_of_a_sound_target_finds_nothing(self, target: Target) -> None:
        if not isinstance(target, Checks):
            pytest.skip("the target can't check")
        assert await target.check() == []

    async def test_nothing_secret_shows_in_its_repr(self, target: Target) -> None:
        assert not any(secret in repr(target) + str(target) for secret in self.secrets)

    async def test_a_cancelled_publish_can_be_repeated(self, target: Target) -> None:
        task = asyncio.ensure_future(target.publish(make_post(1), media=NO_MEDIA, previous=None))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        found = await find(target, make_post(1))
        await target.publish(make_post(1), media=NO_MEDIA, previous=found)
        assert len(await self.settled(target)) == 1

    async def test_closing_twice_is_harmless(self, target: Target) -> None:
        await target.close()
        await target.close()


class HttpTargetConformance(TargetConformance):
    """What each target behind HTTP must do besides.

    ``blog()`` is the far side as a transport; build the target upon ``self.wire``, which stands in between.
    """

    wire: Faulty

    def blog(self) -> httpx.AsyncBaseTransport:
        """A far side that holds nothing yet."""
        raise NotImplementedError

    @pytest.fixture(autouse=True)
    def _wired(self) -> None:
        self.wire = Faulty(self.blog())

    def connect(self, allow_networks: Sequence[IPNetwork]) -> httpx.AsyncClient:
        """What ``build`` is given as ``http``."""
        return httpx.AsyncClient(transport=self.wire)

    @pytest.mark.parametrize(
        ("status", "expected"),
        [
            (400, RejectedError),
            (401, BlockedError),
            (403, BlockedError),
            (413, RejectedError),
            (422, RejectedError),
            (429, TryLaterError),
            (500, TryLaterError),
            (502, TryLaterError),
            (503, TryLaterError),
        ],
    )
    async def test_an_answer_has_its_class(self, target: Target, status: int, expected: type[PublishError]) -> None:
        self.wire.next = [str(status)]
        with pytest.raises(expected) as caught:
            await target.publish(make_post(1), media=NO_MEDIA, previous=None)
        assert caught.value.target == target.name
        assert not any(secret in str(caught.value) + repr(caught.value) for secret in self.secrets)

    async def test_retry_after_is_kept(self, target: Target) -> None:
        self.wire.next = ["429"]
        with pytest.raises(TryLaterError) as caught:
            await target.publish(make_post(1), media=NO_MEDIA, previous=None)
        assert caught.value.retry_after is not None
        assert caught.value.retry_after.total_seconds() == 7
        assert not caught.value.in_doubt

    @pytest.mark.parametrize("fault", [*AFTER, *BEFORE])
    @pytest.mark.parametrize("write", range(6))
    async def test_whatever_fails_makes_one_whole_post(self, target: Target, fault: str, write: int) -> None:
        """A delivery as the pipeline makes it, with a fault at the first, second … write: looked up, then repeated."""
        self.wire.next = [*[""] * write, fault]
        publication = await deliver(target, make_post(1))
        self.wire.next = []
        held = await self.settled(target)
        assert list(held) == [publication.remote_id]
        assert "First paragraph of story 1." in held[publication.remote_id]

    @pytest.mark.parametrize("fault", [*AFTER, *BEFORE])
    async def test_whatever_fails_in_an_update_leaves_one_post_with_the_new_text(
        self, target: Target, fault: str
    ) -> None:
        first = await target.publish(make_post(1), media=NO_MEDIA, previous=None)
        self.wire.next = [fault]
        changed = make_post(1, body="<p>Corrected text.</p>")
        second = await deliver(target, changed, previous=first)
        held = await self.settled(target)
        assert list(held) == [first.remote_id] == [second.remote_id]
        assert "Corrected text." in held[first.remote_id]
