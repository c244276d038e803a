"""The text of a post for a blog that is not ours: all that the post has, in plain HTML, with the credit at its end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

import lxml.html
from lxml import etree

from aggregator import urls
from aggregator.markup import clean
from aggregator.policy import change
from aggregator.targets.shared import texts
from aggregator.types import Enclosure, Image, Post

MAX_PICTURES = 40  #: of one post that we would like copies of
MAX_ENCLOSURES = 10
#: Classes of the parts behind the text that are our own words, in the language of the blog.
OWN = frozenset({"also", "altered", "generator", "source-credit", "update-note"})
#: Where the post's key and revision stand in the text: kept by every blog, seen by no reader.
MARK = "data-wirecopy"
_NO_END = re.compile(r"</(?:source|track|wbr)>")  #: end tags that there are not (HTML, 13.1.2), but lxml writes
_MARK = re.compile(rf'{MARK}="([0-9a-f]{{32}}):([0-9a-f]{{32}})"')


def lead(post: Post) -> Image | None:
    """The picture that stands for a post."""
    return post.lead or (post.images[0] if post.images else None)


def picture_urls(post: Post) -> tuple[str, ...]:
    """The addresses of the pictures that a post shows, the lead first."""
    first = lead(post)
    found = [first.url] if first else []
    shown = parse(post.body).iter("img", "video")
    found += [element.get("poster" if element.tag == "video" else "src") or "" for element in shown]
    wanted = (url for url in dict.fromkeys(found) if urls.resolve(None, url))
    return tuple(url for url, _ in zip(wanted, range(MAX_PICTURES), strict=False))


def html(
    post: Post,
    *,
    language: str = "en",
    pictures: Mapping[str, str] | None = None,
    lead_shown: bool = False,
    credit: bool = True,
    generator: bool = True,
) -> str:
    """The post as safe HTML: lead picture, standfirst, text, attachments, what changed, other places, credit, end.

    ``pictures`` maps addresses of pictures to those of their copies. ``lead_shown``: the blog shows the lead picture
    itself, so that it is left out here. ``language`` is the blog's, for our own words around the text. Blocks stand on
    lines of their own; the last one carries the mark that ``mark_of`` reads.
    """
    copies = pictures or {}
    root = parse(clean.html(post.body, base_url=post.canonical_url))
    if post.lead:
        drop_repeated(root, post.lead.url)
    for image in list(root.iter("img")):
        _settle_image(image, copies)
    for video in root.iter("video"):
        if (poster := copies.get(video.get("poster", ""))) is not None:
            video.set("poster", poster)
    for frame in root.iter("iframe"):
        _settle_frame(frame)
    order_headings(root)
    labels = texts.texts(language)
    parts = [
        _figure(post.lead, copies) if post.lead and not lead_shown else "",
        f'<p class="standfirst"><em>{escape(post.standfirst)}</em></p>' if post.standfirst else "",
        inner(root),
        _attachments(post.enclosures, labels),
        _altered(post, labels),
        _updated(post, language),
        _also(post, labels) if credit else "",
        f'<div class="source-credit" {MARK}="{post.key}:{change.revision(post)}">{post.credit.html}</div>'
        if credit
        else "",
        f'<div class="closing">{clean.html(post.closing)}</div>' if post.closing else "",
        f'<p class="generator"><small>{escape(post.generator)}</small></p>' if generator and post.generator else "",
    ]
    return "\n".join(part for part in parts if part)


def page(post: Post, *, language: str = "en") -> str:
    """The text of a post as a page by itself, for a look at what a blog is sent."""
    return (
        f'<!doctype html>\n<html lang="{escape(post.language or language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(post.title)}</title>"
        "<style>body{font:1.1rem/1.6 serif;max-width:45rem;margin:2rem auto;padding:0 1rem}"
        "img,video,iframe{max-width:100%;height:auto}figure{margin:1.5rem 0}</style></head>"
        f"<body><h1>{escape(post.title)}</h1>\n{html(post, language=language)}</body></html>"
    )


def mark_of(html: str) -> tuple[str, str] | None:
    """Key and revision of the post that a text was made from; None where it is none of ours."""
    found = _MARK.search(html)
    return (found[1], found[2]) if found else None


def parse(html: str) -> lxml.html.HtmlElement:
    """A tree to work on, with one ``div`` around all."""
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    for source in list(root.iter("source", "track")):  # void elements (HTML, 13.1.2), which lxml takes for containers
        for child in reversed(source):
            source.addnext(child)
    return root


def inner(root: lxml.html.HtmlElement) -> str:
    """What the tree holds, as HTML again."""
    text = _NO_END.sub("", etree.tostring(root, encoding="unicode", method="html"))
    return text[text.index(">") + 1 : text.rindex("</")].strip()


def drop_repeated(root: lxml.html.HtmlElement, lead_url: str) -> None:
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


def order_headings(root: lxml.html.HtmlElement) -> None:
    """The page's title is the only h1; no level is left out on the way down (WCAG, technique G141)."""
    level, stack = 1, [(0, 1)]  # (as written, as shown)
    for heading in root.iter("h1", "h2", "h3", "h4", "h5", "h6"):
        written = int(str(heading.tag)[1])
        while len(stack) > 1 and stack[-1][0] >= written:
            stack.pop()
        level = min(stack[-1][1] + 1, 6)
        stack.append((written, level))
        heading.tag = f"h{level}"


