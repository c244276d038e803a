"""The webhook: what goes out, how it is signed, and what answers mean."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from conformance import NO_MEDIA, HttpTargetConformance
from posting import make_post
from pydantic import ValidationError

from aggregator.errors import BlockedError, RemovedError, TryLaterError
from aggregator.policy import change
from aggregator.targets import webhook
from aggregator.types import Publication, Site

SITE = Site(title="The Night Desk", base_url="https://news.example")
KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()
PAGE = Path(__file__).parents[2] / "docs" / "targets" / "webhook.md"
URL = "https://hooks.example/in/t0ken-in-the-path?team=7"


class Receiver(httpx.AsyncBaseTransport):
    """A receiver as the page tells people to write one: checks the signature, knows a delivery by its key."""

    def __init__(self) -> None:
        self.posts: dict[str, str] = {}
        self.applied: dict[str, str] = {}  # post key → the last idempotency key that was applied
        self.work: list[str] = []  # what was really done
        self.requests: list[httpx.Request] = []
        self.answer: httpx.Response | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        await asyncio.sleep(0)  # a network takes its time
        self.requests.append(request)
        if self.answer is not None:
            return self.answer
        if request.method == "HEAD":
            return httpx.Response(405)
        fields = request.headers
        content = f"{fields['webhook-id']}.{fields['webhook-timestamp']}.".encode() + body
        proof = base64.b64encode(hmac.digest(KEY, content, "sha256")).decode()
        if fields["webhook-signature"] != f"v1,{proof}" or fields["Authorization"] != "Bearer sesame":
            return httpx.Response(401)
        told = json.loads(body)
        post, key = told["post"], told["key"]
        assert fields["Idempotency-Key"] == key
        if self.applied.get(post["key"]) != key:
            self.applied[post["key"]] = key
            self.work.append(told["action"])
            if told["action"] == "publish":
                self.posts[post["key"]] = post["html"]
            else:
                self.posts.pop(post["key"], None)
        return httpx.Response(200, json={"id": post["key"], "url": f"https://readers.example/{post['slug']}"})


def build(http: httpx.AsyncBaseTransport, **options: object) -> webhook.Webhook:
    said = {"url": URL, "secret": SECRET, "headers": {"Authorization": "Bearer sesame"}} | options
    return webhook.build(
        "hook",
        webhook.Options.model_validate(said),
        site=SITE,
        folder=Path("/nowhere"),
        http=lambda networks: httpx.AsyncClient(transport=http),
    )


class TestWebhook(HttpTargetConformance):
    secrets = (SECRET, SECRET.removeprefix("whsec_"), "sesame", "t0ken-in-the-path")

    def blog(self) -> httpx.AsyncBaseTransport:
        self.receiver = Receiver()
        return self.receiver

    async def build(self, folder: Path) -> webhook.Webhook:
        return build(self.wire)

    def held(self) -> Mapping[str, str]:
        return self.receiver.posts

    async def test_a_repeated_delivery_is_known_by_its_key(self, target: webhook.Webhook) -> None:
        self.wire.next = ["drop-reply"]
        with pytest.raises(TryLaterError) as caught:
            await target.publish(make_post(1), media=NO_MEDIA, previous=None)
        assert caught.value.in_doubt
        await target.publish(make_post(1), media=NO_MEDIA, previous=None)
        assert len(self.receiver.requests) == 2
        assert self.receiver.work == ["publish"]

    async def test_a_headline_that_is_changed_and_changed_back_is_three_deliveries(
        self, target: webhook.Webhook
    ) -> None:
        other = make_post(1, title="Another headline")
        first = await target.publish(make_post(1), media=NO_MEDIA, previous=None)
        second = await target.publish(other, media=NO_MEDIA, previous=first)
        third = await target.publish(make_post(1), media=NO_MEDIA, previous=second)
        assert self.receiver.work == ["publish"] * 3
        assert len({request.headers["Idempotency-Key"] for request in self.receiver.requests}) == 3
        assert third.pushed_hash == first.pushed_hash

    async def test_what_the_receiver_answered_comes_back_to_it(self, target: webhook.Webhook) -> None:
        self.receiver.answer = httpx.Response(201, json={"id": 42, "url": "https://readers.example/42"})
        first = await target.publish(make_post(1), media=NO_MEDIA, previous=None)
        assert (first.remote_id, first.remote_url) == ("42", "https://readers.example/42")
        self.receiver.answer = httpx.Response(204)
        second = await target.publish(make_post(1, title="New"), media=NO_MEDIA, previous=first)
        assert (second.remote_id, second.remote_url) == ("42", "https://readers.example/42")
        told = [json.loads(request.content) for request in self.receiver.requests]
        assert told[0]["publication"] is None
        assert told[1]["publication"] == {"id": "42", "url": "https://readers.example/42"}

    @pytest.mark.parametrize(
        "answer",
        [
            httpx.Response(202),
            httpx.Response(200, text="ok"),
            httpx.Response(200, json=["no", "table"]),
            httpx.Response(200, json={"id": True, "url": "javascript:alert(1)"}),
            httpx.Response(200, json={"id": "", "url": 7}),
            httpx.Response(200, content=b"[" * 100_000, headers={"Content-Type": "application/json"}),
        ],
        ids=["empty", "text", "list", "wrong types", "empty id", "deep"],
    )
    async def test_any_2xx_takes_the_post_whatever_it_says(
        self, target: webhook.Webhook, answer: httpx.Response
    ) -> None:
        self.receiver.answer = answer
        publication = await target.publish(make_post(1), media=NO_MEDIA, previous=None)
        assert (publication.remote_id, publication.remote_url) == (make_post(1).key, None)
        assert publication.pushed_hash == change.revision(make_post(1))

    async def test_a_receiver_may_say_that_the_post_was_taken_away_there(self, target: webhook.Webhook) -> None:
        self.receiver.answer = httpx.Response(200, json={"removed": True})
        with pytest.raises(RemovedError):
            await target.publish(make_post(1), media=NO_MEDIA, previous=None)

    @pytest.mark.parametrize(
        ("status", "words"),
        [
            (301, "redirects"),
            (307, "redirects"),
            (404, "nothing at the address"),
            (405, "takes no POST"),
            (410, "wants no more"),
        ],
    )
    async def test_what_only_a_person_can_mend_blocks_and_never_shows_the_address(
        self, target: webhook.Webhook, status: int, words: str
    ) -> None:
        self.receiver.answer = httpx.Response(status, headers={"Location": "https://evil.example/"})
        with pytest.raises(BlockedError, match=words) as caught:
            await target.publish(make_post(1), media=NO_MEDIA, previous=None)
        assert "t0ken" not in str(caught.value)
        assert len(self.receiver.requests) == 1

    async def test_a_delivery_that_is_still_worked_on_is_in_doubt(self, target: webhook.Webhook) -> None:
        self.receiver.answer = httpx.Response(409)
        with pytest.raises(TryLaterError) as caught:
            await target.publish(make_post(1), media=NO_MEDIA, previous=None)
        assert caught.value.in_doubt

    async def test_a_withdrawal_names_what_the_receiver_called_the_post(self, target: webhook.Webhook) -> None:
        await target.withdraw(make_post(1), Publication(remote_id="42", version="3"))
        told = json.loads(self.receiver.requests[0].content)
        assert told["action"] == "withdraw"
        assert told["publication"] == {"id": "42", "url": None}
        assert told["key"] == f"{make_post(1).key}:withdraw:3"

    async def test_a_check_posts_nothing_and_tells_what_is_wrong_with_the_way(self, target: webhook.Webhook) -> None:
        assert await target.check() == []
        assert [request.method for request in self.receiver.requests] == ["HEAD"]

    async def test_a_check_of_an_address_that_does_not_answer_says_so(self) -> None:
        def refuse(request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("connection refused", request=request)

        target = build(httpx.MockTransport(refuse))
        assert await target.check() == ["can't be reached: connection refused"]
        await target.close()


async def test_github_s_form_signs_the_body_alone() -> None:
    receiver = Receiver()
    receiver.answer = httpx.Response(200)
    target = build(receiver, signature="github", secret="any text")
    await target.publish(make_post(1), media=NO_MEDIA, previous=None)
    await target.close()
    [request] = receiver.requests
    expected = hmac.new(b"any text", request.content, hashlib.sha256).hexdigest()
    assert request.headers["X-Hub-Signature-256"] == f"sha256={expected}"
    assert "webhook-signature" not in request.headers


async def test_without_a_secret_nothing_is_signed() -> None:
    receiver = Receiver()
    receiver.answer = httpx.Response(200)
    target = build(receiver, secret=None)
    await target.publish(make_post(1), media=NO_MEDIA, previous=None)
    await target.close()
    assert not [name for name in receiver.requests[0].headers if "signature" in name]


def test_the_signature_is_that_of_the_standard() -> None:
    """The example that implementations of Standard Webhooks are tried with."""
    from aggregator.config import Secret

    key = webhook.key_of(Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), "standard")
    fields = webhook.signed(
        key, "standard", number="msg_p5jXN8AQM9LWM0D4loKWxJek", sent_at=1614265330, body=b'{"test": 2432232314}'
    )
    assert fields == {"webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}


async def sent() -> httpx.Request:
    """A request as it goes out."""
    receiver = Receiver()
    receiver.answer = httpx.Response(200)
    target = build(receiver)
    await target.publish(make_post(1), media=NO_MEDIA, previous=None)
    await target.close()
    return receiver.requests[0]


def example(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE.read_text(), re.S)
    assert found
    return found[1]


async def test_the_page_s_check_in_python_knows_true_from_false() -> None:
    request = await sent()
    scope: dict[str, Any] = {}
    exec(example("python"), scope)
    genuine = scope["genuine"]
    assert genuine(request.headers, request.content, SECRET)
    assert not genuine(request.headers, request.content + b" ", SECRET)
    assert not genuine(request.headers, request.content, "whsec_" + base64.b64encode(bytes(32)).decode())
    assert not genuine(dict(request.headers) | {"webhook-timestamp": "1"}, request.content, SECRET)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
async def test_the_page_s_check_in_a_shell_knows_true_from_false(tmp_path: Path) -> None:
    request = await sent()
    facts = {name.upper().replace("-", "_"): request.headers[name] for name in request.headers if "webhook" in name}
    for body, expected in ((request.content, True), (request.content + b" ", False)):
        (tmp_path / "body").write_bytes(body)
        done = subprocess.run(
            ["sh", "-c", example("sh")], cwd=tmp_path, env={"PATH": os.environ["PATH"], "SECRET": SECRET, **facts}
        )
        assert (done.returncode == 0) is expected


@pytest.mark.parametrize("key", webhook.Options.model_fields)
def test_every_option_is_on_the_page(key: str) -> None:
    assert f"\n| `{key}` |" in PAGE.read_text()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"url": "ftp://x.example/"}, "is not an http"),
        ({"url": "not an address"}, "is not an http"),
        ({"secret": "short"}, "whsec_"),
        ({"secret": "whsec_" + "A" * 200}, "whsec_"),
        ({"signature": "md5"}, "standard"),
        ({"timeout": "0s"}, "greater than or equal"),
        ({"headers": {"Host": "x"}}, "set by Wirecopy itself"),
        ({"colour": "red"}, "Extra inputs"),
    ],
)
def test_options_that_could_not_work_are_refused(options: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        webhook.Options.model_validate({"url": URL} | options)
