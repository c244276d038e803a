"""The client against real servers on loopback: what it sends, what it follows, where it stops."""

from __future__ import annotations

import asyncio
import base64
import gzip
import zlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from fakes import Answer, ScriptedWeb

from aggregator.config import FetchSettings
from aggregator.errors import (
    BusyError,
    FetchError,
    GoneError,
    RefusedError,
    TooLargeError,
    UnreachableError,
)
from aggregator.fetch import Client, Purpose

START = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
LOCAL = FetchSettings.model_validate({"allow_networks": ["127.0.0.1/32"], "host_pause": "0s"})


@dataclass
class Clock:
    """A clock that a test sets."""

    time: datetime = field(default=START)

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def client(clock: Clock) -> AsyncIterator[Client]:
    async with Client(LOCAL, contact="https://blog.example/about", now=clock) as client:
        yield client


def settings(**changes: object) -> FetchSettings:
    """The local settings with some changed, also beyond what a configuration may say."""
    return LOCAL.model_copy(update=changes)


async def feed(client: Client, url: str, **options: object) -> object:
    return await client.get(url, purpose=Purpose.FEED, **options)  # type: ignore[arg-type]


class TestAsking:
    async def test_one_get_makes_one_request(self, web: ScriptedWeb, client: Client) -> None:
        web.route("/feed", "<rss/>", headers={"ETag": '"1"'})
        response = await client.get(web.url("/feed"), purpose=Purpose.FEED)
        assert [(seen.method, seen.target) for seen in web.requests] == [("GET", "/feed")]
        assert (response.status, response.body, response.header("etag")) == (200, b"<rss/>", '"1"')
        assert (response.url, response.requested_url, response.hops) == (web.url("/feed"), web.url("/feed"), ())
        assert response.fetched_at == START

    async def test_the_first_request_says_who_we_are_and_no_more(self, web: ScriptedWeb, client: Client) -> None:
        web.route("/feed", "<rss/>")
        await feed(client, web.url("/feed"))
        sent = {name.lower(): value for name, value in web.requests[0].headers}
        assert set(sent) == {"host", "user-agent", "accept", "accept-encoding"}
        assert sent["user-agent"].startswith("Wirecopy/")
        assert sent["user-agent"].endswith(" (+https://blog.example/about)")
        assert sent["accept-encoding"] == "gzip"
        assert "application/atom+xml" in sent["accept"]

    @pytest.mark.parametrize("purpose", list(Purpose))
    async def test_every_purpose_has_one_user_agent(self, web: ScriptedWeb, client: Client, purpose: Purpose) -> None:
        web.route("/x", "x")
        await client.get(web.url("/x"), purpose=purpose)
        assert {seen.header("User-Agent") for seen in web.requests} == {client.user_agent}

    @pytest.mark.parametrize(
        "target",
        [
            "/feed?",
            "/a//b/../c/./d",
            "/%7euser/%2F?a=%20b&&c=d;e=[1]|{2}&u=http://x/?y",
            "/feed;v=1?a=b?c=d",
            "/!$&'()*+,;=:@-._~",
            "/%zz?%",
        ],
    )
    async def test_path_and_query_go_out_as_given(self, web: ScriptedWeb, client: Client, target: str) -> None:
        web.route(target.partition("?")[0], "x")
        web.route(target, "x")
        await feed(client, web.url(target) + "#fragment")
        assert web.requests[0].target == target

    async def test_what_is_not_ascii_goes_out_as_percent_encoded_utf_8(self, web: ScriptedWeb, client: Client) -> None:
        web.route("/%C3%BC?q=%20%E2%82%AC", "x")
        await feed(client, web.url("/ü?q= €"))
        assert web.requests[0].target == "/%C3%BC?q=%20%E2%82%AC"

    async def test_no_cookie_is_ever_sent_back(self, web: ScriptedWeb, client: Client) -> None:
        web.script("/feed", Answer(body="x", headers={"Set-Cookie": "id=1; Path=/"}), Answer(body="y"))
        web.redirect("/way", web.url("/feed"))
        for path in ("/feed", "/feed", "/way"):
            await feed(client, web.url(path))
        assert all(seen.header("Cookie") is None and seen.header("Referer") is None for seen in web.requests)

    async def test_the_environment_has_no_say(
        self, web: ScriptedWeb, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
        web.route("/feed", "x")
        async with Client(LOCAL, contact="", now=clock) as client:
            await feed(client, web.url("/feed"))
        assert web.count("/feed") == 1

    async def test_the_callers_own_fields_are_sent_but_cannot_replace_ours(
        self, web: ScriptedWeb, client: Client
    ) -> None:
        web.route("/feed", "x")
        fields = [("X-Key", "ü1"), ("User-Agent", "Mozilla/5.0"), ("Host", "else.example"), ("Accept", "text/x")]
        await feed(client, web.url("/feed"), headers=fields)
        seen = web.requests[0]
        assert (seen.header("X-Key"), seen.header("Accept")) == ("ü1", "text/x")
        assert seen.header("User-Agent") == client.user_agent
        assert seen.header("Host") == f"127.0.0.1:{web.port}"

    async def test_a_field_that_cannot_be_sent_is_refused(self, web: ScriptedWeb, client: Client) -> None:
        with pytest.raises(RefusedError, match="header field"):
            await feed(client, web.url("/feed"), headers=[("X-Key", "a\r\nX-Other: b")])
        assert web.requests == []

    @pytest.mark.parametrize(
        ("url", "auth"),
        [
            ("http://me:p%40ss@{}/feed", None),
            ("http://{}/feed", ("me", "p@ss")),
            ("http://other:x@{}/feed", ("me", "p@ss")),
        ],
    )
    async def test_credentials_are_sent_and_kept_out_of_the_response(
        self, web: ScriptedWeb, client: Client, url: str, auth: tuple[str, str] | None
    ) -> None:
        web.route("/feed", "x")
        response = await client.get(url.format(f"127.0.0.1:{web.port}"), purpose=Purpose.FEED, auth=auth)
        expected = "Basic " + base64.b64encode(b"me:p@ss").decode()
        assert web.requests[0].header("Authorization") == expected
        assert "@" not in response.url + response.requested_url

    async def test_user_info_in_a_link_to_a_page_is_not_sent(self, web: ScriptedWeb, client: Client) -> None:
        web.route("/page", "x")
        await client.get(f"http://me:pass@127.0.0.1:{web.port}/page", purpose=Purpose.PAGE)
        assert all(seen.header("Authorization") is None for seen in web.requests)

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "feed.xml",
            "/etc/passwd",
            "file:///etc/passwd",
            "ftp://127.0.0.1/",
            "http://",
            "http:///feed",
            "http://127.0.0.1:99999/",
            "http://127.0.0.1:0/",
            "http://a b/",
            "http://a\\b@127.0.0.1/",
            "http://[::1/",
            "http://[1:2:3]/",
            "http://0177.0.0.1/",
            "http://1.2.3.999/",
            "http://a..b/",
            "http://%31%32%37.0.0.1/",
            "http://127.0.0.1/a\nb",
            "http://" + "a" * 300 + "/",
            "http://x.example/" + "a" * 4000,
            "http://\u2100.example:80:90/",
        ],
    )
    async def test_what_is_no_http_address_is_refused(self, client: Client, url: str) -> None:
        with pytest.raises(RefusedError, match="can't be asked"):
            await feed(client, url)


