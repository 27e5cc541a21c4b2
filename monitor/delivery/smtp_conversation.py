"""One SMTP conversation: its connection, how long each phase of it is waited for, and its replies, whole or none.

smtplib has one timeout for everything, takes half a reply for a reply, and reads one that never ends; here it does not.
Refuses to know which command follows which, and what a reply means for a message.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

_LONGEST_REPLY_LINE = 8192
"""RFC 5321 section 4.5.3.1.5 allows 512; servers with long tracebacks in their refusals are forgiven."""
_MOST_REPLY_LINES = 200


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long each phase is waited for; RFC 5321 section 4.5.3.2, save those marked as ours."""

    connect: timedelta = timedelta(seconds=30)
    """Ours: until the connection stands, TLS included."""
    greeting: timedelta = timedelta(minutes=5)
    command: timedelta = timedelta(minutes=5)
    data: timedelta = timedelta(minutes=2)
    """For the reply to DATA."""
    block: timedelta = timedelta(minutes=3)
    """For each block of the message."""
    final: timedelta = timedelta(minutes=10)
    """For the reply to the final dot: a server may scan the message first, and hanging up early makes it send twice."""
    farewell: timedelta = timedelta(seconds=5)
    """Ours: for the reply to QUIT, which changes nothing."""
    whole: timedelta = timedelta(minutes=30)
    """Ours: for the whole conversation, so that a server that says a byte a minute does not keep a sender for ever."""


@dataclass(slots=True)
class Progress:
    """How far a conversation came."""

    phase: str = "connecting"
    is_final_dot_sent: bool = False
    is_late: bool = False


class Deadline:
    """Cuts the connection when the whole takes too long: a socket's own timeout begins anew with every byte."""

    def __init__(self, after: timedelta, progress: Progress) -> None:
        self._timer = threading.Timer(after.total_seconds(), self._cut)
        self._timer.daemon = True
        self._progress = progress
        self._line: socket.socket | None = None

    def watch(self, line: socket.socket) -> None:
        """Name the connection; a copy of it, for TLS gives the original another owner."""
        self._line = line.dup()

    def _cut(self) -> None:
        self._progress.is_late = True
        if self._line is not None:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Deadline:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()
        if self._line is not None:
            self._line.close()


class Conversation(smtplib.SMTP):
    """smtplib's conversation, with a timeout for each phase in place of one for all."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        name: str,
        timeouts: Timeouts,
        deadline: Deadline,
        implicit_tls: ssl.SSLContext | None,
    ) -> None:
        self._our_timeouts, self._our_deadline, self._implicit_tls = timeouts, deadline, implicit_tls
        super().__init__(host, port, local_hostname=name, timeout=timeouts.connect.total_seconds())

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        """Connect; smtplib calls this so that TLS can come first, and reads the greeting afterwards."""
        line = socket.create_connection((host, port), timeout)
        try:
            self._our_deadline.watch(line)
            if self._implicit_tls is not None:
                line = self._implicit_tls.wrap_socket(line, server_hostname=host)
            line.settimeout(self._our_timeouts.greeting.total_seconds())
        except BaseException:
            line.close()
            raise
        return line

    def getreply(self) -> tuple[int, bytes]:
        """Read one reply, of whole lines and not too many; -1 for what is none.

        smtplib takes a line that was cut for a reply, so that half of "250-…" could pass for an acceptance.
        """
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        if self.file is None:
            self.file = self.sock.makefile("rb")
        words: list[bytes] = []
        for _ in range(_MOST_REPLY_LINES):
            try:
                line = self.file.readline(_LONGEST_REPLY_LINE)
            except OSError as error:
                self.close()
                raise smtplib.SMTPServerDisconnected(plain_words(error)) from error
            if not line.endswith(b"\n"):
                self.close()
                raise smtplib.SMTPServerDisconnected("the server hung up" if not line else "a reply was cut")
            words.append(line[4:].strip())
            if not (line[:3].isdigit() and line[3:4] in b" -\r\n"):
                return -1, line.strip()
            if line[3:4] != b"-":
                return int(line[:3]), b"\n".join(words)
        self.close()
        raise smtplib.SMTPServerDisconnected("a reply did not end")

    def patience(self, wait: timedelta) -> None:
        """Set how long the next replies are waited for."""
        if self.sock is not None:
            self.sock.settimeout(wait.total_seconds())


def reply_text(code: int, text: bytes | str) -> str:
    """Write a reply as its code and its words."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {words}".strip()


def plain_words(error: Exception) -> str:
    """Say in plain words what happened to a connection."""
    match error:
        case smtplib.SMTPResponseException():
            return reply_text(error.smtp_code, error.smtp_error)
        case TimeoutError():
            return "no answer in time"
        case ConnectionRefusedError():
            return "nothing listens there"
        case socket.gaierror():
            return f"the name does not resolve ({error.strerror})"
        case _:
            return re.sub(r"^\[[^]]*\]\s*", "", str(error)) or type(error).__name__
