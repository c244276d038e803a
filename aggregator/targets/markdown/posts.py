"""The posts of a site: written, found again by their key, taken back; a person's hand is respected."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from urllib.parse import quote, urlsplit

from aggregator.errors import RejectedError, RemovedError
from aggregator.policy import change
from aggregator.targets.markdown import body, fields, matter, plain, profiles, prose, waiting
from aggregator.targets.markdown.fields import Fields, Setting
from aggregator.targets.markdown.files import Tree
from aggregator.targets.markdown.pending import Change
from aggregator.targets.markdown.profiles import Profile
from aggregator.targets.shared import article, edits
from aggregator.targets.shared.pictures import ENDINGS
from aggregator.types import MediaFile, Post, Publication

_PICTURE = re.compile(r"[0-9a-f]{16}\.(?:jpg|png|gif|webp|avif)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How the posts of a site are to be, as configured."""

    target: str  #: name of the target, for errors
    profile: Profile
    folder: str  #: of the posts
    site_url: str  #: without a slash at the end
    permalink: str
    content: profiles.Content
    copies: bool
    lead_by_theme: bool
    categories: tuple[str, ...]
    further: Fields
    language: str
    overwrites_edits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """A file that stands where a post belongs."""

    path: str
    text: str
    own: matter.Own | None