class TestValidators:
    @pytest.mark.parametrize(
        ("etag", "modified"),
        [
            ('"abc"', None),
            ('W/"abc"', "Wed, 21 Oct 2015 07:28:00 GMT"),
            ("unquoted", None),
            ('"abc-gzip"', "yesterday at noon"),
            ('"ü"', "Wed, 21 Oct 2015 07:28:00 +0200"),
            (None, "Wed, 21 Oct 2015 07:28:00 GMT"),
        ],
    )
    async def test_validators_come_back_byte_for_byte(
        self, web: ScriptedWeb, client: Client, etag: str | None, modified: str | None
    ) -> None:
        given = [(name, value) for name, value in (("ETag", etag), ("Last-Modified", modified)) if value]
        web.script("/feed", Answer(body="x", headers=given), Answer(status=304))
        first = await client.get(web.url("/feed"), purpose=Purpose.FEED)
        second = await client.get(
            web.url("/feed"),
            purpose=Purpose.FEED,
            etag=first.header("etag"),
            last_modified=first.header("last-modified"),
        )
        assert web.requests[1].header("If-None-Match") == etag
        assert web.requests[1].header("If-Modified-Since") == modified
        assert (second.status, second.not_modified, second.body) == (304, True, b"")

    async def test_a_304_that_nobody_asked_for_is_no_answer(self, web: ScriptedWeb, client: Client) -> None:
        web.route("/feed", status=304)
        with pytest.raises(UnreachableError, match="304"):
            await feed(client, web.url("/feed"))

    async def test_validators_follow_a_redirect_within_the_origin_only(self, web: ScriptedWeb, client: Client) -> None:
        async with ScriptedWeb() as other:
            web.redirect("/near", "/feed")
            web.redirect("/far", other.url("/feed"))
            web.route("/feed", status=304)
            other.route("/feed", "x")
            await feed(client, web.url("/near"), etag='"1"')
            await feed(client, web.url("/far"), etag='"1"')
        assert web.seen("/feed")[0].header("If-None-Match") == '"1"'
        assert other.seen("/feed")[0].header("If-None-Match") is None

    async def test_validators_go_to_the_address_they_belong_to(self, web: ScriptedWeb, client: Client) -> None:
        async with ScriptedWeb() as other:
            web.redirect("/feed", other.url("/real"))
            other.route("/real", status=304)
            response = await client.get(
                web.url("/feed"), purpose=Purpose.FEED, etag='"1"', validators_url=other.url("/real")
            )
            assert web.requests[0].header("If-None-Match") is None
            assert other.requests[0].header("If-None-Match") == '"1"'
        assert response.not_modified


