"""The sample press as it lies in ``press/``: a folder per site, in it ``site.toml`` and a file per story.

A story's file begins with a TOML header between two ``+++`` lines; the rest is its body, HTML that may ask
for ``base`` (the address of the press) and ``edited`` (whether it has been corrected by now).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

PRESS = Path(__file__).parent / "press"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An illustration of a story."""

    file: str
    alt: str
    caption: str
    credit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A correction that a story gets while the press runs."""

    after: timedelta  #: the start of the press
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One article of the press."""

    site: str  #: name of the site's folder
    slug: str
    title: str
    author: str
    section: str
    tags: tuple[str, ...]
    age: timedelta  #: when the press is started; negative: it comes out while the press runs
    summary: str
    body: str  #: template of the HTML
    language: str
    pictures: tuple[Picture, ...] = ()
    edit: Edit | None = None
    copy_of: str = ""  #: ``site/slug`` of the story that this one is a copy of; ``body`` is empty then
    note: str = ""  #: what the copy says about that
    campaign: str = ""  #: query that the feed adds to the story's address

    @property
    def key(self) -> str:
        """``site/slug``: its name within the press."""
        return f"{self.site}/{self.slug}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedForm:
    """How a site's feed looks."""

    path: str
    kind: Literal["rss", "atom", "json"]
    content: bool  #: whole articles, not summaries alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """What a reader wrote below every article of a site."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One site of the press."""

    name: str
    title: str
    tagline: str
    language: str
    rights: str
    licence: str  #: address of the licence; empty: none is stated
    permalink: str
    feed: FeedForm
    sections: tuple[str, ...]
    newsletter: str  #: what the box in the sidebar promises
    advert: str
    comments: tuple[Comment, ...]
    reposts: tuple[str, ...]  #: keys of other sites' stories that its feed carries
    stories: tuple[Story, ...]  #: newest first


def read(folder: Path = PRESS) -> dict[str, Site]:
    """All sites, by name."""
    return {path.parent.name: _site(path) for path in sorted(folder.glob("*/site.toml"))}


def _site(path: Path) -> Site:
    facts = tomllib.loads(path.read_text("utf-8"))
    name = path.parent.name
    stories = [_story(name, facts["language"], file) for file in path.parent.glob("*.html")]
    return Site(
        name=name,
        title=facts["title"],
        tagline=facts["tagline"],
        language=facts["language"],
        rights=facts["rights"],
        licence=facts.get("licence", ""),
        permalink=facts["permalink"],
        feed=FeedForm(**facts["feed"]),
        sections=tuple(facts["sections"]),
        newsletter=facts["newsletter"],
        advert=facts["advert"],
        comments=tuple(Comment(**comment) for comment in facts["comments"]),
        reposts=tuple(facts.get("reposts", ())),
        stories=tuple(sorted(stories, key=lambda story: story.age)),
    )


def _story(site: str, language: str, path: Path) -> Story:
    _, header, body = path.read_text("utf-8").split("+++\n", 2)
    facts: Mapping[str, Any] = tomllib.loads(header)
    edit = facts.get("edit")
    return Story(
        site=site,
        slug=path.stem,
        title=facts["title"],
        author=facts["author"],
        section=facts["section"],
        tags=tuple(facts["tags"]),
        age=timedelta(hours=facts["hours_ago"]) if "hours_ago" in facts else -timedelta(minutes=facts["minutes_later"]),
        summary=facts["summary"],
        body=body.strip(),
        language=facts.get("language", language),
        pictures=tuple(Picture(**picture) for picture in facts.get("pictures", ())),
        edit=Edit(after=timedelta(minutes=edit["after_minutes"]), title=edit["title"]) if edit else None,
        copy_of=facts.get("copy_of", ""),
        note=facts.get("note", ""),
        campaign=facts.get("campaign", ""),
    )
