"""Blogs that speak XML-RPC, in memory, as transports: a WordPress, and one that knows MetaWeblog alone."""

from __future__ import annotations

import asyncio
import re
import xmlrpc.client
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

import httpx

SITE = "https://old.example"
ENDPOINT = f"{SITE}/xmlrpc.php"
USER, PASSWORD = "alma", "xmlrpc secret 9999"
START = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


class FaultError(Exception):
    """What the blog answers instead."""


class Blog(httpx.AsyncBaseTransport):
    """What both have in common."""

    def __init__(self) -> None:
        self.posts: dict[str, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}
        self.calls: list[str] = []
        self.paths: list[str] = []
        self.faults: dict[str, tuple[int, str]] = {}  #: by method
        self.rsd = True
        self.pages: dict[str, httpx.Response] = {}
        self.lists_methods = True
        self.before_call: Callable[[str], None] = lambda method: None
        self._clock = START

    def methods(self) -> dict[str, Callable[..., Any]]:
        raise NotImplementedError

    def shown(self) -> dict[str, str]:
        return {number: post["content"] for number, post in self.posts.items() if post["status"] == "publish"}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        await asyncio.sleep(0)  # others get their turn, as with any network
        self.paths.append(str(request.url))
        if str(request.url) in self.pages:
            return self.pages[str(request.url)]
        if request.method == "HEAD":
            return httpx.Response(200 if str(request.url) in self.files else 404)
        if request.method == "GET":
            if "rsd" in str(request.url):
                return httpx.Response(200, content=self._rsd())
            link = f'<link rel="EditURI" type="application/rsd+xml" href="{ENDPOINT}?rsd">' if self.rsd else ""
            return httpx.Response(200, html=f"<head>{link}</head>")
        params, method = xmlrpc.client.loads(request.content, use_builtin_types=True)
        assert method
        self.calls.append(method)
        self.before_call(method)
        try:
            if method in self.faults:
                raise FaultError(*self.faults[method])
            answer = xmlrpc.client.dumps((self._answer(method, params),), methodresponse=True, allow_none=True)
        except FaultError as fault:
            answer = xmlrpc.client.dumps(xmlrpc.client.Fault(*fault.args))
        return httpx.Response(200, content=answer, headers={"Content-Type": "text/xml"})

    def _answer(self, method: str, params: tuple[Any, ...]) -> Any:
        if method == "system.listMethods" and self.lists_methods:
            return list(self.methods())
        if method not in self.methods():
            raise FaultError(-32601, f"server error. requested method {method} does not exist.")
        words = [param for param in params if isinstance(param, str)]
        place = words.index(USER) if USER in words else -1
        if place < 0 or words[place + 1] != PASSWORD:
            raise FaultError(403, "Incorrect username or password.")
        return self.methods()[method](*[param for param in params if param not in (USER, PASSWORD)])

    def _post(self, number: str) -> dict[str, Any]:
        if number not in self.posts:
            raise FaultError(404, "Invalid post ID.")
        return self.posts[number]

    def tick(self) -> datetime:
        self._clock += timedelta(minutes=1)
        return self._clock

    def _rsd(self) -> str:
        return f"""<?xml version="1.0"?><rsd version="1.0" xmlns="http://archipelago.phrasewise.com/rsd"><service><apis>
            <api name="Blogger" blogID="2" apiLink="{SITE}/other.php" /><api name="MetaWeblog" blogID="7" apiLink="{ENDPOINT}" />
            </apis></service></rsd>"""

    def upload(self, blog: str, struct: dict[str, Any]) -> dict[str, Any]:
        number = str(900 + len(self.files))
        url = f"{SITE}/files/{struct['name']}"
        self.files[url] = struct["bits"]
        return {"id": number, "url": url}


