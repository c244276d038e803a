"""What a WordPress and those who stand before it answer when they don't take a post."""

from __future__ import annotations

from functools import partial

import httpx
import pytest
from fake_wordpress import FakeWordPress
from posting import deliver, make_post
from wordpress_bench import CHANGED, POST, build_at, publish

from aggregator.config import Secret
from aggregator.errors import BlockedError, RejectedError, TryLaterError


@pytest.fixture
def blog() -> FakeWordPress:
    return FakeWordPress()


@pytest.fixture
def make(blog: FakeWordPress):
    return partial(build_at, blog)


async def test_a_permanent_error_in_a_5xx_coat_is_about_this_post(blog, make):
    blog.firewall = lambda request: (
        httpx.Response(500, json={"code": "db_insert_error", "message": "Could not insert post into the database."})
        if request.url.path.endswith("/posts") and request.method == "POST"
        else None
    )
    with pytest.raises(RejectedError, match="Could not insert"):
        await publish(make())


async def test_a_firewall_that_dislikes_one_text_does_not_pause_the_target(blog, make):
    page = httpx.Response(403, html="<h1>Blocked</h1>")
    blog.firewall = lambda request: page if b"Story 1" in request.content else None
    with pytest.raises(RejectedError, match="firewall"):
        await publish(make())
    assert (await publish(make(), make_post(2, excerpt=""))).remote_id


async def test_a_firewall_that_lets_nothing_in_pauses_the_target(blog, make):
    blog.firewall = lambda request: (
        httpx.Response(403, html="<h1>Blocked</h1>") if "wp-json/wp" in str(request.url) else None
    )
    with pytest.raises(BlockedError):
        await publish(make())


async def test_a_whim_of_the_server_about_known_credentials_passes(blog, make):
    answers = [httpx.Response(401, json={"code": "rest_not_logged_in", "message": "You are not logged in."})]
    blog.firewall = lambda request: answers.pop() if answers and request.method == "POST" else None
    target = make(source_tags=0)
    with pytest.raises(TryLaterError) as caught:
        await publish(target)
    assert not caught.value.in_doubt
    assert await deliver(target, POST)


async def test_wrong_credentials_pause_the_target(make):
    with pytest.raises(BlockedError):
        await publish(make(password=Secret("wrong")))


async def test_another_author_s_post_is_this_post_s_affair(blog, make):
    target = make()
    first = await publish(target)
    blog.only()["author"] = 8
    with pytest.raises(RejectedError):
        await publish(target, CHANGED, first)


async def test_maintenance_is_waited_for(blog, make):
    blog.firewall = lambda request: httpx.Response(503, html="Briefly unavailable for scheduled maintenance.")
    with pytest.raises(TryLaterError) as caught:
        await publish(make())
    assert not caught.value.in_doubt


@pytest.mark.parametrize("answer", ["[]", "{}", '{"id": "x"}', "null", '"<p>"', "[" * 100_000])
async def test_a_strange_answer_leaves_the_delivery_in_doubt(blog, make, answer):
    strange = httpx.Response(201, content=answer.encode(), headers={"Content-Type": "application/json"})
    blog.firewall = lambda request: strange if request.method == "POST" else None
    with pytest.raises(TryLaterError) as caught:
        await publish(make(source_tags=0))
    assert caught.value.in_doubt
