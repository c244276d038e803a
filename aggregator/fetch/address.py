"""An http(s) address taken apart for sending, path and query left byte for byte as they were given."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urljoin

import idna

from aggregator.urls import DEFAULT_PORTS, MAX_LENGTH

_SHAPE = re.compile(r"(?is)^(https?)://([^/?#]*)([^#]*)")
_NETLOC = re.compile(
    r"(?s)^(?:(?P<user>.*)@)?(?P<host>\[[0-9a-f:.]+\]|[^:\[\]@]+)(?::(?P<port>\d{0,5}))?$", re.IGNORECASE
)
_HOST = re.compile(r"^(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}$|^\[[0-9a-f:.]+\]$")
_DOTTED = re.compile(r"^\d+\.\d+\.\d+\.\d+$")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Address:
    """Where one request goes."""

    scheme: str
    host: str  #: ASCII, lower case, IPv6 in brackets
    port: int | None  #: None: the scheme's own
    target: str  #: path and query, ASCII
    user_info: tuple[str, str] | None = field(default=None, repr=False)  #: user, password

    @property
    def origin(self) -> str:
        """Scheme, host and port: what credentials are good for (RFC 6454)."""
        return f"{self.scheme}://{self.host}" + (f":{self.port}" if self.port is not None else "")

    @property
    def url(self) -> str:
        """The whole address without user info and fragment."""
        return self.origin + self.target


def parse(url: str) -> Address:
    """Takes an address apart; raises ValueError with a reason where we would not send a request to it."""
    if len(url) > MAX_LENGTH:
        raise ValueError(f"an address of more than {MAX_LENGTH} characters")
    url = url.strip()
    shape = _SHAPE.match(url)
    if shape is None or _CONTROL.search(url):
        raise ValueError("not an http(s) address")
    netloc = _NETLOC.match(shape[2])
    if netloc is None or "\\" in shape[2]:  # browsers take it for a slash: host and path would depend on the reader
        raise ValueError("an unreadable host name")
    scheme = shape[1].lower()
    host = _host(netloc["host"])
    port = int(netloc["port"]) if netloc["port"] else None
    if port is not None and not 0 < port < 65536:
        raise ValueError("an impossible port")
    target = quote(shape[3], safe="".join(map(chr, range(0x21, 0x7F))))  # all of printable ASCII stays as it is
    if not target.startswith("/"):
        target = "/" + target
    return Address(scheme, host, None if port == DEFAULT_PORTS[scheme] else port, target, _user_info(netloc["user"]))


def follow(address: Address, location: str) -> Address:
    """Where a redirect leads (RFC 9110, 10.2.2), without any user info it names; ValueError where we don't go."""
    there = parse(urljoin(address.url, location.strip()))
    return Address(there.scheme, there.host, there.port, there.target)


def same_origin(a: str, b: str) -> bool:
    """Whether two addresses share scheme, host and port, so that credentials for one are good for the other."""
    try:
        return parse(a).origin == parse(b).origin
    except ValueError:
        return False


def within(host: str, allowed: tuple[str, ...]) -> bool:
    """Whether a host is one of those named, or below one of them."""
    return any(host == name or host.endswith(f".{name}") for name in (entry.lower().strip(".") for entry in allowed))


def _host(name: str) -> str:
    name = name.lower().rstrip(".")
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode("ascii")
        except idna.IDNAError as error:
            raise ValueError("an unreadable host name") from error
    if not _HOST.match(name) or len(name) > 253:
        raise ValueError("an unreadable host name")
    if name.startswith("[") or _DOTTED.match(name):
        try:
            ipaddress.ip_address(name.strip("[]"))
        except ValueError as error:
            raise ValueError("an unreadable IP address") from error
    return name


def _user_info(value: str | None) -> tuple[str, str] | None:
    if not value:
        return None
    user, _, password = value.partition(":")
    return unquote(user), unquote(password)
