"""The preview knows what a run knows, makes the very post that it publishes, and leaves the store as it is."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from daemon_config import one_feed
from fakes import ScriptedWeb

from aggregator.config import Config, load
from aggregator.daemon import once, preview
from aggregator.pipeline import Taken
from aggregator.policy import change
from aggregator.store import Store, posts
from aggregator.types import Outcome, Post


def words(name: str) -> str:
    """Text that no other page has."""
    return " ".join(f"The {name} and the {n} bells of {name} {n * n} tell of {name}{n}." for n in range(30))


def configured(web: ScriptedWeb, folder: Path) -> Config:
    rest = f"""
        [[feeds.news.transforms]]
        kind = "related"
        html = '<p>Read <a href="{{{{ related.url }}}}">{{{{ related.title }}}}</a></p>'
        at = "start"
        [feeds.other]
        url = "{web.url("/other")}"
        """
    return one_feed(folder, web.url("/feed"), rest)


def show(web: ScriptedWeb, path: str, **stories: str) -> None:
    """A feed of these titles by the names of their pages, and the pages; the last is the newest."""
    items = ""
    for day, (name, title) in enumerate(stories.items(), start=1):
        page = f"<html lang=en><title>{title}</title><article><h1>{title}</h1><p>{words(name)}</p>"
        web.route(f"/{name}", page, headers={"Content-Type": "text/html"})
        items += f"<item><title>{title}</title><link>/{name}</link><pubDate>0{day} Jun 2026 10:00 GMT</pubDate></item>"
    document = f"<rss version='2.0'><channel><title>News</title><link>/</link>{items}</channel></rss>"
    web.route(path, document, headers={"Content-Type": "text/xml"})


async def newest(config: Config, feed: str = "news") -> Taken:
    (taken,) = (await asyncio.to_thread(preview, config, config.feed(feed))).taken
    return taken


def published(config: Config) -> dict[str, Post]:
    store = Store.look(config.store.url, base=config.folder)
    assert store is not None
    with store:
        keys = [line.key for line in store.read_now(posts.lines)]
        found = [post for key in keys if (post := store.read_now(posts.get, key))]
    return {post.title: post for post in found}


async def test_the_preview_is_the_post_that_is_then_published(web: ScriptedWeb, tmp_path: Path) -> None:
    config = configured(web, tmp_path)
    show(web, "/feed", pier="Harbour council meets about the pier")
    show(web, "/other", market="Markets fall")
    first = await newest(config)
    assert not (tmp_path / "data").exists()
    await asyncio.to_thread(once, config)
    assert first.post is not None
    assert change.revision(first.post) == change.revision(published(config)[first.post.title])

    show(web, "/feed", pier="Harbour council meets about the pier", pays="Harbour council pays for the pier")
    second = await newest(config)
    assert second.post is not None
    assert "Read <a" in second.post.body  # it knows what was published before
    await asyncio.to_thread(once, config, force=True)
    assert change.revision(second.post) == change.revision(published(config)[second.post.title])

    again = await newest(config)
    assert (again.outcome, again.post) == (Outcome.PUBLISHED, published(config)[second.post.title])
    assert again.steps[-1].outcome == "same"


async def test_the_preview_tells_that_a_story_is_told_already(web: ScriptedWeb, tmp_path: Path) -> None:
    config = configured(web, tmp_path)
    show(web, "/feed", pier="Harbour council meets about the pier")
    show(web, "/other")
    await asyncio.to_thread(once, config)
    show(web, "/other", pier="Harbour council meets about the pier")
    taken = await newest(config, "other")
    assert taken.outcome is Outcome.DUPLICATE
    assert taken.post is not None


async def test_a_store_that_is_being_written_is_left_as_it_is(web: ScriptedWeb, tmp_path: Path) -> None:
    config = configured(web, tmp_path)
    show(web, "/feed", pier="Harbour council meets about the pier")
    show(web, "/other")
    await asyncio.to_thread(once, config)
    data = tmp_path / "data"
    with closing(sqlite3.connect(data / "store.db", isolation_level=None)) as daemon:
        daemon.execute("BEGIN IMMEDIATE")  # as the daemon holds it while it writes
        daemon.execute("UPDATE feeds SET title = 'unfinished'")
        before = {path.name: path.read_bytes() for path in data.glob("store.db*") if not path.name.endswith("-shm")}
        taken = await newest(config)
        after = {path.name: path.read_bytes() for path in data.glob("store.db*") if not path.name.endswith("-shm")}
        daemon.execute("ROLLBACK")
    assert taken.outcome is Outcome.PUBLISHED
    assert after == before


async def test_what_a_run_would_not_take_is_shown_with_the_reason(web: ScriptedWeb, tmp_path: Path) -> None:
    config = configured(web, tmp_path)
    (tmp_path / "config.toml").write_text((tmp_path / "config.toml").read_text() + 'max_age = "1d"')
    show(web, "/other", market="Markets fall")
    taken = await newest(load(config.path), "other")
    assert (taken.outcome, taken.steps[0].outcome) == (Outcome.TOO_OLD, "too-old")
    assert taken.post is not None
