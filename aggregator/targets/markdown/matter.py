"""Front matter, written by a library and read again: YAML, and Pelican's two forms of metadata."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

import lxml.html
import yaml
from lxml import etree

from aggregator.targets.markdown.fields import Fields, Value
from aggregator.targets.markdown.profiles import Profile

MAX_HEAD = 200_000  #: characters in which front matter must end
_FACT = re.compile(r'^  (key|revision|published|path|fingerprint): "([^"\\\n]*)"$', re.MULTILINE)
_FINGERPRINT = re.compile(r'(fingerprint(?:: "|" content="|: ))[0-9a-f]{32}')
_UNKNOWN = "0" * 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """Our own facts in a file that we once wrote."""

    key: str
    revision: str
    published_at: datetime
    path: str
    fingerprint: str  #: of the file as we wrote it


def document(profile: Profile, ending: str, fields: Fields, body: str) -> tuple[str, str]:
    """The whole file, and the fingerprint that stands in it."""
    body = body.encode("utf-8", "replace").decode()
    mark = _fingerprint(_document(profile, ending, _marked(fields, _UNKNOWN), body))
    return _document(profile, ending, _marked(fields, mark), body), mark


def own(profile: Profile, ending: str, text: str) -> Own | None:
    """Our own facts in a file; None where it is none of ours or can't be read any more."""
    try:
        found = _read(profile, ending, text[:MAX_HEAD])
        published_at = datetime.fromisoformat(found["published"])
        return Own(
            key=found["key"],
            revision=found["revision"],
            published_at=published_at if published_at.tzinfo else published_at.replace(tzinfo=UTC),
            path=found["path"],
            fingerprint=found["fingerprint"],
        )
    except (KeyError, ValueError):
        return None


def untouched(text: str, facts: Own) -> bool:
    """Whether a file is as we wrote it; the form of its line ends does not count."""
    return _fingerprint(text) == facts.fingerprint


def _fingerprint(text: str) -> str:
    plain = _FINGERPRINT.sub(rf"\g<1>{_UNKNOWN}", text.replace("\r\n", "\n"))
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()[:32]


def _marked(fields: Fields, mark: str) -> dict[str, Value]:
    facts = fields["wirecopy"]
    assert isinstance(facts, Mapping)
    return {**fields, "wirecopy": {**facts, "fingerprint": mark}}


def _document(profile: Profile, ending: str, fields: Fields, body: str) -> str:
    if profile.name != "pelican":
        return f"---\n{_yaml(fields)}---\n{body}\n"
    flat = {name: value for name, value in fields.items() if name != "wirecopy"}
    facts = fields["wirecopy"]
    assert isinstance(facts, Mapping)
    flat = {f"wirecopy_{name}": value for name, value in facts.items()} | flat
    lines = {name: _line(value) for name, value in flat.items()}
    if ending == "md":  # https://python-markdown.github.io/extensions/meta_data/
        return "".join(f"{name}: {value}\n" for name, value in lines.items()) + f"\n{body}\n"
    title = lines.pop("title", "")  # HTML already, as all that Pelican's themes write
    metas = "\n".join(f'<meta name="{escape(name)}" content="{escape(value)}">' for name, value in lines.items())
    head = f'<!doctype html>\n<html>\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n{metas}\n</head>\n'
    return f"{head}<body>\n{body}\n</body>\n</html>\n"


def _read(profile: Profile, ending: str, text: str) -> dict[str, str]:
    text = text.replace("\r\n", "\n")
    if profile.name != "pelican":
        return _from_yaml(text)
    if ending == "md":
        pairs = [line.partition(": ") for line in text.split("\n\n", 1)[0].splitlines()]
        named = {name: value for name, _, value in pairs}
    else:
        named = _from_head(text)
    return {name.removeprefix("wirecopy_"): value for name, value in named.items() if name.startswith("wirecopy_")}


def _from_yaml(text: str) -> dict[str, str]:
    """Our own facts as we write them: a YAML reader would take its time with what a file may hold instead."""
    if not text.startswith("---\n"):
        return {}
    head = text[: text.find("\n---\n", 3) + 1]
    return dict(_FACT.findall(head.rpartition("\nwirecopy:\n")[2]))


def _from_head(text: str) -> dict[str, str]:
    try:
        root = lxml.html.document_fromstring(text.encode(), parser=lxml.html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, etree.XMLSyntaxError):
        return {}
    return {meta.get("name", ""): meta.get("content", "") for meta in root.iterfind("head/meta")}


def _line(value: Value) -> str:
    """A value as one line of Pelican's metadata."""
    match value:
        case datetime():
            return value.isoformat(" ", "seconds")
        case bool():
            return str(value).lower()
        case str():
            return " ".join(value.split())
        case Sequence():
            return "; ".join(value)
        case Mapping():
            return "; ".join(f"{name}={_line(inner)}" for name, inner in value.items())
        case _:
            return str(value)


class _Name(str):
    """A key: written without quotes where that is safe."""


class _Dumper(yaml.SafeDumper):
    """Quotes every text, so that none is taken for a number, a date, a truth value or an anchor by any reader."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style='"')


def _name(dumper: yaml.SafeDumper, value: _Name) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(value))


def _time(dumper: yaml.SafeDumper, value: datetime) -> yaml.ScalarNode:
    # With a T and a Z: the one form that Go, Ruby and JavaScript all take for a time.
    text = value.astimezone(UTC).replace(tzinfo=None).isoformat("T", "seconds")
    return dumper.represent_scalar("tag:yaml.org,2002:timestamp", f"{text}Z")


_Dumper.add_representer(str, _text)
_Dumper.add_representer(_Name, _name)
_Dumper.add_representer(datetime, _time)


def _yaml(fields: Fields) -> str:
    written = yaml.dump(
        _plain(fields), Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=False, width=2**31
    )
    assert isinstance(written, str)
    return written


def _plain(value: Value) -> object:
    match value:
        case Mapping():
            return {_Name(name): _plain(inner) for name, inner in value.items()}
        case str() | datetime():
            return value
        case Sequence():
            return list(value)
        case _:
            return value
