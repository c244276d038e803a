"""Refresh: the whole intake of one feed, from one GET to posts owed to their targets.

``gather`` reads and decides and writes nothing, nor does ``newest``, which is what ``wirecopy preview`` shows.
``refresh`` has its results written, a few entries to a transaction: what is new is stored before the feed's
validators are, so that a crash in between shows the rest of the document again and loses nothing.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from aggregator.config import FetchSettings
from aggregator.errors import FetchError, ParseError
from aggregator.fetch import Client, Purpose
from aggregator.fetch.address import same_origin
from aggregator.pipeline import retractions, work
from aggregator.pipeline.taken import Taken, foresee, save
from aggregator.pipeline.taking import Taker, Wanted, together
from aggregator.pipeline.workers import Workers
from aggregator.policy import change, dates, error_items, flood, hold, recognition, schedule, trust
from aggregator.policy.change import Change
from aggregator.policy.hold import Cause
from aggregator.policy.recognition import Layer, Met, Stored
from aggregator.store import Session, Store, entries, feeds, held, hosts, identities, journal
from aggregator.types import Entry, Feed, FeedMemory, Known, Outcome, Response, Step

#: Entries written in one transaction, and their pages asked for at one time.
CHUNK = 8
NOT_WANTED = {
    Change.TOO_OLD: Outcome.TOO_OLD,
    Change.BACKLOG: Outcome.BACKLOG,
    Change.EMPTY: Outcome.EMPTY,
    Change.HELD: Outcome.HELD,
    Change.QUARANTINED: Outcome.QUARANTINED,
}
#: What no post can be made of, or must not.
NOTHING_TO_SHOW = frozenset({Change.EMPTY, Change.QUARANTINED, Change.BURIED})
#: Why what is not wanted now is kept for a while.
HOLDS = {Change.HELD: Cause.AHEAD, Change.QUARANTINED: Cause.ERROR}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What came of one refresh."""

    feed: str
    outcome: str  #: ``unchanged``, ``read`` or ``failed``
    reason: str
    counts: Mapping[str, int] = field(default_factory=dict)  #: entries by what was decided
    distrust: str = ""  #: why its ids are trusted no more from now on; empty: nothing has changed in that
    held: str = ""  #: why new entries are held or quarantined from now on; empty: none are
    next_fetch_at: datetime | None = None  #: None: never
    doubt: str = ""  #: what a person has to decide about entries that seem withdrawn; empty: nothing


