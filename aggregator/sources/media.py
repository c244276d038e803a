"""Pictures and attached files of an entry: enclosures, Media RSS, iTunes."""

from __future__ import annotations

import re
from typing import Final

from aggregator import urls
from aggregator.sources import limits, text
from aggregator.sources.fields import Element, Fields
from aggregator.sources.fields import text as text_of
from aggregator.sources.names import Names
from aggregator.types import Enclosure, Image

_PICTURE: Final = re.compile(r"(?i)\.(?:jpe?g|png|gif|webp|avif)$")
_NO_PICTURE: Final = re.compile(r"(?i)\.(?:mp3|m4a|mp4|m4v|mov|ogg|webm|swf|pdf|zip)$")


def enclosures(item: Fields, base: str) -> tuple[Enclosure, ...]:
    """The files attached; Media RSS counts where there are no enclosures proper and says sound or film."""
    found: dict[str, Enclosure] = {}
    for element in item.found.get("enclosure", ()):
        _attach(found, urls.resolve(base, element.get("url") or element.get("href")), element, "length")
    for element in item.found.get("atom:link", ()):
        if element.get("rel") == "enclosure":
            _attach(found, urls.resolve(base, element.get("href")), element, "length")
    if not found:
        for element in item.found.get("media:content", ()):
            if not _is_picture(element) and _kind(element):
                _attach(found, urls.resolve(base, element.get("url")), element, "fileSize")
    return tuple(found.values())


def images(item: Fields, base: str, known: Names, attached: tuple[Enclosure, ...]) -> tuple[Image, ...]:
    """The pictures, in the order of the document, each once."""
    found: dict[str, Image] = {}
    for element in item.found.get("media:content", ()):
        inner = Fields(element, known) if len(element) else None
        if _is_picture(element):
            _picture(found, element, base, item, inner)
        for thumbnail in inner.found.get("media:thumbnail", ()) if inner else ():
            _picture(found, thumbnail, base, item, inner)
    for element in item.found.get("media:thumbnail", ()):
        _picture(found, element, base, item, None)
    for element in item.found.get("itunes:image", ()):
        _keep(found, Image(url=urls.resolve(base, element.get("href") or element.get("url")) or ""))
    for enclosure in attached:
        if enclosure.type.startswith("image/") or (not enclosure.type and _PICTURE.search(enclosure.url)):
            _keep(found, Image(url=enclosure.url))
    for element in item.found.get("image", ()):
        _keep(found, Image(url=urls.resolve(base, _address(element, known)) or ""))
    return tuple(found.values())


def _attach(found: dict[str, Enclosure], url: str | None, element: Element, length: str) -> None:
    if url and url not in found and len(found) < limits.ENCLOSURES:
        kind = (element.get("type") or "").strip()[:100]
        found[url] = Enclosure(url=url, type=kind, length=_number(element.get(length), limit=10**15))


def _picture(found: dict[str, Image], element: Element, base: str, item: Fields, inner: Fields | None) -> None:
    url = urls.resolve(base, element.get("url"))
    if not url:
        return
    near = inner or item
    image = Image(
        url=url,
        alt=text.line(inner.text("media:title")) if inner else "",
        caption=text.line(inner.text("media:description", "media:text")) if inner else "",
        credit=text.line(near.text("media:credit", "media:copyright"), limits.NAME),
        width=_number(element.get("width"), limit=100_000),
        height=_number(element.get("height"), limit=100_000),
    )
    _keep(found, image)


def _keep(found: dict[str, Image], image: Image) -> None:
    if image.url and image.url not in found and len(found) < limits.IMAGES:
        found[image.url] = image


def _kind(element: Element) -> str:
    return (element.get("medium") or element.get("type") or "").lower()


def _is_picture(element: Element) -> bool:
    """Whether a ``media:content`` is a picture: as it says, or else by its address."""
    kind = _kind(element)
    if kind:
        return kind.startswith("image")
    address = (element.get("url") or "").partition("?")[0]
    return not element.get("duration") and not _NO_PICTURE.search(address[-10:])


def _address(element: Element, known: Names) -> str:
    return Fields(element, known).text("url") if len(element) else text_of(element) or element.get("href") or ""


def _number(value: str | None, *, limit: int) -> int | None:
    if not value or len(value) > 20 or not value.strip().isascii() or not value.strip().isdecimal():
        return None
    number = int(value)
    return number if 0 < number <= limit else None
