"""The text of a post as a page or a feed shows it: cleaned once more, pictures of our own, headings in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import lxml.html
from lxml import etree

from aggregator import urls
from aggregator.markup import clean
from aggregator.targets.shared import article
from aggregator.targets.site.records import Picture
from aggregator.types import Post

SIZES = "(min-width: 48rem) 45rem, 100vw"  #: how wide the theme shows a picture
#: Players that the Content-Security-Policy lets in; a frame from elsewhere becomes a link.
PLAYERS = ("https://www.youtube-nocookie.com", "https://player.vimeo.com", "https://www.dailymotion.com")


def render(
    post: Post,
    pictures: Mapping[str, Picture],
    *,
    locate: Callable[[str], str],
    without_lead: bool,
    labels: Mapping[str, str],
) -> str:
    """The body as safe HTML.

    ``locate`` turns the place of a file of ours into an address. ``without_lead``: leave out a first picture that
    is the lead again, since it stands above the text. ``labels`` names what only a listener gets to know.
    """
    root = article.parse(clean.html(post.body, base_url=post.canonical_url))
    if without_lead and post.lead:
        article.drop_repeated(root, post.lead.url)
    for image in list(root.iter("img")):
        _settle_image(image, pictures, locate)
    for video in root.iter("video"):
        copy = pictures.get(video.get("poster", ""))
        if copy:
            video.set("poster", locate(copy.file))
    for frame in list(root.iter("iframe")):
        _settle_frame(frame, labels)
    for link in list(root.iter("a")):
        _name_link(link)
    article.order_headings(root)
    tables = [table for table in root.iter("table") if next(table.iterancestors("table"), None) is None]
    for number, table in enumerate(tables, start=1):
        name = labels["table"] if len(tables) == 1 else f"{labels['table']} {number}"
        _wrap(table, {"class": "scroll", "role": "region", "tabindex": "0", "aria-label": name})
    for code in root.iter("pre"):
        code.set("tabindex", "0")
    return article.inner(root)


def _settle_image(image: lxml.html.HtmlElement, pictures: Mapping[str, Picture], locate: Callable[[str], str]) -> None:
    copy = pictures.get(image.get("src", ""))
    image.set("loading", "lazy")
    image.set("decoding", "async")
    if image.get("alt") is None:
        image.set("alt", "")
    if copy is None:
        image.set("referrerpolicy", "no-referrer")
        return
    parent = image.getparent()
    if parent is not None and parent.tag == "picture":
        for source in list(parent.iter("source")):
            source.drop_tree()  # they would be preferred to our copy
    for name, value in image_attributes(copy, locate).items():
        image.set(name, value)
    if not copy.thumbnail:
        image.attrib.pop("srcset", None)
        image.attrib.pop("sizes", None)


def _name_link(link: lxml.html.HtmlElement) -> None:
    """A link of nothing is none; one of a picture without a name is called by where it leads (WCAG 2.2, 2.4.4)."""
    address = link.get("href")
    if not address or link.text_content().strip() or any(image.get("alt") for image in link.iter("img")):
        return
    if next(link.iter("img", "picture", "video", "audio", "iframe"), None) is not None:
        link.set("aria-label", urls.host(address))
    else:
        link.drop_tag()


def image_attributes(copy: Picture, locate: Callable[[str], str], *, sizes: str = SIZES) -> dict[str, str]:
    """How a page shows a copy of ours."""
    found = {"src": locate(copy.file), "width": str(copy.width), "height": str(copy.height)}
    if copy.thumbnail:
        found["srcset"] = f"{locate(copy.thumbnail)} {copy.thumbnail_width}w, {locate(copy.file)} {copy.width}w"
        found["sizes"] = sizes
    return found


def _settle_frame(frame: lxml.html.HtmlElement, labels: Mapping[str, str]) -> None:
    parts = urlsplit(frame.get("src", ""))
    if f"{parts.scheme}://{parts.netloc}" in PLAYERS:
        frame.set("title", frame.get("title") or labels["video"])
        for name in ("width", "height"):
            frame.attrib.pop(name, None)
        _wrap(frame, {"class": "player"})
        return
    # A PeerTube server may be anybody's: its player is a click away, at the page of the video.
    page = frame.get("src", "").replace("/videos/embed/", "/videos/watch/", 1)
    link = lxml.html.Element("a", {"href": page, "rel": "noopener noreferrer"})
    caption = etree.SubElement(link, "span")
    caption.text, caption.tail = frame.get("title") or labels["video"], " "
    etree.SubElement(link, "small").text = parts.netloc
    frame.addprevious(link)
    frame.drop_tree()
    _wrap(link, {"class": "film"}, "figure")


def _wrap(element: lxml.html.HtmlElement, attributes: Mapping[str, str], tag: str = "div") -> None:
    wrapper = lxml.html.Element(tag, dict(attributes))
    parent = element.getparent()
    if parent is not None and parent.tag == "p":
        parent.tag = "div"  # a paragraph can't hold blocks
    element.addprevious(wrapper)
    wrapper.tail, element.tail = element.tail, None
    wrapper.append(element)
