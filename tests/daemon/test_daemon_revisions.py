"""An edit at the source reaches the blog's page and feed by the running program, at the address that the post has."""

from __future__ import annotations

import asyncio
from pathlib import Path

import lxml.html
import pytest
from fakes import ScriptedWeb
from lxml import etree

from aggregator.config import Config, load
from aggregator.daemon.once import once

ATOM = "{http://www.w3.org/2005/Atom}"
PARAGRAPHS = [f"Paragraph {n} tells how the ferry returned to the harbour late at night." for n in range(10)]


def configured(folder: Path, feed_url: str, update: str) -> Config:
    path = folder / "config.toml"
    path.write_text(
        f"""
        [site]
        title = "T"
        base_url = "http://blog.example"
        language = "de"
        [fetch]
        allow_networks = ["127.0.0.0/8"]
        floor = "1s"
        host_pause = "0s"
        [targets.blog]
        kind = "site"
        path = "blog"
        [defaults]
        update = "{update}"
        update_note = true
        [feeds.harbour]
        url = "{feed_url}"
        """
    )
    return load(path)


def serve(web: ScriptedWeb, title: str, *paragraphs: str) -> None:
    text = "".join(f"<p>{each}</p>" for each in paragraphs)
    web.route(
        "/feed",
        f"<feed xmlns='http://www.w3.org/2005/Atom'><title>News</title><link href='/'/><entry><title>{title}</title>"
        f"<id>id</id><link href='/ferry'/><published>2026-01-05T10:00:00Z</published><updated>2026-01-05T10:00:00Z"
        f"</updated><content type='text'>{paragraphs[-1]}</content></entry></feed>",
        headers={"Content-Type": "application/atom+xml"},
    )
    page = f"<html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1>{text}</article></body></html>"
    web.route("/ferry", page, headers={"Content-Type": "text/html"})


def blog(folder: Path) -> tuple[str, lxml.html.HtmlElement, etree._Element]:
    """The address of the only post, its page, and its entry in the feed."""
    entry = etree.parse(folder / "blog" / "atom.xml").find(f"{ATOM}entry")
    assert entry is not None
    link = entry.find(f"{ATOM}link[@rel='alternate']")
    assert link is not None
    url = link.get("href", "").removeprefix("http://blog.example/")
    return url, lxml.html.parse(folder / "blog" / url / "index.html").getroot(), entry


@pytest.mark.parametrize("update", ["always", "minor", "never"])
async def test_a_correction_reaches_the_blog_where_it_may(web: ScriptedWeb, tmp_path: Path, update: str) -> None:
    config = configured(tmp_path, web.url("/feed"), update)
    serve(web, "The ferry", *PARAGRAPHS)
    await asyncio.to_thread(once, config, force=True)
    before, first, entry = blog(tmp_path)
    assert not first.find_class("update-note")
    serve(web, "The night ferry", *PARAGRAPHS[:-1], "Correction: it was the early morning.")
    await asyncio.to_thread(once, config, force=True)
    after, page, revised = blog(tmp_path)
    assert after == before
    followed = update != "never"
    assert ("early morning" in page.text_content()) is followed
    assert (page.findtext(".//h1") == "The night ferry") is followed
    assert (revised.findtext(f"{ATOM}updated") != entry.findtext(f"{ATOM}updated")) is followed
    assert revised.findtext(f"{ATOM}id") == entry.findtext(f"{ATOM}id")
    notes = [note.text_content() for note in page.find_class("update-note")]
    assert [note.startswith("Aktualisiert am ") for note in notes] == ([True] if followed else [])
    assert all(note.endswith("Correction: it was the early morning.") for note in notes)
