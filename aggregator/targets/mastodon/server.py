"""The API of a Mastodon server, or of one that speaks it (Pleroma, Akkoma, GoToSocial)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from aggregator.errors import BlockedError, RejectedError, RemovedError, TryLaterError
from aggregator.markup import text
from aggregator.targets.mastodon.status import Limits, words
from aggregator.targets.shared import edits, pictures, tolerant
from aggregator.targets.shared.api import Answer, Api
from aggregator.types import MediaFile

PAGE = 40  #: statuses at once: the most that Mastodon gives
MAX_PAGES = 5  #: of our own statuses that are looked through
POLLS = 20  #: questions whether a picture is ready
POLL_PAUSE = 1.5  #: seconds between them
LONGEST_WAIT = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A picture of a status."""

    id: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A status that the server holds, as far as we care."""

    id: str
    url: str | None
    html: str
    warning: str
    application: str | None  #: the name of the program that made it; None: not told
    created_at: datetime | None
    attachments: tuple[Attachment, ...]

    @property
    def words(self) -> str:
        """Its text, for comparison only."""
        return words(text.plain(self.html))

    @property
    def fingerprint(self) -> str:
        """A number that changes when a person edits the status."""
        return edits.fingerprint(words(self.warning), self.words)


class Server:
    """One account on one server."""

    def __init__(self, api: Api, url: str, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._api = api
        self._url = url
        self._sleep = sleep
        self._limits: Limits | None = None
        self._account: str | None = None
        self._application: str | None = None

    def __repr__(self) -> str:
        return f"Server({self._url!r})"

    async def close(self) -> None:
        """Closes every connection; harmless when called twice."""
        await self._api.close()

    async def create(self, told: Mapping[str, object], key: str) -> Status:
        """Makes a status; the same key within the hour answers the status that it made the first time.

        Mastodon answers 404 where that has been deleted meanwhile.
        """
        fields = {"Idempotency-Key": key}
        answer = await self._send("POST", "/api/v1/statuses", json=told, headers=fields, expect={404})
        if answer.status == 404:
            await self.account(afresh=True)  # raises where it is the server that is not there
            raise RemovedError(self._api.target, "somebody deleted the status there as soon as it was made")
        return self._status(answer)

    async def update(self, number: str, told: Mapping[str, object]) -> Status | None:
        """Changes a status; None where the server can't (Mastodon before 3.5)."""
        answer = await self._send("PUT", f"/api/v1/statuses/{number}", json=told, expect={404, 405, 501})
        return None if answer.status in {404, 405, 501} else self._status(answer)

    async def delete(self, number: str) -> bool:
        """Deletes a status; False where there is none."""
        answer = await self._send("DELETE", f"/api/v1/statuses/{number}", expect={404, 410})
        if answer.status in {404, 410}:
            return False
        answer.json()  # a page of HTML comes from something in front of the server
        return True

    async def status(self, number: str) -> Status | None:
        """A status that we know the number of; None where there is none any more."""
        answer = await self._send("GET", f"/api/v1/statuses/{number}", expect={404, 410})
        if answer.status in {404, 410}:
            await self.account(afresh=True)  # raises where it is the server that is not there
            return None
        return self._status(answer)

    async def own(self, wanted: Callable[[Status], bool]) -> Status | None:
        """The newest of our own statuses that is wanted, among the last 200."""
        path = f"/api/v1/accounts/{await self.account()}/statuses"
        asked = {"limit": str(PAGE), "exclude_reblogs": "true", "exclude_replies": "true"}
        for _ in range(MAX_PAGES):
            answer = await self._send("GET", path, params=asked)
            known = [status for item in answer.rows() if (status := _read(item)) is not None]
            if (match := next(filter(wanted, known), None)) is not None:
                return match
            if not known or asked.get("max_id") == known[-1].id:
                return None
            asked["max_id"] = known[-1].id
        return None

    async def account(self, *, afresh: bool = False) -> str:
        """The number of the account that the token is for."""
        if self._account is None or afresh:
            found = (await self._send("GET", "/api/v1/accounts/verify_credentials")).json()
            number = tolerant.text(found, "id")
            if not number:
                raise BlockedError(self._api.target, f"{self._url} does not speak Mastodon's API: it names no account")
            self._account = number
        return self._account

    async def application(self) -> tuple[str, frozenset[str] | None]:
        """The name of the program that the token was given to, empty if not told, and its scopes, None if not told."""
        answer = await self._send("GET", "/api/v1/apps/verify_credentials", expect=range(400, 500))
        found = answer.object() if answer.status == 200 else {}
        scopes = found.get("scopes")
        return tolerant.text(found, "name"), tolerant.texts(scopes) if isinstance(scopes, list) else None

    async def made_by_us(self, status: Status) -> bool:
        """Whether our program made a status, as far as the server tells: a person's own is never taken for ours."""
        if self._application is None:
            self._application, _ = await self.application()
        return not (self._application and status.application) or self._application == status.application

    async def limits(self) -> Limits:
        """What the server takes; asked once."""
        if self._limits is None:
            answer = await self._send("GET", "/api/v2/instance", expect={404})
            if answer.status == 404:
                answer = await self._send("GET", "/api/v1/instance")
            self._limits = _limits(answer.object())
        return self._limits

    async def upload(self, file: MediaFile, data: bytes, description: str) -> str:
        """Uploads a picture and waits until it is ready; answers its number. RejectedError where it is refused."""
        told = {"description": description} if description else {}
        form = {"file": (pictures.name(file), data, file.type)}
        answer = await self._send("POST", "/api/v2/media", data=told, files=form)
        number = tolerant.text(answer.object(), "id")
        if not number:
            raise answer.nonsense("no picture")
        if answer.status == 202:
            await self._ready(number)
        return number

    async def _ready(self, number: str) -> None:
        for _ in range(POLLS):
            await self._sleep(POLL_PAUSE)
            answer = await self._send("GET", f"/api/v1/media/{number}", expect={404, 422})
            if answer.status == 200:
                return
            if answer.status != 206:
                raise RejectedError(self._api.target, f"{answer.status}: the picture can't be processed")
        raise TryLaterError(self._api.target, "a picture is not ready yet")

    async def _send(self, method: str, path: str, *, expect: Collection[int] = (), **request: Any) -> Answer:
        answer = await self._api.send(method, f"{self._url}{path}", expect={*expect, 429}, **request)
        if answer.status != 429:
            return answer
        error = self._api.error(answer)
        raise TryLaterError(
            error.target, error.message, retry_after=error.retry_after or _reset_after(answer)
        ) from None

    def _status(self, answer: Answer) -> Status:
        found = _read(answer.json())
        if found is None:
            raise answer.nonsense("no status")
        return found


