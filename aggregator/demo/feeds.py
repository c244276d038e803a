"""The feeds of the sample press: RSS 2.0, Atom and JSON Feed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import format_datetime

from jinja2 import Environment
from markupsafe import Markup

from aggregator.demo.edition import Edition, Printed
from aggregator.demo.stories import Site

TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}


def write(site: Site, edition: Edition, templates: Environment) -> bytes:
    """A site's feed as it stands."""
    entries = edition.in_feed(site)
    if site.feed.kind == "json":
        return _json(site, edition, templates, entries)
    text = templates.get_template(f"feeds/{site.feed.kind}.xml").render(
        site=site,
        edition=edition,
        entries=entries,
        updated_at=edition.changed_at(entries),
        content=lambda printed: content(printed, templates),
    )
    return text.encode()


def content(printed: Printed, templates: Environment) -> Markup:
    """A whole article as a feed carries it: its picture, then its text."""
    return Markup(templates.get_template("feeds/content.html").render(printed=printed))  # noqa: S704


def rfc822(moment: datetime) -> str:
    """A date as RSS wants it (RSS 2.0, ``pubDate``)."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def rfc3339(moment: datetime) -> str:
    """A date as Atom and JSON Feed want it (RFC 3339)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _json(site: Site, edition: Edition, templates: Environment, entries: list[Printed]) -> bytes:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": site.title,
        "description": site.tagline,
        "home_page_url": edition.home(site),
        "feed_url": edition.feed_url(site),
        "language": site.language,
        "items": [
            {
                "id": entry.id,
                "url": entry.feed_url,
                "title": entry.title,
                "summary": entry.story.summary,
                "content_html": content(entry, templates),
                "date_published": rfc3339(entry.published_at),
                "date_modified": rfc3339(entry.updated_at),
                "authors": [{"name": entry.story.author}],
                "tags": list(entry.story.tags),
                "language": entry.story.language,
                **({"image": entry.lead_url} if entry.lead else {}),
            }
            for entry in entries
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()
