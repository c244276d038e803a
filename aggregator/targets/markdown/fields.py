"""What stands in the front matter of a post, under the names that the common themes of each generator understand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from markupsafe import escape

from aggregator.policy import change
from aggregator.targets.markdown import plain
from aggregator.targets.markdown.profiles import Name
from aggregator.targets.shared import article
from aggregator.types import Post

Value: TypeAlias = "str | bool | int | float | datetime | Sequence[str] | Mapping[str, Value]"
Fields: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """All that the front matter says of a post besides what the post itself holds."""

    published_at: datetime  #: fixed with the first push, since addresses are made of it
    path: str  #: of its page, below the address of the site; fixed likewise
    picture: str  #: address of the lead picture; empty: none
    lead_by_theme: bool  #: the theme shows the lead picture above the text
    categories: tuple[str, ...]
    further: Fields  #: as configured, e.g. ``layout``


def fields(generator: Name, post: Post, setting: Setting) -> dict[str, Value]:
    """The front matter for a generator: what its themes know, what is configured, and last our own facts.

    What there is none of is left out.
    """
    known = _NAMES[generator](post, setting)
    found = {name: value for name, value in known.items() if value not in ("", [], {}, ())}
    return {**found, **setting.further, "wirecopy": facts(post, setting)}


def facts(post: Post, setting: Setting) -> dict[str, Value]:
    """Our own facts: what we recognise the post by, and where it comes from."""
    found: dict[str, Value] = {
        "key": post.key,
        "revision": change.revision(post),
        "published": setting.published_at.isoformat(),
        "path": setting.path,
        "feed": post.feed,
        "source": plain.line(post.source_name),
        "source_url": plain.address(post.source_url),
        "original": plain.address(post.credit.url or post.canonical_url),
        "original_title": plain.line(post.credit.title),
        "licence": plain.line(post.credit.licence),
        "rights": str(post.rights),
        "language": plain.line(post.language or ""),
        "via": [plain.line(name) for name in post.via],
        "altered": plain.line(post.altered),
    }
    return {name: value for name, value in found.items() if value not in ("", [])}


def _authors(post: Post) -> list[str]:
    return [name for name in (plain.line(author.name, 100) for author in post.authors[:20]) if name]


def _description(post: Post) -> str:
    return plain.line(post.standfirst or post.excerpt, plain.MAX_TEXT)


def _alt(post: Post) -> str:
    lead = article.lead(post)
    return plain.line(lead.alt or lead.caption) if lead else ""


def _caption(post: Post) -> str:
    lead = article.lead(post)
    return plain.line(" ".join(part for part in (lead.caption, lead.credit) if part)) if lead else ""


def _hugo(post: Post, setting: Setting) -> dict[str, Value]:
    picture = setting.picture
    shown: dict[str, Value] = {}
    if picture and setting.lead_by_theme:
        cover: dict[str, Value] = {"image": picture, "alt": _alt(post), "caption": _caption(post), "relative": False}
        shown = {"cover": cover, "featured_image": picture}
    return {
        "title": plain.line(post.title),
        "date": setting.published_at,
        "lastmod": post.modified_at or "",
        "url": setting.path,
        "description": _description(post),
        "summary": plain.line(post.excerpt, plain.MAX_TEXT),
        "author": ", ".join(_authors(post)),
        "authors": _authors(post),
        "tags": plain.tags(post.tags),
        "categories": list(setting.categories),
        "canonicalURL": plain.address(post.canonical_url),
        "images": [picture] if picture else [],
        **shown,
    }


def _jekyll(post: Post, setting: Setting) -> dict[str, Value]:
    return {
        "layout": "post",
        "title": plain.line(post.title),
        "date": setting.published_at,
        "last_modified_at": post.modified_at or "",
        "permalink": setting.path,
        "description": _description(post),
        "excerpt": plain.line(post.excerpt, plain.MAX_TEXT),
        "author": ", ".join(_authors(post)),
        "tags": plain.tags(post.tags),
        "categories": list(setting.categories),
        "canonical_url": plain.address(post.canonical_url),
        "image": {"path": setting.picture, "alt": _alt(post)} if setting.picture else {},
        "render_with_liquid": False,
    }


def _eleventy(post: Post, setting: Setting) -> dict[str, Value]:
    return {
        "title": plain.line(post.title),
        "date": setting.published_at,
        "updated": post.modified_at or "",
        "permalink": setting.path,
        "description": _description(post),
        "excerpt": plain.line(post.excerpt, plain.MAX_TEXT),
        "author": ", ".join(_authors(post)),
        "tags": plain.tags(post.tags),
        "categories": list(setting.categories),
        "canonical": plain.address(post.canonical_url),
        "image": setting.picture,
        "imageAlt": _alt(post) if setting.picture else "",
    }


def _astro(post: Post, setting: Setting) -> dict[str, Value]:
    return {
        "title": plain.line(post.title),
        "description": _description(post),
        "pubDate": setting.published_at,
        "updatedDate": post.modified_at or "",
        "author": ", ".join(_authors(post)),
        "tags": plain.tags(post.tags),
        "categories": list(setting.categories),
        "canonicalURL": plain.address(post.canonical_url),
        "ogImage": setting.picture,
        "heroImage": setting.picture if setting.lead_by_theme else "",
    }


def _pelican(post: Post, setting: Setting) -> dict[str, Value]:
    """Pelican's metadata is HTML: its own titles are, and its themes write every value as it stands."""
    known: dict[str, Value] = {
        "title": _html(plain.line(post.title)),
        "date": setting.published_at,
        "modified": post.modified_at or "",
        "url": setting.path.lstrip("/"),
        "save_as": _saved(setting.path),
        "authors": _listed(_authors(post)),
        "tags": _listed(plain.tags(post.tags)),
        "category": _html(setting.categories[0]) if setting.categories else "",
        "description": _html(_description(post)),
        "summary": f"<p>{_html(plain.line(post.excerpt, plain.MAX_TEXT))}</p>" if post.excerpt else "",
        "canonical_url": plain.address(post.canonical_url),
        "og_image": setting.picture,
        "cover": setting.picture if setting.lead_by_theme else "",
    }
    return known


def _html(value: str) -> str:
    return str(escape(value))


def _listed(values: Sequence[str]) -> str:
    """Names as Pelican parts them: by semicolons where there is one, so that a name may hold a comma.

    A name begins no tag already; entities would be parted at their semicolons.
    """
    return " ".join(f"{value.replace(';', ',').replace(chr(34), '”')};" for value in values)


def _saved(path: str) -> str:
    path = path.lstrip("/")
    return f"{path}index.html" if path.endswith("/") or not path else path


_NAMES: Mapping[Name, Callable[[Post, Setting], dict[str, Value]]] = {
    "hugo": _hugo,
    "jekyll": _jekyll,
    "eleventy": _eleventy,
    "astro": _astro,
    "pelican": _pelican,
}