def _settle_image(image: lxml.html.HtmlElement, copies: Mapping[str, str]) -> None:
    image.set("alt", image.get("alt") or "")
    copy = copies.get(image.get("src", ""))
    if copy is None:
        return
    parent = image.getparent()
    if parent is not None and parent.tag == "picture":
        for source in list(parent.iter("source")):
            source.drop_tree()  # they would be preferred to the copy
    image.set("src", copy)
    for name in ("srcset", "sizes"):
        image.attrib.pop(name, None)


def _settle_frame(frame: lxml.html.HtmlElement) -> None:
    """Gives a player its shape, as wide as the text where it tells no width: many themes leave that to the post."""
    width, height = frame.get("width", ""), frame.get("height", "")
    told = width.isdecimal() and height.isdecimal() and int(width) > 0 and int(height) > 0
    shape = f"max-width:100%;aspect-ratio:{width}/{height}" if told else "width:100%;aspect-ratio:16/9"
    frame.set("style", f"border:0;height:auto;{shape}")


def _figure(image: Image, copies: Mapping[str, str]) -> str:
    size = f' width="{image.width}" height="{image.height}"' if image.width and image.height else ""
    words = " ".join(escape(part) for part in (image.caption, image.credit) if part)
    caption = f"<figcaption>{words}</figcaption>" if words else ""
    src = escape(copies.get(image.url, image.url))
    return f'<figure class="lead"><img src="{src}" alt="{escape(image.alt)}"{size}>{caption}</figure>'


def _attachments(enclosures: tuple[Enclosure, ...], labels: Mapping[str, str]) -> str:
    lines = []
    for enclosure in enclosures[:MAX_ENCLOSURES]:
        url = escape(enclosure.url)
        if enclosure.type.startswith("audio/"):
            lines.append(f'<p><audio controls preload="none" src="{url}"></audio></p>')
        else:
            name = escape(enclosure.url.split("?")[0].split("/")[-1]) or url
            lines.append(f'<p><a href="{url}">{name}</a></p>')
    return "\n".join([f"<h2>{escape(labels['attachments'])}</h2>", *lines]) if lines else ""


def _altered(post: Post, labels: Mapping[str, str]) -> str:
    if not post.altered:
        return ""
    return f'<p class="altered"><strong>{escape(labels["altered"])}:</strong> {escape(post.altered)}</p>'


def _updated(post: Post, language: str) -> str:
    if post.update_note is None:
        return ""
    return f'<p class="update-note"><em>{escape(texts.updated(post.update_note, language))}</em></p>'


def _also(post: Post, labels: Mapping[str, str]) -> str:
    if not post.also_reported_by:
        return ""
    items = "".join(
        f'<li><a href="{escape(sighting.url)}">{escape(sighting.title)}</a> — {escape(sighting.publisher)}</li>'
        for sighting in post.also_reported_by
    )
    return f'<p class="also"><strong>{escape(labels["also"])}:</strong></p>\n<ul class="also">{items}</ul>'
