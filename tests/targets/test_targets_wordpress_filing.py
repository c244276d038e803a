"""What posts at a WordPress are filed under, whose they are, and how they are set."""

from __future__ import annotations

from functools import partial

import httpx
import pytest
from fake_wordpress import NOW, FakeWordPress
from posting import make_post
from wordpress_bench import build_at, publish

from aggregator.errors import BlockedError
from aggregator.types import Author


@pytest.fixture
def blog() -> FakeWordPress:
    return FakeWordPress()


@pytest.fixture
def make(blog: FakeWordPress):
    return partial(build_at, blog)


# --- what a post is filed under ---


async def test_tags_are_made_once_and_compared_as_wordpress_keeps_them(blog, make):
    blog.term("tags", "SCIENCE")
    blog.term("tags", "News & Views")
    target = make(tags={"always": ["news & views"]})
    await publish(target)
    assert blog.names("tags", blog.only()) == ["News &amp; Views", "SCIENCE", "Déjà vu"]
    assert [path for _, path in blog.writes()].count("tags") == 1


async def test_tags_are_renamed_dropped_and_capped(blog, make):
    target = make(source_tags=2, tags={"rename": {"science": "Research", "b": ""}})
    await publish(target, make_post(1, tags=("Science", "b", "c", "d")))
    assert blog.names("tags", blog.only()) == ["Research", "c"]


async def test_no_tag_is_made_once_the_blog_has_enough(blog, make):
    blog.term("tags", "Science")
    publication = await publish(make(tags={"limit": 1}))
    assert blog.names("tags", blog.only()) == ["Science"]
    assert "Déjà vu" in publication.note


async def test_a_tag_that_another_made_meanwhile_is_taken(blog, make):
    blog.term("tags", "Science")
    hidden = FakeWordPress._terms

    def slow(self, request, taxonomy, params):
        return httpx.Response(200, json=[]) if request.method == "GET" else hidden(self, request, taxonomy, params)

    blog._terms = slow.__get__(blog)
    await publish(make())
    assert blog.names("tags", blog.only())[0] == "Science"


async def test_a_tag_that_was_deleted_meanwhile_is_made_again(blog, make):
    target = make()
    await publish(target)
    blog.terms["tags"].clear()
    blog.posts.clear()
    await publish(target)
    assert blog.names("tags", blog.only()) == ["Science", "Déjà vu"]


async def test_categories_come_from_everywhere_and_have_parents(blog, make):
    blog.role = "editor"
    target = make(
        categories={"always": ["News"], "by_feed": {"the paper": ["World/Europe"]}, "by_tag": {"science": ["Labs"]}}
    )
    await publish(target)
    assert blog.names("categories", blog.only()) == ["News", "Europe", "Labs"]
    world = next(term for term in blog.terms["categories"].values() if term["name"] == "World")
    europe = next(term for term in blog.terms["categories"].values() if term["name"] == "Europe")
    assert europe["parent"] == world["id"]


async def test_an_author_can_t_make_categories_and_posts_without(blog, make):
    target = make(categories={"always": ["News"]})
    first = await publish(target)
    assert "without category News" in first.note
    assert blog.shown()
    await publish(target, make_post(2))
    assert [path for _, path in blog.writes()].count("categories") == 1


# --- authors and settings ---


async def test_the_author_is_set_by_byline(blog, make):
    blog.role = "editor"
    await publish(make(authors={"ada byron": "ada"}))
    assert blog.only()["author"] == 8


@pytest.mark.parametrize(("role", "author"), [("author", "ada"), ("editor", "nobody")])
async def test_an_author_that_can_t_be_set_does_not_stop_the_post(blog, make, role, author):
    blog.role = role
    publication = await publish(make(author=author))
    assert blog.only()["author"] == 7
    assert author in publication.note


async def test_settings_are_sent_with_a_new_post(blog, make):
    target = make(comments="closed", pings="closed", sticky=True, format="link", status="pending", date="now")
    await publish(target)
    post = blog.only()
    assert (post["comment_status"], post["ping_status"], post["sticky"]) == ("closed", "closed", True)
    assert (post["format"], post["status"]) == ("link", "pending")
    assert post["date_gmt"].startswith(f"{NOW:%Y-%m-%d}")


async def test_an_account_that_may_not_publish_is_told_what_to_do(blog, make):
    blog.role = "contributor"
    with pytest.raises(BlockedError, match="role Author"):
        await publish(make())


async def test_custom_fields_are_filled(blog, make):
    seen = []
    blog.firewall = lambda request: seen.append(request.content.decode()) if request.method == "POST" else None
    await publish(make(meta={"source_url": "{url}", "who": "{authors} for {publisher}"}))
    assert any(
        '"meta": {"source_url": "https://paper.example/story/1", "who": "Ada Byron for The Paper"}' in s for s in seen
    )


async def test_the_byline_names_the_author_before_the_paper_does(blog, make):
    blog.role = "editor"
    target = make(authors={"The Paper": "wire", "Ada Byron": "8"})
    await publish(target, make_post(1, authors=(Author(name="Ada Byron"),)))
    assert blog.only()["author"] == 8
