"""Deliver: one attempt at one delivery. At least once, made effectively once by key and find."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.errors import PublishError
from aggregator.fetch import Client, Purpose
from aggregator.media import Library
from aggregator.pipeline import compose
from aggregator.pipeline.workers import Workers
from aggregator.policy import change, recovery
from aggregator.policy.recovery import Recovery, Remedy
from aggregator.store import Session, Store, claims, deliveries, entries, journal
from aggregator.store import targets as pauses
from aggregator.targets import Finds, Gathers, Target, Withdraws
from aggregator.targets.shared import article
from aggregator.types import Action, Delivery, MediaFile, Outcome, Publication, Response, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What came of one attempt."""

    delivery: Delivery
    outcome: str  #: ``published`` or ``withdrawn``, or what is done about a failure: a `Remedy`
    reason: str


class Deliverer:
    """Carries deliveries to their targets and writes down what came of it."""

    def __init__(
        self,
        *,
        client: Client,
        store: Store,
        workers: Workers,
        library: Library,
        targets: Mapping[str, Target],
        now: Callable[[], datetime],
        language: str = "en",
    ) -> None:
        self._client = client
        self._store = store
        self._workers = workers
        self._library = library
        self._targets = targets
        self._now = now
        self._language = language  # the blog's

    async def deliver(self, delivery: Delivery) -> Delivered:
        """Makes one attempt. Every failure is turned into what to do next; only a StoreError is raised."""
        target = self._targets[delivery.target]
        delivery = replace(delivery, post=compose.labelled(delivery.post, self._language))
        await self._store.write(claims.begin, delivery.id)
        try:
            if delivery.action is Action.WITHDRAW:
                publication, how = await self._withdraw(target, delivery)
            else:
                publication, how = await self._publish(target, delivery)
        except PublishError as error:
            return await self._recover(delivery, error)
        outcome = "withdrawn" if delivery.action is Action.WITHDRAW else "published"
        step = self._step(delivery, outcome, how)
        gone = await self._store.write(_settle, delivery, publication, step)
        if gone:
            await self._library.discard(article.picture_urls(delivery.post))
        return Delivered(delivery=delivery, outcome=outcome, reason=how)

    async def _publish(self, target: Target, delivery: Delivery) -> tuple[Publication, str]:
        previous = delivery.publication
        revision = change.revision(delivery.post)
        if delivery.in_doubt and isinstance(target, Finds):
            found = await target.find(delivery.post)
            if found is not None and found.pushed_hash == revision:
                return found, f"an earlier attempt had arrived: {found.remote_url or found.remote_id}"
            previous = _remembered(found, previous)
        media = await self._media(target, delivery)
        publication = await target.publish(delivery.post, media=media, previous=previous)
        verb = "brought up to date at" if previous else "published as"
        how = publication.note or f"{verb} {publication.remote_url or publication.remote_id}"
        return publication, how

    async def _withdraw(self, target: Target, delivery: Delivery) -> tuple[Publication | None, str]:
        if not isinstance(target, Withdraws):
            return delivery.publication, f"{delivery.target} can't take posts back: do it by hand there"
        publication = delivery.publication
        if publication is None and isinstance(target, Finds):
            publication = await target.find(delivery.post)
        await target.withdraw(delivery.post, publication)
        return publication, f"taken back at {delivery.target}"

    async def _media(self, target: Target, delivery: Delivery) -> dict[str, MediaFile]:
        wanted = target.wants(delivery.post) if isinstance(target, Gathers) else ()
        return await self._library.gather(wanted, self._picture, self._workers.run) if wanted else {}

    async def _picture(self, url: str) -> Response:
        return await self._client.get(url, purpose=Purpose.IMAGE)

    async def _recover(self, delivery: Delivery, error: PublishError) -> Delivered:
        remedy = recovery.after(error, delivery.attempts, self._now())
        step = self._step(delivery, remedy.action, f"{error}; {remedy.reason}")
        await self._store.write(_recover, delivery, remedy, str(error), step, self._now())
        return Delivered(delivery=delivery, outcome=str(remedy.action), reason=f"{error}; {remedy.reason}")

    def _step(self, delivery: Delivery, outcome: str, reason: str) -> Step:
        post = delivery.post
        step = f"deliver to {delivery.target}"
        return Step(at=self._now(), feed=post.feed, entry_key=post.entry_key, step=step, outcome=outcome, reason=reason)


def _remembered(found: Publication | None, stored: Publication | None) -> Publication | None:
    """What was found, with what we know of it: a look can't tell whether it still is as we left it."""
    if found is None or stored is None:
        return found or stored
    known = stored.version if found.remote_id == stored.remote_id else ""
    return replace(found, version=found.version or known)


def _settle(session: Session, delivery: Delivery, publication: Publication | None, step: Step) -> bool:
    """Writes what came of an attempt; whether the post is gone from every target by that."""
    deliveries.settle(session, delivery.id, publication, step.at)
    journal.write(session, (step,))
    if delivery.action is not Action.WITHDRAW:
        return False
    outcome, _ = entries.standing(session, delivery.post.feed, delivery.post.entry_key)
    return outcome is Outcome.WITHDRAWN


def _recover(session: Session, delivery: Delivery, remedy: Recovery, error: str, step: Step, now: datetime) -> None:
    match remedy.action:
        case Remedy.RETRY:
            deliveries.retry(session, delivery.id, remedy.at, error, remedy.in_doubt)
        case Remedy.DEAD:
            deliveries.bury(session, delivery.id, error, now)
        case Remedy.FORGO:
            deliveries.forgo(session, delivery.id, error, now)
        case Remedy.PAUSE:
            deliveries.retry(session, delivery.id, remedy.at, error, remedy.in_doubt)
            pauses.pause(session, delivery.target, remedy.at, error)
    journal.write(session, (step,))
