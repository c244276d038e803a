"""The target xmlrpc before a real WordPress, with and without a spoiled line."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from deliveries import LOOPBACK, SITE, connect, make_picture, make_post
from posting import deliver
from relay import Fault, Relay, every

from aggregator.config import Secret
from aggregator.errors import BlockedError, RemovedError
from aggregator.policy import change
from aggregator.targets import xmlrpc as kind
from aggregator.types import Image
from tools.services import wordpress

pytestmark = pytest.mark.service


def build(site: wordpress.Site, *, url: str = "", role: str = "author", **options: Any) -> kind.XmlRpc:
    user = site.users[role]
    password = options.pop("password", user.application_password)
    chosen = kind.Options(
        url=url or site.url, username=user.login, password=Secret(password), allow_networks=LOOPBACK, timeout="10s", **options
    )  # fmt: skip
    return kind.build("old", chosen, site=SITE, folder=Path(), http=connect)


@pytest.fixture
async def target(wordpress: wordpress.Site) -> AsyncIterator[kind.XmlRpc]:
    target = build(wordpress)
    yield target
    await target.close()


def rest(site: wordpress.Site, path: str, **params: str) -> Any:
    """What the blog's other API says, asked by an editor."""
    user = site.users["editor"]
    auth = (user.login, user.application_password)
    return httpx.get(f"{site.api}/{path}", params=params, auth=auth, trust_env=False, timeout=30).json()


def copies(site: wordpress.Site, number: int) -> list[dict[str, Any]]:
    """All that the blog holds of a post, in whatever state."""
    states = "publish,future,draft,pending,private,trash"
    return list(rest(site, "posts", search=make_post(number).key, status=states, context="edit"))


async def test_a_sound_blog_has_nothing_to_complain_of(target: kind.XmlRpc) -> None:
    assert await target.check() == []


async def test_a_wrong_password_and_a_weak_role_are_told(wordpress: wordpress.Site) -> None:
    stranger, reader = build(wordpress, password="wrong"), build(wordpress, role="contributor")
    assert "Incorrect username or password" in (await stranger.check())[0]
    assert "contributor" in (await reader.check())[0]
    with pytest.raises(BlockedError):
        await stranger.publish(make_post(1), media={}, previous=None)
    await stranger.close()
    await reader.close()


async def test_a_post_arrives_whole(wordpress: wordpress.Site, target: kind.XmlRpc, tmp_path: Path) -> None:
    lead, inline = (
        Image(url="https://paper.example/lead.png", alt="A red door", caption="The door"),
        "https://paper.example/i.png",
    )
    body = f'{make_post(2).body}<p><img src="{inline}" alt="Blue"></p><pre>a\n\n[b]</pre>'
    post = make_post(2, lead=lead, body=body)
    media = {lead.url: make_picture(tmp_path, lead.url), inline: make_picture(tmp_path, inline, "blue")}
    published = await target.publish(post, media=media, previous=None)
    assert published.remote_url is not None
    assert f"/2026/03/{post.slug}/" in published.remote_url
    assert published.published_at == post.published_at
    assert published.note == ""
    (held,) = copies(wordpress, 2)
    assert held["status"] == "publish"
    assert held["title"]["raw"] == "Story 2: “quotes”, ümläuts &amp; 😀"
    assert held["date_gmt"] == "2026-03-01T12:02:00"
    tags = {tag["name"] for tag in rest(wordpress, "tags", post=str(held["id"]))}
    assert tags == {"Science", "Déjà vu"}
    page = unescape(httpx.get(published.remote_url, trust_env=False).text)
    for words in ("First paragraph of story 2, which [gallery] tells.", "The Paper", "The door", "a\n\n[b]"):
        assert words in page
    for address in re.findall(r'src="([^"]+\.png)"', held["content"]["raw"]):
        assert address.startswith(wordpress.url)
        assert httpx.get(address, trust_env=False).headers["content-type"] == "image/png"
    found = await target.find(post)
    assert found is not None
    assert found == published


