"""A Ghost in memory, as far as a publisher sees it; it behaves as 5.130 and 6.65 were seen to."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.parser import BytesParser
from email.utils import format_datetime

import httpx

URL = "https://blog.example"
KEY = "6b057a9f8988e621ea384ce4:" + "7c7a418f9972f3d1" * 4
OWNER = "owner@example.com"
LIMITS = {"title": 255, "slug": 191, "custom_excerpt": 300, "feature_image_alt": 191, "canonical_url": 2000}
NULLS = (
    *("canonical_url", "codeinjection_foot", "codeinjection_head", "custom_excerpt", "feature_image"),
    *("feature_image_alt", "feature_image_caption", "meta_description", "mobiledoc", "html", "lexical"),
)


class FakeGhost(httpx.AsyncBaseTransport):
    """The far side of the target."""

    def __init__(self, *, version: str = "6.65", now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.version = version
        self.now = now
        self.posts: dict[str, dict[str, object]] = {}
        self.pictures: dict[str, bytes] = {}
        self.refused_pictures = False
        self.people = {OWNER: "owner", "ada@example.com": "ada"}
        self.roles: tuple[str, ...] = ()  #: of the person whose key it is; none: an integration's
        self.asked: list[tuple[str, str]] = []
        self.bodies: list[dict[str, object]] = []  #: of posts as they came in
        self.before: dict[tuple[str, int], Callable[[], None]] = {}  #: what happens before the nth call of a method

    def change(self, post_id: str, **fields: object) -> None:
        """A person saves the post in Ghost's editor."""
        if "html" in fields:
            fields["lexical"] = _lexical(str(fields["html"]))
        later = datetime.fromisoformat(str(self.posts[post_id]["updated_at"])) + timedelta(seconds=5)
        self.posts[post_id] |= fields | {"updated_at": _time(later)}

    def public(self) -> dict[str, str]:
        """What readers see."""
        return {
            name: f"{post['title']}\n{post['html']}"
            for name, post in self.posts.items()
            if post["status"] == "published"
        }

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        await asyncio.sleep(0)  # as the network does
        path = request.url.path
        method = request.method
        count = sum(1 for known, _ in self.asked if known == method)
        self.asked.append((method, path))
        if happening := self.before.pop((method, count), None):
            happening()
        response = self._answer(request, method, path)
        response.headers["Date"] = format_datetime(self.now().astimezone(UTC), usegmt=True)
        response.request = request
        return response

    def _answer(self, request: httpx.Request, method: str, path: str) -> httpx.Response:
        root = "/ghost/api/admin/"
        if not path.startswith(root):
            return httpx.Response(200 if path.rpartition("/")[2] in self.pictures else 404, html="")
        place = path.removeprefix(root)
        if (method, place) == ("GET", "site/"):
            site = {"title": "Night Desk", "url": f"{URL}/", "version": self.version}
            return httpx.Response(200, json={"site": site})
        if refused := self._refused(request):
            return refused
        if place == "users/me/":
            if not self.roles:
                return _error(404, "NotFoundError", "Resource not found error, cannot read user.")
            return httpx.Response(200, json={"users": [{"roles": [{"name": role} for role in self.roles]}]})
        if place == "users/":
            match = re.fullmatch(r"(email|slug):'([^']*)'", request.url.params["filter"])
            assert match
            known = self.people if match[1] == "email" else set(self.people.values())
            return httpx.Response(200, json={"users": [{"id": "1"}] if match[2] in known else []})
        if (method, place) == ("POST", "images/upload/"):
            return self._upload(request)
        if place == "posts/":
            return self._create(request) if method == "POST" else self._list(request)
        if match := re.fullmatch(r"posts/([^/]+)/", place):
            return self._one(request, method, match[1])
        return _error(404, "NotFoundError", "Resource not found")

    # --- keys ---------------------------------------------------------------------------------

    def _refused(self, request: httpx.Request) -> httpx.Response | None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if not token:
            return _error(403, "NoPermissionError", "Authorization failed")
        if scheme != "Ghost":
            return _error(401, "UnauthorizedError", "Invalid token", "INVALID_AUTH_HEADER")
        head, claims, signature = token.split(".")
        name, _, secret = KEY.partition(":")
        if _json(head).get("kid") != name:
            return _error(401, "UnauthorizedError", "Unknown Admin API Key", "UNKNOWN_ADMIN_API_KEY")
        proof = hmac.new(bytes.fromhex(secret), f"{head}.{claims}".encode(), hashlib.sha256).digest()
        told = _json(claims)
        age = self.now().timestamp() - told["iat"]
        if proof != _bytes(signature) or not str(told["aud"]).endswith("/admin/"):
            return _error(401, "UnauthorizedError", "Invalid token: invalid signature", "INVALID_JWT")
        if age > 300:
            return _error(401, "UnauthorizedError", "Invalid token: maxAge exceeded", "INVALID_JWT")
        return None

    # --- posts --------------------------------------------------------------------------------

    def _list(self, request: httpx.Request) -> httpx.Response:
        found = []
        for alternative in re.findall(r"(\w+):(~?)'((?:[^'\\]|\\.)*)'", request.url.params.get("filter", "")):
            field, contains, value = alternative
            value = re.sub(r"\\(.)", r"\1", value)
            found += [
                post
                for post in self.posts.values()
                if (value in str(post[field] or "") if contains else post[field] == value) and post not in found
            ]
        if "filter" not in request.url.params:
            found = list(self.posts.values())
        found.sort(key=lambda post: str(post["created_at"]))
        size = min(int(request.url.params.get("limit", "15")), 100)
        page = int(request.url.params.get("page", "1"))
        rest = len(found) > page * size
        pagination = {"page": page, "limit": size, "total": len(found), "next": page + 1 if rest else None}
        shown = [self._shown(request, post) for post in found[(page - 1) * size : page * size]]
        return httpx.Response(200, json={"posts": shown, "meta": {"pagination": pagination}})

    def _create(self, request: httpx.Request) -> httpx.Response:
        fields = json.loads(request.content)["posts"][0]
        self.bodies.append(dict(fields))
        if wrong := _too_long(fields):
            return wrong
        name = uuid.uuid4().hex[:24]
        moment = _time(self.now())
        post: dict[str, object] = dict.fromkeys(NULLS)
        post |= {"id": name, "uuid": str(uuid.uuid4()), "title": "(Untitled)", "status": "draft", "published_at": None}
        post |= {"created_at": moment, "updated_at": moment, "tags": [], "visibility": "public", "featured": False}
        post["authors"] = [{"email": OWNER}]
        post["slug"] = self._free_slug(str(fields.get("slug") or "untitled"))
        self.posts[name] = post
        self._take(request, post, fields)
        return httpx.Response(201, json={"posts": [self._shown(request, post)]})

    def _one(self, request: httpx.Request, method: str, name: str) -> httpx.Response:
        if not re.fullmatch(r"[0-9a-f]{24}", name):
            return _error(422, "ValidationError", "Validation error, cannot read post.")
        post = self.posts.get(name)
        if post is None:
            return _error(404, "NotFoundError", "Resource not found error, cannot read post.")
        if method == "DELETE":
            del self.posts[name]
            return httpx.Response(204)
        if method == "PUT":
            fields = json.loads(request.content)["posts"][0]
            self.bodies.append(dict(fields))
            if "updated_at" not in fields:
                return _error(422, "ValidationError", "Validation error, cannot edit post.")
            if wrong := _too_long(fields):
                return wrong
            if fields.pop("updated_at") != post["updated_at"]:
                words = "Saving failed! Someone else is editing this post."
                return _error(409, "UpdateCollisionError", words, "UPDATE_COLLISION")
            self._take(request, post, fields)
            later = datetime.fromisoformat(str(post["updated_at"])) + timedelta(seconds=1)
            post["updated_at"] = _time(later)
        return httpx.Response(200, json={"posts": [self._shown(request, post)]})

    def _take(self, request: httpx.Request, post: dict[str, object], fields: dict[str, object]) -> None:
        html = fields.pop("html", None)
        fields.pop("slug", None)
        if html and request.url.params.get("source") == "html":
            post |= {"html": html, "lexical": _lexical(str(html))}
        if isinstance(named := fields.pop("tags", None), list):
            names = [tag if isinstance(tag, str) else tag["name"] for tag in named]
            post["tags"] = [{"name": tag, "visibility": "internal" if tag[0] == "#" else "public"} for tag in names]
        if isinstance(authors := fields.pop("authors", None), list):
            mails = [author.get("email", "") for author in authors]
            mails += [mail for mail, slug in self.people.items() for author in authors if author.get("slug") == slug]
            post["authors"] = [{"email": mail} for mail in mails if mail in self.people] or [{"email": OWNER}]
        post |= fields
        if post["status"] == "published" and not post["published_at"]:
            post["published_at"] = _time(self.now())
        elif post["published_at"]:
            post["published_at"] = _time(datetime.fromisoformat(str(post["published_at"])))

    def _shown(self, request: httpx.Request, post: dict[str, object]) -> dict[str, object]:
        shown = dict(post)
        draft = post["status"] == "draft"
        shown["url"] = f"{URL}/p/{post['uuid']}/" if draft else f"{URL}/{post['slug']}/"
        formats = request.url.params.get("formats", "mobiledoc,lexical").split(",")
        for name in {"html", "lexical", "mobiledoc"} - set(formats):
            del shown[name]
        return shown

    def _free_slug(self, wanted: str) -> str:
        taken = {post["slug"] for post in self.posts.values()}
        slug, number = wanted, 2
        while slug in taken:
            slug, number = f"{wanted}-{number}", number + 1
        return slug

    # --- pictures -----------------------------------------------------------------------------

    def _upload(self, request: httpx.Request) -> httpx.Response:
        head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
        parts = BytesParser().parsebytes(head + request.content).get_payload()
        assert isinstance(parts, list)
        named = {part.get_param("name", header="content-disposition"): part for part in parts}
        content = named["file"].get_payload(decode=True)
        if self.refused_pictures:
            return _error(415, "UnsupportedMediaTypeError", "Please select a valid image.")
        stem, _, ending = str(named["file"].get_filename()).rpartition(".")
        name, number = f"{stem}.{ending}", 1
        while name in self.pictures:
            name, number = f"{stem}-{number}.{ending}", number + 1
        self.pictures[name] = content
        ref = named["ref"].get_payload() if "ref" in named else None
        return httpx.Response(201, json={"images": [{"url": f"{URL}/content/images/2026/11/{name}", "ref": ref}]})


def _lexical(html: str) -> str:
    return json.dumps({"root": {"children": [{"type": "html", "html": html}]}})


def _too_long(fields: dict[str, object]) -> httpx.Response | None:
    for name, limit in LIMITS.items():
        if len(str(fields.get(name) or "")) > limit:
            words = f"Value in [posts.{name}] exceeds maximum length of {limit} characters."
            return _error(422, "ValidationError", words)
    return None


def _error(status: int, kind: str, message: str, code: str | None = None) -> httpx.Response:
    error = {"message": message, "context": None, "type": kind, "code": code, "id": str(uuid.uuid4())}
    return httpx.Response(status, json={"errors": [error]})


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _json(text: str) -> dict[str, object]:
    return json.loads(_bytes(text))
