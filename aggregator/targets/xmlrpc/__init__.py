"""XML-RPC: WordPress where its REST API is closed, and other blogs that speak MetaWeblog.

A draft is made, then finished and published in one step; it is found again by the mark in its text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from pydantic import Field

from aggregator.config import Line, Secret
from aggregator.errors import PublishError, RemovedError, TryLaterError
from aggregator.policy import change
from aggregator.targets import Connect
from aggregator.targets.shared import article, edits, wptext
from aggregator.targets.shared.api import Web, leaving_doubt
from aggregator.targets.shared.options import (
    NOTES,
    BlogOfAccount,
    Dating,
    Endpoint,
    NotesPath,
    OverwriteEdits,
    Pictures,
    SourceTags,
)
from aggregator.targets.shared.pictures import DIGITS, Copy, Uploads
from aggregator.targets.xmlrpc.blog import Blog
from aggregator.targets.xmlrpc.held import Held, Wanted
from aggregator.types import MediaFile, Post, Publication, Site

TRASH = "trash"
EDITED = "edited"  #: a fingerprint that no post has: whatever comes, the post is left as it is


class Options(Web):
    """``[targets.NAME]`` with ``kind = "xmlrpc"``; ``url`` is the blog, whose page names its endpoint."""

    username: Line = Field(description="account that posts")
    password: Secret = Field(description="its password; at WordPress an application password")
    endpoint: Endpoint = None
    blog: BlogOfAccount = ""
    status: Literal["publish", "draft", "pending", "private"] = Field(
        default="publish", description="what becomes of a new post; pending and private at WordPress only"
    )
    categories: tuple[Line, ...] = Field(default=(), description="categories of a new post that the blog has already")
    source_tags: SourceTags = 10
    date: Dating = "original"
    pictures: Pictures = "copy"
    path: NotesPath = NOTES
    # The featured image has no alternative text: XML-RPC has no words for it.
    lead: Literal["text", "featured"] = Field(
        default="text", description="the lead picture at the head of the text, or as WordPress's featured image"
    )
    overwrite_edits: OverwriteEdits = False


class XmlRpc:
    """A blog that takes posts by XML-RPC."""

    def __init__(self, name: str, options: Options, *, blog: Blog, uploads: Uploads, language: str) -> None:
        self.name = name
        self._options = options
        self._blog = blog
        self._language = language
        self._uploads = uploads

    def __repr__(self) -> str:
        return f"XmlRpc({self.name!r})"

    async def publish(self, post: Post, *, media: Mapping[str, MediaFile], previous: Publication | None) -> Publication:
        """Makes the post, finishes a draft of it, or brings it up to date, unless a person has edited it."""
        if previous is None:
            return await self._create(post, media)
        held = await self._blog.get(previous.remote_id)
        if held is not None and held.mark is not None and held.mark[0] != post.key:
            held = await self._settled(post)  # a blog restored from a backup gave the number to another post
        if held is None or held.status == TRASH:
            where = previous.remote_url or previous.remote_id
            raise RemovedError(self.name, f"somebody put {where} into the trash there, or deleted it")
        if self._options.overwrite_edits:
            held = replace(held, modified="")  # else WordPress itself would keep an edit of this very moment
        elif not held.unfinished and held.edited_since(previous.version):
            return replace(previous, note=edits.NOTE)
        wanted, left_out = await self._wanted(post, media, held)
        return await self._change(post, held, wanted, left_out)

    async def find(self, post: Post) -> Publication | None:
        """What the blog holds of a post; drafts beside it, left by broken attempts, are deleted.

        Raises RemovedError where it lies in the trash and nowhere else.
        """
        held = await self._settled(post)
        if held is None:
            return None
        whole = held.revision == change.revision(post)
        return self._publication(held, held.revision, version=None if whole else "")

    async def withdraw(self, post: Post, publication: Publication | None) -> None:
        """Puts the post into the trash, or deletes it where the blog has none; harmless where there is none."""
        if publication is None:
            return
        held = await self._blog.get(publication.remote_id)
        # WordPress deletes for good what lies in the trash already.
        if held is not None and held.status != TRASH:
            await self._blog.delete(held.id)

    def wants(self, post: Post) -> tuple[str, ...]:
        """The pictures that the post shows, unless the originals are to be shown."""
        return article.picture_urls(post) if self._options.pictures == "copy" else ()

    async def check(self) -> list[str]:
        """Whether endpoint, account and rights are as needed."""
        try:
            door = await self._blog.door()
            numbers, roles = await self._blog.account()
            if self._options.pictures == "copy":
                await self._uploads.check()
        except PublishError as error:
            return [error.message]
        found = self._options.in_the_clear("password")
        if door.methods and "metaWeblog.newPost" not in door.methods:
            found.append(f"the blog at {door.url} takes no posts by MetaWeblog")
        if numbers and door.blog not in numbers and (self._options.blog or not door.wordpress):
            found.append(f"blog: the account may not post to {door.blog}, but to {', '.join(sorted(numbers))}")
        if roles and not roles & {"administrator", "editor", "author"} and self._options.status == "publish":
            found.append(f"the account may not publish: its role is {', '.join(sorted(roles))}, not author")
        return found

    async def close(self) -> None:
        """Closes the connections and our notes; harmless when called twice."""
        await self._blog.close()
        await self._uploads.close()

    async def _create(self, post: Post, media: Mapping[str, MediaFile]) -> Publication:
        """Makes a draft, then finishes it: what a broken attempt leaves behind is seen by no reader."""
        wanted, left_out = await self._wanted(post, media, None)
        number = await self._blog.create(wanted)
        with leaving_doubt():
            held = await self._blog.get(number)
            if held is None:
                raise TryLaterError(self.name, f"does not know the draft {number} that it made")
            return await self._change(post, held, wanted, left_out)

    async def _change(self, post: Post, held: Held, wanted: Wanted, left_out: str) -> Publication:
        changed, note = await self._blog.change(held, wanted)
        notes = [note, left_out]
        if not changed:
            return self._publication(
                held, held.revision, notes=[edits.NOTE], version=edits.stamped(EDITED, held.revision)
            )
        try:
            after = await self._blog.get(held.id)
        except PublishError:
            after = None  # the change itself went well: that must not be forgotten
        if after is None:
            return self._publication(held, wanted.revision, notes=notes, version="")
        if held.unfinished and after.slug not in {"", post.slug}:
            notes.append(f"its slug there is {after.slug}: something else has {post.slug}")
        return self._publication(after, wanted.revision, notes=notes)

    async def _settled(self, post: Post) -> Held | None:
        found = sorted(await self._blog.search(post), key=lambda held: (held.unfinished, len(held.id), held.id))
        live = [held for held in found if held.status != TRASH]
        if found and not live:
            raise RemovedError(self.name, f"post {found[0].id} lies in the blog's trash")
        for held in live[1:]:
            if held.unfinished:
                await self._blog.delete(held.id)
        return live[0] if live else None

    async def _wanted(self, post: Post, media: Mapping[str, MediaFile], held: Held | None) -> tuple[Wanted, str]:
        """The post as the blog is to hold it, and what is to be said about pictures left out."""
        door = await self._blog.door()
        copies, left_out = await self._uploads.copies(media, shown=lambda file: _shown(held, file))
        lead = copies.get(post.lead.url) if post.lead and self._options.lead == "featured" else None
        thumbnail = lead.id if lead and door.wordpress else ""
        if door.wordpress:
            pictures = {url: wptext.Picture(id=_number(copy.id), url=copy.url) for url, copy in copies.items()}
            shaped = wptext.tree(post, language=self._language, pictures=pictures, lead_shown=bool(thumbnail))
            html = wptext.classic(shaped)
        else:
            addresses = {url: copy.url for url, copy in copies.items()}
            html = wptext.neutral(article.html(post, language=self._language, pictures=addresses))
        wanted = Wanted(
            title=wptext.plain(post.title) if door.wordpress else post.title.replace("<", "&lt;").replace(">", "&gt;"),
            content=html,
            excerpt=wptext.plain(post.excerpt) if door.wordpress else post.excerpt,
            slug=post.slug,
            key=post.key,
            revision=change.revision(post),
            tags=post.tags[: self._options.source_tags],
            categories=self._options.categories,
            status=self._options.status,
            created_at=post.published_at if self._options.date == "original" else None,
            thumbnail=thumbnail,
        )
        return wanted, left_out

    def _publication(
        self, held: Held, revision: str, *, notes: Sequence[str] = (), version: str | None = None
    ) -> Publication:
        return Publication(
            remote_id=held.id,
            remote_url=held.link or None,
            published_at=held.created_at,
            pushed_hash=revision,
            version=held.version if version is None else version,
            note="; ".join(filter(None, notes)),
        )


def _shown(held: Held | None, file: MediaFile) -> Copy | None:
    """The copy of a picture that a post shows already."""
    if held is None:
        return None
    name, (number, url) = file.sha256[:DIGITS], held.thumbnail
    if name in url:
        return Copy(url, number)
    found = re.search(rf'src="(https?://[^"\s<>]{{1,2000}}{name}[^"\s<>]{{0,100}})"', held.content)
    return Copy(found[1]) if found else None


def _number(value: str) -> int:
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 18 else 0


def build(name: str, options: Options, *, site: Site, folder: Path, http: Connect) -> XmlRpc:
    """The blog as configured; nothing is asked before its first use."""
    password = options.password.reveal()
    api = options.api(name, http, hide=(password,))
    blog = Blog(api, options.url, options.username, password, endpoint=options.endpoint, number=options.blog)
    uploads = Uploads(api, blog=f"{options.url} {options.blog}".rstrip(), folder=options.path, upload=blog.upload)
    return XmlRpc(name, options, blog=blog, uploads=uploads, language=site.language)
