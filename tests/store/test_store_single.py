from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from store_samples import NOW, URL

from aggregator.store import Store, StoreError, lock
from aggregator.store.single import holder

HOLD = """
import sys, os, time
from pathlib import Path
from aggregator.store import lock
with lock(sys.argv[1], base=Path(sys.argv[2])):
    if len(sys.argv) > 3 and os.fork() == 0:
        print(os.getppid(), os.getpid(), flush=True)
        time.sleep(60)
    elif len(sys.argv) == 3:
        print(os.getpid(), 0, flush=True)
    sys.stdin.readline()
"""


@contextmanager
def other_daemon(base: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], int, int]]:
    command = [sys.executable, "-c", HOLD, URL, str(base), *more]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        pid, child = map(int, process.stdout.readline().split())
        try:
            yield process, pid, child
        finally:
            process.kill()
            if child:
                os.kill(child, signal.SIGKILL)


def test_a_second_daemon_is_told_who_holds_the_store(tmp_path: Path) -> None:
    with (
        other_daemon(tmp_path) as (_, pid, _),
        pytest.raises(StoreError, match=f"process {pid}") as caught,
        lock(URL, base=tmp_path),
    ):
        pass
    assert not caught.value.transient


def test_the_lock_ends_with_its_block(tmp_path: Path) -> None:
    for _ in range(2):
        with lock(URL, base=tmp_path):
            assert holder(tmp_path / "data" / "wire.db") == str(os.getpid())
    assert holder(tmp_path / "data" / "wire.db") is None


def test_the_lock_ends_with_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), lock(URL, base=tmp_path):
        _ = 1 / 0
    with lock(URL, base=tmp_path):
        pass


def test_the_lock_ends_with_a_killed_daemon_though_its_child_lives_on(tmp_path: Path) -> None:
    with other_daemon(tmp_path, "fork") as (process, _, child):
        process.kill()
        process.wait()
        os.kill(child, 0)
        with lock(URL, base=tmp_path):
            pass


def test_a_store_that_a_daemon_holds_can_be_read_and_written_by_the_cli(tmp_path: Path) -> None:
    with other_daemon(tmp_path), Store.open(URL, base=tmp_path, now=NOW) as store:
        assert store.path.is_file()
