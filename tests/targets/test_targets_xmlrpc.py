"""XML-RPC: conformance before a WordPress and a MetaWeblog, the wire, faults, and the owner's hand."""

from __future__ import annotations

import xmlrpc.client
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from conformance import NO_MEDIA, HttpTargetConformance
from fake_xmlrpc import ENDPOINT, PASSWORD, SITE, USER, Blog, FakeMetaWeblog, FakeWordPress
from faults import Faulty
from hypothesis import given
from hypothesis import strategies as st
from posting import deliver, make_post

from aggregator.config import Secret
from aggregator.errors import BlockedError, PublishError, RejectedError, RemovedError, TryLaterError
from aggregator.targets import xmlrpc as kind
from aggregator.targets.xmlrpc import Options, XmlRpc, wire
from aggregator.types import Image, MediaFile, Publication, Site

OUR_SITE = Site(title="Wire", base_url="https://wire.example")
URL = "https://paper.example/a.jpg"


def build(far: httpx.AsyncBaseTransport, *, url: str = SITE, password: str = PASSWORD, **options: Any) -> XmlRpc:
    chosen = Options(url=url, username=USER, password=Secret(password), **options)
    return kind.build("old", chosen, site=OUR_SITE, folder=Path(), http=lambda _: httpx.AsyncClient(transport=far))


def picture(tmp_path: Path, url: str = URL) -> MediaFile:
    path = tmp_path / "picture.jpg"
    path.write_bytes(b"a picture")
    return MediaFile(url=url, path=str(path), sha256="ab" * 32, type="image/jpeg", width=10, height=10)


class TestConformanceAtWordPress(HttpTargetConformance):
    secrets = (PASSWORD,)

    def blog(self) -> Blog:
        self.far: Blog = FakeWordPress()
        return self.far

    async def build(self, folder: Path) -> XmlRpc:
        return build(self.wire)

    def held(self) -> Mapping[str, str]:
        return self.far.shown()


class TestConformanceAtAMetaWeblog(TestConformanceAtWordPress):
    def blog(self) -> Blog:
        self.far = FakeMetaWeblog()
        return self.far


class TestConformanceAtABlogThatTakesMarksAway(TestConformanceAtWordPress):
    """It keeps no data attributes; the custom field still tells the post."""

    def blog(self) -> Blog:
        class Searches(FakeWordPress):
            def _search(self, blog: str, asked: dict[str, Any], fields: list[str]) -> list[dict[str, Any]]:
                return super()._search(blog, asked | {"s": ""}, fields)  # it ignores what is searched

        self.far = Searches()
        self.far.keeps_marks = False
        return self.far


@pytest.fixture
def wordpress() -> FakeWordPress:
    return FakeWordPress()


@pytest.fixture
def metaweblog() -> FakeMetaWeblog:
    return FakeMetaWeblog()


