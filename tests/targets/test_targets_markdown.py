"""Files for the five generators: the contract of a target, and what a person or a crash does to the files."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import pytest
from conformance import NO_MEDIA, TargetConformance
from posting import make_post

from aggregator.errors import BlockedError, RejectedError, RemovedError, TryLaterError
from aggregator.policy import change
from aggregator.targets.markdown import MarkdownTarget, Options, build
from aggregator.targets.shared import edits
from aggregator.types import Image, MediaFile, Post, Publication, Site

SITE = Site(title="The Night Desk", base_url="https://news.example")
SIGNS = {
    "hugo": "hugo.toml",
    "jekyll": "_config.yml",
    "eleventy": "eleventy.config.js",
    "astro": "astro.config.mjs",
    "pelican": "pelicanconf.py",
}


def make_target(folder: Path, profile: str, **options: object) -> MarkdownTarget:
    """A target over a folder that looks like a site."""
    (folder / SIGNS[profile]).touch()
    chosen = Options.model_validate({"profile": profile, "path": ".", **options})
    return build("static", chosen, site=SITE, folder=folder, http=lambda _: pytest.fail("no network is needed"))


def body_of(text: str) -> str:
    """What follows the front matter."""
    for end in ("\n---\n", "<body>\n", "\n\n"):
        if end in text:
            return text.split(end, 1)[1]
    return text


class Conformance(TargetConformance):
    profile: ClassVar[str]
    content: ClassVar[str] = "html"

    async def build(self, folder: Path) -> MarkdownTarget:
        self.folder = folder
        return make_target(folder, self.profile, content=self.content)

    def held(self) -> Mapping[str, str]:
        files = (path for path in self.folder.rglob("*") if path.suffix in {".html", ".md"})
        return {str(path.relative_to(self.folder)): body_of(path.read_text()) for path in files}


class TestHugo(Conformance):
    profile = "hugo"


class TestHugoWithMarkdown(Conformance):
    profile = "hugo"
    content = "markdown"

    async def build(self, folder: Path) -> MarkdownTarget:
        target = await super().build(folder)
        (folder / "hugo.toml").write_text("[markup.goldmark.renderer]\nunsafe = true\n")
        return target


class TestJekyll(Conformance):
    profile = "jekyll"


class TestEleventy(Conformance):
    profile = "eleventy"


class TestAstro(Conformance):
    profile = "astro"


class TestPelican(Conformance):
    profile = "pelican"


class TestPelicanWithMarkdown(Conformance):
    profile = "pelican"
    content = "markdown"


PROFILES = list(SIGNS)
LEAD = Image(url="https://paper.example/lead.jpg", alt="A lead", caption="What it shows", credit="A. Photographer")
INNER = "https://paper.example/inner.png"


@pytest.fixture(params=PROFILES)
def profile(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def target(tmp_path: Path, profile: str) -> MarkdownTarget:
    return make_target(tmp_path, profile)


async def publish(
    target: MarkdownTarget,
    post: Post | None = None,
    previous: Publication | None = None,
    media: Mapping[str, MediaFile] = NO_MEDIA,
) -> Publication:
    return await target.publish(post or make_post(1), media=media, previous=previous)


def files(folder: Path) -> dict[str, bytes]:
    """Everything in a folder, by path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def picture(folder: Path, url: str, data: bytes, kind: str = "image/jpeg") -> MediaFile:
    """A checked copy as the library would give it."""
    path = folder.parent / f"{folder.name}-library-{hashlib.sha256(data).hexdigest()[:6]}"
    path.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    return MediaFile(url=url, path=str(path), sha256=digest, type=kind, width=800, height=600)


@pytest.mark.parametrize(
    ("profile", "file", "address"),
    [
        ("hugo", "content/posts/{slug}/index.html", "/posts/{slug}/"),
        ("jekyll", "_posts/2026-03-01-{slug}.html", "/2026/03/{slug}/"),
        ("eleventy", "posts/{slug}.html", "/posts/{slug}/"),
        ("astro", "src/content/posts/{slug}.md", "/posts/{slug}/"),
        ("pelican", "content/posts/{slug}.html", "/posts/{slug}/"),
    ],
)
async def test_each_generator_gets_its_file_and_address(tmp_path: Path, profile: str, file: str, address: str) -> None:
    published = await publish(make_target(tmp_path, profile))
    slug = make_post(1).slug
    assert published.remote_id == file.format(slug=slug)
    assert published.remote_url == SITE.base_url + address.format(slug=slug)
    assert set(files(tmp_path)) == {published.remote_id, SIGNS[profile]}


