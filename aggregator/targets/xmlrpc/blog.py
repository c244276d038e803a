"""A blog by XML-RPC: where it is asked, what it understands, and the calls made to it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from lxml import etree

from aggregator import urls
from aggregator.errors import BlockedError, PublishError, RejectedError, TryLaterError
from aggregator.targets.shared import discovery, pictures
from aggregator.targets.shared.api import Answer, Api
from aggregator.targets.shared.pictures import Copy
from aggregator.targets.xmlrpc import held as posts
from aggregator.targets.xmlrpc import wire
from aggregator.targets.xmlrpc.held import Held, Wanted
from aggregator.targets.xmlrpc.wire import Fault
from aggregator.types import MediaFile, Post

RECENT = 100  #: posts that are looked through where the blog has no search
FOUND = 20  #: answers of a search
MAX_RSD = 200_000
_NO_SUCH_METHOD = -32601  #: xmlrpc-epi's "Specification for Fault Code Interoperability"
_NO_SUCH_POST = frozenset({404, 806})
_MODIFIED_MEANWHILE = 409
_NOT_ALLOWED = 401
_BLOCKING = frozenset({401, 403, 405, _NO_SUCH_METHOD})
_MISSING = re.compile(
    r"(?i)\b(?:no such|invalid|unknown)\b.{0,20}\b(?:post|entry|item|id)\b"
    r"|\b(?:post|entry|item|id)\b.{0,20}\b(?:not found|not exist)\b"
)
_REFUSED = re.compile(r"(?i)\b(?:password|log ?in|permission|not allowed|unauthori[sz]ed|access denied)\b")
_WORDPRESS = frozenset({"wp.getPost", "wp.getPosts", "wp.editPost", "wp.deletePost"})
#: Dialects by the names that RSD gives them, the best first.
_APIS = ("wordpress", "metaweblog", "movable type", "movabletype", "blogger")


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where the blog is asked, and in which words."""

    url: str
    blog: str  #: its number there
    methods: frozenset[str] = frozenset()  #: that it says it has; empty: it does not say

    @property
    def wordpress(self) -> bool:
        """Whether it understands WordPress's own calls, which search and which guard against overwriting."""
        return self.methods >= _WORDPRESS