class TestDiscovery:
    async def test_the_endpoint_and_the_number_are_read_from_the_page(self, wordpress: FakeWordPress) -> None:
        target = build(wordpress)
        await target.publish(make_post(), media=NO_MEDIA, previous=None)
        assert wordpress.paths[:3] == [f"{SITE}", f"{ENDPOINT}?rsd", ENDPOINT]
        assert await target.check() == []

    async def test_without_them_the_usual_place_is_tried(self, wordpress: FakeWordPress) -> None:
        wordpress.rsd = False
        await build(wordpress).publish(make_post(), media=NO_MEDIA, previous=None)
        assert wordpress.paths[1] == ENDPOINT

    async def test_a_given_endpoint_is_asked_at_once(self, wordpress: FakeWordPress) -> None:
        await build(wordpress, endpoint=f"{SITE}/api").publish(make_post(), media=NO_MEDIA, previous=None)
        assert set(wordpress.paths) == {f"{SITE}/api"}

    @pytest.mark.parametrize(
        ("link", "reason"), [("https://evil.example/rpc", "another site"), ("http://old.example/rpc", "not encrypted")]
    )
    async def test_the_password_goes_to_no_stranger_and_not_in_the_clear(
        self, wordpress: FakeWordPress, link: str, reason: str
    ) -> None:
        rsd = f'<rsd><service><apis><api name="WordPress" blogID="1" apiLink="{link}"/></apis></service></rsd>'
        wordpress.pages[f"{ENDPOINT}?rsd"] = httpx.Response(200, content=rsd)
        with pytest.raises(BlockedError, match=reason):
            await build(wordpress).publish(make_post(), media=NO_MEDIA, previous=None)
        assert not wordpress.calls

    @pytest.mark.parametrize(
        "rsd", ["", "<html>", "<rsd><service/></rsd>", '<!DOCTYPE r [<!ENTITY a "b">]><rsd>&a;</rsd>']
    )
    async def test_an_rsd_that_says_nothing_is_passed_over(self, wordpress: FakeWordPress, rsd: str) -> None:
        wordpress.pages[f"{ENDPOINT}?rsd"] = httpx.Response(200, content=rsd)
        publication = await build(wordpress).publish(make_post(), media=NO_MEDIA, previous=None)
        assert publication.remote_id in wordpress.posts

    async def test_a_blog_that_lists_no_methods_is_spoken_to_in_metaweblog(self, metaweblog: FakeMetaWeblog) -> None:
        metaweblog.lists_methods = False
        publication = await build(metaweblog).publish(make_post(), media=NO_MEDIA, previous=None)
        assert publication.remote_url == f"{SITE}/{publication.remote_id}"


class TestPosts:
    async def test_a_post_has_all_at_wordpress(self, wordpress: FakeWordPress) -> None:
        publication = await build(wordpress, source_tags=1).publish(make_post(), media=NO_MEDIA, previous=None)
        post = wordpress.posts[publication.remote_id]
        assert post["title"] == "Story 1: “quotes” &amp; &lt;angles&gt;"
        assert post["excerpt"] == "First paragraph of story 1."
        assert (post["slug"], post["tags"], post["status"]) == (make_post().slug, ["Science"], "publish")
        assert post["date"] == make_post().published_at == publication.published_at
        assert publication.remote_url == f"{SITE}/2026/03/{make_post().slug}/"
        assert [field["value"] for field in post["fields"]] == [f"{make_post().key}:{publication.pushed_hash}"]

    async def test_a_post_has_all_at_a_metaweblog(self, metaweblog: FakeMetaWeblog) -> None:
        target = build(metaweblog, categories=("News",))
        publication = await target.publish(make_post(title="A <b> & B"), media=NO_MEDIA, previous=None)
        post = metaweblog.posts[publication.remote_id]
        assert (post["title"], post["categories"], post["tags"]) == ("A &lt;b&gt; & B", ["News"], "Science,Déjà vu")
        assert post["date"] == make_post().published_at

    async def test_it_is_published_in_two_steps(self, wordpress: FakeWordPress) -> None:
        seen: list[str] = []
        wordpress.before_call = lambda method: seen.extend(post["status"] for post in wordpress.posts.values())
        await build(wordpress).publish(make_post(), media=NO_MEDIA, previous=None)
        assert set(seen) == {"draft", "publish"}
        assert seen[0] == "draft"

    @pytest.mark.parametrize("blog", [FakeWordPress, FakeMetaWeblog])
    async def test_a_draft_stays_one_where_that_is_wanted(self, blog: type[Blog]) -> None:
        far = blog()
        target = build(far, status="draft")
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)
        found = await target.find(make_post())
        assert found is not None
        assert found.pushed_hash == first.pushed_hash != ""
        await target.publish(make_post(title="New"), media=NO_MEDIA, previous=first)
        assert not far.shown() or isinstance(far, FakeMetaWeblog)

    async def test_the_blog_dates_it_where_that_is_wanted(self, wordpress: FakeWordPress) -> None:
        publication = await build(wordpress, date="now").publish(make_post(), media=NO_MEDIA, previous=None)
        assert publication.published_at is not None
        assert publication.published_at > make_post().published_at

    async def test_what_wordpress_would_run_is_disarmed(self, wordpress: FakeWordPress) -> None:
        post = make_post(title="[x]", excerpt="[y]", body="<p>[gallery ids=1]</p>")
        publication = await build(wordpress).publish(post, media=NO_MEDIA, previous=None)
        held = wordpress.posts[publication.remote_id]
        assert "[" not in held["title"] + held["content"] + held["excerpt"]

    async def test_characters_that_xml_does_not_know_go(self, wordpress: FakeWordPress) -> None:
        post = make_post(title="a\x00b\x08c\ud800d\uffff", body="<p>x&#8;y</p>")
        publication = await build(wordpress).publish(post, media=NO_MEDIA, previous=None)
        assert wordpress.posts[publication.remote_id]["title"] == "abcd"

    async def test_tags_change_with_a_revision(self, wordpress: FakeWordPress) -> None:
        target = build(wordpress)
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)
        second = await target.publish(make_post(tags=("Art",)), media=NO_MEDIA, previous=first)
        assert wordpress.posts[first.remote_id]["tags"] == ["Art"]
        assert second.note == ""

    async def test_new_tags_that_the_account_may_not_make_keep_no_revision_back(self, wordpress: FakeWordPress) -> None:
        target = build(wordpress)
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)
        wordpress.may_make_tags = False
        second = await target.publish(make_post(title="New", tags=("Art",)), media=NO_MEDIA, previous=first)
        assert wordpress.posts[first.remote_id]["title"] == "New"
        assert wordpress.posts[first.remote_id]["tags"] == ["Science", "Déjà vu"]
        assert "tags" in second.note

    async def test_a_slug_that_something_else_has_is_told(self, wordpress: FakeWordPress) -> None:
        target = build(wordpress)
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)
        wordpress.posts[first.remote_id] |= {"content": "theirs", "fields": []}
        second = await build(wordpress).publish(make_post(), media=NO_MEDIA, previous=None)
        assert f"{make_post().slug}-2" in second.note


