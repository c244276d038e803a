"""The programs of a site, its build and git: one after the other, from a thread, and to be stopped from another."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from aggregator.errors import TryLaterError
from aggregator.targets.shared import programs
from aggregator.targets.shared.programs import Ended
from aggregator.targets.shared.quoting import masked

MAX_TOLD = 1_500  #: characters of what a program says that an error tells


class Programs:
    """Runs one program after the other; ``stop`` ends the one that is running."""

    def __init__(self, target: str, secrets: Sequence[str] = ()) -> None:
        self._target = target
        self._secrets = secrets
        self._lock = threading.Lock()
        self._running: tuple[asyncio.AbstractEventLoop, asyncio.Task[Ended]] | None = None
        self._stopped = False

    def run(
        self,
        argv: Sequence[str],
        *,
        folder: Path,
        environment: Mapping[str, str],
        timeout: timedelta,
        given: bytes = b"",
    ) -> Ended:
        """Runs a program to its end. Raises a PublishError where it can't be started, TryLaterError when stopped."""

        async def run() -> Ended:
            task = asyncio.ensure_future(
                programs.run(
                    self._target,
                    argv,
                    folder=folder,
                    environment=environment,
                    seconds=timeout.total_seconds(),
                    given=given,
                )
            )
            with self._lock:
                if self._stopped:
                    task.cancel()
                self._running = asyncio.get_running_loop(), task
            try:
                return await task
            except asyncio.CancelledError as error:
                raise TryLaterError(self._target, f"stopped while {argv[0]} was running") from error
            finally:
                with self._lock:
                    self._running = None

        return asyncio.run(run())

    def stop(self) -> None:
        """Ends what is running, and starts nothing any more."""
        with self._lock:
            self._stopped = True
            if self._running is not None:
                loop, task = self._running
                loop.call_soon_threadsafe(task.cancel)

    def told(self, ended: Ended) -> str:
        """How a program ended and the end of what it said, without secrets; its standard error comes last."""
        said = masked(f"{ended.output.strip()}\n{ended.errors.strip()}".strip(), self._secrets)
        return f"{ended.how}: {said[-MAX_TOLD:]}" if said else ended.how
