"""The HTML pages of the blog, each as bytes from what the index holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from markupsafe import Markup

from aggregator.markup import clean
from aggregator.targets.shared import texts
from aggregator.targets.site import body, csp, paging, structured, views
from aggregator.targets.site.filing import NEXT
from aggregator.targets.site.index import Index
from aggregator.targets.site.records import Listing, Placed
from aggregator.targets.site.theme import Theme
from aggregator.types import Rights, Site

TAGS_SHOWN = 300  #: on the page of all tags


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Everything that the pages are made from."""

    index: Index
    theme: Theme
    site: Site
    per_page: int
    indexed: bool  #: whether search engines may list full texts of others
    icon: str  #: file or address of the icon

    def front(self, listing: Listing) -> bytes | None:
        """The newest posts of a listing; None where an empty listing has no page."""
        if listing.kind != "all" and not listing.count:
            return None
        return self._list(listing, listing.path, paging.front(self.index.db, listing.id, self.per_page), older=False)

    def page(self, listing: Listing, number: int) -> bytes | None:
        """Older posts of a listing; None where there are none."""
        found = paging.page(self.index.db, listing.id, number, self.per_page)
        return self._list(listing, f"{listing.path}page/{number}/", found, older=True) if found else None

    def _list(self, listing: Listing, path: str, page: paging.Page, *, older: bool) -> bytes:
        where = self._place(path)
        posts = self.index.by_seq(page.seqs)
        front = listing.kind == "all" and not older
        cards = [
            views.card(post, self._source(post), where, self.site.language, large=front and number == 0)
            for number, post in enumerate(posts)
        ]
        lead, rest = (cards[0], cards[1:]) if front and cards else (None, cards)
        name = self._title(listing)
        context = {
            "title": name or self.site.title,
            "is_front": front,
            "listing": listing,
            "heading": name,
            "span": self._span(posts) if older and posts else "",
            "lead": lead,
            "days": views.days(rest, self.site.language),
            "up": where.locate(listing.path) if older else "",
            "older": where.locate(f"{listing.path}page/{page.older}/") if page.older else "",
            "newer": (where.locate(f"{listing.path}page/{page.newer}/") if page.newer else where.locate(listing.path))
            if older
            else "",
            "feed": where.locate(f"{listing.path}atom.xml") if listing.kind == "source" else "",
            "home": posts[0].post.source_url if listing.kind == "source" and posts else "",
        }
        return self._render("list.html", path, context)

    def article(self, placed: Placed) -> bytes:
        """The page of one post."""
        post, language = placed.post, self.site.language
        where = self._place(placed.path)
        labels = texts.texts(language)
        picture = views.picture(placed, where.locate, where.absolute, "(min-width: 70rem) 70rem, 100vw")
        shown = picture if post.lead else None  # a picture that is no lead stands in the text
        listings = self.index.listings_of(placed.sort)
        source = next(listing for listing in listings if listing.kind == "source")
        further = self.index.by_seq(paging.older(self.index.db, source.id, placed.sort, NEXT))
        context = {
            "title": post.title,
            "placed": placed,
            "post": post,
            "dir": texts.direction(post.language),
            "url": where.absolute(placed.path),
            "original": post.canonical_url or post.credit.url or "",
            "description": views.description(placed),
            "noindex": not self.indexed and post.rights is Rights.FULL,
            "picture": shown,
            "source": views.Link(title=source.title, href=where.locate(source.path)),
            "source_name": post.source_name or post.feed,
            "tags": [views.Link(title=one.title, href=where.locate(one.path)) for one in listings if one.kind == "tag"],
            "content": Markup(  # noqa: S704 - cleaned by render
                body.render(post, placed.pictures, locate=where.locate, without_lead=shown is not None, labels=labels)
            ),
            "credit": Markup(clean.html(post.credit.html)),  # noqa: S704 - cleaned here
            "closing": Markup(clean.html(post.closing)),  # noqa: S704 - likewise
            "further": [views.card(one, source, where, language) for one in further],
            "json_ld": structured.news_article(placed, self.site, where.absolute(placed.path), picture),
            "open_graph": structured.open_graph(placed, self.site, where.absolute(placed.path), picture),
        }
        return self._render("article.html", placed.path, context)

    def archive(self) -> bytes:
        """All months, by year."""
        where = self._place("archive/")
        years: dict[str, list[views.Link]] = {}
        for month in self.index.months():
            name = texts.month_name(_first(month), self.site.language)
            link = views.Link(title=name, href=where.locate(month.path), count=month.count)
            years.setdefault(month.name[:4], []).append(link)
        return self._render("archive.html", "archive/", {"title": self._text("archive"), "years": years})

    def tags(self) -> bytes:
        """The tags with most posts, in alphabetical order."""
        where = self._place("tags/")
        tags = sorted(self.index.largest("tag", TAGS_SHOWN), key=lambda tag: tag.name)
        links = [views.Link(title=tag.title, href=where.locate(tag.path), count=tag.count) for tag in tags]
        return self._render("tags.html", "tags/", {"title": self._text("tags"), "tags": links})

    def sources(self) -> bytes:
        """Credit to every source."""
        where = self._place("sources/")
        groups: dict[str, list[tuple[object, str]]] = {}
        for source in sorted(self.index.sources(), key=lambda one: (one.group.casefold(), one.title.casefold())):
            listing = self.index.source_listing(source.name)
            groups.setdefault(source.group, []).append((source, where.locate(listing.path) if listing else ""))
        return self._render("sources.html", "sources/", {"title": self._text("about"), "groups": groups})

    def search(self) -> bytes:
        """The page that searches in the browser."""
        return self._render("search.html", "search/", {"title": self._text("search")})

    def withdrawn(self, path: str) -> bytes:
        """What stands where a withdrawn post stood; says nothing about it."""
        return self._render("withdrawn.html", path, {"title": self._text("gone")})

    def missing(self) -> bytes:
        """The page for addresses where nothing is; it is shown at any depth, so it refers to files from the root."""
        root = urlsplit(self.site.base_url).path.rstrip("/") + "/"
        return self._render("missing.html", "", {"title": self._text("missing"), "root": root})

    def _render(self, template: str, path: str, context: dict[str, object]) -> bytes:
        where = self._place(path)
        language = self.site.language
        shared: dict[str, object] = {
            "site": self.site,
            "t": texts.texts(language),
            "root": where.root,
            "base": where.base_url,
            "page_url": where.absolute(path),
            "version": self.theme.version,
            "policy": csp.POLICY,
            "icon": self.icon,
            "site_dir": texts.direction(language or "en"),
            "licence_of": views.licence,
            "full_date": lambda when: texts.day(when, language),
            "updated": lambda note: texts.updated(note, language),
        }
        return self.theme.render(template, shared | context)

    def _place(self, path: str) -> views.Place:
        return views.place(self.site.base_url, path)

    def _source(self, placed: Placed) -> Listing | None:
        return next((one for one in self.index.listings_of(placed.sort) if one.kind == "source"), None)

    def _text(self, name: str) -> str:
        return texts.texts(self.site.language)[name]

    def _title(self, listing: Listing) -> str:
        if listing.kind == "month":
            return texts.month(_first(listing), self.site.language)
        return listing.title

    def _span(self, posts: Sequence[Placed]) -> str:
        """From when to when the posts of a page are."""
        newest, oldest = (texts.day(post.post.published_at, self.site.language) for post in (posts[0], posts[-1]))
        return newest if newest == oldest else f"{oldest} – {newest}"


def _first(month: Listing) -> date:
    year, number = month.name.split("/")
    return date(int(year), int(number), 1)
