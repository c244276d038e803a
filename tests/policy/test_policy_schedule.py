"""When feeds are asked again, and what is remembered in between."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.config import FetchSettings
from aggregator.errors import (
    AggregatorError,
    BusyError,
    GoneError,
    ParseError,
    RefusedError,
    TooLargeError,
    UnreachableError,
)
from aggregator.policy import schedule
from aggregator.types import Every, Feed, FeedMemory, Hop, Parsed, Response

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)  # a Wednesday
HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
URL = "https://news.example/feed"
SETTINGS = FetchSettings()
EARLIER = NOW - 30 * DAY


def feed(memory: FeedMemory, *, every: Every | timedelta = HOUR, url: str = URL) -> Feed:
    return Feed(
        name="news", url=url, every=Every(interval=every) if isinstance(every, timedelta) else every, memory=memory
    )


def well(**facts: object) -> FeedMemory:
    """The memory of a feed that just answered."""
    facts = {"last_fetch_at": NOW, "last_success_at": NOW, "subscribed_at": EARLIER} | facts
    return FeedMemory(**facts)  # type: ignore[arg-type]


def due(asked: Feed, *, now: datetime = NOW, jitter: float = 0.0, settings: FetchSettings = SETTINGS) -> timedelta:
    return schedule.next_fetch(asked, now, settings, jitter=jitter)[0] - NOW


def ok(body: bytes = b"<rss/>", *, at: datetime = NOW, **facts: object) -> Response:
    headers = tuple((name, str(value)) for name, value in facts.pop("headers", {}).items())  # type: ignore[attr-defined]
    facts = {"url": URL, "requested_url": URL, "status": 200} | facts
    return Response(headers=headers, body=body, fetched_at=at, **facts)  # type: ignore[arg-type]


def unchanged(**facts: object) -> Response:
    return ok(b"", **{"status": 304, "not_modified": True} | facts)


def busy(status: int | None = 429, wait: timedelta | None = None) -> BusyError:
    return BusyError(URL, "busy", status=status, retry_after=wait)


class TestWell:
    def test_a_feed_that_was_never_asked_is_due_now(self) -> None:
        assert due(feed(FeedMemory())) == timedelta()

    @pytest.mark.parametrize(
        ("every", "memory", "expected"),
        [
            (HOUR, {}, HOUR),
            (MINUTE, {}, 15 * MINUTE),  # the floor
            (30 * DAY, {}, 30 * DAY),  # the owner's own wish may be beyond the ceiling
            (HOUR, {"fresh_until": NOW + 5 * HOUR}, 5 * HOUR),
            (HOUR, {"fresh_until": NOW + 5 * MINUTE}, HOUR),
            (HOUR, {"fresh_until": NOW + 3650 * DAY}, 7 * DAY),  # the ceiling
            (HOUR, {"ttl": 3 * HOUR}, 3 * HOUR),
            (HOUR, {"ttl": MINUTE}, HOUR),
            (HOUR, {"update_period": 12 * HOUR}, 12 * HOUR),
            (HOUR, {"update_period": 365 * DAY}, DAY),
            (HOUR, {"ttl": 12 * HOUR, "fresh_until": NOW + 2 * HOUR}, 2 * HOUR),  # HTTP knows better
            (Every(auto=True), {}, HOUR),
            (Every(auto=True), {"update_period": 6 * HOUR}, 6 * HOUR),
            (Every(auto=True), {"last_modified": "Tue, 03 Mar 2026 05:06:07 GMT"}, 0.1 * DAY),
            (Every(auto=True), {"last_modified": "Wed, 04 Mar 2026 05:00:00 GMT"}, 30 * MINUTE),
            (Every(auto=True), {"last_modified": "Tue, 03 Mar 2020 05:06:07 GMT"}, DAY),
            (Every(auto=True), {"last_modified": "yesterday"}, HOUR),
            (Every(auto=True), {"last_modified": "Tue, 03 Mar 2030 05:06:07 GMT"}, HOUR),
            (Every(cron="0 6 * * *"), {}, timedelta(minutes=53, seconds=53)),
            (Every(cron="10 5 * * *"), {}, DAY + timedelta(minutes=3, seconds=53)),  # nearer than the floor
            (Every(cron="0 * * * *"), {"fresh_until": NOW + 3 * HOUR}, 3 * HOUR + timedelta(minutes=53, seconds=53)),
            (Every(cron="0 0 29 2 *"), {}, datetime(2028, 2, 29, tzinfo=UTC) - NOW),
        ],
    )
    def test_the_wait_is_what_owner_and_server_want(
        self, every: Every | timedelta, memory: dict[str, object], expected: timedelta
    ) -> None:
        assert due(feed(well(**memory), every=every)) == expected

    @pytest.mark.parametrize("jitter", [0.0, 0.5, 0.999])
    def test_jitter_only_lengthens_and_by_a_tenth_at_most(self, jitter: float) -> None:
        assert due(feed(well()), jitter=jitter) == HOUR * (1 + 0.1 * jitter)
        assert due(feed(well(fresh_until=NOW + 5 * HOUR)), jitter=jitter) >= 5 * HOUR

    def test_the_reason_is_told(self) -> None:
        asked = feed(well(fresh_until=NOW + 5 * HOUR))
        assert schedule.next_fetch(asked, NOW, SETTINGS, jitter=0)[1] == "its answer is good for 5 h"
        assert schedule.next_fetch(feed(well()), NOW, SETTINGS, jitter=0)[1] == "every 1 h"

    def test_feeds_subscribed_together_are_spread_over_their_interval(self) -> None:
        first = feed(well(subscribed_at=NOW))
        minutes = Counter(due(first, jitter=n / 1000) // MINUTE for n in range(1000))
        assert min(minutes) >= 60
        assert len(minutes) == 60
        assert max(minutes.values()) <= 18

    def test_the_time_counts_from_the_last_answer(self) -> None:
        assert due(feed(well()), now=NOW + 50 * MINUTE) == HOUR
        assert due(feed(well()), now=NOW + 3 * HOUR) == 3 * HOUR

    @pytest.mark.parametrize("jump", [-400 * DAY, 400 * DAY])
    def test_a_clock_that_jumps_neither_stops_nor_hurries_a_feed(self, jump: timedelta) -> None:
        asked = feed(well(fresh_until=NOW + 2 * HOUR))
        later = NOW + jump
        at, _ = schedule.next_fetch(asked, later, SETTINGS, jitter=0)
        assert later <= at <= later + 7 * DAY

    @pytest.mark.parametrize(
        ("url", "allowed", "expected"),
        [
            ("https://news.example/feed", [], 5 * MINUTE),
            ("http://10.0.0.1/feed", ["10.0.0.0/8"], MINUTE),
            ("http://[fd00::1]/feed", ["fd00::/8"], MINUTE),
            ("http://10.0.0.1/feed", ["192.168.0.0/16"], 5 * MINUTE),
            ("http://localhost:8080/feed", ["127.0.0.0/8"], MINUTE),
            ("https://news.example/feed", ["0.0.0.0/0"], 5 * MINUTE),
        ],
    )
    def test_less_than_five_minutes_is_for_ones_own_network(
        self, url: str, allowed: list[str], expected: timedelta
    ) -> None:
        settings = FetchSettings.model_validate({"allow_networks": allowed}).model_copy(update={"floor": MINUTE})
        assert due(feed(well(), every=MINUTE, url=url), settings=settings) == expected

    @pytest.mark.parametrize(
        ("memory", "expected"),
        [
            ({"skip_hours": (6,)}, datetime(2026, 3, 4, 7, tzinfo=UTC)),
            ({"skip_hours": (6, 7, 8, 30)}, datetime(2026, 3, 4, 9, tzinfo=UTC)),  # 30 is 6 again
            ({"skip_hours": (5,)}, NOW + HOUR),
            ({"skip_days": (2,)}, datetime(2026, 3, 5, tzinfo=UTC)),
            ({"skip_days": (2, 3), "skip_hours": (0,)}, datetime(2026, 3, 6, 1, tzinfo=UTC)),
            ({"skip_hours": tuple(range(24))}, NOW + HOUR),
            ({"skip_days": tuple(range(7))}, NOW + HOUR),
        ],
    )
    def test_hours_and_days_that_the_feed_skips_are_skipped(
        self, memory: dict[str, object], expected: datetime
    ) -> None:
        assert due(feed(well(**memory))) == expected - NOW
        assert NOW + due(feed(well(**memory)), jitter=0.99) > expected
        assert NOW + due(feed(well(**memory)), jitter=0.99) <= expected + 10 * MINUTE


class TestFailing:
    @pytest.mark.parametrize(
        "error",
        [
            UnreachableError(URL, "500", status=500),
            RefusedError(URL, "404", status=404),
            TooLargeError(URL, "too large"),
            ParseError("no feed"),
            busy(503),
        ],
    )
    def test_waits_grow_with_each_failure_up_to_the_ceiling(self, error: AggregatorError) -> None:
        memory, waits = well(), []
        for _ in range(12):
            memory = schedule.after_failure(memory, error, NOW)
            waits.append((due(feed(memory)), due(feed(memory), jitter=0.999)))
        assert waits[0][0] == HOUR
        for (least, _), (_, most) in zip(waits[1:], waits, strict=False):
            assert least >= 1.5 * most or least == 7 * DAY
        assert waits[-1] == (7 * DAY, 7 * DAY)
        assert memory.failures == 12
        assert memory.last_error == str(error)

    def test_a_daily_feed_is_tried_again_after_an_hour(self) -> None:
        memory = schedule.after_failure(well(), UnreachableError(URL, "timeout"), NOW)
        assert due(feed(memory, every=DAY)) == HOUR

    def test_a_cron_feed_is_tried_again_at_one_of_its_times(self) -> None:
        memory = schedule.after_failure(well(), UnreachableError(URL, "timeout"), NOW)
        assert NOW + due(feed(memory, every=Every(cron="*/10 * * * *"))) == datetime(2026, 3, 4, 5, 30, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("error", "expected"),
        [
            (RefusedError(URL, "401", status=401), 4 * HOUR),
            (RefusedError(URL, "403", status=403), 4 * HOUR),
            (busy(429, 3 * HOUR), 3 * HOUR),
            (busy(503, 3 * HOUR), 3 * HOUR),
            (busy(429, timedelta(seconds=1)), 15 * MINUTE),
            (busy(429, timedelta(seconds=-1)), 15 * MINUTE),
            (busy(429, 400 * DAY), 7 * DAY),
            (busy(429), HOUR),
            (busy(None, 2 * HOUR), 2 * HOUR),
        ],
    )
    def test_the_error_sets_a_least_wait(self, error: AggregatorError, expected: timedelta) -> None:
        memory = schedule.after_failure(well(), error, NOW)
        assert due(feed(memory, every=15 * MINUTE)) == expected
        assert due(feed(memory, every=15 * MINUTE), jitter=0.9) >= expected

    def test_retry_after_is_kept_whatever_the_ceiling(self) -> None:
        memory = schedule.after_failure(well(), busy(429, 5 * DAY), NOW)
        assert due(feed(memory), settings=SETTINGS.model_copy(update={"ceiling": DAY})) == 5 * DAY

    def test_too_many_without_a_time_doubles(self) -> None:
        memory, waits = well(), []
        for _ in range(4):
            memory = schedule.after_failure(memory, busy(429), NOW)
            waits.append(due(feed(memory, every=15 * MINUTE)))
        assert waits == [HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR]

    def test_a_block_by_another_feed_is_no_failure_of_this_one(self) -> None:
        memory = schedule.after_failure(well(), busy(None, 2 * HOUR), NOW + HOUR)
        assert (memory.failures, memory.last_fetch_at) == (0, NOW)
        assert due(feed(memory), now=NOW + HOUR) == 3 * HOUR

    def test_gone_is_never_asked_again(self) -> None:
        memory = schedule.after_failure(well(), GoneError(URL, "410", status=410), NOW)
        assert memory.gone_at == NOW
        assert schedule.next_fetch(feed(memory), NOW, SETTINGS, jitter=0)[0] == schedule.NEVER

    def test_one_success_ends_the_ladder(self) -> None:
        memory = well()
        for _ in range(9):
            memory = schedule.after_failure(memory, UnreachableError(URL, "timeout"), NOW)
        memory = schedule.after_success(memory, ok(), Parsed(), NOW)
        assert (memory.failures, memory.last_error) == (0, "")
        assert due(feed(memory)) == HOUR

    def test_validators_survive_a_failure(self) -> None:
        memory = well(etag='"1"', last_modified="then", body_hash="ab", validators_url=URL)
        after = schedule.after_failure(memory, UnreachableError(URL, "500", status=500), NOW)
        assert (after.etag, after.last_modified, after.body_hash, after.validators_url) == ('"1"', "then", "ab", URL)


class TestRemembering:
    @pytest.mark.parametrize(
        ("response", "etag", "modified"),
        [
            (ok(headers={"etag": 'W/"2"', "last-modified": "whenever"}), 'W/"2"', "whenever"),
            (ok(headers={"etag": "2-gzip"}), "2-gzip", None),
            (ok(headers={"last-modified": "Wed, 21 Oct 2015 07:28:00 +0200"}), None, "Wed, 21 Oct 2015 07:28:00 +0200"),
            (ok(), None, None),
            (ok(headers={"etag": "x" * 5000}), None, None),
            (unchanged(), '"1"', "then"),
            (unchanged(headers={"etag": '"2"'}), '"2"', "then"),
            (unchanged(headers={"last-modified": "now"}), '"1"', "now"),
        ],
    )
    def test_validators_are_kept_as_they_came(self, response: Response, etag: str | None, modified: str | None) -> None:
        before = well(etag='"1"', last_modified="then", validators_url=URL, body_hash="ab")
        memory = schedule.after_success(before, response, None, NOW)
        assert (memory.etag, memory.last_modified) == (etag, modified)

    def test_the_validators_belong_to_the_final_address(self) -> None:
        memory = schedule.after_success(well(), ok(url="https://cdn.example/f"), Parsed(), NOW)
        assert memory.validators_url == "https://cdn.example/f"

    def test_the_same_bytes_are_recognised(self) -> None:
        memory = schedule.after_success(well(), ok(b"<rss/>"), Parsed(), NOW)
        assert schedule.same_body(memory, ok(b"<rss/>"))
        assert not schedule.same_body(memory, ok(b"<rss />"))
        assert not schedule.same_body(FeedMemory(), ok(b""))
        assert schedule.after_success(memory, unchanged(), None, NOW).body_hash == memory.body_hash

    @pytest.mark.parametrize(
        ("second", "expected"),
        [
            (unchanged(), 3 * HOUR),
            (unchanged(fresh_for=2 * HOUR), 2 * HOUR),
            (unchanged(fresh_for=timedelta()), None),
            (ok(), None),
        ],
    )
    def test_freshness_lives_on_over_a_bare_304(self, second: Response, expected: timedelta | None) -> None:
        memory = schedule.after_success(well(), ok(fresh_for=3 * HOUR), Parsed(), NOW)
        assert (memory.freshness, memory.fresh_until) == (3 * HOUR, NOW + 3 * HOUR)
        later = NOW + 4 * HOUR
        memory = schedule.after_success(memory, replace(second, fetched_at=later), None, later)
        assert memory.freshness == expected
        assert memory.fresh_until == (later + expected if expected else None)

    def test_freshness_lives_on_over_a_failure(self) -> None:
        memory = schedule.after_success(well(), ok(fresh_for=3 * HOUR), Parsed(), NOW)
        memory = schedule.after_failure(memory, UnreachableError(URL, "timeout"), NOW + 3 * HOUR)
        memory = schedule.after_success(memory, unchanged(at=NOW + 4 * HOUR), None, NOW + 4 * HOUR)
        assert memory.fresh_until == NOW + 7 * HOUR

    def test_what_the_document_says_is_taken_over(self) -> None:
        parsed = Parsed(
            title="News", site_url="https://news.example/", hub_url="https://hub.example/", language="en", rights="CC",
            image_url="https://news.example/i.png", ttl=HOUR, update_period=DAY, skip_hours=(1,), skip_days=(6,),
        )  # fmt: skip
        memory = schedule.after_success(FeedMemory(), ok(), parsed, NOW)
        same = (
            "title",
            "site_url",
            "hub_url",
            "language",
            "rights",
            "image_url",
            "ttl",
            "update_period",
            "skip_hours",
            "skip_days",
        )
        assert {name: getattr(memory, name) for name in same} == {name: getattr(parsed, name) for name in same}
        assert memory.subscribed_at == memory.last_success_at == NOW
        assert schedule.after_success(memory, unchanged(), None, NOW + HOUR).title == "News"
        assert schedule.after_success(memory, unchanged(), None, NOW + HOUR).subscribed_at == NOW


class TestMoving:
    NEW = "https://new.example/feed"

    def answers(self, *hops: tuple[int, str], days: float, times: int, asked: str = URL) -> FeedMemory:
        """The memory after so many answers, evenly over so many days."""
        memory = FeedMemory()
        way = tuple(Hop(status=status, url=url) for status, url in hops)
        for n in range(times):
            at = NOW + days * DAY * n / max(times - 1, 1)
            memory = schedule.after_success(memory, ok(at=at, url=way[-1].url, requested_url=asked, hops=way), None, at)
        return memory

    @pytest.mark.parametrize(
        ("hops", "days", "times", "adopted"),
        [
            ([(301, NEW)], 7, 3, True),
            ([(308, NEW)], 7, 200, True),
            ([(301, NEW)], 6.9, 200, False),
            ([(301, NEW)], 30, 2, False),
            ([(302, NEW)], 30, 100, False),
            ([(307, NEW)], 30, 100, False),
        ],
    )
    def test_a_permanent_redirect_is_believed_when_it_has_held(
        self, hops: list[tuple[int, str]], days: float, times: int, adopted: bool
    ) -> None:
        memory = self.answers(*hops, days=days, times=times)
        assert memory.moved_adopted is adopted
        later = NOW + 400 * DAY
        assert schedule.address(feed(memory), later) == (self.NEW if adopted else URL)

    def test_a_permanent_redirect_is_taken_at_once_and_confirmed_once_a_day(self) -> None:
        memory, asked = FeedMemory(), []
        for hours in range(0, 24 * 9, 3):
            at = NOW + hours * HOUR
            asked.append(schedule.address(feed(memory), at))
            hops = (Hop(status=301, url=self.NEW),) if asked[-1] == URL else ()
            memory = schedule.after_success(
                memory, ok(at=at, url=self.NEW, requested_url=asked[-1], hops=hops), None, at
            )
        assert asked[:3] == [URL, self.NEW, self.NEW]
        assert asked.count(URL) == 8  # the first time, and on each of the seven days that it is watched
        assert memory.moved_adopted

    def test_the_old_address_is_asked_again_when_the_new_one_fails(self) -> None:
        memory = self.answers((301, self.NEW), days=0, times=1)
        assert schedule.address(feed(memory), NOW + HOUR) == self.NEW
        failed = schedule.after_failure(memory, RefusedError(self.NEW, "404", status=404), NOW + HOUR)
        assert schedule.address(feed(failed), NOW + 2 * HOUR) == URL

    def test_a_temporary_redirect_is_asked_anew_each_time(self) -> None:
        assert schedule.address(feed(self.answers((302, self.NEW), days=1, times=9)), NOW + DAY) == URL

    def test_a_temporary_hop_ends_what_is_believed(self) -> None:
        memory = self.answers(
            (301, self.NEW), (302, "https://tmp.example/"), (301, "https://x.example/"), days=8, times=5
        )
        assert memory.moved_url == self.NEW

    def test_a_redirect_that_changes_or_pauses_starts_anew(self) -> None:
        memory = self.answers((301, self.NEW), days=6, times=9)
        changed = schedule.after_success(
            memory, ok(hops=(Hop(status=301, url="https://other.example/"),)), None, NOW + 8 * DAY
        )
        assert (changed.moved_count, changed.moved_adopted) == (1, False)
        paused = schedule.after_success(memory, ok(), None, NOW + 8 * DAY)
        assert (paused.moved_url, paused.moved_count) == (None, 0)

    @pytest.mark.parametrize(
        ("old", "new", "at_once"),
        [
            ("http://news.example/feed", "https://news.example/feed", True),
            ("http://news.example", "https://news.example/", True),
            ("http://news.example:80/feed?a", "https://news.example:443/feed?a", True),
            ("http://news.example/feed", "https://www.news.example/feed", False),
            ("http://news.example/feed", "https://news.example/rss", False),
            ("https://news.example/feed", "http://news.example/feed", False),
            ("http://news.example:8080/feed", "https://news.example/feed", False),
        ],
    )
    def test_https_of_the_same_address_is_believed_at_once(self, old: str, new: str, at_once: bool) -> None:
        assert self.answers((301, new), days=0, times=1, asked=old).moved_adopted is at_once

    def test_an_adopted_address_stays_adopted(self) -> None:
        memory = self.answers((301, self.NEW), days=7, times=3)
        after = schedule.after_success(memory, ok(url=self.NEW, requested_url=self.NEW), None, NOW + 9 * DAY)
        assert (after.moved_url, after.moved_adopted) == (self.NEW, True)


timedeltas = st.timedeltas(min_value=timedelta(seconds=-1), max_value=timedelta(days=4000))
times = st.none() | st.timedeltas(min_value=timedelta(days=-800), max_value=timedelta(days=4000)).map(lambda d: NOW + d)
everys = st.sampled_from([Every(auto=True), Every(cron="*/7 3 * * 1"), Every(interval=MINUTE), Every(interval=DAY)])


@given(
    memory=st.builds(
        FeedMemory,
        last_fetch_at=times,
        fresh_until=times,
        last_success_at=times,
        failures=st.integers(0, 2000),
        ttl=st.none() | timedeltas,
        update_period=st.none() | timedeltas,
        last_modified=st.none() | st.text(max_size=40),
        skip_hours=st.lists(st.integers(-3, 30)).map(tuple),
        skip_days=st.lists(st.integers(-3, 9)).map(tuple),
    ),
    every=everys,
    jitter=st.floats(0, 1, exclude_max=True),
)
def test_the_next_time_is_never_past_and_never_out_of_reach(memory: FeedMemory, every: Every, jitter: float) -> None:
    at, reason = schedule.next_fetch(feed(memory, every=every), NOW, SETTINGS, jitter=jitter)
    assert NOW <= at <= NOW + 24 * DAY  # the ceiling, the next time of the cron line, and a week of skipped days
    assert reason
