"""Where each generator looks for posts and pictures, and at which address it shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Name = Literal["hugo", "jekyll", "eleventy", "astro", "pelican"]
Content = Literal["html", "markdown"]
EXTENSIONS = ("html", "md")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One generator's layout. Folders are relative to that of the site."""

    name: Name
    posts: str  #: folder of posts, unless the options name another
    permalink: str  #: address of a post below that of the site, unless the options say another
    shape: Literal["bundle", "flat", "dated"]  #: ``slug/index.html``, ``slug.html`` or ``2026-03-01-slug.html``
    pictures: str = ""  #: folder of pictures, to which the slug is added; empty: beside the post
    pictures_url: str = ""  #: where that folder is seen; empty: beside the page
    html: Literal["html", "md"] = "html"  #: ending of a post whose text is HTML
    signs: tuple[str, ...]  #: files of which a site of this generator has one

    def file(self, folder: str, slug: str, published_at: datetime, content: Content) -> str:
        """The place of a post, relative to the site's folder."""
        ending = "md" if content == "markdown" else self.html
        match self.shape:
            case "bundle":
                return f"{folder}/{slug}/index.{ending}"
            case "dated":
                return f"{folder}/{published_at:%Y-%m-%d}-{slug}.{ending}"
            case "flat":
                return f"{folder}/{slug}.{ending}"

    def pictures_folder(self, folder: str, slug: str) -> str:
        """Where the pictures of a post lie, relative to the site's folder."""
        return f"{self.pictures or folder}/{slug}"

    def picture_path(self, page: str, slug: str, name: str) -> str:
        """Where a picture is seen, below the address of the site; ``page`` is the path of its post."""
        return f"{self.pictures_url}/{slug}/{name}" if self.pictures else f"{page.rstrip('/')}/{name}"


PROFILES: Mapping[Name, Profile] = {
    profile.name: profile
    for profile in (
        Profile(
            name="hugo",
            posts="content/posts",
            permalink="/posts/{slug}/",
            shape="bundle",
            signs=(
                *(f"{name}.{ending}" for name in ("hugo", "config") for ending in ("toml", "yaml", "yml", "json")),
                "config/_default",
            ),
        ),
        Profile(
            name="jekyll",
            posts="_posts",
            permalink="/{year}/{month}/{slug}/",
            shape="dated",
            pictures="assets/posts",
            pictures_url="/assets/posts",
            signs=("_config.yml", "_config.yaml", "_config.toml"),
        ),
        Profile(
            name="eleventy",
            posts="posts",
            permalink="/posts/{slug}/",
            shape="flat",
            pictures="public/media",
            pictures_url="/media",
            signs=(
                ".eleventy.js",
                *(f"eleventy.config.{ending}" for ending in ("js", "mjs", "cjs", "ts")),
                "package.json",
            ),
        ),
        Profile(
            name="astro",
            posts="src/content/posts",
            permalink="/posts/{slug}/",
            shape="flat",
            pictures="public/media",
            pictures_url="/media",
            html="md",  # content collections read Markdown alone
            signs=tuple(f"astro.config.{ending}" for ending in ("mjs", "js", "ts", "mts", "cjs")),
        ),
        Profile(
            name="pelican",
            posts="content/posts",
            permalink="/posts/{slug}/",
            shape="flat",
            pictures="content/images/posts",  # ``images`` is what STATIC_PATHS holds by itself
            pictures_url="/images/posts",
            signs=("pelicanconf.py", "publishconf.py"),
        ),
    )
}


def path(pattern: str, slug: str, published_at: datetime) -> str:
    """The path of a post's page for a pattern such as ``/{year}/{month}/{slug}/``."""
    facts = {
        "{slug}": slug,
        "{year}": f"{published_at:%Y}",
        "{month}": f"{published_at:%m}",
        "{day}": f"{published_at:%d}",
    }
    for name, value in facts.items():
        pattern = pattern.replace(name, value)
    return pattern
