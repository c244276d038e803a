"""Takes one entry: its article from the page or the feed, what of it may be shown, and the post made of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from aggregator import transforms, urls
from aggregator.errors import CostlyError, Drop, FetchError, ParseError
from aggregator.fetch import Client, Purpose
from aggregator.markup import text
from aggregator.pipeline import compose, revising, work
from aggregator.pipeline.taken import Taken
from aggregator.pipeline.workers import Workers
from aggregator.policy import change, dates, duplicates, retraction, rights, second_look, updates
from aggregator.policy.hold import Cause, Hold
from aggregator.policy.identity import NO_TRAITS, Traits
from aggregator.policy.second_look import Look, Meanwhile
from aggregator.policy.updates import Update
from aggregator.store import Store, entries, posts, revisions
from aggregator.types import (
    Article,
    Basis,
    Duplicates,
    Entry,
    Feed,
    Known,
    Outcome,
    OwnPost,
    PageSeen,
    Post,
    Response,
    Rights,
    Site,
    Step,
    Updates,
)

T = TypeVar("T")

LONGEST_VALIDATOR = 1_000  #: characters that are kept with a page

#: The latest posts among which a related one is looked for.
OWN = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An entry to take."""

    entry: Entry
    known: Known | None  #: what the store holds of it; None: it is new
    why: Step  #: the decision to take it
    content_hash: str
    traits: Traits = NO_TRAITS
    looks: int = 0  #: how often its page was looked at again
    page: Response | None = None  #: its page, where it was asked for already
    cause: str = "feed"  #: where a change of it was seen: ``feed`` or ``page``
    no_page: str = ""  #: why its page is not asked for; empty: nothing forbids it


