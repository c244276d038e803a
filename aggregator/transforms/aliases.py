"""The magic tags of Feedzy, WPeMatico and FeedWordPress, as our own words: templates can be brought along."""

from __future__ import annotations

import re

#: Feedzy writes ``[#item_title]``.
_FEEDZY = {
    "item_title": "entry.title",
    "item_description": "entry.summary",
    "item_content": "(entry.content or entry.summary)",
    "item_full_content": "article.body",
    "item_author": "author",
    "item_url": "original.url",
    "item_source": "origin.name",
    "item_image": "image.url",
    "item_image_path": "image.url",
    "item_categories": "entry.tags | join(', ')",
    "item_date": "post.published_at | date",
    "item_date_local": "post.published_at | date",
    "item_date_feed": "entry.published_at | date",
    "item_price": "entry.raw['g:price']",
}
#: WPeMatico writes ``{title}``.
_WPEMATICO = {
    "title": "entry.title",
    "content": "post.body",
    "itemcontent": "(entry.summary or entry.content)",
    "author": "author",
    "authorlink": "entry.author",
    "permalink": "original.url",
    "feedurl": "source.feed_url",
    "feedtitle": "source.name",
    "feeddescription": "source.title",
    "feedlogo": "source.image",
    "image": "image.url",
    "item_date": "post.published_at | date",
    "item_time": "post.published_at | date('%H:%M')",
    "campaigntitle": "source.group",
}
#: FeedWordPress writes ``[source]``.
_FEEDWORDPRESS = {
    "source": "source.name",
    "source-name": "source.name",
    "source-url": "source.url",
    "original-link": "original.title",
    "original-url": "original.url",
    "author": "author",
    "author-name": "author",
}

_JINJA = re.compile(r"(?s)(\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\})")
_CUSTOM = re.compile(r"\[#item_custom_([\w:.@-]{1,100})\]")
_TAG = re.compile(
    "|".join(
        [
            rf"\[#(?P<feedzy>{'|'.join(map(re.escape, _FEEDZY))})\]",
            rf"{{(?P<wpematico>{'|'.join(map(re.escape, _WPEMATICO))})}}",
            rf"\[(?P<feedwordpress>{'|'.join(map(re.escape, _FEEDWORDPRESS))})\]",
        ]
    )
)
_TABLES = {"feedzy": _FEEDZY, "wpematico": _WPEMATICO, "feedwordpress": _FEEDWORDPRESS}


def translate(template: str) -> str:
    """The template with every magic tag as one of our own expressions; all else stays as it is."""
    return "".join(part if number % 2 else _translate(part) for number, part in enumerate(_JINJA.split(template)))


def _translate(words: str) -> str:
    return _TAG.sub(_expression, _CUSTOM.sub(lambda tag: f"{{{{ entry.raw['{tag[1]}'] }}}}", words))


def _expression(tag: re.Match[str]) -> str:
    system = str(tag.lastgroup)
    return f"{{{{ {_TABLES[system][tag[system]]} }}}}"
