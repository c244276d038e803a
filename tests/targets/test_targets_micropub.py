"""Micropub: conformance, and what servers differ in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from conformance import NO_MEDIA, HttpTargetConformance
from fake_micropub import ENDPOINT, SITE, TOKEN, FakeMicropub
from faults import AFTER, Faulty
from posting import deliver, make_post
from pydantic import ValidationError

from aggregator.config import Secret
from aggregator.errors import BlockedError, PublishError, RejectedError, RemovedError, TryLaterError
from aggregator.targets import Gathers, micropub
from aggregator.targets.micropub import Micropub, Options, entry
from aggregator.types import Image, MediaFile, Site

OUR_SITE = Site(title="Wire", base_url="https://wire.example")


def build(far: httpx.AsyncBaseTransport, /, **options: Any) -> Micropub:
    chosen = Options(url=SITE, token=Secret(TOKEN), **options)
    return micropub.build(
        "indie", chosen, site=OUR_SITE, folder=Path(), http=lambda _: httpx.AsyncClient(transport=far)
    )


def told(request: httpx.Request) -> Any:
    return json.loads(request.content)


def writes(blog: FakeMicropub) -> list[httpx.Request]:
    return [request for request in blog.asked if request.method == "POST"]


def picture(tmp_path: Path, url: str = "https://paper.example/a.jpg", content: bytes = b"a picture") -> MediaFile:
    path = tmp_path / "picture.jpg"
    path.write_bytes(content)
    return MediaFile(url=url, path=str(path), sha256=content.hex()[:64], type="image/jpeg", width=10, height=10)


class TestConformance(HttpTargetConformance):
    secrets = (TOKEN,)

    def blog(self) -> FakeMicropub:
        self.far = FakeMicropub()
        return self.far

    async def build(self, folder: Path) -> Micropub:
        return build(self.wire)

    def held(self) -> Mapping[str, str]:
        return {url: found["content"][0]["html"] for url, found in self.far.shown().items()}


class TestConformanceWithoutList(TestConformance):
    """A server that tells of one entry only, before a home page of titles."""

    def blog(self) -> FakeMicropub:
        super().blog()
        self.far.lists = False
        return self.far


class TestConformanceWithoutQuestions(TestConformance):
    """A server that answers no question at all, before a home page of whole texts."""

    def blog(self) -> FakeMicropub:
        super().blog()
        self.far.lists = self.far.tells = False
        self.far.home = "texts"
        return self.far


@pytest.fixture
def blog() -> FakeMicropub:
    return FakeMicropub()


class TestDiscovery:
    @pytest.mark.parametrize("place", ["header", "html"])
    async def test_the_endpoint_is_found_in_the_header_and_in_the_page(self, blog: FakeMicropub, place: str) -> None:
        blog.links = place
        target = build(blog)
        await target.publish(make_post(), media=NO_MEDIA, previous=None)
        assert str(writes(blog)[0].url) == ENDPOINT

    async def test_a_site_without_endpoint_blocks_and_says_so(self, blog: FakeMicropub) -> None:
        blog.links = ""
        with pytest.raises(BlockedError, match="names no Micropub endpoint"):
            await build(blog).publish(make_post(), media=NO_MEDIA, previous=None)

    async def test_a_given_endpoint_needs_no_naming(self, blog: FakeMicropub) -> None:
        blog.links = ""
        publication = await build(blog, endpoint=ENDPOINT).publish(make_post(), media=NO_MEDIA, previous=None)
        assert publication.remote_url in blog.entries

    async def test_the_token_is_not_sent_in_the_clear_where_the_site_is_encrypted(self, blog: FakeMicropub) -> None:
        with pytest.raises(BlockedError, match="not encrypted"):
            await build(blog, endpoint="http://me.example/micropub?v=1").publish(
                make_post(), media=NO_MEDIA, previous=None
            )
        assert not writes(blog)

    async def test_the_token_goes_to_endpoints_only(self, blog: FakeMicropub) -> None:
        blog.lists = blog.tells = False
        target = build(blog)
        await target.publish(make_post(), media=NO_MEDIA, previous=None)
        await target.find(make_post())
        pages = [request for request in blog.asked if request.url.path not in ("/micropub", "/media", "/token")]
        assert len(pages) == 2
        assert not any("Authorization" in request.headers for request in pages)

    async def test_an_endpoint_that_moved_is_looked_for_again(self, blog: FakeMicropub) -> None:
        target = build(blog)
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)
        blog.refuses = 404
        with pytest.raises(BlockedError):
            await target.publish(make_post(body="<p>New.</p>"), media=NO_MEDIA, previous=first)
        blog.refuses = None
        await target.publish(make_post(body="<p>New.</p>"), media=NO_MEDIA, previous=first)
        assert sum(1 for request in blog.asked if request.url.path == "/") == 2


class TestEntry:
    async def test_it_says_all_that_the_post_has(self, blog: FakeMicropub) -> None:
        options = {
            "reference": "repost-of",
            "syndicate_to": ("https://news.example/@me",),
            "blog": "https://two.example/",
            "status": "draft",
        }
        await build(blog, **options).publish(make_post(), media=NO_MEDIA, previous=None)
        sent = told(writes(blog)[0])
        assert sent["type"] == ["h-entry"]
        properties = sent["properties"]
        assert "First paragraph" in properties.pop("content")[0]["html"]
        assert properties == {
            "name": ["Story 1: “quotes” & <angles>"],
            "summary": ["First paragraph of story 1."],
            "category": ["Science", "Déjà vu"],
            "published": ["2026-03-01T12:01:00+00:00"],
            "mp-slug": [make_post().slug],
            "post-status": ["draft"],
            "mp-syndicate-to": ["https://news.example/@me"],
            "mp-destination": ["https://two.example/"],
            "repost-of": ["https://paper.example/story/1"],
        }

    async def test_what_a_revision_has_no_more_is_deleted(self, blog: FakeMicropub) -> None:
        target = build(blog)
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)
        await target.publish(make_post(tags=(), title=""), media=NO_MEDIA, previous=first)
        assert not blog.entries[first.remote_id].keys() & {"category", "name"}

    @pytest.mark.parametrize("objects", [True, False])
    async def test_the_lead_picture_has_its_text_in_the_form_that_the_server_takes(
        self, blog: FakeMicropub, objects: bool, tmp_path: Path
    ) -> None:
        blog.photo_objects = objects
        lead = Image(url="https://paper.example/a.jpg", alt="A red door", caption="The door", credit="Ann Photo")
        target = build(blog)
        media = {lead.url: picture(tmp_path)}
        first = await target.publish(make_post(1, lead=lead), media=media, previous=None)
        second = await target.publish(make_post(2, lead=lead), media=media, previous=None)
        copy = next(iter(blog.files))
        for publication in (first, second):
            found = blog.entries[publication.remote_id]
            assert found["photo"] == ([{"value": copy, "alt": "A red door"}] if objects else [copy])
            assert found.get("mp-photo-alt") == (None if objects else ["A red door"])
            assert "The door Ann Photo" in found["content"][0]["html"]
            assert "<img" not in found["content"][0]["html"]
        assert len(blog.files) == 1  # one picture of two posts is uploaded once
        assert len(writes(blog)) == (3 if objects else 4)  # the refusal is remembered

    async def test_a_refusal_for_another_reason_stays_one(self, blog: FakeMicropub) -> None:
        lead = Image(url="https://paper.example/a.jpg", alt="A red door")
        far = Faulty(blog)
        far.next = ["400", "400"]
        with pytest.raises(RejectedError):
            await build(far).publish(make_post(lead=lead), media=NO_MEDIA, previous=None)

    async def test_a_restart_uploads_no_picture_again(self, blog: FakeMicropub, tmp_path: Path) -> None:
        lead = Image(url="https://paper.example/a.jpg")
        media = {lead.url: picture(tmp_path)}
        for title in ("One", "Two"):
            target = build(blog)
            found = await target.find(make_post())
            publication = await target.publish(make_post(lead=lead, title=title), media=media, previous=found)
            await target.close()
        assert blog.entries[publication.remote_id]["photo"] == list(blog.files)
        assert not any("Authorization" in request.headers for request in blog.asked if request.method == "HEAD")

    async def test_the_lead_picture_can_stand_in_the_text(self, blog: FakeMicropub, tmp_path: Path) -> None:
        lead = Image(url="https://paper.example/a.jpg", alt="A red door", caption="The door")
        target = build(blog, lead="text")
        publication = await target.publish(make_post(lead=lead), media={lead.url: picture(tmp_path)}, previous=None)
        found = blog.entries[publication.remote_id]
        assert "photo" not in found
        assert f'<img src="{next(iter(blog.files))}" alt="A red door">' in found["content"][0]["html"]

    async def test_pictures_stay_where_they_are_without_a_media_endpoint(
        self, blog: FakeMicropub, tmp_path: Path
    ) -> None:
        del blog.config["media-endpoint"]
        post = make_post(body='<p>x</p><p><img src="https://paper.example/a.jpg" alt=""></p>')
        publication = await build(blog).publish(
            post, media={"https://paper.example/a.jpg": picture(tmp_path)}, previous=None
        )
        assert "https://paper.example/a.jpg" in blog.entries[publication.remote_id]["content"][0]["html"]
        assert not blog.files

    async def test_a_picture_that_is_refused_does_not_keep_the_post_back(
        self, blog: FakeMicropub, tmp_path: Path
    ) -> None:
        post = make_post(body='<p>x</p><p><img src="https://paper.example/a.jpg" alt=""></p>')
        far = Faulty(blog)
        far.next = ["415"]
        publication = await build(far).publish(
            post, media={"https://paper.example/a.jpg": picture(tmp_path)}, previous=None
        )
        assert "https://paper.example/a.jpg" in blog.entries[publication.remote_id]["content"][0]["html"]

    def test_it_wants_copies_only_where_they_are_uploaded(self, blog: FakeMicropub) -> None:
        post = make_post(lead=Image(url="https://paper.example/a.jpg"))
        assert isinstance(build(blog), Gathers)
        assert build(blog).wants(post) == ("https://paper.example/a.jpg",)
        assert build(blog, pictures="link").wants(post) == ()


class TestTheOwner:
    async def test_an_edit_by_hand_is_left_as_it_is(self, blog: FakeMicropub) -> None:
        target = build(blog)
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)
        blog.entries[first.remote_id]["name"] = ["A better headline"]
        second = await target.publish(make_post(body="<p>New.</p>"), media=NO_MEDIA, previous=first)
        assert "edited by hand" in second.note
        assert second.pushed_hash == first.pushed_hash
        assert blog.entries[first.remote_id]["name"] == ["A better headline"]
        third = await target.publish(make_post(body="<p>Newer.</p>"), media=NO_MEDIA, previous=second)
        assert "edited by hand" in third.note

    async def test_an_edit_gives_way_where_the_option_says_so(self, blog: FakeMicropub) -> None:
        target = build(blog, overwrite_edits=True)
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)
        blog.entries[first.remote_id]["name"] = ["A better headline"]
        second = await target.publish(make_post(title="New"), media=NO_MEDIA, previous=first)
        assert (blog.entries[first.remote_id]["name"], second.note) == (["New"], "")

    async def test_markup_that_the_server_rewrites_is_no_edit(self, blog: FakeMicropub) -> None:
        target = build(blog)
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)
        found = blog.entries[first.remote_id]
        found["content"] = [{"html": found["content"][0]["html"].replace("<p>", '<p class="x">')}]
        second = await target.publish(make_post(body="<p>New.</p>"), media=NO_MEDIA, previous=first)
        assert not second.note

    async def test_a_push_of_ours_that_arrived_unseen_is_no_edit(self, blog: FakeMicropub) -> None:
        target = build(blog)
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)
        await target.publish(make_post(title="Second"), media=NO_MEDIA, previous=first)
        found = await target.find(make_post(title="Third"))
        assert found is not None
        remembered = replace(found, version=found.version or first.version)
        third = await target.publish(make_post(title="Third"), media=NO_MEDIA, previous=remembered)
        assert third.note == ""
        assert blog.entries[first.remote_id]["name"] == ["Third"]

    @pytest.mark.parametrize("tells", [True, False])
    async def test_what_was_deleted_there_is_not_made_again(self, blog: FakeMicropub, tells: bool) -> None:
        blog.tells = tells
        target = build(blog)
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)
        blog.deleted.add(first.remote_id)
        with pytest.raises(RemovedError):
            await target.publish(make_post(body="<p>New.</p>"), media=NO_MEDIA, previous=first)
        assert not blog.shown()

    async def test_a_page_that_is_not_found_and_an_update_that_is_refused_mean_deleted(
        self, blog: FakeMicropub
    ) -> None:
        blog.tells = False
        target = build(blog)
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)
        del blog.entries[first.remote_id]
        with pytest.raises(RemovedError):
            await target.publish(make_post(body="<p>New.</p>"), media=NO_MEDIA, previous=first)

    async def test_a_draft_without_a_page_is_not_taken_for_deleted(self, blog: FakeMicropub) -> None:
        blog.tells = False
        blog.config["q"] = []
        blog.refuses = 400
        target = build(blog, status="draft")
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)
        blog.entries.clear()  # it has no public page
        with pytest.raises(RejectedError):
            await target.publish(make_post(body="<p>New.</p>"), media=NO_MEDIA, previous=first)

    @pytest.mark.parametrize("status", [404, 410])
    async def test_a_site_that_has_gone_as_a_whole_is_no_deleted_post(self, blog: FakeMicropub, status: int) -> None:
        target = build(blog)
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)
        blog.down = status
        with pytest.raises(BlockedError):
            await target.publish(make_post(body="<p>New.</p>"), media=NO_MEDIA, previous=first)


class TestFinding:
    @pytest.mark.parametrize("paging", ["after", "offset"])
    @pytest.mark.parametrize("filters", [True, False])
    async def test_it_is_found_in_the_list_however_far_down(
        self, blog: FakeMicropub, paging: str, filters: bool
    ) -> None:
        blog.paging, blog.filters, blog.home = paging, filters, ""
        target = build(blog)
        published = await target.publish(make_post(1), media=NO_MEDIA, previous=None)
        for number in range(90):
            blog.entries[f"{SITE}/2026/other-{number}"] = {"name": ["x"], "content": ["y"]}
        found = await build(blog).find(make_post(1))
        assert found is not None
        assert found.remote_id == published.remote_id
        assert found.pushed_hash == published.pushed_hash
        assert found.version == published.version

    async def test_a_long_list_is_read_to_a_bound(self, blog: FakeMicropub) -> None:
        blog.filters = False
        for number in range(1000):
            blog.entries[f"{SITE}/2026/other-{number}"] = {"name": ["x"], "content": ["y"]}
        assert await build(blog).find(make_post(1)) is None
        assert len(blog.asked) < 12

    @pytest.mark.parametrize("home", ["titles", "texts"])
    async def test_without_a_list_it_is_found_on_the_home_page(self, blog: FakeMicropub, home: str) -> None:
        blog.lists = blog.tells = False
        blog.home = home
        published = await build(blog).publish(make_post(1), media=NO_MEDIA, previous=None)
        found = await build(blog).find(make_post(1))  # as after a restart
        assert found is not None
        assert (found.remote_id, found.pushed_hash) == (published.remote_id, published.pushed_hash)

    async def test_without_list_and_home_page_it_is_found_where_it_would_be(self, blog: FakeMicropub) -> None:
        blog.lists, blog.home = False, ""
        target = build(blog)
        await target.publish(make_post(1), media=NO_MEDIA, previous=None)
        await build(blog).publish(make_post(2), media=NO_MEDIA, previous=None)
        found = await target.find(make_post(2))
        assert found is not None
        assert found.remote_id.endswith(make_post(2).slug)

    async def test_a_mark_that_the_server_took_away_is_not_needed(self, blog: FakeMicropub) -> None:
        blog.keeps_marks = False
        published = await build(blog).publish(make_post(1), media=NO_MEDIA, previous=None)
        found = await build(blog).find(make_post(1))
        assert found is not None
        assert found.remote_id == published.remote_id
        assert found.pushed_hash == ""

    async def test_a_lost_answer_of_a_server_that_shows_nothing_is_mended_by_the_taken_slug(
        self, blog: FakeMicropub
    ) -> None:
        blog.lists, blog.home = False, ""
        far = Faulty(blog)
        far.next = ["drop-reply"]
        publication = await deliver(build(far), make_post(1))
        assert list(blog.shown()) == [publication.remote_id]
        assert publication.remote_id.endswith(make_post(1).slug)
        assert "earlier attempt" in publication.note

    @pytest.mark.parametrize("fault", ["429", "403", "400"])
    async def test_whatever_goes_wrong_behind_a_new_entry_makes_the_next_attempt_look(
        self, blog: FakeMicropub, fault: str
    ) -> None:
        await build(blog).publish(make_post(1), media=NO_MEDIA, previous=None)
        far = Faulty(blog)
        far.next = ["", fault]  # the second copy is made, and can't be deleted
        with pytest.raises(PublishError) as caught:
            await build(far).publish(make_post(1), media=NO_MEDIA, previous=None)
        assert caught.value.in_doubt

    async def test_a_slug_that_somebody_else_has_is_told(self, blog: FakeMicropub) -> None:
        blog.lists, blog.home = False, ""
        blog.entries[f"{SITE}/2026/{make_post(1).slug}"] = {"content": [{"html": "<p>theirs</p>"}], "name": ["x"]}
        blog.tells = False
        publication = await build(blog).publish(make_post(1), media=NO_MEDIA, previous=None)
        assert publication.remote_id.endswith("-2")
        assert "something else has the slug" in publication.note
        assert len(blog.shown()) == 2


class TestAnswers:
    @pytest.mark.parametrize("fault", [fault for fault in AFTER if fault != "cut-reply"])
    async def test_an_unclear_answer_leaves_the_delivery_in_doubt(self, blog: FakeMicropub, fault: str) -> None:
        far = Faulty(blog)
        far.next = [fault]
        target = build(far)
        with pytest.raises(TryLaterError) as caught:
            await target.publish(make_post(), media=NO_MEDIA, previous=None)
        assert caught.value.in_doubt

    @pytest.mark.parametrize(
        "answer",
        [
            {"items": "none"},
            {"items": [1, None, {"properties": []}, {"properties": {"url": ["javascript:x"], "content": [[]]}}]},
            {"items": [{"properties": {"url": [{"a": 1}], "content": {"html": 7}}}], "paging": {"after": {"x": 1}}},
            {"items": [], "paging": 7},
            [],
            "text",
        ],
    )
    async def test_nonsense_in_the_list_is_nothing_found(self, blog: FakeMicropub, answer: object) -> None:
        def respond(request: httpx.Request) -> httpx.Response:
            if request.url.path == "/micropub":
                return httpx.Response(200, json=answer)
            return httpx.Response(200, headers={"Link": f'<{ENDPOINT}>; rel="micropub"'}, html="")

        assert await build(httpx.MockTransport(respond)).find(make_post()) is None

    async def test_a_post_can_be_withdrawn_that_is_deleted_already(self, blog: FakeMicropub) -> None:
        target = build(blog)
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)
        blog.deleted.add(first.remote_id)
        await target.withdraw(make_post(), first)

    async def test_a_refused_withdrawal_is_told(self, blog: FakeMicropub) -> None:
        target = build(blog)
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)
        blog.refuses = 400
        with pytest.raises(RejectedError):
            await target.withdraw(make_post(), first)


class TestChecking:
    async def test_a_refused_token_is_told(self, blog: FakeMicropub) -> None:
        target = micropub.build(
            "indie",
            Options(url=SITE, token=Secret("wrong")),
            site=OUR_SITE,
            folder=Path(),
            http=lambda _: httpx.AsyncClient(transport=blog),
        )
        (told,) = await target.check()
        assert "no such token" in told

    async def test_missing_scopes_are_told_by_the_token_endpoint(self, blog: FakeMicropub) -> None:
        blog.scope = "create"
        assert await build(blog).check() == [
            "the token may not bring posts up to date: it lacks the scope update",
            "the token may not take posts back: it lacks the scope delete",
        ]

    async def test_without_token_endpoint_an_update_of_nothing_tells(self, blog: FakeMicropub) -> None:
        blog.scope = None
        assert await build(blog).check() == []
        blog.refuses = 403
        (told,) = await build(blog).check()
        assert told.startswith("the token may not bring posts up to date: 403")

    async def test_unknown_places_and_a_missing_media_endpoint_are_told(self, blog: FakeMicropub) -> None:
        del blog.config["media-endpoint"]
        found = await build(blog, syndicate_to=("nowhere",), blog="https://three.example/").check()
        assert len(found) == 3
        assert "media endpoint" in found[0]
        assert "nowhere" in found[1]
        assert "three.example" in found[2]
        assert len(await build(blog, pictures="link").check()) == 0


class TestReading:
    @pytest.mark.parametrize(
        ("url", "number"),
        [
            ("https://me.example/2026/a-story-12345678", 1),
            ("https://me.example/a-story-12345678/", 1),
            ("https://me.example/a-story-12345678.html", 1),
            ("https://me.example/a-story-12345678-2", 2),
            ("https://me.example/a-story-12345678-17/", 17),
            ("https://me.example/a-story-123456789", None),
            ("https://me.example/?p=a-story-12345678", None),
            ("https://me.example/a-story-12345678-x", None),
        ],
    )
    def test_an_address_tells_the_slug_and_the_number_behind_it(self, url: str, number: int | None) -> None:
        assert entry.number_of(url, "a-story-12345678") == number

    def test_content_may_be_text_or_an_object(self) -> None:
        for content in ("t", ["t"], [{"html": "t"}], [{"value": "t"}], {"html": "t"}, [{"text": "t"}]):
            held = entry.read({"properties": {"content": content}}, "https://me.example/1")
            assert held is not None
            assert held.html == "t"

    def test_a_page_without_mark_is_ours_only_if_it_cites_the_original(self) -> None:
        post = make_post()
        cites = '<article><a href="https://paper.example/story/1">The Paper</a></article>'
        assert entry.on_its_page(cites, "https://me.example/x", post) is not None
        assert entry.on_its_page("<p>Not found</p>", "https://me.example/x", post) is None
        assert entry.on_its_page(cites, "https://me.example/x", replace(post, credit=make_post(2).credit)) is None


def test_a_token_is_asked_for() -> None:
    with pytest.raises(ValidationError):
        Options(url=SITE)
