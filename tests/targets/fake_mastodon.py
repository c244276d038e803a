"""A Mastodon server with one account, in memory, as a transport."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

import httpx

SERVER = "https://social.example"
TOKEN = "masto-token-9999"


def rendered(text: str) -> str:
    """As Mastodon shows a status: addresses in three spans, lines as breaks."""

    def link(match: re.Match[str]) -> str:
        url = match[0]
        shown = f'<span class="invisible">https://</span><span class="ellipsis">{url[8:30]}</span><span class="invisible">{url[30:]}</span>'
        return f'<a href="{url}" rel="nofollow noopener" target="_blank">{shown}</a>'

    return "<p>" + re.sub(r"https://[^\s<]+", link, escape(text, quote=False)).replace("\n", "<br />") + "</p>"


class FakeMastodon(httpx.AsyncBaseTransport):
    """Takes what Mastodon takes, and forgets idempotency keys only when told to."""

    def __init__(self) -> None:
        self.statuses: dict[str, dict[str, Any]] = {}
        self.keys: dict[str, str] = {}
        self.media: dict[str, dict[str, Any]] = {}
        self.asked: list[httpx.Request] = []
        self.down: int | None = None  #: status of everything
        self.edits = True
        self.app: dict[str, Any] | None = {"name": "Wirecopy", "scopes": ["read", "write"]}
        self.slow: list[int] = []  #: answers about a picture before it is ready
        self.instance: dict[str, Any] = {
            "configuration": {
                "statuses": {"max_characters": 500, "max_media_attachments": 4, "characters_reserved_per_url": 23}
            }
        }
        self.version = 2  #: of the call that tells the limits
        self.limit = 500
        self.numbers = 100

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        await asyncio.sleep(0)  # others get their turn, as with any network
        self.asked.append(request)
        if self.down:
            return httpx.Response(self.down, json={"error": "down"})
        method, path = request.method, request.url.path
        if path == f"/api/v{self.version}/instance":
            return httpx.Response(200, json=self.instance)
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return httpx.Response(401, json={"error": "The access token is invalid"})
        if path == "/api/v1/accounts/verify_credentials":
            return httpx.Response(200, json={"id": "7", "acct": "wire"})
        if path == "/api/v1/apps/verify_credentials" and self.app is not None:
            return httpx.Response(200, json=self.app)
        if path == "/api/v1/accounts/7/statuses":
            return self._list(request.url.params)
        if path == "/api/v2/media" and method == "POST":
            return self._upload(request)
        if path.startswith("/api/v1/media/"):
            status = self.slow.pop(0) if self.slow else 200
            return httpx.Response(status, json={"id": path.rpartition("/")[2]})
        if path == "/api/v1/statuses" and method == "POST":
            return self._create(request)
        return self._one(request, path.removeprefix("/api/v1/statuses/"))

    def _one(self, request: httpx.Request, number: str) -> httpx.Response:
        status = self.statuses.get(number)
        if status is None or (request.method == "PUT" and not self.edits):
            return httpx.Response(404, json={"error": "Record not found"})
        if request.method == "DELETE":
            return httpx.Response(200, json=self.statuses.pop(number))
        if request.method == "PUT":
            told = json.loads(request.content)
            for each in told.get("media_attributes", ()):
                self.media[each["id"]]["description"] = each["description"]
            self._fill(status, told)
        return httpx.Response(200, json=status)

    def _create(self, request: httpx.Request) -> httpx.Response:
        key = request.headers["Idempotency-Key"]
        if key in self.keys:
            found = self.statuses.get(self.keys[key])
            return httpx.Response(200, json=found) if found else httpx.Response(404, json={"error": "Record not found"})
        told = json.loads(request.content)
        if len(re.sub(r"https?://\S+", "x" * 23, told["status"])) + len(told["spoiler_text"]) > self.limit:
            return httpx.Response(422, json={"error": "Validation failed: Text character limit exceeded"})
        self.numbers += 1
        number = str(self.numbers)
        moment = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=self.numbers)
        application = {"name": self.app["name"]} if self.app else None
        status = {"id": number, "url": f"{SERVER}/@wire/{number}", "created_at": moment.isoformat(), "reblog": None}
        self.statuses[number] = status | {"visibility": told["visibility"], "application": application}
        self._fill(self.statuses[number], told)
        self.keys[key] = number
        return httpx.Response(200, json=self.statuses[number])

    def _fill(self, status: dict[str, Any], told: dict[str, Any]) -> None:
        status |= {
            "content": rendered(told["status"]),
            "spoiler_text": told["spoiler_text"],
            "sensitive": told["sensitive"],
            "language": told.get("language"),
            "media_attachments": [self.media[number] for number in told["media_ids"]],
        }

    def _upload(self, request: httpx.Request) -> httpx.Response:
        number = f"m{len(self.media)}"
        found = re.search(rb'name="description"\r\n\r\n(.*?)\r\n', request.content)
        self.media[number] = {"id": number, "description": found[1].decode() if found else None}
        return httpx.Response(202 if self.slow else 200, json={"id": number, "url": None})

    def _list(self, params: httpx.QueryParams) -> httpx.Response:
        newest = sorted(self.statuses.values(), key=lambda status: -int(status["id"]))
        if below := params.get("max_id"):
            newest = [status for status in newest if int(status["id"]) < int(below)]
        return httpx.Response(200, json=newest[: int(params["limit"])])
