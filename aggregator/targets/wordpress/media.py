"""Pictures in the blog's media library: each once, found again by the hash of its bytes."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from aggregator import urls
from aggregator.errors import RejectedError, TryLaterError
from aggregator.markup import text
from aggregator.targets.shared import article
from aggregator.targets.shared.api import Answer
from aggregator.targets.wordpress import content
from aggregator.targets.wordpress.content import Picture
from aggregator.targets.wordpress.rest import Rest, code_of, listed
from aggregator.types import Image, MediaFile, Post

ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}
#: Characters of alt text, caption and title that travel with a picture; they stand in the address of the call.
MAX_WORDS = 250
#: A picture that the blog fails at so often is shown from where it came from. WordPress runs out of memory on some.
PATIENCE = 3
OURS = "wirecopy-"


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of a picture."""

    alt: str = ""
    caption: str = ""
    title: str = ""


class Pictures:
    """The pictures of one blog that are ours. What was once uploaded or found is remembered."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._held: dict[str, Picture] = {}  # by slug
        self._failures: dict[str, int] = {}
        self._refused: set[str] = set()
        self._lock = asyncio.Lock()  # two posts with one picture must not upload it twice

    async def upload(self, post: Post, media: Mapping[str, MediaFile]) -> tuple[dict[str, Picture], list[str]]:
        """The pictures of a post by their original addresses, and what is to be said about those left out."""
        wanted = {url: media[url] for url in article.picture_urls(post) if url in media}
        said = _said(post)
        async with self._lock:
            await self._look_up([_slug(file) for file in wanted.values()])
            found = {url: await self._one(file, said.get(url, Words())) for url, file in wanted.items()}
        left = [url for url, picture in found.items() if picture is None]
        notes = (
            [f"{len(left)} of {len(found)} pictures are not taken there and shown from their source"] if left else []
        )
        return {url: picture for url, picture in found.items() if picture}, notes

    async def is_ours(self, number: int) -> bool:
        """Whether a picture of the library was put there by us."""
        if any(picture.id == number for picture in self._held.values()):
            return True
        answer = await self._rest.get(f"media/{number}", {"_fields": "id,slug"}, expect={401, 403, 404})
        value = answer.json() if answer.status == 200 else None
        return isinstance(value, dict) and str(value.get("slug")).startswith(OURS)

    async def _look_up(self, slugs: Sequence[str]) -> None:
        unknown = [slug for slug in dict.fromkeys(slugs) if slug not in self._held]
        if unknown:
            asked = {"slug": ",".join(unknown), "per_page": "100", "_fields": "id,slug,source_url"}
            for item in listed(await self._rest.get("media", asked)):
                self._remember(item)

    def _remember(self, item: Mapping[str, object]) -> Picture | None:
        number, slug, url = item.get("id"), item.get("slug"), urls.resolve(None, str(item.get("source_url") or ""))
        if not isinstance(number, int) or not isinstance(slug, str) or url is None:
            return None
        self._held[slug] = Picture(number, url)
        return self._held[slug]

    async def _one(self, file: MediaFile, words: Words) -> Picture | None:
        """The picture in the library; None where the blog won't have it."""
        slug = _slug(file)
        if slug in self._held:
            return self._held[slug]
        if slug in self._refused or file.type not in ENDINGS:
            return None
        try:
            data = await asyncio.to_thread(Path(file.path).read_bytes)
        except OSError:
            return None  # our copy is gone; the original will do
        try:
            answer = await self._send(slug, file, data, words)
        except TryLaterError as error:
            if error.retry_after is None and (failures := self._failures.get(slug, 0) + 1) < PATIENCE:
                self._failures[slug] = failures
                raise
            if error.retry_after is not None:
                raise
            self._refused.add(slug)
            return None
        except RejectedError:
            answer = None
        if answer is None or answer.status >= 400:
            self._refused.add(slug)
            return None
        value = answer.json()
        return self._remember(value) if isinstance(value, dict) else None

    async def _send(self, slug: str, file: MediaFile, data: bytes, words: Words) -> Answer:
        fields = {"slug": slug, "alt_text": words.alt, "caption": words.caption, "title": words.title or slug}
        headers = {
            "Content-Type": file.type,
            # A plain ASCII name: WordPress does not read the other form (RFC 6266, 4.3).
            "Content-Disposition": f'attachment; filename="{_name(file)}"',
            "Content-MD5": hashlib.md5(data, usedforsecurity=False).hexdigest(),
        }
        answer = await self._rest.add("media", data, fields, headers=headers, expect={403, 413, 415})
        if answer.status == 403 and not code_of(answer).startswith("rest_"):
            raise self._rest.error(answer)
        return answer


def _slug(file: MediaFile) -> str:
    return f"{OURS}{file.sha256[:20]}"


def _name(file: MediaFile) -> str:
    """A file name that a person can read."""
    stem = re.sub(r"\.\w{1,5}$", "", urlsplit(file.url).path.rsplit("/", 1)[-1])
    return f"{urls.slug(stem, 40)}-{file.sha256[:8]}.{ENDINGS[file.type]}"


def _said(post: Post) -> dict[str, Words]:
    """What the post says about each of its pictures."""
    found: dict[str, Words] = {}
    for image in article.parse(post.body).iter("img"):
        found.setdefault(image.get("src", ""), Words(alt=text.line(image.get("alt") or "", MAX_WORDS)))
    for picture in (*post.images, *([post.lead] if post.lead else [])):
        found[picture.url] = _words(picture, found.get(picture.url, Words()))
    return found


def _words(image: Image, known: Words) -> Words:
    caption = text.line(" ".join(part for part in (image.caption, image.credit) if part), MAX_WORDS)
    alt = text.line(image.alt, MAX_WORDS) or known.alt
    return Words(alt=alt, caption=content.plain(caption), title=content.plain(text.shorten(alt, 80)))