class Taker:
    """Takes entries. Knows the network and the pool; decides nothing itself, and writes nothing."""

    def __init__(
        self,
        *,
        client: Client,
        store: Store,
        workers: Workers,
        site: Site,
        now: Callable[[], datetime],
        timeout: float = 60.0,
    ) -> None:
        self._client = client
        self._store = store
        self._workers = workers
        self._site = site
        self._now = now
        self._timeout = timeout  # seconds for one extraction

    async def take(self, feed: Feed, wanted: Wanted) -> Taken:
        """The post of one entry, or the reason why there is none."""
        entry = wanted.entry
        previous = await self._standing(wanted)
        if previous is not None and (paused := await self._paused(feed, wanted, previous)) is not None:
            return paused
        read, error, page = await self._read(feed, wanted)
        article = read.article
        too_old = _too_old(feed, wanted, article, self._now())
        if too_old:
            step = self._step(feed, entry, "extract", Outcome.TOO_OLD, too_old)
            return Taken(
                entry,
                wanted.traits,
                wanted.content_hash,
                Outcome.TOO_OLD,
                too_old,
                (wanted.why, step),
                article=article,
            )
        allowed, why = rights.allowed(feed, article)
        steps = [wanted.why, self._step(feed, entry, "extract", article.basis, _how(article))]
        steps.append(self._step(feed, entry, "rights", allowed, why))
        look = self._look(wanted, article, allowed, error) if error else None
        taken = Taken(
            entry,
            wanted.traits,
            wanted.content_hash,
            Outcome.QUEUED,
            "",
            article=article,
            fingerprint=read.fingerprint,
            look=look,
            page=page,
        )
        if look is not None:
            steps.append(self._step(feed, entry, "second look", look.outcome, look.reason))
            if look.outcome is Meanwhile.HELD:
                held = replace(taken, outcome=Outcome.WAITING, reason=look.reason, steps=tuple(steps), article=None)
                return replace(held, unchanged=True, post=previous) if previous else held
        # A first post without a date of its own is dated by when its entry was seen, however late it is made.
        now, date = self._now(), dates.stated(entry)
        if wanted.known and previous is None and (date is None or date > now):
            now = wanted.known.first_seen_at
        try:
            made = compose.post(article, feed=feed, site=self._site, rights=allowed, now=now, previous=previous)
            own = await self._own(feed, wanted, now)
            context = transforms.Context(article=article, feed=feed, site=self._site, now=now, own=own)
            made, applied = await self._shape(feed, made, context)
        except Drop as drop:
            steps.append(self._step(feed, entry, "transform", Outcome.DROPPED, drop.reason))
            if previous is not None and feed.update is Updates.NEVER:
                steps.append(self._step(feed, entry, "update", Update.KEPT_BACK, "never touched (update = never)"))
                return replace(taken, unchanged=True, post=previous, steps=tuple(steps))
            return replace(taken, outcome=Outcome.DROPPED, reason=drop.reason, steps=tuple(steps))
        steps += [self._step(feed, entry, "transform", each.outcome, f"{each.step}: {each.reason}") for each in applied]
        taken = replace(taken, marked=_marked(made, article, previous))
        if previous is None:
            steps.append(self._step(feed, entry, "compose", "made", f"as {made.slug}"))
            return replace(taken, post=made, steps=tuple(steps))
        return self._revised(feed, wanted, replace(taken, steps=tuple(steps)), previous, made)

    def _revised(self, feed: Feed, wanted: Wanted, taken: Taken, previous: Post, made: Post) -> Taken:
        """The entry with what becomes of its post that stands, now that another one was made of it."""
        if taken.article is None:
            return taken
        revised = revising.revise(
            previous,
            made,
            article=taken.article,
            feed=feed,
            known=wanted.known,
            cause=wanted.cause,
            now=self._now(),
        )
        revision = revised.revision
        step = self._step(feed, taken.entry, "update", revision.outcome, revision.reason)
        return replace(
            taken,
            post=revised.post,
            unchanged=not revised.carried,
            revision=revision,
            steps=(*taken.steps, step),
        )

    async def _standing(self, wanted: Wanted) -> Post | None:
        """The post that was made of an earlier revision; None where there is none."""
        key = wanted.known.post_key if wanted.known else None
        return await self._store.read(posts.get, key) if key else None

    async def _paused(self, feed: Feed, wanted: Wanted, previous: Post) -> Taken | None:
        """The entry left alone for now, where it changes all the time; None where it is to be taken."""
        entry, known = wanted.entry, wanted.known
        if wanted.looks or wanted.page or known is None or not known.content_hash:
            return None  # it was put off or asked for already, or is brought back by hand
        until = updates.pause(await self._store.read(revisions.seen_at, feed.name, entry.key), self._now())
        if until is None:
            return None
        reason = f"it changes often: looked at again at {until:%Y-%m-%d %H:%M} UTC, as it is then"
        step = self._step(feed, entry, "update", Outcome.HELD, reason)
        taken = Taken(entry, wanted.traits, wanted.content_hash, Outcome.QUEUED, reason, (wanted.why, step))
        return replace(taken, unchanged=True, post=previous, hold=Hold(cause=Cause.RESTLESS, at=until))

    async def _read(
        self, feed: Feed, wanted: Wanted
    ) -> tuple[work.Read, FetchError | ParseError | None, PageSeen | None]:
        """The article of an entry: from its page where that may and can be had, else from the feed, with the error."""
        entry = wanted.entry
        reason = wanted.no_page or _no_page(feed, entry)
        if not reason and wanted.page is None and await self._told(feed, entry):
            reason = "another feed has brought its page"
        failure: FetchError | ParseError | None = None
        if not reason and entry.url is not None:
            try:
                response = wanted.page or await self._client.get(
                    entry.url, purpose=Purpose.PAGE, allow_hosts=feed.allow_hosts
                )
                read = await self._workers.run(work.read_page, response, entry, timeout=self._timeout)
                return read, None, self._seen(response)
            except (FetchError, ParseError) as error:
                reason, failure = str(error), error
        try:
            read = await self._workers.run(work.read_entry, entry, reason, timeout=self._timeout)
            return replace(read, article=_at_publisher(read.article, failure)), failure, None
        except ParseError as error:
            # Not even the feed's own words can be handled: the title and the link are what is left of the entry.
            why = tuple(filter(None, (reason, str(error))))
            bare = Article(
                entry=entry, title=entry.title, body="", text="", basis=Basis.FEED, method="none", score=0, reasons=why
            )
            return work.Read(article=bare, fingerprint=None), failure, None

    def _seen(self, response: Response) -> PageSeen:
        ours = self._client.hosts.ours(response.url)
        return PageSeen(
            url=response.url,
            etag=_validator(response, "etag"),
            last_modified=_validator(response, "last-modified"),
            domain="" if ours else urls.domain(response.url),
        )

    async def _own(self, feed: Feed, wanted: Wanted, now: datetime) -> tuple[OwnPost, ...]:
        """What was published before this entry was seen, where a step wants to know: the same for each revision."""
        if not transforms.want_own(feed.transforms):
            return ()
        before = wanted.known.first_seen_at if wanted.known else now
        return tuple(await self._store.read(posts.own, feed.targets, before=before, limit=OWN))

    async def _shape(
        self, feed: Feed, made: Post, context: transforms.Context
    ) -> tuple[Post, tuple[transforms.Applied, ...]]:
        """The post after its steps, and how each went. Raises Drop."""
        if not feed.transforms:
            return compose.finish(made), ()
        try:
            shaped = await self._workers.run(work.shape, feed.transforms, made, context, timeout=self._timeout)
        except CostlyError as error:
            raise Drop(f"it could not be shaped: {error}") from error
        if isinstance(shaped, Drop):
            raise shaped
        return shaped

    async def _told(self, feed: Feed, entry: Entry) -> bool:
        """Whether another entry stands at this address already, so that its page need not be asked for."""
        if entry.url is None or feed.duplicates is Duplicates.KEEP:
            return False
        told = await self._store.read(entries.told_at, (urls.compare_key(entry.url),))
        decision, _ = duplicates.near(feed=feed.name, entry_key=entry.key, title=entry.title, told=told)
        return decision.outcome is duplicates.Story.TOLD

    def _look(self, wanted: Wanted, article: Article, allowed: Rights, error: FetchError | ParseError) -> Look:
        return second_look.after(
            error,
            looks=wanted.looks,
            words_given=text.word_count(article.text),
            rights=allowed,
            known=wanted.known,
            now=self._now(),
        )

    def _step(self, feed: Feed, entry: Entry, step: str, outcome: str, reason: str) -> Step:
        return Step(at=self._now(), feed=feed.name, entry_key=entry.key, step=step, outcome=str(outcome), reason=reason)