async def test_the_same_post_again_touches_no_file(target: MarkdownTarget, tmp_path: Path) -> None:
    first = await publish(target)
    path = tmp_path / first.remote_id
    before = path.stat().st_mtime_ns, path.stat().st_ino
    assert await publish(target, previous=first) == first
    assert await publish(target) == first
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before


async def test_what_is_found_says_which_revision_it_is(target: MarkdownTarget) -> None:
    published = await publish(target)
    assert await target.find(make_post(1, title="Other")) == published
    assert published.pushed_hash == change.revision(make_post(1))


async def test_date_and_address_stay_those_of_the_first_push(target: MarkdownTarget, tmp_path: Path) -> None:
    first = await publish(target)
    later = make_post(1, published_at=datetime(2027, 1, 1, tzinfo=UTC), body="<p>Changed.</p>")
    second = await publish(target, later, first)
    assert (second.remote_id, second.remote_url, second.published_at) == (
        first.remote_id,
        first.remote_url,
        first.published_at,
    )
    assert "2027" not in (tmp_path / first.remote_id).read_text()


async def test_the_address_stays_though_the_pattern_of_addresses_changes(tmp_path: Path, profile: str) -> None:
    first = await publish(make_target(tmp_path, profile))
    changed = make_target(tmp_path, profile, permalink="/{year}/{day}/{slug}.html")
    assert (await publish(changed, make_post(1, body="<p>New.</p>"), first)).remote_url == first.remote_url
    other = await publish(changed, make_post(2))
    assert other.remote_url == f"{SITE.base_url}/2026/01/{make_post(2).slug}.html"


async def test_another_form_of_the_text_takes_the_place_of_the_first(tmp_path: Path) -> None:
    first = await publish(make_target(tmp_path, "jekyll"))
    second = await publish(make_target(tmp_path, "jekyll", content="markdown"), previous=first)
    assert second.remote_id == first.remote_id.replace(".html", ".md")
    assert second.remote_url == first.remote_url
    assert set(files(tmp_path)) == {second.remote_id, "_config.yml"}


# --- a person's hand -------------------------------------------------------------------------


async def test_a_file_that_a_person_edited_is_left_as_it_is(target: MarkdownTarget, tmp_path: Path) -> None:
    first = await publish(target)
    path = tmp_path / first.remote_id
    edited = path.read_text().replace("First paragraph", "My own first paragraph")
    path.write_text(edited)
    for previous in (first, None):
        again = await publish(target, make_post(1, body="<p>An update.</p>"), previous)
        assert again.note == edits.NOTE
        assert (again.remote_id, again.pushed_hash) == (first.remote_id, first.pushed_hash)
    assert path.read_text() == edited


async def test_a_file_whose_front_matter_a_person_broke_is_left_as_it_is(
    target: MarkdownTarget, tmp_path: Path
) -> None:
    first = await publish(target)
    path = tmp_path / first.remote_id
    path.write_text("rewritten by hand")
    again = await publish(target, make_post(1, body="<p>An update.</p>"), first)
    assert again.note == edits.NOTE
    assert path.read_text() == "rewritten by hand"


@pytest.mark.parametrize("edited", ["rewritten by hand", ""])
async def test_an_edit_gives_way_where_the_option_says_so(tmp_path: Path, edited: str) -> None:
    target = make_target(tmp_path, "jekyll", overwrite_edits=True)
    first = await publish(target)
    path = tmp_path / first.remote_id
    path.write_text(edited or path.read_text().replace("First paragraph", "My own first paragraph"))
    again = await publish(target, make_post(1, body="<p>An update.</p>"), first)
    assert (again.remote_id, again.remote_url, again.note) == (first.remote_id, first.remote_url, "")
    assert "An update." in path.read_text()
    assert "y own" not in path.read_text()
    await target.close()


