"""Where a blog has its REST API: the usual place, the one that its pages name, or the one for plain permalinks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from aggregator.errors import BlockedError
from aggregator.targets.shared import tolerant
from aggregator.targets.shared.api import Api
from aggregator.targets.shared.discovery import links

REL = "https://api.w.org/"  #: what a page's link to the API is called (WordPress REST API handbook, "Discovery")
NAMESPACE = "wp/v2"
_ROUTE = "rest_route="


@dataclass(frozen=True, slots=True)
class Root:
    """The address that all calls begin with."""

    address: str
    application_passwords: bool  #: whether the blog says that it takes them

    @property
    def plain(self) -> bool:
        """Whether the blog has plain permalinks (``/?p=123``)."""
        return _ROUTE in self.address

    def url(self, path: str, params: Mapping[str, str]) -> str:
        """The address of one call below ``wp/v2``."""
        query = urlencode(params, safe=",")
        if self.plain:
            prefix = self.address[: self.address.index(_ROUTE) + len(_ROUTE)]
            return f"{prefix}{quote(f'/{NAMESPACE}/{path}')}{'&' if query else ''}{query}"
        return f"{self.address.rstrip('/')}/{NAMESPACE}/{path}{'?' if query else ''}{query}"


async def find(api: Api, url: str) -> Root:
    """The root of the API of the blog at ``url``. Raises TryLaterError, BlockedError."""
    seen: list[str] = []
    found = await _index(api, f"{url}/wp-json/", seen)
    if found is not None:
        return found
    page = await api.send("GET", f"{url}/", expect=range(400, 600))
    for address in links(page.page, REL, "link"):
        _same_blog(api.target, url, address)
        found = await _index(api, address, seen)
        if found is not None:
            return found
    found = await _index(api, f"{url}/?rest_route=/", seen)
    if found is not None:
        return found
    message = (
        f"there is no WordPress REST API to be found at {url} ({'; '.join(seen)}): is this the address of the blog's "
        "front page, and has a security plugin closed the REST API?"
    )
    raise BlockedError(api.target, message)


async def _index(api: Api, address: str, seen: list[str]) -> Root | None:
    """The root, where the answer is that of a WordPress; else a line in ``seen``."""
    fields = "_fields=namespaces,authentication"
    joint = "&" if "?" in address else "?"
    answer = await api.send("GET", f"{address}{joint}{fields}", expect=range(300, 500))
    index = tolerant.table(answer.json_if_any() if answer.status == 200 else None)
    if NAMESPACE not in tolerant.texts(index.get("namespaces")):
        seen.append(f"{urlsplit(address).path or '/'} answers {answer.status}")
        return None
    known = "application-passwords" in tolerant.table(index, "authentication")
    return Root(address=address, application_passwords=known)


def _same_blog(target: str, url: str, address: str) -> None:
    """The credentials go to the server that was configured and to no other, whatever a page says."""
    ours, theirs = urlsplit(url), urlsplit(address)
    if (ours.scheme, ours.netloc.lower()) != (theirs.scheme, theirs.netloc.lower()):
        shown = f"{theirs.scheme}://{theirs.netloc}"
        raise BlockedError(target, f"the blog at {url} says that it is {shown}: set url to that address")
