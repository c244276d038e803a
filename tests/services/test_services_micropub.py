"""The target micropub before a real Micropub server, with and without a spoiled line."""

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
from aggregator.targets import micropub as kind
from aggregator.types import Image
from tools.services import micropub

pytestmark = pytest.mark.service


def build(url: str, token: str, **options: Any) -> kind.Micropub:
    chosen = kind.Options(url=url, token=Secret(token), allow_networks=LOOPBACK, timeout="5s", **options)
    return kind.build("indie", chosen, site=SITE, folder=Path(), http=connect)


def entries(site: micropub.Site, wanted: str) -> list[dict[str, Any]]:
    """What the server says that it holds, where a text is in it."""
    answer = httpx.get(
        site.micropub,
        params={"q": "source", "filter": wanted, "limit": "100"},
        headers={"Authorization": f"Bearer {site.token}"},
        trust_env=False,
    )
    return [item["properties"] for item in answer.json()["items"]]


async def test_a_sound_server_has_nothing_to_complain_of(micropub: micropub.Site) -> None:
    target = build(micropub.url, micropub.token)
    assert await target.check() == []
    await target.close()


async def test_a_weak_token_is_told_before_the_first_post(micropub: micropub.Site) -> None:
    target = build(micropub.url, micropub.create_only)
    (told,) = await target.check()
    assert "may not bring posts up to date" in told
    powerless = build(micropub.url, micropub.powerless)
    with pytest.raises(BlockedError):
        await powerless.publish(make_post(1), media={}, previous=None)
    await target.close()
    await powerless.close()


async def test_a_post_arrives_whole_is_updated_and_taken_back(micropub: micropub.Site, tmp_path: Path) -> None:
    target = build(micropub.url, micropub.token)
    lead = Image(url="https://paper.example/lead.png", alt="A red door", caption="The door")
    inline = "https://paper.example/inline.png"
    post = make_post(2, lead=lead)
    post = make_post(2, lead=lead, body=f'{post.body}<p><img src="{inline}" alt="Blue"></p>')
    media = {lead.url: make_picture(tmp_path, lead.url), inline: make_picture(tmp_path, inline, "blue")}
    published = await target.publish(post, media=media, previous=None)
    assert published.remote_url is not None
    page = httpx.get(published.remote_url, trust_env=False)
    for words in ("Story 2: “quotes”, ümläuts &amp; 😀", "First paragraph", "The Paper", "Déjà vu", "The door"):
        assert words in page.text
    (held,) = entries(micropub, post.key)
    assert httpx.get(held["photo"][0], trust_env=False).headers["content-type"] == "image/png"
    assert held["mp-photo-alt"] == ["A red door"]
    assert inline not in page.text

    again = build(micropub.url, micropub.token)
    found = await again.find(post)
    await again.close()
    assert found is not None
    assert (found.remote_id, found.pushed_hash) == (published.remote_id, published.pushed_hash)

    changed = make_post(2, lead=lead, body="<p>Corrected.</p>", tags=())
    updated = await target.publish(changed, media=media, previous=published)
    assert updated.remote_url == published.remote_url
    page = httpx.get(published.remote_url, trust_env=False)
    assert "Corrected." in page.text
    assert "Déjà vu" not in page.text

    await target.withdraw(changed, updated)
    assert httpx.get(published.remote_url, trust_env=False).status_code == 410
    await target.withdraw(changed, updated)
    with pytest.raises(RemovedError):
        await target.publish(changed, media={}, previous=updated)
    await target.close()


async def test_a_draft_is_found_too(micropub: micropub.Site) -> None:
    target = build(micropub.url, micropub.token, status="draft")
    published = await target.publish(make_post(3), media={}, previous=None)
    found = await target.find(make_post(3))
    assert found is not None
    assert found.remote_id == published.remote_id
    assert httpx.get(published.remote_id, trust_env=False).status_code == 404
    await target.close()


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.DELAY_REPLY])
async def test_whatever_is_spoiled_makes_one_post(micropub: micropub.Site, fault: Fault) -> None:
    number = 100 + list(Fault).index(fault)
    async with Relay(micropub.url, [fault]) as relay:
        target = build(relay.url, micropub.token)
        published = await deliver(target, make_post(number))
        await target.close()
    assert len(entries(micropub, make_post(number).key)) == 1
    assert published.remote_url is not None
    assert relay.spoiled[fault] == 1


async def test_forty_posts_over_a_bad_line_arrive_once_each(micropub: micropub.Site) -> None:
    faults = [fault for fault in Fault if fault is not Fault.DELAY_REPLY]
    async with Relay(micropub.url, every(4, faults)) as relay:
        target = build(relay.url, micropub.token)
        for number in range(200, 240):
            await deliver(target, make_post(number))
        await target.close()
    assert [len(entries(micropub, make_post(number).key)) for number in range(200, 240)] == [1] * 40