class TestPictures:
    async def test_they_are_uploaded_once_and_shown(self, wordpress: FakeWordPress, tmp_path: Path) -> None:
        lead = Image(url=URL, alt="A red door")
        target = build(wordpress)
        first = await target.publish(make_post(lead=lead), media={URL: picture(tmp_path)}, previous=None)
        copy = f"{SITE}/files/{'ab' * 10}.jpg"
        assert list(wordpress.files) == [copy]
        assert f'src="{copy}"' in wordpress.posts[first.remote_id]["content"]
        again = build(wordpress)  # as after a restart
        await again.publish(make_post(lead=lead, title="New"), media={URL: picture(tmp_path)}, previous=first)
        assert wordpress.calls.count("metaWeblog.newMediaObject") == 1
        assert f'src="{copy}"' in wordpress.posts[first.remote_id]["content"]

    async def test_the_lead_can_be_the_featured_image(self, wordpress: FakeWordPress, tmp_path: Path) -> None:
        lead = Image(url=URL, alt="A red door")
        first = await build(wordpress, lead="featured").publish(
            make_post(lead=lead), media={URL: picture(tmp_path)}, previous=None
        )
        assert wordpress.posts[first.remote_id]["thumbnail"] == "900"
        assert "<img" not in wordpress.posts[first.remote_id]["content"]
        second = await build(wordpress, lead="featured").publish(
            make_post(lead=lead, title="New"), media={URL: picture(tmp_path)}, previous=first
        )
        assert second.note == ""
        assert wordpress.calls.count("metaWeblog.newMediaObject") == 1
        assert "<img" not in wordpress.posts[first.remote_id]["content"]

    async def test_one_that_the_blog_refuses_stays_where_it_is(
        self, metaweblog: FakeMetaWeblog, tmp_path: Path
    ) -> None:
        metaweblog.faults["metaWeblog.newMediaObject"] = (0, "file type")
        publication = await build(metaweblog).publish(
            make_post(lead=Image(url=URL)), media={URL: picture(tmp_path)}, previous=None
        )
        assert f'src="{URL}"' in metaweblog.posts[publication.remote_id]["content"]

    def test_none_are_wanted_where_they_stay(self, wordpress: FakeWordPress) -> None:
        post = make_post(lead=Image(url=URL))
        assert build(wordpress).wants(post) == (URL,)
        assert build(wordpress, pictures="link").wants(post) == ()