class TestRedirects:
    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    async def test_a_redirect_is_followed_and_told(self, web: ScriptedWeb, client: Client, status: int) -> None:
        web.redirect("/old", "new?x=%7e#part", status)
        web.route("/new", "x")
        response = await client.get(web.url("/old"), purpose=Purpose.FEED)
        assert response.url == web.url("/new?x=%7e")
        assert response.requested_url == web.url("/old")
        assert [(hop.status, hop.url) for hop in response.hops] == [(status, web.url("/new?x=%7e"))]

    async def test_a_failure_tells_where_redirects_had_led(self, web: ScriptedWeb, client: Client) -> None:
        web.redirect("/old", "/new")
        for path, reached in (("/old", web.url("/new")), ("/nowhere", None)):
            with pytest.raises(FetchError) as caught:
                await client.get(web.url(path), purpose=Purpose.FEED)
            assert (caught.value.url, caught.value.reached) == (web.url(path), reached)

    async def test_a_location_in_utf_8_is_read_as_such(self, web: ScriptedWeb, client: Client) -> None:
        web.redirect("/old", "/ü".encode().decode("latin-1"))
        web.route("/%C3%BC", "x")
        await feed(client, web.url("/old"))
        assert web.paths == ["/old", "/%C3%BC"]

    async def test_a_circle_ends(self, web: ScriptedWeb, client: Client) -> None:
        web.redirect("/a", "/b")
        web.redirect("/b", "/a")
        with pytest.raises(TooLargeError, match="circle"):
            await feed(client, web.url("/a"))
        assert web.paths == ["/a", "/b"]

    async def test_a_chain_ends_after_as_many_hops_as_are_set(self, web: ScriptedWeb, client: Client) -> None:
        for n in range(20):
            web.redirect(f"/{n}", f"/{n + 1}")
        with pytest.raises(TooLargeError, match="more than 5 redirects"):
            await feed(client, web.url("/0"))
        assert len(web.requests) == 6

    @pytest.mark.parametrize(
        "location", ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://x/", "data:,x", "javascript:1", "http://["]
    )
    async def test_a_redirect_out_of_http_is_refused(self, web: ScriptedWeb, client: Client, location: str) -> None:
        web.redirect("/a", location)
        with pytest.raises(RefusedError, match="redirects to"):
            await feed(client, web.url("/a"))

    async def test_a_redirect_without_a_place_is_no_answer(self, web: ScriptedWeb, client: Client) -> None:
        web.route("/a", status=302)
        with pytest.raises(UnreachableError, match="without a Location"):
            await feed(client, web.url("/a"))

    async def test_credentials_and_own_fields_stay_at_home(self, web: ScriptedWeb, client: Client) -> None:
        async with ScriptedWeb() as other:
            web.redirect("/near", "/far")
            web.redirect("/far", other.url("/feed").replace("//", "//evil:x@"))
            other.route("/feed", "x")
            await feed(client, web.url("/near"), auth=("me", "pass"), headers=[("X-Key", "1"), ("Cookie", "a=b")])
            assert [seen.header("X-Key") for seen in web.requests] == ["1", "1"]
            sent = {name.lower() for name, _ in other.requests[0].headers}
        assert sent == {"host", "user-agent", "accept", "accept-encoding"}

    async def test_only_allowed_hosts_are_asked_at_any_hop(self, web: ScriptedWeb, client: Client) -> None:
        web.redirect("/a", "http://127.0.0.2/secret")
        with pytest.raises(RefusedError, match="allow_hosts"):
            await client.get(web.url("/a"), purpose=Purpose.PROBE, allow_hosts=("127.0.0.1",))
        with pytest.raises(RefusedError, match="allow_hosts"):
            await client.get(web.url("/a"), purpose=Purpose.PROBE, allow_hosts=("example.org",))
        assert web.paths == ["/a"]


