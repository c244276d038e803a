"""Webmention: whom it tells of what, when, and how often; and where a page wants to be told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from conformance import NO_MEDIA, TargetConformance
from posting import make_post
from pydantic import ValidationError

from aggregator.errors import BusyError, CostlyError, PublishError, RefusedError, RemovedError, UnreachableError
from aggregator.fetch.transport import guarded
from aggregator.policy import change
from aggregator.targets import Follows, Waits, webmention
from aggregator.targets.webmention import endpoint
from aggregator.types import Post, Publication, Response, Site

PAGE = Path(__file__).parents[2] / "docs" / "targets" / "webmention.md"
SITE = Site(title="The Night Desk", base_url="https://news.example")
NAMING = "<link rel=webmention href=/mentions>"


def answered(url: str, html: str, **headers: str) -> Response:
    fields = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Response(
        url=url, requested_url=url, status=200, headers=fields, body=html.encode(), fetched_at=datetime.now(UTC)
    )


@dataclass
class Blog:
    """The target that is followed, as far as it is asked."""

    held: dict[str, Post] = field(default_factory=dict)
    fail: list[PublishError] = field(default_factory=list)

    async def find(self, post: Post) -> Publication | None:
        if self.fail:
            raise self.fail.pop(0)
        if post.key not in self.held:
            return None
        return Publication(remote_id=post.key, remote_url=page_of(post), pushed_hash=change.revision(post))


def page_of(post: Post) -> str:
    return f"https://news.example/{post.slug}/"


class Originals(httpx.AsyncBaseTransport):
    """The originals' pages and their endpoint, which looks at our page as receivers do."""

    def __init__(self, blog: Blog) -> None:
        self.blog = blog
        self.html = NAMING
        self.asked: list[str] = []
        self.told: list[tuple[str, str, str]] = []  # endpoint, source, target
        self.mentions: dict[str, str] = {}  # post key → what the receiver saw on our page
        self.pages: list[Exception] = []
        self.replies: list[httpx.Response] = []

    async def get(self, url: str) -> Response:
        self.asked.append(url)
        if self.pages:
            raise self.pages.pop(0)
        return answered(url, self.html)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        form = parse_qs((await request.aread()).decode())
        assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
        [source], [target] = form["source"], form["target"]
        self.told.append((str(request.url), source, target))
        if self.replies:
            return self.replies.pop(0)
        for key in [key for key, post in self.blog.held.items() if page_of(post) == source]:
            post = self.blog.held[key]
            self.mentions[key] = f"{post.body} {post.credit.html} {post.canonical_url}"
        for key in [key for key in self.mentions if key not in self.blog.held]:
            del self.mentions[key]  # our page is gone
        return httpx.Response(202)


