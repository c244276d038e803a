"""The text of an article as trafilatura finds it; the only module that knows that library."""

from __future__ import annotations

import lxml.html
import trafilatura
from pydantic import BaseModel, ConfigDict


class Options(BaseModel):
    """What may be set: nothing yet."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def text(root: lxml.html.HtmlElement, url: str | None) -> str:
    """The article's text, a line per block; empty where none is found. The tree is left as it was."""
    found = trafilatura.bare_extraction(root, url=url, include_comments=False, include_tables=True)
    return "" if found is None or isinstance(found, dict) else found.text or ""
