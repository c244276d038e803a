"""Posts at Ghost: made as drafts, published, kept up to date, taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from aggregator.errors import PublishError, RemovedError, TryLaterError
from aggregator.policy import change
from aggregator.targets.ghost import fields, injection
from aggregator.targets.ghost.admin import Admin, Held, quote
from aggregator.targets.ghost.options import Options
from aggregator.targets.ghost.pictures import Pictures
from aggregator.targets.shared import article, edits, tolerant
from aggregator.types import MediaFile, Post, Publication, Site

ROUNDS = 4  #: an update is tried against a person who saves at the same time


class GhostTarget:
    """A configured Ghost."""

    def __init__(
        self,
        name: str,
        admin: Admin,
        pictures: Pictures,
        options: Options,
        *,
        site: Site,
        now: Callable[[], datetime],
    ) -> None:
        self.name = name
        self._admin = admin
        self._options = options
        self._site = site
        self._now = now
        self._pictures = pictures

    def __repr__(self) -> str:
        return f"GhostTarget({self.name!r}, {self._options.url!r})"

    async def close(self) -> None:
        """Closes every connection, and our notes."""
        await self._admin.close()
        await self._pictures.close()

    def wants(self, post: Post) -> tuple[str, ...]:
        """The pictures that the post shows."""
        return article.picture_urls(post) if self._options.pictures == "copy" else ()

    async def publish(self, post: Post, *, media: Mapping[str, MediaFile], previous: Publication | None) -> Publication:
        """Makes the post, finishes what was half done, or brings it up to date."""
        held = await self._held(post, previous)
        if held is None and previous is not None:
            raise RemovedError(self.name, f"post {previous.remote_id} was deleted in Ghost")
        notes: list[str] = []
        if held is None:
            held = await self._create(post, media, notes)
            finish = self._options.status == "publish"
        else:
            finish = self._is_half_done(held) and not (previous and previous.pushed_hash)
        known = edits.read(previous.version) if previous else {}
        held, edited = await self._bring_up_to_date(held, post, media, known, finish, notes)
        if edited:
            notes.insert(0, edits.note(edited))
        version = edits.remembered(known, fields.fingerprints(held.raw), edited)
        return _publication(held, change.revision(post), version=version, note="; ".join(notes))

    async def find(self, post: Post) -> Publication | None:
        """What Ghost holds under the post's key. It has no trash: what was deleted leaves nothing to be seen."""
        held = await self._ours(post)
        if held is None:
            return None
        revision = "" if self._is_half_done(held) else _revision(held)
        # Of an older revision it can't be said whether a person changed it since.
        told = edits.written(fields.fingerprints(held.raw)) if revision == change.revision(post) else ""
        return _publication(held, revision, version=told)

    async def withdraw(self, post: Post, publication: Publication | None) -> None:
        """Deletes the post for good: Ghost has no trash."""
        if publication is not None:
            await self._admin.delete(publication.remote_id)
        for _ in range(ROUNDS):
            if (held := await self._ours(post)) is None:
                return
            await self._admin.delete(held.id)

    async def check(self) -> list[str]:
        """What is wrong with address, version, key or authors, for the owner of the blog."""
        try:
            site = await self._admin.site()
            version = str(site["version"])
            major = version.partition(".")[0]
            if not major.isdigit() or int(major) < 5:
                return [f"this is Ghost {version}: it must be Ghost 5 or newer"]
            problems = self._options.in_the_clear("key")
            problems += await self._admin.lacking_rights(publish=self._options.status == "publish")
            if self._options.pictures == "copy":
                await self._pictures.check()
            for author in sorted({self._options.author, *self._options.authors.values()} - {""}):
                if not await self._admin.knows_author(author):
                    problems.append(f"nobody writes there as {author}: posts would be signed by the blog's owner")
        except PublishError as error:
            return [error.message]
        return problems

    async def _held(self, post: Post, previous: Publication | None) -> Held | None:
        if previous is not None and (held := await self._admin.read(previous.remote_id)):
            return held
        # After a move to another server, posts have other ids.
        return await self._ours(post)

    async def _ours(self, post: Post) -> Held | None:
        """The post with our mark; drafts that a repeated attempt made besides are deleted.

        A copy that a person made in Ghost carries the mark too, but is a draft under a slug of its own.
        """
        slugs = [f"slug:{quote(slug)}" for slug in (post.slug, f"{post.slug}-2", f"{post.slug}-3")]
        found = await self._admin.posts(",".join([f"codeinjection_head:~{quote(post.key)}", *slugs]))
        ours = [held for held in found if _key(held) == post.key and not _is_copy(held, post)]
        ours.sort(key=lambda held: (not held.published_at, held.slug != post.slug))  # oldest first among equals
        for double in ours[1:]:
            if _is_untouched(double):
                await self._admin.delete(double.id)
        return ours[0] if ours else None

    async def _create(self, post: Post, media: Mapping[str, MediaFile], notes: list[str]) -> Held:
        placed, note = await self._pictures.place(media, "")
        notes += [note] if note else []
        first = fields.at_first(post, self._options, self._site)
        made = await self._admin.create(fields.wanted(post, self._options, self._site, placed) | first)
        if made.slug != post.slug:  # somebody has it: we, in an attempt that we don't know of, or a person
            older = await self._ours(post)
            if older is not None and older.id != made.id:
                return older
            notes.append(f"{post.slug} was taken there: it stands under {made.slug}")
        return made

    async def _bring_up_to_date(
        self,
        held: Held,
        post: Post,
        media: Mapping[str, MediaFile],
        known: Mapping[str, str],
        finish: bool,
        notes: list[str],
    ) -> tuple[Held, frozenset[str]]:
        """The post as it stands then, and the parts that were left as a person made them."""
        for _ in range(ROUNDS):
            edited = edits.edited(known, fields.fingerprints(held.raw))
            kept = frozenset() if self._options.overwrite_edits else edited
            changes: dict[str, object] = {}
            if _revision(held) != change.revision(post):
                placed, note = await self._pictures.place(media, f"{held.html} {held.raw.get('feature_image')}")
                notes[:] = [note] if note else []
                changes = fields.without(fields.wanted(post, self._options, self._site, placed), kept)
                changes["codeinjection_head"] = injection.put(held.head, injection.script(post, self._site))
            if finish and self._is_half_done(held):
                changes |= fields.going_live(post, self._now())
            if not changes:
                return held, edited
            if (answered := await self._admin.update(held, changes)) is not None:
                return answered, kept
            again = await self._admin.read(held.id)
            if again is None:
                raise RemovedError(self.name, f"post {held.id} was deleted in Ghost")
            held = again
        raise TryLaterError(self.name, "somebody is changing this post in Ghost at the moment")

    def _is_half_done(self, held: Held) -> bool:
        """A draft that was never public, where it should be: one that a person took offline keeps its date."""
        return self._options.status == "publish" and held.status == "draft" and not held.published_at


def _publication(held: Held, revision: str, *, version: str, note: str = "") -> Publication:
    return Publication(
        remote_id=held.id,
        remote_url=held.url or None,
        published_at=tolerant.moment(held.published_at),
        pushed_hash=revision,
        version=version,
        note=note,
    )


def _key(held: Held) -> str:
    mark = article.mark_of(held.head) or article.mark_of(held.html)
    return mark[0] if mark else ""


def _revision(held: Held) -> str:
    mark = article.mark_of(held.head)
    return mark[1] if mark else ""


def _is_copy(held: Held, post: Post) -> bool:
    return held.status == "draft" and not held.slug.startswith(post.slug)


def _is_untouched(held: Held) -> bool:
    """A draft that nobody has saved since we made it."""
    return held.status == "draft" and not held.published_at and held.updated_at == held.created_at
