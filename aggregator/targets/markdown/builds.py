"""Builds the site; a post that breaks the build is found and set aside, so that the site goes on without it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aggregator.errors import TryLaterError
from aggregator.targets.markdown import waiting
from aggregator.targets.markdown.files import Tree
from aggregator.targets.markdown.pending import Change
from aggregator.targets.shared.programs import Ended

MAX_BUILDS = 16  #: in search of the posts that break it


class Builder:
    """One round of building."""

    def __init__(self, target: str, tree: Tree, build: Callable[[], Ended], told: Callable[[Ended], str]) -> None:
        self._target = target
        self._tree = tree
        self._build = build
        self._told = told
        self._left = MAX_BUILDS
        self._last = Ended(code=0, output="", errors="")

    def build(self, changes: Sequence[Change]) -> tuple[list[Change], str]:
        """Builds the site with these changes; answers those that had to be set aside, and what the build said.

        Raises TryLaterError where the site can't be built even without them.
        """
        written = [change for change in changes if not change.withdrawn]
        for change in written:
            waiting.put_back(self._tree, change.file)
        if self._passes():
            return [], ""
        said = self._told(self._last)
        named = [change for change in written if change.slug in f"{self._last.output}{self._last.errors}"]
        if named:
            self._set_aside(named)
            if self._passes():
                return named, said
        self._set_aside(written)
        if not self._passes():
            for change in written:
                waiting.put_back(self._tree, change.file)
            raise TryLaterError(
                self._target, f"the site can't be built, not even without the new posts: {self._told(self._last)}"
            )
        bad = self._search(written)
        if bad and not self._last.good and not self._passes():
            raise TryLaterError(self._target, f"the site can't be built: {self._told(self._last)}")
        return bad, said

    def _search(self, group: Sequence[Change]) -> list[Change]:
        """Those of a group, all set aside, that break the build; the others are put back."""
        if len(group) <= 1 or self._left <= 1:  # one is kept for the build that ends the search
            return list(group)
        bad: list[Change] = []
        middle = len(group) // 2
        for half in (group[:middle], group[middle:]):
            for change in half:
                waiting.put_back(self._tree, change.file)
            if not self._passes():
                self._set_aside(half)
                bad += self._search(half)
        return bad

    def _set_aside(self, changes: Sequence[Change]) -> None:
        for change in changes:
            waiting.set_aside(self._tree, change.file)

    def _passes(self) -> bool:
        self._left -= 1
        self._last = self._build()
        return self._last.good
