"""Second looks: asks again for pages that could not be had, and brings their posts up to date.

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
from aggregator.policy.second_look import WAITS
from aggregator.store import SecondLook, Session, Store, entries, feeds, hosts, second_looks
from aggregator.types import Basis, Feed, Step

LEASE = timedelta(hours=1)  #: longer than any look takes


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What came of one second look."""

    feed: str
    title: str
    outcome: str  #: ``page`` or ``feed``: where the article comes from now; ``void`` where it was not wanted any more
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
        """Asks for the page of an entry again, and stores what comes of it. Only a StoreError is raised."""
        memory = await self._store.read(feeds.memory, look.feed)
        feed = replace(self._feed(look.feed), memory=memory)
        known = (await self._store.read(entries.known, feed.name, [look.entry.key], ()))[look.entry.key]
        spent = look.looks > len(WAITS)  # the last ones ended in kills
        often = f"its page was looked at again {len(WAITS)} times"
        reason = often if spent else f"its page is looked at again, {look.looks} of {len(WAITS)}"
        why = Step(
            at=self._now(), feed=feed.name, entry_key=look.entry.key, step="second look", outcome="begun", reason=reason
        )
        wanted = Wanted(
            entry=look.entry,
            known=known,
            why=why,
            content_hash=known.content_hash,
            looks=look.looks,
            no_page=often if spent else "",
        )
        taken = await self._taker.take(feed, wanted)
        wanted_still = await self._store.write(_save, look, taken, feed, self._client.hosts.blocked(), self._now())
        basis = taken.article.basis if taken.article else Basis.FEED
        outcome = str(basis) if wanted_still else "void"
        how = taken.look.reason if taken.look else "; ".join(taken.article.reasons[:1] if taken.article else ())
        return Looked(feed=feed.name, title=taken.entry.title, outcome=outcome, reason=how)


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
