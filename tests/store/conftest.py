"""A store of its own for each test: the real thing, on disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from store_samples import NOW, URL, subscribe

from aggregator.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An open store that knows the feeds alpha and beta."""
    with Store.open(URL, base=tmp_path, now=NOW) as opened:
        subscribe(opened, "alpha", "beta")
        yield opened
