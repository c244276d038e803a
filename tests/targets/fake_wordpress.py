"""A WordPress in memory, as far as its REST API goes: what it does, and above all what it does without a word.

The facts are those of WordPress 6.1, tried there: drafts keep a slug to themselves, a taken slug gets ``-2``, the trash
renames, unknown terms and registered-less meta vanish, an author's HTML is filtered, permanent errors come as 500.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import parse_qsl

import httpx

URL = "https://blog.example"
USER, PASSWORD = "wire", "abcd EFGH ijkl MNOP qrst UVWX"
FINAL = {"publish", "future", "draft", "pending", "private"}
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
AUTHOR = {"edit_posts", "publish_posts", "upload_files", "delete_posts", "edit_published_posts", "assign_terms"}
ROLES = {
    "administrator": AUTHOR | {"edit_others_posts", "manage_categories", "unfiltered_html"},
    "editor": AUTHOR | {"edit_others_posts", "manage_categories", "unfiltered_html"},
    "author": AUTHOR,
    "contributor": {"edit_posts", "delete_posts"},
    "subscriber": {"read"},
}
PAGE = httpx.Response(200, html="<!doctype html><title>Blog</title><p>Hello</p>")
Json = dict[str, Any]


def error(status: int, code: str, **data: object) -> httpx.Response:
    return httpx.Response(status, json={"code": code, "message": f"Sorry: {code}.", "data": {"status": status, **data}})


def kses(html: str) -> str:
    """What becomes of an author's HTML."""
    html = re.sub(r"</?(?:iframe|picture|source|time|wbr|bdi|svg|form|input|script|style)\b[^>]*>", "", html)
    html = re.sub(r'\s(?:srcset|sizes|decoding|referrerpolicy|on\w+)="[^"]*"', "", html)
    return re.sub(r"<(img|br|hr)\b([^>]*?)\s*/?>", r"<\1\2 />", html)


