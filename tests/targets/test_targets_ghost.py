"""Ghost as a target: what every target must do, against a Ghost in memory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import httpx
from conformance import HttpTargetConformance
from fake_ghost import KEY, URL, FakeGhost

from aggregator.targets.ghost import GhostTarget, Options, build
from aggregator.types import Site

SITE = Site(title="The Night Desk", base_url="https://news.example")


class TestGhost(HttpTargetConformance):
    secrets: ClassVar[tuple[str, ...]] = (KEY, KEY.partition(":")[2])

    def blog(self) -> httpx.AsyncBaseTransport:
        self.ghost = FakeGhost()
        return self.ghost

    async def build(self, folder: Path) -> GhostTarget:
        options = Options.model_validate({"url": URL, "key": KEY})
        return build("ghost", options, site=SITE, folder=folder, http=self.connect)

    def held(self) -> Mapping[str, str]:
        return self.ghost.public()
