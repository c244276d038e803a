"""Makes foreign HTML safe to publish: an allow-list of tags, attributes and addresses (nh3) has the last word."""

from __future__ import annotations

import re
from typing import TypeGuard

import lxml.html
import nh3
from lxml import etree

from aggregator import urls
from aggregator.markup import embeds, images, tree

MAX_LENGTH = 1_000_000  #: characters of input that are read
MAX_DEPTH = 100  #: elements within elements
MAX_INLINE = 8  #: formatting within formatting; browsers repeat open formatting in every block
ROUNDS = 4  #: cleaning is repeated until nothing changes any more; two do in practice

INLINE = frozenset("a b big code em font i nobr s small strike strong tt u".split())
#: Elements that go with all they hold.
CONTENT_DROPPED = frozenset(
    """script style noscript noembed noframes template xmp plaintext title head object applet svg canvas select
    textarea button datalist frameset annotation annotation-xml""".split()
)
#: Blocks that no reader misses but whose end parts two words.
RENAMED = {
    "center": "div",
    "main": "div",
    "nav": "div",
    "fieldset": "div",
    "dir": "ul",
    "hgroup": "div",
    "listing": "pre",
}
RENAMED |= {"strike": "s", "tt": "code", "big": "span", "acronym": "abbr", "dialog": "div", "form": "div"}
BLOCKS = frozenset(
    """address article aside blockquote details div dl figure footer h1 h2 h3 h4 h5 h6 header hr main nav ol p pre
    section table ul center fieldset form""".split()
)

