"""Which file follows from what: writes the files that are marked as stale from what the index holds now.

An output has a name such as ``article:KEY`` or ``page:LISTING:NUMBER``. Writing it depends on the index alone,
so that it can be done at any time and any number of times.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from aggregator.markup import clean, opml
from aggregator.targets.shared import texts
from aggregator.targets.site import body, discovery, feedjson, feeds, feedxml, paging
from aggregator.targets.site.files import GONE, Tree
from aggregator.targets.site.filing import SEARCH_SHARD, SITEMAP_SHARD, SOURCE_FEED
from aggregator.targets.site.index import Index
from aggregator.targets.site.pages import Pages
from aggregator.targets.site.records import Listing, Placed, dump_pictures
from aggregator.types import Site

RENDERED = 1000  #: bodies for the feeds that are kept in memory


class Outputs:
    """Writes files by their output's name."""

    def __init__(self, tree: Tree, index: Index, pages: Pages, *, accent: str, feed_entries: int, folder: Path) -> None:
        self.tree = tree
        self.index = index
        self.pages = pages
        self.site: Site = pages.site
        self._accent = accent
        self._feed_entries = feed_entries
        self._folder = folder
        self._bodies: dict[tuple[int, str, str], str] = {}
        self._fixed: Mapping[str, Callable[[], None]] = {
            "archive": lambda: self._put("archive/index.html", pages.archive()),
            "assets": self._assets,
            "feeds": self._feeds,
            "opml": lambda: self._put("sources.opml", self._opml()),
            "robots": lambda: self._put("robots.txt", discovery.robots(self._base, sitemaps=True)),
            "search": self._search,
            "sitemap": lambda: self._put("sitemap.xml", discovery.sitemap_index(index.last_seq(), self._base)),
            "sources": lambda: self._put("sources/index.html", pages.sources()),
            "tags": lambda: self._put("tags/index.html", pages.tags()),
            "texts": lambda: self._put("404.html", pages.missing()),
        }

    def write(self, output: str) -> None:
        """Writes an output's files, or takes them away where nothing is to be shown any more."""
        kind, _, rest = output.partition(":")
        match kind:
            case "article":
                self._article(rest)
            case "front":
                listing = self.index.listing(int(rest))
                self._put(f"{listing.path}index.html", self.pages.front(listing))
            case "page":
                number, _, page = rest.partition(":")
                listing = self.index.listing(int(number))
                self._put(f"{listing.path}page/{int(page)}/index.html", self.pages.page(listing, int(page)))
            case "source-feed":
                self._source_feed(self.index.listing(int(rest)))
            case "search" if rest:
                posts = self.index.stretch(int(rest) * SEARCH_SHARD, SEARCH_SHARD)
                self._put(f"search/{int(rest)}.json", discovery.search_shard(posts))
            case "sitemap" if rest:
                addresses = self.index.addresses(int(rest) * SITEMAP_SHARD, SITEMAP_SHARD)
                self._put(f"sitemaps/{int(rest)}.xml", discovery.sitemap(addresses, self._base))
            case "media":
                if not self.index.refers_to(rest):
                    self.tree.remove(rest)
            case _ if output in self._fixed:
                self._fixed[output]()

    @property
    def _base(self) -> str:
        return self.site.base_url.rstrip("/")

    def _put(self, relative: str, data: bytes | None) -> None:
        if data is None:
            self.tree.remove(relative)
        else:
            self.tree.write(relative, data)

    def _article(self, key: str) -> None:
        place = self.index.place(key)
        if place is None:
            return
        path, withdrawn = place
        placed = None if withdrawn else self.index.by_key(key)
        if placed is None:
            self.tree.write(f"{path}{GONE}", b"")
            self.tree.write(f"{path}index.html", self.pages.withdrawn(path))
        else:
            self.tree.write(f"{path}index.html", self.pages.article(placed))
            self.tree.remove(f"{path}{GONE}")

    def _assets(self) -> None:
        for name, data in self.pages.theme.assets.items():
            self.tree.write(f"assets/{name}", data)
        if not discovery.is_address(self.pages.icon):
            own = self._folder / self.site.icon
            data = own.read_bytes() if self.site.icon and own.is_file() else discovery.icon(self.site, self._accent)
            self.tree.write(self.pages.icon, data)
        self.tree.write("site.webmanifest", discovery.manifest(self.site, self.pages.icon))

    def _search(self) -> None:
        self.tree.write("search/index.html", self.pages.search())
        self.tree.write("search/index.json", discovery.search_index(self.index.last_seq()))

    def _feeds(self) -> None:
        seqs = paging.front(self.index.db, 1, self._feed_entries).seqs
        entries = tuple(self._entry(placed) for placed in self.index.by_seq(seqs))
        for name, write in (("atom.xml", feedxml.atom), ("rss.xml", feedxml.rss), ("feed.json", feedjson.jsonfeed)):
            outlet = feeds.Outlet(
                title=self.site.title,
                site=self.site,
                home_url=f"{self._base}/",
                self_url=f"{self._base}/{name}",
                entries=entries,
            )
            self.tree.write(name, write(outlet))

    def _opml(self) -> bytes:
        sources = [
            opml.OpmlFeed(
                title=source.title,
                xml_url=source.feed_url,
                html_url=source.site_url,
                groups=(source.group,) if source.group else (),
            )
            for source in self.index.sources()
        ]
        return opml.write(self.site.title, sources)

    def _source_feed(self, listing: Listing) -> None:
        name = f"{listing.path}atom.xml"
        if not listing.count:
            self.tree.remove(name)
            return
        seqs = paging.front(self.index.db, listing.id, SOURCE_FEED).seqs
        outlet = feeds.Outlet(
            title=f"{listing.title} · {self.site.title}",
            site=self.site,
            home_url=f"{self._base}/{listing.path}",
            self_url=f"{self._base}/{name}",
            entries=tuple(self._entry(placed) for placed in self.index.by_seq(seqs)),
        )
        self.tree.write(name, feedxml.atom(outlet))

    def _entry(self, placed: Placed) -> feeds.FeedEntry:
        return feeds.entry(placed, base_url=self._base, html=self._html(placed))

    def _html(self, placed: Placed) -> str:
        """The body of a post as feeds carry it, with the credit line. It costs some milliseconds, so it is kept."""
        key = (placed.seq, placed.hash, dump_pictures(placed.pictures))
        if key not in self._bodies:
            if len(self._bodies) >= RENDERED:
                del self._bodies[next(iter(self._bodies))]  # the oldest
            text = body.render(
                replace(placed.post, body=self.index.body(placed.seq)),
                placed.pictures,
                locate=lambda file: f"{self._base}/{file}",
                without_lead=False,
                labels=texts.texts(self.site.language),
            )
            ending = f"<p>{clean.html(placed.post.credit.html)}</p>\n{clean.html(placed.post.closing)}"
            self._bodies[key] = f"{text}\n{ending}".rstrip()
        return self._bodies[key]