class Refresher:
    """Refreshes feeds. Knows the network and the pool; decides nothing itself."""

    def __init__(
        self,
        *,
        client: Client,
        store: Store,
        workers: Workers,
        taker: Taker,
        settings: FetchSettings,
        now: Callable[[], datetime],
        timeout: float = 60.0,
    ) -> None:
        self._client = client
        self._store = store
        self._workers = workers
        self._taker = taker
        self._settings = settings
        self._now = now
        self._timeout = timeout  # seconds for one parse

    async def refresh(self, feed: Feed, on_stored: Callable[[], None] = lambda: None) -> Refreshed:
        """Asks a feed, takes what is new or changed, and stores all of it with the feed's next due time.

        ``on_stored`` is called after each transaction that may have made deliveries. A failure of this feed is
        recorded with it and returned; only a StoreError is raised.
        """
        try:
            response = await self._ask(feed)
            if response.not_modified or schedule.same_body(feed.memory, response):
                memory = schedule.after_success(feed.memory, response, None, self._now())
                reason = "304 not modified" if response.not_modified else "the same bytes as last time"
                return await self._close(feed, memory, "unchanged", reason)
            current, memory, reading = await self._read(feed, response)
        except (FetchError, ParseError) as error:
            return await self._fail(feed, error)
        counts: Counter[str] = Counter()
        why_held, doubt = "", ""
        met = await self.meet(current, reading)
        async for chunk in self.gather(current, reading, counts, met):
            await self._store.write(save, chunk, current, self._now())
            on_stored()
            why_held = why_held or next((taken.reason for taken in chunk if taken.hold is not None), "")
        memory = trust.after(feed, reading.trust, met, memory)
        names = _names(reading, met, memory)
        outcome, reason = "read", _summary(counts, reading)
        if report := error_items.failure(reading.parsed, reading.reports):
            memory, outcome, reason = schedule.after_report(feed.memory, memory, report), "failed", report
        else:
            shown = {entry.key: entry for entry in _as_met(reading, met).parsed.entries}
            doubt = await self._store.write(retractions.of_document, feed, reading.parsed, shown, self._now())
            on_stored()
        done = await self._close(feed, memory, outcome, reason, counts, names)
        distrust = memory.identity_reason if memory.identity is not feed.memory.identity else ""
        return replace(done, held=why_held, doubt=doubt, distrust=distrust)

    async def read(self, feed: Feed) -> tuple[Feed, work.Reading]:
        """The feed as its document describes it now, and that document. Raises FetchError, ParseError."""
        memory = replace(feed.memory, etag=None, last_modified=None, validators_url=None)
        current, _, reading = await self._read(feed, await self._ask(replace(feed, memory=memory)))
        return current, reading

    async def gather(
        self, feed: Feed, reading: work.Reading, counts: Counter[str], met: Mapping[str, Met]
    ) -> AsyncIterator[list[Taken]]:
        """Decides about every entry of a document and makes the posts of the wanted ones, a chunk at a time.

        Writes nothing. ``counts`` is filled with what was decided; ``met`` is what the entries were recognised as.
        """
        wanted, rest = await self._sort(feed, reading, counts, met)
        if rest:
            yield rest
        for start in range(0, len(wanted), CHUNK):
            chunk = wanted[start : start + CHUNK]
            yield await together([self._taker.take(feed, one) for one in chunk])

    async def newest(self, feed: Feed, reading: work.Reading, limit: int) -> list[Taken]:
        """What is made now of the newest entries of a document, whether they were taken before or not.

        Writes nothing. What a run decides when it saves them is foreseen; of what it would not take, the post that
        could be made is shown all the same.
        """
        now, undated = self._now(), replace(feed, max_age=None)
        met = await self.meet(feed, reading)
        known, reading = {one.key: one for one in met.values()}, _as_met(reading, met)
        found: list[Taken] = []
        for entry in _newest_first(reading.parsed.entries)[:limit]:
            traits, hashed, one = reading.traits[entry.key], reading.hashes[entry.key], known[entry.key]
            report = reading.reports.get(entry.key, "")
            decision = change.decide(
                entry, one.known, one.reason, content_hash=hashed, feed=feed, taken=0, now=now, reported=report
            )
            why = self._step(feed, entry, "change", decision.outcome, decision.reason)
            not_wanted = NOT_WANTED.get(decision.outcome) if one.known is None else None
            if decision.outcome in NOTHING_TO_SHOW:
                outcome = not_wanted or Outcome.BURIED
                found.append(Taken(entry, traits, hashed, outcome, decision.reason, (why,)))
                continue
            taken = await self._taker.take(
                undated, Wanted(entry=entry, known=one.known, why=why, traits=traits, content_hash=hashed)
            )
            taken = await self._store.read(foresee, taken, feed, now)
            found.append(replace(taken, outcome=not_wanted, reason=decision.reason) if not_wanted else taken)
        return found

    async def _ask(self, feed: Feed) -> Response:
        url = schedule.address(feed, self._now())
        at_home = same_origin(feed.url, url)  # secrets don't follow a feed that has moved elsewhere
        return await self._client.get(
            url,
            purpose=Purpose.FEED,
            etag=feed.memory.etag,
            last_modified=feed.memory.last_modified,
            validators_url=feed.memory.validators_url,
            headers=feed.headers if at_home else (),
            auth=feed.auth if at_home else None,
        )

    async def _read(self, feed: Feed, response: Response) -> tuple[Feed, FeedMemory, work.Reading]:
        """The document; the feed as it describes itself; and the memory to keep once all of it is stored."""
        options = dict(feed.options)
        reading = await self._workers.run(
            work.read_feed, feed.kind, response, options, trust.given(feed), timeout=self._timeout
        )
        memory = schedule.after_success(feed.memory, response, reading.parsed, self._now())
        # Until its first document is stored as a whole, a feed counts as newly subscribed.
        current = replace(feed, memory=replace(memory, subscribed_at=feed.memory.subscribed_at))
        return current, memory, reading

    async def meet(self, feed: Feed, reading: work.Reading) -> dict[str, Met]:
        """What the entries of a document are to the store, by key."""
        found = reading.parsed.entries
        names = {name for each in reading.traits.values() for name in each.names}
        named = await self._store.read(entries.known, feed.name, list(reading.hashes), names)
        headings = set(recognition.unknown(found, reading.traits, named))
        kin = await self._store.read(identities.kin, feed.name, headings) if headings else {}
        stored = Stored(named=named, kin=kin)
        hashes = _as_stored(reading, (*named.values(), *(one for each in kin.values() for one in each)))
        return recognition.meet(found, reading.traits, hashes, stored, reading.trust.level)

    async def _sort(
        self, feed: Feed, reading: work.Reading, counts: Counter[str], met: Mapping[str, Met]
    ) -> tuple[list[Wanted], list[Taken]]:
        """Parts the entries of a document into those to go on with (oldest first) and those decided already."""
        now = self._now()
        known = {one.key: one for one in met.values()}
        reading = _as_met(reading, met)
        wanted: list[Wanted] = []
        rest: list[Taken] = []
        new = 0
        for entry in _newest_first(reading.parsed.entries):
            traits, hashed, one = reading.traits[entry.key], reading.hashes[entry.key], known[entry.key]
            if one.known is not None and one.known.content_hash == reading.former_hashes[entry.key]:
                hashed = one.known.content_hash
            decision = change.decide(
                entry,
                one.known,
                one.reason,
                content_hash=hashed,
                feed=feed,
                taken=new,
                now=now,
                reported=reading.reports.get(entry.key, ""),
            )
            kind, reason = decision.outcome, decision.reason
            counts[kind] += 1
            new += kind is Change.NEW
            if kind in {Change.NEW, Change.CHANGED}:
                why = self._step(feed, entry, "change", kind, reason)
                wanted.append(Wanted(entry=entry, known=one.known, why=why, traits=traits, content_hash=hashed))
            elif one.known is not None and kind is Change.HELD:
                rest.append(Taken(entry, traits, hashed, Outcome.HELD, reason, unchanged=True))
            elif kind in NOT_WANTED:
                steps = (self._step(feed, entry, "change", NOT_WANTED[kind], reason),)
                held_for = hold.hold(entry, HOLDS[kind], now) if kind in HOLDS else None
                rest.append(Taken(entry, traits, hashed, NOT_WANTED[kind], reason, steps, hold=held_for))
        shown_before = {one.key for one in met.values() if one.known is not None}
        wanted, flooded = await self._brake(feed, reading, wanted, shown_before)
        if flooded:
            counts[Change.NEW] -= len(flooded)
            counts[Change.HELD] += len(flooded)
        return wanted[::-1], rest + flooded

    async def _brake(
        self, feed: Feed, reading: work.Reading, wanted: list[Wanted], met: set[str]
    ) -> tuple[list[Wanted], list[Taken]]:
        """Parts new entries into those to go on with and those that are held for a flood."""
        now = self._now()
        new = {one.entry.key: one for one in wanted if one.known is None}
        if feed.max_old is None or not flood.suspect([one.entry for one in new.values()], feed, now):
            return wanted, []
        history = await self._store.read(held.history, feed.name)
        # A feed that was empty when it was subscribed to shows now what it would have shown then.
        limit = feed.max_old if history.brought else max(feed.max_old, feed.max_new)
        found = flood.find(reading.parsed.entries, new, met, limit=limit, history=history, now=now)
        if found is None:
            return wanted, []
        taken = [
            Taken(
                one.entry,
                one.traits,
                one.content_hash,
                Outcome.HELD,
                found.reason,
                (self._step(feed, one.entry, "flood", Outcome.HELD, found.reason),),
                hold=hold.hold(one.entry, found.cause, now),
            )
            for key, one in new.items()
            if key in found.keys
        ]
        return [one for one in wanted if one.known is not None or one.entry.key not in found.keys], taken

    async def _fail(self, feed: Feed, error: FetchError | ParseError) -> Refreshed:
        memory = schedule.after_failure(feed.memory, error, self._now())
        return await self._close(feed, memory, "failed", str(error))

    async def _close(
        self,
        feed: Feed,
        memory: FeedMemory,
        outcome: str,
        reason: str,
        counts: Mapping[str, int] = MappingProxyType({}),
        names: Mapping[str, Sequence[str]] = MappingProxyType({}),
    ) -> Refreshed:
        """Writes the feed's memory with its next due time; the last transaction of a refresh."""
        now = self._now()
        jitter = random.random()  # noqa: S311 - it spreads requests and hides nothing
        due, why = schedule.next_fetch(replace(feed, memory=memory), now, self._settings, jitter=jitter)
        memory = replace(memory, next_fetch_at=due)
        said = f"{reason}; next {why}"
        step = Step(at=now, feed=feed.name, entry_key=None, step="refresh", outcome=outcome, reason=said)
        steps = () if outcome == "unchanged" else (step,)
        if memory.identity is not feed.memory.identity:
            told = f"entries are told apart {trust.told(memory.identity)} from now on: {memory.identity_reason}"
            steps = (*steps, replace(step, step="identity", outcome=str(memory.identity), reason=told))
        await self._store.write(_close, feed.name, memory, steps, self._client.hosts.blocked(), names, now)
        again = due if due < schedule.NEVER else None
        return Refreshed(feed=feed.name, outcome=outcome, reason=reason, counts=counts, next_fetch_at=again)

    def _step(self, feed: Feed, entry: Entry, step: str, outcome: str, reason: str) -> Step:
        return Step(at=self._now(), feed=feed.name, entry_key=entry.key, step=step, outcome=str(outcome), reason=reason)


