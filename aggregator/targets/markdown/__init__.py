"""Files for a static site generator: Hugo, Jekyll, Eleventy, Astro or Pelican; built, committed and pushed if wished.

A post is written at once, its pictures first; what follows for the site as a whole is done at the end of a batch.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from aggregator.errors import BlockedError
from aggregator.targets import Connect
from aggregator.targets.markdown import faults, profiles
from aggregator.targets.markdown.files import MisplacedError, Tree
from aggregator.targets.markdown.finishing import Finisher
from aggregator.targets.markdown.git import Remote, Repository
from aggregator.targets.markdown.options import AUTHOR, GitOptions, Options
from aggregator.targets.markdown.pending import Pending
from aggregator.targets.markdown.posts import Layout, Posts
from aggregator.targets.markdown.programs import Programs
from aggregator.targets.shared import article, programs
from aggregator.targets.shared.worker import Worker
from aggregator.types import MediaFile, Post, Publication, Site

__all__ = ["GitOptions", "MarkdownTarget", "Options", "build"]

R = TypeVar("R")


class MarkdownTarget:
    """The site of a generator as a target. All work is done in one thread of its own."""

    def __init__(self, name: str, options: Options, *, site: Site, root: Path, clock: Callable[[], float]) -> None:
        self.name = name
        self._options = options
        self._root = root
        self._layout = _layout(name, options, site)
        secrets = [*options.environment.values(), *(options.git.environment.values() if options.git else ())]
        self._programs = Programs(name, [secret.reveal() for secret in secrets])
        self._environment = programs.environment(options.environment)
        self._worker = Worker(name, root)
        tree, pending = Tree(root), Pending(root, name)
        repository = _repository(name, root, options.git, self._programs) if options.git else None
        self._repository = repository
        self._finisher = Finisher(
            name,
            tree,
            pending,
            self._programs,
            options.build,
            self._environment,
            options.timeout,
            repository,
            clock,
        )
        self._posts = Posts(
            tree,
            self._layout,
            pending.add if options.build or repository else lambda _: None,
            keeps_former=bool(options.build),
        )

    def __repr__(self) -> str:
        return f"MarkdownTarget({self.name!r}, {self._layout.profile.name!r})"

    async def publish(self, post: Post, *, media: Mapping[str, MediaFile], previous: Publication | None) -> Publication:
        """Writes the post's file and its pictures; build and commit follow at the next ``flush``."""
        return await self._run(lambda: self._posts.publish(post, media, previous))

    async def find(self, post: Post) -> Publication | None:
        """The file that stands under the post's key."""
        return await self._run(lambda: self._posts.find(post))

    async def withdraw(self, post: Post, publication: Publication | None) -> None:
        """Takes the post's file and its pictures away; build and commit follow at the next ``flush``."""
        await self._run(lambda: self._posts.withdraw(post, publication))

    async def flush(self) -> None:
        """Builds the site and commits, where there is anything new; also what a crash left undone."""
        await self._run(self._finisher.finish)

    async def check(self) -> list[str]:
        """What keeps posts from being written, built or committed."""
        if not self._root.is_dir():
            return [f"there is no folder {self._root}"]
        return await self._run(self._faults)

    def wants(self, post: Post) -> tuple[str, ...]:
        """The pictures that the post shows, unless the originals are to be shown."""
        return article.picture_urls(post) if self._layout.copies else ()

    async def close(self) -> None:
        """Ends a build or a push that is under way; what it was to finish is noted on disk."""
        self._programs.stop()
        await self._worker.close()

    def _faults(self) -> list[str]:
        found = faults.faults(
            self._root, self._layout.profile, self._layout.content, self._options.build, self._environment.get("PATH")
        )
        return found + (self._repository.faults() if self._repository else [])

    async def _run(self, work: Callable[[], R]) -> R:
        return await self._worker.do(lambda: self._within(work))

    def _within(self, work: Callable[[], R]) -> R:
        if not self._root.is_dir():  # else every post would look like one that a person deleted
            raise BlockedError(self.name, f"there is no folder {self._root}")
        try:
            return work()
        except MisplacedError as error:
            raise BlockedError(self.name, str(error)) from error


def build(name: str, options: Options, *, site: Site, folder: Path, http: Connect) -> MarkdownTarget:
    """The site as configured; nothing is touched before its first use."""
    return MarkdownTarget(name, options, site=site, root=folder / options.path.expanduser(), clock=time.monotonic)


def _layout(name: str, options: Options, site: Site) -> Layout:
    profile = profiles.PROFILES[options.profile]
    return Layout(
        target=name,
        profile=profile,
        folder=options.posts or profile.posts,
        site_url=options.url or site.base_url,
        permalink=options.permalink or profile.permalink,
        content=options.content,
        copies=options.pictures == "copy",
        lead_by_theme=options.lead == "featured",
        categories=options.categories,
        further=options.front_matter,
        language=site.language,
        overwrites_edits=options.overwrite_edits,
    )


def _repository(name: str, root: Path, options: GitOptions, runner: Programs) -> Repository:
    author = AUTHOR.fullmatch(options.author)
    assert author is not None
    remote = Remote(
        name=options.remote,
        push=options.push,
        author=author[1],
        mail=author[2],
        environment=options.environment,
        timeout=options.timeout,
    )
    return Repository(name, root, remote, runner)
