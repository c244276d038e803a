"""Where a page wants to be told that it is mentioned (W3C Webmention, 3.1.2)."""

from __future__ import annotations

import re

from aggregator import urls
from aggregator.fetch import headers
from aggregator.markup import tree
from aggregator.types import Response

MAX_ELEMENTS = 10_000  #: links of a page that are looked at
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)


def endpoint(response: Response) -> str | None:
    """The endpoint that a page names: in a ``Link`` field first, else in its first link or anchor that does.

    None: it names none. An empty address is the page's own.
    """
    return headers.links(response).get("webmention") or _in_page(response)


def _in_page(response: Response) -> str | None:
    root = tree.document(_text(response))
    if root is None:
        return None
    base = root.find(".//base[@href]")
    base_url = (urls.resolve(response.url, base.get("href")) if base is not None else None) or response.url
    for _, element in zip(range(MAX_ELEMENTS), root.iter("link", "a", "area"), strict=False):
        if "webmention" not in (element.get("rel") or "").lower().split():
            continue
        address = element.get("href")
        if address is not None:  # without one it names nothing
            return urls.resolve(base_url, address) if address.strip() else base_url
    return None


def _text(response: Response) -> str:
    declared = _CHARSET.search(response.header("content-type") or "")
    try:
        return response.body.decode(declared[1] if declared else "utf-8", "replace")
    except LookupError:
        return response.body.decode("utf-8", "replace")
