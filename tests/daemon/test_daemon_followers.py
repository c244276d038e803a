"""A target that follows another is handed it, and our manners towards strangers, by the running program."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs

import pytest
from fakes import ScriptedWeb

from aggregator.app import build_targets, open_app, open_store
from aggregator.config import Config, load
from aggregator.daemon.work import Work
from aggregator.errors import ConfigError
from aggregator.store import posts
from aggregator.targets.webmention import Webmentions

FEED = """<rss version='2.0'><channel><title>Harbour News</title><link>/</link>
<item><title>The ferry</title><link>/ferry</link><description>Words of it.</description></item></channel></rss>"""
ARTICLE = "<html><head><title>The ferry</title></head><body><article><p>%s</p></article></body></html>"


def configured(folder: Path, feed_url: str, mentions: str) -> Config:
    path = folder / "config.toml"
    path.write_text(
        f"""
        [site]
        title = "T"
        base_url = "http://blog.example"
        [fetch]
        allow_networks = ["127.0.0.0/8"]
        floor = "1s"
        host_pause = "0s"
        [targets.blog]
        kind = "site"
        [targets.hook]
        kind = "webhook"
        url = "https://hooks.example/"
        [targets.mentions]
        kind = "webmention"
        {mentions}
        [feeds.harbour]
        url = "{feed_url}"
        targets = ["blog"]
        """
    )
    return load(path)


async def test_the_original_of_a_post_on_the_blog_is_told_of_it(web: ScriptedWeb, tmp_path: Path) -> None:
    web.route("/feed", FEED, headers={"Content-Type": "application/rss+xml"})
    page = {"Content-Type": "text/html", "Link": '</mentions>; rel="webmention"'}
    web.route("/ferry", ARTICLE % ("The night ferry returns to the harbour. " * 30), headers=page)
    web.route("/mentions", b"", status=202)
    config = configured(tmp_path, web.url("/feed"), 'of = "blog"\nwait = "0s"\nallow_networks = ["127.0.0.0/8"]')
    with open_store(config) as store:
        async with open_app(config, store) as app:
            work = Work(app)
            await work.tick_feeds()
            await work.idle()
            await work.tick_deliveries()
            await work.idle()
            [line] = await store.read(posts.lines)
            post = await store.read(posts.get, line.key)
            mentions = app.targets["mentions"]
            assert isinstance(mentions, Webmentions)
            assert post is not None
            await mentions.publish(post, media={}, previous=None)
            await mentions.flush()
    [seen] = web.seen("/mentions")
    form = parse_qs(seen.body.decode())
    assert form["target"] == [web.url("/ferry")]
    assert form["source"][0].startswith("http://blog.example/")
    assert form["source"][0].endswith(f"/{post.slug}/")
    assert len(web.seen("/robots.txt")) == 1


@pytest.mark.parametrize(
    ("of", "words"),
    [
        ("bolg", "is no target"),
        ("hook", "can't be asked where a post is"),
        ("mentions", "can't be asked where a post is"),
    ],
)
def test_a_target_that_could_not_be_followed_is_a_complaint(tmp_path: Path, of: str, words: str) -> None:
    config = configured(tmp_path, "https://a.example/feed", f'of = "{of}"')
    with pytest.raises(ConfigError, match=words) as caught:
        build_targets(config)
    assert caught.value.problems[0].key == "targets.mentions.of"
