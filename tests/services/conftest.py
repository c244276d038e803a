"""The real servers: each is started once for a session, empty and on a free port, and stopped at its end.

They lie in the user's cache, so that only the first session ever has to install and make them. Sessions that run at
the same time use folders of their own. A test that asks for a server carries the mark ``service``; it is skipped,
with the reason, where that server can't be had.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from tools.services import Server, ghost, installing, mastodon, micropub, processes, wordpress

Site = TypeVar("Site")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A fixture may take minutes to install its server: the limit is for the tests alone."""
    for item in items:
        if item.get_closest_marker("service") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(120, func_only=True))


@pytest.fixture(scope="session")
def servers() -> Iterator[Path]:
    """A folder for servers that no other session uses meanwhile."""
    with ExitStack() as held:
        for number in itertools.count(1):
            folder = installing.cache() / f"tests-{number}"
            try:
                held.enter_context(processes.locked(folder, wait=False))
            except BlockingIOError:
                continue
            yield folder
            return


@contextmanager
def lent(server: Server[Site]) -> Iterator[Site]:
    """The server, empty, for as long as it is needed."""
    try:
        try:
            site = server.up()
        except installing.UnavailableError as error:
            pytest.skip(str(error))
        server.reset()
        yield site
    finally:
        server.down()


@pytest.fixture(scope="session", name="wordpress")
def _wordpress(servers: Path) -> Iterator[wordpress.Site]:
    """A real WordPress. Its clock is not on UTC."""
    with lent(wordpress.WordPress(servers / "wordpress")) as site:
        yield site


@pytest.fixture(scope="session", name="ghost", params=list(ghost.VERSIONS))
def _ghost(servers: Path, request: pytest.FixtureRequest) -> Iterator[ghost.Site]:
    """A real Ghost, each version that we support in turn: with CI_GHOST=1 all of them, with CI_GHOST=5 that one."""
    if os.environ.get("CI_GHOST", "") not in ("1", request.param):
        pytest.skip("takes minutes to install; CI_GHOST=1 asks for it")
    with lent(ghost.Ghost(servers / f"ghost{request.param}", request.param)) as site:
        yield site


@pytest.fixture(scope="session", name="micropub")
def _micropub(servers: Path) -> Iterator[micropub.Site]:
    """A Micropub server with a small blog."""
    with lent(micropub.Micropub(servers / "micropub")) as site:
        yield site


@pytest.fixture(scope="session", name="mastodon")
def _mastodon(servers: Path) -> Iterator[mastodon.Site]:
    """An imitation of Mastodon's API."""
    with lent(mastodon.Mastodon(servers / "mastodon")) as site:
        yield site
