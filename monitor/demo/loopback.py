"""Own a threaded HTTP server on this machine's loopback: requests in, replies out, nothing left open at the end.

The stand-ins (`site`, `slack_standin`) are functions from a request to a reply; this module knows sockets and threads
and refuses to know what is served.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; header names in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What to answer. With `hang_up` the connection is closed without a byte, as when a reply is lost."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    hang_up: bool = False
    claimed_length: int | None = None
    """A Content-Length other than the body's: the client sees a cut answer."""


Answer = Callable[[Request], Reply]


class LoopbackServer:
    """Serve `answer` on 127.0.0.1 while the context is open; a free port is taken unless one is given.

    `answer` is called from many threads at once and must take care of its own state. What it raises is answered with
    500 and raised again when the context is left, so that a fault of a stand-in does not pass for one of the monitor.
    """

    def __init__(self, answer: Answer, *, port: int = 0) -> None:
        self._answer = answer
        self._wanted_port = port
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def host_and_port(self) -> str:
        """Return "127.0.0.1:PORT", as an allow-list of the address guard writes it."""
        return f"{HOST}:{self.port}"

    @property
    def port(self) -> int:
        """Return the port that is served.

        Raises:
            RuntimeError: The server is not open.
        """
        if self._server is None:
            raise RuntimeError("the server is not open")
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        self._server = _Server((HOST, self._wanted_port), self._answer)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="loopback", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.hang_up_all()
            self._server.server_close()
        faults = self._server.faults if self._server is not None else []
        self._server = self._thread = None
        if faults and error is None:
            raise faults[0]


class _Server(ThreadingHTTPServer):
    # Keep-alive connections stay in `readline` until the client leaves; closing them here lets their threads be
    # joined (`block_on_close`), so that no thread or socket outlives the context.
    daemon_threads = False
    block_on_close = True

    def __init__(self, address: tuple[str, int], answer: Answer) -> None:
        self.answer = answer
        self.faults: list[Exception] = []
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(address, _Handler)

    def opened(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)

    def hang_up_all(self) -> None:
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that leave in the middle; they are part of the play."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    connection: socket.socket

    def setup(self) -> None:
        super().setup()
        # Headers and body go out in two writes; without this, Nagle and delayed acknowledgement add 40 ms to each.
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.server.opened(self.connection)

    def finish(self) -> None:
        self.server.closed(self.connection)
        with contextlib.suppress(OSError):
            super().finish()

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(
            method=self.command,
            path=parts.path,
            query=parts.query,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length) if length else b"",
        )
        try:
            reply = self.server.answer(request)
        except Exception as fault:
            self.server.faults.append(fault)
            reply = Reply(status=500, body=repr(fault).encode())
        if reply.hang_up:
            self.close_connection = True
            return
        self.send_response_only(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 304:
            length = len(reply.body) if reply.claimed_length is None else reply.claimed_length
            self.send_header("Content-Length", str(length))
        if reply.claimed_length is not None:
            self.close_connection = True
            self.send_header("Connection", "close")
        self.end_headers()
        if reply.status != 304 and self.command != "HEAD":
            self.wfile.write(reply.body)

    do_GET = do_POST = do_HEAD = _serve  # noqa: N815 - the names that http.server looks up

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature of http.server
        """Keep quiet: whoever plays the day reports what was served."""
