"""Be a real SMTP server on loopback: keep what it accepts, byte for byte, and fail when told to.

It owns the mails and the planned faults. The conversation itself is aiosmtpd's (RFC 5321); this module refuses to know
what a digest is.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from monitor.demo.loopback import HOST


@dataclass(frozen=True, slots=True)
class Mail:
    """A message that was accepted after the final dot."""

    sender: str
    """The envelope's, as are the recipients."""
    recipients: tuple[str, ...]
    content: bytes
    """As it went over the wire, dots unstuffed, lines ended by CR LF."""
    at: datetime
    reply_lost: bool = False
    """The sender was never told."""


@dataclass(frozen=True, slots=True)
class _Fault:
    code: int = 0
    """0: no reply, the connection is cut."""
    text: str = ""
    keeps: bool = False


class Mailbox:
    """Keep an SMTP server open for the length of a `with` block; it runs in a thread and loop of its own.

    Args:
        user: With `password`: AUTH is offered and required.
        password: See `user`.
        now: Gives the wall clock's time of an acceptance.
        port: 0 for any free one.
        takes: Gives the seconds that the next reply takes, as a server far away needs them.
    """

    def __init__(
        self,
        *,
        user: str | None = None,
        password: str | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        port: int = 0,
        takes: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self.mails: list[Mail] = []
        self.transactions = 0
        """MAIL commands seen, of any outcome."""
        self.host = HOST
        self._wanted_port = port
        self._port = 0
        self._login = None if user is None or password is None else (user.encode(), password.encode())
        self._now, self._takes = now, takes
        self._refused: dict[str, _Fault] = {}
        self._after_dot: deque[_Fault] = deque()
        self._at_mail: deque[_Fault] = deque()
        self._holds = False
        self._sessions: set[SMTP] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """Return the port that is served; 0 while closed."""
        return self._port

    # --- faults -------------------------------------------------------------------------------------------------------

    def refuse(self, recipient: str, *, code: int = 550, text: str = "no such mailbox here") -> None:
        """Refuse a recipient at RCPT, until `forgive`; 4xx for now, 5xx for good (RFC 5321 section 4.2.1)."""
        self._refused[recipient.lower()] = _Fault(code, text)

    def forgive(self, recipient: str) -> None:
        """Take a recipient again."""
        self._refused.pop(recipient.lower(), None)

    def refuse_mail(self, *, code: int = 451, text: str = "try again later", times: int = 1) -> None:
        """Refuse the next transactions at MAIL."""
        self._at_mail.extend([_Fault(code, text)] * times)

    def refuse_content(self, *, code: int = 554, text: str = "content refused", times: int = 1) -> None:
        """Refuse the next messages after their final dot, with a reply."""
        self._after_dot.extend([_Fault(code, text)] * times)

    def drop_after_dot(self, times: int = 1, *, keep: bool = True) -> None:
        """Cut the connection after the final dot of the next messages, without a reply.

        Args:
            times: How many messages.
            keep: Whether the message was accepted all the same, which its sender cannot know.
        """
        self._after_dot.extend([_Fault(keeps=keep)] * times)

    def hold_after_dot(self) -> None:
        """Accept messages and keep their replies back, until `go_on`."""
        self._holds = True

    def go_on(self) -> None:
        """Give the replies that were kept back, and all others at once."""
        self._holds = False

    # --- life ---------------------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, args=(self._loop, ready), name="mailbox", daemon=True)
        self._thread.start()
        ready.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop = self._thread = None
        self._port = 0

    def _run(self, loop: asyncio.AbstractEventLoop, ready: threading.Event) -> None:
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(loop.create_server(self._session, HOST, self._wanted_port))
        self._port = int(server.sockets[0].getsockname()[1])
        ready.set()
        try:
            loop.run_forever()
        finally:
            server.close()
            loop.run_until_complete(self._end_sessions())
            loop.run_until_complete(loop.shutdown_asyncgens())
            asyncio.set_event_loop(None)
            loop.close()

    def _session(self) -> SMTP:
        session = SMTP(
            _Handler(self),
            hostname="mailbox.example.org",
            enable_SMTPUTF8=True,
            # Loopback, and the password opens nothing else. `auth_required` would warn of that; `handle_MAIL` requires.
            auth_require_tls=self._login is None,
            authenticator=self._authenticate if self._login is not None else None,
        )
        self._sessions.add(session)
        return session

    async def _end_sessions(self) -> None:
        for session in self._sessions:
            _cut(session)
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        # Aborted transports close their sockets in a callback of the next turn.
        await asyncio.sleep(0)

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        right = isinstance(data, LoginPassword) and (data.login, data.password) == self._login
        return AuthResult(success=right, handled=False)


def _cut(session: SMTP) -> None:
    """Close a connection without another byte."""
    if isinstance(session.transport, asyncio.WriteTransport):
        session.transport.abort()


class _Handler:
    """The hooks of aiosmtpd; all run in the mailbox's loop."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_MAIL(  # noqa: N802 - the name that aiosmtpd looks up
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        box = self._mailbox
        box.transactions += 1
        await asyncio.sleep(box._takes())
        if box._login is not None and not session.authenticated:
            return "530 5.7.0 Authentication required"
        if box._at_mail:
            fault = box._at_mail.popleft()
            return f"{fault.code} {fault.text}"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd looks up
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await asyncio.sleep(self._mailbox._takes())
        fault = self._mailbox._refused.get(address.lower())
        if fault is not None:
            return f"{fault.code} {fault.text}"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        box = self._mailbox
        await asyncio.sleep(box._takes())
        fault = box._after_dot.popleft() if box._after_dot else None
        if fault is not None and fault.code:
            return f"{fault.code} {fault.text}"
        if fault is None or fault.keeps:
            mail = Mail(
                sender=envelope.mail_from or "",
                recipients=tuple(envelope.rcpt_tos),
                content=bytes(envelope.original_content or b""),
                at=box._now(),
                reply_lost=fault is not None,
            )
            box.mails.append(mail)
        if fault is not None:
            _cut(server)
            # The session ends here; a reply could not be written any more.
            raise asyncio.CancelledError
        receipt = f"250 2.0.0 OK queued as {len(box.mails)}"
        await asyncio.sleep(box._takes())
        while box._holds:
            await asyncio.sleep(0.01)
        return receipt
