"""The lead image of an article, and the pictures in its body."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

import lxml.html

from aggregator.markup import images, text
from aggregator.types import Image

LEAST_WIDTH = 200  #: pixels: a narrower picture in the text doesn't lead it

_NO_PICTURE = re.compile(
    r"(?i)(?:^|[/_.-])(?:logo|icon|favicon|placeholder|default|avatar|blank|apple-touch|sprite|no-?image|fallback"
    r"|site-?image|social-?(?:card|share|image|default)|share-?(?:image|default)|og-?(?:image|default|logo)|opengraph"
    r"|s0|1x1)s?(?:[_.-]|\d|$)"
)


def likeliest_first(declared: Sequence[Image]) -> tuple[Image, ...]:
    """Declared lead images, each once, in the given order, those named like logos or placeholders last."""
    seen: dict[str, Image] = {}
    for image in declared:
        seen.setdefault(images.key(image.url), image)
    return tuple(sorted(seen.values(), key=lambda image: _NO_PICTURE.search(urlsplit(image.url).path) is not None))


def take(body: lxml.html.HtmlElement, declared: Sequence[Image]) -> tuple[Image | None, bool]:
    """The lead image, and whether it stood at the top of the body and was taken off there, with its caption.

    A declared picture leads, told more fully where the body shows it too; without one the body's first does.
    """
    shown = pictures(body)
    lead = next((image for image in declared if _is_picture(image)), None)
    if lead is None:
        lead = next((image for image in shown if (image.width or 400) >= LEAST_WIDTH), None) or next(
            iter(declared), None
        )
    if lead is None:
        return None, False
    key = images.key(lead.url)
    same = next((image for image in shown if images.key(image.url) == key), None)
    if same is not None:
        lead = replace(lead, alt=same.alt or lead.alt, caption=same.caption or lead.caption)
    top = _top_picture(body)
    if top is None or images.key(next(top.iter("img")).get("src") or "") != key:
        return lead, False
    top.drop_tree()
    return lead, True


def pictures(body: lxml.html.HtmlElement) -> list[Image]:
    """The pictures of a body, with their captions."""
    out = []
    for image in body.iter("img"):
        holder = next(image.iterancestors("figure"), None)
        caption = holder.find(".//figcaption") if holder is not None else None
        out.append(
            Image(
                url=image.get("src") or "",
                alt=text.line(image.get("alt") or "", 300),
                caption=text.line(" ".join(caption.itertext()), 500) if caption is not None else "",
                width=images.pixels(image.get("width")),
                height=images.pixels(image.get("height")),
            )
        )
    return out


def _is_picture(image: Image) -> bool:
    """Whether a declared lead image looks like one rather than like a logo or placeholder."""
    small = (image.width is not None and image.width < 100) or (image.height is not None and image.height < 80)
    return not small and _NO_PICTURE.search(urlsplit(image.url).path.rpartition("/")[2]) is None


def _top_picture(body: lxml.html.HtmlElement) -> lxml.html.HtmlElement | None:
    """The element at the very top of a body that holds one picture and, but for a caption, no text."""
    first = body[0] if len(body) and not (body.text or "").strip() else None
    if first is None or first.tag not in {"figure", "p", "div", "a", "img", "picture"}:
        return None
    if len(list(first.iter("img"))) != 1 or first.find(".//iframe") is not None:
        return None
    caption = first.find(".//figcaption")
    own = len(first.text_content().strip()) - (len(caption.text_content().strip()) if caption is not None else 0)
    return first if own <= 0 else None
