"""Mastodon: each post becomes a status with credit, link and pictures (also Pleroma, Akkoma and GoToSocial).

Made under an idempotency key, found again among the account's own statuses by the original's address; edited in its
place, so that replies stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from aggregator.config import BadValueError, Line, Secret
from aggregator.errors import PublishError, RejectedError, RemovedError
from aggregator.policy import change
from aggregator.targets import Connect
from aggregator.targets.mastodon import status as statuses
from aggregator.targets.mastodon.server import Server, Status
from aggregator.targets.mastodon.status import DEFAULT, FACTS, LINK, Limits
from aggregator.targets.shared import article, edits, pictures
from aggregator.targets.shared.api import Web, leaving_doubt
from aggregator.targets.shared.options import OverwriteEdits
from aggregator.types import Image, MediaFile, Post, Publication, Site

UNCHANGEABLE = "the server can't change a status: left as it was"
#: Scopes that are asked of a token, each with what it is for.
_SCOPES = {
    "write:statuses": "publish",
    "write:media": "upload pictures",
    "read:statuses": "look for what it published",
    "read:accounts": "tell whose it is",
}


def _template(value: str) -> str:
    try:
        unknown = statuses.placeholders(value) - {*FACTS, LINK}
    except ValueError as error:
        raise BadValueError(f"not a template: {error}", "write a brace that is none as {{ or }}") from error
    if unknown:
        raise BadValueError(
            f"this template knows no {', '.join(sorted(unknown))}", f"it may use {', '.join((*FACTS, LINK))}"
        )
    if LINK not in statuses.placeholders(value):
        raise BadValueError("the original's address must be in it", "write {link}")
    return value


class Options(Web):
    """``[targets.NAME]`` with ``kind = "mastodon"``; ``url`` is the server, such as https://mastodon.example."""

    token: Secret = Field(description="access token of the account")
    text: Annotated[str, Field(max_length=5_000), AfterValidator(_template)] = Field(
        default=DEFAULT, description="template of the status: {title}, {credit}, {link}, {excerpt}, {text}, {tags}"
    )
    visibility: Literal["public", "unlisted", "private"] = Field(default="public", description="who may read a post")
    warning: Line = Field(default="", description="content warning before every status")
    sensitive: bool = Field(default=False, description="whether pictures are hidden at first")
    max_pictures: int = Field(
        default=4, ge=0, le=16, description="how many are attached, as far as the server takes them"
    )
    overwrite_edits: OverwriteEdits = False


