"""The blog's folder over HTTP: read only, no dot-files, no way out of the folder, strict headers on every answer."""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aggregator.targets.site.csp import POLICY

SECURITY = {
    "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
#: What the standard library does not know, or knows differently on each machine.
TYPES = {
    ".atom": "application/atom+xml",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".opml": "text/x-opml",
    ".js": "text/javascript",
}
#: Feeds of the blog by file name (RFC 4287, 7; JSON Feed 1.1).
NAMED_TYPES = {
    "atom.xml": "application/atom+xml",
    "rss.xml": "application/rss+xml",
    "feed.json": "application/feed+json",
}


def app(public: Path, health: Callable[[], dict[str, object]] | None = None) -> ASGIApp:
    """The ASGI application that shows a folder; ``health`` answers what ``/healthz`` tells."""

    async def healthz(request: Request) -> Response:
        facts = health() if health else {"status": "ok"}
        return JSONResponse(facts, 200 if facts.get("status") in {"ok", "starting"} else 503)

    public.mkdir(parents=True, exist_ok=True)
    routes = [Route("/healthz", healthz), Mount("/", _Files(directory=public, html=True))]
    return Starlette(routes=routes, middleware=[Middleware(_Headers), Middleware(GZipMiddleware, minimum_size=1000)])


class _Files(StaticFiles):
    """Plain files, without what begins with a dot."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Refuses hidden names; links that lead out of the folder are refused by starlette."""
        if any(part.startswith(".") for part in path.replace("\\", "/").split("/") if part != "."):
            return "", None
        return super().lookup_path(path)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, with its media type; names that no file can have are just not there."""
        try:
            response = await super().get_response(path, scope)
        except (OSError, ValueError) as error:
            raise HTTPException(404) from error
        name = path.rsplit("/", 1)[-1]
        known = NAMED_TYPES.get(name) or TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0]
        if known and response.status_code == 200 and "." in name:
            text = known.startswith("text/") or known.endswith(("xml", "json"))
            response.headers["Content-Type"] = f"{known}; charset=utf-8" if text else known
        return response


class _Headers:
    """Adds what keeps a reader safe to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-cache")
            await send(message)

        await self._app(scope, receive, guarded)
