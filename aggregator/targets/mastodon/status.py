"""The text of a status: a template filled with what a post has, within the length that the server counts."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass

from aggregator import urls
from aggregator.markup import text, tree
from aggregator.targets.shared import article
from aggregator.types import Image, Post

#: What a template may name and what is shortened, in this order, where the whole is too long.
FACTS = ("text", "excerpt", "tags", "credit", "title")
LINK = "link"  #: what it must name; never shortened
DEFAULT = "{title}\n\n{credit}\n{link}"

MAX_TAGS = 8
LEAST = 20  #: characters of a shortened part; with fewer it is left out
_URL = re.compile(r"https?://[^\s<>\"]+")
#: A mention in a stranger's words would call somebody who has nothing to do with it.
_MENTION = re.compile(r"(?<![\w/=])([@＠])(?=\w)")
_ZERO_WIDTH_SPACE = "\u200b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the server takes (``configuration`` of /api/v2/instance)."""

    characters: int = 500
    link: int = 23  #: characters that every address counts, however long it is
    pictures: int = 4
    description: int = 1500  #: characters of a picture's text
    picture_bytes: int = 10_000_000
    picture_types: frozenset[str] = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})


def placeholders(template: str) -> set[str]:
    """The names in a template. Raises ValueError where it is none."""
    found = set()
    for _, name, spec, conversion in string.Formatter().parse(template):
        if name is not None:
            if spec or conversion:
                raise ValueError(f"{{{name}}} takes no format")
            found.add(name)
    return found


def render(post: Post, template: str, limits: Limits, *, taken: int = 0) -> str:
    """The status that tells of a post. ``taken`` characters are counted already, those of the content warning."""
    facts = {
        "title": text.line(post.title),
        "text": text.plain(post.body),
        "excerpt": post.excerpt,
        "credit": text.line(post.credit.text, 500),
        "tags": hashtags(post.tags),
    }
    facts = {name: _MENTION.sub(rf"\1{_ZERO_WIDTH_SPACE}", value) for name, value in facts.items()}
    facts[LINK] = link(post) or ""
    room = limits.characters - taken
    for name in FACTS:
        for _ in range(2):  # what is cut may hold an address, which does not count as long as it is
            excess = length(_filled(template, facts), limits.link) - room
            if excess > 0:
                facts[name] = _cut(name, facts[name], len(facts[name]) - excess)
    return _filled(template, facts)


def length(value: str, link: int = 23) -> int:
    """How many characters a status has by the server's count: every address counts the same.

    Mastodon counts what a reader takes for one character as one; counting code points never counts less.
    """
    return len(_URL.sub("x" * link, value))


def link(post: Post) -> str | None:
    """The address of the original."""
    return post.credit.url or post.canonical_url


def hashtags(tags: tuple[str, ...]) -> str:
    """Tags as hashtags: letters and digits only, the words of one in camel case, so that they can be read aloud."""
    found = []
    for tag in tags[:MAX_TAGS]:
        words = re.findall(r"[^\W_]+", tag[:100])
        name = "".join(word[:1].upper() + word[1:] for word in words)
        if name and not name.isdigit():
            found.append(f"#{name}")
    return " ".join(dict.fromkeys(found))


def pictures(post: Post, count: int) -> tuple[Image, ...]:
    """The pictures to attach, each with its alternative text: the lead, then those of the text."""
    told = {image.url: image for image in reversed((*((post.lead,) if post.lead else ()), *post.images))}
    for element in article.parse(post.body).iter("img"):
        source = element.get("src") or ""
        if not (source in told and told[source].alt):
            told[source] = Image(url=source, alt=element.get("alt") or "")
    wanted = article.picture_urls(post)[:count]
    return tuple(told.get(url) or Image(url=url) for url in wanted)


def description(image: Image, limits: Limits) -> str:
    """The text of a picture for who cannot see it: what it shows, else its caption."""
    return text.shorten(text.line(image.alt or image.caption, limits.description), limits.description)


def words(value: str) -> str:
    """The letters and digits of a text, for comparison only: servers change quotes, dashes and spaces."""
    return re.sub(r"[\W_]+", "", value)


def language(tag: str | None) -> str | None:
    """The language as the API takes it (ISO 639), None where it is not known."""
    primary = (tag or "").replace("_", "-").partition("-")[0].lower()
    return primary if re.fullmatch(r"[a-z]{2,3}", primary) else None


def cites(html: str, wanted: str) -> bool:
    """Whether a status links to an address."""
    key, root = urls.compare_key(wanted), tree.body(html)
    links = (element.get("href") or "" for element in ([] if root is None else root.iter("a")))
    return any(urls.compare_key(found) == key for found in links if found.startswith(("http:", "https:")))


def _filled(template: str, facts: Mapping[str, str]) -> str:
    filled = template.format_map(facts)
    lines = (line.rstrip() for line in filled.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _cut(name: str, value: str, limit: int) -> str:
    return text.shorten(value, limit) if limit >= LEAST and name != "tags" else ""