class TestAnswers:
    @pytest.mark.parametrize(
        ("status", "error"),
        [
            (401, RefusedError),
            (403, RefusedError),
            (404, RefusedError),
            (418, RefusedError),
            (451, RefusedError),
            (408, UnreachableError),
            (410, GoneError),
            (429, BusyError),
            (503, BusyError),
            (500, UnreachableError),
            (502, UnreachableError),
            (204, UnreachableError),
            (206, UnreachableError),
            (300, UnreachableError),
        ],
    )
    async def test_every_status_has_its_error(
        self, web: ScriptedWeb, client: Client, status: int, error: type[FetchError]
    ) -> None:
        web.route("/feed", "x", status=status)
        with pytest.raises(error) as caught:
            await feed(client, web.url("/feed?token=hush"))
        assert type(caught.value) is error
        assert caught.value.status == status
        assert "hush" not in str(caught.value)
        assert len(web.requests) == 1

    @pytest.mark.parametrize(
        ("status", "fields", "wait"),
        [
            (429, {"Retry-After": "120"}, timedelta(seconds=120)),
            (503, {"Retry-After": "Wed, 04 Mar 2026 06:06:07 GMT"}, timedelta(hours=1)),
            (429, {"Retry-After": "99999999999999999999"}, timedelta(days=7)),
            (429, {"Cache-Control": "max-age=600"}, timedelta(minutes=10)),
            (503, {"Retry-After": "soon"}, None),
            (503, {}, None),
        ],
    )
    async def test_a_busy_server_says_when(
        self, web: ScriptedWeb, client: Client, status: int, fields: dict[str, str], wait: timedelta | None
    ) -> None:
        web.route("/feed", status=status, headers=fields)
        with pytest.raises(BusyError) as caught:
            await feed(client, web.url("/feed"))
        assert caught.value.retry_after == wait

    async def test_a_busy_server_is_left_alone_until_then(self, web: ScriptedWeb, client: Client, clock: Clock) -> None:
        web.route("/one", status=429, headers={"Retry-After": "120"})
        web.route("/two", "x")
        with pytest.raises(BusyError):
            await feed(client, web.url("/one"))
        clock.time += timedelta(seconds=119)
        with pytest.raises(BusyError) as caught:
            await feed(client, web.url("/two"))
        assert (caught.value.status, caught.value.retry_after) == (None, timedelta(seconds=1))
        assert web.paths == ["/one"]
        clock.time += timedelta(seconds=1)
        await feed(client, web.url("/two"))
        assert web.paths == ["/one", "/two"]

    async def test_too_many_without_a_time_still_keeps_us_away_for_a_while(
        self, web: ScriptedWeb, client: Client
    ) -> None:
        web.route("/one", status=429)
        for path in ("/one", "/two"):
            with pytest.raises(BusyError):
                await feed(client, web.url(path))
        assert web.paths == ["/one"]

    @pytest.mark.parametrize(
        ("purpose", "kind", "taken"),
        [
            (Purpose.FEED, "text/html", True),
            (Purpose.FEED, "video/mp4", True),
            (Purpose.PAGE, "text/html; charset=utf-8", True),
            (Purpose.PAGE, "application/xhtml+xml", True),
            (Purpose.PAGE, "video/mp4", False),
            (Purpose.PAGE, "application/pdf", False),
            (Purpose.IMAGE, "image/png", True),
            (Purpose.IMAGE, "application/octet-stream", True),
            (Purpose.IMAGE, "text/html", False),
        ],
    )
    async def test_pages_and_pictures_are_what_they_say(
        self, web: ScriptedWeb, client: Client, purpose: Purpose, kind: str, taken: bool
    ) -> None:
        web.route("/x", "x", headers={"Content-Type": kind})
        if taken:
            assert (await client.get(web.url("/x"), purpose=purpose)).body == b"x"
        else:
            with pytest.raises(RefusedError, match=f"not a {purpose}"):
                await client.get(web.url("/x"), purpose=purpose)


