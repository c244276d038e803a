"""Ghost as a target, against a Ghost in memory: what every target must do, and what is Ghost's alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import httpx
import pytest
from blogs import picture
from conformance import NO_MEDIA, HttpTargetConformance
from fake_ghost import KEY, URL, FakeGhost
from posting import make_post

from aggregator.config import Secret
from aggregator.errors import BlockedError, RejectedError, RemovedError, TryLaterError
from aggregator.policy import change
from aggregator.targets.ghost import GhostTarget, Options, build
from aggregator.types import Author, Image, Site

SITE = Site(title="The Night Desk", base_url="https://news.example")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LEAD = Image(url="https://paper.example/lead.png", alt="A ship", caption="The <ship>", credit="Photo: Ada")


class TestGhost(HttpTargetConformance):
    secrets: ClassVar[tuple[str, ...]] = (KEY, KEY.partition(":")[2])

    def blog(self) -> httpx.AsyncBaseTransport:
        self.ghost = FakeGhost()
        return self.ghost

    async def build(self, folder: Path) -> GhostTarget:
        options = Options.model_validate({"url": URL, "key": KEY})
        return build("ghost", options, site=SITE, folder=folder, http=self.connect)

    def held(self) -> Mapping[str, str]:
        return self.ghost.public()


@pytest.fixture
def ghost() -> FakeGhost:
    return FakeGhost(now=lambda: NOW)


def target(ghost: FakeGhost, *, clock: Callable[[], datetime] = lambda: NOW, **options: object) -> GhostTarget:
    """A target of that Ghost."""
    chosen = Options.model_validate({"url": URL, "key": KEY, **options})

    def connect(networks: object) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=ghost)

    return build("ghost", chosen, site=SITE, folder=Path(), http=connect, now=clock)


# --- a new post ------------------------------------------------------------------------------


async def test_a_post_is_a_draft_before_it_is_public(ghost: FakeGhost) -> None:
    await target(ghost).publish(make_post(1), media=NO_MEDIA, previous=None)
    assert [(method, body["status"]) for method, body in zip(("POST", "PUT"), ghost.bodies, strict=True)] == [
        ("POST", "draft"),
        ("PUT", "published"),
    ]
    assert [method for method, _ in ghost.asked] == ["GET", "POST", "PUT"]


async def test_it_carries_all_that_ghost_has_a_field_for(ghost: FakeGhost) -> None:
    post = make_post(1, lead=LEAD)
    published = await target(ghost).publish(post, media=NO_MEDIA, previous=None)
    held = ghost.posts[published.remote_id]
    assert held["slug"] == post.slug
    assert held["title"] == post.title
    assert held["custom_excerpt"] == post.standfirst
    assert held["meta_description"] == post.excerpt
    assert held["canonical_url"] == post.canonical_url
    assert (held["feature_image"], held["feature_image_alt"]) == (LEAD.url, "A ship")
    assert held["feature_image_caption"] == "The &lt;ship&gt; Photo: Ada"
    assert [tag["name"] for tag in held["tags"]] == ["Science", "Déjà vu", "#wirecopy", "#feed-paper"]
    assert held["published_at"] == "2026-03-01T12:01:00.000Z"
    assert (published.remote_url, published.published_at) == (f"{URL}/{post.slug}/", post.published_at)
    assert not published.note


async def test_the_head_of_the_page_names_the_original_and_can_not_be_broken_out_of(ghost: FakeGhost) -> None:
    hostile = "</script><script>alert(1)</script><!--"
    post = make_post(1, title=hostile, source_name=hostile, authors=(Author(name=hostile),) * 50)
    published = await target(ghost).publish(post, media=NO_MEDIA, previous=None)
    head = str(ghost.posts[published.remote_id]["codeinjection_head"])
    start, text, end = head.partition(">")[0], head.partition(">")[2].removesuffix("</script>"), "</script>"
    assert start == f'<script type="application/ld+json" data-wirecopy="{post.key}:{change.revision(post)}"'
    assert not set(text) & set("<>&")
    assert head.endswith(end)
    told = json.loads(text)
    assert told["isBasedOn"]["url"] == "https://paper.example/story/1"
    assert told["headline"] == hostile
    assert len(told["author"]) == 10


async def test_no_newsletter_is_sent(ghost: FakeGhost) -> None:
    await target(ghost).publish(make_post(1), media=NO_MEDIA, previous=None)
    for body in ghost.bodies:
        assert not {"newsletter", "email_only", "email_segment"} & set(body)


async def test_a_date_to_come_is_made_now(ghost: FakeGhost) -> None:
    post = make_post(1, published_at=NOW + timedelta(days=3))
    published = await target(ghost).publish(post, media=NO_MEDIA, previous=None)
    assert published.published_at == NOW


async def test_drafts_wait_for_a_person_who_publishes_them(ghost: FakeGhost) -> None:
    blog = target(ghost, status="draft")
    first = await blog.publish(make_post(1), media=NO_MEDIA, previous=None)
    assert ghost.posts[first.remote_id]["status"] == "draft"
    assert first.pushed_hash == (await blog.find(make_post(1))).pushed_hash == change.revision(make_post(1))
    ghost.change(first.remote_id, status="published", published_at="2026-11-25T08:00:00.000Z")
    await blog.publish(make_post(1, body="<p>New.</p>"), media=NO_MEDIA, previous=first)
    assert ghost.posts[first.remote_id]["status"] == "published"
    assert ghost.posts[first.remote_id]["published_at"] == "2026-11-25T08:00:00.000Z"


async def test_a_draft_that_waits_is_not_published_by_a_correction(ghost: FakeGhost) -> None:
    first = await target(ghost, status="draft").publish(make_post(1), media=NO_MEDIA, previous=None)
    await target(ghost).publish(make_post(1, body="<p>New.</p>"), media=NO_MEDIA, previous=first)
    assert ghost.posts[first.remote_id]["status"] == "draft"


async def test_settings_of_a_post_are_sent_once(ghost: FakeGhost) -> None:
    blog = target(ghost, visibility="members", featured=True, author="ada")
    first = await blog.publish(make_post(1), media=NO_MEDIA, previous=None)
    held = ghost.posts[first.remote_id]
    assert (held["visibility"], held["featured"], held["authors"]) == ("members", True, [{"email": "ada@example.com"}])
    ghost.change(first.remote_id, visibility="public", featured=False, slug="better")
    await blog.publish(make_post(1, body="<p>New.</p>"), media=NO_MEDIA, previous=first)
    assert (held["visibility"], held["featured"], held["slug"]) == ("public", False, "better")


@pytest.mark.parametrize(
    ("changes", "author"),
    [
        ({"authors": (Author(name="ADA BYRON"),)}, "ada@example.com"),
        ({"authors": (), "feed": "paper"}, "desk"),
        ({"authors": (Author(name="Bob"),), "feed": "other", "source_name": "The Paper"}, "paper@example.com"),
        ({"authors": (), "feed": "other", "source_name": "?"}, "all@example.com"),
    ],
)
async def test_the_author_is_chosen_by_byline_by_feed_and_by_source(
    ghost: FakeGhost, changes: dict[str, object], author: str
) -> None:
    authors = {"Ada Byron": "ada@example.com", "paper": "desk", "The Paper": "paper@example.com"}
    blog = target(ghost, author="all@example.com", authors=authors)
    await blog.publish(make_post(1, **changes), media=NO_MEDIA, previous=None)
    assert ghost.bodies[0]["authors"] == [{"email" if "@" in author else "slug": author}]


@pytest.mark.parametrize(
    ("options", "source", "names"),
    [
        ({"source_tags": 5}, ("A", "B", "C", "D", "E", "F"), ["A", "B", "C", "D", "E", "#wirecopy", "#feed-paper"]),
        ({"source_tags": 0, "tags": ["News"]}, ("A",), ["News", "#wirecopy", "#feed-paper"]),
        ({"tags": ["News"], "internal_tags": False}, ("news", "A"), ["News", "A"]),
        ({"internal_tags": False}, ("#hidden", "# #x", "##"), ["hidden", "x"]),
        ({"internal_tags": False}, ('</script><img src="x">', "a\\"), ["‹/script›‹img src=”x”›", "a/"]),
        ({"internal_tags": False}, ("a" * 300,), ["a" * 190 + "…"]),
    ],
)
async def test_tags_are_fixed_ones_some_of_the_source_and_hidden_ones(
    ghost: FakeGhost, options: dict[str, object], source: tuple[str, ...], names: list[str]
) -> None:
    await target(ghost, **options).publish(make_post(1, tags=source), media=NO_MEDIA, previous=None)
    assert ghost.bodies[0]["tags"] == [{"name": name} for name in names]


async def test_what_is_too_long_for_ghost_is_cut(ghost: FakeGhost) -> None:
    long = "word " * 300
    lead = replace(LEAD, alt=long)
    post = make_post(1, title=long, standfirst=long, excerpt=long, lead=lead, canonical_url=f"{URL}/{'a' * 2500}")
    await target(ghost).publish(post, media=NO_MEDIA, previous=None)
    sent = ghost.bodies[0]
    assert len(sent["title"]) <= 255
    assert len(sent["custom_excerpt"]) <= 300
    assert len(sent["feature_image_alt"]) <= 191
    assert sent["canonical_url"] is None
    assert long.strip() in sent["html"]  # a standfirst that was cut stands whole in the text


@pytest.mark.parametrize(
    ("excerpt", "standfirst", "shown", "in_text"),
    [
        ("standfirst", "In short.", "In short.", False),
        ("standfirst", "", None, False),
        ("always", "", "First sentence.", False),
        ("none", "In short.", None, True),
    ],
)
async def test_the_standfirst_is_shown_once(
    ghost: FakeGhost, excerpt: str, standfirst: str, shown: str | None, in_text: bool
) -> None:
    post = make_post(1, standfirst=standfirst, excerpt="First sentence.")
    await target(ghost, excerpt=excerpt).publish(post, media=NO_MEDIA, previous=None)
    assert ghost.bodies[0]["custom_excerpt"] == shown
    assert ("In short." in str(ghost.bodies[0]["html"])) is in_text


# --- each once -------------------------------------------------------------------------------


async def test_what_an_unknown_attempt_left_is_finished_and_not_made_again(ghost: FakeGhost) -> None:
    await target(ghost, status="draft").publish(make_post(1), media=NO_MEDIA, previous=None)
    found = await target(ghost).find(make_post(1))
    assert found is not None
    assert found.pushed_hash == ""
    await target(ghost).publish(make_post(1), media=NO_MEDIA, previous=found)
    assert len(ghost.posts) == len(ghost.public()) == 1


async def test_a_post_that_arrived_while_we_made_it_again_stays_and_the_second_draft_goes(ghost: FakeGhost) -> None:
    body: list[dict[str, object]] = []

    def late() -> None:
        """The first attempt's write arrives just before the second's."""
        twin = httpx.Request("POST", f"{URL}/ghost/api/admin/posts/?source=html", json={"posts": body})
        ghost._create(twin)

    first = await target(ghost, status="draft").publish(make_post(1), media=NO_MEDIA, previous=None)
    body.append(ghost.bodies[0])
    del ghost.posts[first.remote_id]
    ghost.before["POST", 1] = late
    published = await target(ghost).publish(make_post(1), media=NO_MEDIA, previous=None)
    assert list(ghost.posts) == list(ghost.public()) == [published.remote_id]
    assert published.remote_url == f"{URL}/{make_post(1).slug}/"


async def test_a_slug_that_a_person_took_is_told(ghost: FakeGhost) -> None:
    theirs = await target(ghost).publish(make_post(1), media=NO_MEDIA, previous=None)
    ghost.change(theirs.remote_id, codeinjection_head="", html="<p>My own.</p>")
    blog = target(ghost)
    assert await blog.find(make_post(1)) is None
    published = await blog.publish(make_post(1), media=NO_MEDIA, previous=None)
    assert published.remote_id != theirs.remote_id
    assert "was taken there" in published.note
    assert ghost.posts[theirs.remote_id]["html"] == "<p>My own.</p>"


async def test_a_copy_that_a_person_made_is_neither_taken_over_nor_deleted(ghost: FakeGhost) -> None:
    blog = target(ghost)
    first = await blog.publish(make_post(1), media=NO_MEDIA, previous=None)
    copy = dict(ghost.posts[first.remote_id], id="c" * 24, slug="story-1-copy", status="draft", published_at=None)
    ghost.posts["c" * 24] = copy | {"updated_at": copy["created_at"]}
    found = await blog.find(make_post(1))
    assert found is not None
    assert found.remote_id == first.remote_id
    await blog.withdraw(make_post(1), first)
    assert list(ghost.posts) == ["c" * 24]
    assert await blog.find(make_post(1)) is None


async def test_a_draft_with_the_mark_that_somebody_saved_is_not_deleted(ghost: FakeGhost) -> None:
    blog = target(ghost)
    first = await blog.publish(make_post(1), media=NO_MEDIA, previous=None)
    draft = dict(ghost.posts[first.remote_id], id="d" * 24, slug=f"{make_post(1).slug}-2", status="draft")
    ghost.posts["d" * 24] = draft | {"published_at": None, "updated_at": "2026-11-24T13:00:00.000Z"}
    await blog.find(make_post(1))
    assert set(ghost.posts) == {first.remote_id, "d" * 24}


async def test_the_mark_is_found_among_many(ghost: FakeGhost) -> None:
    blog = target(ghost)
    first = await blog.publish(make_post(1), media=NO_MEDIA, previous=None)
    for number in range(120):
        twin = dict(ghost.posts[first.remote_id], id=f"{number:024x}", slug=f"copy-{number}", status="draft")
        ghost.posts[twin["id"]] = twin | {"created_at": "2020-01-01T00:00:00.000Z"}
    found = await blog.find(make_post(1))
    assert found is not None
    assert found.remote_id == first.remote_id


@pytest.mark.parametrize(
    ("date", "read"),
    [("", None), ("soon", None), ("2026-03-01T12:00:00", datetime(2026, 3, 1, 12, tzinfo=UTC))],
)
async def test_a_date_that_can_not_be_read_is_none(ghost: FakeGhost, date: str, read: datetime | None) -> None:
    blog = target(ghost)
    first = await blog.publish(make_post(1), media=NO_MEDIA, previous=None)
    ghost.posts[first.remote_id]["published_at"] = date
    found = await blog.find(make_post(1))
    assert found is not None
    assert found.published_at == read


@pytest.mark.parametrize(
    "answer",
    [[], {"posts": None}, {"posts": []}, {"posts": [{"id": 7}]}, {"posts": [{"id": "../x"}]}, {"posts": ["x"]}],
)
async def test_an_answer_that_makes_no_sense_leaves_the_post_in_doubt(answer: object) -> None:
    def nonsense(request: httpx.Request) -> httpx.Response:
        empty = {"posts": [], "meta": {"pagination": {"next": "x"}}}
        return httpx.Response(200, json=empty if request.method == "GET" else answer)

    options = Options.model_validate({"url": URL, "key": KEY})
    client = httpx.AsyncClient(transport=httpx.MockTransport(nonsense))
    blog = build("ghost", options, site=SITE, folder=Path(), http=lambda _: client)
    with pytest.raises(TryLaterError) as caught:
        await blog.publish(make_post(1), media=NO_MEDIA, previous=None)
    assert caught.value.in_doubt
    await blog.close()


# --- a person's hand -------------------------------------------------------------------------


async def test_what_a_person_changed_stays_and_the_rest_follows(ghost: FakeGhost) -> None:
    blog = target(ghost)
    first = await blog.publish(make_post(1), media=NO_MEDIA, previous=None)
    ghost.change(first.remote_id, title="My headline")
    second = await blog.publish(make_post(1, title="New", body="<p>Corrected.</p>"), media=NO_MEDIA, previous=first)
    held = ghost.posts[first.remote_id]
    assert held["title"] == "My headline"
    assert "Corrected." in str(held["html"])
    assert second.note == "edited by hand there and left as it is: title"
    third = await blog.publish(make_post(1, title="Newer", body="<p>Again.</p>"), media=NO_MEDIA, previous=second)
    assert held["title"] == "My headline"
    assert "Again." in str(held["html"])
    assert third.pushed_hash == change.revision(make_post(1, title="Newer", body="<p>Again.</p>"))


@pytest.mark.parametrize(
    ("edit", "part"),
    [
        ({"html": "<p>My words.</p>"}, "text"),
        ({"custom_excerpt": "Mine."}, "excerpt"),
        ({"feature_image": "https://mine.example/x.png"}, "picture"),
        ({"feature_image_alt": "Mine"}, "picture"),
        ({"canonical_url": None}, "canonical address"),
        ({"meta_description": "Mine"}, "description"),
        ({"tags": [{"name": "Mine"}]}, "tags"),
    ],
)
async def test_each_part_that_a_person_changed_stays(ghost: FakeGhost, edit: dict[str, object], part: str) -> None:
    blog = target(ghost)
    first = await blog.publish(make_post(1, lead=LEAD), media=NO_MEDIA, previous=None)
    ghost.change(first.remote_id, **edit)
    url = "https://paper.example/new"
    new = {"body": "<p>New.</p>", "standfirst": "New.", "excerpt": "New.", "canonical_url": url, "tags": ("New",)}
    post = make_post(1, title="New", lead=replace(LEAD, url="https://paper.example/new.png", alt="New"), **new)
    second = await blog.publish(post, media=NO_MEDIA, previous=first)
    held = ghost.posts[first.remote_id]
    assert {name: held[name] for name in edit} == edit
    assert held["title"] == "New"
    assert part in second.note


async def test_a_person_s_change_may_be_overwritten_where_the_owner_says_so(ghost: FakeGhost) -> None:
    blog = target(ghost, overwrite_edits=True)
    first = await blog.publish(make_post(1), media=NO_MEDIA, previous=None)
    ghost.change(first.remote_id, title="My headline")
    second = await blog.publish(make_post(1, title="New"), media=NO_MEDIA, previous=first)
    assert ghost.posts[first.remote_id]["title"] == "New"
    assert not second.note


async def test_what_a_person_put_into_the_head_stays(ghost: FakeGhost) -> None:
    blog = target(ghost)
    first = await blog.publish(make_post(1), media=NO_MEDIA, previous=None)
    head = ghost.posts[first.remote_id]["codeinjection_head"]
    ghost.change(first.remote_id, codeinjection_head=f"<style>p{{}}</style>\n{head}\n<meta name='x'>")
    await blog.publish(make_post(1, title="New"), media=NO_MEDIA, previous=first)
    text = str(ghost.posts[first.remote_id]["codeinjection_head"])
    assert "<style>p{}</style>" in text
    assert "<meta name='x'>" in text
    assert text.count("data-wirecopy") == 1
    assert change.revision(make_post(1, title="New")) in text


async def test_a_person_who_clears_the_head_does_not_hide_the_post(ghost: FakeGhost) -> None:
    blog = target(ghost)
    first = await blog.publish(make_post(1), media=NO_MEDIA, previous=None)
    ghost.change(first.remote_id, codeinjection_head=None)
    found = await blog.find(make_post(1))
    assert found is not None
    assert (found.remote_id, found.pushed_hash) == (first.remote_id, "")
    await blog.publish(make_post(1), media=NO_MEDIA, previous=found)
    assert make_post(1).key in str(ghost.posts[first.remote_id]["codeinjection_head"])


async def test_a_post_that_was_taken_offline_stays_offline(ghost: FakeGhost) -> None:
    blog = target(ghost)
    first = await blog.publish(make_post(1), media=NO_MEDIA, previous=None)
    ghost.change(first.remote_id, status="draft")
    found = await blog.find(make_post(1))
    assert found is not None
    assert found.pushed_hash == first.pushed_hash
    for previous in (first, None):
        await blog.publish(make_post(1, title="New"), media=NO_MEDIA, previous=previous)
        assert ghost.public() == {}


async def test_a_person_who_saves_at_the_same_time_loses_nothing(ghost: FakeGhost) -> None:
    blog = target(ghost)
    first = await blog.publish(make_post(1), media=NO_MEDIA, previous=None)
    ghost.before["PUT", 1] = lambda: ghost.change(first.remote_id, title="My headline")
    second = await blog.publish(make_post(1, title="New", body="<p>New.</p>"), media=NO_MEDIA, previous=first)
    held = ghost.posts[first.remote_id]
    assert held["title"] == "My headline"
    assert "New." in str(held["html"])
    assert "title" in second.note


async def test_somebody_who_saves_all_the_time_is_let_finish(ghost: FakeGhost) -> None:
    blog = target(ghost)
    first = await blog.publish(make_post(1), media=NO_MEDIA, previous=None)
    for number in range(1, 9):
        ghost.before["PUT", number] = lambda: ghost.change(first.remote_id, title="Mine")
    with pytest.raises(TryLaterError, match="at the moment") as caught:
        await blog.publish(make_post(1, body="<p>New.</p>"), media=NO_MEDIA, previous=first)
    assert not caught.value.in_doubt


async def test_what_was_deleted_there_is_not_made_again(ghost: FakeGhost) -> None:
    blog = target(ghost)
    first = await blog.publish(make_post(1), media=NO_MEDIA, previous=None)
    del ghost.posts[first.remote_id]
    with pytest.raises(RemovedError, match="deleted in Ghost"):
        await blog.publish(make_post(1, body="<p>New.</p>"), media=NO_MEDIA, previous=first)
    assert await blog.find(make_post(1)) is None
    assert ghost.posts == {}


async def test_what_is_deleted_while_we_write_is_not_made_again(ghost: FakeGhost) -> None:
    blog = target(ghost)
    first = await blog.publish(make_post(1), media=NO_MEDIA, previous=None)
    ghost.before["PUT", 1] = ghost.posts.clear
    with pytest.raises(RemovedError):
        await blog.publish(make_post(1, body="<p>New.</p>"), media=NO_MEDIA, previous=first)
    assert ghost.posts == {}


async def test_a_blog_that_moved_to_another_server_is_recognised_by_the_marks(ghost: FakeGhost) -> None:
    blog = target(ghost)
    first = await blog.publish(make_post(1), media=NO_MEDIA, previous=None)
    ghost.posts["e" * 24] = ghost.posts.pop(first.remote_id) | {"id": "e" * 24}
    second = await blog.publish(make_post(1, body="<p>New.</p>"), media=NO_MEDIA, previous=first)
    assert second.remote_id == "e" * 24
    assert len(ghost.posts) == 1


async def test_a_missing_page_that_is_not_ghost_s_own_does_not_mean_deleted(ghost: FakeGhost) -> None:
    blog = target(ghost)
    first = await blog.publish(make_post(1), media=NO_MEDIA, previous=None)

    def proxy(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404, html="<h1>nginx</h1>")

    options = Options.model_validate({"url": URL, "key": KEY})
    elsewhere = httpx.AsyncClient(transport=httpx.MockTransport(proxy))
    lost = build("ghost", options, site=SITE, folder=Path(), http=lambda _: elsewhere)
    with pytest.raises(BlockedError, match="no such API"):
        await lost.publish(make_post(1, body="<p>New.</p>"), media=NO_MEDIA, previous=first)
    await lost.close()


# --- pictures --------------------------------------------------------------------------------

PICTURES = '<p>One.</p><figure><img src="https://paper.example/a.png" alt="a"></figure><p>Two.</p>'


async def test_pictures_are_stored_and_shown_from_there(ghost: FakeGhost, tmp_path: Path) -> None:
    post = make_post(1, lead=LEAD, body=PICTURES)
    blog = target(ghost)
    assert blog.wants(post) == (LEAD.url, "https://paper.example/a.png")
    media = {url: picture(tmp_path, url, shade=number) for number, url in enumerate(blog.wants(post))}
    published = await blog.publish(post, media=media, previous=None)
    held = ghost.posts[published.remote_id]
    lead, inner = (f"{URL}/content/images/2026/11/{file.sha256[:20]}.png" for file in media.values())
    assert held["feature_image"] == lead
    assert f'<img src="{inner}" alt="a" width="800" height="600">' in str(held["html"])
    assert lead not in str(held["html"])
    assert [content[:4] for content in ghost.pictures.values()] == [b"\x89PNG"] * 2


async def test_each_picture_is_stored_once(ghost: FakeGhost, tmp_path: Path) -> None:
    blog = target(ghost)
    media = {LEAD.url: picture(tmp_path, LEAD.url)}
    first = await blog.publish(make_post(1, lead=LEAD), media=media, previous=None)
    await blog.publish(make_post(2, lead=LEAD), media=media, previous=None)
    await blog.publish(make_post(1, lead=LEAD, title="New"), media=media, previous=first)
    assert len(ghost.pictures) == 1


async def test_after_a_restart_a_post_keeps_its_pictures(ghost: FakeGhost, tmp_path: Path) -> None:
    media = {url: picture(tmp_path, url, shade=len(url)) for url in (LEAD.url, "https://paper.example/a.png")}
    first = await target(ghost).publish(make_post(1, lead=LEAD, body=PICTURES), media=media, previous=None)
    html = str(ghost.posts[first.remote_id]["html"]).replace("/images/2026", "/images/size/w1000/2026")
    ghost.posts[first.remote_id]["html"] = html
    changed = make_post(1, title="New", lead=LEAD, body=PICTURES)
    await target(ghost).publish(changed, media=media, previous=first)
    assert len(ghost.pictures) == 2
    assert "/size/" not in str(ghost.posts[first.remote_id]["html"])


async def test_a_kill_between_picture_and_post_leaves_no_second_picture(ghost: FakeGhost, tmp_path: Path) -> None:
    def killed() -> None:
        raise httpx.RemoteProtocolError("the process ended here")

    media = {LEAD.url: picture(tmp_path, LEAD.url)}
    blog = target(ghost)
    ghost.before["POST", 1] = killed
    with pytest.raises(TryLaterError):
        await blog.publish(make_post(1, lead=LEAD), media=media, previous=None)
    await blog.close()
    assert (len(ghost.pictures), len(ghost.posts)) == (1, 0)
    again = target(ghost)
    published = await again.publish(make_post(1, lead=LEAD), media=media, previous=None)
    await again.close()
    (name,) = ghost.pictures
    assert ghost.posts[published.remote_id]["feature_image"] == f"{URL}/content/images/2026/11/{name}"


async def test_a_picture_that_the_owner_threw_away_is_stored_anew(ghost: FakeGhost, tmp_path: Path) -> None:
    blog = target(ghost)
    media = {LEAD.url: picture(tmp_path, LEAD.url)}
    await blog.publish(make_post(1, lead=LEAD), media=media, previous=None)
    ghost.pictures.clear()
    await blog.publish(make_post(2, lead=LEAD), media=media, previous=None)
    assert len(ghost.pictures) == 1
    await blog.close()


async def test_notes_that_can_not_be_kept_are_told(ghost: FakeGhost, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in the way")
    blog = target(ghost)
    (problem,) = await blog.check()
    assert "data/pictures can't be used" in problem
    assert await target(ghost, pictures="link").check() == []
    await blog.close()


async def test_a_picture_that_ghost_refuses_is_shown_from_where_it_is(ghost: FakeGhost, tmp_path: Path) -> None:
    ghost.refused_pictures = True
    media = {LEAD.url: picture(tmp_path, LEAD.url)}
    published = await target(ghost).publish(make_post(1, lead=LEAD), media=media, previous=None)
    assert ghost.posts[published.remote_id]["feature_image"] == LEAD.url
    assert "valid image" in published.note


async def test_pictures_may_stay_where_they_are(ghost: FakeGhost) -> None:
    blog = target(ghost, pictures="link")
    assert blog.wants(make_post(1, lead=LEAD)) == ()


async def test_without_a_feature_image_the_lead_stands_in_the_text(ghost: FakeGhost) -> None:
    await target(ghost, lead="text").publish(make_post(1, lead=LEAD), media=NO_MEDIA, previous=None)
    assert ghost.bodies[0]["feature_image"] is None
    assert LEAD.url in str(ghost.bodies[0]["html"])


async def test_a_first_picture_that_becomes_the_feature_image_is_shown_once(ghost: FakeGhost) -> None:
    image = Image(url="https://paper.example/a.png", alt="a")
    body = '<figure><img src="https://paper.example/a.png" alt="a"></figure><p>Text.</p>'
    await target(ghost).publish(make_post(1, images=(image,), body=body), media=NO_MEDIA, previous=None)
    assert ghost.bodies[0]["feature_image"] == image.url
    assert image.url not in str(ghost.bodies[0]["html"])


# --- check, keys and refusals ----------------------------------------------------------------


async def test_an_old_ghost_is_told(ghost: FakeGhost) -> None:
    ghost.version = "4.48"
    assert await target(ghost).check() == ["this is Ghost 4.48: it must be Ghost 5 or newer"]


async def test_what_is_no_ghost_is_told() -> None:
    options = Options.model_validate({"url": "https://other.example", "key": KEY})
    for answer in (httpx.Response(200, json={"hello": 1}), httpx.Response(404, html="x"), httpx.Response(200, text="")):
        client = httpx.AsyncClient(transport=httpx.MockTransport(lambda _, answer=answer: answer))
        blog = build("ghost", options, site=SITE, folder=Path(), http=lambda _, client=client: client)
        problems = await blog.check()
        assert len(problems) == 1
        await blog.close()


async def test_a_wrong_key_is_told(ghost: FakeGhost) -> None:
    wrong = target(ghost, key=f"{KEY[:-2]}00")
    problems = await wrong.check()
    assert len(problems) == 1
    assert "Ghost does not know this key" in problems[0]
    with pytest.raises(BlockedError, match="does not know this key"):
        await wrong.publish(make_post(1), media=NO_MEDIA, previous=None)


async def test_a_clock_that_is_wrong_is_told(ghost: FakeGhost) -> None:
    behind = target(ghost, clock=lambda: NOW - timedelta(minutes=7))
    with pytest.raises(BlockedError, match="7 minutes behind the blog's"):
        await behind.publish(make_post(1), media=NO_MEDIA, previous=None)


async def test_a_contributor_s_key_is_told(ghost: FakeGhost) -> None:
    ghost.roles = ("Contributor",)
    assert "may not publish" in (await target(ghost).check())[0]
    assert await target(ghost, status="draft").check() == []


async def test_an_author_whom_nobody_knows_is_told(ghost: FakeGhost) -> None:
    authors = {"Ada": "ada@example.com", "Bob": "bob@example.com", "paper": "ada", "x": "nobody"}
    problems = await target(ghost, authors=authors).check()
    assert [problem.partition(":")[0] for problem in problems] == [
        "nobody writes there as bob@example.com",
        "nobody writes there as nobody",
    ]


@pytest.mark.parametrize("url", [URL, f"{URL}/ghost", f"{URL}/ghost/", f"{URL}/ghost/api/admin/site/"])
async def test_the_address_of_the_admin_pages_does_as_well(ghost: FakeGhost, url: str) -> None:
    assert await target(ghost, url=url).check() == []


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("7c9b854cc9b538057ea56eda06", "Content API key"),
        ("nonsense", "not an Admin API key"),
        (f"{KEY}a", "not an Admin API key"),
        (KEY.replace(":", ""), "not an Admin API key"),
        ("", "not an Admin API key"),
    ],
)
def test_a_key_of_another_kind_is_told_and_not_shown(key: str, hint: str) -> None:
    with pytest.raises(ValueError, match=hint) as caught:
        Options.model_validate({"url": URL, "key": Secret(key)})
    assert not key or key not in str(caught.value)


@pytest.mark.parametrize("author", ["Ada Byron", "a b@example.com", "o'neil@example.com", "Ada"])
def test_an_author_is_a_mail_address_or_a_slug(author: str) -> None:
    with pytest.raises(ValueError, match="neither a mail address nor a slug"):
        Options.model_validate({"url": URL, "key": KEY, "author": author})


async def test_ghost_s_own_words_are_in_the_error(ghost: FakeGhost) -> None:
    long = make_post(1, slug="a" * 200)
    with pytest.raises(RejectedError, match="exceeds maximum length of 191"):
        await target(ghost).publish(long, media=NO_MEDIA, previous=None)


async def test_each_call_is_signed_anew(ghost: FakeGhost) -> None:
    moments = iter(NOW + timedelta(minutes=10 * number) for number in range(100))
    clock = {"now": NOW}

    def tick() -> datetime:
        clock["now"] = next(moments)
        return clock["now"]

    ghost.now = lambda: clock["now"]
    await target(ghost, clock=tick).publish(make_post(1), media=NO_MEDIA, previous=None)
    assert len(ghost.public()) == 1