class TestTheOwner:
    @pytest.mark.parametrize("blog", [FakeWordPress, FakeMetaWeblog])
    async def test_an_edit_by_hand_is_left_as_it_is(self, blog: type[Blog]) -> None:
        far = blog()
        target = build(far)
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)
        far.posts[first.remote_id]["title"] = "Mine"
        second = await target.publish(make_post(title="New"), media=NO_MEDIA, previous=first)
        assert "edited by hand" in second.note
        assert far.posts[first.remote_id]["title"] == "Mine"
        assert second.pushed_hash == first.pushed_hash

    async def test_an_edit_in_the_very_moment_is_left_too(self, wordpress: FakeWordPress) -> None:
        target = build(wordpress)
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)

        def edit(method: str) -> None:
            if method == "wp.editPost":
                wordpress.posts[first.remote_id] |= {"title": "Mine", "modified": wordpress.tick()}

        wordpress.before_call = edit
        second = await target.publish(make_post(title="New"), media=NO_MEDIA, previous=first)
        assert "edited by hand" in second.note
        wordpress.before_call = lambda method: None
        third = await target.publish(make_post(title="Newer"), media=NO_MEDIA, previous=second)
        assert "edited by hand" in third.note
        assert wordpress.posts[first.remote_id]["title"] == "Mine"

    @pytest.mark.parametrize("blog", [FakeWordPress, FakeMetaWeblog])
    async def test_an_edit_gives_way_where_the_option_says_so(self, blog: type[Blog]) -> None:
        far = blog()
        target = build(far, overwrite_edits=True)
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)
        far.posts[first.remote_id] |= {"title": "Mine", "modified": far.tick()}
        second = await target.publish(make_post(title="New"), media=NO_MEDIA, previous=first)
        assert (far.posts[first.remote_id]["title"], second.note) == ("New", "")

    async def test_an_edit_in_the_very_moment_gives_way_too(self, wordpress: FakeWordPress) -> None:
        target = build(wordpress, overwrite_edits=True)
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)

        def edit(method: str) -> None:
            if method == "wp.editPost":
                wordpress.posts[first.remote_id] |= {"title": "Mine", "modified": wordpress.tick()}

        wordpress.before_call = edit
        await target.publish(make_post(title="New"), media=NO_MEDIA, previous=first)
        assert wordpress.posts[first.remote_id]["title"] == "New"

    async def test_a_push_of_ours_that_arrived_unseen_is_no_edit(self, wordpress: FakeWordPress) -> None:
        target = build(wordpress)
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)
        await target.publish(make_post(title="Second"), media=NO_MEDIA, previous=first)
        found = await target.find(make_post(title="Third"))
        assert found is not None
        remembered = replace(found, version=found.version or first.version)
        third = await target.publish(make_post(title="Third"), media=NO_MEDIA, previous=remembered)
        assert third.note == ""
        assert wordpress.posts[first.remote_id]["title"] == "Third"

    async def test_a_post_that_the_owner_took_offline_stays_offline(self, wordpress: FakeWordPress) -> None:
        target = build(wordpress)
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)
        wordpress.posts[first.remote_id]["status"] = "draft"
        await target.publish(make_post(title="New"), media=NO_MEDIA, previous=first)
        held = wordpress.posts[first.remote_id]
        assert (held["title"], held["status"]) == ("New", "draft")

    async def test_what_lies_in_the_trash_is_not_made_again(self, wordpress: FakeWordPress) -> None:
        target = build(wordpress)
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)
        wordpress.posts[first.remote_id]["status"] = "trash"
        with pytest.raises(RemovedError):
            await target.publish(make_post(title="New"), media=NO_MEDIA, previous=first)
        with pytest.raises(RemovedError):
            await target.find(make_post())

    @pytest.mark.parametrize(
        "missing",
        [(404, "Invalid post ID."), (806, "No such item"), (1, "Post does not exist"), (0, "unknown entry 7")],
    )
    async def test_what_was_deleted_is_not_made_again(
        self, metaweblog: FakeMetaWeblog, missing: tuple[int, str]
    ) -> None:
        target = build(metaweblog)
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)
        metaweblog.posts.clear()
        metaweblog.missing = missing
        with pytest.raises(RemovedError):
            await target.publish(make_post(title="New"), media=NO_MEDIA, previous=first)
        await target.withdraw(make_post(), first)

    async def test_a_number_that_another_post_has_now_is_not_written_to(self, wordpress: FakeWordPress) -> None:
        target = build(wordpress)
        one = await target.publish(make_post(1), media=NO_MEDIA, previous=None)
        two = await target.publish(make_post(2), media=NO_MEDIA, previous=None)
        swapped = await target.publish(make_post(1, title="New"), media=NO_MEDIA, previous=replace(two, version=""))
        assert swapped.remote_id == one.remote_id
        assert "Story 2" in wordpress.posts[two.remote_id]["title"]

    async def test_a_withdrawn_post_goes_to_the_trash_and_stays_there(self, wordpress: FakeWordPress) -> None:
        target = build(wordpress)
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)
        await target.withdraw(make_post(), first)
        await target.withdraw(make_post(), first)
        assert wordpress.posts[first.remote_id]["status"] == "trash"


