"""What machines ask a site for besides its pages: search index, sitemaps, robots.txt, manifest, icon."""

from __future__ import annotations

import json
from collections.abc import Sequence
from urllib.parse import urlsplit

from lxml import etree
from markupsafe import escape

from aggregator.targets.site import colours
from aggregator.targets.site.filing import SEARCH_SHARD, SITEMAP_SHARD
from aggregator.targets.site.records import Placed
from aggregator.types import Site

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
MAX_TEXT = 400  #: characters of a summary in the search index


def search_index(last_seq: int) -> bytes:
    """The list of the search index's pieces, newest posts first."""
    shards = [f"{n}.json" for n in range(last_seq // SEARCH_SHARD, -1, -1)] if last_seq else []
    return _json({"shards": shards})


def search_shard(posts: Sequence[Placed]) -> bytes:
    """One piece of the search index."""
    return _json(
        {
            "posts": [
                {
                    "title": one.post.title,
                    "path": one.path,
                    "date": one.post.published_at.isoformat(),
                    "source": one.post.source_name or one.post.feed,
                    "authors": [author.name for author in one.post.authors],
                    "tags": one.post.tags,
                    "lang": one.post.language or "",
                    "text": (one.post.standfirst or one.post.excerpt)[:MAX_TEXT],
                }
                for one in reversed(posts)
            ]
        }
    )


def sitemap(addresses: Sequence[tuple[str, str]], base_url: str) -> bytes:
    """One sitemap: addresses with the time of their last change."""
    root = etree.Element(f"{{{SITEMAP}}}urlset", nsmap={None: SITEMAP})
    for path, changed in addresses:
        entry = etree.SubElement(root, f"{{{SITEMAP}}}url")
        etree.SubElement(entry, f"{{{SITEMAP}}}loc").text = f"{base_url}/{path}"
        etree.SubElement(entry, f"{{{SITEMAP}}}lastmod").text = changed
    return _xml(root)


def sitemap_index(last_seq: int, base_url: str) -> bytes:
    """The list of all sitemaps."""
    root = etree.Element(f"{{{SITEMAP}}}sitemapindex", nsmap={None: SITEMAP})
    for number in range(last_seq // SITEMAP_SHARD + 1):
        entry = etree.SubElement(root, f"{{{SITEMAP}}}sitemap")
        etree.SubElement(entry, f"{{{SITEMAP}}}loc").text = f"{base_url}/sitemaps/{number}.xml"
    return _xml(root)


def robots(base_url: str, *, sitemaps: bool) -> bytes:
    """All is open; where the sitemaps are (RFC 9309; a record may be followed by other lines)."""
    lines = ["User-agent: *", "Disallow:", ""]
    if sitemaps:
        lines += [f"Sitemap: {base_url}/sitemap.xml", ""]
    return "\n".join(lines).encode()


def manifest(site: Site, icon: str) -> bytes:
    """The web app manifest; addresses are relative to it."""
    found: dict[str, object] = {
        "name": site.title,
        "short_name": site.title[:30],
        "description": site.description,
        "lang": site.language,
        "start_url": "./",
        "scope": "./",
        "display": "minimal-ui",
        "background_color": colours.LIGHT_PAPER,
        "theme_color": colours.LIGHT_PAPER,
        "icons": [{"src": icon, "sizes": "any"}],
    }
    return _json(found)


def icon(site: Site, accent: str) -> bytes:
    """A plain icon: the title's first letter on the accent colour."""
    letter = next((char for char in site.title if char.isalnum()), "W").upper()
    ground = colours.readable(accent, "#ffffff")
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
        f'<rect width="64" height="64" rx="14" fill="{ground}"/>'
        '<text x="32" y="46" font-family="Georgia, \'Times New Roman\', serif" font-size="40" font-weight="700"'
        f' text-anchor="middle" fill="#fff">{escape(letter)}</text></svg>\n'
    ).encode()


def is_address(value: str) -> bool:
    """Whether an icon as configured is an address rather than a file."""
    return urlsplit(value).scheme in {"http", "https"}


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _xml(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")
