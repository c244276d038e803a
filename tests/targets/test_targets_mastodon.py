"""Mastodon: conformance, the text of a status, pictures, and what servers differ in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from conformance import NO_MEDIA, HttpTargetConformance
from fake_mastodon import SERVER, TOKEN, FakeMastodon, rendered
from faults import Faulty
from hypothesis import given
from hypothesis import strategies as st
from posting import deliver, make_post
from pydantic import ValidationError

from aggregator.config import Secret
from aggregator.errors import BlockedError, RemovedError, TryLaterError
from aggregator.markup import text
from aggregator.targets import mastodon
from aggregator.targets.mastodon import Mastodon, Options, status
from aggregator.targets.mastodon.server import Server
from aggregator.targets.mastodon.status import Limits
from aggregator.targets.shared.api import Api
from aggregator.types import Credit, Image, MediaFile, Publication, Site

OUR_SITE = Site(title="Wire", base_url="https://wire.example")
WHOLE = "{title}\n\n{text}\n\n{credit}\n{link}"
URL = "https://paper.example/a.jpg"


def build(server: httpx.AsyncBaseTransport, **options: Any) -> Mastodon:
    chosen = Options(url=SERVER, token=Secret(TOKEN), **options)
    return mastodon.build(
        "social", chosen, site=OUR_SITE, folder=Path(), http=lambda _: httpx.AsyncClient(transport=server)
    )


def picture(tmp_path: Path, url: str = URL, **changes: Any) -> MediaFile:
    path = tmp_path / "picture.jpg"
    path.write_bytes(b"a picture")
    facts = {"url": url, "path": str(path), "sha256": "ab" * 32, "type": "image/jpeg", "width": 10, "height": 10}
    return MediaFile(**(facts | changes))


class TestConformance(HttpTargetConformance):
    secrets = (TOKEN,)

    def blog(self) -> FakeMastodon:
        self.far = FakeMastodon()
        return self.far

    async def build(self, folder: Path) -> Mastodon:
        return build(self.wire, text=WHOLE)

    def held(self) -> Mapping[str, str]:
        return {number: text.plain(found["content"]) for number, found in self.far.statuses.items()}


class TestConformanceWithForgottenKeys(TestConformance):
    """As an hour later: the server has forgotten the idempotency keys."""

    def blog(self) -> FakeMastodon:
        class Forgets(dict[str, str]):
            def __setitem__(self, key: str, value: str) -> None: ...

        super().blog()
        self.far.keys = Forgets()
        return self.far


@pytest.fixture
def far() -> FakeMastodon:
    return FakeMastodon()


class TestStatus:
    async def test_it_says_what_the_post_is_and_where(self, far: FakeMastodon) -> None:
        publication = await build(far, visibility="unlisted").publish(make_post(), media=NO_MEDIA, previous=None)
        found = far.statuses[publication.remote_id]
        assert text.plain(found["content"]).splitlines() == [
            "Story 1: “quotes” & <angles>",
            "",
            "By Ada Byron, The Paper",
            "https://paper.example/story/1",
        ]
        assert (found["visibility"], found["language"], found["sensitive"]) == ("unlisted", "en", False)
        assert publication.remote_url == f"{SERVER}/@wire/{publication.remote_id}"
        assert publication.published_at is not None

    async def test_a_content_warning_hides_and_counts(self, far: FakeMastodon) -> None:
        post = make_post(body=f"<p>{'word ' * 300}</p>")
        publication = await build(far, text=WHOLE, warning="News").publish(post, media=NO_MEDIA, previous=None)
        found = far.statuses[publication.remote_id]
        assert (found["spoiler_text"], found["sensitive"]) == ("News", True)

    @pytest.mark.parametrize(
        ("template", "expected"),
        [
            ("{title}: {link}", "A title: https://paper.example/story/1"),
            ("{title}\n\n{excerpt}\n\n{link}\n{tags}", "A title\n\nhttps://paper.example/story/1\n#Science #DéjàVu"),
            ("{{x}} {link}", "{x} https://paper.example/story/1"),
        ],
    )
    def test_a_template_is_filled_and_leaves_no_gaps(self, template: str, expected: str) -> None:
        post = make_post(title="A title", excerpt="")
        assert status.render(post, template, Limits()) == expected

    def test_what_is_too_long_is_shortened_but_never_the_link(self) -> None:
        post = make_post(
            title="word " * 60, body=f"<p>{'body ' * 300}</p>", credit=Credit(html="", text="credit " * 40, url="https://paper.example/" + "x" * 400, title="", publisher="")
        )  # fmt: skip
        shown = status.render(post, WHOLE, Limits())
        assert "https://paper.example/" + "x" * 400 in shown
        assert status.length(shown) <= 500
        assert "word word" in shown
        assert "body" not in shown

    @given(
        st.text(max_size=700), st.text(max_size=700), st.lists(st.text(max_size=40), max_size=9), st.integers(60, 600)
    )
    def test_it_always_fits_whatever_the_words(self, title: str, said: str, tags: list[str], limit: int) -> None:
        post = make_post(title=title, excerpt=said, tags=tuple(tags), credit=Credit(html="", text=said, url="https://paper.example/1", title="", publisher=""))  # fmt: skip
        template = "{title}\n{excerpt}\n{credit}\n{tags}\n{link}"
        shown = status.render(post, template, Limits(characters=limit))
        assert status.length(shown) <= limit
        assert "https://paper.example/1" in shown

    @pytest.mark.parametrize(
        ("words", "calls"),
        [
            ("Ask @alice about it", True),
            ("@bob@far.example", True),
            ("“@carol” said", True),
            ("mail a@b.example", False),
            ("at https://x.example/@dora", False),
        ],
    )
    def test_nobody_is_called_by_a_strangers_words(self, words: str, calls: bool) -> None:
        shown = status.render(make_post(title=words), "{title} {link}", Limits())
        assert ("@\u200b" in shown) is calls

    @pytest.mark.parametrize(
        ("tags", "expected"),
        [
            (("Science", "Déjà vu"), "#Science #DéjàVu"),
            (("covid-19", "2024", "C++"), "#Covid19 #C"),
            (("a b", "A b", "", "日本"), "#AB #日本"),
        ],
    )
    def test_tags_become_hashtags_that_can_be_read_aloud(self, tags: tuple[str, ...], expected: str) -> None:
        assert status.hashtags(tags) == expected

    @pytest.mark.parametrize(
        ("tag", "code"), [("en-GB", "en"), ("de", "de"), ("yue", "yue"), (None, None), ("", None), ("x1", None)]
    )
    def test_the_language_is_told_by_its_code(self, tag: str | None, code: str | None) -> None:
        assert status.language(tag) == code

    @pytest.mark.parametrize("template", ["{title}", "{link} {nothing}", "{link!r}", "{link:>9}", "{link", "{} {link}"])
    def test_a_template_that_can_not_be_used_is_told_at_once(self, template: str) -> None:
        with pytest.raises(ValidationError):
            Options(url=SERVER, token=Secret(TOKEN), text=template)


class TestLimits:
    @pytest.mark.parametrize("version", [1, 2])
    async def test_the_server_tells_how_long_a_status_may_be(self, far: FakeMastodon, version: int) -> None:
        far.version = version
        far.instance = (
            {"max_toot_chars": 60} if version == 1 else {"configuration": {"statuses": {"max_characters": 60}}}
        )
        publication = await build(far).publish(make_post(title="word " * 50), media=NO_MEDIA, previous=None)
        assert len(text.plain(far.statuses[publication.remote_id]["content"])) < 120

    @pytest.mark.parametrize(
        "instance", [{}, {"configuration": 7}, {"configuration": {"statuses": {"max_characters": "many"}}}, []]
    )
    async def test_nonsense_means_the_usual_limits(self, far: FakeMastodon, instance: Any) -> None:
        far.instance = instance or {"configuration": []}
        publication = await build(far).publish(make_post(), media=NO_MEDIA, previous=None)
        assert publication.remote_id in far.statuses


class TestPictures:
    async def test_the_lead_and_those_of_the_text_are_attached_with_their_texts(
        self, far: FakeMastodon, tmp_path: Path
    ) -> None:
        others = [f"https://paper.example/{number}.jpg" for number in range(5)]
        body = "<p>x</p>" + "".join(f'<p><img src="{url}" alt="Picture {url[-5]}"></p>' for url in others)
        post = make_post(body=body, lead=Image(url=URL, alt="A red door"))
        target = build(far)
        wanted = target.wants(post)
        media = {url: picture(tmp_path, url) for url in wanted}
        publication = await target.publish(post, media=media, previous=None)
        attached = far.statuses[publication.remote_id]["media_attachments"]
        assert [each["description"] for each in attached] == ["A red door", "Picture 0", "Picture 1", "Picture 2"]
        assert len(wanted) == 4
        assert publication.note == ""

    async def test_one_that_can_not_be_had_or_taken_is_left_out_and_told(
        self, far: FakeMastodon, tmp_path: Path
    ) -> None:
        far.instance["configuration"]["media_attachments"] = {
            "image_size_limit": 100,
            "supported_mime_types": ["image/jpeg"],
        }
        others = [f"https://paper.example/{number}.jpg" for number in range(3)]
        post = make_post(
            body="".join(f'<p><img src="{url}" alt=""></p>' for url in others), lead=Image(url=URL, alt="A red door")
        )
        (tmp_path / "big").write_bytes(b"x" * 101)
        media = {
            URL: picture(tmp_path),
            others[0]: picture(tmp_path, others[0], type="image/avif"),
            others[1]: picture(tmp_path, others[1], path=str(tmp_path / "big")),
        }
        publication = await build(far).publish(post, media=media, previous=None)
        assert len(far.statuses[publication.remote_id]["media_attachments"]) == 1
        assert publication.note == "3 of 4 pictures are not taken there"

    @pytest.mark.parametrize(("answers", "outcome"), [([206, 206, 200], 1), ([422], 0), ([206] * 50, "later")])
    async def test_a_picture_that_is_being_processed_is_waited_for_to_a_bound(
        self, far: FakeMastodon, tmp_path: Path, answers: list[int], outcome: int | str
    ) -> None:
        waits: list[float] = []

        async def sleep(seconds: float) -> None:
            waits.append(seconds)

        api = Api("social", httpx.AsyncClient(transport=far), headers={"Authorization": f"Bearer {TOKEN}"})
        target = Mastodon("social", Options(url=SERVER, token=Secret(TOKEN)), server=Server(api, SERVER, sleep=sleep))
        far.slow = answers
        post = make_post(lead=Image(url=URL, alt="A red door"))
        if outcome == "later":
            with pytest.raises(TryLaterError) as caught:
                await target.publish(post, media={URL: picture(tmp_path)}, previous=None)
            assert not caught.value.in_doubt
            assert len(waits) == 20
            return
        publication = await target.publish(post, media={URL: picture(tmp_path)}, previous=None)
        assert len(far.statuses[publication.remote_id]["media_attachments"]) == outcome

    async def test_an_update_keeps_them_and_mends_their_texts(self, far: FakeMastodon, tmp_path: Path) -> None:
        target = build(far)
        post = make_post(lead=Image(url=URL, alt="A red door"))
        first = await target.publish(post, media={URL: picture(tmp_path)}, previous=None)
        changed = make_post(title="New", lead=Image(url=URL, alt="A blue door"))
        await target.publish(changed, media=NO_MEDIA, previous=first)
        assert [each["description"] for each in far.statuses[first.remote_id]["media_attachments"]] == ["A blue door"]
        assert len(far.media) == 1

    async def test_a_picture_that_came_later_is_added(self, far: FakeMastodon, tmp_path: Path) -> None:
        target = build(far)
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)
        changed = make_post(lead=Image(url=URL, alt="A red door"))
        await target.publish(changed, media={URL: picture(tmp_path)}, previous=first)
        assert len(far.statuses[first.remote_id]["media_attachments"]) == 1

    async def test_none_are_wanted_where_the_option_says_so(self, far: FakeMastodon) -> None:
        assert build(far, max_pictures=0).wants(make_post(lead=Image(url=URL))) == ()


class TestTheOwner:
    async def test_an_edit_by_hand_is_left_as_it_is(self, far: FakeMastodon) -> None:
        target = build(far)
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)
        far.statuses[first.remote_id]["content"] = "<p>Mine now</p>"
        second = await target.publish(make_post(title="New"), media=NO_MEDIA, previous=first)
        assert "edited by hand" in second.note
        assert far.statuses[first.remote_id]["content"] == "<p>Mine now</p>"
        assert second.pushed_hash == first.pushed_hash

    async def test_an_edit_gives_way_where_the_option_says_so(self, far: FakeMastodon) -> None:
        target = build(far, overwrite_edits=True)
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)
        far.statuses[first.remote_id]["content"] = "<p>Mine now</p>"
        second = await target.publish(make_post(title="New"), media=NO_MEDIA, previous=first)
        assert "New" in far.statuses[first.remote_id]["content"]
        assert second.note == ""

    async def test_what_was_deleted_there_is_not_made_again(self, far: FakeMastodon) -> None:
        target = build(far)
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)
        far.statuses.clear()
        with pytest.raises(RemovedError):
            await target.publish(make_post(title="New"), media=NO_MEDIA, previous=first)
        with pytest.raises(RemovedError):  # and where our own side has forgotten, within the hour
            await target.publish(make_post(), media=NO_MEDIA, previous=None)

    async def test_a_server_that_has_gone_is_no_deleted_status(self, far: FakeMastodon) -> None:
        target = build(far)
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)
        far.down = 404
        with pytest.raises(BlockedError):
            await target.publish(make_post(title="New"), media=NO_MEDIA, previous=first)
        with pytest.raises(BlockedError):
            await target.withdraw(make_post(), first)

    async def test_a_server_that_knows_no_edits_keeps_the_old_text_and_says_so(self, far: FakeMastodon) -> None:
        far.edits = False
        target = build(far)
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)
        second = await target.publish(make_post(title="New"), media=NO_MEDIA, previous=first)
        assert "can't change" in second.note
        assert second.pushed_hash == first.pushed_hash

    async def test_a_persons_own_status_about_the_article_is_not_taken_for_ours(self, far: FakeMastodon) -> None:
        target = build(far)
        mine = await target.publish(make_post(), media=NO_MEDIA, previous=None)
        far.statuses[mine.remote_id]["application"] = {"name": "Web"}
        assert await build(far).find(make_post()) is None


class TestFinding:
    async def test_it_is_found_by_the_original_however_it_is_spelt(self, far: FakeMastodon) -> None:
        await build(far).publish(make_post(), media=NO_MEDIA, previous=None)
        found = far.statuses["101"]
        found["content"] = found["content"].replace(
            "https://paper.example/story/1", "https://www.paper.example/story/1/"
        )
        found_again = await build(far).find(make_post())
        assert found_again is not None
        assert found_again.remote_id == "101"

    async def test_what_is_found_with_another_text_is_brought_up_to_date(self, far: FakeMastodon) -> None:
        published = await build(far).publish(make_post(), media=NO_MEDIA, previous=None)
        found = await build(far).find(make_post(title="New"))
        assert found is not None
        assert (found.remote_id, found.pushed_hash) == (published.remote_id, "")
        whole = await build(far).find(make_post())
        assert whole == published

    async def test_it_is_looked_for_among_the_last_two_hundred(self, far: FakeMastodon) -> None:
        target = build(far)
        await target.publish(make_post(1000), media=NO_MEDIA, previous=None)
        await target.publish(make_post(1001), media=NO_MEDIA, previous=None)
        for number in range(200, 399):
            far.statuses[str(number)] = {"id": str(number), "content": "another"}
        assert await target.find(make_post(1001)) is not None
        assert await target.find(make_post(1000)) is None

    async def test_an_earlier_revision_under_the_same_key_is_brought_up_to_date(self, far: FakeMastodon) -> None:
        target = build(far)
        first = await target.publish(make_post(), media=NO_MEDIA, previous=None)
        second = await target.publish(make_post(title="New"), media=NO_MEDIA, previous=None)
        assert second.remote_id == first.remote_id
        assert "New" in far.statuses[first.remote_id]["content"]

    async def test_a_post_without_address_is_found_by_its_text(self, far: FakeMastodon) -> None:
        post = make_post(canonical_url=None, credit=Credit(html="", text="By Ada", url=None, title="", publisher=""))
        wire = Faulty(far)
        wire.next = ["drop-reply"]
        far.keys = {}
        publication = await deliver(build(wire), post)
        assert list(far.statuses) == [publication.remote_id]

    @pytest.mark.parametrize(
        ("answer", "settled"),
        [
            ([1, None, {"id": 7}, {"id": "1", "content": 3, "media_attachments": 1}], True),
            ({}, False),
            ("x", False),
        ],
    )
    async def test_nonsense_in_the_list_is_nothing_found_and_no_list_is_no_answer(
        self, answer: object, settled: bool
    ) -> None:
        def respond(request: httpx.Request) -> httpx.Response:
            path = request.url.path
            return httpx.Response(200, json={"id": "7"} if "verify" in path else {} if "instance" in path else answer)

        with nullcontext() if settled else pytest.raises(TryLaterError, match="no list"):
            assert await build(httpx.MockTransport(respond)).find(make_post()) is None


class TestRateLimit:
    @pytest.mark.parametrize("form", ["moment", "seconds"])
    async def test_the_reset_of_the_rate_limit_is_waited_for(self, form: str) -> None:
        reset = datetime.now(UTC) + timedelta(minutes=5)
        value = reset.isoformat() if form == "moment" else str(int(reset.timestamp()))

        def respond(request: httpx.Request) -> httpx.Response:
            return httpx.Response(429, headers={"X-RateLimit-Reset": value}, json={"error": "Too many requests"})

        with pytest.raises(TryLaterError) as caught:
            await build(httpx.MockTransport(respond)).find(make_post())
        assert caught.value.retry_after is not None
        assert timedelta(minutes=4) < caught.value.retry_after <= timedelta(minutes=5)

    @pytest.mark.parametrize("value", ["", "soon", "99999999999999999999", "-1", "٣"])
    async def test_a_reset_that_is_none_is_no_reset(self, value: str) -> None:
        def respond(request: httpx.Request) -> httpx.Response:
            return httpx.Response(429, headers={"X-RateLimit-Reset": value.encode()}, json={})

        with pytest.raises(TryLaterError) as caught:
            await build(httpx.MockTransport(respond)).find(make_post())
        assert caught.value.retry_after is None


class TestChecking:
    async def test_missing_scopes_are_told(self, far: FakeMastodon) -> None:
        far.app = {"name": "Wirecopy", "scopes": ["write:statuses", "read:accounts"]}
        assert await build(far).check() == [
            "the token may not upload pictures: it lacks the scope write:media",
            "the token may not look for what it published: it lacks the scope read:statuses",
        ]
        assert len(await build(far, max_pictures=0).check()) == 1

    async def test_a_server_that_does_not_tell_scopes_is_taken_at_its_word(self, far: FakeMastodon) -> None:
        far.app = None
        assert await build(far).check() == []

    async def test_a_refused_token_is_told(self, far: FakeMastodon) -> None:
        chosen = Options(url=SERVER, token=Secret("wrong"))
        target = mastodon.build(
            "social", chosen, site=OUR_SITE, folder=Path(), http=lambda _: httpx.AsyncClient(transport=far)
        )
        (told,) = await target.check()
        assert "access token is invalid" in told


async def test_a_page_of_html_in_place_of_a_deletion_leaves_it_in_doubt() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, html="<p>Please enable JavaScript</p>")

    with pytest.raises(TryLaterError) as caught:
        await build(httpx.MockTransport(respond)).withdraw(make_post(), Publication(remote_id="7"))
    assert caught.value.in_doubt


def test_the_fake_shows_addresses_as_mastodon_does() -> None:
    assert text.plain(rendered("at https://paper.example/a/long/address/of/a/story")).endswith("/of/a/story")
    assert json.dumps(rendered("<b>")) == '"<p>&lt;b&gt;</p>"'
