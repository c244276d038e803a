"""Finds the real address of every picture: lazy loading, srcset, picture sources, noscript copies, trackers."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import lxml.html
from lxml import etree

from aggregator import urls

WIDEST = 1600  #: pixels: the largest copy that we choose
MAX_CANDIDATES = 40

_LAZY = (
    "data-src", "data-original", "data-lazy-src", "data-lazy", "data-orig-src", "data-actualsrc", "data-hi-res-src",
    "data-full-src", "data-img-src", "data-image", "data-url", "data-echo", "data-pagespeed-lazy-src", "data-gl-src",
    "data-cfsrc", "data-flickity-lazyload", "data-runner-src", "data-large-file", "data-orig-file", "data-lzl-src",
)  # fmt: skip
_LAZY_SETS = ("data-srcset", "data-lazy-srcset", "data-original-set", "data-sizes-srcset", "data-lazyload-srcset")
_PLACEHOLDER = re.compile(
    r"(?i)(?:^data:|(?:^|[/_.-])(?:placeholder|spacer|blank|transparent|loading|lazy(?:load)?|pixel|1x1|grey|gray|dummy"
    r"|trans|empty|clear|default[-_]?image)(?:[-_.]?\d*)*\.(?:gif|png|jpe?g|svg|webp)(?:$|\?))"
)
_TRACKER = re.compile(
    r"(?i)(?://(?:[\w-]+\.)*(?:doubleclick\.net|scorecardresearch\.com|quantserve\.com|feedburner\.com/~r"
    r"|feedsportal\.com|pixel\.wp\.com|stats\.wordpress\.com|google-analytics\.com|statcounter\.com|pixel\.[\w-]+\.\w+"
    r"|feeds\.wordpress\.com|vgwort\.de|rss\.buysellads\.com|pheedo\.com|api\.follow\.it/track)"
    r"|/(?:pixel|beacon|tracking?|count(?:er)?)\.(?:gif|png|php)(?:$|\?))"
)
_IMAGE_NAME = re.compile(r"(?i)\.(?:jpe?g|png|gif|webp|avif|svg|bmp)(?:$|[?#&/:!@])")
_CANDIDATE = re.compile(r"[\s,]*([^\s,]\S*)")
_DESCRIPTOR = re.compile(r"\s*([^,(]*)(?:\([^)]*\)[^,]*)?(?:,|$)")
_SIZE_MARK = re.compile(
    r"-\d{2,4}x\d{2,4}(?=\.\w+$)|(?<=/)(?:w|h|width|height|s|q|c|fit|size)[_=-]?\d{2,4}(?:,\w+[_=-]?\d+)*(?=/)"
)
_PROXIED = re.compile(r"(?i)(?:^|&)(?:url|src|image|img|id|file)=")


class Candidate(NamedTuple):
    """One copy of a picture: its address, its width in pixels (0: unknown), its density (1: unknown)."""

    url: str
    width: int = 0
    density: float = 1.0


def split_srcset(value: str, base_url: str | None) -> list[Candidate]:
    """The copies that a srcset names, addresses absolute (WHATWG HTML, "parse a srcset attribute")."""
    out: list[Candidate] = []
    position = 0
    value = value[:20_000]
    while len(out) < MAX_CANDIDATES:
        match = _CANDIDATE.match(value, position)
        if match is None:
            break
        address, position = match.group(1), match.end()
        descriptor = ""
        if address.endswith(","):
            address = address.rstrip(",")
        else:
            rest = _DESCRIPTOR.match(value, position)
            if rest is None:
                break
            descriptor, position = rest.group(1).strip(), rest.end()
        url = urls.resolve(base_url, address)
        if url and not is_placeholder(address):
            out.append(Candidate(url, *_size(descriptor)))
    return out


def join_srcset(candidates: list[Candidate]) -> str:
    """A srcset that says what the candidates say."""
    parts = []
    for candidate in candidates:
        url = candidate.url.replace(",", "%2C")  # a comma would part two candidates
        if candidate.width:
            parts.append(f"{url} {candidate.width}w")
        else:
            parts.append(f"{url} {candidate.density:g}x" if candidate.density != 1 else url)
    return ", ".join(parts)


def best(candidates: list[Candidate]) -> str | None:
    """The copy to show: the widest that isn't wider than a page needs, else the smallest of the too wide."""
    if not candidates:
        return None
    fitting = [candidate for candidate in candidates if candidate.width <= WIDEST and candidate.density <= 2]
    if fitting:
        return max(fitting, key=lambda candidate: (candidate.width, candidate.density)).url
    return min(candidates, key=lambda candidate: (candidate.width, candidate.density)).url


