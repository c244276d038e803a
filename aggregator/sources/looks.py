"""What bytes that are no feed look like, in words for the person who subscribed to them."""

from __future__ import annotations

import re

_HINT = "`wirecopy discover URL` finds the feeds of a page"
_MAGIC = (
    (b"%PDF", "a PDF file"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"RIFF", "a media file"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "gzip data that the server did not declare"),
    (b"ID3", "an MP3 file"),
)
_LOGIN = re.compile(rb"(?i)<input[^>]{0,300}type\s*=\s*[\"']?password|<title>[^<]{0,80}(?:log ?in|sign ?in|anmeld)")
_CHALLENGE = re.compile(
    rb"(?i)captcha|cf-chl|just a moment|attention required|verify you are (?:a )?human|enable javascript"
)
_HTML = re.compile(rb"(?i)<!doctype\s+html|<html\b")
_FRAGMENT = re.compile(rb"(?i)<(?:body|head|div|p|h1|script|meta|title)\b")
_ROOT = re.compile(rb"<([A-Za-z_][\w.-]{0,40}(?::[\w.-]{1,40})?)[\s/>]")


def is_binary(body: bytes) -> bool:
    """Whether the bytes begin as those of a well-known format that holds no text."""
    return body.startswith(tuple(magic for magic, _ in _MAGIC))


def message(body: bytes) -> str:
    """Why these bytes can't be read as a feed, with a hint of what to do."""
    start = body[:100_000]
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head:
        return "the document is empty"
    for magic, what in _MAGIC:
        if start.startswith(magic):
            return f"not a feed but {what}"
    if _HTML.search(start):
        return f"not a feed but {_page(start)}; {_HINT}"
    if head[:1] in b"{[":
        return "not a feed but JSON of another kind: no JSON Feed version and no items"
    if head[:1] == b"<":
        root = _ROOT.search(head)
        if root and _FRAGMENT.match(root[0]):
            return f"not a feed but {_page(start)}; {_HINT}"
        name = root[1].decode("ascii", "replace") if root else ""
        return f"not a feed but XML of another kind: <{name}>; {_HINT}" if name else "XML without an element"
    if b"\x00" in start or sum(byte < 9 for byte in start[:1000]) > 20:
        return "not a feed but binary data"
    words = re.sub(r"[^ -~]+", " ", head[:60].decode("ascii", "replace")).strip()
    return f"not a feed but text that begins {words!r}; {_HINT}"


def _page(start: bytes) -> str:
    if _CHALLENGE.search(start):
        return "a page that asks for a browser or a human"
    if _LOGIN.search(start):
        return "a login page"
    return "an HTML page"
