"""Writes feeds as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json

from aggregator.targets.site.feeds import FeedEntry, Outlet
from aggregator.targets.site.feedxml import fit, rfc3339
from aggregator.types import Author, Enclosure

VERSION = "https://jsonfeed.org/version/1.1"


def jsonfeed(outlet: Outlet) -> bytes:
    """The feed as a JSON Feed document."""
    site = outlet.site
    found: dict[str, object] = {
        "version": VERSION,
        "title": outlet.title,
        "home_page_url": outlet.home_url,
        "feed_url": outlet.self_url,
        "language": site.language or "en",
        "authors": [{"name": site.author or site.title, "url": f"{site.base_url}/"}],
    }
    if site.description:
        found["description"] = site.description
    found["items"] = [_item(entry) for entry in outlet.entries]
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _item(entry: FeedEntry) -> dict[str, object]:
    post = entry.post
    found: dict[str, object] = {
        "id": entry.id,
        "url": entry.url,
        "title": fit(post.title),
        "content_html": fit(entry.html),
        "date_published": rfc3339(post.published_at),
        "date_modified": rfc3339(entry.updated_at),
        "authors": [_author(author) for author in entry.authors],
        # An extension (its name begins with "_"): the feed that the entry came from.
        "_source": {
            "about": "https://www.rfc-editor.org/rfc/rfc4287#section-4.2.11",
            "title": fit(post.source_name or post.feed_title or post.feed),
            **({"url": post.source_url} if post.source_url else {}),
            **({"feed_url": post.feed_url} if post.feed_url else {}),
        },
    }
    optional = {
        "external_url": entry.original,
        "summary": fit(post.standfirst or post.excerpt),
        "image": entry.image.url if entry.image else post.lead.url if post.lead else "",
        "tags": [fit(tag) for tag in dict.fromkeys(post.tags)],
        "language": post.language,
        "attachments": [_attachment(one) for one in entry.enclosures if one.type],
    }
    return found | {name: value for name, value in optional.items() if value}


def _author(author: Author) -> dict[str, str]:
    return {"name": fit(author.name)} | ({"url": author.url} if author.url else {})


def _attachment(one: Enclosure) -> dict[str, object]:
    found: dict[str, object] = {"url": one.url, "mime_type": fit(one.type)}
    return found | ({"size_in_bytes": one.length} if one.length is not None else {})