TAGS = frozenset(
    """a abbr address article aside audio b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div
    dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i iframe img ins kbd li mark ol p picture pre q rp rt
    ruby s samp section small source span strong sub summary sup table tbody td tfoot th thead time tr track u ul var
    video wbr""".split()
)
#: What every element of the kind gets, in this order, and nothing else under these names.
SET_ATTRIBUTES = {
    "audio": {"controls": "", "preload": "none"},
    "iframe": {
        "allowfullscreen": "",
        "loading": "lazy",
        "referrerpolicy": "strict-origin-when-cross-origin",
        "sandbox": "allow-scripts allow-same-origin allow-presentation",
    },
    "video": {"controls": "", "preload": "metadata"},
}
ATTRIBUTES: dict[str, set[str]] = {
    "*": {"lang", "dir"},
    "a": {"href", "title", "hreflang"},
    "abbr": {"title"},
    "audio": {"src", *SET_ATTRIBUTES["audio"]},
    "blockquote": {"cite"},
    "code": {"class"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "dfn": {"title"},
    "iframe": {"src", "title", "width", "height", *SET_ATTRIBUTES["iframe"]},
    "img": {"src", "srcset", "sizes", "alt", "title", "width", "height"},
    "ins": {"cite", "datetime"},
    "li": {"value"},
    "ol": {"start", "reversed", "type"},
    "pre": {"class"},
    "q": {"cite"},
    "source": {"src", "srcset", "sizes", "media", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope", "abbr"},
    "time": {"datetime"},
    "track": {"src", "kind", "srclang", "label"},
    "video": {"src", "poster", "width", "height", *SET_ATTRIBUTES["video"]},
}
ADDRESSES = frozenset({"src", "cite", "poster"})
_UNWRAPPED = "unwrapped"  #: name of elements that are about to give way to what they hold
_NUMBER = re.compile(r"-?\d{1,5}%?")
_NUMBERS = frozenset({"width", "height", "start", "value", "colspan", "rowspan", "span"})
_LANGUAGE_CLASS = re.compile(r"(?:^|\s)(?:language|lang)-([A-Za-z0-9_+#.-]{1,30})(?=\s|$)")
_MAILTO = re.compile(r"(?i)mailto:[^\s<>\"'\\]{3,300}")
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{1,8}(?:[-_][A-Za-z0-9]{1,8}){0,5}")


def html(html: str, *, base_url: str | None = None) -> str:
    """Safe HTML with absolute addresses; cleaning it again changes nothing.

    Relative addresses are resolved against ``base_url``; without it they are dropped. At most a million
    characters are read: what lies beyond the last whole tag is left out.
    """
    current = _settled(_bounded(html), base_url)
    while len(current) > MAX_LENGTH:  # escaping may lengthen it
        current = _settled(_bounded(current, MAX_LENGTH * 9 // 10), base_url)
    return current


def _settled(source: str, base_url: str | None) -> str:
    for _ in range(ROUNDS):
        cleaned = _once(source, base_url)
        if cleaned == source:
            break
        source = cleaned
    return source


def _bounded(source: str, limit: int = MAX_LENGTH) -> str:
    """The source, or its first characters up to the end of a tag."""
    if len(source) <= limit:
        return source
    head = source[:limit]
    return head[: head.rfind(">") + 1] or head


def _once(source: str, base_url: str | None) -> str:
    body = tree.body(source)
    if body is None:
        return ""
    _tidy(body, base_url)
    inner = (body.text or "").translate(_ESCAPES) + "".join(
        etree.tostring(child, encoding="unicode", method="html") for child in body
    )

    def attribute(tag: str, name: str, value: str) -> str | None:
        return _attribute(tag, name, value, base_url)

    return nh3.clean(
        inner,
        tags=set(TAGS),
        clean_content_tags=set(CONTENT_DROPPED),
        attributes=ATTRIBUTES,
        attribute_filter=attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    ).strip()


_ESCAPES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}


def _tidy(body: lxml.html.HtmlElement, base_url: str | None) -> None:
    """What an allow-list can't say: depth, pictures, players, renamed and empty elements."""
    tree.formulas(body)
    for element in list(body.iter(*CONTENT_DROPPED - {"noscript"})):
        element.drop_tree()
    images.settle(body, base_url)
    for element in list(body.iter("noscript")):
        element.drop_tree()
    for element in list(body.iter("iframe")):
        if embeds.settle(element, base_url) is None:
            element.drop_tree()
    for element in list(body.iter("video", "audio", "source", "track", "picture")):
        if not _has_source(element):
            element.drop_tag() if element.tag in {"video", "audio", "picture"} else element.drop_tree()
    for tag, attributes in SET_ATTRIBUTES.items():
        for element in body.iter(tag):
            for name, value in attributes.items():
                element.attrib.pop(name, None)
                element.set(name, value)
    for element in list(body.iter(*RENAMED)):
        element.tag = RENAMED[str(element.tag)]
    _flatten(body)


def _has_source(element: lxml.html.HtmlElement) -> bool:
    if element.get("src") or (element.tag == "source" and element.get("srcset")):
        return True
    if element.tag == "picture":
        return element.find(".//img") is not None
    return element.tag in {"video", "audio"} and element.find(".//source[@src]") is not None


def _flatten(body: lxml.html.HtmlElement) -> None:
    """Bounds nesting, since a browser's parser takes quadratic time over deep or repeated elements."""
    doomed: list[lxml.html.HtmlElement] = []
    depth = inline = 0
    for event, element in etree.iterwalk(body, events=("start", "end")):
        if not _is_element(element):
            continue
        step = 1 if event == "start" else -1
        depth += step
        inline += step * (element.tag in INLINE)
        if event == "end" and (depth >= MAX_DEPTH or (element.tag in INLINE and inline >= MAX_INLINE)):
            doomed.append(element)
        elif event == "end" and element.tag == "p" and any(child.tag in BLOCKS for child in element):
            element.tag = "div"  # a paragraph can't hold blocks: the parser would close it and leave empty ones
    for element in doomed:
        element.tag = _UNWRAPPED
    if doomed:
        etree.strip_tags(body, _UNWRAPPED)


def _is_element(node: object) -> TypeGuard[lxml.html.HtmlElement]:
    return isinstance(node, lxml.html.HtmlElement)


def _attribute(tag: str, name: str, value: str, base_url: str | None) -> str | None:
    """The attribute's value as it may be published; None where it may not."""
    if name in SET_ATTRIBUTES.get(tag, {}):
        return value if SET_ATTRIBUTES[tag][name] == value else None
    if tag == "iframe" and name == "src":
        return value if embeds.player(value) == value else None
    if name == "href":
        return value.strip() if _MAILTO.fullmatch(value.strip()) else urls.resolve(base_url, value)
    if name in ADDRESSES:
        return urls.resolve(base_url, value)
    if name == "srcset":
        return images.join_srcset(images.split_srcset(value, base_url)) or None
    if name == "class":
        match = _LANGUAGE_CLASS.search(value)
        return f"language-{match.group(1)}" if match else None
    if name in _NUMBERS:
        return value if _NUMBER.fullmatch(value) else None
    if name in {"lang", "hreflang", "srclang"}:
        return value if _LANGUAGE_TAG.fullmatch(value) else None
    if name == "dir":
        return value.lower() if value.lower() in {"ltr", "rtl", "auto"} else None
    return value[:2000]
