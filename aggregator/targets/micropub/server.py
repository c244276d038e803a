"""A Micropub server: found from its site, asked and told (W3C Recommendation "Micropub")."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import httpx

from aggregator import urls
from aggregator.errors import BlockedError, RejectedError, TryLaterError
from aggregator.targets.micropub import entry
from aggregator.targets.micropub.entry import Held
from aggregator.targets.shared import discovery, pictures, tolerant
from aggregator.targets.shared.api import Answer, Api
from aggregator.targets.shared.pictures import Copy
from aggregator.types import MediaFile, Post

PAGE = 40  #: entries asked for at once
MAX_PAGES = 5  #: of the list of entries that are looked through
#: How servers say that they don't know an entry, or such a question.
REFUSALS = frozenset({400, 404, 410})
GONE = frozenset({404, 410})
_RELATIONS = ("micropub", "token_endpoint")


class Absence(StrEnum):
    """Why there is no answer about an entry."""

    GONE = "gone"  #: the server says that it has none
    UNKNOWN = "unknown"  #: it can't be asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What a server says of itself (Micropub, 3.7)."""

    media_endpoint: str | None = None
    questions: frozenset[str] = frozenset()  #: those that it takes
    syndication: frozenset[str] = frozenset()  #: where it can send copies to
    destinations: frozenset[str] = frozenset()  #: blogs of the account


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a look through the server's entries gave."""

    found: Held | None = None
    whole: bool = False  #: all were looked at: what is not found is not there


