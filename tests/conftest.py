"""What every test may ask for by name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import structlog
from fakes import ScriptedWeb


@pytest.fixture
async def web() -> AsyncIterator[ScriptedWeb]:
    """A scripted web server on loopback."""
    async with ScriptedWeb() as server:
        yield server


@pytest.fixture(autouse=True)
def _log_as_built_in() -> Iterator[None]:
    """Undoes what a verb has set up: its stream ends with its test."""
    yield
    structlog.reset_defaults()