def _close(
    session: Session,
    feed: str,
    memory: FeedMemory,
    steps: Sequence[Step],
    blocked: Mapping[str, datetime],
    names: Mapping[str, Sequence[str]],
    now: datetime,
) -> None:
    feeds.save_memory(session, feed, memory)
    entries.touch(session, feed, names, now)
    identities.learn(session, feed, names)
    journal.write(session, steps)
    for domain, until in blocked.items():
        hosts.block(session, domain, until)


def _as_met(reading: work.Reading, met: Mapping[str, Met]) -> work.Reading:
    """The document with the keys that its entries are known by."""
    found = {met[entry.key].key: replace(entry, key=met[entry.key].key) for entry in reading.parsed.entries}
    return replace(
        reading,
        parsed=replace(reading.parsed, entries=tuple(found.values())),
        traits={met[key].key: traits for key, traits in reading.traits.items()},
        hashes={met[key].key: hashed for key, hashed in reading.hashes.items()},
        former_hashes={met[key].key: hashed for key, hashed in reading.former_hashes.items()},
    )


def _as_stored(reading: work.Reading, stored: Iterable[Known]) -> dict[str, str]:
    """The content hashes of a document, of the form that entries of the same text were stored with."""
    held = {known.content_hash for known in stored}
    return {key: hashed if hashed in held else reading.hashes[key] for key, hashed in reading.former_hashes.items()}


def _names(reading: work.Reading, met: Mapping[str, Met], memory: FeedMemory) -> dict[str, tuple[str, ...]]:
    """The stored entries that a document showed, by key, each with the names that are new for it."""
    learns = trust.may_learn(memory)
    return {
        one.key: (key, *reading.traits[key].names) if learns and one.layer not in (Layer.KEY, Layer.NEW) else ()
        for key, one in met.items()
    }


def _newest_first(found: Sequence[Entry]) -> list[Entry]:
    """Entries by date, newest first; in the document's own order, which is that too, where one has no date."""
    dated = [(date, entry) for entry in found if (date := dates.stated(entry))]
    if len(dated) < len(found):
        return list(found)
    return [entry for _, entry in sorted(dated, key=lambda pair: pair[0], reverse=True)]


def _summary(counts: Mapping[str, int], reading: work.Reading) -> str:
    parts = [f"{count} {name}" for name, count in sorted(counts.items())] or ["no entries"]
    left_out = f", {reading.parsed.left_out} beyond the cap" if reading.parsed.left_out else ""
    return ", ".join(parts) + left_out
