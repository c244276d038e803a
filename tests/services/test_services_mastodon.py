"""The target mastodon before an imitation of Mastodon's API, with and without a spoiled line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from deliveries import LOOPBACK, SITE, connect, make_picture, make_post
from posting import deliver
from relay import Fault, Relay, every

from aggregator.config import Secret
from aggregator.errors import BlockedError, RemovedError
from aggregator.targets import mastodon as kind
from aggregator.types import Image
from tools.services import mastodon

pytestmark = pytest.mark.service


def build(url: str, token: str, **options: Any) -> kind.Mastodon:
    chosen = kind.Options(url=url, token=Secret(token), allow_networks=LOOPBACK, timeout="5s", **options)
    return kind.build("social", chosen, site=SITE, folder=Path(), http=connect)


def ask(site: mastodon.Site, path: str, **params: str) -> Any:
    fields = {"Authorization": f"Bearer {site.token}"}
    return httpx.get(f"{site.url}/api/v1/{path}", params=params, headers=fields, trust_env=False).json()


def every_status(site: mastodon.Site) -> list[str]:
    """The text of each status of the account."""
    account = ask(site, "accounts/verify_credentials")["id"]
    found: list[dict[str, Any]] = []
    while True:
        below = {"max_id": found[-1]["id"]} if found else {}
        page = ask(site, f"accounts/{account}/statuses", limit="40", **below)
        if not page:
            return [status["content"] for status in found]
        found += page


def count(site: mastodon.Site, number: int) -> int:
    return sum(f"/story/{number}?" in content.replace("&amp;", "&") for content in every_status(site))


async def test_a_sound_server_has_nothing_to_complain_of(mastodon: mastodon.Site) -> None:
    target = build(mastodon.url, mastodon.token)
    assert await target.check() == []
    await target.close()


async def test_a_wrong_token_blocks(mastodon: mastodon.Site) -> None:
    target = build(mastodon.url, "wrong")
    assert len(await target.check()) == 1
    with pytest.raises(BlockedError):
        await target.publish(make_post(1), media={}, previous=None)
    await target.close()


async def test_a_status_arrives_whole_is_edited_and_taken_back(mastodon: mastodon.Site, tmp_path: Path) -> None:
    target = build(mastodon.url, mastodon.token, text="{title}\n\n{text}\n\n{credit}\n{link}")
    lead = Image(url="https://paper.example/lead.png", alt="A red door")
    post = make_post(2, lead=lead, body=f"<p>{'Long body. ' * 20}</p>")
    media = {lead.url: make_picture(tmp_path, lead.url)}
    published = await target.publish(post, media=media, previous=None)
    assert published.note == ""
    status = ask(mastodon, f"statuses/{published.remote_id}")
    assert "Story 2: “quotes”, ümläuts &amp; 😀" in status["content"]
    assert 'href="https://paper.example/story/2?a=1&amp;b=2"' in status["content"]
    assert [each["description"] for each in status["media_attachments"]] == ["A red door"]

    again = build(mastodon.url, mastodon.token, text="{title}\n\n{text}\n\n{credit}\n{link}")
    found = await again.find(post)
    await again.close()
    assert found is not None
    assert (found.remote_id, found.pushed_hash) == (published.remote_id, published.pushed_hash)

    changed = make_post(2, lead=Image(url=lead.url, alt="A blue door"), title="Corrected")
    updated = await target.publish(changed, media={}, previous=published)
    assert updated.remote_id == published.remote_id
    status = ask(mastodon, f"statuses/{published.remote_id}")
    assert "Corrected" in status["content"]
    assert len(status["media_attachments"]) == 1  # the imitation does not take new texts for pictures

    await target.withdraw(changed, updated)
    await target.withdraw(changed, updated)
    assert count(mastodon, 2) == 0
    with pytest.raises(RemovedError):
        await target.publish(changed, media={}, previous=updated)
    await target.close()


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.DELAY_REPLY])
async def test_whatever_is_spoiled_makes_one_status(mastodon: mastodon.Site, fault: Fault) -> None:
    number = 100 + list(Fault).index(fault)
    async with Relay(mastodon.url, [fault]) as relay:
        target = build(relay.url, mastodon.token)
        await deliver(target, make_post(number))
        await target.close()
    assert count(mastodon, number) == 1
    assert relay.spoiled[fault] == 1


async def test_forty_posts_over_a_bad_line_arrive_once_each(mastodon: mastodon.Site) -> None:
    faults = [fault for fault in Fault if fault is not Fault.DELAY_REPLY]
    async with Relay(mastodon.url, every(4, faults)) as relay:
        target = build(relay.url, mastodon.token)
        for number in range(200, 240):
            await deliver(target, make_post(number))
        await target.close()
    found = [content.replace("&amp;", "&") for content in every_status(mastodon)]
    assert [sum(f"/story/{number}?" in content for content in found) for number in range(200, 240)] == [1] * 40
