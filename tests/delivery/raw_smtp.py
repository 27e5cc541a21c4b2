"""A mail server that says, at each phase, exactly what a test wrote down for it: a reply, silence, or a cut line."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

CLOSE = "close"
"""Close the connection without a word."""
RESET = "reset"
"""The same by RST, as a server that crashed does."""
SILENT = "silent"
"""Say nothing until the other side gives up."""
TRICKLE = "trickle"
"""Say a reply that never ends, a byte at a time."""

TLS_FILES = Path(__file__).parent / "tls"

OK = {
    "greeting": "220 raw.example ESMTP",
    "EHLO": "250-raw.example\r\n250-SIZE 1000000\r\n250-8BITMIME\r\n250 SMTPUTF8",
    "AUTH": "235 2.7.0 welcome",
    "STARTTLS": "220 go ahead",
    "MAIL": "250 sender ok",
    "RCPT": "250 recipient ok",
    "DATA": "354 end with a dot",
    "dot": "250 2.0.0 queued as 7",
    "QUIT": "221 bye",
}


class RawSmtp:
    """Serve one conversation after the other for the length of a `with` block.

    Args:
        at: What to say at a phase, where it differs from OK. Phases are commands, "greeting", "dot" (the reply to the
            final dot) and "message" (after the first bytes of the message).
        tls: Speak TLS from the first byte.
        address: Where to listen.
    """

    def __init__(self, at: dict[str, str] | None = None, *, tls: bool = False, address: str = "127.0.0.1") -> None:
        self._at = {**OK, **(at or {})}
        self._tls = tls
        self.commands: list[str] = []
        """Every command line that came, of all conversations."""
        self.messages: list[bytes] = []
        """What came between DATA and the final dot, as it was on the wire."""
        self._listener = socket.create_server((address, 0))
        self.host, self.port = "localhost", self._listener.getsockname()[1]
        self._stopping = threading.Event()
        self._lines: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for line in self._lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        for line in self._lines:
            line.close()

    def _serve(self) -> None:
        while not self._stopping.is_set():
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            self._lines.append(line)
            talk = line
            try:
                if self._tls:
                    talk = self._secured(line)
                self._converse(talk)
            except (OSError, _CutError):
                pass
            finally:
                talk.close()
                line.close()

    def _secured(self, line: socket.socket) -> ssl.SSLSocket:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(TLS_FILES / "loopback.pem")
        secured = context.wrap_socket(line, server_side=True)
        self._lines.append(secured)
        return secured

    def _converse(self, line: socket.socket) -> None:
        buffer = b""
        self._say(line, "greeting")
        while True:
            while b"\r\n" not in buffer:
                more = line.recv(65536)
                if not more:
                    return
                buffer += more
            command, _, buffer = buffer.partition(b"\r\n")
            self.commands.append(command.decode("utf-8"))
            verb = command.split(b" ")[0].split(b":")[0].decode().upper()
            self._say(line, verb)
            if verb == "QUIT":
                return
            if verb == "STARTTLS" and self._at["STARTTLS"].startswith("220"):
                line, buffer = self._secured(line), b""
                self._at["EHLO"] = OK["EHLO"]
            if verb == "DATA" and self._at["DATA"].startswith("354"):
                buffer = self._message(line, buffer)

    def _message(self, line: socket.socket, buffer: bytes) -> bytes:
        while b"\r\n.\r\n" not in buffer:
            if buffer and "message" in self._at:
                self._say(line, "message")
            more = line.recv(65536)
            if not more:
                raise _CutError
            buffer += more
        message, _, rest = buffer.partition(b"\r\n.\r\n")
        self.messages.append(message + b"\r\n")
        self._say(line, "dot")
        return rest

    def _say(self, line: socket.socket, phase: str) -> None:
        reply = self._at.get(phase, "502 what is that")
        match reply:
            case "close":
                raise _CutError
            case "reset":
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                raise _CutError
            case "silent":
                while line.recv(65536):
                    pass
                raise _CutError
            case "trickle":
                while not self._stopping.wait(0.02):
                    line.sendall(b"2")
                raise _CutError
            case _:
                line.sendall(reply.encode() + b"\r\n")


class _CutError(Exception):
    """The end of this conversation."""


def trusting() -> ssl.SSLContext:
    """Return a client's context that trusts the certificate of these tests alone."""
    return ssl.create_default_context(cafile=str(TLS_FILES / "trust.pem"))
