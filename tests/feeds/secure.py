"""A web server on loopback that speaks TLS: HTTP/2 where the client offers it, and certificates as wrong as real ones.

HTTP/2 is spoken by `h2`, which knows no network: what a test wants to go wrong is done between two of its calls.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import RequestReceived, StreamReset
from h2.exceptions import ProtocolError

TLS_FILES = Path(__file__).with_name("tls")


def trusting() -> ssl.SSLContext:
    """Return a client's context that trusts the authority of these tests alone."""
    return ssl.create_default_context(cafile=str(TLS_FILES / "trust.pem"))


@dataclass(frozen=True)
class Answer:
    """What stands at a path."""

    body: bytes = b"<rss/>"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    reset_after: int | None = None
    """The stream is reset when so many bytes of the body were sent."""


@dataclass
class SecureWeb:
    """Answers by path over HTTP/2; what it saw stands in lists."""

    port: int = 0
    answers: dict[str, Answer] = field(default_factory=dict)
    requests: list[dict[str, str]] = field(default_factory=list)
    """Header fields, pseudo-headers among them, one a request."""
    protocols: list[str | None] = field(default_factory=list)
    """What was agreed with each connection."""
    resets: list[int] = field(default_factory=list)
    """Streams that the client gave up."""
    hang_up_after: int | None = None
    """A connection is closed without a word after so many answers."""
    goes_away_after: int | None = None
    """A connection is announced to end (GOAWAY) after so many answers, and ended."""
    reads_and_hangs_up: int = 0
    """So many requests are read and answered by closing their connection."""
    most_streams: int = 0
    hold: asyncio.Event | None = None
    """When set, every answer waits for it."""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/feed") -> str:
        return f"https://{self.host}{path}"

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        try:
            secured: ssl.SSLObject = writer.get_extra_info("ssl_object")
            self.protocols.append(secured.selected_alpn_protocol())
            await _Conversation(self, reader, writer).go_on()
        except (ConnectionError, ProtocolError, ssl.SSLError):
            pass
        finally:
            writer.close()
            self._writers.discard(writer)
            self._tasks.discard(task)


class _Conversation:
    """One connection."""

    def __init__(self, web: SecureWeb, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._web, self._reader, self._writer = web, reader, writer
        self._h2 = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self._waiting: dict[int, tuple[Answer, int]] = {}
        """Streams whose body is not sent yet, and how much of it is."""
        self._answered = 0

    async def go_on(self) -> None:
        self._h2.initiate_connection()
        await self._flush()
        while data := await self._reader.read(65536):
            asked: list[RequestReceived] = []
            for event in self._h2.receive_data(data):
                if isinstance(event, RequestReceived):
                    asked.append(event)
                elif isinstance(event, StreamReset):
                    self._web.resets.append(event.stream_id)
                    self._waiting.pop(event.stream_id, None)
            self._web.most_streams = max(self._web.most_streams, len(self._waiting) + len(asked))
            for request in asked:
                if self._web.reads_and_hangs_up:
                    self._web.reads_and_hangs_up -= 1
                    return
                self._begin(request)
            if self._web.hold is not None:
                await self._flush()
                await self._web.hold.wait()
            for stream in list(self._waiting):
                self._send(stream)
            await self._flush()
            if self._answered and self._web.hang_up_after == self._answered:
                return
            if self._answered and self._web.goes_away_after == self._answered:
                self._h2.close_connection()
                await self._flush()
                return

    def _begin(self, request: RequestReceived) -> None:
        assert request.headers is not None
        assert request.stream_id is not None
        fields = {str(name): str(value) for name, value in request.headers}
        self._web.requests.append(fields)
        answer = self._web.answers.get(fields[":path"], Answer(b"nothing here", 404))
        self._h2.send_headers(request.stream_id, [(":status", str(answer.status)), *answer.headers])
        self._waiting[request.stream_id] = answer, 0

    def _send(self, stream: int) -> None:
        """Send as much of a body as the client lets through."""
        answer, sent = self._waiting[stream]
        body = answer.body if answer.reset_after is None else answer.body[: answer.reset_after]
        while sent < len(body):
            room = min(self._h2.local_flow_control_window(stream), self._h2.max_outbound_frame_size, len(body) - sent)
            if room <= 0:
                self._waiting[stream] = answer, sent
                return
            self._h2.send_data(stream, body[sent : sent + room])
            sent += room
        if answer.reset_after is not None:
            self._h2.reset_stream(stream, ErrorCodes.INTERNAL_ERROR)
        else:
            self._h2.end_stream(stream)
        del self._waiting[stream]
        self._answered += 1

    async def _flush(self) -> None:
        self._writer.write(self._h2.data_to_send())
        await self._writer.drain()


@asynccontextmanager
async def serving_securely(
    answers: Mapping[str, Answer] | None = None, *, certificate: str = "good"
) -> AsyncIterator[SecureWeb]:
    """Serve HTTP/2 on a free port until the block ends, with one of the certificates in `tls`."""
    web = SecureWeb(answers=dict(answers or {}))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(TLS_FILES / f"{certificate}.pem")
    context.set_alpn_protocols(["h2"])
    server = await asyncio.start_server(web.handle, "127.0.0.1", 0, ssl=context)
    web.port = server.sockets[0].getsockname()[1]
    try:
        yield web
    finally:
        if web.hold is not None:
            web.hold.set()
        server.close()
        for writer in list(web._writers):
            writer.close()
        await asyncio.gather(*web._tasks)
        await server.wait_closed()
