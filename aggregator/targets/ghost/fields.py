"""The fields of a post at Ghost: what we want them to be, and which of them a person changed there since."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from html import escape

from aggregator.markup import text
from aggregator.targets.ghost import body, injection
from aggregator.targets.ghost.options import Options
from aggregator.targets.ghost.pictures import Placed
from aggregator.targets.shared import article, edits
from aggregator.targets.shared.options import signature
from aggregator.types import Image, Post, Site

MAX_TITLE, MAX_TAG, MAX_ALT, MAX_EXCERPT, MAX_DESCRIPTION = 255, 191, 191, 300, 500
MAX_CAPTION = 5_000
MAX_ADDRESS = 2_000
#: Ghost 5 writes names of tags into a script element as they are: ``</script>`` in one would end it.
_UNSAFE_IN_TAGS = str.maketrans({"<": "‹", ">": "›", '"': "”", "\\": "/"})
#: What is compared, and left alone, as one: name → fields of Ghost. The text is first of those that there are.
_PARTS = {
    "title": ("title",),
    "text": ("lexical", "mobiledoc", "html"),
    "excerpt": ("custom_excerpt",),
    "picture": ("feature_image", "feature_image_alt", "feature_image_caption"),
    "canonical address": ("canonical_url",),
    "description": ("meta_description",),
    "tags": ("tags",),
}


def wanted(post: Post, options: Options, site: Site, pictures: Mapping[str, Placed]) -> dict[str, object]:
    """What an update brings up to date, without the mark."""
    lead = _lead(post) if options.lead == "featured" else None
    excerpt = _excerpt(post, options)
    caption = " ".join(part for part in (lead.caption, lead.credit) if part) if lead else ""
    canonical = post.canonical_url or post.credit.url if options.canonical else None
    placed = pictures.get(lead.url) if lead else None
    address = placed.url if placed else lead.url if lead else None
    return {
        "title": text.shorten(post.title, MAX_TITLE),
        "html": body.html(
            post,
            native=options.content == "native",
            language=site.language,
            pictures=pictures,
            lead=address,
            standfirst_shown=bool(excerpt) and excerpt == post.standfirst,
        ),
        "custom_excerpt": excerpt or None,
        "meta_description": text.shorten(post.excerpt, MAX_DESCRIPTION) or None,
        "feature_image": address,
        "feature_image_alt": text.shorten(lead.alt, MAX_ALT) if lead else None,
        "feature_image_caption": escape(text.shorten(caption, MAX_CAPTION)) if caption else None,
        "canonical_url": canonical if canonical and len(canonical) <= MAX_ADDRESS else None,
        "tags": [{"name": tag} for tag in tags(post, options)],
    }


def at_first(post: Post, options: Options, site: Site) -> dict[str, object]:
    """What is set when the post is made, and is the blog's affair from then on."""
    found: dict[str, object] = {
        "slug": post.slug,
        "status": "draft",
        "visibility": options.visibility,
        "featured": options.featured,
        "codeinjection_head": injection.script(post, site),
    }
    if author := signature(post, options.author, options.authors):
        found["authors"] = [{"email" if "@" in author else "slug": author}]
    return found


def going_live(post: Post, now: datetime) -> dict[str, object]:
    """What makes it public. A date to come would keep it on top of the blog until then."""
    return {"status": "published", "published_at": min(post.published_at, now).isoformat(timespec="milliseconds")}


def tags(post: Post, options: Options) -> list[str]:
    """Names of tags: ours, the first of which Ghost shows; the source's; those that readers don't see."""
    # With "#" in front it would be one of Ghost's hidden tags.
    sources = (tag.translate(_UNSAFE_IN_TAGS).lstrip("# ") for tag in post.tags)
    found = [*options.tags, *[tag for tag in sources if tag][: options.source_tags]]
    if options.internal_tags:
        found += ["#wirecopy", f"#feed-{post.feed}"]
    once = {tag.casefold(): text.shorten(tag, MAX_TAG) for tag in reversed(found)}
    return list(reversed(once.values()))


def _lead(post: Post) -> Image | None:
    lead = article.lead(post)
    return lead if lead and len(lead.url) <= MAX_ADDRESS else None


def _excerpt(post: Post, options: Options) -> str:
    if options.excerpt == "none":
        return ""
    told = post.standfirst or (post.excerpt if options.excerpt == "always" else "")
    return text.shorten(told, MAX_EXCERPT)


# --- edits by hand ---------------------------------------------------------------------------


def fingerprints(raw: Mapping[str, object]) -> dict[str, str]:
    """One of each part of a post as Ghost holds it."""
    return {name: _fingerprint([raw.get(field) for field in fields], name) for name, fields in _PARTS.items()}


def without(fields: Mapping[str, object], parts: frozenset[str]) -> dict[str, object]:
    """The fields but for those of some parts."""
    left = {field for part in parts for field in _PARTS[part]}
    return {name: value for name, value in fields.items() if name not in left}


def _fingerprint(values: list[object], part: str) -> str:
    if part == "text":
        values = [next((value for value in values if value), None)]
    if part == "tags":
        values = [tag.get("name") for tag in values[0] if isinstance(tag, dict)] if isinstance(values[0], list) else []
    return edits.fingerprint(*values)
