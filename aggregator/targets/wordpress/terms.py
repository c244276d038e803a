"""Categories and tags: names turned into the numbers that the blog knows them by."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape, unescape

from aggregator.markup import text
from aggregator.targets.shared.api import Answer
from aggregator.targets.wordpress.options import Categories, Tags
from aggregator.targets.wordpress.rest import Rest, code_of, existing_term, listed
from aggregator.types import Post

MAX_NAME = 200  #: characters; a longer one makes WordPress fail
MAX_NEW = 10  #: terms that one post may make
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
    return _distinct(names)


def tag_names(post: Post, options: Tags) -> list[str]:
    """The tags of a post: the blog's own, then the source's."""
    renamed = {fold(old): new for old, new in options.rename.items()}
    taken = (renamed.get(fold(tag), tag) for tag in post.tags)
    return _distinct([*options.always, *[tag for tag in taken if tag][: options.source]])


def fold(name: str) -> str:
    """What two spellings of one name share."""
    return " ".join(unescape(name).split()).casefold()


class Terms:
    """The terms of one blog. What was once looked up is remembered."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._ids: dict[tuple[str, int, str], int] = {}  # (taxonomy, parent, folded name) → number
        self._totals: dict[str, int] = {}
        self._barred: set[str] = set()  # taxonomies that the account may not add to

    async def categories(self, post: Post, options: Categories) -> tuple[list[int], list[str]]:
        """The numbers of a post's categories, and what is to be said about those left out."""
        found: list[int] = []
        missing: list[str] = []
        for path in category_names(post, options):
            parent = 0
            for name in filter(None, (part.strip() for part in path.split("/"))):
                number = await self._id("categories", name, parent, create=options.create)
                if number is None:
                    missing.append(path)
                    break
                parent = number
            else:
                found.append(parent)
        return list(dict.fromkeys(filter(None, found))), _left_out("category", missing)

    async def tags(self, post: Post, options: Tags) -> tuple[list[int], list[str]]:
        """The numbers of a post's tags, and what is to be said about those left out."""
        found: list[int] = []
        missing: list[str] = []
        for name in tag_names(post, options):
            room = len(found) < options.source + len(options.always) and await self._room(options)
            number = await self._id("tags", name, 0, create=room)
            if number is None:
                missing.append(name)
            else:
                found.append(number)
        return list(dict.fromkeys(found)), _left_out("tag", missing)

    async def _room(self, options: Tags) -> bool:
        """Whether the blog may have one more tag."""
        if not options.create or "tags" in self._barred:
            return False
        if "tags" not in self._totals:
            answer = await self._rest.get("tags", {"per_page": "1", "_fields": "id"})
            total = answer.headers.get("x-wp-total", "")
            self._totals["tags"] = int(total) if total.isdecimal() else 0
        return self._totals["tags"] < options.limit

    async def _id(self, taxonomy: str, name: str, parent: int, *, create: bool) -> int | None:
        name = text.line(name, MAX_NAME)
        key = (taxonomy, parent, fold(name))
        if key not in self._ids and name:
            found = await self._look_up(taxonomy, name, parent)
            if found is None and create and taxonomy not in self._barred:
                found = await self._make(taxonomy, name, parent)
            if found is not None:
                self._ids[key] = found
        return self._ids.get(key)

    async def _look_up(self, taxonomy: str, name: str, parent: int) -> int | None:
        """WordPress keeps names with their entities, searches in what it keeps, and compares loosely: so do we."""
        asked = {"search": escape(name, quote=False), "per_page": "100", "_fields": "id,name,parent"}
        if taxonomy == "categories":
            asked["parent"] = str(parent)
        for term in listed(await self._rest.get(taxonomy, asked)):
            if fold(str(term.get("name", ""))) == fold(name) and isinstance(term.get("id"), int):
                return int(term["id"])
        return None

    async def _make(self, taxonomy: str, name: str, parent: int) -> int | None:
        fields = {"name": name} | ({"parent": parent} if parent else {})
        answer = await self._rest.add(taxonomy, json.dumps(fields).encode(), {}, headers=JSON, expect={400, 403, 500})
        if answer.status < 300:
            made = answer.json()
            self._totals[taxonomy] = self._totals.get(taxonomy, 0) + 1
            return int(made["id"]) if isinstance(made, dict) and isinstance(made.get("id"), int) else None
        return self._not_made(taxonomy, answer)

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
    return [f"without {what} {', '.join(names)}: the blog has it not, and the account may not make it"] if names else []
