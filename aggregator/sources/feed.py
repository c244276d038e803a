"""RSS 0.9x to 2.0, RDF, Atom 0.3 and 1.0, and JSON Feed where the bytes say so."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from aggregator.errors import ParseError
from aggregator.sources import encoding, jsonfeed, looks, loose
from aggregator.types import Parsed, Response


class Options(BaseModel):
    """How to read a feed that misleads about itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    encoding: str = ""  #: read the bytes as this, whatever they are labelled; a byte order mark still wins


def parse(response: Response, options: Options) -> Parsed:
    """What a feed document says; raises ParseError where the bytes are no feed."""
    decoded = encoding.decode(response.body, response.header("content-type"), options.encoding)
    if jsonfeed.is_json(decoded.text):
        return jsonfeed.read(decoded.text, response.body, response.url)
    parsed = loose.read(decoded.text, response.url)
    if parsed is None:
        raise ParseError(looks.message(response.body))
    return parsed
