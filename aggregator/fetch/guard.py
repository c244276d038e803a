"""Keeps requests off private and local addresses, checked on the very address that is connected to."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Iterable, Sequence

import certifi
import httpcore

from aggregator.errors import RefusedError

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]

MAX_ADDRESSES = 4  #: of one host are tried
KEPT_ALIVE = 16  #: idle connections; a larger pool costs more than the handshakes it saves
KEPT_SECONDS = 4.0  #: less than the 5 s after which Apache hangs up, so that we are the first

_UNICAST = ipaddress.IPv6Network("2000::/3")  # the only global unicast space handed out (RFC 4291, IANA)
_INSIDE_OTHERS: dict[IPNetwork, str] = {
    ipaddress.IPv6Network("2002::/16"): "a 6to4 address, which can hide a private one",
    ipaddress.IPv6Network("2001::/32"): "a Teredo address, which can hide a private one",
    ipaddress.IPv6Network("3fff::/20"): "an address for documentation",
    ipaddress.IPv4Network("192.88.99.0/24"): "a 6to4 relay",
}


def refused(address: str | IPAddress, allow: Iterable[IPNetwork] = ()) -> str | None:
    """Why we don't connect to an IP address, None if we may.

    Only global unicast addresses are public. An IPv4 address in IPv6 clothes (``::ffff:10.0.0.1``) is judged as
    the IPv4 address that it leads to; forms that lead through a translator or a tunnel are refused as such.
    """
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or ipaddress.IPv6Address(int(ip))  # int() drops the scope, which networks don't know
    if any(ip in network for network in allow if network.version == ip.version):
        return None
    if ip.is_multicast:
        return "a multicast address"
    for network, reason in _INSIDE_OTHERS.items():
        if network.version == ip.version and ip in network:
            return reason
    if isinstance(ip, ipaddress.IPv6Address) and ip not in _UNICAST:
        return "a local address" if ip.is_loopback or ip.is_link_local else "not a public address"
    if ip.is_loopback or ip.is_unspecified or ip.is_link_local:
        return "a local address"
    if not ip.is_global:
        return "not a public address"
    return None


class Backend(httpcore.AsyncNetworkBackend):
    """Resolves a name, checks every answer, and connects to one that was checked.

    Checking where the connection is made leaves no gap: redirects pass here, and a name that answers
    differently the second time (DNS rebinding) is not asked a second time.
    """

    def __init__(self, allow: Sequence[IPNetwork], setting: str) -> None:
        self._allow = tuple(allow)
        self._setting = setting
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to one of the host's addresses, tried in turn; raises RefusedError if any is not public."""
        loop = asyncio.get_running_loop()
        ends = None if timeout is None else loop.time() + timeout
        addresses = await self._addresses(host, port, timeout)
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for tried, address in enumerate(addresses):
            share = None if ends is None else max(0.1, (ends - loop.time()) / (len(addresses) - tried))
            try:
                return await self._network.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def _addresses(self, host: str, port: int, seconds: float | None) -> list[str]:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(seconds):
                answers = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"no answer to the DNS query for {host}") from error
        except (OSError, UnicodeError) as error:
            why = (getattr(error, "strerror", None) or "not a host name").lower()
            raise httpcore.ConnectError(f"{host} can't be resolved: {why}") from error
        found = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
        for address in found:
            reason = refused(address, self._allow)
            if reason is not None:
                where = host if address == host else f"{host} is at {address}, which"
                raise RefusedError(host, f"{where} is {reason}; if it is yours, add its network to {self._setting}")
        return found[:MAX_ADDRESSES]


def pool(
    allow_networks: Sequence[IPNetwork] = (),
    *,
    setting: str = "fetch.allow_networks",
    tls: ssl.SSLContext | None = None,
) -> httpcore.AsyncConnectionPool:
    """Connections to public addresses and to those in ``allow_networks``, and to no others.

    Any other raises RefusedError, naming ``setting`` as what to change. There is no proxy, whatever the environment
    says: it would connect in our place, unchecked.
    """
    return httpcore.AsyncConnectionPool(
        ssl_context=tls or ssl.create_default_context(cafile=certifi.where()),
        # Concurrency is limited outside: a queue inside the pool costs time quadratic in its length.
        max_connections=None,
        max_keepalive_connections=KEPT_ALIVE,
        keepalive_expiry=KEPT_SECONDS,
        network_backend=Backend(allow_networks, setting),
    )
