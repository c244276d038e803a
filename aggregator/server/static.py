"""The folder of the blog as a web site: right media types, validators, no hidden file, nothing outside of it."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import anyio.to_thread
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from aggregator.server.headers import Secured
from aggregator.targets.site.files import GONE

#: By the end of the name. What is not listed is sent as bytes that no browser will interpret.
TYPES: Final[Mapping[str, str]] = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".opml": "text/x-opml; charset=utf-8",
    ".webmanifest": "application/manifest+json; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".ico": "image/x-icon",
}
#: Files whose media type says more than their ending does.
NAMED: Final[Mapping[str, str]] = {
    "atom.xml": "application/atom+xml; charset=utf-8",
    "rss.xml": "application/rss+xml; charset=utf-8",
    "feed.json": "application/feed+json; charset=utf-8",
}
FOREVER = "public, max-age=31536000, immutable"
ASK = "no-cache"  #: keep it, but ask each time whether it is still true (RFC 9111, 5.2.2.4)
WELL = frozenset({"ok", "starting"})  #: values of ``status`` that are no reason for alarm


def app(public: Path, health: Callable[[], Mapping[str, object]] | None = None) -> ASGIApp:
    """The blog in ``public``, which may come to be later, and ``/healthz``.

    ``health`` tells the facts that ``/healthz`` answers as JSON; a ``status`` other than ``ok`` and
    ``starting`` makes it a 503, so that a monitor need not read them.
    """

    async def healthz(_: Request) -> Response:
        facts = dict(health()) if health else {"status": "ok"}
        well = facts.get("status", "ok") in WELL
        return JSONResponse(facts, 200 if well else 503, {"Cache-Control": "no-store"})

    inner = Starlette(
        routes=[Route("/healthz", healthz), Mount("/", Files(public))],
        middleware=[Middleware(GZipMiddleware, minimum_size=1000, compresslevel=6)],
    )
    return Secured(inner)


class Files(StaticFiles):
    """Files below a folder. starlette keeps requests inside it, also where a link leads out."""

    def __init__(self, public: Path) -> None:
        super().__init__(directory=public, check_dir=False)
        self._public = public

    async def check_config(self) -> None:
        """Nothing to check: the folder may come to be later."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """The file's real path and its facts; no facts where it is not to be seen."""
        if any(part.startswith(".") for part in Path(path).parts):
            return "", None  # hidden: the blog's own index is among them
        try:
            full_path, facts = super().lookup_path(path)
        except (OSError, ValueError):  # no permission, too long a name, a NUL
            return "", None
        hidden = Path(os.path.relpath(full_path, os.path.realpath(self._public))).parts if facts else ()
        return ("", None) if any(part.startswith(".") and part != "." for part in hidden) else (full_path, facts)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The answer to one request."""
        if scope["method"] not in {"GET", "HEAD"}:
            raise HTTPException(status_code=405, headers={"Allow": "GET, HEAD"})
        return await anyio.to_thread.run_sync(self._answer, path, scope)

    def _answer(self, path: str, scope: Scope) -> Response:
        slash = scope["path"].endswith("/")
        full_path, facts = self.lookup_path(path)
        if facts and stat.S_ISDIR(facts.st_mode):
            full_path, facts = self.lookup_path(os.path.normpath(f"{path}/index.html"))
            if facts and not slash:
                # Relative, and never "//host": neither the Host field nor the path decides where a reader is sent.
                return RedirectResponse(f"{scope.get('root_path', '')}/{path}/", 301, {"Cache-Control": ASK})
        elif slash:
            facts = None
        if facts and stat.S_ISREG(facts.st_mode):
            found = Path(full_path)
            status = 410 if found.name == "index.html" and (found.parent / GONE).exists() else 200
            return _file(found, facts, Headers(scope=scope), status)
        return self._missing()

    def _missing(self) -> Response:
        page, facts = self.lookup_path("404.html")
        if facts is None:
            return PlainTextResponse("404: there is nothing here\n", 404)
        return Response(Path(page).read_bytes(), 404, media_type=TYPES[".html"], headers={"Cache-Control": ASK})


def _file(path: Path, facts: os.stat_result, asked: Headers, status: int) -> Response:
    """A file; pictures in parts where asked for, everything else whole.

    The blog replaces files while they are being read: a text is read through one handle, so that its length and
    its validator are those of what is sent. Copies of pictures are named by their content and never change.
    """
    kind = NAMED.get(path.name) or TYPES.get(path.suffix.lower(), "application/octet-stream")
    if path.parent.parent.name == "media":
        return FileResponse(path, headers={"Cache-Control": FOREVER}, media_type=kind, stat_result=facts)
    body = path.read_bytes()
    # Weak, since the same text is sent with and without gzip (RFC 9110, 8.8.3).
    etag = f'W/"{hashlib.sha256(body).hexdigest()[:20]}"'
    headers = {"Cache-Control": FOREVER if path.parent.name == "assets" else ASK, "ETag": etag}
    if status == 200 and _holds(asked.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    return Response(body, status, headers, media_type=kind)


def _holds(field: str | None, etag: str) -> bool:
    """Whether the browser's copy is still true, by weak comparison (RFC 9110, 13.1.2)."""
    if field is None:
        return False
    opaque = etag.removeprefix("W/")
    return field.strip() == "*" or any(tag.strip().removeprefix("W/") == opaque for tag in field.split(","))
