"""Posts at a WordPress: made once, kept up to date, left alone where a person had a hand in them."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from conformance import deliver, make_post
from fake_wordpress import NOW, PASSWORD, URL, USER, FakeWordPress
from faults import Faulty

from aggregator.config import Secret
from aggregator.errors import BlockedError, RejectedError, RemovedError, TryLaterError
from aggregator.policy import change
from aggregator.targets.wordpress import Options, WordPressTarget, build
from aggregator.types import Author, Image, MediaFile, Site

POST = make_post(1)
CHANGED = make_post(1, body="<p>Corrected text.</p>")
Make = Callable[..., WordPressTarget]


@pytest.fixture
def blog() -> FakeWordPress:
    return FakeWordPress()


@pytest.fixture
async def make(blog: FakeWordPress, tmp_path: Path) -> AsyncIterator[Make]:
    made: list[WordPressTarget] = []

    def make(wire: httpx.AsyncBaseTransport | None = None, **options: object) -> WordPressTarget:
        settings = Options.model_validate({"url": URL, "username": USER, "password": Secret(PASSWORD)} | options)
        site = Site(title="Wire", base_url="https://wire.example")
        http = lambda networks: httpx.AsyncClient(transport=wire or blog)  # noqa: E731
        made.append(build("news", settings, site=site, folder=tmp_path, http=http))
        return made[-1]

    yield make
    for target in made:
        await target.close()


async def publish(target: WordPressTarget, post=POST, previous=None, media=None):
    return await target.publish(post, media=media or {}, previous=previous)


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
    target = make(wire, tags={"source": 0})
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
        await publish(make(wire, tags={"source": 0, "always": ["A", "B", "C"]}))
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
    assert "changed by hand" in (await publish(target, CHANGED, found)).note


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
    assert second.note == "changed by hand at the blog and left as it is: content"
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
    assert "changed by hand" in (await publish(target, CHANGED, first)).note


async def test_what_is_withdrawn_lies_in_the_trash(blog, make):
    target = make()
    first = await publish(target)
    blog.only()["content"] += "<p>A remark of ours.</p>"
    await target.withdraw(POST, first)
    assert blog.only()["status"] == "trash"


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


# --- what a post is filed under ---


async def test_tags_are_made_once_and_compared_as_wordpress_keeps_them(blog, make):
    blog.term("tags", "SCIENCE")
    blog.term("tags", "News & Views")
    target = make(tags={"always": ["news & views"]})
    await publish(target)
    assert blog.names("tags", blog.only()) == ["News &amp; Views", "SCIENCE", "Déjà vu"]
    assert [path for _, path in blog.writes()].count("tags") == 1


async def test_tags_are_renamed_dropped_and_capped(blog, make):
    target = make(tags={"source": 2, "rename": {"science": "Research", "b": ""}})
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


# --- pictures ---


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


# --- errors ---


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
    target = make(tags={"source": 0})
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
        await publish(make(tags={"source": 0}))
    assert caught.value.in_doubt


async def test_the_byline_names_the_author_before_the_paper_does(blog, make):
    blog.role = "editor"
    target = make(authors={"The Paper": "wire", "Ada Byron": "8"})
    await publish(target, make_post(1, authors=(Author(name="Ada Byron"),)))
    assert blog.only()["author"] == 8
