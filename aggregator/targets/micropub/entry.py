"""An h-entry: made from a post, and read back from what the server answers or shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Literal
from urllib.parse import urlsplit

import lxml.html

from aggregator import urls
from aggregator.markup import text, tree
from aggregator.targets.shared import article, edits, tolerant
from aggregator.types import Image, Post

#: The properties of an entry by which it refers to another page (microformats.org, h-entry).
Reference = Literal["none", "repost-of", "bookmark-of", "in-reply-to"]

MAX_PAGE = 1_000_000  #: characters of a page that are looked at

_CLASS = "contains(concat(' ', normalize-space(@class), ' '), ' {} ')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An entry that the server has, as far as we care."""

    url: str
    name: str
    html: str
    properties: frozenset[str]  #: names of those that it has

    @property
    def fingerprint(self) -> str:
        """A number that changes when a person edits title or text, not when the server rewrites markup."""
        return edits.fingerprint(self.name, " ".join(text.plain(self.html).split()))

    @property
    def version(self) -> str:
        """The fingerprint, with the revision that it belongs to."""
        return edits.stamped(self.fingerprint, self.revision)

    def edited_since(self, version: str) -> bool:
        """Whether a person has edited it since it had that version."""
        return edits.edited_since(version, self.fingerprint, self.revision)

    @property
    def revision(self) -> str:
        """The revision of the post that it was made from; empty where it does not say."""
        mark = article.mark_of(self.html)
        return mark[1] if mark else ""

    def tells(self, post: Post) -> bool:
        """Whether it was made from the post: its mark says so, or, where the server took that away, its address."""
        mark = article.mark_of(self.html)
        return mark[0] == post.key if mark else number_of(self.url, post.slug) is not None


def properties(post: Post, html: str, *, photo: Image | None, copies: Mapping[str, str]) -> dict[str, list[object]]:
    """What an entry says that may change with a revision (Micropub, 2.1: each value in a list).

    ``photo`` is the picture that is shown as the entry's own; its caption stands at the head of the text then.
    """
    caption = " ".join(escape(part) for part in (photo.caption, photo.credit) if part) if photo else ""
    if caption:
        html = f'<p class="caption"><small>{caption}</small></p>\n{html}'
    return {
        "name": [post.title] if post.title else [],
        "content": [{"html": html}],
        "summary": [post.excerpt] if post.excerpt else [],
        "category": list(post.tags),
        "photo": [_photo(photo, copies)] if photo else [],
    }


def plain_photo(told: Mapping[str, list[object]]) -> dict[str, list[object]]:
    """The same for servers that want a picture to be an address, with its text beside it (``mp-photo-alt``)."""
    pictures = [picture for picture in told["photo"] if isinstance(picture, dict)]
    return {
        **told,
        "photo": [picture["value"] for picture in pictures],
        "mp-photo-alt": [picture["alt"] for picture in pictures],
    }


def read(item: object, url: str | None = None) -> Held | None:
    """An entry as ``q=source`` answers it (Micropub, 3.7.2); None where it is none or has no address.

    ``url`` is the address where the item does not repeat it.
    """
    found = item.get("properties") if isinstance(item, dict) else None
    if not isinstance(found, dict):
        return None
    address = url or urls.resolve(None, _first(found, "url")) or urls.resolve(None, tolerant.text(item, "url"))
    if address is None:
        return None
    return Held(
        url=address,
        name=_first(found, "name"),
        html=_content(found),
        properties=frozenset(str(name) for name, value in found.items() if value),
    )


def on_its_page(page: str, url: str, post: Post) -> Held | None:
    """The entry of a post on the page that should be its own: by its mark, else by the original's address."""
    root = tree.document(page[:MAX_PAGE])
    if root is None:
        return None
    revision = next((revision for _, revision in _marks(root, post)), None)
    cited = post.credit.url is not None and any(link.get("href") == post.credit.url for link in root.iter("a"))
    return _seen(url, post, revision or "") if cited or revision is not None else None


def in_feed(page: str, url: str, post: Post) -> Held | None:
    """The entry of a post in the h-feed of a page that shows whole texts."""
    root = tree.document(page[:MAX_PAGE])
    for element, revision in () if root is None else _marks(root, post):
        links = element.xpath(f"ancestor::*[{_CLASS.format('h-entry')}][1]//*[{_CLASS.format('u-url')}]/@href")
        address = urls.resolve(url, str(links[0])) if isinstance(links, list) and links else None
        if address is not None:
            return _seen(address, post, revision)
    return None


def linked(page: str, url: str, post: Post) -> str | None:
    """The address in a page that ends in the post's slug: where a home page shows titles only."""
    root = tree.document(page[:MAX_PAGE])
    for link in () if root is None else root.iterfind(".//a[@href]"):
        address = urls.resolve(url, link.get("href"))
        if address is not None and urls.same_site(address, url) and number_of(address, post.slug) is not None:
            return address
    return None


def number_of(url: str, slug: str) -> int | None:
    """Whether an address ends in a slug: 1, or the number that the server put behind it; None if it does not."""
    last = urlsplit(url).path.rstrip("/").rpartition("/")[2]
    found = re.fullmatch(rf"{re.escape(slug)}(?:-(\d{{1,4}}))?(?:\.[a-z]{{2,5}})?", last)
    return None if found is None else int(found[1] or 1)


def _marks(root: lxml.html.HtmlElement, post: Post) -> Iterator[tuple[lxml.html.HtmlElement, str]]:
    """The elements that carry the post's mark, each with the revision that it names."""
    for element in root.iterfind(f".//*[@{article.MARK}]"):
        key, _, revision = (element.get(article.MARK) or "").partition(":")
        if key == post.key:
            yield element, revision


def _seen(url: str, post: Post, revision: str) -> Held:
    mark = f'<i {article.MARK}="{post.key}:{revision}"></i>' if revision else ""
    return Held(url=url, name="", html=mark, properties=frozenset())


def _photo(image: Image, copies: Mapping[str, str]) -> object:
    """A picture, with its alternative text where it has one (Micropub, 3.3.2)."""
    address = copies.get(image.url, image.url)
    return {"value": address, "alt": image.alt} if image.alt else address


def _content(found: Mapping[str, object]) -> str:
    values = found.get("content")
    value = values[0] if isinstance(values, list) and values else values
    if isinstance(value, dict):
        value = value.get("html") or value.get("value") or value.get("text")
    return value if isinstance(value, str) else ""


def _first(found: Mapping[str, object], name: str) -> str:
    values = found.get(name)
    value = values[0] if isinstance(values, list) and values else values
    return value if isinstance(value, str) else ""
