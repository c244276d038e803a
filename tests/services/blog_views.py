"""What a real blog holds, read by its owner and not through our targets."""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import httpx

from tools.services import ghost, wordpress


@dataclass(frozen=True, slots=True)
class Held:
    """One post as the blog holds it, in whatever state."""

    title: str
    status: str
    text: str
    at: datetime | None
    categories: frozenset[str]
    tags: frozenset[str]
    picture: str  # the address of its lead picture; empty for none


class Blog(Protocol):
    """A blog that posts are sent to and then counted on."""

    url: str
    categories: frozenset[str]  # that every post is to be in

    def empty(self) -> None:
        """Takes away what earlier tests have left."""
        ...

    def table(self, url: str) -> str:
        """The TOML of a target that reaches the blog under this address."""
        ...

    def posts(self) -> list[Held]:
        """All that is there, drafts and trash too."""
        ...

    def pictures(self) -> list[str]:
        """The addresses of all pictures that were uploaded, where the blog can tell."""
        ...


class WordPress:
    """A real WordPress, seen by its administrator."""

    STATUSES = "publish,future,draft,pending,private,trash"
    categories = frozenset({"From the press"})

    def __init__(self, site: wordpress.Site) -> None:
        self.url = site.url
        self._server = wordpress.WordPress(site.folder)
        self._api = site.api
        self._poster, owner = site.users["editor"], site.users["administrator"]
        self._auth = (owner.login, owner.application_password)

    def empty(self) -> None:
        self._server.reset()

    def table(self, url: str) -> str:
        (category,) = self.categories
        return f"""
            kind = "wordpress"
            url = "{url}"
            username = "{self._poster.login}"
            password = "{self._poster.application_password}"
            categories = {{ always = ["{category}"] }}
        """

    def posts(self) -> list[Held]:
        media = {item["id"]: item["source_url"] for item in self._all("media")}
        names = {
            kind: {term["id"]: html.unescape(term["name"]) for term in self._all(kind)}
            for kind in ("categories", "tags")
        }
        return [
            Held(
                title=html.unescape(post["title"]["raw"]),
                status=post["status"],
                text=post["content"]["raw"],
                at=datetime.fromisoformat(f"{post['date_gmt']}+00:00") if post["date_gmt"] else None,
                categories=frozenset(names["categories"][term] for term in post["categories"]),
                tags=frozenset(names["tags"][term] for term in post["tags"]),
                picture=media.get(post["featured_media"], ""),
            )
            for post in self._all("posts", status=self.STATUSES)
        ]

    def pictures(self) -> list[str]:
        return [item["source_url"] for item in self._all("media")]

    def _all(self, kind: str, **wanted: str) -> Iterator[dict[str, Any]]:
        with httpx.Client(base_url=self._api, auth=self._auth, timeout=60, trust_env=False) as client:
            page, pages = 1, 1
            while page <= pages:
                params = {"context": "edit", "per_page": "100", "page": str(page), **wanted}
                answer = client.get(f"/{kind}", params=params).raise_for_status()
                yield from answer.json()
                page, pages = page + 1, int(answer.headers["X-WP-TotalPages"])


class Ghost:
    """A real Ghost, seen by its owner."""

    categories: frozenset[str] = frozenset()  # it has tags only

    def __init__(self, site: ghost.Site) -> None:
        self.url = site.url
        self._server = ghost.Ghost(site.folder, site.version.partition(".")[0])
        self._api = site.admin_api
        self._key = site.admin_key

    def empty(self) -> None:
        self._server.reset()

    def table(self, url: str) -> str:
        return f"""
            kind = "ghost"
            url = "{url}"
            key = "{self._key}"
        """

    def posts(self) -> list[Held]:
        return [
            Held(
                title=post["title"],
                status="publish" if post["status"] == "published" else post["status"],
                text=post["html"] or "",
                at=datetime.fromisoformat(post["published_at"]) if post["published_at"] else None,
                categories=frozenset(),
                tags=frozenset(tag["name"] for tag in post["tags"] if not tag["name"].startswith("#")),
                picture=post["feature_image"] or "",
            )
            for post in self._all()
        ]

    def pictures(self) -> list[str]:
        return []  # Ghost has no list of them

    def _all(self) -> Iterator[dict[str, Any]]:
        with httpx.Client(base_url=self._api, timeout=60, trust_env=False) as client:
            page: int | None = 1
            while page is not None:
                params = {"formats": "html", "include": "tags", "limit": "100", "page": str(page)}
                headers = {"Authorization": f"Ghost {_token(self._key)}"}
                answer = client.get("posts/", params=params, headers=headers).raise_for_status().json()
                yield from answer["posts"]
                page = answer["meta"]["pagination"]["next"]


def _token(key: str) -> str:
    """A JSON Web Token (RFC 7519) for Ghost's Admin API: HS256, good for a few minutes."""
    name, secret = key.split(":")
    now = int(time.time())
    parts = ({"alg": "HS256", "typ": "JWT", "kid": name}, {"iat": now, "exp": now + 240, "aud": "/admin/"})
    signed = ".".join(_base64(json.dumps(part).encode()) for part in parts)
    return f"{signed}.{_base64(hmac.new(bytes.fromhex(secret), signed.encode(), hashlib.sha256).digest())}"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
