"""A post as the blog holds it, and one as it is to hold it; in the words of WordPress and in those of MetaWeblog."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import unescape

from aggregator.markup import tree
from aggregator.targets.shared import article, edits
from aggregator.targets.xmlrpc import wire
from aggregator.types import Post

#: In place of the revision in a draft that is not finished yet.
UNFINISHED = "0" * 32
FIELD = "wirecopy"  #: the custom field that carries the mark too, where blogs have custom fields
#: What is asked of WordPress.
FIELDS = (
    *("post_id", "post_title", "post_content", "post_excerpt", "post_status", "post_name", "link"),
    *("post_date_gmt", "post_modified_gmt", "post_thumbnail", "terms", "custom_fields"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A post at the blog."""

    id: str
    title: str = ""
    content: str = ""
    excerpt: str = ""
    status: str = ""  #: publish, draft, trash …; empty: the blog does not tell
    slug: str = ""
    link: str = ""
    created_at: datetime | None = None
    modified: str = ""  #: as the blog tells it
    tags: tuple[str, ...] = ()
    field: str = ""  #: number of our custom field
    field_mark: str = ""  #: what it says
    thumbnail: tuple[str, str] = ("", "")  #: number and address of the featured image

    @property
    def mark(self) -> tuple[str, str] | None:
        """Key and revision of the post that it was made from, by its text or else by its custom field."""
        found = article.mark_of(self.content)
        return found or article.mark_of(f'{article.MARK}="{self.field_mark}"')

    @property
    def unfinished(self) -> bool:
        """Whether it is a draft of ours that waits for its last step."""
        return self.mark is not None and self.mark[1] == UNFINISHED

    @property
    def revision(self) -> str:
        """The revision that it was made from; empty where it does not say, or is not finished."""
        return self.mark[1] if self.mark and not self.unfinished else ""

    @property
    def version(self) -> str:
        """A number that changes when a person edits the text, with the revision that it belongs to."""
        return edits.stamped(self._fingerprint, self.revision)

    def edited_since(self, version: str) -> bool:
        """Whether a person has edited it since it had that version."""
        return edits.edited_since(version, self._fingerprint, self.revision)

    @property
    def _fingerprint(self) -> str:
        return edits.fingerprint(self.title, self.content, self.excerpt)

    def is_of(self, post: Post) -> bool:
        """Whether it was made from the post. Blogs that take marks away leave title and original's address."""
        if self.mark is not None:
            return self.mark[0] == post.key
        return bool(post.credit.url) and post.title in (self.title, unescape(self.title)) and self._cites(post)

    def _cites(self, post: Post) -> bool:
        root = tree.body(self.content)
        return root is not None and any(link.get("href") == post.credit.url for link in root.iter("a"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A post as the blog is to hold it."""

    title: str
    content: str  #: with the mark of its revision
    excerpt: str
    slug: str
    key: str
    revision: str
    tags: tuple[str, ...]
    categories: tuple[str, ...]
    status: str  #: publish, draft, pending or private
    created_at: datetime | None  #: None: as the blog dates it
    thumbnail: str = ""  #: number of the featured image

    def draft(self) -> dict[str, object]:
        """MetaWeblog's struct of a first, unfinished draft.

        It has no date: so it is among the newest, where an attempt after a broken one finds it.
        """
        content = self.content.replace(f"{self.key}:{self.revision}", f"{self.key}:{UNFINISHED}")
        custom = [{"key": FIELD, "value": f"{self.key}:{UNFINISHED}"}]
        told = {"categories": list(self.categories)} if self.categories else {}
        return {
            **self._words(content),
            **told,
            "wp_slug": self.slug,
            "post_status": "draft",
            "custom_fields": custom,
        }

    def metaweblog(self) -> dict[str, object]:
        """MetaWeblog's struct of the post."""
        told = self._words(self.content)
        if self.categories:
            told["categories"] = list(self.categories)
        if self.created_at is not None:
            told["dateCreated"] = told["date_created_gmt"] = wire.moment(self.created_at)
        return told

    def wordpress(self, held: Held) -> dict[str, object]:
        """WordPress's struct of the post, to be put in the place of what it holds."""
        custom = {"key": FIELD, "value": f"{self.key}:{self.revision}"}
        told: dict[str, object] = {
            "post_title": self.title,
            "post_content": self.content,
            "post_excerpt": self.excerpt,
            # Without its number another field of the same name would be added.
            "custom_fields": [custom | {"id": held.field} if held.field else custom],
        }
        if self.thumbnail and self.thumbnail != held.thumbnail[0]:
            told["post_thumbnail"] = self.thumbnail
        if held.unfinished:
            told["post_status"] = self.status
            if self.created_at is not None:
                told["post_date_gmt"] = wire.moment(self.created_at)
        elif held.modified:
            told["if_not_modified_since"] = wire.as_told(held.modified)
        return told

    def _words(self, content: str) -> dict[str, object]:
        return {
            "title": self.title,
            "description": content,
            "mt_excerpt": self.excerpt,
            "mt_keywords": ",".join(tag.replace(",", " ") for tag in self.tags),
        }


def from_wordpress(found: object) -> Held | None:
    """A post as ``wp.getPost`` answers it."""
    if not isinstance(found, dict) or not _text(found, "post_id"):
        return None
    field, mark = _custom(found.get("custom_fields"))
    picture = found.get("post_thumbnail")
    picture = picture if isinstance(picture, dict) else {}
    return Held(
        id=_text(found, "post_id"),
        title=_text(found, "post_title"),
        content=_text(found, "post_content"),
        excerpt=_text(found, "post_excerpt"),
        status=_text(found, "post_status"),
        slug=_text(found, "post_name"),
        link=_text(found, "link"),
        created_at=wire.moment_of(found.get("post_date_gmt")),
        modified=_text(found, "post_modified_gmt"),
        tags=_tags(found.get("terms")),
        field=field,
        field_mark=mark,
        thumbnail=(_text(picture, "attachment_id"), _text(picture, "link")),
    )


def from_metaweblog(found: object) -> Held | None:
    """A post as ``metaWeblog.getPost`` answers it."""
    if not isinstance(found, dict) or not _text(found, "postid"):
        return None
    field, mark = _custom(found.get("custom_fields"))
    more = _text(found, "mt_text_more")
    return Held(
        id=_text(found, "postid"),
        title=_text(found, "title"),
        content=_text(found, "description") + (f"\n{more}" if more else ""),
        excerpt=_text(found, "mt_excerpt"),
        status=_text(found, "post_status"),
        slug=_text(found, "wp_slug"),
        link=_text(found, "permaLink") or _text(found, "link"),
        created_at=wire.moment_of(found.get("date_created_gmt") or found.get("dateCreated")),
        field=field,
        field_mark=mark,
    )


def _text(found: Mapping[str, object], name: str) -> str:
    value = found.get(name)
    return str(value) if isinstance(value, (str, int)) else ""


def _custom(found: object) -> tuple[str, str]:
    """Number and value of our custom field."""
    for item in found if isinstance(found, list) else []:
        if isinstance(item, dict) and item.get("key") == FIELD:
            return _text(item, "id"), _text(item, "value")
    return "", ""


def _tags(found: object) -> tuple[str, ...]:
    terms = [term for term in (found if isinstance(found, list) else []) if isinstance(term, dict)]
    return tuple(unescape(_text(term, "name")) for term in terms if term.get("taxonomy") == "post_tag")