class FakeWordPress(Blog):
    """As WordPress 6.1 behaves."""

    def __init__(self) -> None:
        super().__init__()
        self.may_make_tags = True
        self.keeps_marks = True
        self.known_tags: set[str] = set()

    def methods(self) -> dict[str, Callable[..., Any]]:
        return {
            "system.listMethods": lambda: list(self.methods()),
            "metaWeblog.newPost": self._new,
            "metaWeblog.newMediaObject": self.upload,
            "wp.getPost": lambda blog, number, fields: self._told(self._post(number)),
            "wp.getPosts": self._search,
            "wp.editPost": self._edit,
            "wp.deletePost": self._delete,
            "wp.getUsersBlogs": lambda: [{"blogid": "7", "url": SITE}],
            "wp.getProfile": lambda blog, fields: {"roles": ["author"]},
        }

    def _new(self, blog: str, struct: dict[str, Any], publish: bool) -> str:
        number = str(len(self.posts) + 1)
        slugs = {post["slug"] for post in self.posts.values()}
        slug, count = struct["wp_slug"], 1
        while slug in slugs:
            count += 1
            slug = f"{struct['wp_slug']}-{count}"
        tags = [tag for tag in struct["mt_keywords"].split(",") if tag]
        self.known_tags |= set(tags)
        self.posts[number] = {
            "id": number,
            "title": struct["title"],
            "content": self._filtered(struct["description"]),
            "excerpt": struct["mt_excerpt"],
            "slug": slug,
            "status": struct.get("post_status") or ("publish" if publish else "draft"),
            "tags": tags,
            "fields": [{"id": "1", **field} for field in struct["custom_fields"]],
            "date": self.tick(),
            "modified": self._clock,
            "thumbnail": "",
        }
        return number

    def _edit(self, blog: str, number: str, struct: dict[str, Any]) -> bool:
        post = self._post(number)
        since = struct.get("if_not_modified_since")
        if since is not None and post["modified"] > since.replace(tzinfo=UTC):
            raise FaultError(409, "There is a revision of this post that is more recent.")
        if terms := struct.get("terms_names"):
            if not self.may_make_tags and not set(terms["post_tag"]) <= self.known_tags:
                raise FaultError(401, "Sorry, you are not allowed to add a term to one of the given taxonomies.")
            post["tags"] = terms["post_tag"]
        for name, ours in (("post_title", "title"), ("post_excerpt", "excerpt"), ("post_status", "status"), ("post_thumbnail", "thumbnail")):  # fmt: skip
            if name in struct:
                post[ours] = struct[name]
        if "post_content" in struct:
            post["content"] = self._filtered(struct["post_content"])
        if "post_date_gmt" in struct:
            post["date"] = struct["post_date_gmt"].replace(tzinfo=UTC)
        for field in struct.get("custom_fields", ()):
            others = [each for each in post["fields"] if each["id"] != field.get("id")]
            post["fields"] = [*others, {"id": str(len(others) + 1), **field}]
        post["modified"] = self.tick()
        return True

    def _delete(self, blog: str, number: str) -> bool:
        post = self._post(number)
        if post["status"] == "trash":
            del self.posts[number]
        else:
            post |= {"status": "trash", "slug": f"{post['slug']}__trashed"}
        return True

    def _search(self, blog: str, asked: dict[str, Any], fields: list[str]) -> list[dict[str, Any]]:
        trash = asked.get("post_status") == "trash"
        found = [post for post in self.posts.values() if (post["status"] == "trash") is trash]
        return [self._told(post) for post in found if asked["s"] in post["content"]][: asked["number"]]

    def _filtered(self, html: str) -> str:
        return html if self.keeps_marks else re.sub(r' data-wirecopy="[^"]*"', "", html)

    def _told(self, post: dict[str, Any]) -> dict[str, Any]:
        draft = post["status"] == "draft"
        thumbnail = next(
            (url for number, url in zip(range(900, 999), self.files, strict=False) if str(number) == post["thumbnail"]),
            "",
        )
        return {
            "post_id": post["id"],
            "post_title": post["title"],
            "post_content": post["content"],
            "post_excerpt": post["excerpt"],
            "post_status": post["status"],
            "post_name": post["slug"],
            "link": f"{SITE}/?p={post['id']}" if draft else f"{SITE}/{post['date']:%Y/%m}/{post['slug']}/",
            "post_date_gmt": xmlrpc.client.DateTime(post["date"].strftime("%Y%m%dT%H:%M:%S")),
            "post_modified_gmt": xmlrpc.client.DateTime(post["modified"].strftime("%Y%m%dT%H:%M:%S")),
            "post_thumbnail": {"attachment_id": post["thumbnail"], "link": thumbnail} if post["thumbnail"] else [],
            "terms": [{"name": escape(tag), "taxonomy": "post_tag"} for tag in post["tags"]],
            "custom_fields": post["fields"],
        }


class FakeMetaWeblog(Blog):
    """A blog that knows drafts and little more."""

    def __init__(self) -> None:
        super().__init__()
        self.keeps_marks = True
        self.missing = (1, "No such post")

    def methods(self) -> dict[str, Callable[..., Any]]:
        return {
            "metaWeblog.newPost": self._new,
            "metaWeblog.editPost": self._edit,
            "metaWeblog.getPost": lambda number: self._told(self._post(number)),
            "metaWeblog.getRecentPosts": self._recent,
            "metaWeblog.newMediaObject": self.upload,
            "blogger.deletePost": self._delete,
            "blogger.getUsersBlogs": lambda key: [{"blogid": "7", "url": SITE}],
        }

    def _post(self, number: str) -> dict[str, Any]:
        if number not in self.posts:
            raise FaultError(*self.missing)
        return self.posts[number]

    def _new(self, blog: str, struct: dict[str, Any], publish: bool) -> str:
        number = f"p{len(self.posts) + 1}"
        self.posts[number] = {"id": number, "date": self.tick()}
        self._edit(number, struct, publish)
        return number

    def _edit(self, number: str, struct: dict[str, Any], publish: bool) -> bool:
        post = self._post(number)
        html = struct["description"]
        post |= {
            "title": struct["title"],
            "content": html if self.keeps_marks else re.sub(r' data-wirecopy="[^"]*"', "", html),
            "excerpt": struct.get("mt_excerpt", ""),
            "tags": struct.get("mt_keywords", ""),
            "categories": struct.get("categories", []),
            "status": "publish" if publish else "draft",
            "date": struct["dateCreated"].replace(tzinfo=UTC) if "dateCreated" in struct else post["date"],
        }
        return True

    def _recent(self, blog: str, number: int) -> list[dict[str, Any]]:
        newest = sorted(self.posts.values(), key=lambda post: post["date"], reverse=True)
        return [self._told(post) for post in newest[:number]]

    def _delete(self, key: str, number: str, publish: bool) -> bool:
        self._post(number)
        del self.posts[number]
        return True

    def _told(self, post: dict[str, Any]) -> dict[str, Any]:
        return {
            "postid": post["id"],
            "title": post["title"],
            "description": post["content"],
            "mt_excerpt": post["excerpt"],
            "permaLink": f"{SITE}/{post['id']}",
            "dateCreated": xmlrpc.client.DateTime(post["date"].strftime("%Y%m%dT%H:%M:%SZ")),
        }
