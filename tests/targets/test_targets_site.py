"""The embedded blog as a target: each post once, nothing lost by a crash, nothing left of what is withdrawn."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from blogs import NOW, SITE, address, each_link, flush, make_target, open_blog, page, picture, publish, tree
from conformance import NO_MEDIA, TargetConformance
from posting import key_of, make_post

from aggregator.errors import BlockedError
from aggregator.targets import Checks, Describes, Finds, Flushes, Gathers, Serves, Target, Withdraws
from aggregator.targets.site import Options
from aggregator.types import Author, Image, Post, SourceInfo

LEAD = Image(url="https://paper.example/lead.jpg", alt="A lead", caption="What it shows", credit="A. Photographer")


def articles(folder: Path) -> dict[str, str]:
    """Article pages that are not withdrawn, by path."""
    files = tree(folder)
    return {
        path: data.decode()
        for path, data in files.items()
        if path[:2] == "20"
        and path.count("/") == 3
        and "/page/" not in path
        and f"{path.rpartition('/')[0]}/.gone" not in files
        and path.endswith("/index.html")
    }


class TestSite(TargetConformance):
    async def build(self, folder: Path) -> Target:
        self.folder = folder
        return make_target(folder)

    def held(self) -> Mapping[str, str]:
        tails = {f"{int(key_of(number)[:8], 16) % 10**8:08d}": key_of(number) for number in range(1, 10)}
        return {tails[path.split("/")[2][-8:]]: text for path, text in articles(self.folder).items()}

    async def test_it_has_every_ability(self, target: Target) -> None:
        for ability in (Finds, Withdraws, Checks, Gathers, Flushes, Describes, Serves):
            assert isinstance(target, ability)

    async def test_a_restarted_blog_knows_what_it_holds(self, target: Target, tmp_path: Path) -> None:
        first = await target.publish(make_post(1), media=NO_MEDIA, previous=None)
        await target.close()
        again = make_target(tmp_path)
        assert await again.find(make_post(1)) == first
        await again.close()


# --- addresses -------------------------------------------------------------------------------


def test_an_address_is_made_of_the_first_date_and_never_changes(tmp_path: Path) -> None:
    blog = open_blog(tmp_path)
    post = make_post(1)
    publish(blog, post)
    first = address(blog, post)
    assert first == f"2026/03/{post.slug}/"
    moved = replace(post, title="Other", slug="other-00000001", published_at=datetime(2025, 1, 1, tzinfo=UTC))
    publish(blog, moved)
    assert address(blog, post) == first
    blog.close()


@pytest.mark.parametrize(
    "slug",
    ["../../etc/passwd", "..", ".", "", "/abs", "a/b", "page", "CON", "index.html", ".gone", "ü\x00\n", "x" * 500],
)
def test_a_strange_slug_stays_inside_the_blog(tmp_path: Path, slug: str) -> None:
    blog = open_blog(tmp_path)
    post = make_post(1, slug=slug)
    publish(blog, post)
    _, _, name, _ = address(blog, post).split("/")
    assert name.replace("-", "").isalnum()
    assert name.isascii()
    assert (tmp_path / "public" / address(blog, post) / "index.html").is_file()
    blog.close()


def test_two_posts_with_one_slug_have_two_addresses(tmp_path: Path) -> None:
    blog = open_blog(tmp_path)
    one, other = make_post(1, slug="same"), make_post(2, slug="same")
    publish(blog, one, other)
    assert address(blog, one) != address(blog, other)
    assert len(articles(tmp_path)) == 2
    blog.close()


def test_tags_that_look_alike_have_lists_of_their_own(tmp_path: Path) -> None:
    blog = open_blog(tmp_path)
    publish(blog, make_post(1, tags=("C", "C++", "C#", "c")))
    lists = {path for path in tree(tmp_path) if path.startswith("tag/")}
    assert len(lists) == 3
    blog.close()


# --- whatever happens, the files follow from the index ------------------------------------------


def _random_post(chance: random.Random, number: int) -> Post:
    return make_post(
        number,
        title=f"Story {number}, version {chance.randrange(1000)}",
        tags=tuple(chance.sample(["Science", "Art", "Sea", "Code", "Law"], chance.randrange(4))),
        feed=f"paper-{number % 3}",
        source_name=f"Paper {number % 3}{' Weekly' * (chance.random() < 0.2)}",
        published_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=37 * chance.randrange(80)),
    )


@pytest.mark.parametrize("seed", range(4))
def test_what_is_rewritten_piece_by_piece_is_what_would_be_written_anew(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    blog = open_blog(tmp_path, per_page=3, feed_entries=4)
    flush(blog)
    for step in range(40):
        number = chance.randrange(30)
        if chance.random() < 0.25:
            blog.withdraw(key_of(number), NOW + timedelta(hours=step))
        else:
            blog.publish(_random_post(chance, number), {}, NOW + timedelta(hours=step))
        if chance.random() < 0.5:
            flush(blog)
    flush(blog)
    piecemeal = tree(tmp_path)
    assert blog._filing.take_look("anew")
    flush(blog)
    assert tree(tmp_path) == piecemeal
    blog.close()


def test_every_link_leads_to_a_file(tmp_path: Path) -> None:
    chance = random.Random(7)
    blog = open_blog(tmp_path, per_page=3)
    publish(blog, *(_random_post(chance, number) for number in range(25)))
    blog.withdraw(key_of(3), NOW)
    files = tree(tmp_path)
    checked = 0

    def visit(path: str, link: str) -> None:
        nonlocal checked
        target = urlsplit(urljoin(f"https://blog.example/{path}", link)).path.lstrip("/")
        target = f"{target}index.html" if target.endswith("/") or not target else target
        assert target in files, f"{path}: {link}"
        checked += 1

    each_link(tmp_path, visit)
    assert checked > 500
    blog.close()


def test_a_crash_before_the_flush_is_mended_by_the_next_one(tmp_path: Path) -> None:
    blog = open_blog(tmp_path)
    publish(blog, make_post(1))
    blog.publish(make_post(2), {}, NOW)
    blog.close()  # as if killed: nothing that lists the post was written
    assert "Story 2" not in tree(tmp_path)["index.html"].decode()
    again = open_blog(tmp_path)
    flush(again)
    assert "Story 2" in tree(tmp_path)["index.html"].decode()
    again.close()


def test_a_crash_between_the_index_and_the_page_is_mended_too(tmp_path: Path) -> None:
    blog = open_blog(tmp_path)
    flush(blog)
    blog._filing.put(make_post(1), {}, frozenset(), NOW)
    blog.close()
    assert articles(tmp_path) == {}
    again = open_blog(tmp_path)
    flush(again)
    assert len(articles(tmp_path)) == 1
    again.close()


def test_an_unchanged_post_rewrites_nothing(tmp_path: Path) -> None:
    blog = open_blog(tmp_path)
    publish(blog, *(make_post(number) for number in range(8)))
    before = blog.tree.written
    publish(blog, make_post(3), hours=5)
    assert blog.tree.written == before
    blog.close()


def test_another_look_is_written_everywhere(tmp_path: Path) -> None:
    blog = open_blog(tmp_path)
    publish(blog, *(make_post(number) for number in range(8)))
    blog.close()
    again = open_blog(tmp_path, site=replace(SITE, title="The Day Desk"))
    flush(again)
    pages = [
        data for path, data in tree(tmp_path).items() if path.endswith((".html", ".xml")) and b"Night Desk" in data
    ]
    assert pages == []
    again.close()


def test_a_large_blog_costs_a_publish_no_more_files_than_a_small_one(tmp_path: Path) -> None:
    blog = open_blog(tmp_path, per_page=20, feed_entries=50)
    blog.index.db.execute("PRAGMA synchronous = OFF")
    start = datetime(2020, 1, 1, tzinfo=UTC)
    for number in range(2500):
        tags = ("Science", f"Tag {number % 60}")
        post = make_post(number, tags=tags, published_at=start + timedelta(hours=number))
        blog._filing.put(post, {}, frozenset(), NOW)
    blog.index.db.execute("DELETE FROM stale")
    newest, oldest = start + timedelta(hours=9000), start + timedelta(hours=40, minutes=1)
    for number, when in ((9001, newest), (9002, newest), (9003, oldest)):
        before = blog.tree.written
        publish(blog, make_post(number, tags=("Science", "Tag 7"), published_at=when))
        assert blog.tree.written - before <= 40 + 2
    blog.close()


# --- withdrawing ------------------------------------------------------------------------------


def test_nothing_is_left_of_a_withdrawn_post_but_its_address(tmp_path: Path) -> None:
    blog = open_blog(tmp_path)
    secret = make_post(
        2,
        title="Zyzzyva headline",
        standfirst="Zyzzyva standfirst",
        excerpt="Zyzzyva excerpt",
        body="<p>Zyzzyva body</p>",
        tags=("Zyzzyva",),
        authors=(Author(name="Zyzzyva Author"),),
        lead=LEAD,
    )
    publish(blog, make_post(1), secret, make_post(3), media={LEAD.url: picture(tmp_path, LEAD.url)})
    assert any(path.startswith("media/") for path in tree(tmp_path))
    assert b"Zyzzyva" in tree(tmp_path)["index.html"]
    place = address(blog, secret)
    blog.withdraw(secret.key, NOW)
    left = tree(tmp_path)
    assert [path for path, data in left.items() if b"yzzyva" in data] == []
    assert [path for path in left if path.startswith("media/")] == []
    assert "Withdrawn" in left[f"{place}index.html"].decode()
    assert b"noindex" in left[f"{place}index.html"]
    blog.close()
    database = (tmp_path / "public" / ".wirecopy" / "site.db").read_bytes()
    assert b"Zyzzyva body" not in database
    assert b"Zyzzyva headline" not in database


def test_a_picture_of_two_posts_goes_with_the_second(tmp_path: Path) -> None:
    blog = open_blog(tmp_path)
    media = {LEAD.url: picture(tmp_path, LEAD.url)}
    publish(blog, make_post(1, lead=LEAD), make_post(2, lead=LEAD), media=media)
    copies = [path for path in tree(tmp_path) if path.startswith("media/")]
    assert len(copies) == 2  # the picture and its smaller form
    blog.withdraw(key_of(1), NOW)
    assert [path for path in tree(tmp_path) if path.startswith("media/")] == copies
    blog.withdraw(key_of(2), NOW)
    assert [path for path in tree(tmp_path) if path.startswith("media/")] == []
    blog.close()


def test_a_withdrawn_post_that_is_published_again_stands_where_it_stood(tmp_path: Path) -> None:
    blog = open_blog(tmp_path)
    publish(blog, make_post(1))
    place = address(blog, make_post(1))
    blog.withdraw(key_of(1), NOW)
    publish(blog, make_post(1))
    assert address(blog, make_post(1)) == place
    assert f"{place}.gone" not in tree(tmp_path)
    assert "Story 1" in tree(tmp_path)["index.html"].decode()
    blog.close()


def test_a_picture_that_an_update_no_longer_shows_goes(tmp_path: Path) -> None:
    blog = open_blog(tmp_path)
    publish(blog, make_post(1, lead=LEAD), media={LEAD.url: picture(tmp_path, LEAD.url)})
    publish(blog, make_post(1, lead=None))
    assert [path for path in tree(tmp_path) if path.startswith("media/")] == []
    blog.close()


def test_a_copy_is_kept_when_an_update_brings_none(tmp_path: Path) -> None:
    blog = open_blog(tmp_path)
    publish(blog, make_post(1, lead=LEAD), media={LEAD.url: picture(tmp_path, LEAD.url)})
    publish(blog, make_post(1, lead=LEAD, title="Updated"))
    (image,) = page(tmp_path, address(blog, make_post(1))).cssselect("figure.lead-figure img")
    assert image.get("src", "").startswith("../../../media/")
    blog.close()


# --- what can go wrong ------------------------------------------------------------------------


async def test_a_folder_that_is_a_file_blocks_the_target_and_is_told_by_check(tmp_path: Path) -> None:
    (tmp_path / "public").write_text("a file")
    target = make_target(tmp_path)
    with pytest.raises(BlockedError, match="can't be used"):
        await target.publish(make_post(1), media=NO_MEDIA, previous=None)
    assert len(await target.check()) == 1
    await target.close()


async def test_a_damaged_index_blocks_the_target(tmp_path: Path) -> None:
    hidden = tmp_path / "public" / ".wirecopy"
    hidden.mkdir(parents=True)
    (hidden / "site.db").write_bytes(b"this is no database" * 100)
    target = make_target(tmp_path)
    with pytest.raises(BlockedError, match="index"):
        await target.find(make_post(1))
    assert len(await target.check()) == 1
    await target.close()


async def test_an_index_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    open_blog(tmp_path).close()
    with sqlite3.connect(tmp_path / "public" / ".wirecopy" / "site.db") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    target = make_target(tmp_path)
    assert "newer version" in (await target.check())[0]
    await target.close()


async def test_a_template_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "look").mkdir()
    (tmp_path / "look" / "article.html").write_text("{% if %}")
    target = make_target(tmp_path, templates="look")
    with pytest.raises(BlockedError, match="template"):
        await target.publish(make_post(1), media=NO_MEDIA, previous=None)
    await target.close()


@pytest.mark.parametrize(
    "template",
    ["{{ ''.__class__.__mro__ }}", "{{ post.__init__.__globals__ }}", "{{ site.__class__.__subclasses__() }}"],
)
async def test_a_template_of_the_owner_runs_in_a_sandbox(tmp_path: Path, template: str) -> None:
    (tmp_path / "look").mkdir()
    (tmp_path / "look" / "article.html").write_text(template)
    target = make_target(tmp_path, templates="look")
    with pytest.raises(BlockedError, match="unsafe"):
        await target.publish(make_post(1), media=NO_MEDIA, previous=None)
    await target.close()


def test_a_template_of_the_owner_replaces_the_theme_s(tmp_path: Path) -> None:
    (tmp_path / "look").mkdir()
    (tmp_path / "look" / "article.html").write_text("<p>Mine: {{ post.title }}</p>")
    blog = open_blog(tmp_path, templates=tmp_path / "look")
    publish(blog, make_post(1))
    assert tree(tmp_path)[f"{address(blog, make_post(1))}index.html"] == (
        b"<p>Mine: Story 1: \xe2\x80\x9cquotes\xe2\x80\x9d &amp; &lt;angles&gt;</p>"
    )
    blog.close()


async def test_checks_are_sentences_about_what_is_wrong(tmp_path: Path) -> None:
    target = make_target(tmp_path, site=replace(SITE, base_url="news.example", icon="none.png"), templates="nowhere")
    assert len(await target.check()) == 3
    await target.close()


@pytest.mark.parametrize("options", [{"per_page": 0}, {"pictures": "steal"}, {"accent": "red"}, {"colour": "#ffffff"}])
def test_options_that_make_no_sense_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        Options.model_validate(options)


def test_the_index_is_for_the_owner_alone(tmp_path: Path) -> None:
    open_blog(tmp_path).close()
    hidden = tmp_path / "public" / ".wirecopy"
    assert hidden.stat().st_mode & 0o777 == 0o700
    assert (hidden / "site.db").stat().st_mode & 0o777 == 0o600


# --- sources ----------------------------------------------------------------------------------


async def test_every_source_is_credited_with_its_links_and_licence(tmp_path: Path) -> None:
    target = make_target(tmp_path)
    sources = [
        SourceInfo(
            name="paper",
            title="The Paper",
            feed_url="https://paper.example/feed.xml",
            site_url="https://paper.example/",
            licence="https://creativecommons.org/licenses/by/4.0/",
        ),
        SourceInfo(name="quiet", title="Quiet <b>", feed_url="https://quiet.example/rss", licence="By permission"),
    ]
    await target.publish(make_post(1), media=NO_MEDIA, previous=None)
    await target.describe(sources)
    await target.flush()
    await target.close()
    links = {link.get("href"): link.text_content() for link in page(tmp_path, "sources").cssselect(".source-list a")}
    assert links == {
        "../source/paper/": "The Paper",
        "https://paper.example/": "paper.example",
        "https://paper.example/feed.xml": "Feed",
        "https://creativecommons.org/licenses/by/4.0/": "CC BY 4.0",
        "https://quiet.example/rss": "Feed",
    }
    assert "By permission" in page(tmp_path, "sources").text_content()
    assert b'xmlUrl="https://paper.example/feed.xml"' in tree(tmp_path)["sources.opml"]


def test_what_came_through_an_aggregator_is_filed_under_its_publisher(tmp_path: Path) -> None:
    blog = open_blog(tmp_path)
    publish(blog, make_post(1, feed="search", source_name="The Far Post", via=("A News Search",)), make_post(2))
    assert "source/the-far-post/index.html" in tree(tmp_path)
    assert "source/search/index.html" not in tree(tmp_path)
    blog.close()
