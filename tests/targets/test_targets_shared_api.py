from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from aggregator.errors import BlockedError, PublishError, RefusedError, RejectedError, TryLaterError
from aggregator.targets.shared.api import MAX_ANSWER, Answer, Api

URL = "https://blog.example/api/posts"
Handler = Callable[[httpx.Request], httpx.Response]


def api(handler: Handler, **options: object) -> Api:
    return Api("news", httpx.AsyncClient(transport=httpx.MockTransport(handler)), **options)  # type: ignore[arg-type]  # the tests' affair


async def ask(handler: Handler, method: str = "POST", **options: object) -> Answer:
    calls = api(handler)
    try:
        return await calls.send(method, URL, **options)  # type: ignore[arg-type]  # likewise
    finally:
        await calls.close()


async def failure(handler: Handler, method: str = "POST", **options: object) -> PublishError:
    with pytest.raises(PublishError) as caught:
        await ask(handler, method, **options)
    assert caught.value.target == "news"
    return caught.value


def answers(status: int, **content: object) -> Handler:
    return lambda request: httpx.Response(status, **content)  # type: ignore[arg-type]  # likewise


def raises(error: Exception) -> Handler:
    def handler(request: httpx.Request) -> httpx.Response:
        raise error

    return handler


async def test_an_answer_is_read_to_its_end() -> None:
    answer = await ask(answers(201, json={"id": 7}, headers={"ETag": '"a"'}))
    assert (answer.status, answer.json(), answer.headers["etag"], answer.url) == (201, {"id": 7}, '"a"', URL)


async def test_a_status_that_the_caller_expects_is_an_answer() -> None:
    assert (await ask(answers(404), expect={404})).status == 404


@pytest.mark.parametrize(
    ("status", "expected", "write_in_doubt"),
    [
        (302, BlockedError, False),
        (400, RejectedError, False),
        (401, BlockedError, False),
        (402, BlockedError, False),
        (403, BlockedError, False),
        (404, BlockedError, False),
        (405, BlockedError, False),
        (408, TryLaterError, True),
        (409, RejectedError, False),
        (410, BlockedError, False),
        (413, RejectedError, False),
        (422, RejectedError, False),
        (425, TryLaterError, True),
        (429, TryLaterError, False),
        (500, TryLaterError, True),
        (501, BlockedError, False),
        (503, TryLaterError, True),
        (504, TryLaterError, True),
        (599, TryLaterError, True),
    ],
)
async def test_a_status_has_its_class_and_a_read_leaves_nothing_in_doubt(
    status: int, expected: type[PublishError], write_in_doubt: bool
) -> None:
    wrote, read = await failure(answers(status)), await failure(answers(status), "GET")
    assert (type(wrote), wrote.in_doubt) == (expected, write_in_doubt)
    assert (type(read), read.in_doubt) == (expected, False)


@pytest.mark.parametrize(
    ("error", "expected", "in_doubt"),
    [
        (httpx.ConnectError("refused"), TryLaterError, False),
        (httpx.ConnectTimeout("slow"), TryLaterError, False),
        (httpx.ReadTimeout("slow"), TryLaterError, True),
        (httpx.WriteTimeout("slow"), TryLaterError, True),
        (httpx.ReadError("reset"), TryLaterError, True),
        (httpx.RemoteProtocolError("cut"), TryLaterError, True),
        (httpx.LocalProtocolError("bad header"), BlockedError, False),
        (RefusedError("blog.example", "is a local address"), BlockedError, False),
    ],
)
async def test_what_goes_wrong_on_the_wire_has_its_class(
    error: Exception, expected: type[PublishError], in_doubt: bool
) -> None:
    found = await failure(raises(error))
    assert (type(found), found.in_doubt) == (expected, in_doubt)


async def test_the_method_does_not_decide_where_the_caller_knows_better() -> None:
    assert not (await failure(answers(500), writes=False)).in_doubt
    assert (await failure(answers(500), "GET", writes=True)).in_doubt


@pytest.mark.parametrize("status", [429, 503])
async def test_the_wish_for_a_pause_is_kept(status: int) -> None:
    error = await failure(answers(status, headers={"Retry-After": "120"}))
    assert error.retry_after is not None
    assert error.retry_after.total_seconds() == 120


@pytest.mark.parametrize(
    ("reply", "seconds"),
    [
        (raises(TimeoutError()), 60),
        (raises(httpx.ReadTimeout("")), 60),
        (answers(504), 60),
        (answers(524), 60),
        (answers(500), None),
        (answers(502), None),
    ],
)
async def test_a_blog_that_may_still_be_at_work_on_a_write_is_given_time(reply: Handler, seconds: int | None) -> None:
    rest = (await failure(reply)).unsettled_for
    assert (rest and rest.total_seconds()) == seconds
    assert (await failure(reply, "GET")).unsettled_for is None


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, html="<h1>Hello</h1>"),
        httpx.Response(200, content=b"{", headers={"Content-Type": "application/json"}),
        httpx.Response(200, content=b"\xff\xfe", headers={"Content-Type": "application/json"}),
        httpx.Response(200, content=b"[" * 100_000, headers={"Content-Type": "application/json"}),
        httpx.Response(200, content=b"{}"),
    ],
)
async def test_an_answer_that_is_no_json_leaves_a_write_in_doubt(answer: httpx.Response) -> None:
    found = await ask(lambda request: answer)
    with pytest.raises(TryLaterError, match="not JSON") as caught:
        found.json()
    assert caught.value.in_doubt


async def test_an_answer_without_end_is_cut_off() -> None:
    error = await failure(answers(200, content=b"x" * (MAX_ANSWER + 1)))
    assert isinstance(error, TryLaterError)
    assert error.in_doubt


@pytest.mark.parametrize(
    "content",
    [
        {"message": "Sorry, <b>no</b>."},
        {"error": "invalid", "error_description": "Sorry, no."},
        {"errors": [{"message": "Sorry, no.", "context": "…"}]},
        {"error": {"message": "Sorry, no."}},
        {"error": "Sorry, no."},
    ],
)
async def test_an_error_quotes_the_blog(content: object) -> None:
    assert "Sorry, no." in str(await failure(answers(400, json=content)))


async def test_no_secret_is_in_an_error_even_if_the_blog_repeats_it() -> None:
    calls = api(answers(400, json={"message": "bad token s3cr3t!"}), hide=["s3cr3t!"])
    with pytest.raises(RejectedError) as caught:
        await calls.send("POST", URL)
    assert "s3cr3t" not in str(caught.value) + repr(calls)
    assert "bad token ***" in str(caught.value)
    await calls.close()


async def test_a_redirect_is_not_followed_and_its_goal_is_told() -> None:
    error = await failure(answers(301, headers={"Location": "https://www.blog.example/api/posts"}))
    assert "set url to that address" in str(error)
    assert "www.blog.example" in str(error)


@pytest.fixture
async def calls() -> AsyncIterator[Api]:
    calls = api(answers(200))
    yield calls
    await calls.close()


async def test_closing_twice_is_harmless(calls: Api) -> None:
    await calls.close()
    await calls.close()
