"""The relay: each fault is what its name says, at the server and at the client."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from fakes import Answer, ScriptedWeb
from relay import ALL, READS, Fault, Relay, every

OUTCOMES: dict[Fault, type[Exception] | int] = {
    Fault.DROP_REPLY: httpx.RemoteProtocolError,
    Fault.DELAY_REPLY: httpx.ReadTimeout,
    Fault.CUT_REPLY: httpx.RemoteProtocolError,
    Fault.BAD_GATEWAY_AFTER: 502,
    Fault.RESET_BEFORE: httpx.ReadError,
    Fault.UNAVAILABLE_BEFORE: 503,
    Fault.TOO_MANY_BEFORE: 429,
}


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
        yield client


@pytest.fixture
def blog(web: ScriptedWeb) -> ScriptedWeb:
    """Answers every post with the body it got."""
    web.route("/posts", lambda seen: Answer(body=seen.body * 40, status=201))
    return web


@pytest.mark.parametrize(("fault", "outcome"), OUTCOMES.items())
async def test_a_fault_is_what_its_name_says(
    blog: ScriptedWeb, client: httpx.AsyncClient, fault: Fault, outcome: type[Exception] | int
) -> None:
    async with Relay(blog.url(), [fault], retry_after=7) as relay:
        if isinstance(outcome, int):
            answer = await client.post(f"{relay.url}/posts", content=b"one")
            assert answer.status_code == outcome
            assert answer.headers.get("Retry-After") == ("7" if fault.before else None)
        else:
            timeout = 0.2 if fault is Fault.DELAY_REPLY else 5
            with pytest.raises(outcome):
                await client.post(f"{relay.url}/posts", content=b"one", timeout=timeout)
        assert blog.count("/posts") == (0 if fault.before else 1)
        assert relay.spoiled == {fault: 1}
        assert (await client.post(f"{relay.url}/posts", content=b"two")).status_code == 201


def test_every_fault_is_tested() -> None:
    assert set(OUTCOMES) == set(ALL)


async def test_every_third_write_is_spoiled_by_one_fault_after_the_other(
    blog: ScriptedWeb, client: httpx.AsyncClient
) -> None:
    plan = every(3, [Fault.UNAVAILABLE_BEFORE, Fault.BAD_GATEWAY_AFTER])
    async with Relay(blog.url(), plan) as relay:
        answers = [(await client.post(f"{relay.url}/posts", content=b"x")).status_code for _ in range(9)]
        assert answers == [201, 201, 503, 201, 201, 502, 201, 201, 503]
        assert relay.passed == {"POST": 7}


async def test_reads_are_spared_unless_they_are_named(blog: ScriptedWeb, client: httpx.AsyncClient) -> None:
    blog.route("/", "page")
    async with Relay(blog.url(), [Fault.TOO_MANY_BEFORE]) as relay:
        assert (await client.get(relay.url)).text == "page"
    async with Relay(blog.url(), [Fault.TOO_MANY_BEFORE], methods=READS) as relay:
        assert (await client.get(relay.url)).status_code == 429


async def test_the_server_is_seen_under_the_address_of_the_relay(blog: ScriptedWeb, client: httpx.AsyncClient) -> None:
    blog.route("/", lambda seen: Answer(body=blog.url("/page"), headers={"Link": f"<{blog.url('/api')}>; rel=api"}))
    async with Relay(blog.url()) as relay:
        answer = await client.get(relay.url)
        assert answer.text == f"{relay.url}/page"
        assert answer.headers["Link"] == f"<{relay.url}/api>; rel=api"
        await client.post(f"{relay.url}/posts", content=f"see {relay.url}/page")
    assert blog.seen("/posts")[0].body.decode() == f"see {blog.url('/page')}"
    assert blog.requests[0].header("Host") == blog.url().removeprefix("http://").rstrip("/")


async def pieces() -> AsyncIterator[bytes]:
    yield b"first "
    yield b"second"


async def test_what_comes_in_chunks_arrives_whole(blog: ScriptedWeb, client: httpx.AsyncClient) -> None:
    blog.route("/", Answer(body="page", chunked=True))
    async with Relay(blog.url()) as relay:
        await client.post(f"{relay.url}/posts", content=pieces())
        assert (await client.get(relay.url)).text == "page"
    assert blog.seen("/posts")[0].body == b"first second"


async def test_an_answer_without_a_body_stays_so(blog: ScriptedWeb, client: httpx.AsyncClient) -> None:
    blog.route("/gone", status=204)
    async with Relay(blog.url()) as relay:
        answer = await client.delete(f"{relay.url}/gone")
    assert answer.status_code == 204
    assert "Content-Length" not in answer.headers
