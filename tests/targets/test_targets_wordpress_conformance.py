"""The WordPress target does what every target behind HTTP must do, at a blog that is as forgetful as the real one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import httpx
from conformance import HttpTargetConformance
from fake_wordpress import PASSWORD, URL, USER, FakeWordPress

from aggregator.config import Secret
from aggregator.targets import Target
from aggregator.targets.wordpress import Options, build
from aggregator.types import Site

SITE = Site(title="Wire", base_url="https://wire.example")


class TestWordPressAsAnyTarget(HttpTargetConformance):
    secrets: ClassVar = (PASSWORD, PASSWORD.replace(" ", ""))
    options: ClassVar[Mapping[str, object]] = {}

    def blog(self) -> httpx.AsyncBaseTransport:
        self.fake = FakeWordPress()
        return self.fake

    async def build(self, folder: Path) -> Target:
        options = Options(url=URL, username=USER, password=Secret(PASSWORD), **self.options)
        return build("news", options, site=SITE, folder=folder, http=self.connect)

    def held(self) -> Mapping[str, str]:
        return self.fake.shown()


class TestWordPressWithDraftsOnly(TestWordPressAsAnyTarget):
    options: ClassVar = {"status": "draft"}

    def held(self) -> Mapping[str, str]:
        return {str(number): post["content"] for number, post in self.fake.posts.items() if post["status"] == "draft"}


class TestWordPressWithBlocks(TestWordPressAsAnyTarget):
    options: ClassVar = {"content": "blocks", "date": "now"}
