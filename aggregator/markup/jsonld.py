"""Reads schema.org statements about articles out of JSON-LD, which is often broken; bounded in every direction."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import lxml.html

from aggregator import urls
from aggregator.markup import text
from aggregator.types import Author, Image

Thing = dict[str, object]

MAX_SCRIPTS = 30
MAX_SCRIPT = 1_000_000
MAX_THINGS = 2000
MAX_DEPTH = 12

ARTICLES = (
    "Article", "NewsArticle", "BlogPosting", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle",
    "BackgroundNewsArticle", "ReviewNewsArticle", "AskPublicNewsArticle", "LiveBlogPosting", "TechArticle", "Report",
    "ScholarlyArticle", "MedicalScholarlyArticle", "SatiricalArticle", "AdvertiserContentArticle", "SocialMediaPosting",
    "DiscussionForumPosting", "Posting", "Review", "Recipe", "HowTo", "CreativeWork",
)  # fmt: skip
#: Kinds that may stand for the page where there is no article.
_PAGES = ("WebPage", "ItemPage", "MedicalWebPage", "VideoObject", "NewsMediaOrganizationPage", "Book", "Episode")
_WRAPPER = re.compile(
    r"^\s*(?:(?://|/\*)?\s*<!\[CDATA\[\s*(?:\*/)?|<!--)|(?:(?://|/\*)?\s*\]\]>\s*(?:\*/)?|-->)\s*;?\s*$"
)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")


def articles(root: lxml.html.HtmlElement, page_url: str | None, title: str) -> list[Thing]:
    """What is said about the page's article, the best statement first: by its address, its title, its kind.

    Where several articles are told of and none is recognisably this page's, the list is empty: they are others'.
    """
    found = list(_everything(root))
    ids = {thing["@id"]: thing for thing in found if isinstance(thing.get("@id"), str) and len(thing) > 1}
    told = [_resolved(thing, ids) for thing in found if kinds(thing) & set(ARTICLES)]
    told = [thing for thing in told if thing.get("headline") or thing.get("name") or thing.get("datePublished")]
    here = urls.compare_key(page_url) if page_url else ""
    mine = [thing for thing in told if _is_here(thing, page_url, here) or _is_titled(thing, title)]
    if not mine and len(told) == 1:
        mine = told
    mine.sort(key=lambda thing: -len(kinds(thing) & set(ARTICLES[:-1])))
    pages = [_resolved(thing, ids) for thing in found if kinds(thing) & set(_PAGES)]
    return (mine + [thing for thing in pages if _is_here(thing, page_url, here)])[:5]


def kinds(thing: Thing) -> set[str]:
    """The schema.org types of a thing, without their prefix."""
    return {name.rpartition("/")[2].rpartition(":")[2] for name in strings(thing.get("@type"))}


def strings(value: object) -> list[str]:
    """The strings in a value that may be one, a list of them, or an object with a value or name."""
    if isinstance(value, str):
        return [value.strip()] if value.strip() else []
    if isinstance(value, (list, tuple)):
        return [found for part in value[:50] for found in strings(part)]
    if isinstance(value, dict):
        return strings(next((value[key] for key in ("@value", "name", "@id", "url") if value.get(key)), None))
    return []


def string(value: object) -> str:
    """The first string of a value, empty where there is none."""
    return next(iter(strings(value)), "")


def things(value: object) -> Iterator[Thing]:
    """The objects in a value that may be one, a list of them, or a name."""
    if isinstance(value, dict):
        yield value
    elif isinstance(value, str) and value.strip():
        yield {"name": value}
    elif isinstance(value, (list, tuple)):
        for part in value[:50]:
            yield from things(part)


def address(thing: Thing) -> str:
    """The address that a thing is about."""
    main = thing.get("mainEntityOfPage")
    for value in (thing.get("url"), main.get("@id") if isinstance(main, dict) else main, thing.get("@id")):
        found = string(value)
        if found.startswith(("http://", "https://", "/")):
            return found
    return ""


def people(thing: Thing, base_url: str | None) -> Iterator[Author]:
    """The authors of a thing: persons, and organisations where no person is named."""
    named = list(things(thing.get("author"))) or list(things(thing.get("creator")))
    persons = [person for person in named if "Organization" not in " ".join(kinds(person))]
    for person in persons or named:
        names = strings(person.get("name"))
        if not names:
            names = [" ".join(filter(None, (string(person.get("givenName")), string(person.get("familyName")))))]
        for name in names:
            label = text.line(name, 200)
            if label and not label.startswith(("http://", "https://")):
                yield Author(name=label, url=urls.resolve(base_url, string(person.get("url"))))


def images(thing: Thing, base_url: str | None) -> Iterator[Image]:
    """The pictures of a thing, at most three."""
    count = 0
    for name in ("image", "primaryImageOfPage", "thumbnailUrl"):
        for picture in things(thing.get(name)):
            found = urls.resolve(base_url, next(filter(None, map(string, _addresses(picture))), ""))
            if found and count < 3:
                count += 1
                yield Image(
                    url=found,
                    caption=text.line(string(picture.get("caption")) or string(picture.get("description")), 500),
                    credit=text.line(string(picture.get("creditText")) or string(picture.get("creator")), 120),
                    width=_number(picture.get("width")),
                    height=_number(picture.get("height")),
                )


def _addresses(picture: Thing) -> Iterator[object]:
    yield from (picture.get("url"), picture.get("contentUrl"))
    yield from (value for value in (picture.get("name"), picture.get("@id")) if str(value).startswith(("http", "/")))


def _number(value: object) -> int | None:
    match = re.match(r"\s*(\d{1,5})(?!\d)", str(value)) if isinstance(value, (str, int, float)) else None
    return int(match.group(1)) if match else None


def _everything(root: lxml.html.HtmlElement) -> Iterator[Thing]:
    count = 0
    scripts = root.xpath("//script[contains(@type, 'ld+json')]")
    for script in scripts[:MAX_SCRIPTS]:
        for document in _documents((script.text or "")[:MAX_SCRIPT]):
            for thing in _walk(document, 0):
                count += 1
                if count > MAX_THINGS:
                    return
                yield thing


def _documents(source: str) -> Iterator[object]:
    """The JSON values in a script; wrappers, line breaks in strings and trailing commas are forgiven."""
    source = _WRAPPER.sub("", _WRAPPER.sub("", source)).strip().rstrip(";")
    decoder = json.JSONDecoder(strict=False)
    for attempt in (source, _TRAILING_COMMA.sub(r"\1", source)):
        position = 0
        values: list[object] = []
        try:
            while position < len(attempt) and len(values) < 50:
                value, position = decoder.raw_decode(attempt, position)
                values.append(value)
                position += len(re.match(r"[\s;,]*", attempt[position : position + 1000]).group())  # type: ignore[union-attr]  # matches always
        except (ValueError, RecursionError):
            if not values:
                continue
        yield from values
        return


def _walk(value: object, depth: int) -> Iterator[Thing]:
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        for part in value[:500]:
            yield from _walk(part, depth + 1)
    elif isinstance(value, dict):
        thing = {str(key): part for key, part in value.items()}
        yield thing
        for key in (
            "@graph",
            "mainEntity",
            "mainEntityOfPage",
            "itemListElement",
            "item",
            "hasPart",
            "author",
            "publisher",
            "image",
        ):
            if isinstance(thing.get(key), (dict, list)):
                yield from _walk(thing[key], depth + 1)


def _resolved(thing: Thing, ids: dict[object, Thing]) -> Thing:
    """The thing with references by ``@id`` in its own properties replaced by what they refer to."""

    def follow(value: object) -> object:
        if isinstance(value, list):
            return [follow(part) for part in value[:50]]
        if isinstance(value, dict) and set(value) <= {"@id", "@type", "name"} and isinstance(value.get("@id"), str):
            return {**ids.get(value["@id"], {}), **value}
        return value

    return {key: follow(value) for key, value in thing.items()}


def _is_here(thing: Thing, page_url: str | None, here: str) -> bool:
    if not here or not page_url:
        return False
    main = thing.get("mainEntityOfPage")
    for value in (thing.get("url"), main.get("@id") if isinstance(main, dict) else main, thing.get("@id")):
        found = urls.resolve(page_url, string(value).partition("#")[0] or None)
        if found and urls.compare_key(found) == here:
            return True
    return False


def _is_titled(thing: Thing, title: str) -> bool:
    headline = text.line(string(thing.get("headline")) or string(thing.get("name")), 500).lower()
    return len(headline) >= 8 and (headline in title.lower() or headline[:40] == title.lower()[:40])
