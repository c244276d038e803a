"""The headline of a page: the heading that the head's title agrees with, without the site's name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import lxml.html

from aggregator import urls
from aggregator.extract.blocks import WORD
from aggregator.markup import text
from aggregator.markup.structured import Structured

MAX_HEADINGS = 60

_SEPARATOR = re.compile(
    r"\s+[|\u2013\u2014\u00b7\u2022\u00bb\u00ab>~:/\\*\u2502\uff5c-]+\s+|\s*[|\u00bb\u00ab\uff5c\u2502]\s*|\s+::\s+|:\s+|\s+[<>@]\s+"
)
#: Separators that seldom stand within a headline.
_HARD = re.compile(r"\s+(?:[|\u00bb\u00ab\u00b7\uff5c\u2502]|::)\s+")
_TITLE_CLASS = re.compile(r"(?:entry|post|article|page)-?_?_?title|headline|article-headline|^title$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Title:
    """A title and why it was chosen."""

    text: str
    reason: str


def choose(root: lxml.html.HtmlElement, said: Structured, sites: Iterable[str], url: str | None) -> Title:
    """The page's headline; empty where it has none."""
    head = said.title
    claimed = [claim.title for claim in said.claims if claim.title and claim.source != "twitter"]
    claimed += [claim.title for claim in said.claims if claim.title and claim.source == "twitter"]
    names = _site_names(sites, url) - {key(title) for title in claimed} - {key(head)}
    headings = list(_headings(root, names))
    for agrees in (_begins, _shares, _contains):
        for heading, tag in headings:
            if agrees(heading, tag, [head, *claimed], headings):
                return Title(heading, "title: the page's heading, as its head says")
    for value, reason in ((claimed, "as the page claims"), ([head], "the head's title")):
        for title in value:
            bare = without_site(title, names)
            if bare and key(bare) not in names:
                return Title(bare, f"title: {reason}")
    first = next((heading for heading, _ in headings), "")
    return Title(first, "title: the first heading") if first else Title("", "title: none")


def key(value: str) -> str:
    """A title's words, for comparison."""
    return " ".join(WORD.findall(value.lower()))


def alike(one: str, other: str) -> bool:
    """Whether two titles say the same in (nearly) the same words."""
    a, b = WORD.findall(one.lower()), WORD.findall(other.lower())
    if not a or not b:
        return False
    shared = len(set(a) & set(b))
    return 2 * shared >= 0.8 * (len(set(a)) + len(set(b)))


def without_site(title: str, names: set[str]) -> str:
    """The title without a part that is the site's name, or that looks like one at its end."""
    pieces = _SEPARATOR.split(title)
    if len(pieces) < 2:
        return title.strip()
    for part, rest in _splits(title):
        if key(part) in names or _near_name(key(part), names):
            return without_site(rest, names) if len(rest) < len(title) else rest
    last = next((match for match in reversed(list(_HARD.finditer(title))[:12])), None)
    if last and len(title[last.end() :].split()) <= 3 <= len(title[: last.start()].split()):
        return title[: last.start()].strip()
    return title.strip()


def _splits(title: str) -> Iterator[tuple[str, str]]:
    """Each way to take a part off the title: last ones first, then first ones."""
    matches = list(_SEPARATOR.finditer(title))[:12]
    for match in reversed(matches):
        yield title[match.end() :].strip(), title[: match.start()].strip()
    for match in matches:
        yield title[: match.start()].strip(), title[match.end() :].strip()


def _near_name(part: str, names: set[str]) -> bool:
    squeezed = part.replace(" ", "")
    return bool(squeezed) and any(squeezed == name.replace(" ", "") for name in names)


def _site_names(sites: Iterable[str], url: str | None) -> set[str]:
    names = {key(site) for site in sites if site}
    if url:
        host = urls.host(url).removeprefix("www.")
        names.add(key(host))
        label = urls.domain(url).split(".", 1)[0]
        if label:
            names |= {key(label), key(label.replace("-", " "))}
    names.discard("")
    return names


def _headings(root: lxml.html.HtmlElement, names: set[str]) -> Iterator[tuple[str, str]]:
    """Headings that may be the title, each once, with their tags; the likeliest kinds first."""
    seen: set[str] = set(names)
    found = [*list(root.iter("h1"))[:10], *_named(root)[:10], *list(root.iter("h2"))[:20]]
    for element in found[:MAX_HEADINGS]:
        label = text.line(" ".join(" ".join(element.itertext()).split())[:1000], 400)
        own = key(label)
        if len(own) >= 2 and own not in seen and len(label) < 350:
            seen.add(own)
            yield label, str(element.tag)


def _named(root: lxml.html.HtmlElement) -> list[lxml.html.HtmlElement]:
    """Elements that are titles by their names."""
    out = []
    for element in root.iter("div", "p", "span", "strong", "b", "h2", "h3", "h4", "header", "a", "td"):
        names = element.get("class")
        if (
            (names and _TITLE_CLASS.search(names))
            or element.get("itemprop") == "headline"
            or element.get("id") == "title"
        ):
            out.append(element)
    return out


def _begins(heading: str, _tag: str, titles: list[str], _headings: list[tuple[str, str]]) -> bool:
    """Whether a title is the heading, or begins with most of itself in it."""
    own = key(heading)
    return any(
        own == key(title) or (key(title).startswith(own) and len(own) >= 0.3 * len(key(title))) for title in titles
    )


def _shares(heading: str, tag: str, titles: list[str], headings: list[tuple[str, str]]) -> bool:
    """Whether it is the page's only main heading and shares half of its words with a title."""
    if tag != "h1" or sum(other == "h1" for _, other in headings) != 1:
        return False
    own = set(WORD.findall(heading.lower()))
    return any(len(own & set(WORD.findall(title.lower()))) >= max(2, 0.5 * len(own)) for title in titles)


def _contains(heading: str, _tag: str, titles: list[str], _headings: list[tuple[str, str]]) -> bool:
    """Whether a title holds the heading somewhere, as a good part of itself."""
    own = key(heading)
    return any(own in key(title) and len(own) >= max(10, 0.4 * len(key(title))) for title in titles)
