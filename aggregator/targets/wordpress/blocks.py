"""The text of a post as the block editor's markup: core blocks where they say exactly the same, else HTML blocks.

A block is valid where the editor would write the very same markup from what it read (its ``save`` function); an invalid
one shows as broken to whoever edits the post. The forms here are those of WordPress 6.1, which later ones still read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from html import escape
from urllib.parse import urlsplit

import lxml.html

from aggregator.targets.shared.wptext import BLOCKS, EMBED, inner, line, neutral

Element = lxml.html.HtmlElement
#: The names under which the editor knows the players that it embeds (its variations of core/embed).
PROVIDERS = {"www.youtube.com": "youtube", "vimeo.com": "vimeo", "www.dailymotion.com": "dailymotion"}


def blocks(root: Element) -> str:
    """The text for the block editor."""
    return "\n\n".join(block(child) for child in root)


def block(element: Element) -> str:
    """One block; an HTML block where no core block says the same."""
    writer = _WRITERS.get(str(element.tag))
    return (writer(element) if writer else None) or comment("html", line(element))


def comment(name: str, html: str, attributes: Mapping[str, object] | None = None) -> str:
    """Markup between the comments that make a block of it."""
    words = f" {_json(attributes)}" if attributes else ""
    return f"<!-- wp:{name}{words} -->\n{html}\n<!-- /wp:{name} -->"


def _json(attributes: Mapping[str, object]) -> str:
    """Attributes as ``serialize_block_attributes`` writes them: nothing in them can end the comment."""
    words = json.dumps(attributes, ensure_ascii=False, separators=(",", ":"))
    for character, escaped in (("--", "\\u002d\\u002d"), ("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        words = words.replace(character, escaped)
    return words.replace('\\"', "\\u0022")


def _paragraph(element: Element) -> str | None:
    picture = _lone_picture(element)
    if picture is not None:
        return _image(picture)
    if not _plain(element, "class", "dir", "style"):
        return None
    attributes: dict[str, object] = {}
    classes, more = [], ""
    if direction := element.get("dir"):
        if direction == "auto":
            return None
        side = "right" if direction == "rtl" else "left"  # themes align by their own direction
        attributes |= {"align": side, "direction": direction}
        classes.append(f"has-text-align-{side}")
        more = f' dir="{direction}"'
    if look := element.get("class"):
        attributes["className"] = look
        classes.append(look)
    words = f' class="{" ".join(classes)}"' if classes else ""
    return comment("paragraph", f"<p{words}{more}>{inner(element)}</p>", attributes)


def _heading(element: Element) -> str | None:
    level = int(str(element.tag)[1])
    if not _plain(element):
        return None
    return comment("heading", line(element), {"level": level} if level != 2 else None)


def _list(element: Element) -> str | None:
    """A list whose items hold words and at most one list behind them."""
    if set(element.attrib) - {"class", "start"}:
        return None
    attributes: dict[str, object] = {"ordered": True} if element.tag == "ol" else {}
    opened = f"<{element.tag!s}"
    if start := element.get("start"):
        if not start.isdecimal() or element.tag != "ol":
            return None
        attributes["start"] = int(start)
        opened += f' start="{int(start)}"'
    if look := element.get("class"):
        attributes["className"] = look
        opened += f' class="{look}"'
    items = [_item(item) for item in element]
    if not items or None in items:
        return None
    return comment("list", f"{opened}>{_joined(items)}</{element.tag!s}>", attributes)


def _item(item: Element) -> str | None:
    if item.tag != "li" or item.attrib:
        return None
    inside = [child for child in item if child.tag in BLOCKS]
    if len(inside) > 1 or any(True for _ in item.iter("img")):
        return None
    nested: str | None = ""
    if inside:
        item = deepcopy(item)
        below = next(child for child in item if child.tag in BLOCKS)
        nested = _list(below) if below.tag in ("ul", "ol") else None
        item.remove(below)
    if nested is None or not _plain(item):
        return None
    return comment("list-item", f"<li>{inner(item)}{nested}</li>")


def _quote(element: Element) -> str | None:
    """A quote of paragraphs, lists and headings, with its source behind them."""
    if set(element.attrib) - {"cite"}:
        return None
    parts: list[str] = []
    source = ""
    if not any(child.tag in BLOCKS for child in element):  # words without a paragraph around them
        parts = [comment("paragraph", f"<p>{inner(element)}</p>")] if inner(element) else []
        element = lxml.html.Element("blockquote")
    for child in element:
        if child.tag == "footer" and child.getnext() is None and parts:
            words = child[0] if len(child) == 1 and child[0].tag in ("cite", "p") else child
            if any(part.tag in BLOCKS for part in words.iter() if part is not words):
                return None
            source = f"<cite>{inner(words)}</cite>"
        elif child.tag in ("p", "ul", "ol", "h2", "h3", "h4", "h5", "h6"):
            written = block(child)
            if written.startswith("<!-- wp:html"):
                return None
            parts.append(written)
        else:
            return None
    html = f'<blockquote class="wp-block-quote">{_joined(parts)}{source}</blockquote>'
    return comment("quote", html) if parts else None


def _preformatted(element: Element) -> str | None:
    """Code where the one thing inside is ``code``; the name of its language goes with it as a class."""
    only = element[0] if len(element) == 1 and not (element.text or "").strip() else None
    if only is None or only.tag != "code" or (only.tail or "").strip():
        if not _plain(element, "class"):
            return None
        look = element.get("class")
        words, kind = inner(element), "preformatted"
        opened, closed = f'<pre class="wp-block-preformatted{" " + look if look else ""}">', "</pre>"
    else:
        look = only.get("class") or element.get("class")
        if any(name != "class" for name in (*only.attrib, *element.attrib)):
            return None
        words, kind = inner(only), "code"
        opened, closed = f'<pre class="wp-block-code{" " + look if look else ""}"><code>', "</code></pre>"
    if words.startswith("\n"):
        words = words[1:] if kind == "preformatted" else words
    return comment(kind, f"{opened}{words}{closed}", {"className": look} if look else None)


def _figure(element: Element) -> str | None:
    """A picture, a video, a sound or a table with its caption."""
    caption = element.find("figcaption")
    rest = [child for child in element if child is not caption]
    if len(rest) != 1 or (caption is not None and (caption.attrib or caption.getnext() is not None)):
        return None
    if caption is not None and any(part.tag in BLOCKS for part in caption.iter() if part is not caption):
        return None
    words = inner(caption) if caption is not None else ""
    only = rest[0]
    if only.tag == "p" and not only.attrib and (picture := _lone_picture(only)) is not None:
        only = picture
    look = element.get("class") or ""
    if set(element.attrib) - {"class"}:
        return None
    if only.tag in ("img", "a"):
        return _image(only, words, look)
    if only.tag == "table":
        return _table(only, words) if not look else None
    if only.tag in ("video", "audio"):
        return _media(only, words) if not look else None
    return None


def _lone_picture(element: Element) -> Element | None:
    """The picture, or the link around it, that is all a paragraph holds."""
    if len(element) != 1 or (element.text or "").strip() or (element[0].tail or "").strip():
        return None
    only = element[0]
    if only.tag == "img":
        return only
    if only.tag == "a" and len(only) == 1 and only[0].tag == "img" and not (only.text or "").strip():
        return only if not (only[0].tail or "").strip() else None
    return None


def _image(element: Element, caption: str = "", look: str = "") -> str | None:
    picture = element[0] if element.tag == "a" and len(element) == 1 else element
    if picture.tag != "img" or set(picture.attrib) - {"src", "alt", "title", "class", "width", "height"}:
        return None
    attributes: dict[str, object] = {}
    words = [f'src="{_value(picture.get("src", ""))}"', f'alt="{_value(picture.get("alt", ""))}"']
    number = (picture.get("class") or "").removeprefix("wp-image-")
    classes = ["wp-block-image"]
    if number.isdecimal():
        attributes |= {"id": int(number), "sizeSlug": "full"}
        classes.append("size-full")
        words.append(f'class="wp-image-{number}"')
    if picture.get("title"):
        words.append(f'title="{_value(picture.get("title", ""))}"')
    html = f"<img {' '.join(words)}/>"
    if element.tag == "a":
        if set(element.attrib) - {"href", "rel"}:
            return None
        attributes["linkDestination"] = "custom"
        rel = f' rel="{element.get("rel")}"' if element.get("rel") else ""
        html = f'<a href="{_value(element.get("href", ""))}"{rel}>{html}</a>'
    if look:
        attributes["className"] = look
        classes.append(look)
    below = f'<figcaption class="wp-element-caption">{caption}</figcaption>' if caption else ""
    return comment("image", f'<figure class="{" ".join(classes)}">{html}{below}</figure>', attributes)


def _media(element: Element, caption: str = "") -> str | None:
    if (
        len(element)
        or not element.get("src")
        or set(element.attrib) - {"src", "controls", "preload", "poster", "style"}
    ):
        return None
    preload = {"audio": "none", "video": "metadata"}[str(element.tag)]
    if element.get("preload", preload) != preload:
        return None
    src = _value(element.get("src", ""))
    if element.tag == "audio":
        html = f'<audio controls src="{src}" preload="none"></audio>'
    else:
        poster = f' poster="{_value(element.get("poster", ""))}"' if element.get("poster") else ""
        html = f'<video controls{poster} src="{src}"></video>'
    below = f'<figcaption class="wp-element-caption">{caption}</figcaption>' if caption else ""
    return comment(str(element.tag), f'<figure class="wp-block-{element.tag!s}">{html}{below}</figure>')


def _table(element: Element, caption: str = "") -> str | None:
    """A table of words only, without merged cells: what the editor of 6.1 knows."""
    title = element.find("caption")
    if element.attrib or (title is not None and (caption or len(title))):
        return None
    caption = inner(title) if title is not None else caption
    parts: dict[str, list[str]] = {"thead": [], "tbody": [], "tfoot": []}
    for part in element:
        if part is title:
            continue
        rows = [part] if part.tag == "tr" else list(part)
        name = "tbody" if part.tag == "tr" else str(part.tag)
        if name not in parts or part.attrib:
            return None
        for row in rows:
            cells = [_cell(cell) for cell in row]
            if row.tag != "tr" or row.attrib or None in cells:
                return None
            parts[name].append(f"<tr>{''.join(filter(None, cells))}</tr>")
    if not any(parts.values()):
        return None
    html = "".join(f"<{name}>{''.join(rows)}</{name}>" for name, rows in parts.items() if rows)
    below = f'<figcaption class="wp-element-caption">{caption}</figcaption>' if caption else ""
    return comment("table", f'<figure class="wp-block-table"><table>{html}</table>{below}</figure>')


def _cell(cell: Element) -> str | None:
    if cell.tag not in ("td", "th") or set(cell.attrib) - {"scope"}:
        return None
    words = cell
    if len(cell) == 1 and cell[0].tag == "p" and not cell[0].attrib:
        words = cell[0]
    if any(part.tag in BLOCKS for part in words.iter() if part is not words):
        return None
    scope = f' scope="{cell.get("scope")}"' if cell.get("scope") and cell.tag == "th" else ""
    return f"<{cell.tag!s}{scope}>{inner(words)}</{cell.tag!s}>"


def _rule(element: Element) -> str | None:
    return (
        comment("separator", '<hr class="wp-block-separator has-alpha-channel-opacity"/>')
        if not element.attrib
        else None
    )


def _player(element: Element) -> str | None:
    address = element.get("src", "")
    name = PROVIDERS.get(urlsplit(address).netloc)
    if name is None:
        return None
    attributes = {"url": address, "type": "video", "providerNameSlug": name, "responsive": True}
    classes = f"wp-block-embed is-type-video is-provider-{name} wp-block-embed-{name}"
    shown = f'<div class="wp-block-embed__wrapper">\n{escape(address)}\n</div>'
    html = f'<figure class="{classes}">{shown}</figure>'
    return comment("embed", html, attributes)


def _joined(parts: Iterable[str | None]) -> str:
    return "\n\n".join(part for part in parts if part)


def _value(words: str) -> str:
    """An attribute's value between its quotes."""
    return neutral(escape(words))


def _plain(element: Element, *known: str) -> bool:
    """Whether an element has no attributes but those known, and no blocks in it."""
    inside = (part for part in element.iter() if part is not element)
    return not set(element.attrib) - set(known) and not any(part.tag in BLOCKS for part in inside)


_WRITERS: dict[str, Callable[[Element], str | None]] = {
    "p": _paragraph,
    **{f"h{level}": _heading for level in range(1, 7)},
    "ul": _list,
    "ol": _list,
    "blockquote": _quote,
    "pre": _preformatted,
    "figure": _figure,
    "img": _image,
    "table": _table,
    "video": _media,
    "audio": _media,
    "hr": _rule,
    EMBED: _player,
}