async def test_a_file_that_a_person_deleted_is_not_made_again(target: MarkdownTarget, tmp_path: Path) -> None:
    first = await publish(target)
    (tmp_path / first.remote_id).unlink()
    with pytest.raises(RemovedError, match="taken away"):
        await publish(target, make_post(1, body="<p>An update.</p>"), first)
    assert not (tmp_path / first.remote_id).exists()
    assert await target.find(make_post(1)) is None


async def test_a_persons_own_file_in_the_place_is_not_overwritten(target: MarkdownTarget, tmp_path: Path) -> None:
    first = await publish(target)
    path = tmp_path / first.remote_id
    path.write_text("---\ntitle: a person's\n---\nown")
    assert await target.find(make_post(1)) is None
    with pytest.raises(RejectedError, match="not ours"):
        await publish(target)
    await target.withdraw(make_post(1), None)
    assert path.read_text().endswith("own")


async def test_line_ends_that_git_changed_are_no_edit(target: MarkdownTarget, tmp_path: Path) -> None:
    first = await publish(target)
    path = tmp_path / first.remote_id
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    second = await publish(target, make_post(1, body="<p>An update.</p>"), first)
    assert second.note == ""
    assert "An update." in path.read_text()


async def test_a_post_that_a_person_gave_another_date_in_its_name_is_found(tmp_path: Path) -> None:
    target = make_target(tmp_path, "jekyll")
    first = await publish(target)
    moved = first.remote_id.replace("2026-03-01", "2026-04-01")
    (tmp_path / first.remote_id).rename(tmp_path / moved)
    second = await publish(target, make_post(1, body="<p>An update.</p>"), first)
    assert second.remote_id == moved
    assert set(files(tmp_path)) == {moved, "_config.yml"}


async def test_a_site_that_is_away_is_not_a_site_whose_posts_were_deleted(
    target: MarkdownTarget, tmp_path: Path
) -> None:
    first = await publish(target)
    away = tmp_path.rename(tmp_path.with_name("away"))
    with pytest.raises(BlockedError, match="there is no folder"):
        await publish(target, previous=first)
    assert (await target.check())[0].startswith("there is no folder")
    away.rename(tmp_path)
    assert await publish(target, previous=first) == first


async def test_a_remembered_place_outside_of_the_site_is_not_used(target: MarkdownTarget, tmp_path: Path) -> None:
    outside = tmp_path.parent / "outside.html"
    outside.write_text("keep")
    for place in ("../outside.html", str(outside), "content/../../outside.html"):
        with pytest.raises(RemovedError):
            await publish(target, previous=Publication(remote_id=place))
        await target.withdraw(make_post(1), Publication(remote_id=place))
    assert outside.read_text() == "keep"


async def test_a_folder_that_leads_out_of_the_site_is_not_written_to(tmp_path: Path) -> None:
    site, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    site.mkdir()
    elsewhere.mkdir()
    target = make_target(site, "jekyll")
    (site / "_posts").symlink_to(elsewhere)
    with pytest.raises(BlockedError, match="outside of the site's folder"):
        await publish(target)
    assert list(elsewhere.iterdir()) == []


# --- pictures --------------------------------------------------------------------------------


async def test_pictures_are_copied_and_shown_by_their_place(tmp_path: Path, profile: str) -> None:
    target = make_target(tmp_path, profile, url="https://news.example/blog")
    post = make_post(1, lead=LEAD, body=f'<p>Text</p><p><img src="{INNER}" alt="Inner"></p>')
    assert target.wants(post) == (LEAD.url, INNER)
    media = {LEAD.url: picture(tmp_path, LEAD.url, b"lead"), INNER: picture(tmp_path, INNER, b"inner", "image/png")}
    published = await publish(target, post, media=media)
    text = (tmp_path / published.remote_id).read_text()
    names = {data: name for name, data in files(tmp_path).items()}
    lead, inner = names[b"lead"].rpartition("/")[2], names[b"inner"].rpartition("/")[2]
    assert (lead[-4:], inner[-4:]) == (".jpg", ".png")
    folder = {
        "hugo": f"/blog/posts/{post.slug}",
        "jekyll": f"/blog/assets/posts/{post.slug}",
        "pelican": f"/blog/images/posts/{post.slug}",
    }.get(profile, f"/blog/media/{post.slug}")
    assert f'src="{folder}/{lead}"' in text
    assert f'src="{folder}/{inner}"' in text
    assert "paper.example/lead.jpg" not in text
    assert f"https://news.example{folder}/{lead}" in text


