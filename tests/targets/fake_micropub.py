"""A site with a Micropub server, in memory, as a transport."""

from __future__ import annotations

import asyncio
import json
import re
from html import escape
from typing import Any

import httpx

SITE = "https://me.example"
ENDPOINT = f"{SITE}/micropub?v=1"
MEDIA = f"{SITE}/media"
TOKEN = "mp-token-9999"


class FakeMicropub(httpx.AsyncBaseTransport):
    """Every ability can be taken away from it, as real servers lack one or the other."""

    def __init__(self) -> None:
        self.entries: dict[str, dict[str, Any]] = {}
        self.deleted: set[str] = set()
        self.files: dict[str, bytes] = {}
        self.asked: list[httpx.Request] = []
        self.links = "header"  #: where the endpoint is named: "header", "html" or ""
        self.lists = True  #: q=source without an address
        self.filters = True
        self.tells = True  #: q=source of one entry
        self.home = "titles"  #: what the home page shows: "titles", "texts" or ""
        self.photo_objects = True
        self.keeps_marks = True
        self.paging = "after"
        self.scope: str | None = "create update delete media"
        self.refuses: int | None = None  #: status of every update
        self.down: int | None = None  #: status of everything
        self.config: dict[str, Any] = {
            "media-endpoint": "/media",
            "q": ["config", "source", "syndicate-to"],
            "syndicate-to": [{"uid": "https://news.example/@me", "name": "News"}],
            "destination": [{"uid": "https://two.example/", "name": "two"}],
        }

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        await asyncio.sleep(0)  # others get their turn, as with any network
        self.asked.append(request)
        if self.down:
            return httpx.Response(self.down, html="down")
        path = request.url.path
        if path == "/micropub":
            return self._micropub(request)
        if path == "/media" and request.method == "POST":
            name = re.search(rb'filename="([^"]+)"', request.content)
            assert name
            url = f"{SITE}/files/{len(self.files)}-{name[1].decode()}"
            self.files[url] = request.content
            return httpx.Response(201, headers={"Location": url})
        if path == "/token":
            return httpx.Response(200, json={"me": SITE, "scope": self.scope}) if self.scope else httpx.Response(405)
        return self._page(str(request.url))

    def shown(self) -> dict[str, dict[str, Any]]:
        return {url: entry for url, entry in self.entries.items() if url not in self.deleted}

    def _micropub(self, request: httpx.Request) -> httpx.Response:
        assert request.url.params["v"] == "1"
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return httpx.Response(401, json={"error": "unauthorized", "error_description": "no such token"})
        if request.method == "GET":
            return self._query(request.url.params)
        told = json.loads(request.content)
        if "action" not in told:
            return self._create(told["properties"])
        if self.refuses:
            return httpx.Response(self.refuses, json={"error": "invalid_request", "error_description": "no"})
        url = told["url"]
        if url not in self.shown():
            return httpx.Response(400, json={"error": "invalid_request", "error_description": "no such post"})
        if told["action"] == "delete":
            self.deleted.add(url)
            return httpx.Response(204)
        self._check(told["replace"])
        for name in told.get("delete", ()):
            del self.entries[url][name]
        self.entries[url] |= told["replace"]
        return httpx.Response(204)

    def _create(self, properties: dict[str, Any]) -> httpx.Response:
        if not self._check(properties):
            return httpx.Response(400, json={"error": "invalid_request", "error_description": "photo must be a URL"})
        slug = properties.pop("mp-slug")[0]
        url, number = f"{SITE}/2026/{slug}", 1
        while url in self.entries:
            number += 1
            url = f"{SITE}/2026/{slug}-{number}"
        if not self.keeps_marks:
            html = properties["content"][0]["html"]
            properties["content"] = [{"html": re.sub(r' data-wirecopy="[^"]*"', "", html)}]
        self.entries[url] = properties
        return httpx.Response(201, headers={"Location": url.removeprefix(SITE)})

    def _check(self, properties: dict[str, Any]) -> bool:
        assert all(isinstance(values, list) and values for values in properties.values())
        return self.photo_objects or all(isinstance(photo, str) for photo in properties.get("photo", ()))

    def _query(self, params: httpx.QueryParams) -> httpx.Response:
        match params.get("q"), params.get("url"):
            case "config", None:
                return httpx.Response(200, json=self.config)
            case "source", str(url) if self.tells:
                if url not in self.shown():
                    return httpx.Response(400, json={"error": "not_found"})
                return httpx.Response(200, json={"type": ["h-entry"], "properties": self.entries[url]})
            case "source", None if self.lists:
                return self._list(params)
        return httpx.Response(400, json={"error": "invalid_request"})

    def _list(self, params: httpx.QueryParams) -> httpx.Response:
        urls = list(reversed(self.shown()))
        if self.filters and (wanted := params.get("filter")):
            urls = [url for url in urls if wanted in json.dumps(self.entries[url])]
        offset, limit = int(params.get("after") or params.get("offset") or 0), int(params["limit"])
        page = urls[offset : offset + limit]
        items = [{"type": ["h-entry"], "properties": {**self.entries[url], "url": [url]}} for url in page]
        following = offset + limit
        if self.paging == "after":
            paging = {"after": str(following)} if following < len(urls) else {}
        else:
            paging = {"offset": offset, "limit": limit, "total": len(urls)}
        return httpx.Response(200, json={"items": items, "paging": paging})

    def _page(self, url: str) -> httpx.Response:
        if url in self.files:
            return httpx.Response(200)
        if url.rstrip("/") == SITE:
            fields = {"Link": f'<{ENDPOINT}>; rel="micropub", </token>; rel=token_endpoint'}
            head = f'<link rel="micropub" href="{escape(ENDPOINT)}">' if self.links == "html" else ""
            return httpx.Response(200, headers=fields if self.links == "header" else {}, html=head + self._feed())
        if url in self.deleted:
            return httpx.Response(410)
        if url not in self.entries:
            return httpx.Response(404)
        return httpx.Response(200, html=self._article(url))

    def _feed(self) -> str:
        if self.home == "texts":
            return "".join(self._article(url) for url in self.shown())
        if self.home == "titles":
            return "".join(f'<p><a href="{url.removeprefix(SITE)}">a title</a></p>' for url in self.shown())
        return ""

    def _article(self, url: str) -> str:
        html = self.entries[url]["content"][0]["html"]
        return f'<article class="h-entry big"><a class="u-url" href="{url}">at</a><div class="e-content">{html}</div></article>'
