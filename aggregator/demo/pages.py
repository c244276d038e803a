"""What the sample press answers for each path: pages, feeds, pictures."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from aggregator import urls
from aggregator.demo import feeds, stories
from aggregator.demo.edition import Edition, Printed
from aggregator.demo.stories import Site

TYPES = {".webp": "image/webp", ".jpg": "image/jpeg", ".webm": "video/webm", ".css": "text/css; charset=utf-8"}
HTML = "text/html; charset=utf-8"
TEMPLATES = Path(__file__).parent / "templates"
ROBOTS = "User-agent: *\nDisallow: /search\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One answer."""

    body: bytes = field(repr=False)
    type: str
    modified_at: datetime

    @property
    def etag(self) -> str:
        """A strong validator: changes with every byte of the body."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:24]}"'


Write = Callable[[Edition], Document | None]


class Pages:
    """The sample press, from path to document."""

    def __init__(self, started_at: datetime, folder: Path = stories.PRESS) -> None:
        self._started_at = started_at
        self._sites = stories.read(folder)
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters |= {"rfc822": feeds.rfc822, "rfc3339": feeds.rfc3339, "slug": urls.slug}
        self._documents: dict[str, Write] = {
            "/": self._index,
            "/robots.txt": self._robots,
            "/style.css": partial(self._file, folder / "style.css"),
        }
        for site in self._sites.values():
            self._documents |= self._of_site(site, folder / site.name)

    @property
    def paths(self) -> tuple[str, ...]:
        """Everything that there is."""
        return tuple(self._documents)

    def document(self, path: str, *, base: str, now: datetime) -> Document | None:
        """What stands at a path; None: nothing. ``base`` is the address that the press is reached at."""
        write = self._documents.get(path)
        if write is None:
            return None
        return write(Edition(self._sites, self._templates, base=base, started_at=self._started_at, now=now))

    def _of_site(self, site: Site, folder: Path) -> dict[str, Write]:
        home = f"/{site.name}/"
        found: dict[str, Write] = {
            home: partial(self._list, site, ""),
            f"{home}about/": partial(self._about, site),
            f"{home}{site.feed.path}": partial(self._feed, site),
            f"{home}style.css": partial(self._file, folder / "style.css"),
        }
        for section in site.sections:
            found[f"{home}section/{urls.slug(section)}/"] = partial(self._list, site, section)
        for story in site.stories:
            found[home + site.permalink.format(slug=story.slug)] = partial(self._article, story.key)
        for path in (folder / "pictures").iterdir():
            found[f"{home}pictures/{path.name}"] = partial(self._file, path)
        return found

    def _index(self, edition: Edition) -> Document:
        return self._html("index.html", edition, [])

    def _robots(self, edition: Edition) -> Document:
        return Document(body=ROBOTS.encode(), type="text/plain; charset=utf-8", modified_at=edition.changed_at([]))

    def _list(self, site: Site, section: str, edition: Edition) -> Document:
        listed = [one for one in edition.all(site) if section in ("", one.story.section)]
        return self._html("list.html", edition, listed, site=site, section=section, listed=listed)

    def _about(self, site: Site, edition: Edition) -> Document:
        return self._html("about.html", edition, [], site=site)

    def _article(self, key: str, edition: Edition) -> Document | None:
        printed = edition.printed(key)
        if not edition.out(printed.story):
            return None
        related = edition.related(printed)
        return self._html("article.html", edition, [printed], site=printed.site, printed=printed, related=related)

    def _feed(self, site: Site, edition: Edition) -> Document:
        return Document(
            body=feeds.write(site, edition, self._templates),
            type=feeds.TYPES[site.feed.kind],
            modified_at=edition.changed_at(edition.in_feed(site)),
        )

    def _file(self, path: Path, edition: Edition) -> Document:
        return Document(body=path.read_bytes(), type=TYPES[path.suffix], modified_at=edition.changed_at([]))

    def _html(self, template: str, edition: Edition, shown: list[Printed], **facts: object) -> Document:
        site = facts.get("site")
        kind = feeds.TYPES[site.feed.kind].partition(";")[0] if isinstance(site, Site) else ""
        text = self._templates.get_template(template).render(edition=edition, feed_type=kind, **facts)
        return Document(body=text.encode(), type=HTML, modified_at=edition.changed_at(shown))
