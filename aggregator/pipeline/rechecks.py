"""Rechecks: looks once more at the pages of published articles, for what was mended or withdrawn there.

A look is counted and put off before its page is asked for, and its result is one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.errors import FetchError
from aggregator.fetch import Client, Purpose
from aggregator.markup import text
from aggregator.pipeline import retractions, withdrawal
from aggregator.pipeline.taken import Taken, save
from aggregator.pipeline.taking import Taker, Wanted
from aggregator.policy import recheck, retraction
from aggregator.policy.recheck import Answer
from aggregator.policy.retraction import Handling, Sign
from aggregator.policy.updates import Update
from aggregator.store import EntryLine, Recheck, Session, Store, entries, feeds, hosts, journal, rechecks
from aggregator.store import retractions as seen
from aggregator.types import Feed, PageSeen, Post, Response, Step

LEASE = timedelta(hours=1)  #: longer than any look takes
RECENT = timedelta(days=7)  #: withdrawals within it are counted together
SIGNS = {Answer.GONE: Sign.GONE, Answer.MISSING: Sign.MISSING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rechecked:
    """What came of one look."""

    feed: str
    title: str
    #: ``same``, ``changed``, ``kept back``, ``put off``, ``withdrawn``, ``held``, or ``void``: not wanted any more
    outcome: str
    reason: str


class Rechecks:
    """Carries out the looks that are due."""

    def __init__(
        self, *, client: Client, store: Store, taker: Taker, feed: Callable[[str], Feed], now: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._store = store
        self._taker = taker
        self._feed = feed  # the settings of a feed, by name
        self._now = now

    async def claim(self, limit: int) -> list[Recheck]:
        """At most ``limit`` of the looks that are due, of different sites, to be carried out now."""
        if limit <= 0:
            return []
        per_day = recheck.PER_DAY
        return await self._store.write(
            lambda session: rechecks.claim(session, self._now(), limit=limit, lease=LEASE, per_day=per_day)
        )

    async def look(self, look: Recheck) -> Rechecked:
        """Asks for one page, and stores what comes of it. Only a StoreError is raised."""
        memory = await self._store.read(feeds.memory, look.feed)
        feed = replace(self._feed(look.feed), memory=memory)
        post = await self._store.read(_standing, look)
        if post is None or not (feed.recheck and feed.extract) or look.entry.url is None:
            await self._store.write(rechecks.drop, look.feed, [look.entry.key])
            return _done(look, "void", "it is not looked at any more")
        try:
            response = await self._ask(look, feed)
        except FetchError as error:
            done = await self._failed(look, feed, error)
        else:
            done = await self._answered(look, feed, post, response)
        await self._store.write(_block, self._client.hosts.blocked())
        return done

    async def _ask(self, look: Recheck, feed: Feed) -> Response:
        return await self._client.get(
            look.entry.url or "",
            purpose=Purpose.PAGE,
            etag=look.page.etag,
            last_modified=look.page.last_modified,
            validators_url=look.page.url,
            allow_hosts=feed.allow_hosts,
        )

    async def _answered(self, look: Recheck, feed: Feed, post: Post, response: Response) -> Rechecked:
        if response.not_modified:
            # A 304 may bring new validators, and what it does not bring stays (RFC 9110, 15.4.5).
            etag, date = response.header("etag"), response.header("last-modified")
            page = replace(look.page, etag=etag or look.page.etag, last_modified=date or look.page.last_modified)
            return await self._store.write(_there, look, feed, page, "304 not modified", self._now())
        if recheck.elsewhere(look.entry.url or "", response.url):
            reason = f"it leads to the front page of {response.url}"
            return await self._store.write(_there, look, feed, look.page, reason, self._now())
        known = (await self._store.read(entries.known, feed.name, [look.entry.key], ()))[look.entry.key]
        why = _step(look, "changed", "its page is looked at once more", self._now())
        wanted = Wanted(
            entry=look.entry, known=known, why=why, content_hash=known.content_hash, page=response, cause="page"
        )
        taken = await self._taker.take(feed, wanted)
        return await self._store.write(_took, look, feed, post, taken, self._now())

    async def _failed(self, look: Recheck, feed: Feed, error: FetchError) -> Rechecked:
        answer, now = recheck.of_error(error), self._now()
        if answer is Answer.UNKNOWN:
            return await self._store.write(_put_off, look, feed, look.missing_at, str(error), now)
        if answer is Answer.MISSING and (look.missing_at is None or now - look.missing_at < recheck.CONFIRM):
            return await self._store.write(_missing, look, str(error), now)
        fault = await self._fault(look, feed)
        return await self._store.write(_withdrawn, look, feed, SIGNS[answer], str(error), fault, now)

    async def _fault(self, look: Recheck, feed: Feed) -> str:
        """Why a withdrawal is not believed: other pages of the site are gone as well; empty where none speaks so."""
        asked = 0
        for other in await self._store.read(rechecks.others, look, recheck.CONTROLS):
            await self._store.write(rechecks.count, other.page.domain, self._now())
            try:
                await self._ask(other, feed)
            except FetchError as error:
                asked += recheck.of_error(error) is not Answer.UNKNOWN
            else:
                return ""
        return f"{asked} other pages of its site that were asked are gone too" if asked else ""


def _standing(session: Session, look: Recheck) -> Post | None:
    """The published post that the look is for."""
    line = _line(session, look)
    return withdrawal.own_post(session, line) if line is not None and line.outcome not in retractions.OVER else None


def _line(session: Session, look: Recheck) -> EntryLine | None:
    return next(iter(entries.of_keys(session, look.feed, [look.entry.key])), None)


def _there(session: Session, look: Recheck, feed: Feed, page: PageSeen, reason: str, now: datetime) -> Rechecked:
    """The page is there, and says what it said before."""
    if not rechecks.stands(session, look):
        return _done(look, "void", "it was withdrawn or taken anew meanwhile")
    _unheld(session, look, now)
    planned = recheck.plan(feed.recheck, look.since, now, validators=page.validated)
    if planned.at is None:
        rechecks.drop(session, look.feed, [look.entry.key])
    else:
        rechecks.plan(session, look.feed, look.entry, page, since=look.since, at=planned.at)
    return _done(look, "same", reason)


def _took(session: Session, look: Recheck, feed: Feed, post: Post, taken: Taken, now: datetime) -> Rechecked:
    """The page was read anew: the post follows it, if it still is that article."""
    page, line = taken.page or look.page, _line(session, look)
    shown = taken.article.text if taken.article else ""
    outcome, reason = "changed", "its page has changed"
    if not taken.unchanged and not recheck.same_article(text.plain(post.body), shown):
        taken = _kept_back(taken, post, "its page shows another text: the post stays as it is")
    revision = taken.revision
    if taken.unchanged:
        outcome, reason = "same", "its page says what it said before"
    if revision is not None and revision.outcome is Update.KEPT_BACK:
        outcome, reason = "kept back", revision.reason
    done = _there(session, look, feed, page, reason, now)
    if done.outcome == "void":
        return done
    if outcome != "same":
        save(session, [replace(taken, page=None)], feed, now)  # the next look is planned
    elif taken.marked and line is not None:
        retractions.follow(session, feed, line, Sign.MARKED, taken.marked, now)
    if taken.marked and outcome != "changed":
        outcome, reason = "withdrawn", taken.marked
    return replace(done, outcome=outcome, reason=reason)


def _kept_back(taken: Taken, post: Post, reason: str) -> Taken:
    """What was taken, with the post left as it is."""
    revision = taken.revision and replace(taken.revision, outcome=Update.KEPT_BACK, reason=reason)
    return replace(taken, unchanged=True, post=post, revision=revision)


def _put_off(
    session: Session, look: Recheck, feed: Feed, missing_at: datetime | None, reason: str, now: datetime
) -> Rechecked:
    if rechecks.stands(session, look):
        planned = recheck.plan(feed.recheck, look.since, now, validators=look.page.validated)
        if planned.at is None:
            rechecks.drop(session, look.feed, [look.entry.key])
        else:
            rechecks.put_off(session, look, planned.at, missing_at)
    return _done(look, "put off", reason)


def _missing(session: Session, look: Recheck, reason: str, now: datetime) -> Rechecked:
    """Not found for the first time: that is asked again before it counts."""
    if rechecks.stands(session, look):
        first = look.missing_at or now
        rechecks.put_off(session, look, first + recheck.CONFIRM, first)
        said = f"{reason}; asked once more in a day before that counts"
        journal.write(session, [_step(look, "missing", said, now)])
    return _done(look, "put off", reason)


def _withdrawn(
    session: Session, look: Recheck, feed: Feed, sign: Sign, reason: str, fault: str, now: datetime
) -> Rechecked:
    """Follows a withdrawal, unless other pages are gone as well: then it is held for a person."""
    line = _line(session, look)
    if line is None or not rechecks.stands(session, look):
        return _done(look, "void", "it was withdrawn or taken anew meanwhile")
    said = f"its page answers {reason}" + (", again after a day" if sign is Sign.MISSING else "")
    recent = seen.count(session, look.feed, SIGNS.values(), now - RECENT, but=look.entry.key)
    if not fault and retraction.too_many(sign, recent + 1, rechecks.watched(session, look.feed) + recent):
        fault = f"{recent} other articles of the feed seem withdrawn within a week"
    if not fault:
        rechecks.drop(session, look.feed, [look.entry.key])
        retractions.follow(session, feed, line, sign, said, now)
        return _done(look, "withdrawn", said)
    before = seen.of_entry(session, look.feed, look.entry.key)
    if before is None:
        retractions.hold(session, [line], sign, {line.key: f"{said}; {fault}"}, now)
    if before is not None and before.handling is not Handling.HELD:
        rechecks.drop(session, look.feed, [look.entry.key])  # it was decided before, and stays so
        return _done(look, "void", before.reason)
    if feed.recheck and now >= look.since + feed.recheck[-1] + recheck.CONFIRM:
        rechecks.drop(session, look.feed, [look.entry.key])
    else:
        rechecks.put_off(session, look, now + recheck.CONFIRM, look.missing_at or now)
    return _done(look, "same" if before else "held", f"{said}; {fault}")


def _unheld(session: Session, look: Recheck, now: datetime) -> None:
    """What was held because the page was gone is not any more: it is back."""
    before = seen.of_entry(session, look.feed, look.entry.key)
    if before is not None and before.handling is Handling.HELD and before.sign in SIGNS.values():
        seen.drop(session, look.feed, look.entry.key)
        journal.write(session, [_step(look, "there", "its page is back", now)])


def _block(session: Session, blocked: dict[str, datetime]) -> None:
    for domain, until in blocked.items():
        hosts.block(session, domain, until)


def _done(look: Recheck, outcome: str, reason: str) -> Rechecked:
    return Rechecked(feed=look.feed, title=look.entry.title, outcome=outcome, reason=reason)


def _step(look: Recheck, outcome: str, reason: str, now: datetime) -> Step:
    return Step(at=now, feed=look.feed, entry_key=look.entry.key, step="recheck", outcome=outcome, reason=reason)
