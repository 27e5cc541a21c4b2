"""The pages on a port of this machine, inside the daemon's own event loop. uvicorn has its home here.

Signals stay the daemon's: uvicorn would take SIGTERM for itself and end before what is under way is settled. A reverse
proxy stands in front for TLS; nothing that a client says of itself (X-Forwarded-…) is believed. Limits hold for the
process's other work: so many connections, so long each.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from monitor.errors import ConfigurationError
from monitor.pipeline.core import Core
from monitor.web.links import Links
from monitor.web.site import site

CONNECTIONS = 100
LIFE = timedelta(seconds=30)
"""How long a connection may last, whatever it sends or does not send: a page takes milliseconds."""
_HEAD_LIMIT = 8_000
"""Bytes of a request's line and headers."""
_GRACE_SECONDS = 1


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Capture none."""
        yield


class _ShortLived(H11Protocol):
    """uvicorn bounds only the wait between two requests, and counts connections only when one asks something."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in the base class
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS:
            transport.abort()
            return
        self.loop.call_later(LIFE.total_seconds(), transport.close)


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Take a port for the length of a block, before anything else is begun.

    Raises:
        ConfigurationError: the port is taken, or the address is none of this machine.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        taken = socket.create_server(address[:2], family=family, backlog=CONNECTIONS)
    except OSError as error:
        raise ConfigurationError(
            f"pages cannot be served on {host}:{port} ({error.strerror}): set MONITOR_WEB__PORT to a free port,"
            " and MONITOR_WEB__HOST to an address of this machine"
        ) from error
    with taken:
        yield taken


@asynccontextmanager
async def serving(core: Core, links: Links, listener: socket.socket) -> AsyncIterator[None]:
    """Serve the pages for the length of a block; a fault of the server ends the pages and nothing else."""
    config = uvicorn.Config(
        site(core, links),
        http=_ShortLived,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        h11_max_incomplete_event_size=_HEAD_LIMIT,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    server = _Server(config)
    await core.all_clear("web.failed")
    task = asyncio.create_task(_serve(server, core, listener))
    try:
        yield
    finally:
        server.should_exit = True
        await task


async def _serve(server: _Server, core: Core, listener: socket.socket) -> None:
    core.log.info("web.started", at="{}:{}".format(*listener.getsockname()[:2]))
    try:
        await server.serve(sockets=[listener])
    except Exception as error:
        core.say_failed("web.failed", error)
        await core.tell("web.failed", "server", f"{type(error).__name__}: {error}")
