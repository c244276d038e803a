"""Targets at the WordPress in memory, and what is sent to it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import httpx
from fake_wordpress import PASSWORD, URL, USER, FakeWordPress
from posting import make_post

from aggregator.config import Secret
from aggregator.targets.wordpress import Options, WordPressTarget, build
from aggregator.types import MediaFile, Post, Publication, Site

POST = make_post(1)
CHANGED = make_post(1, body="<p>Corrected text.</p>")


def build_at(blog: FakeWordPress, wire: httpx.AsyncBaseTransport | None = None, **options: object) -> WordPressTarget:
    """A target at the blog, by way of ``wire`` if there is one."""
    settings = Options.model_validate({"url": URL, "username": USER, "password": Secret(PASSWORD)} | options)
    site = Site(title="Wire", base_url="https://wire.example")
    return build(
        "news", settings, site=site, folder=Path(), http=lambda networks: httpx.AsyncClient(transport=wire or blog)
    )


async def publish(
    target: WordPressTarget,
    post: Post = POST,
    previous: Publication | None = None,
    media: Mapping[str, MediaFile] | None = None,
) -> Publication:
    return await target.publish(post, media=media or {}, previous=previous)
