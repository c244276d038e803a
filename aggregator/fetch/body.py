"""Collects the body of an answer within limits, decompressing as it comes."""

from __future__ import annotations

import zlib

from aggregator.errors import TooLargeError, UnreachableError

#: zlib can't do better than about 1,030:1; honest feeds and pages stay far below this.
MAX_RATIO = 200
RATIO_COUNTS_FROM = 1_000_000  #: bytes; below it any ratio is harmless
MAX_MEMBERS = 100  #: of one gzip stream; each costs a copy of what follows it

#: Not codings at all, but seen in the wild where somebody meant "none".
_PLAIN = frozenset({"", "identity", "none", "utf-8", "8bit", "binary"})
_GZIP = frozenset({"gzip", "x-gzip"})


class Body:
    """A body being read: ``feed`` what comes, then ``finish``.

    ``limit`` holds for the bytes on the wire and for those that come out of them. With ``cut`` the body ends
    quietly at the limit, ``full`` says so, and what follows need not be read; otherwise TooLargeError is raised.
    """

    def __init__(self, url: str, *, encoding: str, limit: int, cut: bool = False) -> None:
        self._url = url
        self._limit = limit
        self._cut = cut
        self._coding = encoding.strip().lower()
        self._read = 0
        self._out = bytearray()
        self._zlib: zlib._Decompress | None = None
        self._members = 0
        self._trailing = False  #: past the end of the compressed data
        if self._coding not in _PLAIN | _GZIP | {"deflate"}:
            # Two codings upon each other ("gzip, gzip") are a known bomb, and nobody needs them.
            raise UnreachableError(url, f"answered in an encoding that we didn't ask for: {self._coding[:40]!r}")

    @property
    def full(self) -> bool:
        """Whether a body that may be cut has reached its limit."""
        return self._cut and max(self._read, len(self._out)) >= self._limit

    def feed(self, chunk: bytes) -> None:
        """Takes the next bytes from the wire."""
        self._read += len(chunk)
        if self._read > self._limit and not self._cut:
            raise TooLargeError(self._url, f"more than {self._limit:,} bytes")
        if self._coding in _PLAIN:
            self._out += chunk
        elif chunk and not self._trailing:
            try:
                self._inflate(chunk)
            except zlib.error as error:
                raise UnreachableError(self._url, "the compressed answer is damaged") from error
        if self._cut:
            del self._out[self._limit :]

    def finish(self) -> bytes:
        """The whole body; raises UnreachableError if the compressed data end too early."""
        if self._zlib is not None and not self._zlib.eof and not self.full:
            raise UnreachableError(self._url, "the compressed answer was cut short")
        return bytes(self._out)

    def _inflate(self, chunk: bytes) -> None:
        while chunk and not self.full:
            if self._zlib is None or self._zlib.eof:
                if self._members and not (self._coding in _GZIP and chunk.startswith(b"\x1f")):
                    self._trailing = True  # padding or junk after the end; browsers don't mind it either
                    return
                self._zlib = self._member(chunk)
            self._out += self._zlib.decompress(chunk, self._limit - len(self._out) + 1)
            self._check()
            chunk = self._zlib.unused_data

    def _member(self, chunk: bytes) -> zlib._Decompress:
        self._members += 1
        if self._members > MAX_MEMBERS:
            raise TooLargeError(self._url, f"a gzip stream of more than {MAX_MEMBERS} members")
        if self._coding in _GZIP:
            return zlib.decompressobj(16 + zlib.MAX_WBITS)
        # "deflate" means zlib (RFC 9110, 8.4.1.2), but some send the bare stream.
        return zlib.decompressobj(zlib.MAX_WBITS if chunk[0] & 0x0F == 8 else -zlib.MAX_WBITS)

    def _check(self) -> None:
        size = len(self._out)
        if size > self._limit and not self._cut:
            raise TooLargeError(self._url, f"unpacks to more than {self._limit:,} bytes")
        if size > RATIO_COUNTS_FROM and size > MAX_RATIO * self._read:
            raise TooLargeError(self._url, f"unpacks to more than {MAX_RATIO} times its size")