def _read(found: object) -> Status | None:
    """A status as the API writes it; None where it is none, or a boost."""
    if not isinstance(found, dict) or not isinstance(found.get("id"), str) or found.get("reblog"):
        return None
    return Status(
        id=found["id"],
        url=tolerant.text(found, "url") or None,
        html=tolerant.text(found, "content"),
        warning=tolerant.text(found, "spoiler_text"),
        application=tolerant.text(found.get("application"), "name") or None,
        created_at=tolerant.moment(found.get("created_at")),
        attachments=tuple(
            Attachment(id=item["id"], description=tolerant.text(item, "description"))
            for item in tolerant.rows(found.get("media_attachments"))
            if isinstance(item.get("id"), str)
        ),
    )


def _limits(found: Mapping[str, Any]) -> Limits:
    """Limits by ``configuration``; Pleroma and Akkoma tell the length at the top."""
    usual = Limits()
    statuses = tolerant.table(found, "configuration", "statuses")
    media = tolerant.table(found, "configuration", "media_attachments")
    return Limits(
        characters=_number(statuses.get("max_characters"), _number(found.get("max_toot_chars"), usual.characters)),
        link=_number(statuses.get("characters_reserved_per_url"), usual.link),
        pictures=_number(statuses.get("max_media_attachments"), usual.pictures),
        description=_number(media.get("description_limit"), usual.description),
        picture_bytes=_number(media.get("image_size_limit"), usual.picture_bytes),
        picture_types=tolerant.texts(media.get("supported_mime_types")) or usual.picture_types,
    )


def _number(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else otherwise


def _reset_after(answer: Answer) -> timedelta | None:
    """How long to stay away by ``X-RateLimit-Reset``: a moment, or at some servers seconds since 1970."""
    value = answer.headers.get("x-ratelimit-reset", "")
    moment = datetime.fromtimestamp(int(value), UTC) if re.fullmatch("[0-9]{1,10}", value) else tolerant.moment(value)
    if moment is None:
        return None
    return min(max(moment - datetime.now(UTC), timedelta()), LONGEST_WAIT)
