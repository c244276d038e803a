"""The text of a post as WordPress keeps it: no line that it would rewrite, no word that it would run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import lxml.html
from lxml import etree

from aggregator.targets.shared import article, texts
from aggregator.types import Post

#: A player of another site: it is written as the one shortcode that we use, which WordPress turns into the player, or
#: into a link where it can't reach that site.
EMBED = "embed"
#: Elements that WordPress's wpautop takes for blocks, and ours.
BLOCKS = frozenset(
    """address article aside audio blockquote details dd div dl dt fieldset figcaption figure footer h1 h2 h3 h4 h5 h6
    header hgroup hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul video""".split()
) | {EMBED}
#: Blocks that may hold words and blocks side by side; wpautop would break words there out of their paragraph.
MIXED = frozenset("article aside blockquote dd details div footer header li section td th".split())
#: Wrappers that say nothing.
WRAPPERS = frozenset({"div", "section", "article", "main"})
_SPACE = re.compile(r"[ \t\r\n\f]+")
_COLON = "\ufdd0"  # a noncharacter: stands for the colon of an address in the text until it is written
_PLAYER = re.compile(rf'<{EMBED} src="([^"]*)">(?:</{EMBED}>)?')
_ADDRESS = re.compile(r"(?i)(https?):(?=//)")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in the media library."""

    id: int
    url: str


def tree(
    post: Post, *, language: str, pictures: Mapping[str, Picture], lead_shown: bool, tagged: bool = True
) -> lxml.html.HtmlElement:
    """The post as a tree: one block after another, each with only words or only blocks in it.

    ``tagged``: blocks in another language than the blog's say so. Core blocks of the editor can't.
    """
    copies = {url: picture.url for url, picture in pictures.items()}
    root = article.parse(article.html(post, language=language, pictures=copies, lead_shown=lead_shown))
    _settle_pictures(root, {picture.url: picture.id for picture in pictures.values()})
    _settle_players(root)
    _tidy(root)
    _fill(root, list(_unwrapped(root)))
    for element in list(root.iter(*MIXED)):
        if element is not root:
            _paragraphs(element)
    _tell_language(root, post.language, language, tagged=tagged)
    _disarm_addresses(root)
    return root


def classic(root: lxml.html.HtmlElement) -> str:
    """The text for the classic editor: one line for each block."""
    return "\n\n".join(line(child) for child in root)


def line(element: lxml.html.HtmlElement) -> str:
    """One block as HTML."""
    html = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
    return _PLAYER.sub(r"[embed]\1[/embed]", neutral(html))


def inner(element: lxml.html.HtmlElement) -> str:
    """What a block holds, as HTML."""
    if not len(element) and not element.text:
        return ""  # the end tag of some is left out then
    html = line(element)
    return html[html.index(">") + 1 : html.rindex("</")].strip()


def neutral(html: str) -> str:
    """HTML with nothing in it that WordPress would act upon: a ``[`` begins a shortcode, in attributes too."""
    return html.replace("[", "&#91;").replace(_COLON, "&#58;")


def plain(words: str) -> str:
    """Plain words for a field that takes HTML."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("[", "&#91;")


def _settle_pictures(root: lxml.html.HtmlElement, ids: Mapping[str, int]) -> None:
    for source in root.iter("source"):
        parent = source.getparent()
        if parent is not None and parent.tag in ("audio", "video") and not parent.get("src") and source.get("src"):
            parent.set("src", source.get("src", ""))  # an author may not have sources within
    etree.strip_tags(root, "picture", "source")  # the parser puts what follows a source into it
    for video in root.iter("video"):
        video.set("style", "max-width:100%;height:auto")  # themes see to it for their own videos only
    for image in root.iter("img"):
        for name in ("srcset", "sizes"):
            image.attrib.pop(name, None)
        if number := ids.get(image.get("src", "")):
            image.set("class", f"wp-image-{number}")  # WordPress adds sizes and lazy loading to these by itself


def _settle_players(root: lxml.html.HtmlElement) -> None:
    """Frames become what WordPress embeds by itself, or a link: an author may not have frames."""
    for frame in list(root.iter("iframe")):
        address = watched(frame.get("src", ""))
        if address:
            player = lxml.html.Element(EMBED, {"src": address})
        else:
            player = lxml.html.Element("p")
            link = etree.SubElement(player, "a", {"href": frame.get("src", ""), "rel": "noopener noreferrer"})
            link.text = frame.get("title") or urlsplit(frame.get("src", "")).netloc
        frame.addprevious(player)
        player.tail, frame.tail = frame.tail, None
        frame.drop_tree()
    for player in root.iter(EMBED, "audio", "video"):
        for parent in player.iterancestors("p", "span", "em", "strong", "a"):
            parent.tag = "div"  # these hold no blocks


def watched(player: str) -> str | None:
    """The address of a video's page, which WordPress knows how to embed; None for other players."""
    parts = urlsplit(player)
    last = parts.path.rsplit("/", 1)[-1]
    query = {name: values[0] for name, values in parse_qs(parts.query[:1000]).items()}
    if parts.netloc == "www.youtube-nocookie.com":
        if last == "videoseries":
            return f"https://www.youtube.com/playlist?list={query.get('list', '')}"
        start = f"&t={query['start']}" if query.get("start", "").isdecimal() else ""
        return f"https://www.youtube.com/watch?v={last}{start}"
    if parts.netloc == "player.vimeo.com":
        return f"https://vimeo.com/{last}{'/' + query['h'] if query.get('h', '').isalnum() else ''}"
    if parts.netloc == "www.dailymotion.com":
        return f"https://www.dailymotion.com/video/{last}"
    return None


