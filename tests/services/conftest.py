"""The real servers: each is started once for a session on a free port, and emptied for each module of tests.

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


@pytest.fixture(autouse=True)
def _notes_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What a target notes for itself, where no test says otherwise."""
    monkeypatch.chdir(tmp_path)


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
def started(server: Server[Site]) -> Iterator[tuple[Server[Site], Site]]:
    """The server and where it is, for as long as it is needed."""
    try:
        try:
            site = server.up()
        except installing.UnavailableError as error:
            pytest.skip(str(error))
        yield server, site
    finally:
        server.down()


def emptied(running: tuple[Server[Site], Site]) -> Site:
    """The server as it is after its installation."""
    server, site = running
    server.reset()
    return site


@pytest.fixture(scope="session")
def wordpress_server(servers: Path) -> Iterator[tuple[Server[wordpress.Site], wordpress.Site]]:
    with started(wordpress.WordPress(servers / "wordpress")) as running:
        yield running


@pytest.fixture(scope="module", name="wordpress")
def _wordpress(wordpress_server: tuple[Server[wordpress.Site], wordpress.Site]) -> wordpress.Site:
    """A real WordPress. Its clock is not on UTC."""
    return emptied(wordpress_server)


@pytest.fixture(scope="session", params=list(ghost.VERSIONS))
def ghost_server(servers: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Server[ghost.Site], ghost.Site]]:
    """Each version that we support in turn: with CI_GHOST=1 all of them, with CI_GHOST=5 that one."""
    if os.environ.get("CI_GHOST", "") not in ("1", request.param):
        pytest.skip("takes minutes to install; CI_GHOST=1 asks for it")
    with started(ghost.Ghost(servers / f"ghost{request.param}", request.param)) as running:
        yield running


@pytest.fixture(scope="module", name="ghost")
def _ghost(ghost_server: tuple[Server[ghost.Site], ghost.Site]) -> ghost.Site:
    """A real Ghost."""
    return emptied(ghost_server)


@pytest.fixture(scope="session")
def micropub_server(servers: Path) -> Iterator[tuple[Server[micropub.Site], micropub.Site]]:
    with started(micropub.Micropub(servers / "micropub")) as running:
        yield running


@pytest.fixture(scope="module", name="micropub")
def _micropub(micropub_server: tuple[Server[micropub.Site], micropub.Site]) -> micropub.Site:
    """A Micropub server with a small blog."""
    return emptied(micropub_server)


@pytest.fixture(scope="session")
def mastodon_server(servers: Path) -> Iterator[tuple[Server[mastodon.Site], mastodon.Site]]:
    with started(mastodon.Mastodon(servers / "mastodon")) as running:
        yield running


@pytest.fixture(scope="module", name="mastodon")
def _mastodon(mastodon_server: tuple[Server[mastodon.Site], mastodon.Site]) -> mastodon.Site:
    """An imitation of Mastodon's API."""
    return emptied(mastodon_server)
