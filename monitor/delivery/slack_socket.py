"""A WebSocket to Slack's Socket Mode that is kept: opened, pinged, replaced in time, opened anew after a break.

Each connection is slack-sdk's own `Connection`, read by a thread of its own. slack-sdk's client reads the next one only
when it has done waiting for the last, which takes up to 3 s: measured, and longer than an envelope may wait. Here the
old one is read until Slack closes it, as https://docs.slack.dev/apis/events-api/using-socket-mode advises. Refuses to
know what is in a message, but for the announcement that a connection will be closed.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode.builtin.connection import Connection, ConnectionState

from monitor.delivery.slack import QUIET
from monitor.telemetry import logger

if TYPE_CHECKING:
    import ssl

LOOK_EVERY_SECONDS = 0.5
PING_EVERY_SECONDS = 5.0
"""slack-sdk's own; four of them without an answer and the connection is stale."""
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 2.0, 120.0
"""Between attempts to connect, doubled each time; Slack allows few a minute (apps.connections.open is Tier 1)."""
_BUFFER_BYTES = 16_384


class Line:
    """One WebSocket, open or over."""

    def __init__(self, url: str, hear: Callable[[Line, str], None]) -> None:
        self._state = ConnectionState()  # type: ignore[no-untyped-call] # slack-sdk gives it no types
        self._pinged_at = time.monotonic()
        self._connection = Connection(
            url=url,
            logger=QUIET,
            ping_interval=PING_EVERY_SECONDS,
            receive_buffer_size=_BUFFER_BYTES,
            on_message_listener=lambda text: hear(self, text),
            on_error_listener=lambda _error: None,
        )
        self._connection.connect()  # what fails here shows as a line that is not open
        if self._connection.sock is not None:
            self._connection.sock = cast("ssl.SSLSocket", _EndingSocket(self._connection.sock))

    @property
    def is_open(self) -> bool:
        """Say whether anything can come by this line."""
        return self._connection.is_active() and not self._state.terminated

    def read(self) -> None:
        """Hand on what comes until the line is over; ends in the thread that calls it."""
        self._connection.run_until_completion(self._state)
        self._connection.close()

    def keep(self) -> None:
        """Ping where it is time, which ends a line that is stale."""
        if time.monotonic() - self._pinged_at >= PING_EVERY_SECONDS:
            self._pinged_at = time.monotonic()
            self._connection.check_state()

    def send(self, text: str) -> None:
        """Send a message.

        Raises:
            SlackClientNotConnectedError: the line is over.
        """
        self._connection.send(text)

    def end(self) -> None:
        """End the line; whoever reads it stops at once."""
        self._state.terminated = True
        if (sock := self._connection.sock) is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


class SlackSocket:
    """Keeps a line from `start` to `close`, in threads of its own that hold up no process from ending.

    Args:
        address: Asks Slack for the address of a new line; whatever it raises is a reason to try later.
        hear: Called with each message, in the thread that reads its line; must return at once.
        told: Writes an exception so that it may be shown.
        monotonic: Seconds that never go back.
    """

    def __init__(
        self,
        address: Callable[[], str],
        hear: Callable[[Line, Mapping[str, Any]], None],
        *,
        told: Callable[[Exception], str] = str,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._address, self._hear, self._told, self._monotonic = address, hear, told, monotonic
        self._log = logger()
        self._stop, self._wake = threading.Event(), threading.Event()
        self._threads: list[threading.Thread] = []
        self._lines: list[Line] = []
        """The newest last; before it those that Slack has announced to close."""
        self._is_stale = False
        self.down_since: float | None = None
        """On the monotonic clock; None while a line is open, and before `start`."""
        self.why_down = ""

    def start(self) -> None:
        """Begin to keep a line; returns at once."""
        self.down_since, self.why_down = self._monotonic(), "not connected yet"
        self._run(self._keep, "slack-socket")

    def close(self) -> None:
        """End all lines; waits a moment for their threads."""
        self._stop.set()
        self._wake.set()
        for line in list(self._lines):
            line.end()
        for thread in self._threads:
            thread.join(1.0)
        self.down_since = None

    def _keep(self) -> None:
        failures = 0
        while not self._stop.is_set():
            self._wake.clear()
            self._lines = [line for line in self._lines if line.is_open]
            for line in self._lines:
                line.keep()
            wait = LOOK_EVERY_SECONDS
            if self._is_stale or not self._lines:
                problem = self._open()
                failures = failures + 1 if problem else 0
                if problem:
                    wait = min(FIRST_WAIT_SECONDS * (1 << min(failures - 1, 16)), LONGEST_WAIT_SECONDS)
                    self._log.warning("slack.buttons.down", detail=problem, again_in_seconds=wait)
            self._wake.wait(wait)

    def _open(self) -> str:
        """Open a line beside those that are open; return what stands against it, "" for nothing."""
        line, problem = None, "Slack's WebSocket did not open"
        try:
            line = Line(self._address(), self._heard)
        except (SlackApiError, SlackClientError, OSError, ValueError, KeyError) as error:
            problem = self._told(error)
        if line is None or not line.is_open:
            if not self._lines:
                self.down_since = self._monotonic() if self.down_since is None else self.down_since
                self.why_down = problem
            return problem
        self._is_stale = False
        self._lines.append(line)
        self._run(line.read, "slack-line")
        self.down_since, self.why_down = None, ""
        self._log.info("slack.buttons.connected", lines=len(self._lines))
        if self._stop.is_set():
            line.end()
        return ""

    def _run(self, work: Callable[[], None], name: str) -> None:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=work, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _heard(self, line: Line, text: str) -> None:
        """Read a message; what is raised here would cost the messages that came with it."""
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):
            message = None
        if not isinstance(message, dict):
            self._log.warning("slack.buttons.unreadable", characters=len(text))
        elif message.get("type") == "disconnect":
            if line in self._lines[-1:]:  # announced twice, it has its successor by then
                self._is_stale = True
                self._wake.set()
        elif message.get("type") != "hello":
            self._hear(line, message)


class _EndingSocket:
    """A socket whose end is an error: slack-sdk 3.47 asks an ended one for more, without a pause, until pings fail.

    Measured after a cut on loopback: 29 s, 11 s of processor time.
    """

    def __init__(self, sock: Any) -> None:
        self._sock = sock

    def recv(self, size: int) -> bytes:
        received: bytes = self._sock.recv(size)
        if not received:
            raise ConnectionResetError("Slack closed the connection")
        return received

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)
