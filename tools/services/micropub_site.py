"""A small IndieWeb blog around django-indieweb: Micropub, media, Webmention, pages as h-entry.

    python micropub_site.py FOLDER PORT TOKENS      (by the Python of a venv that has django-indieweb)

TOKENS is JSON: the scope of each token.
"""

from __future__ import annotations

import html
import json
import re
import socketserver
import sys
import threading
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from django.conf import settings

FOLDER, PORT = Path(sys.argv[1]), int(sys.argv[2])
TOKENS: dict[str, str] = json.loads(sys.argv[3])
URL = f"http://127.0.0.1:{PORT}"
ENDPOINTS = {
    "micropub": "micropub",
    "webmention": "webmention",
    "authorization_endpoint": "auth",
    "token_endpoint": "token",
}
LINKS = ", ".join(f'<{URL}/indieweb/{path}/>; rel="{rel}"' for rel, path in ENDPOINTS.items())

settings.configure(
    SECRET_KEY=uuid.uuid4().hex,
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF="__main__",
    SITE_ID=1,
    USE_TZ=True,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "tokens.db"}},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.sites",
        "indieweb",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    MEDIA_ROOT=str(FOLDER / "media"),
    MEDIA_URL="/media/",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INDIEWEB_MICROPUB_HANDLER="__main__.Blog",
    INDIEWEB_TOKEN_EXPIRES_IN=None,
)
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402 - Django's models want its settings first
from django.contrib.sites.models import Site  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound  # noqa: E402
from django.urls import include, path, re_path  # noqa: E402
from django.views.static import serve  # noqa: E402
from indieweb.handlers import InMemoryMicropubHandler, MicropubEntry, MicropubEntryList  # noqa: E402
from indieweb.models import Token  # noqa: E402

WRITING = threading.Lock()


class Blog(InMemoryMicropubHandler):
    """Entries under readable addresses: ``mp-slug`` as wished, or with a number where it is taken already."""

    shared: dict[str, MicropubEntry] = {}  # noqa: RUF012 - one handler is made for each request
    shared_deleted: dict[str, MicropubEntry] = {}  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__()
        self.entries, self.deleted_entries = self.shared, self.shared_deleted

    def create_entry(self, properties: dict[str, Any], user: object) -> MicropubEntry:
        """Takes the entry, with the date of now if it brings none."""
        lists = {name: value if isinstance(value, list) else [value] for name, value in properties.items()}
        wish = lists.pop("mp-slug", [uuid.uuid4().hex[:10]])[0]
        slug = re.sub(r"[^a-z0-9-]+", "-", str(wish).lower()).strip("-") or uuid.uuid4().hex[:10]
        lists.setdefault("published", [datetime.now(UTC).isoformat(timespec="seconds")])
        with WRITING:
            taken = self.entries.keys() | self.deleted_entries.keys()
            numbered = (address(f"{slug}-{number}") for number in range(2, 1_000_000))
            url = address(slug) if address(slug) not in taken else next(url for url in numbered if url not in taken)
            self.entries[url] = MicropubEntry(url=url, properties=lists)
        return self.entries[url]

    def list_entries(self, user: object, **page: Any) -> MicropubEntryList:
        """Newest first, as blogs do."""
        limit, offset = page.pop("limit", None), page.pop("offset", 0)
        found = super().list_entries(user, **page)
        newest = found.entries[::-1][offset:]
        return MicropubEntryList(entries=newest[:limit] if limit else newest, total=found.total)

    def get_config(self, user: object) -> dict[str, Any]:
        """What ``q=config`` answers."""
        return {**super().get_config(user), "media-endpoint": f"{URL}/indieweb/media/"}


def address(slug: str) -> str:
    return f"{URL}/entries/{slug}/"


def first(entry: MicropubEntry, name: str) -> str:
    return str((entry.properties.get(name) or [""])[0])


def page(body: str, status: int = 200) -> HttpResponse:
    answer = HttpResponse(f'<!doctype html><meta charset="utf-8">{body}', status=status)
    answer["Link"] = LINKS
    return answer


def home(_: HttpRequest) -> HttpResponse:
    links = (
        f'<li class="h-entry"><a class="u-url p-name" href="{entry.url}">{html.escape(first(entry, "name"))}</a>'
        for entry in reversed(Blog.shared.values())
    )
    return page(f"<title>Micropub blog</title><ul>{''.join(links)}</ul>")


def show(_: HttpRequest, slug: str) -> HttpResponse:
    """An entry: 410 where it was deleted, 404 for a draft."""
    if address(slug) in Blog.shared_deleted:
        return page("<p>gone</p>", status=410)
    entry = Blog.shared.get(address(slug))
    if entry is None or first(entry, "post-status") == "draft":
        return HttpResponseNotFound()
    content = (entry.properties.get("content") or [""])[0]
    text = (
        content.get("html") or html.escape(content.get("value", ""))
        if isinstance(content, dict)
        else html.escape(content)
    )
    title, published = html.escape(first(entry, "name")), html.escape(first(entry, "published"))
    tags = "".join(f'<li class="p-category">{html.escape(str(tag))}' for tag in entry.properties.get("category", []))
    return page(
        f'<title>{title}</title><article class="h-entry"><h1 class="p-name">{title}</h1>'
        f'<a class="u-url" href="{entry.url}"><time class="dt-published" datetime="{published}">{published}</time></a>'
        f'<div class="e-content">{text}</div><ul>{tags}</ul></article>'
    )


urlpatterns = [
    path("", home),
    path("entries/<slug:slug>/", show),
    path("indieweb/", include("indieweb.urls")),
    re_path(r"^media/(?P<path>.*)$", serve, {"document_root": FOLDER / "media"}),
]


class Server(socketserver.ThreadingMixIn, WSGIServer):
    """One thread for each connection."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Without a line for each request."""

    def log_message(self, *_: object) -> None:
        return


def main() -> None:
    """Makes the user and the tokens, and serves until it is ended."""
    call_command("migrate", verbosity=0)
    Site.objects.update_or_create(id=1, defaults={"domain": f"127.0.0.1:{PORT}", "name": "Test"})
    owner = get_user_model().objects.create_user("owner")
    for token, scope in TOKENS.items():
        Token(owner=owner, client_id=f"{URL}/{token}", me=f"{URL}/", scope=scope, key=token).save()
    make_server("127.0.0.1", PORT, get_wsgi_application(), server_class=Server, handler_class=Quiet).serve_forever()


if __name__ == "__main__":
    main()
