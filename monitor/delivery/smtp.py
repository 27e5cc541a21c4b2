"""E-mail: one SMTP transaction for each delivery, driven phase by phase (RFC 5321).

What was refused, and when, decides what may follow: everything up to the final dot is known not to be accepted; from
the moment the final dot is on its way until its reply, nobody knows. smtplib's `sendmail` does not tell the two apart,
so its lower-level calls are used, one phase after the other. Refuses to know what a message says.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal

from monitor.delivery.envelope import Envelope, envelope_of, stuffed
from monitor.delivery.secret import Redactor, Secret
from monitor.delivery.smtp_conversation import Conversation, Deadline, Progress, Timeouts, plain_words, reply_text
from monitor.model import (
    Accepted,
    Ambiguous,
    ChannelKind,
    Delivery,
    Hold,
    RefusedForGood,
    RefusedForNow,
    SendOutcome,
)

TlsMode = Literal["none", "starttls", "tls"]

_BLOCK_BYTES = 64 * 1024


class SmtpChannel:
    """ports.Channel by SMTP. Safe to call from several threads: each send has a connection of its own.

    Args:
        host: The server's name, as its certificate has it.
        port: 25, 587 with starttls, 465 with tls.
        user: With `password`: logs in before anything is sent.
        password: See `user`.
        tls: "starttls" and "tls" never fall back to plain text.
        timeouts: See there.
        tls_context: The certificates that are trusted; the system's by default.
        name: How this client names itself in EHLO; this machine's name by default.
    """

    kind: ChannelKind = ChannelKind.EMAIL

    def __init__(
        self,
        *,
        host: str,
        port: int,
        user: str | None = None,
        password: str | Secret | None = None,
        tls: TlsMode | str = "none",
        timeouts: Timeouts | None = None,
        tls_context: ssl.SSLContext | None = None,
        name: str | None = None,
    ) -> None:
        if tls not in ("none", "starttls", "tls"):
            raise ValueError(f"tls is none, starttls or tls, not {tls!r}")
        self._host, self._port, self._tls = host, port, tls
        self._user = user
        self._password = Secret(password) if isinstance(password, str) else password
        self._timeouts = timeouts or Timeouts()
        self._context = tls_context or (None if tls == "none" else ssl.create_default_context())
        # smtplib would look the name up in the DNS for every connection.
        self._name = name or socket.gethostname()
        self._clean = Redactor([self._password] if self._password else [], users=[user] if user else [])

    def __repr__(self) -> str:
        return f"SmtpChannel({self._host}:{self._port}, tls={self._tls})"

    def send(self, delivery: Delivery) -> SendOutcome:
        """Hand one message over to one recipient; see ports.Channel."""
        try:
            envelope = envelope_of(delivery.payload, delivery.recipient)
        except ValueError as error:
            return RefusedForGood(str(error))
        # Until the final dot is on its way, whatever goes wrong left nothing behind.
        progress = Progress()
        try:
            with self._conversation(progress) as server:
                return (
                    self._login(server, progress)
                    or self._offer(server, envelope, progress)
                    or self._hand_over(server, envelope, progress)
                )
        except (smtplib.SMTPException, OSError, ValueError) as error:
            if progress.is_final_dot_sent:
                return Ambiguous(self._clean(f"connection lost after the final dot: {plain_words(error)}"))
            return self._failed_before_acceptance(error, progress)

    # --- the phases, in order -----------------------------------------------------------------------------------------

    @contextmanager
    def _conversation(self, progress: Progress) -> Iterator[Conversation]:
        """Connect, secure and greet; say QUIT at the end where that is still possible."""
        with Deadline(self._timeouts.whole, progress) as deadline:
            server = Conversation(
                self._host,
                self._port,
                name=self._name,
                timeouts=self._timeouts,
                deadline=deadline,
                implicit_tls=self._context if self._tls == "tls" else None,
            )
            try:
                progress.phase = "EHLO"
                server.patience(self._timeouts.command)
                server.ehlo_or_helo_if_needed()
                if self._tls == "starttls":
                    progress.phase = "STARTTLS"
                    server.starttls(context=self._context)
                    server.ehlo()
                yield server
                # What was decided stands, whatever becomes of the farewell.
                with suppress(smtplib.SMTPException, OSError):
                    server.patience(self._timeouts.farewell)
                    server.docmd("QUIT")
            finally:
                server.close()

    def _login(self, server: Conversation, progress: Progress) -> RefusedForNow | None:
        if self._user is None or self._password is None:
            return None
        progress.phase = "AUTH"
        try:
            server.login(self._user, self._password.reveal())
        except smtplib.SMTPServerDisconnected:
            raise
        except smtplib.SMTPAuthenticationError as error:
            return self._held(f"the server refused our login: {reply_text(error.smtp_code, error.smtp_error)}")
        except smtplib.SMTPException as error:
            return self._held(f"a user and password are set, but the server takes no login that we know: {error}")
        except UnicodeEncodeError:
            return self._held("the user or the password has a character that this login cannot carry")
        return None

    def _offer(self, server: Conversation, envelope: Envelope, progress: Progress) -> SendOutcome | None:
        """Run MAIL, RCPT and DATA; return why it ends there, None when the server waits for the message."""
        progress.phase = "MAIL, RCPT and DATA"
        limit = server.esmtp_features.get("size", "")
        if limit.isdigit() and 0 < int(limit) < len(envelope.data):
            return RefusedForGood(f"the message has {len(envelope.data)} bytes, and the server takes {limit} at most")
        options = []
        if "size" in server.esmtp_features:
            options.append(f"SIZE={len(envelope.data)}")
        if envelope.needs_smtputf8:
            if not server.has_extn("smtputf8"):
                return RefusedForGood(f"the server cannot write to {envelope.recipient}: it does not offer SMTPUTF8")
            server.command_encoding = "utf-8"
            options.append("SMTPUTF8")
        if (envelope.needs_8bit or envelope.needs_smtputf8) and server.has_extn("8bitmime"):
            options.append("BODY=8BITMIME")
        code, text = server.docmd("MAIL", " ".join([f"FROM:<{envelope.sender}>", *options]))
        if code // 100 != 2:
            return self._refused("MAIL", code, text)
        code, text = server.docmd("RCPT", f"TO:<{envelope.recipient}>")
        if code // 100 != 2:
            # RFC 5321 section 4.5.3.1.10: 552 to RCPT means "too many for now" with old servers.
            return self._refused("RCPT", 452 if code == 552 else code, text)
        server.patience(self._timeouts.data)
        code, text = server.docmd("DATA")
        return None if code == 354 else self._refused("DATA", code, text)

    def _hand_over(self, server: Conversation, envelope: Envelope, progress: Progress) -> SendOutcome:
        progress.phase = "the message"
        server.patience(self._timeouts.block)
        data = stuffed(envelope.data)
        for start in range(0, len(data), _BLOCK_BYTES):
            server.send(data[start : start + _BLOCK_BYTES])
        progress.is_final_dot_sent = True
        server.send(b".\r\n")
        server.patience(self._timeouts.final)
        code, text = server.getreply()
        match code // 100:
            case 2:
                return Accepted(self._clean(reply_text(code, text)))
            case 4 | 5:
                return self._refused("the message", code, text)
            case _:
                return Ambiguous(self._clean(f"the reply to the final dot was no reply: {reply_text(code, text)}"))

    # --- what a failure means -----------------------------------------------------------------------------------------

    def _refused(self, phase: str, code: int, text: bytes) -> SendOutcome:
        """Sort a reply that is no yes, by RFC 5321 section 4.2.1 and, for logins, RFC 4954 section 6."""
        said = f"{phase} refused: {reply_text(code, text)}"
        if code in (530, 534, 535, 538):
            return self._held(said)
        if code // 100 == 5:
            return RefusedForGood(self._clean(said))
        return RefusedForNow(self._clean(said))

    def _failed_before_acceptance(self, error: Exception, progress: Progress) -> RefusedForNow:
        if progress.is_late:
            return RefusedForNow(f"the server took longer than {self._timeouts.whole}; stopped at {progress.phase}")
        said = f"{self._host}:{self._port}, at {progress.phase}: {plain_words(error)}"
        if isinstance(error, ssl.SSLCertVerificationError):
            return self._held(f"{said}; its certificate is not trusted, so nothing was sent")
        refusals = (smtplib.SMTPNotSupportedError, smtplib.SMTPResponseException)
        if progress.phase == "STARTTLS" and isinstance(error, refusals):
            return self._held(f"{said}; nothing was sent in plain text")
        return RefusedForNow(self._clean(said))

    def _held(self, said: str) -> RefusedForNow:
        """Refuse for now in a way that concerns every message of this channel."""
        return RefusedForNow(self._clean(said), holds=Hold.CHANNEL)
