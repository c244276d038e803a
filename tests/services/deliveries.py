"""Posts, and deliveries as the pipeline makes them, to real servers on loopback."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
from PIL import Image as Picture

from aggregator.errors import TryLaterError
from aggregator.fetch.guard import IPNetwork
from aggregator.fetch.transport import guarded
from aggregator.policy import change
from aggregator.targets import Finds, Target
from aggregator.types import Author, Credit, MediaFile, Post, Publication, Site

SITE = Site(title="Wire", base_url="https://wire.example")
LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


def connect(allow_networks: Sequence[IPNetwork]) -> httpx.AsyncClient:
    """The client that the application gives to a target."""
    transport = guarded(allow_networks, setting="targets.test.allow_networks")
    return httpx.AsyncClient(transport=transport, headers={"User-Agent": "Wirecopy-test"}, trust_env=False)


def make_post(number: int, **changes: object) -> Post:
    """A post that differs from the others; ``changes`` are fields."""
    key = hashlib.sha256(f"a post for a real server {number}".encode()).hexdigest()[:32]
    url = f"https://paper.example/story/{number}?a=1&b=2"
    post = Post(
        key=key,
        feed="paper",
        entry_key=f"entry-{number}",
        title=f"Story {number}: “quotes”, ümläuts & 😀",
        slug=f"story-{number}-{key[:8]}",
        body=f"<p>First paragraph of story {number}, which [gallery] tells.</p><h2>Part</h2><p>A <em>second</em> one.</p>",
        excerpt=f"First paragraph of story {number}.",
        credit=Credit(
            html=f'By Ada Byron, <a href="{url.replace("&", "&amp;")}">The Paper</a>',
            text="By Ada Byron, The Paper",
            url=url,
            title=f"Story {number}",
            publisher="The Paper",
        ),
        canonical_url=url,
        authors=(Author(name="Ada Byron"),),
        tags=("Science", "Déjà vu"),
        published_at=datetime(2026, 3, 1, 12, number % 60, tzinfo=UTC),
        language="en",
        source_name="The Paper",
    )
    return replace(post, **changes)  # type: ignore[arg-type]  # field names and types are the tests' affair


def make_picture(folder: Path, url: str, colour: str = "red") -> MediaFile:
    """A checked copy of a picture."""
    path = folder / f"{colour}.png"
    Picture.new("RGB", (64, 48), colour).save(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return MediaFile(url=url, path=str(path), sha256=digest, type="image/png", width=64, height=48)


async def deliver(target: Target, post: Post, previous: Publication | None = None) -> Publication:
    """Attempts until it works; after an unclear outcome the target is asked first."""
    in_doubt = False
    for _ in range(10):
        try:
            if in_doubt and isinstance(target, Finds):
                found = await target.find(post)
                if found is not None and found.pushed_hash == change.revision(post):
                    return found
                previous = found or previous
            return await target.publish(post, media={}, previous=previous)
        except TryLaterError as error:
            in_doubt = in_doubt or error.in_doubt
    raise AssertionError("it never worked")
