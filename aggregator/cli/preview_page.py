"""The page of ``wirecopy preview``: each post as its target shows it, with the reason of each step beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

if TYPE_CHECKING:
    from aggregator.daemon import Preview

#: No script, nothing that is sent, and from elsewhere only pictures and sound. Frames are shown without their players.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src https: http: data:",
        "media-src https: http:",
        "form-action 'none'",
        "base-uri 'none'",
    )
)


def page(preview: Preview, shown: Sequence[str], target: str) -> str:
    """The page, whole in itself; ``shown`` has the HTML of each entry's post, empty where there is none."""
    environment = Environment(
        loader=PackageLoader("aggregator.cli", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("preview.html").render(
        feed=preview.feed.name,
        target=target,
        policy=POLICY,
        entries=[(taken, html) for taken, html in zip(preview.taken, shown, strict=True)],
    )
