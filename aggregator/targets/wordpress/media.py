"""Pictures in the blog's media library: each once, found again by the hash of its bytes."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from aggregator import urls
from aggregator.errors import RejectedError, TryLaterError
from aggregator.markup import text
from aggregator.targets.shared import article, pictures, tolerant, wptext
from aggregator.targets.shared.api import Answer
from aggregator.targets.shared.wptext import Picture
from aggregator.targets.wordpress.rest import Rest, code_of
from aggregator.types import Image, MediaFile, Post

#: What every WordPress from 5.8 on takes.
TYPES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
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
    """The pictures of one blog that are ours."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._failures: Counter[str] = Counter()  # by slug
        self._refused: set[str] = set()
        self._lock = asyncio.Lock()  # two posts with one picture must not upload it twice

    async def upload(self, post: Post, media: Mapping[str, MediaFile]) -> tuple[dict[str, Picture], list[str]]:
        """The pictures of a post by their original addresses, and what is to be said about those left out."""
        wanted = {url: media[url] for url in article.picture_urls(post) if url in media}
        said = _said(post)
        async with self._lock:
            held = await self._look_up({_slug(file) for file in wanted.values()})
            for url, file in wanted.items():
                slug = _slug(file)
                if slug not in held and (made := await self._make(file, said.get(url, Words()))):
                    held[slug] = made
        found = {url: held[_slug(file)] for url, file in wanted.items() if _slug(file) in held}
        note = pictures.left_out(len(wanted) - len(found), len(wanted))
        return found, [note] if note else []

    async def is_ours(self, number: int) -> bool:
        """Whether a picture of the library was put there by us."""
        answer = await self._rest.get(f"media/{number}", {"_fields": "id,slug"}, expect={401, 403, 404})
        value = answer.json() if answer.status == 200 else None
        return tolerant.text(value, "slug").startswith(OURS)

    async def _look_up(self, slugs: Collection[str]) -> dict[str, Picture]:
        """Those that are there, asked for anew each time: people tidy up their libraries."""
        if not slugs:
            return {}
        asked = {"slug": ",".join(sorted(slugs)), "per_page": "100", "_fields": "id,slug,source_url"}
        items = (await self._rest.get("media", asked)).rows()
        return {str(item["slug"]): found for item in items if "slug" in item and (found := _picture(item))}

    async def _make(self, file: MediaFile, words: Words) -> Picture | None:
        """The picture, uploaded; None where the blog won't have it."""
        slug = _slug(file)
        if slug in self._refused or file.type not in TYPES:
            return None
        try:
            data = await pictures.data(file)
        except OSError:
            return None  # our copy is gone; the original will do
        try:
            return _picture((await self._send(slug, file, data, words)).json())
        except RejectedError:
            self._refused.add(slug)
        except TryLaterError as error:
            self._failures[slug] += error.retry_after is None
            if error.retry_after is not None or self._failures[slug] < PATIENCE:
                raise
            self._refused.add(slug)
        return None

    async def _send(self, slug: str, file: MediaFile, data: bytes, words: Words) -> Answer:
        fields = {"slug": slug, "alt_text": words.alt, "caption": words.caption, "title": words.title or slug}
        headers = {
            "Content-Type": file.type,
            # A plain ASCII name: WordPress does not read the other form (RFC 6266, 4.3).
            "Content-Disposition": f'attachment; filename="{_name(file)}"',
            "Content-MD5": hashlib.md5(data, usedforsecurity=False).hexdigest(),
        }
        answer = await self._rest.add("media", data, fields, headers=headers, expect={403})
        if answer.status == 403 and code_of(answer) == "rest_cannot_create":
            raise RejectedError(answer.target, "the account may not upload pictures")
        if answer.status == 403:
            raise await self._rest.refusal(answer)
        return answer


def _picture(item: object) -> Picture | None:
    number, address = tolerant.number(item, "id"), urls.resolve(None, tolerant.text(item, "source_url"))
    return Picture(number, address) if number is not None and address else None


def _slug(file: MediaFile) -> str:
    return f"{OURS}{file.sha256[: pictures.DIGITS]}"


def _name(file: MediaFile) -> str:
    """A file name that a person can read."""
    stem = re.sub(r"\.\w{1,5}$", "", urlsplit(file.url).path.rsplit("/", 1)[-1])
    return f"{urls.slug(stem, 40)}-{file.sha256[:8]}.{pictures.ENDINGS[file.type]}"


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
    return Words(alt=alt, caption=wptext.plain(caption), title=wptext.plain(text.shorten(alt, 80)))