class TestOnce:
    async def test_a_draft_that_was_left_is_finished(self, wordpress: FakeWordPress) -> None:
        target = build(wordpress)
        wordpress.faults["wp.editPost"] = (500, "could not")
        with pytest.raises(TryLaterError) as caught:
            await target.publish(make_post(), media=NO_MEDIA, previous=None)
        assert caught.value.in_doubt
        wordpress.faults.clear()
        found = await target.find(make_post())
        assert found is not None
        assert found.pushed_hash == ""
        done = await target.publish(make_post(), media=NO_MEDIA, previous=found)
        assert list(wordpress.shown()) == [done.remote_id]
        assert len(wordpress.posts) == 1

    @pytest.mark.parametrize("blog", [FakeWordPress, FakeMetaWeblog])
    async def test_drafts_that_were_left_beside_a_post_are_deleted(self, blog: type[Blog]) -> None:
        far = blog()
        target = build(far)
        method = "wp.editPost" if isinstance(far, FakeWordPress) else "metaWeblog.editPost"
        far.faults[method] = (500, "could not")
        for _ in range(2):
            with pytest.raises(TryLaterError):
                await target.publish(make_post(), media=NO_MEDIA, previous=None)
        assert len(far.posts) == 2
        far.faults.clear()
        publication = await target.publish(make_post(), media=NO_MEDIA, previous=await target.find(make_post()))
        live = [number for number, post in far.posts.items() if post["status"] != "trash"]
        assert live == [publication.remote_id]

    @pytest.mark.parametrize(
        ("code", "message", "expected"),
        [
            (403, "no", BlockedError),
            (401, "no", BlockedError),
            (404, "Invalid attachment ID.", RejectedError),
            (0, "odd", RejectedError),
        ],
    )
    async def test_whatever_goes_wrong_behind_a_draft_makes_the_next_attempt_look(
        self, wordpress: FakeWordPress, code: int, message: str, expected: type[PublishError]
    ) -> None:
        wordpress.faults["wp.editPost"] = (code, message)
        with pytest.raises(expected) as caught:
            await build(wordpress).publish(make_post(), media=NO_MEDIA, previous=None)
        assert caught.value.in_doubt

    async def test_a_metaweblog_without_marks_is_searched_by_title_and_original(
        self, metaweblog: FakeMetaWeblog
    ) -> None:
        metaweblog.keeps_marks = False
        far = Faulty(metaweblog)
        far.next = ["", "drop-reply"]  # the list of methods, then the draft
        publication = await deliver(build(far), make_post())
        assert list(metaweblog.shown()) == [publication.remote_id]
        assert len(metaweblog.posts) == 1


