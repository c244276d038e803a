"""What a post tells machines in the head of its page: schema.org as JSON-LD, with our mark on the element.

The mark stands in Ghost's field for code injection, where it outlives a person's edit of the text and can be
looked up (``codeinjection_head:~'KEY'``).
"""

from __future__ import annotations

import json
import re

from aggregator.policy import change
from aggregator.targets.shared.article import MARK
from aggregator.types import Post, Site

#: Ghost takes 65,535 characters of code injection.
MAX_AUTHORS, MAX_URL = 10, 500

_OURS = re.compile(rf'<script type="application/ld\+json" {MARK}="[^"]*">[^<]*</script>\n?')


def script(post: Post, site: Site) -> str:
    """The element for the head. No text of others can end it or start a comment in it."""
    text = json.dumps(_article(post, site), ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return f'<script type="application/ld+json" {MARK}="{post.key}:{change.revision(post)}">{text}</script>'


def put(held: str, ours: str) -> str:
    """The head with our element in place of the older one; what a person wrote around it stays."""
    return f"{_OURS.sub('', held)}{ours}" if ours not in held else held


def _article(post: Post, site: Site) -> dict[str, object]:
    """The article and what it is based on. Address, dates and picture of the page are told by Ghost's own."""
    found: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": post.title,
        "identifier": post.key,
        "author": [
            {"@type": "Person", "name": author.name}
            | ({"url": author.url} if author.url and len(author.url) <= MAX_URL else {})
            for author in post.authors[:MAX_AUTHORS]
        ]
        or [_organization(post.source_name or post.credit.publisher)],
        "publisher": _organization(site.title, site.base_url),
        "sourceOrganization": _organization(post.source_name or post.credit.publisher, post.source_url),
    }
    original = post.canonical_url or post.credit.url
    if original:
        found["isBasedOn"] = {
            "@type": "NewsArticle",
            "url": original,
            "headline": post.credit.title or post.title,
            "datePublished": post.published_at.isoformat(),
            "publisher": _organization(post.credit.publisher or post.source_name, post.credit.publisher_url),
        }
    if post.language:
        found["inLanguage"] = post.language
    if post.credit.licence.startswith(("https://", "http://")):
        found["license"] = post.credit.licence
    return found


def _organization(name: str, url: str | None = None) -> dict[str, str]:
    return {"@type": "Organization", "name": name} | ({"url": url} if url else {})
