"""Categories and tags: names turned into the numbers that the blog knows them by."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from html import escape, unescape

from aggregator.markup import text
from aggregator.targets.shared import tolerant
from aggregator.targets.shared.api import Answer
from aggregator.targets.wordpress.options import Categories, Tags
from aggregator.targets.wordpress.rest import Rest, code_of, existing_term
from aggregator.types import Post

MAX_NAME = 200  #: characters; a longer one makes WordPress fail
#: What WordPress says of a term that it won't make: the post goes without.
REFUSALS = frozenset({"rest_cannot_create", "empty_term_name", "rest_invalid_param", "invalid_term", "db_insert_error"})
JSON = {"Content-Type": "application/json"}


def category_names(post: Post, options: Categories) -> list[str]:
    """What a post is filed under, as paths."""
    names = [*options.always]
    for known in (post.feed, post.source_name):
        names += _by_name(options.by_feed, known)
    for tag in post.tags:
        names += _by_name(options.by_tag, tag)
    return [name for name in _distinct(names) if name]


def tag_names(post: Post, options: Tags, source_tags: int) -> list[str]:
    """The tags of a post: the blog's own, then the source's."""
    renamed = {fold(old): new for old, new in options.rename.items()}
    taken = (renamed.get(fold(tag), tag) for tag in post.tags)
    names = [*options.always, *[tag for tag in taken if tag][:source_tags]]
    return [name for name in _distinct(text.line(name, MAX_NAME) for name in names) if name]


def fold(name: str) -> str:
    """What two spellings of one name share."""
    return " ".join(unescape(name).split()).casefold()


class Terms:
    """The terms of one blog. What was once looked up is remembered."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._ids: dict[tuple[str, int, str], int] = {}  # (taxonomy, parent, folded name) → number
        self._totals: Counter[str] = Counter()
        self._barred: set[str] = set()  # taxonomies that the account may not add to
        self._lock = asyncio.Lock()  # two posts with one category must not make it twice

    async def categories(self, post: Post, options: Categories) -> tuple[list[int], list[str]]:
        """The numbers of a post's categories, and what is to be said about those left out."""
        found: list[int] = []
        missing: list[str] = []
        for path in category_names(post, options):
            async with self._lock:
                number = await self._category(path, create=options.create)
            if number is None:
                missing.append(path)
            else:
                found.append(number)
        return list(dict.fromkeys(found)), _left_out("category", missing)

    async def tags(self, post: Post, options: Tags, source_tags: int) -> tuple[list[int], list[str]]:
        """The numbers of a post's tags, and what is to be said about those left out."""
        found: list[int] = []
        missing: list[str] = []
        for name in tag_names(post, options, source_tags):
            async with self._lock:
                number = await self._known("tags", name, 0)
                if number is None and await self._room(options):
                    number = await self._make("tags", name, 0)
            if number is None:
                missing.append(name)
            else:
                found.append(number)
        return list(dict.fromkeys(found)), _left_out("tag", missing)

    async def absent(self, paths: Iterable[str]) -> list[str]:
        """The categories that the blog has not got."""
        return [path for path in _distinct(paths) if await self._category(path, create=False) is None]

    def forget(self, numbers: Collection[int]) -> None:
        """Terms that the blog has no longer: it drops unknown numbers without a word."""
        self._ids = {key: number for key, number in self._ids.items() if number not in numbers}

    async def _category(self, path: str, *, create: bool) -> int | None:
        parent = 0
        for name in filter(None, (part.strip() for part in path.split("/"))):
            number = await self._known("categories", name, parent)
            if number is None and create and "categories" not in self._barred:
                number = await self._make("categories", name, parent)
            if number is None:
                return None
            parent = number
        return parent or None

    async def _room(self, options: Tags) -> bool:
        """Whether the blog may have one more tag."""
        if not options.create or "tags" in self._barred:
            return False
        if "tags" not in self._totals:
            answer = await self._rest.get("tags", {"per_page": "1", "_fields": "id"})
            total = answer.headers.get("x-wp-total", "")
            self._totals["tags"] = int(total) if total.isdecimal() else 0
        return self._totals["tags"] < options.limit

    async def _known(self, taxonomy: str, name: str, parent: int) -> int | None:
        key = (taxonomy, parent, fold(name))
        if key not in self._ids and (found := await self._look_up(taxonomy, name, parent)) is not None:
            self._ids[key] = found
        return self._ids.get(key)

    async def _look_up(self, taxonomy: str, name: str, parent: int) -> int | None:
        """WordPress keeps names with their entities, searches in what it keeps, and compares loosely: so do we."""
        asked = {"search": escape(name, quote=False), "per_page": "100", "_fields": "id,name,parent"}
        if taxonomy == "categories":
            asked["parent"] = str(parent)
        for term in (await self._rest.get(taxonomy, asked)).rows():
            if fold(str(term.get("name", ""))) == fold(name) and isinstance(term.get("id"), int):
                return int(term["id"])
        return None

    async def _make(self, taxonomy: str, name: str, parent: int) -> int | None:
        fields = {"name": name} | ({"parent": parent} if parent else {})
        answer = await self._rest.add(taxonomy, json.dumps(fields).encode(), {}, headers=JSON, expect={400, 403, 500})
        if answer.status < 300:
            number = tolerant.number(answer.json(), "id")
            self._totals[taxonomy] += 1
        else:
            number = self._not_made(taxonomy, answer)
        if number is not None:
            self._ids[taxonomy, parent, fold(name)] = number
        return number

    def _not_made(self, taxonomy: str, answer: Answer) -> int | None:
        existing = existing_term(answer)
        if existing is None:
            if code_of(answer) not in REFUSALS:
                raise self._rest.error(answer)
            if answer.status == 403:
                self._barred.add(taxonomy)
        return existing


def _by_name(names: dict[str, tuple[str, ...]], wanted: str) -> Sequence[str]:
    return next((found for name, found in names.items() if fold(name) == fold(wanted)), ()) if wanted else ()


def _distinct(names: Iterable[str]) -> list[str]:
    return list({fold(name): name for name in reversed([*names])}.values())[::-1]


def _left_out(what: str, names: list[str]) -> list[str]:
    return [f"without {what} {', '.join(names)}: it is not there and can't be made"] if names else []
