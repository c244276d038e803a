"""Calls to a blog's REST API: its own error codes understood, its account known."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from aggregator.errors import BlockedError, PublishError, RejectedError, TryLaterError
from aggregator.targets.shared import tolerant
from aggregator.targets.shared.api import Answer, Api
from aggregator.targets.wordpress import discovery
from aggregator.targets.wordpress.discovery import Root

#: Errors that stay, though WordPress answers them with 500.
LASTING = frozenset({"db_insert_error", "db_update_error", "empty_term_name", "rest_upload_sideload_error"})
NOT_ALLOWED = frozenset({405, 501})
#: 403s about the account: nothing will be taken before a person mends it.
ACCOUNT = {
    "rest_cannot_create": "the account may not write posts: give it the role Author",
    "rest_cannot_publish": 'the account may not publish: give it the role Author, or set status = "pending"',
    "rest_cannot_assign_sticky": "the account may not keep posts on top: give it the role Editor, or drop sticky",
}
#: 403s about one post: it belongs to somebody else.
FOREIGN = frozenset({"rest_cannot_edit", "rest_cannot_edit_others", "rest_cannot_delete", "rest_forbidden_context"})

Params = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Account:
    """Who we are at the blog."""

    id: int
    roles: tuple[str, ...]
    capabilities: frozenset[str]


class Rest:
    """The REST API of one blog. Where it is and who we are is asked once."""

    def __init__(self, api: Api, url: str) -> None:
        self.target = api.target
        self._api = api
        self._url = url
        self._root: Root | None = None
        self._account: Account | None = None

    async def root(self) -> Root:
        """Where the API is."""
        if self._root is None:
            self._root = await discovery.find(self._api, self._url)
        return self._root

    async def account(self) -> Account:
        """Who we are. Raises BlockedError where the credentials are wrong."""
        if self._account is None:
            self._account = await self._who()
        return self._account

    async def get(self, path: str, params: Params, *, expect: Collection[int] = ()) -> Answer:
        """Asks for something."""
        return await self._send("GET", path, params, expect, writes=False)

    async def post(self, path: str, fields: Mapping[str, object], params: Params) -> Answer:
        """Makes or changes a post."""
        content = json.dumps(fields).encode()
        headers = {"Content-Type": "application/json"}
        return await self._send("POST", path, params, (), writes=True, content=content, headers=headers)

    async def add(
        self, path: str, content: bytes, params: Params, *, headers: Mapping[str, str], expect: Collection[int] = ()
    ) -> Answer:
        """Adds a term or a picture. A lost answer leaves nothing in doubt: the next attempt finds what there is."""
        return await self._send("POST", path, params, expect, writes=False, content=content, headers=dict(headers))

    async def delete(self, path: str, params: Params, *, expect: Collection[int] = ()) -> Answer:
        """Takes something away; by another method where the blog's host lets no DELETE through."""
        answer = await self._send("DELETE", path, params, {*expect, *NOT_ALLOWED}, writes=True)
        if answer.status in NOT_ALLOWED and not code_of(answer):
            headers = {"X-HTTP-Method-Override": "DELETE"}
            answer = await self._send("POST", path, params, expect, writes=True, headers=headers)
        if answer.status < 300 or answer.status in expect:
            return answer
        raise self._api.error(answer)

    async def custom_fields(self) -> frozenset[str]:
        """The custom fields that posts of this blog take by REST; others it drops without a word."""
        answer = await self._send("OPTIONS", "posts", {}, (), writes=False)
        return frozenset(tolerant.table(answer.json(), "schema", "properties", "meta", "properties"))

    def error(self, answer: Answer) -> PublishError:
        """What an answer means that is not the one hoped for."""
        return self._api.error(answer)

    async def refusal(self, answer: Answer) -> PublishError:
        """What a 401 or 403 to a write means: it may be about the account, about this post, or a firewall's whim."""
        error, code = self._api.error(answer), code_of(answer)
        if answer.status == 403 and code in ACCOUNT:
            return BlockedError(self.target, f"{error.message}: {ACCOUNT[code]}")
        if answer.status == 403 and code in FOREIGN:
            return RejectedError(self.target, f"{error.message}: the post belongs to somebody else there")
        firewall = "html" in answer.headers.get("content-type", "").lower()
        if not (code or firewall):
            return error
        try:
            self._account = await self._who()
        except PublishError as known:
            return known
        if answer.status == 401:
            return TryLaterError(self.target, f"answered 401 to one call, yet knows the account ({error.message})")
        message = "403: a firewall or a security plugin there refuses this post, though the account is let in"
        return RejectedError(self.target, message)

    async def _send(
        self,
        method: str,
        path: str,
        params: Mapping[str, str],
        expect: Collection[int],
        *,
        writes: bool,
        **request: Any,
    ) -> Answer:
        url = (await self.root()).url(path, params)
        looked_at = {*expect, 400, 401, 403, 404, 500}
        answer = await self._api.send(method, url, expect=looked_at, writes=writes, **request)
        if answer.status < 300 or answer.status in expect:
            return answer
        if code_of(answer) in LASTING:
            raise RejectedError(self.target, self._api.error(answer).message)
        about_one = path.startswith("posts/") and code_of(answer) in FOREIGN
        if answer.status in (401, 403) and (method != "GET" or about_one):
            raise await self.refusal(answer)
        raise self._api.error(answer)

    async def _who(self) -> Account:
        answer = await self.get("users/me", {"context": "edit", "_fields": "id,roles,capabilities"})
        return account_of(answer)


def code_of(answer: Answer) -> str:
    """WordPress's own name for an error; empty where the answer is not one of WordPress."""
    return tolerant.text(answer.json_if_any(), "code")


def existing_term(answer: Answer) -> int | None:
    """The number of the term that is there already, where an answer says ``term_exists``."""
    value = answer.json_if_any()
    found = tolerant.table(value, "data").get("term_id") if code_of(answer) == "term_exists" else None
    return int(found) if isinstance(found, int) or (isinstance(found, str) and found.isdecimal()) else None


def account_of(answer: Answer) -> Account:
    """The account that an answer tells of."""
    value = answer.json()
    number = tolerant.number(value, "id")
    if number is None:
        raise answer.nonsense("no account")
    capabilities = tolerant.table(value, "capabilities")
    return Account(
        id=number,
        roles=tuple(sorted(tolerant.texts(value.get("roles")))),
        capabilities=frozenset(str(name) for name, has in capabilities.items() if has),
    )
