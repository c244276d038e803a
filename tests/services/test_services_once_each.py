"""The whole program before real blogs: a second run sends nothing, a correction changes one post, and a withdrawal
takes it away everywhere for good."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import blog_views
import httpx
import pytest
from fakes import ScriptedWeb
from newspaper import FEEDS, lay_out, print_newspaper

from tools.services import ghost, micropub, wordpress

pytestmark = pytest.mark.service

GENERATORS = Path(__file__).parent / "generators"
LOOPBACK = 'allow_networks = ["127.0.0.0/8"]'


@dataclass(frozen=True)
class Place:
    """A blog that posts go to."""

    table: str  #: its TOML
    shown: Callable[[], list[str]]  #: the posts that readers see, each as text or page

    def by_token(self) -> dict[str, str]:
        """Each post by the word that only its article has."""
        found = {match[0]: text for text in self.shown() if (match := re.search(r"token\d{4}", text))}
        assert len(found) == len(self.shown())
        return found


def pages(folder: Path, pattern: str) -> list[str]:
    """The built pages of posts; not the notes that withdrawn ones leave."""
    found = [page for page in folder.glob(pattern) if not page.with_name(".gone").exists()]
    return [page.read_text() for page in sorted(found)]


def site(folder: Path) -> Place:
    return Place('kind = "site"', lambda: pages(folder / "public", "2026/*/*/index.html"))


def generated(folder: Path, name: str, build: str, output: str) -> Place:
    if shutil.which(name) is None:
        pytest.skip(f"there is no {name} here")
    shutil.copytree(GENERATORS / name, folder / name)
    (folder / name / "static").mkdir()  # without it, Hugo takes no old page away
    table = f'kind = "markdown"\nprofile = "{name}"\npath = "{name}"\nbuild = "{build}"'
    return Place(table, lambda: pages(folder / name, output))


def seen_by_owner(blog: blog_views.WordPress | blog_views.Ghost) -> Place:
    blog.empty()
    table = f"{blog.table(blog.url)}\n{LOOPBACK}"
    return Place(table, lambda: [f"{post.title} {post.text}" for post in blog.posts() if post.status == "publish"])


def indie(site: micropub.Site) -> Place:
    def entries() -> list[str]:
        asked = {"q": "source", "limit": "100"}
        headers = {"Authorization": f"Bearer {site.token}"}
        answer = httpx.get(site.micropub, params=asked, headers=headers, trust_env=False)
        return [json.dumps(item["properties"]) for item in answer.json()["items"]]

    return Place(f'kind = "micropub"\nurl = "{site.url}"\ntoken = "{site.token}"\n{LOOPBACK}', entries)


class Press:
    """``wirecopy`` in a folder, with some blogs to fill."""

    def __init__(self, folder: Path, web: ScriptedWeb, places: dict[str, Place]) -> None:
        self.folder = folder
        self.places = places
        targets = "\n".join(f"[targets.{name}]\n{place.table}" for name, place in places.items())
        feeds = "\n".join(f'[feeds.f{n}]\nurl = "{web.url(f"/feed/{n}")}"' for n in range(FEEDS))
        site = '[site]\ntitle = "Press"\nbase_url = "http://blog.example"\ncontact = "ops@blog.example"'
        fetch = f'[daemon]\nlisten = ""\n[fetch]\n{LOOPBACK}\nfloor = "1s"\nhost_pause = "0s"'
        config = folder / "config.toml"
        config.touch(mode=0o600)  # it holds a password
        config.write_text(f"{site}\n{fetch}\n{targets}\n{feeds}")

    async def run(self, *verb: str) -> str:
        """What a verb prints."""
        command = [sys.executable, "-m", "aggregator", *verb]
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, cwd=self.folder, stdout=pipe, stderr=pipe)
        said, complaint = await process.communicate()
        assert process.returncode == 0, complaint.decode()
        return said.decode()

    async def round(self) -> dict[str, dict[str, str]]:
        """What each blog holds after a round of work."""
        await self.run("once", "--force")
        return {name: await asyncio.to_thread(place.by_token) for name, place in self.places.items()}


async def keeps_up(press: Press, web: ScriptedWeb) -> None:
    articles = print_newspaper(web, 5)
    tokens = {article.token for article in articles}
    first = await press.round()
    assert {name: set(held) for name, held in first.items()} == dict.fromkeys(press.places, tokens)
    assert await press.round() == first

    corrected, withdrawn = articles[1], articles[3]
    corrected.correction = "It was the ferry after all."
    lay_out(web, articles)
    second = await press.round()
    for name, held in second.items():
        changed = {token for token in tokens if held[token] != first[name][token]}
        assert changed == {corrected.token}, name
        assert corrected.correction in held[corrected.token], name

    await press.run("withdraw", withdrawn.url, "--reason", "asked for")
    third = await press.round()
    for name, held in third.items():
        assert held == {token: text for token, text in second[name].items() if token != withdrawn.token}, name
    (stone,) = (await press.run("withdraw", "--list", "--json")).splitlines()
    assert (json.loads(stone)["url"], json.loads(stone)["reason"]) == (withdrawn.url, "asked for")
    withdrawn.correction = "And once more."
    lay_out(web, articles)
    assert await press.round() == third


async def test_wordpress_micropub_generators_and_our_site_keep_up(
    wordpress: wordpress.Site, micropub: micropub.Site, web: ScriptedWeb, tmp_path: Path
) -> None:
    places = {
        "site": site(tmp_path),
        "hugo": generated(tmp_path, "hugo", "hugo --quiet --cleanDestinationDir", "public/posts/*/index.html"),
        "jekyll": generated(tmp_path, "jekyll", "jekyll build --quiet", "_site/2026/*/*/index.html"),
        "wordpress": seen_by_owner(blog_views.WordPress(wordpress)),
        "indie": indie(micropub),
    }
    await keeps_up(Press(tmp_path, web, places), web)
    (note,) = (tmp_path / "public").glob("2026/*/*/.gone")
    assert "withdrawn" in note.with_name("index.html").read_text()


async def test_ghost_keeps_up(ghost: ghost.Site, web: ScriptedWeb, tmp_path: Path) -> None:
    places = {"ghost": seen_by_owner(blog_views.Ghost(ghost))}
    await keeps_up(Press(tmp_path, web, places), web)