class Blog:
    """One blog, by one account."""

    def __init__(
        self, api: Api, site: str, username: str, password: str, *, endpoint: str | None = None, number: str = ""
    ) -> None:
        self._api = api
        self._site = site
        self._account = (username, password)
        self._endpoint = endpoint
        self._number = number
        self._door: Door | None = None

    def __repr__(self) -> str:
        return f"Blog({self._site!r})"

    async def close(self) -> None:
        """Closes every connection; harmless when called twice."""
        await self._api.close()

    async def create(self, wanted: Wanted) -> str:
        """Makes an unfinished draft; answers its number."""
        door = await self.door()
        # MetaWeblog's call at WordPress too: by it an author may make new tags, by wp.newPost only an editor.
        made = await self._call("metaWeblog.newPost", door.blog, *self._account, wanted.draft(), False, writes=True)
        if not isinstance(made, (str, int)) or not str(made):
            raise TryLaterError(self._api.target, "answered without the number of the post", in_doubt=True)
        return str(made)

    async def change(self, held: Held, wanted: Wanted) -> tuple[bool, str]:
        """Puts a post in the place of what the blog holds: whether it did, and what a person should know.

        It did not where a person has edited the post since it was read.
        """
        door = await self.door()
        if not door.wordpress:
            shown = wanted.status == "publish" if held.unfinished or not held.status else held.status == "publish"
            struct = wanted.metaweblog()
            await self._call("metaWeblog.editPost", held.id, *self._account, struct, shown, writes=True)
            return True, ""
        struct = wanted.wordpress(held)
        call = ("wp.editPost", door.blog, *self._account, held.id)
        retagged = {tag.casefold() for tag in held.tags} != {tag.casefold() for tag in wanted.tags}
        if retagged and not held.unfinished:
            terms = {"terms_names": {"post_tag": list(wanted.tags)}}
            result = await self._call(*call, struct | terms, writes=True, expect={_MODIFIED_MEANWHILE, _NOT_ALLOWED})
            if not isinstance(result, Fault):
                return True, ""
            if result.code == _MODIFIED_MEANWHILE:
                return False, ""
        result = await self._call(*call, struct, writes=True, expect={_MODIFIED_MEANWHILE})
        note = (
            "the account may not make new tags: they are left as they were" if retagged and not held.unfinished else ""
        )
        return not isinstance(result, Fault), note

    async def get(self, number: str) -> Held | None:
        """The post of that number; None where there is none."""
        door = await self.door()
        if door.wordpress:
            call = ("wp.getPost", door.blog, *self._account, number, list(posts.FIELDS))
            result = await self._call(*call, writes=False, expect=_NO_SUCH_POST)
            found = posts.from_wordpress(result)
        else:
            result = await self._call("metaWeblog.getPost", number, *self._account, writes=False, missing=True)
            found = posts.from_metaweblog(result)
        if found is None and not isinstance(result, Fault):
            raise TryLaterError(self._api.target, "answered with no post in it")
        return found

    async def search(self, post: Post) -> list[Held]:
        """All that the blog holds of a post: WordPress searches all its texts, others show their newest posts.

        What lies in the trash is told only where there is nothing else.
        """
        door = await self.door()
        if not door.wordpress:
            recent = await self._call("metaWeblog.getRecentPosts", door.blog, *self._account, RECENT, writes=False)
            return _of(post, [posts.from_metaweblog(item) for item in _list(recent)])
        for status in ({}, {"post_status": "trash"}):  # "any" would leave out the trash
            asked = {"s": post.key, "number": FOUND, **status}
            call = ("wp.getPosts", door.blog, *self._account, asked, list(posts.FIELDS))
            result = await self._call(*call, writes=False)
            if found := _of(post, [posts.from_wordpress(item) for item in _list(result)]):
                return found
        return []

    async def delete(self, number: str) -> None:
        """Puts a post into the trash, or deletes it where the blog has none; harmless where there is none."""
        door = await self.door()
        if door.wordpress:
            call = ("wp.deletePost", door.blog, *self._account, number)
            await self._call(*call, writes=True, expect=_NO_SUCH_POST)
            return
        own = "metaWeblog.deletePost" in door.methods
        method = "metaWeblog.deletePost" if own else "blogger.deletePost"
        await self._call(method, "", number, *self._account, True, writes=True, missing=True)

    async def upload(self, file: MediaFile, data: bytes) -> Copy:
        """Puts a picture into the blog's library."""
        door = await self.door()
        struct = {"name": pictures.name(file), "type": file.type, "bits": data}
        result = await self._call("metaWeblog.newMediaObject", door.blog, *self._account, struct, writes=True)
        found = result if isinstance(result, dict) else {}
        url = found.get("url")
        resolved = urls.resolve(door.url, url) if isinstance(url, str) else None
        if resolved is None:
            raise RejectedError(self._api.target, "answered without the address of the picture")
        number = found.get("id")
        return Copy(resolved, str(number) if isinstance(number, (str, int)) else "")

    async def account(self) -> tuple[frozenset[str], frozenset[str]]:
        """Numbers of the blogs that the account may post to, and its roles where WordPress tells them."""
        door = await self.door()
        method, *first = ("wp.getUsersBlogs",) if door.wordpress else ("blogger.getUsersBlogs", "")
        found = _list(await self._call(method, *first, *self._account, writes=False))
        numbers = frozenset(str(item.get("blogid", "")) for item in found if isinstance(item, dict))
        roles: object = None
        if door.wordpress and "wp.getProfile" in door.methods:
            call = ("wp.getProfile", door.blog, *self._account, ["roles"])
            profile = await self._call(*call, writes=False)
            roles = profile.get("roles") if isinstance(profile, dict) else None
        return numbers, frozenset(role for role in _list(roles) if isinstance(role, str))

    async def door(self) -> Door:
        """Where and how the blog is asked; found out once."""
        if self._door is None:
            url, number = await self._discover()
            methods = await self._methods(url)
            self._door = Door(url=url, blog=self._number or number, methods=methods)
        return self._door

    async def _methods(self, url: str) -> frozenset[str]:
        result = await self._ask(url, wire.call("system.listMethods"), writes=False)
        return frozenset(name for name in _list(result) if isinstance(name, str))

    async def _call(
        self, method: str, *params: object, writes: bool, expect: Collection[int] = (), missing: bool = False
    ) -> object:
        """The result, or a Fault whose code is expected, or that says that a post is ``missing``."""
        door = await self.door()
        result = await self._ask(door.url, wire.call(method, *params), writes=writes)
        if not isinstance(result, Fault) or result.code in expect:
            return result
        if missing and (result.code in _NO_SUCH_POST or _MISSING.search(result.message)):
            return result
        raise self._error(method, result, writes)

    async def _ask(self, url: str, body: bytes, *, writes: bool) -> object:
        fields = {"Content-Type": "text/xml; charset=utf-8"}
        answer = await self._api.send("POST", url, content=body, headers=fields, writes=writes)
        try:
            return wire.answer(answer.body)
        except (ValueError, RecursionError) as error:
            message = f"answered {answer.status} with something that is not XML-RPC ({error})"
            raise TryLaterError(self._api.target, self._api.safe(message), in_doubt=writes) from error

    def _error(self, method: str, fault: Fault, writes: bool) -> PublishError:
        words = self._api.safe(fault.message)
        said = f"{method}: {fault.code}{f', it says: {words}' if words else ''}"
        if fault.code in _BLOCKING:
            return BlockedError(self._api.target, said)
        if fault.code == 429:
            return TryLaterError(self._api.target, said)
        if 500 <= fault.code < 600:
            return TryLaterError(self._api.target, said, in_doubt=writes)
        if _REFUSED.search(fault.message):
            return BlockedError(self._api.target, said)
        return RejectedError(self._api.target, said)

    async def _discover(self) -> tuple[str, str]:
        """Address and number of the blog: as configured, by RSD, or at WordPress's usual place."""
        if self._endpoint:
            return self._endpoint, "1"
        answer = await self._api.send("GET", self._site)
        # Really Simple Discovery 1.0: the document that tells the blog's APIs.
        rsd = next(discovery.links(answer.page, "edituri", "link"), None)
        if rsd is not None:
            document = await self._api.send("GET", rsd)
            if (found := _apis(document)) is not None:
                return self._safe(found[0]), found[1]
        pingback = urls.resolve(answer.url, answer.headers.get("x-pingback"))
        return self._safe(pingback or f"{self._site}/xmlrpc.php"), "1"

    def _safe(self, url: str) -> str:
        """The password must not go to strangers, nor in the clear where the site itself is encrypted."""
        if not urls.same_site(url, self._site):
            message = f"the site sends to {urls.redact(url)}, another site: if that is right, set endpoint to it"
            raise BlockedError(self._api.target, message)
        return discovery.encrypted(self._api.target, url, site=self._site)


def _apis(answer: Answer) -> tuple[str, str] | None:
    """Address and number of the blog in an RSD document, by the best dialect that we speak."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(answer.body[:MAX_RSD].strip(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    found: dict[str, tuple[str, str]] = {}
    for api in root.iter("{*}api"):
        url = urls.resolve(answer.url, api.get("apiLink"))
        if url is not None:
            found.setdefault((api.get("name") or "").lower(), (url, api.get("blogID") or "1"))
    return next((found[name] for name in _APIS if name in found), None)


def _of(post: Post, found: list[Held | None]) -> list[Held]:
    return [held for held in found if held is not None and held.is_of(post)]


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