class Posts:
    """The folder of posts. ``note`` is told of every change before it is made."""

    def __init__(self, tree: Tree, layout: Layout, note: Callable[[Change], None], *, keeps_former: bool) -> None:
        self._tree = tree
        self._layout = layout
        self._note = note
        self._keeps_former = keeps_former

    def publish(self, post: Post, media: Mapping[str, MediaFile], previous: Publication | None) -> Publication:
        """Writes the post, its pictures first. The same post twice changes nothing."""
        layout = self._layout
        held = self._held(post, previous)
        if held is None and previous is not None:
            raise RemovedError(layout.target, f"the file was taken away there: {previous.remote_id}")
        if held is not None:
            if held.own is None and previous is None:
                raise RejectedError(layout.target, f"a file that is not ours is in the way: {held.path}")
            edited = held.own is None or not matter.untouched(held.text, held.own)
            if edited and not layout.overwrites_edits:
                return self._left_alone(post, held, previous)
        published_at = self._published_at(post, held, previous)
        path = held.own.path if held and held.own else profiles.path(layout.permalink, post.slug, published_at)
        place = self._place(post, held, published_at)
        pictures = self._pictures(post, media)
        names = {url: name for url, (name, _) in pictures.items()}
        text, mark = self._document(post, published_at, path, _ending(place), names)
        if held is None or held.text != text or held.path != place:
            self._note(self._change(post, place, held, pictures))
            for name, file in pictures.values():
                self._tree.copy(f"{self._pictures_folder(post)}/{name}", Path(file.path))
            self._write(place, text)
            self._clear(post, held, place, set(names.values()))
        return Publication(
            remote_id=place,
            remote_url=self._url(path),
            published_at=published_at,
            pushed_hash=change.revision(post),
            version=mark,
        )

    def find(self, post: Post) -> Publication | None:
        """What stands under the post's key."""
        held = self._held(post, None)
        if held is None or held.own is None:
            return None
        return self._publication(held, held.own, note="")

    def withdraw(self, post: Post, publication: Publication | None) -> None:
        """Takes away the post and its pictures, though not what a person put beside them."""
        held = self._held(post, publication)
        if held is None or (held.own is None and publication is None):
            return
        folder = self._pictures_folder(post)
        pictures = [f"{folder}/{name}" for name in self._tree.names(folder) if _PICTURE.fullmatch(name)]
        paths = (held.path, *pictures)
        self._note(Change(key=post.key, slug=post.slug, file=held.path, paths=paths))
        waiting.forget(self._tree, held.path)
        for path in paths:
            self._tree.remove(path)
        self._drop_folders(post, folder)

    def _held(self, post: Post, previous: Publication | None) -> _Held | None:
        """The file of a post: where it was put last, or where any of our options would have put it."""
        for path in self._candidates(post, previous):
            text = waiting.newest(self._tree, path)
            if text is not None:
                own = matter.own(self._layout.profile, _ending(path), text)
                if own is None or own.key == post.key:
                    return _Held(path=path, text=text, own=own)
                if previous is None:
                    raise RejectedError(self._layout.target, f"another post has this file: {path}")
        return None

    def _candidates(self, post: Post, previous: Publication | None) -> Iterator[str]:
        if previous is not None and _within(previous.remote_id):
            yield previous.remote_id
        folder, slug, shape = self._layout.folder, post.slug, self._layout.profile.shape
        for ending in profiles.EXTENSIONS:
            match shape:
                case "bundle":
                    yield f"{folder}/{slug}/index.{ending}"
                case "flat":
                    yield f"{folder}/{slug}.{ending}"
                case "dated":
                    dated = re.compile(rf"\.?(\d{{4}}-\d\d-\d\d-{re.escape(slug)}\.{ending})(?:\.aside)?")
                    for name in self._tree.names(folder):
                        if found := dated.fullmatch(name):
                            yield f"{folder}/{found[1]}"

    def _left_alone(self, post: Post, held: _Held, previous: Publication | None) -> Publication:
        if held.own is not None:
            return self._publication(held, held.own, note=edits.NOTE)
        assert previous is not None
        return Publication(
            remote_id=held.path,
            remote_url=previous.remote_url,
            published_at=previous.published_at,
            pushed_hash=previous.pushed_hash,
            version=previous.version,
            note=edits.NOTE,
        )

    def _publication(self, held: _Held, own: matter.Own, note: str) -> Publication:
        return Publication(
            remote_id=held.path,
            remote_url=self._url(own.path),
            published_at=own.published_at,
            pushed_hash=own.revision,
            version=own.fingerprint,
            note=note,
        )

    @staticmethod
    def _published_at(post: Post, held: _Held | None, previous: Publication | None) -> datetime:
        if held and held.own:
            return held.own.published_at
        return (previous.published_at if previous else None) or post.published_at

    def _pictures(self, post: Post, media: Mapping[str, MediaFile]) -> dict[str, tuple[str, MediaFile]]:
        """Names that our copies get, by the addresses of the originals."""
        if not self._layout.copies:
            return {}
        return {
            url: (f"{media[url].sha256[:16]}.{ENDINGS[media[url].type]}", media[url])
            for url in article.picture_urls(post)
            if url in media and media[url].type in ENDINGS
        }

    def _place(self, post: Post, held: _Held | None, published_at: datetime) -> str:
        """Where the post belongs: where it is, unless its format has changed."""
        layout = self._layout
        place = layout.profile.file(layout.folder, post.slug, published_at, layout.content)
        return held.path if held and _ending(held.path) == _ending(place) else place

    def _document(
        self, post: Post, published_at: datetime, path: str, ending: str, names: Mapping[str, str]
    ) -> tuple[str, str]:
        layout = self._layout
        base = urlsplit(layout.site_url).path.rstrip("/")
        seen = {url: base + quote(layout.profile.picture_path(path, post.slug, name)) for url, name in names.items()}
        lead = article.lead(post)
        # For cards of social networks and feeds, which know no relative addresses.
        host = layout.site_url[: len(layout.site_url) - len(base)] if base else layout.site_url
        picture = (host + seen[lead.url] if lead.url in seen else plain.address(lead.url)) if lead else ""
        setting = Setting(
            published_at=published_at,
            path=path,
            picture=picture,
            lead_by_theme=layout.lead_by_theme,
            categories=tuple(_category(name, post) for name in layout.categories),
            further=layout.further,
        )
        html = article.html(
            post,
            language=layout.language,
            pictures=seen,
            lead_shown=layout.lead_by_theme and bool(picture),
        )
        if layout.content == "markdown":
            text = prose.markdown(html)
        else:
            text = body.embedded(html) if ending == "md" else body.neutral(html)
        return matter.document(layout.profile, ending, fields.fields(layout.profile.name, post, setting), text)

    def _write(self, place: str, text: str) -> None:
        if self._keeps_former:
            waiting.keep_former(self._tree, place)
        self._tree.write(place, text)
        waiting.forget_aside(self._tree, place)

    def _change(
        self, post: Post, place: str, held: _Held | None, pictures: Mapping[str, tuple[str, MediaFile]]
    ) -> Change:
        folder = self._pictures_folder(post)
        old = [f"{folder}/{name}" for name in self._tree.names(folder) if _PICTURE.fullmatch(name)]
        new = [f"{folder}/{name}" for name, _ in pictures.values()]
        paths = dict.fromkeys((place, *([held.path] if held else []), *new, *old))
        return Change(key=post.key, slug=post.slug, file=place, paths=tuple(paths), revision=change.revision(post))

    def _clear(self, post: Post, held: _Held | None, place: str, names: set[str]) -> None:
        """Takes away what an earlier revision, or other options, left of this post."""
        if held is not None and held.path != place:
            waiting.forget(self._tree, held.path)
            self._tree.remove(held.path)
        folder = self._pictures_folder(post)
        for name in list(self._tree.names(folder)):
            if _PICTURE.fullmatch(name) and name not in names:
                self._tree.remove(f"{folder}/{name}")
        self._drop_folders(post, folder)

    def _drop_folders(self, post: Post, pictures: str) -> None:
        self._tree.drop_empty(pictures)
        if self._layout.profile.shape == "bundle":
            self._tree.drop_empty(f"{self._layout.folder}/{post.slug}")

    def _pictures_folder(self, post: Post) -> str:
        return self._layout.profile.pictures_folder(self._layout.folder, post.slug)

    def _url(self, path: str) -> str:
        return self._layout.site_url + quote(path)


def _within(path: str) -> bool:
    """Whether what the store remembers as the post's place is one within the site's folder."""
    pure = PurePosixPath(path)
    return not pure.is_absolute() and ".." not in pure.parts and pure.suffix in {".html", ".md"}


def _ending(path: str) -> str:
    return PurePosixPath(path).suffix.removeprefix(".")


def _category(name: str, post: Post) -> str:
    return name.replace("{source}", plain.line(post.source_name)).replace("{feed}", post.feed)
