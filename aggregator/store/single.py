"""One daemon per store: a lock that ends with the process that holds it, however that ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from aggregator.errors import StoreError
from aggregator.store.location import locate, lock_path


@contextmanager
def lock(url: str, *, base: Path) -> Iterator[None]:
    """Holds the store for this process until the block ends. Raises StoreError naming who holds it already.

    To be taken before the store is opened. It keeps no one from reading, nor from short writes of the CLI.
    """
    path = locate(url, base)
    descriptor = _open(lock_path(path))
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError(
                f"{path} is in use by a running daemon (process {_pid(descriptor)}); stop that one first"
            ) from None
        except OSError as error:
            raise StoreError(f"{path} can't be locked: {error.strerror}; the store must lie on a local disk") from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        held = [descriptor]
        # flock belongs to the open file, which a forked child shares: a child that outlives us must not keep it.
        os.register_at_fork(after_in_child=lambda: _forget(held))
        try:
            yield
        finally:
            held.clear()
    finally:
        os.close(descriptor)


def holder(path: Path) -> str | None:
    """The process number of the daemon that holds the store at ``path``, None if there is none."""
    try:
        descriptor = os.open(lock_path(path), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _pid(descriptor)
    finally:
        os.close(descriptor)
    return None


def is_ours(pid: str) -> bool:
    """Whether this is the number of our own process."""
    return pid == str(os.getpid())


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(
            f"{path} can't be written: {error.strerror}; give this user the right to write there"
        ) from error


def _pid(descriptor: int) -> str:
    return os.pread(descriptor, 20, 0).decode("ascii", "replace").strip() or "unknown"


def _forget(held: list[int]) -> None:
    for descriptor in held:
        with suppress(OSError):
            os.close(descriptor)
    held.clear()
