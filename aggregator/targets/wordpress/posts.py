"""A post as the blog holds it, and where it may be found there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.errors import RemovedError
from aggregator.targets.shared import article, edits, tolerant
from aggregator.targets.shared.api import Answer
from aggregator.targets.wordpress.rest import Rest, code_of
from aggregator.types import Post, Publication

#: Asked for by name, so that the blog does not render texts, which may send it to other servers (oEmbed).
FIELDS = "id,slug,status,link,date_gmt,title.raw,content.raw,excerpt.raw,featured_media,categories,tags"
STATUSES = "publish,future,draft,pending,private,trash"
GONE = frozenset({404, 410})
ABSENT = frozenset({"rest_post_invalid_id", "rest_already_trashed"})
#: What a slug ends in while we take a post back: so what we put into the trash is told from what a person put there.
WITHDRAWN = "-withdrawn"
NO_TRASH = 501  #: the blog is set to delete at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A post at the blog."""

    id: int
    slug: str
    status: str
    link: str
    date: datetime | None
    title: str
    content: str
    excerpt: str
    picture: int  #: the featured image; 0: none
    categories: tuple[int, ...]
    tags: tuple[int, ...]
    twins: tuple[int, ...] = ()  #: other posts there, seen by readers, that carry the same mark

    @property
    def thrown_away(self) -> bool:
        """Whether a person put it into the trash."""
        return self.status == "trash" and not self.taken_back

    @property
    def taken_back(self) -> bool:
        """Whether it lies in the trash since we took it back: it may be made again."""
        return self.status == "trash" and WITHDRAWN in self.slug

    @property
    def mark(self) -> tuple[str, str] | None:
        """Key and revision of the post that the text was made from."""
        return article.mark_of(self.content)

    @property
    def fingerprints(self) -> dict[str, str]:
        """One of each part that a person may edit, and that we then leave alone."""
        parts = {"title": self.title, "content": self.content, "excerpt": self.excerpt}
        return {name: edits.fingerprint(words) for name, words in parts.items()}

    @property
    def _about_twins(self) -> str:
        numbers = ", ".join(map(str, self.twins))
        return f"the blog has it more than once, perhaps as a copy: see post {numbers}" if numbers else ""

    def publication(self, *, pushed_hash: str, version: str | None = None, note: str = "") -> Publication:
        """What is known of it."""
        return Publication(
            remote_id=str(self.id),
            remote_url=self.link or None,
            published_at=self.date,
            pushed_hash=pushed_hash,
            version=edits.written(self.fingerprints) if version is None else version,
            note="; ".join(filter(None, (note, self._about_twins))),
        )


def read(answer: Answer) -> Held:
    """The post in an answer. Raises TryLaterError where there is none in it."""
    return _held(answer.json(), answer)


async def by_id(rest: Rest, number: str) -> Held | None:
    """The post of that number; None if there is none."""
    if not number.isdecimal():
        return None
    answer = await rest.get(f"posts/{number}", {"context": "edit", "_fields": FIELDS}, expect=GONE)
    return None if _gone(rest, answer) else read(answer)


async def ours(rest: Rest, post: Post, *, thorough: bool) -> list[Held]:
    """All that the blog holds of a post, oldest first, with what a person put into its trash.

    WordPress makes slugs unique by a number behind them, and marks those in the trash. ``thorough``: where the slug
    leads nowhere, the text is searched for the key, since a person may have changed the slug.
    """
    slugs = [post.slug, *(f"{post.slug}-{number}" for number in range(2, 6))]
    slugs += [f"{slug}__trashed" for slug in slugs]
    asked = {"context": "edit", "status": STATUSES, "per_page": "100", "_fields": FIELDS}
    answer = await rest.get("posts", {"slug": ",".join(slugs)} | asked)
    found = _with_key(answer, post.key)
    if not found and thorough:
        found = _with_key(await rest.get("posts", {"search": post.key} | asked), post.key)
    return sorted((held for held in found if not held.taken_back), key=lambda held: held.id)


async def settled(rest: Rest, post: Post, *, thorough: bool = False) -> Held | None:
    """The one post that stands for ours at the blog; drafts beside it, left by broken attempts, are deleted.

    Raises RemovedError where it lies in the trash and nowhere else.
    """
    found = await ours(rest, post, thorough=thorough)
    live = [held for held in found if held.status != "trash"]
    if not live:
        if found:
            raise RemovedError(rest.target, f"post {found[0].id} lies in the blog's trash")
        return None
    kept = min(live, key=lambda held: (held.status == "draft", held.id))
    others = [held for held in live if held.id != kept.id]
    for held in others:
        if held.status == "draft" and held.slug.startswith(post.slug):
            await _delete(rest, held)
    return replace(kept, twins=tuple(held.id for held in others if held.status != "draft"))


async def take_back(rest: Rest, post: Post, held: Held) -> None:
    """Puts it into the trash, or deletes it where the blog has none."""
    await rest.post(f"posts/{held.id}", {"slug": f"{post.slug}{WITHDRAWN}"}, {"_fields": "id"})
    answer = await rest.delete(f"posts/{held.id}", {}, expect={*GONE, NO_TRASH})
    if answer.status == NO_TRASH:
        await _delete(rest, held)
    else:
        _gone(rest, answer)


async def _delete(rest: Rest, held: Held) -> None:
    _gone(rest, await rest.delete(f"posts/{held.id}", {"force": "true"}, expect=GONE))


def _gone(rest: Rest, answer: Answer) -> bool:
    """Whether the blog says that it has no such post: not any 404 says that, where rewrite rules are broken."""
    if answer.status not in GONE:
        return False
    if code_of(answer) not in ABSENT:
        raise rest.error(answer)
    return True


def _with_key(answer: Answer, key: str) -> list[Held]:
    found = [_held(item, answer) for item in answer.rows()]
    return [held for held in found if (held.mark or ("", ""))[0] == key]


def _held(value: object, answer: Answer) -> Held:
    number = tolerant.number(value, "id")
    if number is None:
        raise answer.nonsense("no post")
    told = tolerant.table(value)
    return Held(
        id=number,
        slug=tolerant.text(told, "slug"),
        status=tolerant.text(told, "status"),
        link=tolerant.text(told, "link"),
        date=tolerant.moment(told.get("date_gmt")),  # WordPress tells GMT without saying so
        title=tolerant.text(told.get("title"), "raw"),
        content=tolerant.text(told.get("content"), "raw"),
        excerpt=tolerant.text(told.get("excerpt"), "raw"),
        picture=tolerant.number(told, "featured_media") or 0,
        categories=_numbers(told.get("categories")),
        tags=_numbers(told.get("tags")),
    )


def _numbers(value: object) -> tuple[int, ...]:
    return tuple(item for item in value if isinstance(item, int)) if isinstance(value, list) else ()
