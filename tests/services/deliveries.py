"""What the tests before real servers have in common: a way there, hard posts and pictures."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import httpx
import posting
from PIL import Image as Picture

from aggregator.fetch.guard import IPNetwork
from aggregator.fetch.transport import guarded
from aggregator.types import MediaFile, Post, Site

SITE = Site(title="Wire", base_url="https://wire.example")
LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


def connect(allow_networks: Sequence[IPNetwork]) -> httpx.AsyncClient:
    """The client that the application gives to a target."""
    transport = guarded(allow_networks, setting="targets.test.allow_networks")
    return httpx.AsyncClient(transport=transport, headers={"User-Agent": "Wirecopy-test"}, trust_env=False)


def make_post(number: int, **changes: object) -> Post:
    """A post with what real servers trip over; ``changes`` are fields."""
    url = f"https://paper.example/story/{number}?a=1&b=2"
    usual = posting.make_post(number)
    hard: dict[str, object] = {
        "title": f"Story {number}: “quotes”, ümläuts & 😀",
        "body": f"<p>First paragraph of story {number}, which [gallery] tells.</p><h2>Part</h2><p>A <em>second</em> one.</p>",
        "standfirst": "",
        "canonical_url": url,
        "credit": replace(
            usual.credit, url=url, html=usual.credit.html.replace(f"/{number}", f"/{number}?a=1&amp;b=2")
        ),
    }
    return replace(usual, **hard | changes)  # type: ignore[arg-type]  # field names and types are the tests' affair


def make_picture(folder: Path, url: str, colour: str = "red") -> MediaFile:
    """A checked copy of a picture."""
    path = folder / f"{colour}.png"
    Picture.new("RGB", (64, 48), colour).save(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return MediaFile(url=url, path=str(path), sha256=digest, type="image/png", width=64, height=48)
