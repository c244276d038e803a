"""Second looks: asks again for pages that could not be had, and takes what was held when it proves right.

A look is counted and put off before its page is asked for, and its result is one transaction that ends or renews it.
A kill in between costs one look and doubles nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.fetch import Client
from aggregator.pipeline.taken import Taken, save
from aggregator.pipeline.taking import Taker, Wanted
from aggregator.policy import hold
from aggregator.policy.hold import Cause, Fate, Verdict
from aggregator.policy.second_look import WAITS
from aggregator.store import SecondLook, Session, Store, entries, feeds, held, hosts, journal, second_looks
from aggregator.types import Basis, Feed, Outcome, Step

LEASE = timedelta(hours=1)  #: longer than any look takes
#: Why looks of these causes are carried out whatever has happened since; of a page more is to be said.
TAKEN_ANYWAY = {
    Cause.PAGE: "",
    Cause.RELEASED: "released by hand",
    Cause.RESTLESS: "the pause after its changes is over",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What came of one second look."""

    feed: str
    title: str
    outcome: str  #: ``page`` or ``feed``: where the article comes from now; ``void`` where it was not wanted any more;
    #: ``wait`` or ``leave`` where it is held still, or is not taken
    reason: str


class SecondLooks:
    """Carries out the second looks that are due."""

    def __init__(
        self, *, client: Client, store: Store, taker: Taker, feed: Callable[[str], Feed], now: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._store = store
        self._taker = taker
        self._feed = feed  # the settings of a feed, by name
        self._now = now

    async def claim(self, limit: int) -> list[SecondLook]:
        """At most ``limit`` of the looks that are due, to be carried out now."""
        return await self._store.write(second_looks.claim, self._now(), limit=limit, lease=LEASE)

    async def look(self, look: SecondLook) -> Looked:
        """Takes an entry again, or thinks its hold over, and stores what comes of it. Only a StoreError is raised."""
        verdict = Verdict(outcome=Fate.TAKE, at=self._now(), reason=TAKEN_ANYWAY.get(look.cause, ""))
        if look.cause not in TAKEN_ANYWAY:
            proof = await self._store.read(held.proof, look.feed, look.entry.key)
            verdict = hold.verdict(look.entry, look.cause, proof, self._now())
            if verdict.outcome is not Fate.TAKE:
                await self._store.write(_settle, look, verdict, self._now())
                reason = verdict.reason
                return Looked(feed=look.feed, title=look.entry.title, outcome=str(verdict.outcome), reason=reason)
        memory = await self._store.read(feeds.memory, look.feed)
        feed = replace(self._feed(look.feed), memory=memory)
        known = (await self._store.read(entries.known, feed.name, [look.entry.key], ()))[look.entry.key]
        looks = look.looks if look.cause is Cause.PAGE else 0
        spent = looks > len(WAITS)  # the last ones ended in kills
        often = f"its page was looked at again {len(WAITS)} times"
        reason = often if spent else verdict.reason or f"its page is looked at again, {looks} of {len(WAITS)}"
        why = _step(look, "begun", reason, self._now())
        wanted = Wanted(
            entry=look.entry,
            known=known,
            why=why,
            content_hash=known.content_hash,
            looks=looks,
            cause="page" if look.cause is Cause.PAGE else "feed",
            no_page=often if spent else "",
        )
        taken = await self._taker.take(feed, wanted)
        wanted_still = await self._store.write(_save, look, taken, feed, self._client.hosts.blocked(), self._now())
        basis = taken.article.basis if taken.article else Basis.FEED
        outcome = str(basis) if wanted_still else "void"
        how = taken.look.reason if taken.look else "; ".join(taken.article.reasons[:1] if taken.article else ())
        return Looked(feed=feed.name, title=taken.entry.title, outcome=outcome, reason=how)


def _settle(session: Session, look: SecondLook, verdict: Verdict, now: datetime) -> None:
    """Writes that an entry is held on, or not taken any more; unless it was released or withdrawn meanwhile."""
    if not second_looks.stands(session, look):
        return
    if verdict.outcome is Fate.WAIT:
        second_looks.plan(session, look.feed, look.entry, verdict.at, look.looks, look.cause)
        return
    second_looks.drop(session, look.feed, [look.entry.key])
    if look.cause is not Cause.ERROR:
        entries.decide(session, look.feed, look.entry.key, Outcome.BACKLOG, verdict.reason)
        journal.write(session, [_step(look, Outcome.BACKLOG, verdict.reason, now)])


def _step(look: SecondLook, outcome: str, reason: str, now: datetime) -> Step:
    key = look.entry.key
    return Step(at=now, feed=look.feed, entry_key=key, step="second look", outcome=str(outcome), reason=reason)


def _save(
    session: Session, look: SecondLook, taken: Taken, feed: Feed, blocked: Mapping[str, datetime], now: datetime
) -> bool:
    """Writes what a look came to, unless its entry was withdrawn or taken anew meanwhile; whether it did."""
    for domain, until in blocked.items():
        hosts.block(session, domain, until)
    if not second_looks.stands(session, look):
        return False
    save(session, [taken], feed, now)
    return True