async def test_pictures_that_a_revision_no_longer_shows_go_and_a_persons_stay(tmp_path: Path, profile: str) -> None:
    target = make_target(tmp_path, profile)
    media = {LEAD.url: picture(tmp_path, LEAD.url, b"lead"), INNER: picture(tmp_path, INNER, b"inner", "image/png")}
    post = make_post(1, lead=LEAD, body=f'<p><img src="{INNER}" alt=""></p>')
    first = await publish(target, post, media=media)
    folder = next(tmp_path.rglob("*.png")).parent
    (folder / "own.png").write_bytes(b"a person's")
    second = await publish(target, make_post(1, lead=LEAD), first, media)
    assert set(files(tmp_path).values()) >= {b"lead", b"a person's"}
    assert b"inner" not in files(tmp_path).values()
    await target.withdraw(post, second)
    left = {name: data for name, data in files(tmp_path).items() if name != SIGNS[profile]}
    assert list(left.values()) == [b"a person's"]


async def test_a_withdrawn_post_leaves_no_folder_of_its_own(tmp_path: Path, profile: str) -> None:
    target = make_target(tmp_path, profile)
    post = make_post(1, lead=LEAD)
    published = await publish(target, post, media={LEAD.url: picture(tmp_path, LEAD.url, b"lead")})
    await target.withdraw(post, published)
    assert list(files(tmp_path)) == [SIGNS[profile]]
    assert not list(tmp_path.rglob(post.slug))


async def test_a_copy_is_no_link_to_our_library(target: MarkdownTarget, tmp_path: Path) -> None:
    file = picture(tmp_path, LEAD.url, b"lead")
    await publish(target, make_post(1, lead=LEAD), media={LEAD.url: file})
    copy = next(tmp_path.rglob("*.jpg"))
    copy.write_bytes(b"changed by a person")
    assert Path(file.path).read_bytes() == b"lead"


async def test_linked_pictures_are_those_of_the_publisher(tmp_path: Path, profile: str) -> None:
    target = make_target(tmp_path, profile, pictures="link")
    post = make_post(1, lead=LEAD)
    assert target.wants(post) == ()
    published = await publish(target, post, media={LEAD.url: picture(tmp_path, LEAD.url, b"lead")})
    assert LEAD.url in (tmp_path / published.remote_id).read_text()
    assert not list(tmp_path.rglob("*.jpg"))


async def test_a_lead_that_the_theme_shows_is_not_shown_in_the_text(tmp_path: Path) -> None:
    published = await publish(make_target(tmp_path, "hugo", lead="featured"), make_post(1, lead=LEAD))
    head, text = (tmp_path / published.remote_id).read_text().split("\n---\n")
    assert "cover:" in head
    assert "<figure" not in text


# --- crashes and full disks ------------------------------------------------------------------


async def test_a_full_disk_is_tried_later_and_leaves_the_former_file(
    target: MarkdownTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await publish(target)
    before = files(tmp_path)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(TryLaterError, match="No space left"):
            await publish(target, make_post(1, body="<p>An update.</p>"), first)
    assert files(tmp_path) == before
    await publish(target, make_post(1, body="<p>An update.</p>"), first)
    assert "An update." in (tmp_path / first.remote_id).read_text()


async def test_what_a_killed_process_left_half_written_does_no_harm(target: MarkdownTarget, tmp_path: Path) -> None:
    first = await publish(target)
    path = tmp_path / first.remote_id
    path.with_name(f".{path.name}.new").write_text("half")
    await publish(target, make_post(1, body="<p>An update.</p>"), first)
    assert "An update." in path.read_text()
    assert not list(path.parent.glob(".*"))