class Server:
    """The Micropub server of a site. The token goes to its endpoints only, never to its pages."""

    def __init__(self, api: Api, site: str, token: str, *, endpoint: str | None, destination: str) -> None:
        self.site = site
        self._api = api
        self._token = token
        self._given = {"micropub": endpoint} if endpoint else {}
        self._destination = destination
        self._links: Mapping[str, str] | None = None
        self._abilities: Abilities | None = None

    def __repr__(self) -> str:
        return f"Server({self.site!r})"

    async def close(self) -> None:
        """Closes every connection; harmless when called twice."""
        await self._api.close()

    async def create(self, properties: Mapping[str, list[object]]) -> str:
        """Makes an entry; answers its address (Micropub, 3.3)."""
        if self._destination:
            properties = {**properties, "mp-destination": [self._destination]}
        answer = await self._tell({"type": ["h-entry"], "properties": dict(properties)})
        location = urls.resolve(answer.url, answer.headers.get("location"))
        if answer.status in {201, 202} and location:
            return location
        message = f"answered {answer.status} without the address of the post"
        raise TryLaterError(self._api.target, message, in_doubt=True)

    async def update(self, url: str, replace: Mapping[str, list[object]], delete: Collection[str]) -> str:
        """Replaces and deletes properties of an entry (Micropub, 3.4); answers its address, which may be a new one."""
        told: dict[str, object] = {"action": "update", "url": url, "replace": dict(replace)}
        if delete:
            told["delete"] = sorted(delete)
        answer = self._understood(await self._tell(told))
        return (urls.resolve(answer.url, answer.headers.get("location")) if answer.status == 201 else None) or url

    async def delete(self, url: str) -> None:
        """Deletes an entry (Micropub, 3.5)."""
        self._understood(await self._tell({"action": "delete", "url": url}))

    async def refusal_to_update(self) -> str:
        """Why the token may change nothing, empty if it may: tried upon an entry that there is not."""
        told = {"action": "update", "url": f"{self.site}/no-such-post-by-wirecopy", "replace": {"name": ["nothing"]}}
        answer = await self._tell(told, expect=range(400, 600))
        return self._api.error(answer).message if answer.status in {401, 403} else ""

    async def upload(self, file: MediaFile, data: bytes) -> Copy:
        """Puts a picture into the media endpoint (Micropub, 3.6)."""
        endpoint = (await self.abilities()).media_endpoint
        if endpoint is None:
            raise RejectedError(self._api.target, "there is no media endpoint")
        form = {"file": (pictures.name(file), data, file.type)}
        answer = await self._api.send("POST", endpoint, files=form, headers=self._credentials)
        location = urls.resolve(answer.url, answer.headers.get("location"))
        if location is None:
            message = f"the media endpoint answered {answer.status} without the address of the file"
            raise TryLaterError(self._api.target, message, in_doubt=True)
        return Copy(location)

    async def source(self, url: str) -> Held | Absence:
        """An entry that we know the address of (Micropub, 3.7.2)."""
        answer = await self._ask({"q": "source", "url": url}, REFUSALS | {405, 501})
        if answer.status in GONE:
            return Absence.GONE
        if answer.status == 400 and "source" in (await self.abilities()).questions:
            return Absence.GONE
        found = entry.read(answer.json(), url) if answer.status == 200 and answer.is_json else None
        return found or Absence.UNKNOWN

    async def listing(self, post: Post) -> Listing:
        """Looks for a post among the entries: first by a filter, then one page after the other.

        Listing is an extension that not every server has (indieweb.org, "Query for Post List").
        """
        filtered = await self._items({"filter": post.key})
        if filtered is None:
            return Listing()
        if (found := _among(filtered[0], post)) is not None:
            return Listing(found=found)
        more: Mapping[str, str] = {}
        for _ in range(MAX_PAGES):
            items, following = await self._items(more) or ([], None)
            if (found := _among(items, post)) is not None:
                return Listing(found=found)
            if following is None or following == more:
                return Listing(whole=True)
            more = following
        return Listing()

    async def page(self, url: str) -> tuple[int, str]:
        """Status and text of a public page; the token is not sent with it."""
        answer = await self._api.send("GET", url, expect=range(300, 500))
        return answer.status, answer.body.decode("utf-8", "replace") if answer.status == 200 else ""

    async def abilities(self) -> Abilities:
        """What the server says that it can do; nothing where it does not say. Asked once."""
        if self._abilities is None:
            answer = await self._ask({"q": "config"}, REFUSALS | {405, 501})
            told = answer.json() if answer.status == 200 and answer.is_json else {}
            self._abilities = self._read(tolerant.table(told), answer.url)
        return self._abilities

    async def scopes(self) -> frozenset[str] | None:
        """What the token allows, by the site's own token endpoint; None where that does not tell (IndieAuth, 6)."""
        endpoint = (await self._discovered()).get("token_endpoint")
        if endpoint is None:
            return None
        answer = await self._api.send(
            "GET", endpoint, headers={**self._credentials, "Accept": "application/json"}, expect=range(300, 500)
        )
        told: object = answer.json() if answer.status == 200 and answer.is_json else None
        scopes = tolerant.text(told, "scope").split()
        if not scopes:
            return None
        # "post" is what "create" and its kin were called before they were told apart.
        return frozenset("create update delete media".split() if "post" in scopes else scopes)

    async def rediscover(self) -> None:
        """Asks the site anew where it is asked. Raises where it can't be had, or names no endpoint any more."""
        self._links = None
        await self.endpoint()

    async def endpoint(self) -> str:
        """Where the server is asked. Raises BlockedError where the site names none."""
        found = (await self._discovered()).get("micropub")
        if found is None:
            message = f"{self.site} names no Micropub endpoint: neither a Link header field nor an element rel=micropub"
            raise BlockedError(self._api.target, message)
        return found

    @property
    def _credentials(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    async def _tell(self, told: Mapping[str, object], expect: Collection[int] = ()) -> Answer:
        try:
            return await self._api.send(
                "POST", await self.endpoint(), json=told, headers=self._credentials, expect=expect
            )
        except BlockedError:
            self._links = self._abilities = None  # the endpoint may have moved: the site is asked anew
            raise

    async def _ask(self, question: Mapping[str, str], expect: Collection[int]) -> Answer:
        asked = httpx.URL(await self.endpoint()).copy_merge_params(dict(question))
        fields = {**self._credentials, "Accept": "application/json"}
        return await self._api.send("GET", str(asked), headers=fields, expect=expect)

    async def _items(self, more: Mapping[str, str]) -> tuple[list[object], Mapping[str, str] | None] | None:
        """Entries of one page of the list and how to ask for the next; None where there is no list."""
        asked = {"q": "source", "limit": str(PAGE), **more}
        if self._destination:
            asked["mp-destination"] = self._destination
        answer = await self._ask(asked, REFUSALS | {405, 501})
        told: object = answer.json() if answer.status == 200 and answer.is_json else None
        items = tolerant.table(told).get("items")
        if not isinstance(items, list):
            return None
        return items, _following(told, len(items))

    def _understood(self, answer: Answer) -> Answer:
        """An answer to an update or a delete; a page of HTML with a 200 comes from something in front of the server."""
        if answer.status == 200 and answer.body.strip() and not answer.is_json:
            raise TryLaterError(self._api.target, "answered 200 with something that is not JSON", in_doubt=True)
        return answer

    async def _discovered(self) -> Mapping[str, str]:
        """The endpoints that the site names: in header fields first, then in its HTML (Micropub, 5.3)."""
        if self._links is None:
            page = (await self._api.send("GET", self.site)).page
            found = {name: next(discovery.links(page, name, "link", "a"), None) for name in _RELATIONS} | self._given
            self._links = {name: self._safe(url) for name, url in found.items() if url is not None}
        return self._links

    def _safe(self, endpoint: str) -> str:
        return discovery.encrypted(self._api.target, endpoint, site=self.site)

    def _read(self, told: Mapping[str, Any], url: str) -> Abilities:
        media = tolerant.text(told, "media-endpoint")
        resolved = urls.resolve(url, media) if media else None
        return Abilities(
            media_endpoint=self._safe(resolved) if resolved else None,
            questions=_names(told.get("q")),
            syndication=_names(told.get("syndicate-to")),
            destinations=_names(told.get("destination")),
        )


def _among(items: list[object], post: Post) -> Held | None:
    held = (entry.read(item) for item in items)
    return next((one for one in held if one is not None and one.tells(post)), None)


def _following(told: object, count: int) -> Mapping[str, str] | None:
    """How to ask for the next page: by cursor, or by offset; None at the end."""
    paging = tolerant.table(told, "paging")
    if not count:
        return None
    if (after := paging.get("after")) not in (None, ""):
        return {"after": str(after)[:1000]}
    offset, total = tolerant.number(paging, "offset"), tolerant.number(paging, "total")
    if offset is not None and total is not None and offset + count < total:
        return {"offset": str(offset + count)}
    return None


def _names(value: object) -> frozenset[str]:
    """Names in a list: texts, or objects with a ``uid``."""
    return tolerant.texts(value) | {tolerant.text(row, "uid") for row in tolerant.rows(value)} - {""}
