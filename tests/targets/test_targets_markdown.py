"""Files for the five generators: the contract of a target, and what a person or a crash does to the files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import pytest
from conformance import TargetConformance

from aggregator.targets.markdown import MarkdownTarget, Options, build
from aggregator.types import Site

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
    body: ClassVar[str] = "html"

    async def build(self, folder: Path) -> MarkdownTarget:
        self.folder = folder
        return make_target(folder, self.profile, body=self.body)

    def held(self) -> Mapping[str, str]:
        files = (path for path in self.folder.rglob("*") if path.suffix in {".html", ".md"})
        return {str(path.relative_to(self.folder)): body_of(path.read_text()) for path in files}


class TestHugo(Conformance):
    profile = "hugo"


class TestHugoWithMarkdown(Conformance):
    profile = "hugo"
    body = "markdown"


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
    body = "markdown"
