"""The text of an article as trafilatura finds it; the only module that knows that library."""

from __future__ import annotations

from copy import deepcopy

import lxml.html
import trafilatura
from pydantic import BaseModel, ConfigDict


class Options(BaseModel):
    """What may be set: nothing yet."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def html(root: lxml.html.HtmlElement, url: str | None) -> str:
    """The article's HTML as trafilatura writes it; empty where it finds none. Not safe to publish as it is."""
    found = trafilatura.extract(
        deepcopy(root), url=url, include_comments=False, include_tables=True, include_links=True, include_images=True,
        include_formatting=True, output_format="html",
    )  # fmt: skip
    return found or ""