class FakeWordPress(httpx.AsyncBaseTransport):
    """One blog. ``posts``, ``terms`` and ``media`` are open to look at and to change, as its owner would."""

    def __init__(self, role: str = "author") -> None:
        self.role = role
        self.posts: dict[int, Json] = {}
        self.terms: dict[str, dict[int, Json]] = {"categories": {}, "tags": {}}
        self.media: dict[int, Json] = {}
        self.users = {7: (USER, "Wire"), 8: ("ada", "Ada Byron")}
        self.asked: list[tuple[str, str]] = []  #: method and path of every call
        self.index_at = "/wp-json/"  #: where the API is; empty: plain permalinks only
        self.page = PAGE
        self.firewall: Callable[[httpx.Request], httpx.Response | None] = lambda request: None
        self.application_passwords = True
        self.refuses_pictures = ""  #: an error code for uploads
        self.registered_meta = {"footnotes"}
        self.trash_days = 30
        self.now = NOW
        self._next = 1
        self.term("categories", "Uncategorized")

    # --- what a test looks at ---

    def shown(self) -> dict[str, str]:
        """What readers see: id → text."""
        return {str(number): post["content"] for number, post in self.posts.items() if post["status"] == "publish"}

    def writes(self) -> list[tuple[str, str]]:
        return [(method, path) for method, path in self.asked if method != "GET"]

    def only(self) -> Json:
        """The one post there is."""
        (post,) = self.posts.values()
        return post

    def names(self, taxonomy: str, post: Json) -> list[str]:
        return [self.terms[taxonomy][number]["name"] for number in post[taxonomy]]

    def term(self, taxonomy: str, name: str, parent: int = 0) -> int:
        number = self._id()
        self.terms[taxonomy][number] = {"id": number, "name": escape(name, quote=False), "parent": parent}
        return number

    # --- the server ---

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        await asyncio.sleep(0)  # a real one takes its time, too
        path = request.url.path
        params = dict(parse_qsl(request.url.query.decode(), keep_blank_values=True))
        if "rest_route" in params:
            path = "/wp-json" + params.pop("rest_route")
        elif not self.index_at or not path.startswith(self.index_at):
            self.asked.append((request.method, path))
            return self.page if path == "/" else httpx.Response(404, html="<h1>Not found</h1>")
        else:
            path = "/wp-json/" + path[len(self.index_at) :]
        route = path.removeprefix("/wp-json/").removeprefix("wp/v2").strip("/")
        self.asked.append((request.method, route))
        answer = self.firewall(request)
        if answer is None:
            request.method = request.headers.get("x-http-method-override", request.method)
            answer = self._route(request, route, params)
        answer.headers["Date"] = self.now.strftime("%a, %d %b %Y %H:%M:%S GMT")
        return answer

    def _route(self, request: httpx.Request, route: str, params: Json) -> httpx.Response:
        known = self._known(request)
        if not route:
            authentication = {"application-passwords": {}} if self.application_passwords else {}
            return httpx.Response(200, json={"namespaces": ["oembed/1.0", "wp/v2"], "authentication": authentication})
        if request.method == "OPTIONS":
            meta = {"properties": {name: {} for name in self.registered_meta}}
            return httpx.Response(200, json={"schema": {"properties": {"meta": meta}}})
        kind, _, rest = route.partition("/")
        if not known and (request.method != "GET" or params.get("context") == "edit" or "status" in params):
            return error(401, "rest_cannot_create" if request.method == "POST" else "rest_not_logged_in")
        if route == "users/me":
            capabilities = dict.fromkeys(ROLES[self.role], True)
            return httpx.Response(200, json={"id": 7, "roles": [self.role], "capabilities": capabilities})
        if kind == "users":
            return httpx.Response(
                200, json=[{"id": number, "slug": s, "name": n} for number, (s, n) in self.users.items()]
            )
        if kind == "posts":
            return self._posts(request, rest, params)
        if kind == "media":
            return self._media(request, rest, params)
        if kind in self.terms:
            return self._terms(request, kind, params)
        return error(404, "rest_no_route")

    def _known(self, request: httpx.Request) -> bool:
        given = request.headers.get("authorization", "").removeprefix("Basic ")
        user, _, password = base64.b64decode(given).decode().partition(":")
        return user == USER and password.replace(" ", "") == PASSWORD.replace(" ", "")

    def _id(self) -> int:
        self._next += 1
        return self._next - 1

    def _can(self, capability: str) -> bool:
        return capability in ROLES[self.role]

    def _posts(self, request: httpx.Request, rest: str, params: Json) -> httpx.Response:
        if rest:
            post = self.posts.get(int(rest))
            if post is None:
                return error(404, "rest_post_invalid_id")
            if post["author"] != 7 and not self._can("edit_others_posts"):
                return error(403, "rest_forbidden_context" if request.method == "GET" else "rest_cannot_edit")
            if request.method == "GET":
                return self._answer(200, post)
            if request.method == "DELETE":
                return self._delete(post, params)
            return self._save(post, json.loads(request.content))
        if request.method == "GET":
            return self._list(params)
        if not self._can("edit_posts"):
            return error(403, "rest_cannot_create")
        fields = json.loads(request.content)
        if not any(fields.get(name) for name in ("title", "content", "excerpt")):
            return error(400, "empty_content")
        post = {"id": 0, "slug": "", "status": "draft", "date_gmt": self._time(), "author": 7}
        post |= {"title": "", "content": "", "excerpt": "", "featured_media": 0, "categories": [1], "tags": []}
        return self._save(post, fields)

    def _save(self, post: Json, fields: Json) -> httpx.Response:
        status = fields.get("status", post["status"])
        if status not in FINAL:
            return error(400, "rest_invalid_param")
        if status in ("publish", "future", "private") and not self._can("publish_posts"):
            return error(403, "rest_cannot_publish")
        if fields.get("author", post["author"]) != post["author"] and not self._can("edit_others_posts"):
            return error(403, "rest_cannot_edit_others")
        if len(fields.get("content", "")) > 16_000_000:
            return error(500, "db_insert_error")
        made = not post["id"]
        post["id"] = post["id"] or self._id()
        for name in ("title", "content", "excerpt"):
            if name in fields:
                post[name] = fields[name] if self._can("unfiltered_html") else kses(fields[name])
        for taxonomy in self.terms:
            if taxonomy in fields:
                post[taxonomy] = [number for number in fields[taxonomy] if number in self.terms[taxonomy]]
        for name in ("date_gmt", "author", "sticky", "format", "comment_status", "ping_status"):
            if name in fields:
                post[name] = fields[name]
        if "featured_media" in fields:
            post["featured_media"] = fields["featured_media"] if fields["featured_media"] in self.media else 0
        post["status"] = status
        if status == "publish" and post["date_gmt"] > self._time():
            post["status"] = "future"
        post["slug"] = self._unique(
            fields.get("slug") or post["slug"] or re.sub(r"\W+", "-", post["title"].lower()), post
        )
        self.posts[post["id"]] = post
        return self._answer(201 if made else 200, post)

    def _unique(self, slug: str, post: Json) -> str:
        taken = {other["slug"] for other in self.posts.values() if other is not post}
        wanted, number = slug, 2
        while wanted in taken:
            wanted, number = f"{slug}-{number}", number + 1
        return wanted

    def _delete(self, post: Json, params: Json) -> httpx.Response:
        if params.get("force") == "true":
            del self.posts[post["id"]]
            return httpx.Response(200, json={"deleted": True})
        if not self.trash_days:
            return error(501, "rest_trash_not_supported")
        if post["status"] == "trash":
            return error(410, "rest_already_trashed")
        self.trash(post)
        return self._answer(200, post)

    def trash(self, post: Json) -> None:
        post["status"] = "trash"
        post["slug"] += "__trashed"

    def _list(self, params: Json) -> httpx.Response:
        statuses = params.get("status", "publish").split(",")
        found = [post for post in self.posts.values() if post["status"] in statuses]
        found = [post for post in found if post["author"] == 7 or self._can("edit_others_posts")]
        if "slug" in params:
            found = [post for post in found if post["slug"] in params["slug"].split(",")]
        if "search" in params:
            found = [post for post in found if params["search"] in post["title"] + post["content"] + post["excerpt"]]
        return httpx.Response(200, json=[self._view(post) for post in reversed(found)])

    def _answer(self, status: int, post: Json) -> httpx.Response:
        return httpx.Response(status, json=self._view(post))

    def _view(self, post: Json) -> Json:
        final = post["status"] not in ("draft", "pending")
        link = f"{URL}/2026/11/{post['slug']}/" if final else f"{URL}/?p={post['id']}"
        return (
            post | {"link": link, "meta": []} | {name: {"raw": post[name]} for name in ("title", "content", "excerpt")}
        )

    def _terms(self, request: httpx.Request, taxonomy: str, params: Json) -> httpx.Response:
        terms = self.terms[taxonomy]
        if request.method == "GET":
            found = [t for t in terms.values() if params.get("search", "").casefold() in t["name"].casefold()]
            found = [t for t in found if "parent" not in params or t["parent"] == int(params["parent"])]
            return httpx.Response(200, json=found, headers={"X-WP-Total": str(len(found))})
        fields = json.loads(request.content)
        if not self._can("manage_categories" if taxonomy == "categories" else "assign_terms"):
            return error(403, "rest_cannot_create")
        if not fields["name"].strip() or len(fields["name"]) > 200:
            return error(500, "empty_term_name")
        for term in terms.values():
            # Compared as it is stored: "News & Views" is kept as "News &amp; Views" and so made a second time.
            if term["name"].casefold() == fields["name"].casefold() and term["parent"] == fields.get("parent", 0):
                return error(400, "term_exists", term_id=term["id"])
        number = self.term(taxonomy, fields["name"], fields.get("parent", 0))
        return httpx.Response(201, json=terms[number])

    def _media(self, request: httpx.Request, rest: str, params: Json) -> httpx.Response:
        if rest:
            found = self.media.get(int(rest))
            return httpx.Response(200, json=found) if found else error(404, "rest_post_invalid_id")
        if request.method == "GET":
            slugs = params.get("slug", "").split(",")
            return httpx.Response(200, json=[item for item in self.media.values() if item["slug"] in slugs])
        if not self._can("upload_files"):
            return error(403, "rest_cannot_create")
        named = re.fullmatch(r'attachment; filename="([a-z0-9.-]+)"', request.headers.get("content-disposition", ""))
        if named is None:
            return error(400, "rest_upload_no_content_disposition")
        if request.headers.get("content-md5") not in (None, hashlib.md5(request.content).hexdigest()):
            return error(412, "rest_upload_hash_mismatch")
        if self.refuses_pictures:
            return error(500, self.refuses_pictures)
        number = self._id()
        url = f"{URL}/wp-content/uploads/2026/11/{named[1]}"
        self.media[number] = {"id": number, "source_url": url, "bytes": len(request.content)} | params
        return httpx.Response(201, json=self.media[number])

    def _time(self) -> str:
        return self.now.strftime("%Y-%m-%dT%H:%M:%S")
