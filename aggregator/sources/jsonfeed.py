"""JSON Feed 1.0 and 1.1 (jsonfeed.org): every field is checked for its type, a wrong one counts as absent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from aggregator import urls
from aggregator.errors import ParseError
from aggregator.sources import dates, encoding, limits, looks, text
from aggregator.types import Author, Enclosure, Entry, Image, Origin, Parsed, Response

Object = Mapping[str, object]


class Options(BaseModel):
    """A JSON Feed needs no options."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def parse(response: Response, options: Options) -> Parsed:
    """What a JSON Feed document says; raises ParseError for everything else."""
    return read(encoding.decode(response.body, forced="utf-8").text, response.body, response.url)


def is_json(document: str) -> bool:
    """Whether a document begins as JSON does."""
    return document[:1000].lstrip("\ufeff \t\r\n")[:1] in ("{", "[")


def read(document: str, body: bytes, url: str) -> Parsed:
    """The feed in a JSON text that came from ``url``; ``body`` is for the message of the ParseError."""
    top = _load(document.lstrip("\ufeff \t\r\n"), body)
    version, items = top.get("version"), top.get("items")
    named = isinstance(version, str) and "jsonfeed.org/version" in version
    if not isinstance(items, list) or not (named or _is_items(items)):
        raise ParseError(looks.message(body))
    objects = [item for item in items if isinstance(item, dict)]
    feed_authors = _authors(top)
    return Parsed(
        title=text.literal(_string(top, "title")),
        subtitle=text.literal(_string(top, "description")),
        site_url=urls.resolve(url, _string(top, "home_page_url")),
        self_url=urls.resolve(url, _string(top, "feed_url")),
        hub_url=_hub(top, url),
        next_url=urls.resolve(url, _string(top, "next_url")),
        language=_string(top, "language")[:40] or None,
        image_url=urls.resolve(url, _string(top, "icon") or _string(top, "favicon")),
        entries=tuple(_entry(item, feed_authors, url) for item in objects[: limits.ENTRIES]),
        left_out=max(0, len(objects) - limits.ENTRIES),
        method="jsonfeed",
        notes=() if named else ("no JSON Feed version",),
    )


def _load(document: str, body: bytes) -> Object:
    # Depth needs no count of ours: json gives up at the interpreter's limit, and nothing below recurses.
    try:
        top = json.loads(document)
    except (ValueError, RecursionError) as error:
        raise ParseError(f"not a feed but damaged JSON: {error}"[:300]) from error
    if not isinstance(top, dict):
        raise ParseError(looks.message(body))
    return top


def _is_items(items: Sequence[object]) -> bool:
    return any(isinstance(item, dict) and item.keys() & {"content_html", "content_text"} for item in items[:100])


def _entry(item: Object, feed_authors: tuple[Author, ...], base: str) -> Entry:
    content = text.block(_string(item, "content_html")) or text.escaped(_string(item, "content_text"))
    url = urls.resolve(base, _string(item, "url"))
    external = urls.resolve(base, _string(item, "external_url"))
    return Entry(
        guid=_id(item.get("id")),
        url=url or external,
        title=text.literal(_string(item, "title")),
        summary=text.escaped(_string(item, "summary")),
        content=content,
        authors=_authors(item) or feed_authors,
        published_at=dates.read(_string(item, "date_published")),
        updated_at=dates.read(_string(item, "date_modified")),
        tags=tuple(_tags(item.get("tags"))),
        enclosures=tuple(_attachments(item, base)),
        images=_images(item, base),
        origin=_origin(item),
        language=_string(item, "language")[:40] or None,
        base_url=url or base,
        raw={"json:external_url": external} if url and external else {},
    )


def _id(value: object) -> str | None:
    """The id as a string; "if an id is presented as a number, a reader should coerce it" (1.1, Items)."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return text.visible(str(value)[: limits.GUID]).strip() or None


def _authors(holder: Object) -> tuple[Author, ...]:
    people = holder.get("authors")  # 1.1
    if not isinstance(people, list) or not people:
        people = [holder.get("author")]  # 1.0
    authors = []
    for person in people[: limits.AUTHORS]:
        named = text.person(_string(person, "name") if isinstance(person, dict) else str(person or ""))
        if named is not None:
            url = urls.resolve(None, _string(person, "url")) if isinstance(person, dict) else None
            authors.append(Author(name=named.name, url=url))
    return tuple(dict.fromkeys(authors))


def _tags(value: object) -> list[str]:
    values = value if isinstance(value, list) else []
    names = (text.literal(tag, limits.NAME) for tag in values[: limits.TAGS] if isinstance(tag, str))
    return list(dict.fromkeys(name for name in names if name))


def _attachments(item: Object, base: str) -> list[Enclosure]:
    found = []
    for attachment in _objects(item.get("attachments"))[: limits.ENCLOSURES]:
        url = urls.resolve(base, _string(attachment, "url"))
        if url:
            size = attachment.get("size_in_bytes")
            length = int(size) if isinstance(size, int | float) and 0 < size < 1e15 else None
            found.append(Enclosure(url=url, type=_string(attachment, "mime_type")[:100], length=length))
    return found


def _images(item: Object, base: str) -> tuple[Image, ...]:
    found = (urls.resolve(base, _string(item, name)) for name in ("image", "banner_image"))
    return tuple(Image(url=url) for url in dict.fromkeys(found) if url)


def _origin(item: Object) -> Origin | None:
    """Of an item that an aggregator took over: the ``_source`` extension that planets write."""
    source = item.get("_source")
    if not isinstance(source, dict) or not (name := text.literal(_string(source, "title"), limits.NAME)):
        return None
    site, feed = _string(source, "home_page_url"), _string(source, "feed_url")
    return Origin(name=name, url=urls.resolve(None, site), feed_url=urls.resolve(None, feed))


def _hub(top: Object, base: str) -> str | None:
    found = (urls.resolve(base, _string(hub, "url")) for hub in _objects(top.get("hubs"))[:10])
    return next((url for url in found if url), None)


def _objects(value: object) -> list[Object]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _string(holder: Object, name: str) -> str:
    value = holder.get(name)
    return text.visible(value) if isinstance(value, str) else ""
