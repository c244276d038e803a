"""The web server inside the daemon's own event loop; signals stay with the daemon."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp

from aggregator.errors import ConfigError, Problem

CONNECTIONS = 500  #: at a time; who comes on top is answered 503


@asynccontextmanager
async def serve(app: ASGIApp, host: str, port: int, *, setting: str = "daemon.listen") -> AsyncIterator[int]:
    """Serves the application while the block runs; gives the port. Port 0: one that is free.

    Raises ConfigError where the address can't be had, naming ``setting`` as what to change.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        problem = Problem(setting, f"{host}:{port} can't be listened on: {error.strerror}", hint="name another")
        raise ConfigError("configuration", (problem,)) from error
    with listener:
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            proxy_headers=False,  # nothing here depends on who asks
            limit_concurrency=CONNECTIONS,
            timeout_graceful_shutdown=1,
        )
        server = _Server(config)
        running = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await server.ready.wait()
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            await running


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers, which says when it is ready."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