def key(url: str) -> str:
    """A form of a picture's address in which its sizes are one: no scheme, query, or size mark in the name."""
    parts = urlsplit(url)
    path = _SIZE_MARK.sub("", unquote(parts.path))
    if parts.query and _PROXIED.search(parts.query):
        return f"{parts.hostname}{path}?{parts.query}".lower()
    return f"{parts.hostname}{path}".lower()


def is_placeholder(address: str) -> bool:
    """Whether an address only keeps the place until a script puts the picture there."""
    return _PLACEHOLDER.search(address.strip()[:500]) is not None


def is_image_name(address: str) -> bool:
    """Whether an address ends like that of a picture's file."""
    return _IMAGE_NAME.search(address) is not None


def is_tracker(image: lxml.html.HtmlElement) -> bool:
    """Whether a picture is there to be counted, not to be seen."""
    width, height = pixels(image.get("width")), pixels(image.get("height"))
    if (width is not None and width <= 2) or (height is not None and height <= 2):
        return True
    return _TRACKER.search((image.get("src") or "")[:500]) is not None


def pixels(value: str | None) -> int | None:
    """A declared length in pixels, None where it is none."""
    match = re.fullmatch(r"\s*(\d{1,5})(?:\.\d+)?(?:px)?\s*", value or "")
    return int(match.group(1)) if match else None


def source(image: lxml.html.HtmlElement, base_url: str | None) -> str | None:
    """The absolute address of the picture that an ``img`` shows or will show; None if there is none."""
    address = image.get("src") or ""
    settled = urls.resolve(base_url, address) if address and not is_placeholder(address) else None
    lazy = next(filter(None, (_lazy(image.get(name), base_url) for name in _LAZY)), None)
    if lazy and (settled is None or image.get("data-lazy-src") or image.get("data-src")):
        return lazy
    if settled:
        return settled
    for name in ("srcset", *_LAZY_SETS):
        found = best(split_srcset(image.get(name) or "", base_url))
        if found:
            return found
    parent = image.getparent()
    if parent is not None and parent.tag == "picture":
        return _picture(parent, base_url)
    return None


def settle(root: lxml.html.HtmlElement, base_url: str | None) -> None:
    """Gives every ``img`` below ``root`` its real, absolute ``src`` and removes those that have none, and trackers."""
    _promote_noscript(root)
    for picture in list(root.iter("picture")):
        if picture.find(".//img") is None and (found := _picture(picture, base_url)):
            etree.SubElement(picture, "img", src=found)
    for image in list(root.iter("img", "amp-img", "image")):
        image.tag = "img"
        address = None if is_tracker(image) else source(image, base_url)
        if address is None or _TRACKER.search(address):
            image.drop_tree()
            continue
        image.set("src", address)
        sizes = next((image.get(name) for name in _LAZY_SETS if image.get(name)), None) or image.get("srcset")
        if sizes:
            image.set("srcset", join_srcset(split_srcset(sizes, base_url)))


def _size(descriptor: str) -> tuple[int, float]:
    match = re.match(r"(\d{1,5}(?:\.\d{1,4})?)([wx])", descriptor)
    if match is None:
        return 0, 1.0
    return (int(float(match.group(1))), 1.0) if match.group(2) == "w" else (0, float(match.group(1)))


def _lazy(value: str | None, base_url: str | None) -> str | None:
    value = (value or "").strip()
    if not value or " " in value or value.startswith(("{", "[")) or is_placeholder(value):
        return None
    if not (_IMAGE_NAME.search(value) or value.startswith(("http://", "https://", "//", "/"))):
        return None
    return urls.resolve(base_url, value)


def _picture(picture: lxml.html.HtmlElement, base_url: str | None) -> str | None:
    found: list[Candidate] = []
    for element in picture.iter("source"):
        for name in ("srcset", "data-srcset", "data-lazy-srcset"):
            found += split_srcset(element.get(name) or "", base_url)[:MAX_CANDIDATES]
        if len(found) > MAX_CANDIDATES:
            break
    return best(found)


def _promote_noscript(root: lxml.html.HtmlElement) -> None:
    """Puts the picture of a ``noscript`` in place of the lazy one that stands before it.

    The parser may have read what is in a ``noscript`` as elements or, in a head, as text.
    """
    for noscript in list(root.iter("noscript")):
        copies = list(noscript.iter("img"))
        if not copies and "<img" in (noscript.text or ""):
            fragments = lxml.html.fragments_fromstring((noscript.text or "")[:50_000])
            copies = [image for part in fragments if not isinstance(part, str) for image in part.iter("img")]
        if len(copies) != 1 or is_tracker(copies[0]):
            continue
        before = noscript.getprevious()
        lazy = before if before is not None and before.tag == "img" else None
        if lazy is not None and not (lazy.tail or "").strip() and source(lazy, None) is None:
            lazy.drop_tree()
        elif lazy is not None:
            continue
        copy = copies[0]
        copy.tail = None
        noscript.addprevious(copy)
