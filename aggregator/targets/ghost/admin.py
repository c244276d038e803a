"""Ghost's Admin API, as much of it as we need: posts by id and by filter, pictures, and the site."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote as percent

from aggregator.errors import BlockedError, PublishError, TryLaterError
from aggregator.targets.ghost.key import LIFETIME
from aggregator.targets.shared import pictures, tolerant
from aggregator.targets.shared.api import Answer, Api
from aggregator.targets.shared.pictures import Copy
from aggregator.types import MediaFile

FORMATS = "html,lexical,mobiledoc"
MAX_PAGES = 20  #: of a list that is read


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A post as Ghost holds it."""

    id: str
    url: str
    slug: str
    status: str  #: draft, published, scheduled, sent
    title: str
    created_at: str
    updated_at: str  #: as Ghost wrote it: an update must name it
    published_at: str  #: empty: it never was public
    head: str  #: ``codeinjection_head``
    html: str
    raw: Mapping[str, object] = field(repr=False)  #: all fields, as answered


class Admin:
    """The Admin API of one blog."""

    def __init__(self, api: Api, blog: str, *, now: Callable[[], datetime]) -> None:
        self._api = api
        self._now = now
        self._root = f"{blog}/ghost/api/admin"

    async def close(self) -> None:
        """Closes every connection."""
        await self._api.close()

    async def site(self) -> Mapping[str, object]:
        """Title, address and version of the blog, which it tells to everybody."""
        answer = await self._api.send("GET", f"{self._root}/site/")
        found = tolerant.table(answer.object(), "site")
        if "version" not in found:
            raise BlockedError(self._api.target, f"what answers at {self._root}/site/ is not Ghost: check url")
        return found

    async def read(self, post_id: str) -> Held | None:
        """A post by its id; None where it does not exist."""
        answer = await self._send(
            "GET", f"posts/{percent(post_id, safe='')}/", expect={404}, params={"formats": FORMATS}
        )
        return None if self._missing(answer) else self._post(answer)

    async def posts(self, chosen: str) -> tuple[Held, ...]:
        """The posts that a filter lets through, of every status, oldest first."""
        found: list[Held] = []
        page = 1
        for _ in range(MAX_PAGES):
            params = {"filter": chosen, "formats": FORMATS, "order": "created_at asc, id asc", "limit": "50"}
            answer = await self._send("GET", "posts/", params=params | {"page": str(page)})
            body = answer.object()
            found += [self._held(post, answer) for post in tolerant.rows(body.get("posts"))]
            following = _next_page(body)
            if following is None:
                break
            page = following
        return tuple(found)

    async def create(self, fields: Mapping[str, object]) -> Held:
        """Makes a post of our HTML; no newsletter is sent, since none is named."""
        params = {"source": "html", "formats": FORMATS}
        return self._post(await self._send("POST", "posts/", params=params, json={"posts": [fields]}))

    async def update(self, held: Held, fields: Mapping[str, object]) -> Held | None:
        """Changes a post; None where somebody changed it since it was read, or took it away."""
        params = {"formats": FORMATS} | ({"source": "html"} if "html" in fields else {})
        body = {"posts": [{**fields, "updated_at": held.updated_at}]}
        answer = await self._send("PUT", f"posts/{held.id}/", expect={404, 409}, params=params, json=body)
        if answer.status == 409 and _error_type(answer) != "UpdateCollisionError":
            raise self._api.error(answer)
        return None if answer.status == 409 or self._missing(answer) else self._post(answer)

    async def delete(self, post_id: str) -> None:
        """Deletes a post for good: Ghost has no trash. Harmless when it is not there."""
        self._missing(await self._send("DELETE", f"posts/{percent(post_id, safe='')}/", expect={404}))

    async def upload(self, file: MediaFile, data: bytes) -> Copy:
        """Stores a picture."""
        name = pictures.name(file)
        form = {"purpose": "image", "ref": name}
        answer = await self._send("POST", "images/upload/", data=form, files={"file": (name, data, file.type)})
        for picture in tolerant.rows(answer.object().get("images")):
            if url := tolerant.text(picture, "url"):
                return Copy(url)
        raise TryLaterError(self._api.target, "took a picture and did not say where it is", in_doubt=True)

    async def lacking_rights(self, *, publish: bool) -> list[str]:
        """What the key may not do that we need, in sentences. A key that is wrong is raised as BlockedError."""
        await self._send("GET", "posts/", params={"limit": "1", "fields": "id"})
        # The key of an integration belongs to nobody, and may do all that we need; that of a person has her rights.
        answer = await self._send("GET", "users/me/", expect={404}, params={"include": "roles"})
        people = [] if self._missing(answer) else tolerant.rows(answer.object().get("users"))
        roles = {str(role.get("name")) for person in people for role in tolerant.rows(person.get("roles"))}
        if publish and "Contributor" in roles:
            return ["this key belongs to a Contributor, who may not publish: use the key of a custom integration"]
        return []

    async def knows_author(self, name: str) -> bool:
        """Whether somebody with this mail address or slug writes there."""
        kind = "email" if "@" in name else "slug"
        params = {"filter": f"{kind}:{quote(name)}", "limit": "1"}
        return bool(tolerant.rows((await self._send("GET", "users/", params=params)).object().get("users")))

    async def _send(self, method: str, path: str, *, expect: Collection[int] = (), **request: Any) -> Answer:
        answer = await self._api.send(method, f"{self._root}/{path}", expect={*expect, 401, 403}, **request)
        if answer.status in {401, 403}:
            raise self._refusal(answer)
        return answer

    def _refusal(self, answer: Answer) -> PublishError:
        """Why Ghost lets us not in, in words for the owner of the blog."""
        kind, said = _error_type(answer), str(self._api.error(answer).message)
        if not kind:
            return self._api.error(answer)  # not Ghost's own words: a firewall or a log-in before it
        late = self._clock_behind(answer)
        if answer.status == 401 and abs(late) >= LIFETIME:
            way = "behind" if late > timedelta(0) else "ahead of"
            minutes = abs(late) // timedelta(minutes=1)
            message = f"the clock of this machine is {minutes} minutes {way} the blog's: set the clock ({said})"
        elif answer.status == 401:
            message = f"Ghost does not know this key: copy the Admin API key anew from Settings → Integrations ({said})"
        elif kind == "HostLimitError":
            message = f"the plan of this blog does not allow it ({said})"
        else:
            message = (
                f"this key may not do that: use the Admin API key of a custom integration, or that of an "
                f"Author or Editor ({said})"
            )
        return BlockedError(self._api.target, message)

    def _clock_behind(self, answer: Answer) -> timedelta:
        """How far our clock is behind the blog's, by the ``Date`` of its answer (RFC 9110, 6.6.1)."""
        return answer.date - self._now() if answer.date else timedelta(0)

    def _missing(self, answer: Answer) -> bool:
        """Whether Ghost itself says that there is no such thing; another 404 is raised as what it means."""
        if answer.status != 404:
            return False
        if _error_type(answer) != "NotFoundError":
            raise self._api.error(answer)
        return True

    def _post(self, answer: Answer) -> Held:
        rows = tolerant.rows(answer.object().get("posts"))
        if not rows:
            raise answer.nonsense("no post")
        return self._held(rows[0], answer)

    def _held(self, row: Mapping[str, object], answer: Answer) -> Held:
        post_id = row.get("id")
        if not isinstance(post_id, str) or not re.fullmatch(r"[0-9A-Za-z_-]{1,64}", post_id):
            raise answer.nonsense("a post without an id")
        return Held(
            id=post_id,
            url=tolerant.text(row, "url"),
            slug=tolerant.text(row, "slug"),
            status=tolerant.text(row, "status"),
            title=tolerant.text(row, "title"),
            created_at=tolerant.text(row, "created_at"),
            updated_at=tolerant.text(row, "updated_at"),
            published_at=tolerant.text(row, "published_at"),
            head=tolerant.text(row, "codeinjection_head"),
            html=tolerant.text(row, "html"),
            raw=row,
        )


def quote(value: str) -> str:
    """A string in a filter (NQL): quotes are escaped by a backslash, doubling them is an error there."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _next_page(body: Mapping[str, object]) -> int | None:
    """Number of the next page: Ghost 6 gives at most a hundred posts, whatever is asked for."""
    return tolerant.number(tolerant.table(body, "meta", "pagination"), "next")


def _error_type(answer: Answer) -> str:
    """The class of Ghost's error; empty where the words are not Ghost's."""
    errors = tolerant.rows(tolerant.table(answer.json_if_any()).get("errors"))
    return tolerant.text(errors[0], "type") if errors else ""
