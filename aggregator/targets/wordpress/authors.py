"""Who a post is by at the blog: the account itself, or another author that is set for it."""

from __future__ import annotations

from aggregator.targets.shared.options import signature
from aggregator.targets.wordpress.options import Options
from aggregator.targets.wordpress.rest import Rest
from aggregator.targets.wordpress.terms import fold
from aggregator.types import Post

MAX_PAGES = 5  #: of a hundred authors each


class Authors:
    """The authors of one blog. They are asked for once, where any is set."""

    def __init__(self, rest: Rest, options: Options) -> None:
        self._rest = rest
        self._default = options.author
        self._authors = options.authors
        self._known: dict[str, int] | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """All authors that are set."""
        return tuple(dict.fromkeys(name for name in (self._default, *self._authors.values()) if name))

    def name(self, post: Post) -> str:
        """The author that is set for a post; empty: the account."""
        return signature(post, self._default, self._authors)

    async def id(self, post: Post) -> tuple[int | None, list[str]]:
        """The author's number, None for the account; and what is to be said where it can't be the one that is set."""
        name = self.name(post)
        if not name:
            return None, []
        found, complaint = await self.resolve(name)
        return found, [complaint] if complaint else []

    async def resolve(self, name: str) -> tuple[int | None, str]:
        """The number of an author, or what is wrong with it."""
        account = await self._rest.account()
        number = int(name) if name.isdecimal() else (await self._all()).get(fold(name))
        if number is None:
            return None, f"the blog has no author {name}"
        if number != account.id and "edit_others_posts" not in account.capabilities:
            return None, f"the account may not post as {name}: that needs the role Editor"
        return number, ""

    async def _all(self) -> dict[str, int]:
        if self._known is None:
            known: dict[str, int] = {}
            for page in range(1, MAX_PAGES + 1):
                asked = {"who": "authors", "per_page": "100", "page": str(page), "_fields": "id,slug,name"}
                found = (await self._rest.get("users", asked)).rows()
                for user in found:
                    if isinstance(user.get("id"), int):
                        known.setdefault(fold(str(user.get("name", ""))), user["id"])
                        known[fold(str(user.get("slug", "")))] = user["id"]
                if len(found) < 100:
                    break
            self._known = known
        return self._known
