"""robots.txt: asked for pages and pictures only, once a day, and obeyed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from counting import growth
from fakes import Answer, ScriptedWeb
from hostile import ROBOTS

from aggregator.config import FetchSettings
from aggregator.errors import FetchError, RefusedError, UnreachableError
from aggregator.fetch import Client, Hosts, Purpose, robots

LOCAL = FetchSettings.model_validate({"allow_networks": ["127.0.0.1/32"], "host_pause": "0s"})
HOUR = timedelta(hours=1)


class Clock:
    def __init__(self) -> None:
        self.time = datetime(2026, 3, 4, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def client(clock: Clock) -> AsyncIterator[Client]:
    async with Client(LOCAL, contact="", now=clock) as client:
        yield client


async def allowed(client: Client, url: str, purpose: Purpose = Purpose.PAGE) -> bool:
    try:
        await client.get(url, purpose=purpose)
    except (RefusedError, UnreachableError):
        return False
    return True


@pytest.mark.parametrize(
    ("purpose", "asked"),
    [(Purpose.FEED, 0), (Purpose.PROBE, 0), (Purpose.PAGE, 1), (Purpose.IMAGE, 1)],
)
async def test_robots_are_asked_for_pages_and_pictures_only(
    web: ScriptedWeb, client: Client, purpose: Purpose, asked: int
) -> None:
    web.route("/x", "x")
    web.route("/robots.txt", "User-agent: *\nDisallow: /")
    assert await allowed(client, web.url("/x"), purpose) is not bool(asked)
    assert web.count("/robots.txt") == asked
    assert web.count("/x") == 1 - asked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("<html>not found</html>", True),
        ("User-agent: *\nDisallow: /", False),
        ("\ufeffUser-agent: *\r\nDisallow: /a\r\n", False),
        ("User-agent: *\nDisallow: /a/\nAllow: /a/b", True),
        ("User-agent: *\nDisallow: /*?print=", True),
        ("User-agent: *\nDisallow: /*?x=", False),
        ("User-agent: Wirecopy\nDisallow: /\n\nUser-agent: *\nAllow: /", False),
        ("user-agent: WIRECOPY/1.0\ndisallow: /", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: wirecopy\nAllow: /", True),
        ("User-agent: otherbot\nDisallow: /", True),
        ("User-agent: Wirecopybot\nDisallow: /", True),
        ("User-agent: wire\nDisallow: /", True),
        ("User-agent: a\nUser-agent: wirecopy\nUser-agent: b\nDisallow: /", False),
        ("User-agent: a\nDisallow: /\nUser-agent: b\nDisallow: /a\n\nUser-agent: *\nAllow: /", True),
    ],
)
async def test_the_rules_for_us_are_obeyed(web: ScriptedWeb, client: Client, text: str, expected: bool) -> None:
    web.route("/robots.txt", text)
    web.route("/a/b", "x")
    assert await allowed(client, web.url("/a/b?x=1")) is expected
    assert web.count("/a/b") == int(expected)


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        (Answer(status=404), None),
        (Answer(status=401), None),
        (Answer(status=403), None),
        (Answer(status=410), None),
        (Answer(status=500), UnreachableError),
        (Answer(status=503), UnreachableError),
        (Answer(status=429), UnreachableError),
        (Answer(raw=b""), UnreachableError),
        (Answer(body="User-agent: *\nDisallow: /", cut=5), UnreachableError),
        (Answer(status=302, headers={"Location": "/other.txt"}), RefusedError),
        (Answer(status=302, headers={"Location": "/loop"}), None),
        (Answer(status=302, headers={"Location": "http://127.0.0.2/robots.txt"}), RefusedError),
    ],
    ids=["404", "401", "403", "410", "500", "503", "429", "nothing", "cut", "elsewhere", "a circle", "inside"],
)
async def test_what_is_no_rules_means_yes_or_no_or_later(
    web: ScriptedWeb, client: Client, answer: Answer, refusal: type[FetchError] | None
) -> None:
    web.route("/robots.txt", answer)
    web.route("/other.txt", "User-agent: *\nDisallow: /a")
    web.redirect("/loop", "/loop")
    web.route("/a", "x")
    with pytest.raises(refusal) if refusal else nullcontext():
        await client.get(web.url("/a"), purpose=Purpose.PAGE)


async def test_rules_are_kept_for_a_day(web: ScriptedWeb, client: Client, clock: Clock) -> None:
    web.route("/robots.txt", "User-agent: *\nDisallow: /no")
    for hours, asked in ((0, 1), (23, 1), (24, 2), (47, 2), (48, 3)):
        clock.time = datetime(2026, 3, 4, tzinfo=UTC) + hours * HOUR
        assert not await allowed(client, web.url("/no"))
        assert web.count("/robots.txt") == asked


async def test_a_failure_is_kept_for_a_short_time(web: ScriptedWeb, client: Client, clock: Clock) -> None:
    web.route("/a", "x")
    web.script("/robots.txt", Answer(status=500), Answer(body=""))
    assert not await allowed(client, web.url("/a"))
    assert not await allowed(client, web.url("/a"))
    assert web.count("/robots.txt") == 1
    clock.time += timedelta(minutes=5)  # sooner than the first second look at a page
    assert await allowed(client, web.url("/a"))


async def test_a_clock_set_back_does_not_keep_rules_for_ever(web: ScriptedWeb, client: Client, clock: Clock) -> None:
    web.route("/robots.txt", "User-agent: *\nDisallow: /")
    assert not await allowed(client, web.url("/a"))
    web.route("/robots.txt", "")
    web.route("/a", "x")
    clock.time -= 9000 * HOUR
    assert await allowed(client, web.url("/a"))


async def test_many_questions_at_once_make_one_request(web: ScriptedWeb, client: Client) -> None:
    web.route("/a", "x")
    web.route("/robots.txt", Answer(body="", delay=0.02))
    assert all(await asyncio.gather(*(allowed(client, web.url("/a")) for _ in range(9))))
    assert web.count("/robots.txt") == 1
    assert client._robots._asking == {}


async def test_who_is_called_off_leaves_the_question_to_the_others(web: ScriptedWeb, client: Client) -> None:
    web.route("/a", "x")
    web.route("/robots.txt", Answer(body="", delay=0.03))
    first = asyncio.create_task(allowed(client, web.url("/a")))
    second = asyncio.create_task(allowed(client, web.url("/a")))
    while not web.requests:
        await asyncio.sleep(0)
    first.cancel()
    assert await second


async def test_every_hop_of_a_page_is_asked_about(web: ScriptedWeb, client: Client) -> None:
    web.route("/robots.txt", "User-agent: *\nDisallow: /private")
    web.redirect("/go", "/private/x")
    assert not await allowed(client, web.url("/go"))
    assert web.count("/private/x") == 0


async def test_robots_can_be_switched_off(web: ScriptedWeb, clock: Clock) -> None:
    web.route("/a", "x")
    async with Client(LOCAL.model_copy(update={"robots": False}), contact="", now=clock) as client:
        assert await allowed(client, web.url("/a"))
    assert web.paths == ["/a"]


async def test_endless_rules_are_read_up_to_the_cap(web: ScriptedWeb, client: Client) -> None:
    web.route("/robots.txt", Answer(body="User-agent: *\nDisallow: /no\n" + "# more\n" * 9000, endless=True))
    web.route("/a", "x")
    assert await allowed(client, web.url("/a"))
    assert not await allowed(client, web.url("/no"))


@pytest.mark.parametrize("name", ROBOTS)
def test_hostile_rules_of_twice_the_size_make_at_most_twice_the_work(name: str) -> None:
    def ask(size: int) -> None:
        robots.parse(ROBOTS[name](size).encode()).can_fetch("/" + "a" * size, robots.PRODUCT)

    assert growth(ask, 400) < 2.3


def test_rules_beyond_the_cap_are_not_read() -> None:
    def ask(size: int) -> None:
        robots.parse(("Disallow: /a\n" * size).encode())

    assert growth(ask, robots.MAX_LINES) < 1.1


async def test_a_crawl_delay_spaces_requests(web: ScriptedWeb, clock: Clock) -> None:
    seconds = [1000.0]
    pauses: list[float] = []

    async def sleep(pause: float) -> None:
        pauses.append(pause)
        seconds[0] += pause

    web.route("/robots.txt", "User-agent: *\nCrawl-delay: 7")
    web.route("/a", "x")
    hosts = Hosts(LOCAL, now=clock, clock=lambda: seconds[0], sleep=sleep)
    async with Client(LOCAL, contact="", now=clock, hosts=hosts) as client:
        await client.get(web.url("/a"), purpose=Purpose.PAGE)
        await client.get(web.url("/a"), purpose=Purpose.PAGE)
    assert pauses == [7]
