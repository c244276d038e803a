"""The text of a post as a page or a feed shows it: cleaned once more, pictures of our own, headings in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import lxml.html
from lxml import etree

from aggregator import urls
from aggregator.markup import clean
from aggregator.targets.site.records import Picture
from aggregator.types import Image, Post

MAX_PICTURES = 40  #: of one post that we would like copies of
SIZES = "(min-width: 48rem) 45rem, 100vw"  #: how wide the theme shows a picture
#: Players that the Content-Security-Policy lets in; a frame from elsewhere becomes a link.
PLAYERS = ("https://www.youtube-nocookie.com", "https://player.vimeo.com", "https://www.dailymotion.com")


def lead(post: Post) -> Image | None:
    """The picture that stands for a post."""
    return post.lead or (post.images[0] if post.images else None)


def picture_urls(post: Post) -> tuple[str, ...]:
    """The addresses of the pictures that a post shows, the lead first."""
    first = lead(post)
    found = [first.url] if first else []
    shown = _parse(post.body).iter("img", "video")
    found += [element.get("poster" if element.tag == "video" else "src") or "" for element in shown]
    wanted = (url for url in dict.fromkeys(found) if urls.resolve(None, url))
    return tuple(url for url, _ in zip(wanted, range(MAX_PICTURES), strict=False))


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
    root = _parse(clean.html(post.body, base_url=post.canonical_url))
    if without_lead and post.lead:
        _drop_repeated(root, post.lead.url)
    for image in list(root.iter("img")):
        _settle_image(image, pictures, locate)
    for video in root.iter("video"):
        copy = pictures.get(video.get("poster", ""))
        if copy:
            video.set("poster", locate(copy.file))
    for frame in list(root.iter("iframe")):
        _settle_frame(frame, labels)
    _order_headings(root)
    for table in list(root.iter("table")):
        if not any(parent.tag == "table" for parent in table.iterancestors()):
            _wrap(table, {"class": "scroll", "role": "region", "tabindex": "0", "aria-label": labels["table"]})
    for code in root.iter("pre"):
        code.set("tabindex", "0")
    return _inner(root)


def _parse(html: str) -> lxml.html.HtmlElement:
    return lxml.html.fragment_fromstring(html, create_parent="div")


def _inner(root: lxml.html.HtmlElement) -> str:
    text = etree.tostring(root, encoding="unicode", method="html")
    return text[text.index(">") + 1 : text.rindex("</")].strip()


def _drop_repeated(root: lxml.html.HtmlElement, lead_url: str) -> None:
    """Drops the first picture if it is the lead and nothing is told before it but a few words."""
    first = next(root.iter("img"), None)
    if first is None or urls.compare_key(first.get("src", "")) != urls.compare_key(lead_url):
        return
    doomed = first
    for parent in first.iterancestors("figure", "picture", "p", "a"):
        words = (parent.text_content() or "").strip()
        if parent.tag == "figure" or not words:
            doomed = parent
    if sum(1 for _ in doomed.iter("img")) == 1:
        doomed.drop_tree()


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
    link = lxml.html.Element("a", {"href": frame.get("src", ""), "rel": "noopener noreferrer"})
    link.text = f"{labels['video']}: {parts.netloc}"
    frame.addprevious(link)
    frame.drop_tree()


def _order_headings(root: lxml.html.HtmlElement) -> None:
    """The page's title is the only h1; no level is left out on the way down (WCAG, technique G141)."""
    level, stack = 1, [(0, 1)]  # (as written, as shown)
    for heading in root.iter("h1", "h2", "h3", "h4", "h5", "h6"):
        written = int(str(heading.tag)[1])
        while len(stack) > 1 and stack[-1][0] >= written:
            stack.pop()
        level = min(stack[-1][1] + 1, 6)
        stack.append((written, level))
        heading.tag = f"h{level}"


def _wrap(element: lxml.html.HtmlElement, attributes: Mapping[str, str]) -> None:
    wrapper = lxml.html.Element("div", dict(attributes))
    parent = element.getparent()
    if parent is not None and parent.tag == "p":
        parent.tag = "div"  # a paragraph can't hold blocks
    element.addprevious(wrapper)
    wrapper.tail, element.tail = element.tail, None
    wrapper.append(element)