class Mastodon:
    """An account that tells of posts."""

    def __init__(self, name: str, options: Options, *, server: Server) -> None:
        self.name = name
        self.settles_within = options.settling
        self._options = options
        self._server = server

    def __repr__(self) -> str:
        return f"Mastodon({self.name!r})"

    async def publish(self, post: Post, *, media: Mapping[str, MediaFile], previous: Publication | None) -> Publication:
        """Makes the status, or edits it, unless a person has edited it there."""
        limits = await self._server.limits()
        if previous is not None:
            return await self._update(post, media, previous, limits)
        told = {**self._told(post, limits), "visibility": self._options.visibility}
        attached, note = await self._attach(post, media, limits)
        status = await self._server.create({**told, "media_ids": attached}, post.key)
        if status.words != statuses.words(str(told["status"])):
            # The key was known: this is an earlier revision of the post.
            with leaving_doubt():
                edited = await self._edit(post, media, status, limits)
            if edited is None:
                return replace(self._publication(post, status), pushed_hash="", note=UNCHANGEABLE)
            status = edited
        return self._publication(post, status, note=note)

    async def find(self, post: Post) -> Publication | None:
        """Looks for the post among the account's last 200 statuses, by the original's address."""
        link = statuses.link(post)
        limits = await self._server.limits()
        text = statuses.words(str(self._told(post, limits)["status"]))

        def tells(status: Status) -> bool:
            return statuses.cites(status.html, link) if link else status.words == text

        found = await self._server.own(tells)
        if found is None or not await self._server.made_by_us(found):
            return None
        told = [statuses.description(image, limits) for image in self._pictures(post, limits)]
        whole = found.words == text and [each.description for each in found.attachments] == told
        publication = self._publication(post, found)
        return publication if whole else replace(publication, pushed_hash="", version="")

    async def withdraw(self, post: Post, publication: Publication | None) -> None:
        """Deletes the status; harmless where there is none."""
        if publication is not None and not await self._server.delete(publication.remote_id):
            await self._server.account(afresh=True)  # raises where it is the server that is not there

    def wants(self, post: Post) -> tuple[str, ...]:
        """The first pictures of the post."""
        return article.picture_urls(post)[: self._options.max_pictures]

    async def check(self) -> list[str]:
        """Whether server, token and scopes are as needed."""
        try:
            await self._server.limits()
            await self._server.account(afresh=True)
            _, scopes = await self._server.application()
        except PublishError as error:
            return [error.message]
        found = self._options.in_the_clear("token")
        if scopes is not None:
            wanted = [scope for scope in _SCOPES if self._options.max_pictures or scope != "write:media"]
            lacking = [scope for scope in wanted if not scopes & {scope, scope.partition(":")[0]}]
            found += [f"the token may not {_SCOPES[scope]}: it lacks the scope {scope}" for scope in lacking]
        return found

    async def close(self) -> None:
        """Closes the connections; harmless when called twice."""
        await self._server.close()

    async def _update(
        self, post: Post, media: Mapping[str, MediaFile], previous: Publication, limits: Limits
    ) -> Publication:
        held = await self._server.status(previous.remote_id)
        if held is None:
            raise RemovedError(self.name, f"somebody deleted {previous.remote_url or previous.remote_id} there")
        edited = previous.version and held.fingerprint != previous.version
        if edited and not self._options.overwrite_edits:
            return replace(previous, note=edits.NOTE)
        status = await self._edit(post, media, held, limits)
        if status is None:
            return replace(previous, note=UNCHANGEABLE)
        return replace(self._publication(post, status), published_at=previous.published_at)

    async def _edit(self, post: Post, media: Mapping[str, MediaFile], held: Status, limits: Limits) -> Status | None:
        """Edits a status in its place. Its pictures stay, with their texts brought up to date."""
        wanted = self._pictures(post, limits)
        attached = [each.id for each in held.attachments]
        if len(attached) != len(wanted):
            uploaded, _ = await self._attach(post, media, limits)
            attached = uploaded if len(uploaded) == len(wanted) else attached
        texts = [
            {"id": number, "description": statuses.description(image, limits)}
            for number, image in zip(attached, wanted, strict=False)
            if number in {each.id for each in held.attachments}
        ]
        told = {**self._told(post, limits), "media_ids": attached}
        return await self._server.update(held.id, {**told, "media_attributes": texts} if texts else told)

    async def _attach(self, post: Post, media: Mapping[str, MediaFile], limits: Limits) -> tuple[list[str], str]:
        """Numbers of the pictures uploaded, and what became of the others. One that is refused is left out."""
        attached: list[str] = []
        wanted = self._pictures(post, limits)
        for image in wanted:
            file = media.get(image.url)
            if file is None or file.type not in limits.picture_types:
                continue
            with suppress(OSError, RejectedError):
                data = await pictures.data(file)
                if len(data) <= limits.picture_bytes:
                    attached.append(await self._server.upload(file, data, statuses.description(image, limits)))
        return attached, pictures.left_out(len(wanted) - len(attached), len(wanted))

    def _pictures(self, post: Post, limits: Limits) -> tuple[Image, ...]:
        return statuses.pictures(post, min(self._options.max_pictures, limits.pictures))

    def _told(self, post: Post, limits: Limits) -> dict[str, object]:
        warning = self._options.warning
        told: dict[str, object] = {
            "status": statuses.render(post, self._options.text, limits, taken=len(warning)),
            "spoiler_text": warning,
            "sensitive": self._options.sensitive or bool(warning),
        }
        language = statuses.language(post.language)
        return {**told, "language": language} if language else told

    def _publication(self, post: Post, status: Status, *, note: str = "") -> Publication:
        return Publication(
            remote_id=status.id,
            remote_url=status.url,
            published_at=status.created_at,
            pushed_hash=change.revision(post),
            version=status.fingerprint,
            note=note,
        )


def build(name: str, options: Options, *, site: Site, folder: Path, http: Connect) -> Mastodon:
    """The account as configured; nothing is asked before its first use."""
    token = options.token.reveal()
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    api = options.api(name, http, headers=headers, hide=(token,))
    return Mastodon(name, options, server=Server(api, options.url))