async def test_an_update_keeps_the_address_and_makes_no_second_copy_of_a_picture(
    wordpress: wordpress.Site, target: kind.XmlRpc, tmp_path: Path
) -> None:
    lead = Image(url="https://paper.example/green.png", alt="A green door")
    media = {lead.url: make_picture(tmp_path, lead.url, "green")}
    first = await target.publish(make_post(3, lead=lead), media=media, previous=None)
    again = build(wordpress)  # as after a restart
    changed = make_post(3, lead=lead, title="Corrected", tags=("Science", "Brand new"))
    second = await again.publish(changed, media=media, previous=first)
    await again.close()
    assert (second.remote_id, second.remote_url) == (first.remote_id, first.remote_url)
    assert "tags" in second.note  # an author may not make new ones by wp.editPost
    (held,) = copies(wordpress, 3)
    assert held["title"]["raw"] == "Corrected"
    assert len(rest(wordpress, "media", search=media[lead.url].sha256[:20])) == 1


@pytest.mark.parametrize("lead", ["text", "featured"])
async def test_the_lead_picture_stands_where_it_is_wanted(wordpress: wordpress.Site, tmp_path: Path, lead: str) -> None:
    number = 5 if lead == "text" else 6
    target = build(wordpress, lead=lead)
    picture = Image(url="https://paper.example/lead.png", alt="A red door")
    media = {picture.url: make_picture(tmp_path, picture.url)}
    await target.publish(make_post(number, lead=picture), media=media, previous=None)
    await target.close()
    (held,) = copies(wordpress, number)
    assert bool(held["featured_media"]) is (lead == "featured")
    assert ("<img" in held["content"]["raw"]) is (lead == "text")


async def test_a_persons_edit_is_left_and_what_is_in_the_trash_stays_there(
    wordpress: wordpress.Site, target: kind.XmlRpc
) -> None:
    first = await target.publish(make_post(7), media={}, previous=None)
    user = wordpress.users["editor"]
    auth = (user.login, user.application_password)
    post = f"{wordpress.api}/posts/{first.remote_id}"
    httpx.post(post, json={"title": "Mine"}, auth=auth, trust_env=False, timeout=30).raise_for_status()
    second = await target.publish(make_post(7, title="New"), media={}, previous=first)
    assert "edited by hand" in second.note
    assert copies(wordpress, 7)[0]["title"]["raw"] == "Mine"
    httpx.delete(post, auth=auth, trust_env=False, timeout=30).raise_for_status()
    with pytest.raises(RemovedError):
        await target.publish(make_post(7, title="New"), media={}, previous=second)
    with pytest.raises(RemovedError):
        await target.find(make_post(7))


async def test_a_withdrawn_post_goes_to_the_trash(wordpress: wordpress.Site, target: kind.XmlRpc) -> None:
    first = await target.publish(make_post(8), media={}, previous=None)
    await target.withdraw(make_post(8), first)
    await target.withdraw(make_post(8), first)
    assert [held["status"] for held in copies(wordpress, 8)] == ["trash"]


@pytest.mark.parametrize("step", range(4))
@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.DELAY_REPLY])
async def test_whatever_is_spoiled_makes_one_post(wordpress: wordpress.Site, fault: Fault, step: int) -> None:
    number = 100 + 10 * list(Fault).index(fault) + step
    async with Relay(wordpress.url, [*[None] * step, fault]) as relay:
        target = build(wordpress, url=relay.url)
        published = await deliver(target, make_post(number))
        await target.close()
    assert [held["status"] for held in copies(wordpress, number)] == ["publish"]
    assert published.pushed_hash == change.revision(make_post(number))
    assert relay.spoiled[fault] == 1


async def test_forty_posts_over_a_bad_line_arrive_once_each(wordpress: wordpress.Site) -> None:
    faults = [fault for fault in Fault if fault is not Fault.DELAY_REPLY]
    async with Relay(wordpress.url, every(5, faults)) as relay:
        target = build(wordpress, url=relay.url)
        for number in range(200, 240):
            await deliver(target, make_post(number))
        await target.close()
    found = [
        [held["status"] for held in copies(wordpress, number) if held["status"] != "trash"]
        for number in range(200, 240)
    ]
    assert found == [["publish"]] * 40
