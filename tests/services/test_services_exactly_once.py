"""A real blog behind a relay that spoils each tenth request, and a daemon that is killed at any moment: each article
stands there once, whole, and a second run has nothing to send."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import blog_views
import pytest
from blog_views import Blog, Held
from fakes import ScriptedWeb
from newspaper import FEEDS, Article, print_newspaper
from relay import READS, WRITES, Relay, every

from tools.services import ghost, wordpress

pytestmark = [pytest.mark.service, pytest.mark.slow]

ARTICLES = int(os.environ.get("WIRECOPY_ARTICLES", "40"))
#: Ghost is tried in two versions: half as many for each.
ARTICLES_AT_GHOST = int(os.environ.get("WIRECOPY_ARTICLES", "20"))
NTH = 10
#: Seconds for all of it, on a busy machine.
LIMIT = 300 + 15 * ARTICLES


class Daemon:
    """``wirecopy`` in a folder of its own."""

    def __init__(self, folder: Path, web: ScriptedWeb, articles: int, target: str) -> None:
        self.folder = folder
        feeds = "\n".join(f'[feeds.f{n}]\nurl = "{web.url(f"/feed/{n}")}"\nevery = "1s"' for n in range(FEEDS))
        config = folder / "config.toml"
        config.touch(mode=0o600)  # it holds a password
        config.write_text(
            f"""
            [site]
            title = "Killed often"
            base_url = "http://blog.example"
            contact = "ops@blog.example"
            [daemon]
            listen = ""
            [fetch]
            allow_networks = ["127.0.0.0/8"]
            floor = "1s"
            host_pause = "0s"
            [defaults]
            max_new = {articles}
            name = "The Harbour Post"
            [targets.blog]
            {target}
            allow_networks = ["127.0.0.0/8"]
            timeout = "3s"
            {feeds}
            """
        )

    @asynccontextmanager
    async def running(self, verb: str = "run") -> AsyncIterator[asyncio.subprocess.Process]:
        """The real process, killed at the end if it has not ended."""
        command = [sys.executable, "-m", "aggregator", verb]
        with (self.folder / "daemon.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *command, cwd=self.folder, stdout=log, stderr=log, start_new_session=True
            )
        try:
            yield process
        finally:
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
                await process.wait()

    async def ask(self, *verb: str) -> str:
        """What a verb prints."""
        command = [sys.executable, "-m", "aggregator", *verb]
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, cwd=self.folder, stdout=pipe, stderr=pipe)
        said, complaint = await process.communicate()
        assert process.returncode == 0, complaint.decode()
        return said.decode()

    @property
    def log(self) -> str:
        return (self.folder / "daemon.log").read_text()


def writes(relay: Relay) -> int:
    return sum(relay.passed[method] for method in WRITES)


async def killed_often(daemon: Daemon, relay: Relay, blog: Blog, articles: int, end: float) -> int:
    """Runs and kills the daemon until the blog shows all articles; how often that was."""
    chance, kills = random.Random(7), 0
    while True:
        async with daemon.running() as process:
            # In the midst of a delivery, wherever that is: some requests and a moment after the start.
            last = relay.exchanges + chance.randint(10, 100)
            while relay.exchanges < last:
                assert process.returncode is None, daemon.log
                if not await busy(relay, 2):
                    # All that is left waits for its next attempt, which is not put off by a kill each time.
                    if sum(post.status == "publish" for post in await asyncio.to_thread(blog.posts)) >= articles:
                        return kills
                    assert time.monotonic() < end, daemon.log
            await asyncio.sleep(chance.uniform(0, 0.2))
        kills += 1


async def busy(relay: Relay, patience: float) -> bool:
    """Whether another request comes within so many seconds after those under way are answered."""
    seen, end = relay.exchanges, time.monotonic() + patience
    while relay.exchanges == seen and time.monotonic() < end:
        await asyncio.sleep(0.005)
        if relay.open:
            end = time.monotonic() + patience
    return relay.exchanges > seen


async def left_alone(daemon: Daemon, end: float) -> None:
    """Runs the daemon until nothing is owed any more, and stops it in order."""
    starts = daemon.log.count("event=running")
    async with daemon.running() as process:
        while daemon.log.count("event=running") == starts:  # before, SIGTERM would just end it
            assert process.returncode is None, daemon.log
            await asyncio.sleep(0.1)
        while owed := await daemon.ask("outbox", "--json"):
            assert process.returncode is None, daemon.log
            assert time.monotonic() < end, f"{owed}\n{daemon.log}"
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 30) == 0


def check(article: Article, post: Held, blog: Blog) -> None:
    """The post is the article, with all that belongs to it."""
    assert post.title == article.title
    assert post.status == "publish"
    assert post.at == article.at
    assert post.categories == blog.categories
    assert {tag.casefold() for tag in post.tags} == {tag.casefold() for tag in article.tags}
    assert post.picture
    assert f"This is {article.token}." in post.text
    assert article.url in post.text
    assert "The Harbour Post" in post.text


def whole(articles: list[Article], posts: list[Held], blog: Blog) -> None:
    """Each article is there once, whole, and nothing else is."""
    assert Counter(post.title for post in posts) == Counter(article.title for article in articles)
    held = {post.title: post for post in posts}
    for article in articles:
        check(article, held[article.title], blog)
    assert len({post.picture for post in posts}) == len(articles), "two posts share a picture"
    if pictures := blog.pictures():
        assert Counter(pictures) == Counter(post.picture for post in posts), "a picture is there twice"


async def each_exactly_once(blog: Blog, web: ScriptedWeb, folder: Path, number: int) -> None:
    await asyncio.to_thread(blog.empty)
    articles = print_newspaper(web, number)
    end = time.monotonic() + LIMIT
    async with Relay(blog.url, every(NTH), methods=WRITES | READS) as relay:
        daemon = Daemon(folder, web, number, blog.table(relay.url))
        kills = await killed_often(daemon, relay, blog, number, end)
        await left_alone(daemon, end)
        print(f"{kills} kills, {relay.exchanges} requests, {relay.spoiled.total()} spoiled")
        assert relay.spoiled.total() == relay.exchanges // NTH
        whole(articles, await asyncio.to_thread(blog.posts), blog)
        assert "unexpected fault" not in daemon.log

        relay.plan = iter(())
        before = writes(relay)
        async with daemon.running("once") as again:
            assert await asyncio.wait_for(again.wait(), 120) == 0, daemon.log
        assert writes(relay) == before, "the second run sent something"
        whole(articles, await asyncio.to_thread(blog.posts), blog)


@pytest.mark.timeout(LIMIT + 120, func_only=True)
async def test_wordpress_gets_each_article_exactly_once(
    wordpress: wordpress.Site, web: ScriptedWeb, tmp_path: Path
) -> None:
    await each_exactly_once(blog_views.WordPress(wordpress), web, tmp_path, ARTICLES)


@pytest.mark.timeout(LIMIT + 120, func_only=True)
async def test_ghost_gets_each_article_exactly_once(ghost: ghost.Site, web: ScriptedWeb, tmp_path: Path) -> None:
    await each_exactly_once(blog_views.Ghost(ghost), web, tmp_path, ARTICLES_AT_GHOST)
