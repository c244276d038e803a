"""XML-RPC on the wire: calls written, answers read (xmlrpc.com/spec, and ``nil`` and ``i8`` that servers add)."""

from __future__ import annotations

import base64
import binascii
import re
import xmlrpc.client  # for writing only: what comes from the blog is read below
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lxml import etree

#: What XML 1.0 (2.2) has no room for; one of these and the blog can't read the call.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: The same in what blogs answer, as bytes of any encoding that is told apart by its ASCII part.
_UNREADABLE = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]));"
)
MAX_DIGITS = 40


@dataclass(frozen=True, slots=True)
class Fault:
    """What a blog answers in place of a result."""

    code: int
    message: str


def call(method: str, *params: object) -> bytes:
    """A call. Texts lose what XML can't carry."""
    return xmlrpc.client.dumps(tuple(_written(value) for value in params), method, encoding="utf-8").encode()


def moment(when: datetime) -> xmlrpc.client.DateTime:
    """A moment in UTC as ``dateTime.iso8601``, which knows no zones: a ``Z`` breaks some blogs."""
    return xmlrpc.client.DateTime(when.astimezone(UTC).strftime("%Y%m%dT%H:%M:%S"))


def as_told(value: str) -> xmlrpc.client.DateTime:
    """A moment as the blog told it, to be told back."""
    return xmlrpc.client.DateTime(value)


def answer(body: bytes) -> object:
    """The result in an answer, or a Fault. Moments stay texts. Raises ValueError where it is no answer.

    A document type is refused, and with it every entity: nothing is looked up, nothing grows.
    """
    # Blogs put white space and byte order marks before the answer, where XML allows none.
    source = _UNREADABLE.sub(b"", body).lstrip(b"\xef\xbb\xbf \t\r\n")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(source, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"not well-formed: {error}") from error
    if root.getroottree().docinfo.doctype or root.tag != "methodResponse":
        raise ValueError(f"not an XML-RPC answer but <{root.tag!s}>")
    value = root.find("./fault/value")
    if value is not None:
        return _fault(_read(value))
    value = root.find("./params/param/value")
    if value is None:
        raise ValueError("an answer without a value")
    return _read(value)


def moment_of(value: object) -> datetime | None:
    """A moment that is known to be UTC, None where there is none (WordPress tells zeros)."""
    digits = re.sub(r"[^0-9]", "", value) if isinstance(value, str) else ""
    try:
        return datetime.strptime(digits[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _written(value: object) -> Any:
    if isinstance(value, str):
        return _UNWRITABLE.sub("", value)
    if isinstance(value, dict):
        return {name: _written(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_written(item) for item in value]
    return value


def _fault(value: object) -> Fault:
    found = value if isinstance(value, dict) else {}
    code, message = found.get("faultCode"), found.get("faultString")
    if isinstance(code, str) and re.fullmatch(r"\s*-?[0-9]{1,9}\s*", code):
        code = int(code)
    return Fault(code if isinstance(code, int) else 0, message if isinstance(message, str) else "")


def _read(value: etree._Element) -> object:
    """One ``value``; libxml2 bounds how deep they nest."""
    kind = next(iter(value), None)
    if kind is None:
        return value.text or ""
    tag = str(kind.tag).rpartition("}")[2]  # nil and i8 are in a namespace at some
    if tag == "struct":
        return {
            member.findtext("name") or "": _read(inner)
            for member in kind.iterchildren("member")
            if (inner := member.find("value")) is not None
        }
    if tag == "array":
        return [_read(inner) for inner in kind.iterfind("./data/value")]
    reader = _SCALARS.get(tag)
    if reader is None:
        raise ValueError(f"a value of the unknown type {tag[:40]}")
    return reader(kind.text or "")


def _integer(text: str) -> int:
    if re.fullmatch(rf"[+-]?[0-9]{{1,{MAX_DIGITS}}}", text.strip()) is None:
        raise ValueError("a whole number that is none")
    return int(text)


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except binascii.Error as error:
        raise ValueError("base64 that is none") from error


_SCALARS: dict[str, Callable[[str], object]] = {
    "string": str,
    "dateTime.iso8601": str.strip,
    "int": _integer,
    "i4": _integer,
    "i8": _integer,
    "boolean": lambda text: text.strip() == "1",
    "double": lambda text: float(text[:MAX_DIGITS]),
    "base64": _bytes,
    "nil": lambda _: None,
}
