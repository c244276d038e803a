"""Posts at a WordPress: made once, kept up to date, left alone where a person had a hand in them."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import httpx
import pytest
from fake_wordpress import URL, FakeWordPress
from faults import Faulty
from posting import make_post
from wordpress_bench import CHANGED, POST, build_at, publish

from aggregator.errors import BlockedError, RemovedError, TryLaterError
from aggregator.policy import change


@pytest.fixture
def blog() -> FakeWordPress:
    return FakeWordPress()


@pytest.fixture
def make(blog: FakeWordPress):
    return partial(build_at, blog)


# --- one post for one key ---


async def test_a_post_is_a_draft_first_and_published_by_its_number(blog, make):
    publication = await publish(make())
    assert [call for call in blog.writes() if "posts" in call[1]] == [
        ("POST", "posts"),
        ("POST", f"posts/{publication.remote_id}"),
    ]
    assert blog.only()["slug"] == POST.slug
    assert publication.remote_url == f"{URL}/2026/11/{POST.slug}/"
    assert publication.published_at == POST.published_at


async def test_an_unchanged_post_is_asked_for_and_not_sent_again(blog, make):
    target = make()
    first = await publish(target)
    before = len(blog.writes())
    assert await publish(target, previous=first) == first
    assert len(blog.writes()) == before


async def test_a_draft_of_a_broken_attempt_is_finished(blog, make):
    wire = Faulty(blog)
    target = make(wire, source_tags=0)
    wire.next = ["", "reset-before"]
    with pytest.raises(TryLaterError):
        await publish(target)
    found = await target.find(POST)
    assert found is not None
    assert found.pushed_hash == ""
    published = await publish(target, previous=found)
    assert published.remote_id == found.remote_id
    assert blog.only()["status"] == "publish"


async def test_a_repeat_that_does_not_know_of_its_first_attempt_leaves_one_post(blog, make):
    """A store restored from a backup: the slug tells that there is one already."""
    first = await publish(make())
    again = await publish(make())
    assert again.remote_id == first.remote_id
    assert len(blog.posts) == 1


async def test_a_repeat_beside_an_orphaned_draft_goes_on_with_the_draft(blog, make):
    wire = Faulty(blog)
    wire.next = ["", "", "", "drop-reply"]
    with pytest.raises(TryLaterError):
        await publish(make(wire, source_tags=0, tags=["A", "B", "C"]))
    await publish(make())
    assert len(blog.posts) == 1
    assert blog.only()["status"] == "publish"


async def test_drafts_beside_the_published_post_are_deleted_by_a_look(blog, make):
    target = make()
    first = await publish(target)
    orphan = dict(blog.only(), id=90, status="draft", slug=f"{POST.slug}-2")
    blog.posts[90] = orphan
    found = await target.find(POST)
    assert found is not None
    assert found.remote_id == first.remote_id
    assert list(blog.posts) == [int(first.remote_id)]


async def test_of_several_published_posts_the_oldest_is_kept_and_the_others_are_told(blog, make):
    target = make()
    first = await publish(target)
    blog.posts[90] = dict(blog.only(), id=90, slug=f"{POST.slug}-2")
    found = await target.find(POST)
    assert found is not None
    assert (found.remote_id, len(blog.posts)) == (first.remote_id, 2)
    assert found.note.endswith("see post 90")


async def test_a_person_s_post_with_our_slug_is_left_alone(blog, make):
    target = make()
    await publish(target, make_post(2))
    blog.only().update(slug=POST.slug, content="<p>By hand.</p>")
    publication = await publish(target)
    assert blog.posts[int(publication.remote_id)]["slug"] == f"{POST.slug}-2"
    assert len(blog.posts) == 2
    found = await target.find(POST)
    assert found is not None
    assert found.remote_id == publication.remote_id


async def test_a_post_whose_slug_a_person_changed_is_found_by_its_mark(blog, make):
    target = make()
    publication = await publish(target)
    blog.only()["slug"] = "a-better-address"
    found = await target.find(POST)
    assert found is not None
    assert found.remote_id == publication.remote_id


async def test_what_is_found_after_a_doubtful_attempt_can_be_compared_later(blog, make):
    target = make()
    await publish(target)
    found = await target.find(POST)
    assert found is not None
    blog.only()["content"] += "<p>By hand.</p>"
    assert "edited by hand" in (await publish(target, CHANGED, found)).note


async def test_where_drafts_are_wanted_a_draft_is_all(blog, make):
    target = make(status="draft")
    publication = await publish(target)
    assert blog.only()["status"] == "draft"
    found = await target.find(POST)
    assert found is not None
    assert found.pushed_hash == publication.pushed_hash == change.revision(POST)


async def test_a_blog_whose_clock_is_behind_gets_its_own_time(blog, make):
    blog.now = POST.published_at - timedelta(hours=2)
    await publish(make())
    assert blog.only()["status"] == "publish"


# --- what people do at the blog ---


async def test_what_a_person_edited_is_not_overwritten_now_or_later(blog, make):
    target = make()
    first = await publish(target)
    blog.only()["content"] += "<p>A remark of ours.</p>"
    second = await publish(target, CHANGED, first)
    assert second.note == "edited by hand there and left as it is: content"
    assert second.pushed_hash == change.revision(CHANGED)
    third = await publish(target, make_post(1, title="Third", body="<p>Third.</p>"), second)
    assert "content" in third.note
    assert "A remark of ours." in blog.only()["content"]
    assert blog.only()["title"] == "Third"


async def test_beside_a_headline_by_hand_corrections_of_the_text_arrive(blog, make):
    target = make()
    first = await publish(target)
    blog.only()["title"] = "A better headline"
    second = await publish(target, CHANGED, first)
    assert second.note.endswith(": title")
    await publish(target, make_post(1, body="<p>Corrected again.</p>"), second)
    assert blog.only()["title"] == "A better headline"
    assert "Corrected again." in blog.only()["content"]


async def test_an_edit_by_hand_gives_way_where_that_is_wanted(blog, make):
    target = make(overwrite_edits=True)
    first = await publish(target)
    blog.only()["title"] = "Ours"
    await publish(target, CHANGED, first)
    assert "Corrected text." in blog.only()["content"]
    assert blog.only()["title"] != "Ours"


async def test_an_update_leaves_status_date_and_added_terms_as_the_blog_has_them(blog, make):
    target = make()
    first = await publish(target)
    added = blog.term("tags", "Added by hand")
    blog.only()["tags"].append(added)
    blog.only().update(status="draft", date_gmt="2026-01-01T00:00:00")
    await publish(target, CHANGED, first)
    post = blog.only()
    assert "Corrected text." in post["content"]
    assert (post["status"], post["date_gmt"]) == ("draft", "2026-01-01T00:00:00")
    assert added in post["tags"]


@pytest.mark.parametrize("known", [True, False])
async def test_a_post_that_its_owner_took_offline_stays_offline(blog, make, known):
    target = make()
    first = await publish(target)
    blog.only()["status"] = "draft"
    found = await target.find(POST)
    assert found is not None
    assert found.pushed_hash == first.pushed_hash
    await publish(target, CHANGED, first if known else None)
    assert blog.only()["status"] == "draft"
    assert "Corrected text." in blog.only()["content"]


async def test_a_post_in_the_trash_does_not_come_back(blog, make):
    target = make()
    first = await publish(target)
    blog.trash(blog.only())
    with pytest.raises(RemovedError, match="trash"):
        await publish(target, CHANGED, first)
    with pytest.raises(RemovedError):
        await target.find(POST)
    assert not blog.shown()


async def test_a_deleted_post_does_not_come_back(blog, make):
    target = make()
    first = await publish(target)
    blog.posts.clear()
    with pytest.raises(RemovedError, match="deleted"):
        await publish(target, CHANGED, first)
    assert not blog.posts


@pytest.mark.parametrize("status", [404, 410])
async def test_a_404_of_the_server_itself_says_nothing_about_the_post(blog, make, status):
    """Broken rewrite rules answer so for every address."""
    target = make()
    first = await publish(target)
    blog.firewall = lambda request: httpx.Response(status, html="<h1>Not found</h1>")
    with pytest.raises(BlockedError):
        await publish(target, CHANGED, first)
    with pytest.raises(BlockedError):
        await target.withdraw(POST, first)


async def test_a_post_that_came_back_under_another_number_is_found_again(blog, make):
    """A blog restored from a backup may have given its number to another post."""
    target = make()
    first = await publish(target)
    post = blog.posts.pop(int(first.remote_id))
    blog.posts[77] = post | {"id": 77}
    blog.posts[int(first.remote_id)] = post | {"id": int(first.remote_id), "slug": "by-hand", "content": "Mine."}
    second = await publish(target, CHANGED, first)
    assert second.remote_id == "77"
    assert blog.posts[int(first.remote_id)]["content"] == "Mine."


async def test_a_post_without_its_credit_is_still_ours_and_edited_by_hand(blog, make):
    target = make()
    first = await publish(target)
    blog.only()["content"] = "<p>All new.</p>"
    assert "edited by hand" in (await publish(target, CHANGED, first)).note


async def test_what_is_withdrawn_lies_in_the_trash(blog, make):
    target = make()
    first = await publish(target)
    blog.only()["content"] += "<p>A remark of ours.</p>"
    await target.withdraw(POST, first)
    assert blog.only()["status"] == "trash"


async def test_what_was_withdrawn_can_be_brought_back_under_its_address(blog, make):
    target = make()
    first = await publish(target)
    await target.withdraw(POST, first)
    assert await target.find(POST) is None
    again = await publish(target, previous=first)
    assert again.remote_url == first.remote_url
    assert list(blog.shown()) == [again.remote_id]
    await target.withdraw(POST, again)
    assert not blog.shown()


async def test_a_blog_without_a_trash_deletes(blog, make):
    blog.trash_days = 0
    target = make()
    await target.withdraw(POST, await publish(target))
    assert not blog.posts


async def test_a_host_that_lets_no_delete_through_is_asked_by_post(blog, make):
    blog.firewall = lambda request: httpx.Response(405, html="Not allowed") if request.method == "DELETE" else None
    target = make()
    await target.withdraw(POST, await publish(target))
    assert blog.only()["status"] == "trash"


async def test_another_s_post_is_not_withdrawn_in_place_of_ours(blog, make):
    target = make()
    first = await publish(target)
    blog.only().update(slug="by-hand", content="Mine.")
    await target.withdraw(POST, first)
    assert blog.only()["status"] == "publish"
