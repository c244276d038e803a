"""Plain text from strangers, made harmless for templates: themes put it into pages as they like.

Liquid (Jekyll, Eleventy) and the Jinja2 of Pelican escape nothing by themselves, and themes of Hugo read a title as
Markdown, with HTML and shortcodes in it. So what looks like the beginning of a tag or of a template is parted from
what follows it by a character that is not seen: that reads the same whether a theme escapes it or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

MAX_TAGS = 20
MAX_TAG = 60  #: characters
MAX_TAG_BYTES = 180  #: a generator makes a folder of it, whose name has at most 255
MAX_LINE = 300
MAX_TEXT = 2000
#: Eleventy keeps posts in an object by their tags, and all posts under the first of these.
RESERVED = frozenset({"all", "__proto__", "constructor", "prototype"})

PARTED = "\u2060"  #: WORD JOINER: has no width and breaks no line (Unicode 17.0, 23.2)

#: Tags; Liquid, Nunjucks, shortcodes and kramdown's attribute lists; the address of a link in Markdown.
_BEGINS = re.compile(r"<(?=[A-Za-z/!?%<])|\{(?=[{%#<:])|\](?=\()")
_UNSAFE = re.compile(r"[\s\"'<>{}|\\^`\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def line(value: str, limit: int = MAX_LINE) -> str:
    """One line that begins no tag, no template and no shortcode, whatever a theme does with it."""
    shown = _UNSEEN.sub("", " ".join(value[: 4 * limit].split()))[:limit].strip()
    return _BEGINS.sub(rf"\g<0>{PARTED}", shown)


def address(url: str | None) -> str:
    """An address that ends no attribute and begins no template, however it is written; empty where there is none."""
    return _UNSAFE.sub(lambda match: quote(match[0], safe="", errors="replace"), url or "")


def tags(values: Iterable[str]) -> list[str]:
    """Tags of which every generator can make a folder: with a letter or digit, no slash, not too long, each once.

    Hugo's build fails at the tag ``..`` and at one whose folder has too long a name.
    """
    found: dict[str, str] = {}
    for value in values:
        tag = line(re.sub(r"[/\\]+", " ", value[: 4 * MAX_TAG]), MAX_TAG)
        tag = tag.encode()[:MAX_TAG_BYTES].decode(errors="ignore").strip(" .")
        if any(char.isalnum() for char in tag) and tag.lower() not in RESERVED:
            found.setdefault(tag.casefold(), tag)
    return list(found.values())[:MAX_TAGS]
