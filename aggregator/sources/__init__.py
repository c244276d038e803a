"""Feed documents understood: bytes in, ``types.Parsed`` out.

A kind is a module with ``Options`` and ``parse(response, options) -> Parsed``:
``feed`` (RSS, RDF, Atom and, where the bytes say so, JSON Feed) and ``jsonfeed``.
"""

from __future__ import annotations

from collections.abc import Mapping

from aggregator import kinds
from aggregator.types import Parsed, Response

__all__ = ["parse"]


def parse(kind: str, response: Response, options: Mapping[str, object]) -> Parsed:
    """What a document says, read by the module of its kind.

    Raises ParseError where the bytes are no feed; the message says what they look like.
    Raises LookupError for an unknown kind and ValueError for options that the kind doesn't know.
    """
    module = kinds.load("sources", kind)
    parsed: Parsed = module.parse(response, module.Options.model_validate(dict(options)))
    return parsed
