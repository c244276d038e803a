"""Micropub: an IndieWeb site takes each post as an h-entry (micro.blog, Known, Indiekit, WordPress with the plugin …).

Created in one step, found again by the server's list of entries, by its address or on the site's home page; updated and
deleted by its address.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import Field

from aggregator.config import Line, Secret
from aggregator.errors import BlockedError, PublishError, RejectedError, RemovedError
from aggregator.policy import change
from aggregator.targets import Connect
from aggregator.targets.micropub import entry
from aggregator.targets.micropub.entry import Held, Reference
from aggregator.targets.micropub.server import Absence, Server
from aggregator.targets.shared import article, edits
from aggregator.targets.shared.api import Web, leaving_doubt
from aggregator.targets.shared.options import NOTES, BlogOfAccount, Endpoint, NotesPath, OverwriteEdits, Pictures
from aggregator.targets.shared.pictures import Uploads
from aggregator.types import MediaFile, Post, Publication, Site

#: Properties that are ours to replace and to delete.
OWN = frozenset({"name", "content", "summary", "category", "photo"})
_SCOPES = {
    "create": "publish",
    "update": "bring posts up to date",
    "delete": "take posts back",
}


class Options(Web):
    """``[targets.NAME]`` with ``kind = "micropub"``; ``url`` is the site, which names its endpoint."""

    token: Secret = Field(description="access token with the scopes create, update, delete and media")
    endpoint: Endpoint = None
    status: Literal["publish", "draft"] = Field(default="publish", description="what becomes of a new post")
    lead: Literal["featured", "text"] = Field(
        default="featured", description="the lead picture as the entry's photo, or at the head of the text"
    )
    pictures: Pictures = "copy"
    path: NotesPath = NOTES
    reference: Reference = Field(default="none", description="the property that names the original's address")
    syndicate_to: tuple[Line, ...] = Field(default=(), description="uids of places that the server sends copies to")
    blog: BlogOfAccount = ""
    overwrite_edits: OverwriteEdits = False


class Micropub:
    """A site behind a Micropub server."""

    def __init__(
        self,
        name: str,
        options: Options,
        *,
        server: Server,
        uploads: Uploads,
        language: str,
        now: Callable[[], datetime],
    ) -> None:
        self.name = name
        self.settles_within = options.settling
        self._options = options
        self._server = server
        self._language = language
        self._now = now
        self._uploads = uploads
        self._objects = True  # the server takes pictures as objects with value and alt, as far as we know
        self._around: tuple[str, str] | None = None  # what stands before and after the slug in the server's addresses

    def __repr__(self) -> str:
        return f"Micropub({self.name!r})"

    async def publish(self, post: Post, *, media: Mapping[str, MediaFile], previous: Publication | None) -> Publication:
        """Makes the entry, or replaces its properties, unless a person has edited it there."""
        if previous is None:
            url, note = await self._create(post, media)
        else:
            url = previous.remote_url or previous.remote_id
            held = await self._present(url)
            if held and held.edited_since(previous.version) and not self._options.overwrite_edits:
                return replace(previous, note=edits.NOTE)
            url, note = await self._update(post, media, url, held)
        self._learn(url, post)
        return Publication(
            remote_id=previous.remote_id if previous else url,
            remote_url=url,
            published_at=previous.published_at if previous else self._now(),
            pushed_hash=change.revision(post),
            version=await self._version(url),
            note=note,
        )

    async def find(self, post: Post) -> Publication | None:
        """Looks into the server's list of entries; where it has none, at the expected address and the home page.

        A draft, or a post that has left the home page, is not seen at servers without a list.
        """
        listing = await self._server.listing(post)
        held = listing.found
        if held is None and not listing.whole:
            held = await self._at(self._expected(post), post) or await self._at_home(post)
        if held is None:
            return None
        self._learn(held.url, post)
        whole = held.revision == change.revision(post) and "content" in held.properties
        version = held.version if whole else ""
        return Publication(remote_id=held.url, remote_url=held.url, pushed_hash=held.revision, version=version)

    async def withdraw(self, post: Post, publication: Publication | None) -> None:
        """Deletes the entry; harmless where there is none."""
        if publication is None:
            return
        url = publication.remote_url or publication.remote_id
        try:
            await self._server.delete(url)
        except (RejectedError, BlockedError):
            if not await self._gone(url, refused=True):
                raise

    def wants(self, post: Post) -> tuple[str, ...]:
        """The pictures that the post shows, unless the originals are to be shown."""
        return article.picture_urls(post) if self._options.pictures == "copy" else ()

    async def check(self) -> list[str]:
        """Whether endpoint, token, scopes and what the options name are there."""
        try:
            abilities = await self._server.abilities()
            scopes = await self._server.scopes()
            refusal = "" if scopes is not None else await self._server.refusal_to_update()
            if self._options.pictures == "copy":
                await self._uploads.check()
        except PublishError as error:
            return [error.message]
        found = self._options.in_the_clear("token")
        if scopes is not None:
            lacking = [name for name in _SCOPES if name not in scopes]
            found += [f"the token may not {_SCOPES[name]}: it lacks the scope {name}" for name in lacking]
        elif refusal:
            found.append(f"the token may not {_SCOPES['update']}: {refusal}")
        if self._options.pictures == "copy" and abilities.media_endpoint is None:
            found.append('the server has no media endpoint: pictures stay where they are; say so by pictures = "link"')
        if missing := set(self._options.syndicate_to) - abilities.syndication:
            found.append(f"syndicate_to: the server knows no {', '.join(sorted(missing))}")
        if self._options.blog and self._options.blog not in abilities.destinations:
            found.append(f"blog: the account has no blog {self._options.blog}")
        return found

    async def close(self) -> None:
        """Closes the connections and our notes; harmless when called twice."""
        await self._server.close()
        await self._uploads.close()

    async def _create(self, post: Post, media: Mapping[str, MediaFile]) -> tuple[str, str]:
        """Address of the entry made, and what a person should know of it."""
        properties, left_out = await self._properties(post, media)
        told: dict[str, list[object]] = {
            **properties,
            "published": [post.published_at.isoformat()],
            "mp-slug": [post.slug],
            "post-status": ["published" if self._options.status == "publish" else "draft"],
            "mp-syndicate-to": list(self._options.syndicate_to),
        }
        if self._options.reference != "none" and post.credit.url:
            told[self._options.reference] = [post.credit.url]
        url = await self._with_photo({name: values for name, values in told.items() if values}, self._server.create)
        with leaving_doubt():
            url, note = await self._single(post, media, url)
        return url, "; ".join(filter(None, (note, left_out)))

    async def _single(self, post: Post, media: Mapping[str, MediaFile], url: str) -> tuple[str, str]:
        """The address of the one entry; a number behind the slug says that something had the slug already.

        Where that is an earlier attempt of ours that had arrived unseen, the second copy is deleted.
        """
        number = entry.number_of(url, post.slug) or 1
        if number == 1:
            return url, ""
        head, _, tail = url.rpartition(f"-{number}")
        first = await self._at(head + tail, post)
        if first is None:
            return url, f"its address ends in -{number}: something else has the slug there"
        await self._server.delete(url)
        if first.revision != change.revision(post):
            await self._update(post, media, first.url, first)
        return first.url, "an earlier attempt had arrived; the second copy was deleted"

    async def _update(self, post: Post, media: Mapping[str, MediaFile], url: str, held: Held | None) -> tuple[str, str]:
        """Replaces what the entry says; answers its address, which may be a new one, and a note (Micropub, 3.4)."""
        told, left_out = await self._properties(post, media)
        values = {name: value for name, value in told.items() if value}
        # A server may refuse to delete a property that an entry has not got.
        emptied = held.properties & (OWN - values.keys()) if held else frozenset()
        try:
            return await self._with_photo(values, lambda told: self._server.update(url, told, emptied)), left_out
        except (RejectedError, BlockedError) as error:
            if await self._gone(url, refused=True):
                raise RemovedError(self.name, f"somebody deleted {url} there") from error
            raise

    async def _with_photo(
        self, told: Mapping[str, list[object]], send: Callable[[Mapping[str, list[object]]], Awaitable[str]]
    ) -> str:
        """Sends properties in the form that the server takes pictures in: learnt from its refusal of the other."""
        if not any(isinstance(picture, dict) for picture in told.get("photo", [])):
            return await send(told)
        if self._objects:
            try:
                return await send(told)
            except RejectedError:
                answer = await send(entry.plain_photo(told))
                self._objects = False
                return answer
        return await send(entry.plain_photo(told))

    async def _properties(self, post: Post, media: Mapping[str, MediaFile]) -> tuple[dict[str, list[object]], str]:
        """What an entry says, and what is to be said about pictures left out."""
        copies, left_out = await self._copies(media)
        shown = post.lead if self._options.lead == "featured" else None
        html = article.html(post, language=self._language, pictures=copies, lead_shown=shown is not None)
        return entry.properties(post, html, photo=shown, copies=copies), left_out

    async def _copies(self, media: Mapping[str, MediaFile]) -> tuple[Mapping[str, str], str]:
        """Addresses of the copies at the server, and what is to be said about those that it would not take."""
        if (await self._server.abilities()).media_endpoint is None:
            return {}, ""
        copies, left_out = await self._uploads.copies(media)
        return {url: copy.url for url, copy in copies.items()}, left_out

    async def _present(self, url: str) -> Held | None:
        """What the server holds there; None where it can't tell. Raises RemovedError where it was deleted."""
        sight = await self._server.source(url)
        if isinstance(sight, Held):
            return sight
        if await self._gone(url):
            raise RemovedError(self.name, f"somebody deleted {url} there")
        return None

    async def _gone(self, url: str, *, refused: bool = False) -> bool:
        """Whether an entry that was there is there no more, while the site as such is.

        A page that is not found says little alone: a draft has none, and a static site builds its pages later. Either
        the server says too that it has no such entry, or it has ``refused`` to change it.
        """
        sight = await self._server.source(url)
        if isinstance(sight, Held):
            return False
        status, _ = await self._server.page(url)
        known = sight is Absence.GONE or (refused and self._options.status == "publish")
        if status != 410 and not (status == 404 and known):
            return False
        await self._server.rediscover()  # raises where the whole site has gone, for a while or for good
        return True

    async def _version(self, url: str) -> str:
        """The fingerprint of what is there after a push; empty where the server does not tell."""
        try:
            sight = await self._server.source(url)
        except PublishError:
            return ""  # the push itself went well: that must not be forgotten
        return sight.version if isinstance(sight, Held) else ""

    async def _at(self, url: str | None, post: Post) -> Held | None:
        """The post at an address, if it is there."""
        if url is None:
            return None
        sight = await self._server.source(url)
        if isinstance(sight, Held):
            return sight if sight.tells(post) else None
        _, page = await self._server.page(url)
        return entry.on_its_page(page, url, post)

    async def _at_home(self, post: Post) -> Held | None:
        _, page = await self._server.page(self._server.site)
        found = entry.in_feed(page, self._server.site, post)
        return found or await self._at(entry.linked(page, self._server.site, post), post)

    def _learn(self, url: str, post: Post) -> None:
        """Notes how the server makes addresses from slugs."""
        if entry.number_of(url, post.slug) == 1:
            before, _, after = url.rpartition(post.slug)
            self._around = (before, after)

    def _expected(self, post: Post) -> str | None:
        return post.slug.join(self._around) if self._around else None


def build(name: str, options: Options, *, site: Site, folder: Path, http: Connect) -> Micropub:
    """The site as configured; nothing is asked before its first use."""
    token = options.token.reveal()
    api = options.api(name, http, hide=(token,))
    server = Server(api, options.url, token, endpoint=options.endpoint, destination=options.blog)
    uploads = Uploads(api, blog=f"{options.url} {options.blog}".rstrip(), folder=options.path, upload=server.upload)
    return Micropub(
        name, options, server=server, uploads=uploads, language=site.language, now=lambda: datetime.now(UTC)
    )
