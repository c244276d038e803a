"""What a GET is for: it decides what we accept, how much of it, and whether robots.txt has a say."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from aggregator.fetch import headers

if TYPE_CHECKING:
    from aggregator.config import FetchSettings

_FEEDS = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7"
)


class Purpose(StrEnum):
    """Why we ask."""

    FEED = "feed"  #: a subscription, asked because its owner offers it to machines
    PAGE = "page"  #: the article behind an entry
    IMAGE = "image"  #: a picture of an article
    ROBOTS = "robots"  #: robots.txt itself
    PROBE = "probe"  #: a page or a feed that a person named, to find the feeds it offers

    @property
    def accept(self) -> str:
        """The value of ``Accept``."""
        return _ACCEPT[self]

    @property
    def asks_robots(self) -> bool:
        """Whether robots.txt is obeyed: feeds and what a person asks for by hand are not crawled."""
        return self in (Purpose.PAGE, Purpose.IMAGE)

    @property
    def takes_user_info(self) -> bool:
        """Whether user and password written in the address are sent: never those from a stranger's link."""
        return self in (Purpose.FEED, Purpose.PROBE)

    def limit(self, settings: FetchSettings) -> int:
        """How many bytes are read, counted both before and after decompression."""
        return {
            Purpose.FEED: settings.feed_bytes,
            Purpose.PAGE: settings.page_bytes,
            Purpose.IMAGE: settings.image_bytes,
            Purpose.ROBOTS: settings.robots_bytes,
            Purpose.PROBE: max(settings.feed_bytes, settings.page_bytes),
        }[self]

    def takes(self, content_type: str | None) -> bool:
        """Whether a body of this type is worth reading; an undeclared one is.

        Feeds are served under every type there is, so only pages and pictures are held to theirs.
        """
        kind = headers.media_type(content_type)
        if not kind:
            return True
        if self is Purpose.PAGE:
            return kind.startswith("text/") or any(word in kind for word in ("html", "xml", "json"))
        if self is Purpose.IMAGE:
            return kind.startswith("image/") or kind.endswith("/octet-stream")
        return True


_ACCEPT = {
    Purpose.FEED: f"{_FEEDS}, */*;q=0.3",
    Purpose.PAGE: "text/html, application/xhtml+xml, application/xml;q=0.5, text/plain;q=0.4",
    Purpose.IMAGE: "image/jpeg, image/png, image/webp, image/gif",
    Purpose.ROBOTS: "text/plain, */*;q=0.3",
    Purpose.PROBE: f"{_FEEDS}, text/html;q=0.7, application/xhtml+xml;q=0.7, */*;q=0.3",
}
