"""Bytes to text, whatever the labels claim.

RFC 7303 orders the evidence: byte order mark, HTTP charset, XML declaration, UTF-8. Labels lie, so the bytes have
a say: what is valid UTF-8 beyond ASCII is UTF-8 by all odds, and one bad byte doesn't turn a document to mojibake.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: How ``<`` or ``<?`` begins where there is no mark (XML 1.0, appendix F).
_STARTS: Final = (
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00<", "utf-16-be"),
    (b"<\x00", "utf-16-le"),
)
_EBCDIC: Final = b"\x4c\x6f\xa7\x94"

#: Labels of narrower encodings stand for the wider one that is meant (WHATWG Encoding).
_WIDER: Final = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
_ALIASES: Final = {
    "x-sjis": "cp932", "windows-31j": "cp932", "ms_kanji": "cp932", "ks_c_5601-1987": "cp949", "windows-949": "cp949",
    "x-gbk": "gb18030", "gb_2312-80": "gb18030", "x-euc-jp": "euc_jp", "x-big5": "big5hkscs", "windows-874": "cp874",
    "x-cp1251": "cp1251", "x-cp1252": "cp1252", "x-mac-roman": "mac_roman", "macintosh": "mac_roman",
    "x-user-defined": "cp1252", "unicode": "utf-16", "iso-8859-8-i": "iso8859-8", "utf8mb4": "utf-8",
}  # fmt: skip
#: Only these are asked: Python knows codecs that are no character sets (zip, idna, unicode_escape).
_KNOWN = re.compile(
    r"ascii|utf-(?:8|16|32)(?:-[lb]e|-sig)?|iso8859-\d{1,2}|iso2022_(?:jp|kr)\w*|cp\d{3,5}|koi8-\w|mac-?_?\w{4,12}"
    r"|gb2312|gbk|gb18030|hz|big5\w*|shift_?jis\w*|euc[-_]\w+|johab|ptcp154|tis-620|kz1048"
)
_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([\w.:+-]{1,40})""", re.IGNORECASE)
_DECLARATION = re.compile(
    r"""^\s*<\?xml\b[^<>]{0,200}?\bencoding\s*=\s*["']\s*([\w.:+-]{1,40})\s*["'][^<>]{0,200}\?>"""
)
_STATEFUL: Final = frozenset({"iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_3", "iso2022_kr", "hz"})
#: Encodings in which every byte means something: that they fit proves nothing.
_MULTIBYTE = re.compile(r"gb|big5|cp9[345]\d|euc|shift|johab|iso2022|hz")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A document as text, and how it was read."""

    text: str
    encoding: str
    notes: tuple[str, ...] = ()


def decode(body: bytes, content_type: str | None = None, forced: str = "") -> Decoded:
    """The text of a document; never fails, says in ``notes`` what it had to overrule or repair."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return _surely(body[len(mark) :], name)
    if forced and (codec := known(forced)):
        return Decoded(body.decode(codec, "replace"), codec)
    for start, name in _STARTS:
        if body.startswith(start):
            return _surely(body, name)
    if body.startswith(_EBCDIC):
        codec = known(declared(body[:400].decode("cp037"))) or "cp037"
        return Decoded(body.decode(codec, "replace"), codec)
    labels = [known(_header_charset(content_type)), known(declared(body[:400].decode("latin-1")))]
    return _by_label(body, [label for label in labels if label])


def known(label: str) -> str:
    """The codec that a label stands for; empty where there is none that we would use."""
    label = label.strip().lower()
    try:
        name = codecs.lookup(_ALIASES.get(label, label)).name if label else ""
    except (LookupError, ValueError):
        return ""
    return _WIDER.get(name, name) if _KNOWN.fullmatch(name) else ""


def declared(head: str) -> str:
    """The encoding that an XML declaration names; empty where it names none."""
    match = _DECLARATION.match(head)
    return match[1] if match else ""


def _by_label(body: bytes, labels: list[str]) -> Decoded:
    if body.isascii():
        stateful = next((label for label in labels if label in _STATEFUL), "ascii")
        return Decoded(body.decode(stateful, "replace"), stateful)
    text = _strictly(body, "utf-8")
    if text is not None and not (labels and _MULTIBYTE.match(labels[0]) and len(body) < 1000):
        overruled = bool(labels) and labels[0] != "utf-8"
        return Decoded(text, "utf-8", (f"labelled {labels[0]} but is UTF-8",) if overruled else ())
    for label in labels:
        if label != "utf-8" and not label.startswith(("utf-16", "utf-32")):
            text = _strictly(body, label)
            if text is not None:
                return Decoded(text, label)
    return _repaired(body, labels)


def _repaired(body: bytes, labels: list[str]) -> Decoded:
    """UTF-8 with some bad bytes, or else the first label with replacements, or else Windows-1252."""
    text = body.decode("utf-8", "surrogateescape")
    bad = sum("\udc80" <= char <= "\udcff" for char in text)
    good = sum(char > "\x7f" for char in text) - bad
    other = next((label for label in labels if not label.startswith("utf-")), "")
    if good > bad or (not other and "utf-8" in labels and good):
        repaired = _SURROGATES.sub(lambda match: _one_byte(ord(match[0]) - 0xDC00), text)
        return Decoded(repaired, "utf-8", (f"{bad} bytes that are not UTF-8 were repaired",))
    codec = other or "cp1252"
    note = f"bytes that are not {codec} were replaced" if other else "not UTF-8: read as Windows-1252"
    return Decoded(_forgiving(body, codec), codec, (note,))


_SURROGATES = re.compile(r"[\udc80-\udcff]")


def _one_byte(value: int) -> str:
    return bytes((value,)).decode("cp1252", "replace")


def _forgiving(body: bytes, codec: str) -> str:
    # Windows-1252 leaves five bytes undefined; WHATWG reads them as C1 controls.
    if codec == "cp1252":
        text = body.decode("cp1252", "surrogateescape")
        return _SURROGATES.sub(lambda match: chr(ord(match[0]) - 0xDC00), text)
    return body.decode(codec, "replace")


def _surely(body: bytes, codec: str) -> Decoded:
    text = _strictly(body, codec)
    if text is not None:
        return Decoded(text, codec)
    return Decoded(body.decode(codec, "replace"), codec, (f"bytes that are not {codec} were replaced",))


def _strictly(body: bytes, codec: str) -> str | None:
    try:
        return body.decode(codec)
    except (UnicodeError, ValueError):
        return None


def _header_charset(content_type: str | None) -> str:
    match = _CHARSET.search(content_type[:400]) if content_type else None
    return match[1] if match else ""
