"""The embedded blog as a target."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from conformance import TargetConformance, key_of

from aggregator.targets import Target
from aggregator.targets.site import Options, SiteTarget, build
from aggregator.types import Site

SITE = Site(title="The Night Desk", base_url="https://news.example", description="News of others")


def make_blog(folder: Path, **options: object) -> SiteTarget:
    return build("blog", Options.model_validate(options), site=SITE, folder=folder, http=None)


def articles(public: Path) -> dict[str, str]:
    """The article pages of a blog by their path; withdrawn ones are left out."""
    pages = (page for page in public.glob("[0-9]*/[0-9]*/*/index.html") if "page" not in page.parts)
    return {
        str(page.parent.relative_to(public)): page.read_text() for page in pages if not (page.parent / ".gone").exists()
    }


class TestSite(TargetConformance):
    async def build(self, folder: Path) -> Target:
        self.public = folder / "public"
        return make_blog(folder)

    def held(self) -> Mapping[str, str]:
        """Pages by the keys that are on the front page too."""
        keys = {key_of(number)[:8]: key_of(number) for number in range(1, 10)}
        by_tail = {f"{int(short, 16) % 10**8:08d}": key for short, key in keys.items()}
        return {by_tail[path[-8:]]: text for path, text in articles(self.public).items()}
