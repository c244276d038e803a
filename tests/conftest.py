"""What every test may ask for by name."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from fakes import ScriptedWeb


@pytest.fixture
async def web() -> AsyncIterator[ScriptedWeb]:
    """A scripted web server on loopback."""
    async with ScriptedWeb() as server:
        yield server
