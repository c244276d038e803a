"""Pictures of posts in a WordPress's media library."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import httpx
import pytest
from fake_wordpress import URL, FakeWordPress
from faults import Faulty
from posting import make_post
from wordpress_bench import build_at, publish

from aggregator.errors import TryLaterError
from aggregator.types import Image, MediaFile


@pytest.fixture
def blog() -> FakeWordPress:
    return FakeWordPress()


@pytest.fixture
def make(blog: FakeWordPress):
    return partial(build_at, blog)


@pytest.fixture
def picture(tmp_path: Path) -> Callable[[str], MediaFile]:
    def picture(name: str) -> MediaFile:
        path = tmp_path / name
        path.write_bytes(name.encode())
        digest = hashlib.sha256(name.encode()).hexdigest()
        url = f"https://paper.example/{name}"
        return MediaFile(url=url, path=str(path), sha256=digest, type="image/jpeg", width=800, height=600)

    return picture


def with_picture(number: int = 1, **changes):
    image = Image(url="https://paper.example/Head.jpg", alt="A head", caption="The head", credit="Jo")
    body = '<p>Words.</p><p><img src="https://paper.example/body.jpg" alt="A body"></p>'
    return make_post(number, **({"lead": image, "body": body} | changes))


@pytest.fixture
def media(picture):
    return {file.url: file for file in (picture("Head.jpg"), picture("body.jpg"))}


async def test_pictures_are_uploaded_with_their_words_and_shown_from_there(blog, make, media):
    await publish(make(), with_picture(), media=media)
    head, body = blog.media.values()
    assert head["alt_text"] == "A head"
    assert head["caption"] == "The head Jo"
    assert blog.only()["featured_media"] == head["id"]
    text = blog.only()["content"]
    assert body["source_url"] in text
    assert f'class="wp-image-{body["id"]}"' in text
    assert "https://paper.example/body.jpg" not in text
    assert head["source_url"] not in text  # the theme shows it


async def test_a_picture_is_uploaded_once_for_all_posts_and_all_lives(blog, make, media):
    await publish(make(), with_picture(), media=media)
    await publish(make(), with_picture(2), media=media)
    assert len(blog.media) == 2
    assert all(post["featured_media"] for post in blog.posts.values())


async def test_a_lost_answer_to_an_upload_makes_no_second_picture(blog, make, media):
    wire = Faulty(blog)
    target = make(wire)
    wire.next = ["drop-reply"]
    with pytest.raises(TryLaterError) as caught:
        await publish(target, with_picture(), media=media)
    assert not caught.value.in_doubt
    await publish(target, with_picture(), media=media)
    assert len(blog.media) == 2


async def test_a_picture_that_was_deleted_meanwhile_is_uploaded_again(blog, make, media):
    target = make()
    await publish(target, with_picture(), media=media)
    blog.media.clear()
    await publish(target, with_picture(2), media=media)
    assert len(blog.media) == 2


async def test_a_firewall_that_dislikes_a_picture_does_not_lose_the_post(blog, make, media):
    page = httpx.Response(403, html="<h1>Blocked</h1>")
    blog.firewall = lambda request: page if request.method == "POST" and "/media" in request.url.path else None
    await publish(make(), with_picture(), media=media)
    assert "https://paper.example/Head.jpg" in blog.only()["content"]


async def test_a_picture_that_the_blog_refuses_is_shown_from_its_source(blog, make, media):
    blog.refuses_pictures = "rest_upload_sideload_error"
    publication = await publish(make(), with_picture(), media=media)
    assert "2 of 2 pictures" in publication.note
    assert "https://paper.example/Head.jpg" in blog.only()["content"]
    assert "https://paper.example/body.jpg" in blog.only()["content"]


async def test_a_picture_that_the_blog_fails_at_again_and_again_does_not_hold_the_post_up(blog, make, media):
    blog.refuses_pictures = "internal_server_error"
    target = make()
    for _ in range(4):
        with pytest.raises(TryLaterError):
            await publish(target, with_picture(), media=media)
    await publish(target, with_picture(), media=media)
    assert blog.shown()


async def test_an_account_that_may_not_upload_posts_without_copies(blog, make, media):
    blog.role = "contributor"
    await publish(make(status="pending"), with_picture(), media=media)
    assert "https://paper.example/Head.jpg" in blog.only()["content"]


async def test_a_copy_that_is_gone_is_not_missed(blog, make, media):
    Path(media["https://paper.example/Head.jpg"].path).unlink()
    await publish(make(), with_picture(), media=media)
    assert "https://paper.example/Head.jpg" in blog.only()["content"]


async def test_a_new_lead_picture_takes_the_place_of_ours_but_not_of_the_owner_s(blog, make, media, picture):
    target = make()
    first = await publish(target, with_picture(), media=media)
    other = picture("other.jpg")
    changed = with_picture(lead=Image(url=other.url))
    second = await publish(target, changed, first, media | {other.url: other})
    assert blog.media[blog.only()["featured_media"]]["source_url"].endswith(f"other-{other.sha256[:8]}.jpg")
    blog.media[500] = {"id": 500, "slug": "my-own", "source_url": f"{URL}/mine.jpg"}
    blog.only()["featured_media"] = 500
    await publish(target, with_picture(body="<p>New.</p>"), second, media)
    assert blog.only()["featured_media"] == 500


async def test_pictures_can_stay_where_they_are(blog, make):
    target = make(pictures="link")
    assert target.wants(with_picture()) == ()
    await publish(target, with_picture())
    assert not blog.media
    assert "https://paper.example/Head.jpg" in blog.only()["content"]