class TestFaults:
    @pytest.mark.parametrize(
        ("code", "message", "expected", "in_doubt"),
        [
            (403, "Incorrect username or password.", BlockedError, False),
            (401, "Sorry, you are not allowed to post on this site.", BlockedError, False),
            (405, "XML-RPC services are disabled on this site.", BlockedError, False),
            (-32601, "no such method", BlockedError, False),
            (1, "Invalid login", BlockedError, False),
            (429, "too quickly", TryLaterError, False),
            (500, "could not be created", TryLaterError, True),
            (503, "later", TryLaterError, True),
            (404, "Invalid author ID.", RejectedError, False),
            (-32700, "parse error. not well formed", RejectedError, False),
            (0, "", RejectedError, False),
        ],
    )
    async def test_a_fault_has_its_class(
        self, wordpress: FakeWordPress, code: int, message: str, expected: type[PublishError], in_doubt: bool
    ) -> None:
        wordpress.faults["metaWeblog.newPost"] = (code, message)
        with pytest.raises(expected) as caught:
            await build(wordpress).publish(make_post(), media=NO_MEDIA, previous=None)
        assert caught.value.in_doubt is in_doubt
        assert message[:20] in str(caught.value)

    async def test_a_password_that_the_blog_repeats_is_not_told(self, wordpress: FakeWordPress) -> None:
        wordpress.faults["metaWeblog.newPost"] = (403, f"{PASSWORD} is wrong")
        with pytest.raises(BlockedError) as caught:
            await build(wordpress).publish(make_post(), media=NO_MEDIA, previous=None)
        assert PASSWORD not in str(caught.value)

    async def test_an_answer_without_a_number_leaves_the_delivery_in_doubt(self, metaweblog: FakeMetaWeblog) -> None:
        body = xmlrpc.client.dumps(({},), methodresponse=True)
        metaweblog.lists_methods = False
        metaweblog.pages[ENDPOINT] = httpx.Response(200, content=body)
        with pytest.raises(TryLaterError) as caught:
            await build(metaweblog).publish(make_post(), media=NO_MEDIA, previous=None)
        assert caught.value.in_doubt

    async def test_a_blog_that_answers_nonsense_about_a_post_is_tried_later(self, metaweblog: FakeMetaWeblog) -> None:
        metaweblog.pages[ENDPOINT] = httpx.Response(200, content=xmlrpc.client.dumps((7,), methodresponse=True))
        with pytest.raises(TryLaterError):
            await build(metaweblog).publish(make_post(), media=NO_MEDIA, previous=Publication(remote_id="1"))
        assert await build(metaweblog).find(make_post()) is None


class TestChecking:
    async def test_a_wrong_password_is_told(self, wordpress: FakeWordPress) -> None:
        (told,) = await build(wordpress, password="wrong").check()
        assert "Incorrect username or password" in told

    async def test_a_role_that_may_not_publish_is_told(self, wordpress: FakeWordPress) -> None:
        methods = wordpress.methods() | {"wp.getProfile": lambda blog, fields: {"roles": ["contributor"]}}
        wordpress.methods = lambda: methods  # type: ignore[method-assign]  # another account
        (told,) = await build(wordpress).check()
        assert "contributor" in told
        assert await build(wordpress, status="pending").check() == []

    async def test_an_unknown_blog_is_told(self, metaweblog: FakeMetaWeblog) -> None:
        assert await build(metaweblog).check() == []
        (told,) = await build(metaweblog, blog="9").check()
        assert "may not post to 9, but to 7" in told

    async def test_an_unencrypted_password_is_told(self, wordpress: FakeWordPress) -> None:
        found = await build(wordpress, url="http://old.example", endpoint="http://old.example/xmlrpc.php").check()
        assert "unencrypted" in found[0]


