"""The processes of the real servers: found again, told from strangers, and ended with all their children."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.services import installing, processes

SERVER = "import http.server, sys; http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), http.server.BaseHTTPRequestHandler).serve_forever()"
#: A server whose worker would outlive it.
PARENT = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {SERVER!r}, sys.argv[1]]).wait()"


@pytest.fixture
def process(tmp_path: Path) -> Iterator[processes.Process]:
    process = processes.Process(tmp_path, "web")
    yield process
    process.stop()


def up(process: processes.Process, port: int) -> None:
    process.start([sys.executable, "-c", PARENT, str(port)], port=port)
    process.wait_until(lambda: processes.status(f"http://127.0.0.1:{port}/") is not None, limit=20)


def test_a_process_is_found_again_and_ended_with_its_children(process: processes.Process, tmp_path: Path) -> None:
    port = processes.free_port()
    up(process, port)
    again = processes.Process(tmp_path, "web")
    known = again.running()
    assert known is not None
    assert known.port == port
    again.stop()
    assert process.running() is None
    assert processes.status(f"http://127.0.0.1:{port}/") is None


def test_a_port_that_is_taken_is_told(process: processes.Process, tmp_path: Path) -> None:
    port = processes.free_port()
    up(process, port)
    with pytest.raises(installing.UnavailableError, match=f"port {port} is in use"):
        processes.Process(tmp_path, "other").start(["true"], port=port)


def test_a_process_that_ends_at_once_tells_its_last_words(process: processes.Process) -> None:
    process.start([sys.executable, "-c", "import sys; sys.exit('no such module')"])
    with pytest.raises(installing.UnavailableError, match="no such module"):
        process.wait_until(lambda: False, limit=20)


@pytest.mark.parametrize("known", [{"pid": os.getpid(), "started": "1", "port": 0}, 17, "", None])
def test_a_stranger_is_not_taken_for_ours(tmp_path: Path, known: object) -> None:
    (tmp_path / "web.pid").write_text(json.dumps(known))
    process = processes.Process(tmp_path, "web")
    assert process.running() is None
    process.stop()


def test_a_folder_that_is_held_is_not_waited_for(tmp_path: Path) -> None:
    with processes.locked(tmp_path / "a"), pytest.raises(BlockingIOError), processes.locked(tmp_path / "a", wait=False):
        pass
    with processes.locked(tmp_path / "a", wait=False):
        pass