async def together(works: Sequence[Coroutine[None, None, T]]) -> list[T]:
    """What all of them come to; the first failure ends the others and is raised as itself."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(work) for work in works]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from failures
    return [task.result() for task in tasks]


def _marked(made: Post, article: Article, previous: Post | None) -> str:
    """What says that an article is withdrawn by now: its feed, or the title of its page; empty where nothing does."""
    if previous is None:
        return ""
    return retraction.marked(made.title, made.tags, previous) or retraction.marked(article.page_title, (), previous)


def _validator(response: Response, name: str) -> str | None:
    value = response.header(name)
    return value if value and len(value) <= LONGEST_VALIDATOR else None


def _too_old(feed: Feed, wanted: Wanted, article: Article, now: datetime) -> str:
    """Why an entry that its feed gives no date is too old by that of its page; empty where it is not."""
    if wanted.known is not None or dates.stated(wanted.entry) is not None:
        return ""
    too_old = change.age(article.published_at, feed, now)
    return too_old and f"its page is {too_old}"


def _no_page(feed: Feed, entry: Entry) -> str:
    """Why an entry's page is not asked for; empty where it is."""
    if not feed.extract:
        return "extraction is off for this feed (extract = false)"
    if feed.rights is Rights.LINK:
        return "only the link is published (rights = link)"
    return "" if entry.url else "the entry has no address"


def _at_publisher(article: Article, failure: FetchError | ParseError | None) -> Article:
    """The article under its address at its publisher, where a redirector led there though the page was not had."""
    reached = failure.reached if isinstance(failure, FetchError) else None
    origin = article.entry.origin
    if reached is None or origin is None or origin.url is None or not urls.same_site(reached, origin.url):
        return article
    return replace(article, canonical_url=urls.strip_tracking(reached))


def _how(article: Article) -> str:
    reasons = "; ".join(article.reasons)
    return f"method {article.method}, score {article.score:.2f}" + (f": {reasons}" if reasons else "")
