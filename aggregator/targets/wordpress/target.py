"""A WordPress as a target: each post made in two steps, found again by its slug and its mark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from aggregator.errors import RemovedError
from aggregator.policy import change
from aggregator.targets import Connect
from aggregator.targets.shared import article, edits, wptext
from aggregator.targets.shared.api import Answer
from aggregator.targets.shared.wptext import Picture
from aggregator.targets.wordpress import blocks, checks, posts
from aggregator.targets.wordpress.authors import Authors
from aggregator.targets.wordpress.media import Pictures
from aggregator.targets.wordpress.options import Options
from aggregator.targets.wordpress.posts import Held
from aggregator.targets.wordpress.rest import Rest
from aggregator.targets.wordpress.terms import Terms
from aggregator.types import MediaFile, Post, Publication, Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Shaped:
    """A post as the blog is to get it."""

    words: dict[str, object]  #: title, content, excerpt, meta
    categories: list[int]
    tags: list[int]
    picture: int  #: the featured image; 0: none
    notes: list[str]  #: what had to be left out


class WordPressTarget:
    """One blog, by its REST API."""

    def __init__(self, name: str, options: Options, *, site: Site, http: Connect) -> None:
        self.name = name
        self._options = options
        self._site = site
        password = options.password.reveal()
        self._api = options.api(
            name,
            http,
            auth=httpx.BasicAuth(options.username, password),
            hide=(password, password.replace(" ", "")),
        )
        self._rest = Rest(self._api, options.url)
        self._terms = Terms(self._rest)
        self._pictures = Pictures(self._rest)
        self._authors = Authors(self._rest, options)

    def __repr__(self) -> str:
        return f"WordPressTarget({self.name!r}, {self._options.url!r})"

    async def publish(self, post: Post, *, media: Mapping[str, MediaFile], previous: Publication | None) -> Publication:
        """Makes the post, finishes a half-made one, or brings it up to date where no person has changed it."""
        held = await self._known(post, previous) if previous else None
        if held is None:
            return await self._create(post, media)
        return await self._update(post, media, held, previous)

    async def find(self, post: Post) -> Publication | None:
        """What the blog holds; without a hash where it is an unfinished draft or another revision."""
        held = await posts.settled(self._rest, post, thorough=True)
        if held is None:
            return None
        revision = change.revision(post)
        if held.mark != (post.key, revision):
            return held.publication(
                pushed_hash=held.mark[1] if held.mark and self._whole(held, post) else "", version=""
            )
        return held.publication(pushed_hash=revision if self._whole(held, post) else "")

    async def withdraw(self, post: Post, publication: Publication | None) -> None:
        """Puts the post into the blog's trash, whoever has changed it since."""
        try:
            held = await self._known(post, publication) if publication else await posts.settled(self._rest, post)
        except RemovedError:
            return
        if held is not None:
            await posts.take_back(self._rest, post, held)

    async def check(self) -> list[str]:
        """What is wrong with address, credentials, rights and names."""
        return await checks.complaints(self._rest, self._options, self._authors, self._terms)

    def wants(self, post: Post) -> tuple[str, ...]:
        """The pictures that the post shows, unless they stay where they are."""
        return article.picture_urls(post) if self._options.pictures == "copy" else ()

    async def close(self) -> None:
        """Closes the connections."""
        await self._api.close()

    def _whole(self, held: Held, post: Post) -> bool:
        """Whether a post needs no further step.

        The last step gives a post its date: a draft with that date is one that we finished and its owner took offline.
        """
        dated = self._options.date == "original" and held.date == post.published_at.replace(microsecond=0)
        return held.status != "draft" or self._options.status == "draft" or dated

    async def _known(self, post: Post, previous: Publication) -> Held | None:
        """The post that we made, by its number, else by its slug; None where there never was one.

        A blog that was restored from a backup may have given the number to another post. Raises RemovedError.
        """
        held = await posts.by_id(self._rest, previous.remote_id)
        if held is not None and _is(held, post):
            if held.thrown_away:
                raise RemovedError(self.name, f"post {held.id} lies in the blog's trash")
            return None if held.taken_back else held
        held = await posts.settled(self._rest, post, thorough=True)
        if held is None and previous.version:
            raise RemovedError(self.name, f"post {previous.remote_id} was deleted at the blog")
        return held

    async def _create(self, post: Post, media: Mapping[str, MediaFile]) -> Publication:
        """Makes a draft, then publishes it: what a broken attempt leaves behind is seen by no reader."""
        shaped = await self._shape(post, media)
        author, complaints = await self._authors.id(post)
        shaped.notes.extend(complaints)
        fields = shaped.words | {"slug": post.slug, "status": "draft"} | self._settings()
        fields |= {"categories": shaped.categories} if shaped.categories else {}
        fields |= {"tags": shaped.tags} if shaped.tags else {}
        fields |= {"featured_media": shaped.picture} if shaped.picture else {}
        fields |= {"author": author} if author is not None else {}
        if self._options.status == "draft":
            fields |= self._final(post)
        made = posts.read(await self._rest.post("posts", fields, {"_fields": posts.FIELDS}))
        if made.slug != post.slug:  # somebody has it: we, in an attempt that we don't know of, or a person
            older = await posts.settled(self._rest, post)
            if older is not None and older.id != made.id:
                return await self._update(post, media, older, None)
        last = {} if self._options.status == "draft" else self._final(post)
        if lost := {*shaped.categories, *shaped.tags} - {*made.categories, *made.tags}:
            last |= await self._filed_anew(post, lost)
        if last:
            made = await self._send(made.id, last)
        return made.publication(pushed_hash=change.revision(post), note="; ".join(shaped.notes))

    async def _update(
        self, post: Post, media: Mapping[str, MediaFile], held: Held, previous: Publication | None
    ) -> Publication:
        revision = change.revision(post)
        known = previous.version if previous else ""
        unfinished = not self._whole(held, post) and not (previous and previous.pushed_hash)
        if held.mark == (post.key, revision) and not unfinished:
            return held.publication(pushed_hash=revision, version=known or None)
        shaped = await self._shape(post, media)
        edited = frozenset() if self._options.overwrite_edits else edits.edited(edits.read(known), held.fingerprints)
        kept = edited & shaped.words.keys()
        fields = {name: value for name, value in shaped.words.items() if name not in kept}
        fields |= self._final(post) if unfinished else {}
        # What a person added stays.
        if new := set(shaped.categories) - set(held.categories):
            fields["categories"] = [*held.categories, *new]
        if new := set(shaped.tags) - set(held.tags):
            fields["tags"] = [*held.tags, *new]
        if shaped.picture != held.picture and (not held.picture or await self._pictures.is_ours(held.picture)):
            fields["featured_media"] = shaped.picture
        if kept:
            shaped.notes.insert(0, edits.note(kept))
        sent = await self._send(held.id, fields)
        return sent.publication(
            pushed_hash=revision,
            version=edits.remembered(edits.read(known), sent.fingerprints, kept),
            note="; ".join(shaped.notes),
        )

    async def _send(self, number: int, fields: Mapping[str, object]) -> Held:
        """Changes a post. Where the blog's clock is behind, it would wait with it: it gets the blog's own time."""
        answer = await self._rest.post(f"posts/{number}", fields, {"_fields": posts.FIELDS})
        held = posts.read(answer)
        if held.status == "future" and fields.get("status") == "publish" and (now := _time(answer)):
            held = posts.read(
                await self._rest.post(f"posts/{number}", {**fields, "date_gmt": now}, {"_fields": posts.FIELDS})
            )
        return held

    async def _shape(self, post: Post, media: Mapping[str, MediaFile]) -> Shaped:
        options = self._options
        pictures: dict[str, Picture] = {}
        notes: list[str] = []
        if options.pictures == "copy" and media:
            pictures, notes = await self._pictures.upload(post, media)
        categories, said = await self._terms.categories(post, options.categories)
        tags, more = await self._terms.tags(post, options.tags, options.source_tags)
        first = article.lead(post)
        lead = pictures.get(first.url) if first and options.lead != "text" else None
        tree = wptext.tree(
            post,
            language=self._site.language,
            pictures=pictures,
            lead_shown=lead is not None and options.lead == "featured",
            tagged=options.content == "classic",
        )
        body = blocks.blocks(tree) if options.content == "blocks" else wptext.classic(tree)
        words: dict[str, object] = {"title": wptext.plain(post.title), "content": body}
        if options.excerpt:
            words["excerpt"] = wptext.plain(post.excerpt)
        if options.meta:
            words["meta"] = {name: _filled(value, post) for name, value in options.meta.items()}
        return Shaped(
            words=words,
            categories=categories,
            tags=tags,
            picture=lead.id if lead else 0,
            notes=[*notes, *said, *more],
        )

    async def _filed_anew(self, post: Post, lost: set[int]) -> dict[str, object]:
        """The terms of a post once more, where the blog has dropped some: somebody has deleted them there."""
        self._terms.forget(lost)
        categories, _ = await self._terms.categories(post, self._options.categories)
        tags, _ = await self._terms.tags(post, self._options.tags, self._options.source_tags)
        fields: dict[str, object] = {"tags": tags}
        return fields | ({"categories": categories} if categories else {})

    def _final(self, post: Post) -> dict[str, object]:
        """What the last step of a new post says."""
        fields: dict[str, object] = {"status": self._options.status}
        if self._options.date == "original":
            fields["date_gmt"] = post.published_at.strftime("%Y-%m-%dT%H:%M:%S")
        return fields

    def _settings(self) -> dict[str, object]:
        """What is said once, when the post is made: afterwards it is the blog's affair."""
        options = self._options
        fields: dict[str, object] = {}
        if options.comments:
            fields["comment_status"] = options.comments
        if options.pings:
            fields["ping_status"] = options.pings
        if options.sticky:
            fields["sticky"] = True
        if options.format != "standard":
            fields["format"] = options.format
        return fields


def _is(held: Held, post: Post) -> bool:
    """Whether a post that has our number is ours; a person may have removed the mark or changed the slug, not both."""
    return held.mark[0] == post.key if held.mark else held.slug.startswith(post.slug)


def _filled(value: str, post: Post) -> str:
    facts = {
        "authors": ", ".join(author.name for author in post.authors),
        "feed": post.feed,
        "key": post.key,
        "licence": post.credit.licence,
        "publisher": post.credit.publisher,
        "publisher_url": post.credit.publisher_url or "",
        "title": post.title,
        "url": post.credit.url or post.canonical_url or "",
    }
    for name, fact in facts.items():
        value = value.replace(f"{{{name}}}", fact)
    return value


def _time(answer: Answer) -> str:
    """The blog's clock, as WordPress takes it; empty where it does not tell."""
    return answer.date.strftime("%Y-%m-%dT%H:%M:%S") if answer.date else ""