class TestLimits:
    @pytest.mark.parametrize(
        "answer",
        [
            Answer(body=b"x" * 2000),
            Answer(body=b"x" * 2000, chunked=True),
            Answer(body=b"x" * 2000, framed=False),
            Answer(body=b"x" * 999, endless=True),
            Answer(body=b"x" * 999, endless=True, chunked=True),
            Answer(body=gzip.compress(b"x" * 2000), headers={"Content-Encoding": "gzip"}),
            Answer(body=b"", headers={"Content-Length": "999999999999"}),
        ],
        ids=["declared", "chunked", "unframed", "endless", "endless chunks", "unpacked", "declared only"],
    )
    async def test_reading_stops_at_the_cap(self, web: ScriptedWeb, clock: Clock, answer: Answer) -> None:
        web.route("/feed", answer)
        async with Client(settings(feed_bytes=1000), contact="", now=clock) as client:
            with pytest.raises(TooLargeError):
                await feed(client, web.url("/feed"))

    async def test_a_body_of_just_the_cap_is_taken(self, web: ScriptedWeb, clock: Clock) -> None:
        web.route("/feed", b"x" * 1000)
        web.route("/packed", gzip.compress(b"x" * 1000), headers={"Content-Encoding": "gzip"})
        async with Client(settings(feed_bytes=1000), contact="", now=clock) as client:
            for path in ("/feed", "/packed"):
                assert len((await client.get(web.url(path), purpose=Purpose.FEED)).body) == 1000

    @pytest.mark.parametrize(
        ("encoding", "pack"),
        [
            ("gzip", gzip.compress),
            ("x-gzip", gzip.compress),
            ("GZIP", gzip.compress),
            ("deflate", zlib.compress),
            ("deflate", lambda data: zlib.compress(data)[2:-4]),
            ("identity", bytes),
            ("gzip", lambda data: gzip.compress(data[:5]) + gzip.compress(data[5:]) + b"\0\0"),
        ],
    )
    @pytest.mark.parametrize("chunked", [True, False])
    async def test_compressed_answers_are_unpacked(
        self, web: ScriptedWeb, client: Client, encoding: str, pack: Callable[[bytes], bytes], chunked: bool
    ) -> None:
        text = b"<rss>" + b"some text " * 500 + b"</rss>"
        web.route("/feed", Answer(body=pack(text), headers={"Content-Encoding": encoding}, chunked=chunked))
        assert (await client.get(web.url("/feed"), purpose=Purpose.FEED)).body == text

    @pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "gzip,br", "compress", "x" * 500])
    async def test_other_encodings_are_not_unpacked(self, web: ScriptedWeb, client: Client, encoding: str) -> None:
        web.route("/feed", b"....", headers={"Content-Encoding": encoding})
        with pytest.raises(UnreachableError, match="encoding"):
            await feed(client, web.url("/feed"))

    async def test_a_bomb_is_refused_by_its_ratio(self, web: ScriptedWeb, client: Client) -> None:
        web.route("/feed", gzip.compress(b"\0" * 9_000_000), headers={"Content-Encoding": "gzip"})
        with pytest.raises(TooLargeError, match="200 times"):
            await feed(client, web.url("/feed"))

    @pytest.mark.parametrize(
        "answer",
        [
            Answer(body=b"x" * 100, cut=50),
            Answer(body=b"x" * 100, cut=50, chunked=True),
            Answer(body=b"x" * 100, cut=50, reset=True),
            Answer(body=gzip.compress(b"x" * 100)[:-9], headers={"Content-Encoding": "gzip"}),
            Answer(body=b"no gzip at all", headers={"Content-Encoding": "gzip"}),
            Answer(raw=b""),
            Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Le"),
            Answer(raw=b"220 ftp.example ready\r\n"),
            Answer(raw=b"HTTP/1.1 200 OK\r\n" + b"X-Pad: " + b"x" * 400_000 + b"\r\n\r\n"),
            Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc"),
        ],
        ids=["length", "chunks", "reset", "gzip", "no gzip", "nothing", "head", "ftp", "large head", "two lengths"],
    )
    async def test_a_broken_answer_is_an_error(self, web: ScriptedWeb, client: Client, answer: Answer) -> None:
        web.script("/feed", answer, Answer(body="well"))
        with pytest.raises(UnreachableError):
            await feed(client, web.url("/feed"))
        assert (await client.get(web.url("/feed"), purpose=Purpose.FEED)).body == b"well"

    @pytest.mark.parametrize("kind", ["silent", "dripping", "half a head"])
    async def test_a_slow_answer_ends_at_the_deadline(self, web: ScriptedWeb, clock: Clock, kind: str) -> None:
        never = asyncio.Event()
        answers = {
            "silent": Answer(until=never),
            "dripping": Answer(body=b"x" * 1000, drip=0.02),
            "half a head": Answer(raw=b"HTTP/1.1 200 OK\r\n", stay=True),
        }
        web.route("/feed", answers[kind])
        async with Client(settings(timeout=timedelta(seconds=0.15)), contact="", now=clock) as client:
            with pytest.raises(UnreachableError, match=r"within 0\.15 s"):
                await feed(client, web.url("/feed"))

    async def test_all_hops_share_one_deadline(self, web: ScriptedWeb, clock: Clock) -> None:
        for n in range(5):
            web.route(f"/{n}", Answer(status=302, headers={"Location": f"/{n + 1}"}, delay=0.06))
        async with Client(settings(timeout=timedelta(seconds=0.15)), contact="", now=clock) as client:
            with pytest.raises(UnreachableError, match="no complete answer"):
                await feed(client, web.url("/0"))
        assert len(web.requests) <= 3

    async def test_waiting_for_a_turn_does_not_count(self, web: ScriptedWeb, clock: Clock) -> None:
        web.route("/feed", Answer(body="x", delay=0.25))
        async with Client(settings(timeout=timedelta(seconds=1)), contact="", now=clock) as client:
            answers = await asyncio.gather(*(feed(client, web.url("/feed")) for _ in range(5)))
        assert len(answers) == 5
        assert web.most_open == 1

    async def test_nobody_listening_is_said_in_plain_words(self, web: ScriptedWeb, client: Client) -> None:
        async with ScriptedWeb() as closed:
            url = closed.url("/feed")
        with pytest.raises(UnreachableError, match=r"^connection refused"):
            await feed(client, url)
        for host in ("no-such-host.invalid", "xn--.invalid"):
            with pytest.raises(UnreachableError, match="resolved"):
                await feed(client, f"http://{host}/")
