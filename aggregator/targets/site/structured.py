"""What a page tells machines: schema.org as JSON-LD, Open Graph for previews."""

from __future__ import annotations

import json

from markupsafe import Markup

from aggregator.targets.site.records import Placed
from aggregator.targets.site.views import PictureView, description
from aggregator.types import Site


def news_article(placed: Placed, site: Site, url: str, picture: PictureView | None) -> Markup:
    """The article and what it is based on, for a ``<script type="application/ld+json">``."""
    post = placed.post
    original = post.canonical_url or post.credit.url
    found: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": post.title,
        "url": url,
        "mainEntityOfPage": original or url,
        "datePublished": post.published_at.isoformat(),
        "dateModified": (post.modified_at or post.published_at).isoformat(),
        "description": description(placed),
        "publisher": {"@type": "Organization", "name": site.title, "url": f"{site.base_url}/"},
        "author": [
            {"@type": "Person", "name": author.name} | ({"url": author.url} if author.url else {})
            for author in post.authors
        ]
        or [{"@type": "Organization", "name": post.source_name}],
        "sourceOrganization": {"@type": "Organization", "name": post.source_name or post.credit.publisher},
    }
    if original:
        found["isBasedOn"] = {
            "@type": "NewsArticle",
            "url": original,
            "headline": post.credit.title or post.title,
            "publisher": {"@type": "Organization", "name": post.credit.publisher or post.source_name},
        }
    if picture:
        found["image"] = [picture.url]
    if post.language:
        found["inLanguage"] = post.language
    if post.tags:
        found["keywords"] = list(post.tags)
    if post.credit.licence.startswith(("https://", "http://")):
        found["license"] = post.credit.licence
    return script(found)


def script(value: object) -> Markup:
    """JSON that can't end the script element that it stands in, nor start a comment there."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704 - escaped just now


def open_graph(placed: Placed, site: Site, url: str, picture: PictureView | None) -> list[tuple[str, str]]:
    """Properties for link previews (Open Graph and Twitter cards)."""
    post = placed.post
    found = [
        ("og:type", "article"),
        ("og:title", post.title),
        ("og:description", description(placed)),
        ("og:url", url),
        ("og:site_name", site.title),
        ("article:published_time", post.published_at.isoformat()),
        ("article:modified_time", (post.modified_at or post.published_at).isoformat()),
        *(("article:tag", tag) for tag in post.tags[:20]),
    ]
    if post.language:
        found.append(("og:locale", post.language.replace("-", "_")))
    if picture:
        found.append(("og:image", picture.url))
        if picture.alt:
            found.append(("og:image:alt", picture.alt))
    found.append(("twitter:card", "summary_large_image" if picture and picture.wide else "summary"))
    return found