class Clock:
    """The time, as a test turns it."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 24, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **span: float) -> None:
        self.at += timedelta(**span)


async def read(function: Any, response: Response) -> str | None:
    found = function(response)
    assert found is None or isinstance(found, str)
    return found


def build(folder: Path, originals: Originals, clock: Clock, *, http: Any = None, **options: object) -> Any:
    said = webmention.Options.model_validate({"of": "blog"} | options, context={"folder": folder})
    connect = http or (lambda networks: httpx.AsyncClient(transport=originals))
    target = webmention.build("mentions", said, site=SITE, folder=folder, http=connect)
    target._now = clock
    target.follow(originals.blog, originals.get, read)
    return target


class Both:
    """The blog and its mentions, delivered to as the pipeline does: first the one, then the other."""

    def __init__(self, target: Any, originals: Originals, clock: Clock) -> None:
        self.name = target.name
        self._target, self._originals, self._clock = target, originals, clock

    async def publish(self, post: Post, *, media: Any, previous: Publication | None) -> Publication:
        self._originals.blog.held[post.key] = post
        done: Publication = await self._target.publish(post, media=media, previous=previous)
        return done

    async def find(self, post: Post) -> Publication | None:
        found: Publication | None = await self._target.find(post)
        return found

    async def withdraw(self, post: Post, publication: Publication | None) -> None:
        await self._target.flush()
        self._originals.blog.held.pop(post.key, None)
        await self._target.withdraw(post, publication)

    async def flush(self) -> None:
        for _ in range(5):
            self._clock.forward(minutes=30)
            await self._target.flush()

    async def close(self) -> None:
        await self._target.close()


class TestWebmention(TargetConformance):
    async def build(self, folder: Path) -> Any:
        self.originals, clock = Originals(Blog()), Clock()
        return Both(build(folder, self.originals, clock), self.originals, clock)

    def held(self) -> Mapping[str, str]:
        return self.originals.mentions


@pytest.fixture
def originals() -> Originals:
    return Originals(Blog())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def target(tmp_path: Path, originals: Originals, clock: Clock) -> AsyncIterator[Any]:
    target = build(tmp_path, originals, clock)
    yield target
    await target.close()


async def publish(target: Any, originals: Originals, *posts: Post) -> None:
    for post in posts:
        originals.blog.held[post.key] = post
        await target.publish(post, media=NO_MEDIA, previous=None)


async def later(target: Any, clock: Clock, **span: float) -> None:
    clock.forward(**span)
    await target.flush()


class TestWhatIsTold:
    async def test_the_original_is_told_of_our_page_after_a_while(
        self, target: Any, originals: Originals, clock: Clock
    ) -> None:
        assert isinstance(target, Follows)
        assert isinstance(target, Waits)
        post = make_post(1)
        await publish(target, originals, post)
        await later(target, clock, minutes=9)
        assert (target.due(), originals.asked) == (False, [])
        clock.forward(minutes=1)
        assert target.due()
        await target.flush()
        assert originals.told == [("https://paper.example/mentions", page_of(post), "https://paper.example/story/1")]
        assert not target.due()
        await later(target, clock, days=30)
        assert len(originals.told) == 1

    async def test_a_change_is_told_again_once_for_all_changes_within_the_wait(
        self, target: Any, originals: Originals, clock: Clock
    ) -> None:
        await publish(target, originals, make_post(1))
        await later(target, clock, minutes=10)
        await publish(target, originals, make_post(1, title="New"), make_post(1, title="Newer"))
        await later(target, clock, minutes=10)
        assert len(originals.told) == 2

    async def test_the_same_revision_is_not_told_twice(self, target: Any, originals: Originals, clock: Clock) -> None:
        await publish(target, originals, make_post(1))
        await later(target, clock, minutes=10)
        await publish(target, originals, make_post(1))
        await later(target, clock, minutes=10)
        assert len(originals.told) == 1

    async def test_a_withdrawal_is_told_once_our_page_is_gone(
        self, target: Any, originals: Originals, clock: Clock
    ) -> None:
        post = make_post(1)
        await publish(target, originals, post)
        await later(target, clock, minutes=10)
        await target.withdraw(post, None)
        await later(target, clock, minutes=10)
        assert len(originals.told) == 1  # the blog has it still
        del originals.blog.held[post.key]
        await later(target, clock, minutes=10)
        assert [source for _, source, _ in originals.told] == [page_of(post)] * 2
        assert originals.mentions == {}
        assert len(originals.asked) == 1  # the page need not be there any more

    async def test_a_withdrawal_that_is_undone_is_told(self, target: Any, originals: Originals, clock: Clock) -> None:
        post = make_post(1)
        await publish(target, originals, post)
        await later(target, clock, minutes=10)
        await target.withdraw(post, None)
        await publish(target, originals, post)
        await later(target, clock, minutes=10)
        assert len(originals.told) == 2
        assert list(originals.mentions) == [post.key]

    async def test_what_was_never_told_is_not_taken_back(self, target: Any, originals: Originals, clock: Clock) -> None:
        post = make_post(1)
        await publish(target, originals, post)
        await target.withdraw(post, None)
        originals.blog.held.clear()
        await later(target, clock, days=1)
        assert (originals.asked, originals.told) == ([], [])

    async def test_nobody_is_told_before_the_post_is_on_the_blog(
        self, target: Any, originals: Originals, clock: Clock
    ) -> None:
        await target.publish(make_post(1), media=NO_MEDIA, previous=None)
        await later(target, clock, minutes=10)
        assert originals.asked == []
        originals.blog.held[make_post(1).key] = make_post(1)
        await later(target, clock, minutes=1)
        assert len(originals.told) == 1

    async def test_a_post_that_the_blog_s_owner_threw_away_is_given_up_in_the_end(
        self, target: Any, originals: Originals, clock: Clock
    ) -> None:
        await target.publish(make_post(1), media=NO_MEDIA, previous=None)
        originals.blog.fail = [RemovedError("blog", "in the trash")] * 20
        for _ in range(10):
            await later(target, clock, days=2)
        assert not target.due()
        assert len(originals.blog.fail) == 14

    @pytest.mark.parametrize("url", [None, "https://news.example/an/older/post"])
    async def test_we_do_not_tell_ourselves_nor_nobody(
        self, target: Any, originals: Originals, clock: Clock, url: str | None
    ) -> None:
        await publish(target, originals, make_post(1, canonical_url=url))
        await later(target, clock, minutes=10)
        assert (originals.asked, originals.told) == ([], [])

    async def test_what_is_to_be_told_survives_a_kill(self, tmp_path: Path, originals: Originals, clock: Clock) -> None:
        first = build(tmp_path, originals, clock)
        await publish(first, originals, make_post(1))
        second = build(tmp_path, originals, clock)
        await later(second, clock, minutes=10)
        assert len(originals.told) == 1
        await first.close()
        await second.close()


class TestManners:
    async def test_a_site_without_an_endpoint_is_asked_once_a_week(
        self, target: Any, originals: Originals, clock: Clock
    ) -> None:
        originals.html = "<p>no endpoint here</p>"
        await publish(target, originals, *map(make_post, range(5)))
        await later(target, clock, minutes=10)
        assert len(originals.asked) == 1
        await publish(target, originals, make_post(9))
        await later(target, clock, days=8)
        assert len(originals.asked) == 2
        assert originals.told == []

    async def test_one_host_is_told_one_thing_at_a_time(self, target: Any, originals: Originals, clock: Clock) -> None:
        await publish(target, originals, *map(make_post, range(3)))
        await later(target, clock, minutes=10)
        assert len(originals.told) == 1
        await later(target, clock, seconds=5)
        await later(target, clock, seconds=5)
        assert len(originals.told) == 3
        assert len(originals.asked) == 3

    @pytest.mark.parametrize(
        "error",
        [UnreachableError("u", "no route"), BusyError("u", "429", retry_after=timedelta(seconds=30))],
        ids=["unreachable", "busy"],
    )
    async def test_a_page_that_can_t_be_had_now_is_asked_later(
        self, target: Any, originals: Originals, clock: Clock, error: Exception
    ) -> None:
        originals.pages = [error]
        await publish(target, originals, make_post(1))
        await later(target, clock, minutes=10)
        assert originals.told == []
        await later(target, clock, minutes=1)
        assert len(originals.told) == 1

    async def test_a_page_that_its_robots_txt_forbids_is_left_alone(
        self, target: Any, originals: Originals, clock: Clock
    ) -> None:
        originals.pages = [RefusedError("u", "robots.txt says no")]
        await publish(target, originals, make_post(1))
        await later(target, clock, days=1)
        await later(target, clock, days=1)
        assert (len(originals.asked), originals.told) == (1, [])

    async def test_a_page_that_breaks_its_reader_names_no_endpoint(
        self, target: Any, originals: Originals, clock: Clock
    ) -> None:
        async def broken(function: Any, response: Response) -> str | None:
            raise CostlyError("took more than 60 seconds")

        target.follow(originals.blog, originals.get, broken)
        await publish(target, originals, make_post(1))
        await later(target, clock, minutes=10)
        assert originals.told == []

    @pytest.mark.parametrize(("status", "times"), [(200, 1), (201, 1), (202, 1), (400, 1), (404, 1), (302, 1)])
    async def test_an_answer_is_final_where_it_is_clear(
        self, target: Any, originals: Originals, clock: Clock, status: int, times: int
    ) -> None:
        originals.replies = [httpx.Response(status)] * 5
        await publish(target, originals, make_post(1))
        for _ in range(5):
            await later(target, clock, days=2)
        assert len(originals.told) == times

    async def test_an_endpoint_in_trouble_is_tried_a_few_times_and_its_page_is_not_asked_again(
        self, target: Any, originals: Originals, clock: Clock
    ) -> None:
        originals.replies = [httpx.Response(503)] * 50
        await publish(target, originals, make_post(1))
        for _ in range(20):
            await later(target, clock, days=2)
        assert len(originals.told) == 6
        assert len(originals.asked) == 1

    async def test_an_endpoint_s_wish_to_wait_is_heard(self, target: Any, originals: Originals, clock: Clock) -> None:
        originals.replies = [httpx.Response(429, headers={"Retry-After": "7200"})]
        await publish(target, originals, make_post(1))
        await later(target, clock, minutes=10)
        await later(target, clock, minutes=119)
        assert len(originals.told) == 1
        await later(target, clock, minutes=1)
        assert len(originals.told) == 2

    async def test_an_endpoint_on_a_private_address_is_not_told_and_stops_nothing(
        self, tmp_path: Path, originals: Originals, clock: Clock
    ) -> None:
        def connect(networks: Any) -> httpx.AsyncClient:
            return httpx.AsyncClient(transport=guarded(networks, setting="x"), trust_env=False)

        target = build(tmp_path, originals, clock, http=connect)
        originals.html = '<link rel="webmention" href="http://127.0.0.1:9/">'
        await publish(target, originals, make_post(1))
        await later(target, clock, minutes=10)
        await later(target, clock, days=9)
        assert not target.due()
        assert len(originals.asked) == 1
        await target.close()


URL = "https://paper.example/a/story?x=1"


@pytest.mark.parametrize(
    ("html", "headers", "expected"),
    [
        # Cases that the test suite of the recommendation is about; our own words.
        ("", {"link": "</m>; rel=webmention"}, "https://paper.example/m"),
        ("", {"link": '<https://other.example/m>; rel="webmention"'}, "https://other.example/m"),
        ("", {"link": '</m>; rel="webmention somethingelse"'}, "https://paper.example/m"),
        ("", {"link": '</x>; rel="other", </m>; rel="webmention"'}, "https://paper.example/m"),
        ("<link rel=webmention href=/m>", {}, "https://paper.example/m"),
        ("<a href=https://other.example/m rel=webmention>m</a>", {}, "https://other.example/m"),
        ("<link rel='webmention other' href=m>", {}, "https://paper.example/a/m"),
        ("<LINK REL=WebMention HREF=/m>", {}, "https://paper.example/m"),
        ("<link rel=webmention href=/first><a rel=webmention href=/second>", {}, "https://paper.example/first"),
        ("<a rel=webmention href=/first></a><link rel=webmention href=/second>", {}, "https://paper.example/first"),
        ("<link rel=webmention href=/html>", {"link": "</field>; rel=webmention"}, "https://paper.example/field"),
        ("<!-- <link rel=webmention href=/no> --><a rel=webmention href=/m>", {}, "https://paper.example/m"),
        ("<code>&lt;a href=/no rel=webmention&gt;</code><a rel=webmention href=/m>", {}, "https://paper.example/m"),
        ("<link rel=webmention href=''>", {}, URL),
        ("<link rel=webmention><a rel=webmention href=/m>", {}, "https://paper.example/m"),
        ("<link rel=webmention href='/m?query=yes'>", {}, "https://paper.example/m?query=yes"),
        ("<base href=https://cdn.example/><link rel=webmention href=m>", {}, "https://cdn.example/m"),
        ("<link rel=not-webmention href=/no>", {}, None),
        ("<link rel=webmention href='javascript:alert(1)'>", {}, None),
        ("<script>'<link rel=webmention href=/no>'</script>", {}, None),
        ("<p>nothing", {}, None),
        ("", {}, None),
    ],
)
def test_an_endpoint_is_found_where_the_recommendation_says(
    html: str, headers: dict[str, str], expected: str | None
) -> None:
    assert endpoint(answered(URL, html, **headers)) == expected


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "no-such-charset"])
def test_a_page_in_any_encoding_is_read(charset: str) -> None:
    page = answered(URL, "<p>äöü<link rel=webmention href=/m>", content_type=f"text/html; charset={charset}")
    assert endpoint(page) == "https://paper.example/m"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "of"),
        ({"of": "two words"}, "other characters"),
        ({"of": "b", "wait": 5}, "unit"),
        ({"of": "b", "x": 1}, "x"),
    ],
)
def test_options_that_could_not_work_are_refused(options: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        webmention.Options.model_validate(options)


def test_networks_may_be_opened() -> None:
    read = webmention.Options.model_validate({"of": "blog", "allow_networks": ["10.0.0.0/8"]})
    assert read.allow_networks == (ip_network("10.0.0.0/8"),)


@pytest.mark.parametrize("key", webmention.Options.model_fields)
def test_every_option_is_on_the_page(key: str) -> None:
    assert f"\n| `{key}` |" in PAGE.read_text()
