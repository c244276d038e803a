"""RSS 0.9x to 2.0, RDF, Atom 0.3 and 1.0, and JSON Feed where the bytes say so."""

from __future__ import annotations

import re
from dataclasses import replace

from pydantic import BaseModel, ConfigDict

from aggregator.errors import ParseError
from aggregator.sources import atom, encoding, jsonfeed, looks, loose, names, rss, tree
from aggregator.sources.fields import Element
from aggregator.sources.shared import Document
from aggregator.types import Parsed, Response

_FEED = re.compile(r"(?i)<(?:[a-z][\w.-]{0,40}:)?(?:rss|feed|rdf|channel|item|entry)[\s/>]")


class Options(BaseModel):
    """How to read a feed that misleads about itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    encoding: str = ""  #: read the bytes as this, whatever they are labelled; a byte order mark still wins


def parse(response: Response, options: Options) -> Parsed:
    """What a feed document says; raises ParseError where the bytes are no feed."""
    if looks.is_binary(response.body):
        raise ParseError(looks.message(response.body))
    decoded = encoding.decode(response.body, response.header("content-type"), options.encoding)
    if jsonfeed.is_json(decoded.text):
        return jsonfeed.read(decoded.text, response.body, response.url)
    if _FEED.search(decoded.text) is None:
        raise ParseError(looks.message(response.body))
    root, notes = tree.read(decoded.text)
    found = loose.read(decoded.text, response.url) if root is None else _from_tree(root, decoded.text, response.url)
    if found is None:
        raise ParseError(looks.message(response.body))
    return replace(found, notes=(*decoded.notes, *notes, *found.notes))


def _from_tree(root: Element, document: str, url: str) -> Parsed | None:
    """The feed in a tree, told by its root; None for another kind of XML."""
    tag = str(root.tag)
    local = names.local(tag).lower()
    is_atom = local in ("feed", "entry")
    if not is_atom and local not in ("rss", "rdf", "channel"):
        return None
    own = tag.rpartition("}")[0][1:]
    known = names.Names(own if local != "rdf" else "", "atom" if is_atom else "")
    if local == "rdf" and not any(known[str(child.tag)] in ("channel", "item") for child in root):
        return None
    about = Document(url=url, names=known, rebased="xml:base" in document)
    return atom.read(root, about) if is_atom else rss.read(root, about)