def answered(value: str) -> bytes:
    return f"<methodResponse><params><param><value>{value}</value></param></params></methodResponse>".encode()


class TestWire:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("text", "text"),
            ("", ""),
            ("<string>a &amp; b</string>", "a & b"),
            ("<string/>", ""),
            ("<int>-7</int>", -7),
            ("<i4> 7 </i4>", 7),
            ("<i8>123456789012345</i8>", 123456789012345),
            ("<boolean>1</boolean>", True),
            ("<double>1.5</double>", 1.5),
            ("<base64>YWJj</base64>", b"abc"),
            ("<nil/>", None),
            ("<dateTime.iso8601>20260301T12:01:00</dateTime.iso8601>", "20260301T12:01:00"),
            ("<array><data><value>a</value><value><int>1</int></value></data></array>", ["a", 1]),
            ("<array><data/></array>", []),
            (
                "<struct><member><name>a</name><value>b</value></member><member><name>c</name></member></struct>",
                {"a": "b"},
            ),
            ("a\x08b&#8;c&#x1F;d&#10;", "abcd\n"),
        ],
    )
    def test_values_are_read(self, value: str, expected: object) -> None:
        assert wire.answer(answered(value)) == expected

    def test_what_php_says_before_the_answer_does_no_harm(self) -> None:
        assert wire.answer(b"\xef\xbb\xbf\n\n<?xml version='1.0'?>" + answered("x")) == "x"

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"<p>Please enable JavaScript</p>",
            b"<methodResponse/>",
            b"<methodResponse><params>",
            answered("<int>many</int>"),
            answered("<int>" + "9" * 1000 + "</int>"),
            answered("<double>x</double>"),
            answered("<base64>a</base64>"),
            answered("<odd>1</odd>"),
            b"<!DOCTYPE m [<!ENTITY a 'b'>]>" + answered("&a;"),
            b"<!DOCTYPE m SYSTEM 'file:///etc/passwd'>" + answered("x"),
            answered("<array><data><value>" * 300),
        ],
    )
    def test_what_is_no_answer_is_told_apart(self, body: bytes) -> None:
        with pytest.raises(ValueError, match=r".+"):
            wire.answer(body)

    @pytest.mark.parametrize(
        ("fault", "expected"),
        [
            ({"faultCode": 403, "faultString": "no"}, (403, "no")),
            ({"faultCode": "403", "faultString": 7}, (403, "")),
            ({"faultCode": "x"}, (0, "")),
            ("odd", (0, "")),
        ],
    )
    def test_faults_are_read(self, fault: object, expected: tuple[int, str]) -> None:
        inner = xmlrpc.client.dumps((fault,))[len("<params>\n<param>\n") : -len("</param>\n</params>\n")]
        body = f"<methodResponse><fault>{inner}</fault></methodResponse>".encode()
        assert wire.answer(body) == wire.Fault(*expected)

    @given(
        st.recursive(
            st.text() | st.integers(-(2**31), 2**31 - 1) | st.booleans() | st.binary(),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
            max_leaves=8,
        )
    )
    def test_what_is_written_can_be_read_by_others(self, value: object) -> None:
        (read,), method = xmlrpc.client.loads(wire.call("a.b", value), use_builtin_types=True)
        assert method == "a.b"
        back = wire.answer(xmlrpc.client.dumps((read,), methodresponse=True).encode("utf-8", "surrogatepass"))
        if not isinstance(value, (str, list, dict)):
            assert back == read == value

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("20260301T12:01:00", datetime(2026, 3, 1, 12, 1, tzinfo=UTC)),
            ("2026-03-01T12:01:00Z", datetime(2026, 3, 1, 12, 1, tzinfo=UTC)),
            ("00000000T00:00:00", None),
            ("", None),
            (None, None),
        ],
    )
    def test_moments_are_read(self, value: object, expected: datetime | None) -> None:
        assert wire.moment_of(value) == expected
