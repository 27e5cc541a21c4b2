"""A web server on loopback whose answers are bytes on the wire, so that tests can be as wrong as real servers are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Answer = bytes | Callable[["Request"], bytes]


@dataclass(frozen=True)
class Request:
    """One request as it came in."""

    path: str
    headers: Mapping[str, str]
    """Names in lower case, values decoded as Latin-1."""


@dataclass
class Loopback:
    """Answers by path; an unknown path gets a 404. Every request is kept."""

    port: int = 0
    answers: dict[str, Answer] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    open_now: int = 0
    most_open: int = 0
    hold: asyncio.Event | None = None
    """When set, every answer waits for it."""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/feed") -> str:
        return f"http://{self.host}{path}"

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = dict(line.split(": ", 1) for line in head[1:] if ": " in line)
            request = Request(head[0].split(" ")[1], {name.lower(): value for name, value in headers.items()})
            self.requests.append(request)
            self.open_now += 1
            self.most_open = max(self.most_open, self.open_now)
            if self.hold is not None:
                await self.hold.wait()
            answer = self.answers.get(request.path, response(b"nothing here", status="404 Not Found"))
            writer.write(answer(request) if callable(answer) else answer)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.open_now = max(0, self.open_now - 1)
            writer.close()
            self._tasks.discard(task)


def response(body: bytes = b"", *, status: str = "200 OK", length: int | None = None, **headers: str) -> bytes:
    """Write an HTTP/1.1 answer. `length` lies about the body where it is given; `_` in a header name is a dash."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


@asynccontextmanager
async def serving(answers: Mapping[str, Answer] | None = None) -> AsyncIterator[Loopback]:
    """Serve on a free port until the block ends."""
    loopback = Loopback(answers=dict(answers or {}))
    server = await asyncio.start_server(loopback.handle, "127.0.0.1", 0)
    loopback.port = server.sockets[0].getsockname()[1]
    try:
        yield loopback
    finally:
        if loopback.hold is not None:
            loopback.hold.set()
        server.close()
        await server.wait_closed()
        await asyncio.gather(*loopback._tasks)