def _tidy(root: lxml.html.HtmlElement) -> None:
    """No line breaks but in preformatted text: WordPress makes paragraphs of them."""
    for element in root.iter():
        kept = element.tag == "pre" or any(True for _ in element.iterancestors("pre"))
        if element.text and not kept:
            element.text = _SPACE.sub(" ", element.text)
        if element.tail and not any(True for _ in element.iterancestors("pre")):
            element.tail = _SPACE.sub(" ", element.tail)


Run = list["str | lxml.html.HtmlElement"]


def _unwrapped(container: lxml.html.HtmlElement) -> Iterator[lxml.html.HtmlElement | Run]:
    """What a container holds, without wrappers around it."""
    for part in _runs(container):
        if isinstance(part, lxml.html.HtmlElement) and part.tag in WRAPPERS and not part.attrib:
            yield from _unwrapped(part)
        else:
            yield part


def _paragraphs(container: lxml.html.HtmlElement) -> None:
    """Puts words that stand beside blocks into paragraphs of their own; two line breaks part paragraphs."""
    if container.tag == "li" and _is_tight(container):
        return
    parts = list(_runs(container))
    if len(parts) != 1 or isinstance(parts[0], lxml.html.HtmlElement):
        _fill(container, parts)


def _fill(container: lxml.html.HtmlElement, parts: Iterable[lxml.html.HtmlElement | Run]) -> None:
    """Puts blocks, and words as paragraphs, in place of what was there."""
    for child in list(container):
        container.remove(child)
    container.text = None
    for part in parts:
        if isinstance(part, lxml.html.HtmlElement):
            part.tail = None
            container.append(part)
        else:
            container.append(_paragraph(part))


def _runs(container: lxml.html.HtmlElement) -> Iterator[lxml.html.HtmlElement | Run]:
    """What a container holds: blocks, and runs of words between them."""
    run: Run = [container.text or ""]
    broken = False  # the last thing in the run is a line break
    for child in container:
        tail = child.tail or ""
        if child.tag in BLOCKS or (child.tag == "br" and broken):
            if _says(run):
                yield run
            if child.tag != "br":
                yield child
            run = [tail]
        else:
            run += [child, tail]
        broken = not tail.strip() and child.tag == "br" and len(run) > 1
    if _says(run):
        yield run


def _is_tight(item: lxml.html.HtmlElement) -> bool:
    """Whether a list item is words with a list below them: that needs no paragraph."""
    blocks = [child for child in item if child.tag in BLOCKS]
    after = blocks[0].itersiblings() if blocks else ()
    return all(child.tag in ("ul", "ol") and not (child.tail or "").strip() for child in blocks) and all(
        child.tag in BLOCKS for child in after
    )


def _says(run: Run) -> bool:
    return any(part.strip() if isinstance(part, str) else part.tag != "br" for part in run)


def _paragraph(run: Run) -> lxml.html.HtmlElement:
    """A paragraph of a run of words, without the breaks at its end."""
    while run and (not run[-1].strip() if isinstance(run[-1], str) else run[-1].tag == "br"):
        run.pop()
    run = [*run[:-1], run[-1].rstrip() if isinstance(run[-1], str) else run[-1]]
    paragraph = lxml.html.Element("p")
    last = None
    for part in run:
        if isinstance(part, str):
            if last is None:
                paragraph.text = (paragraph.text or "") + part.lstrip()
            else:
                last.tail = part
        else:
            part.tail = None
            paragraph.append(part)
            last = part
    return paragraph


def _disarm_addresses(root: lxml.html.HtmlElement) -> None:
    """An address alone on its line would be fetched and embedded: its colon is to be written as a reference."""
    for element in root.iter():
        if element.text and "//" in element.text:
            element.text = _ADDRESS.sub(rf"\1{_COLON}", element.text)
        if element.tail and "//" in element.tail:
            element.tail = _ADDRESS.sub(rf"\1{_COLON}", element.tail)


def _tell_language(root: lxml.html.HtmlElement, language: str | None, blog: str, *, tagged: bool) -> None:
    """Marks the blocks of a foreign text with its language and direction."""
    if not language or texts.same(language, blog):
        return
    direction = texts.direction(language)
    for child in foreign(root):
        if child.tag != EMBED and child.get("lang") is None:
            if tagged:
                child.set("lang", language)
            if direction != texts.direction(blog) and child.get("dir") is None:
                _turn(child, direction)


def _turn(block: lxml.html.HtmlElement, direction: str) -> None:
    """Makes a block run the other way than the theme expects, which aligns text and indents lists by its own."""
    block.set("dir", direction)
    block.set("style", "text-align:start")
    ahead, behind = ("right", "left") if direction == "rtl" else ("left", "right")
    for element in block.iter("ul", "ol"):
        element.set("style", f"text-align:start;padding-{ahead}:2em;padding-{behind}:0")


def foreign(root: Iterable[lxml.html.HtmlElement]) -> Iterator[lxml.html.HtmlElement]:
    """The blocks that are the source's, not ours."""
    return (child for child in root if child.get("class") not in article.OWN)
