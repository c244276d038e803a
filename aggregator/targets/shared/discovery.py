"""Where a site says that its endpoints are: links with a relation, in header fields and in HTML (RFC 8288)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aggregator import urls
from aggregator.errors import BlockedError
from aggregator.fetch import headers
from aggregator.markup import tree
from aggregator.types import Response

MAX_ELEMENTS = 10_000  #: links of a page that are looked at
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)


def links(page: Response, relation: str, *elements: str) -> Iterator[str]:
    """The addresses that a page names for a relation: in its ``Link`` fields first, then in these elements in order.

    An empty address is the page's own; an element without one names nothing.
    """
    if (found := headers.links(page).get(relation)) is not None:
        yield found
    root = tree.document(_text(page))
    if root is None:
        return
    base = root.find(".//base[@href]")
    base_url = (urls.resolve(page.url, base.get("href")) if base is not None else None) or page.url
    for _, element in zip(range(MAX_ELEMENTS), root.iter(*elements), strict=False):
        address = element.get("href")
        if address is None or relation not in (element.get("rel") or "").lower().split():
            continue
        resolved = urls.resolve(base_url, address) if address.strip() else base_url
        if resolved is not None:
            yield resolved


def encrypted(target: str, endpoint: str, *, site: str) -> str:
    """The endpoint, unless secrets would go there in the clear while the site itself is encrypted: a BlockedError."""
    if site.startswith("https:") and not endpoint.startswith("https:"):
        raise BlockedError(target, f"the endpoint {urls.redact(endpoint)} is not encrypted (https)")
    return endpoint


def _text(page: Response) -> str:
    declared = _CHARSET.search(page.header("content-type") or "")
    try:
        return page.body.decode(declared[1] if declared else "utf-8", "replace")
    except LookupError:
        return page.body.decode("utf-8", "replace")
