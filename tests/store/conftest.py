"""A store of its own for each test: the real thing, on disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from store_samples import NOW, URL, subscribe

from aggregator.store import Store


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that knows the feeds alpha and beta, to be copied."""
    with Store.open(URL, base=tmp_path_factory.mktemp("fresh"), now=NOW) as opened:
        subscribe(opened, "alpha", "beta")
    return opened.path


@pytest.fixture
def store(fresh: Path, tmp_path: Path) -> Iterator[Store]:
    """An open store that knows the feeds alpha and beta."""
    (tmp_path / "data").mkdir()
    shutil.copy(fresh, tmp_path / "data" / fresh.name)
    with Store.open(URL, base=tmp_path, now=NOW) as opened:
        yield opened
