"""SMTP, phase by phase: what each failure means is known from where it happened."""

from __future__ import annotations

import smtplib
import socket
import threading
from datetime import UTC, datetime, timedelta

import pytest

from monitor.delivery.smtp import SmtpChannel
from monitor.delivery.smtp_conversation import Timeouts
from monitor.demo.mailbox import Mailbox
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
from tests.delivery.raw_smtp import CLOSE, RESET, SILENT, TRICKLE, RawSmtp, trusting

PAYLOAD = (
    b"From: News monitor <monitor@example.org>\r\nTo: desk@example.org\r\nSubject: truce\r\n"
    b"Message-ID: <1.desk@example.org>\r\n\r\nFirst line.\r\n.\r\n..two dots\r\n\r\nEnd.\r\n"
)

SHORT = Timeouts(
    connect=timedelta(seconds=2),
    greeting=timedelta(seconds=0.3),
    command=timedelta(seconds=0.3),
    data=timedelta(seconds=0.3),
    block=timedelta(seconds=0.3),
    final=timedelta(seconds=0.3),
    farewell=timedelta(seconds=0.3),
)


def delivery(recipient: str = "desk@example.org", payload: bytes = PAYLOAD) -> Delivery:
    return Delivery(
        id=1,
        digest_id=1,
        channel=ChannelKind.EMAIL,
        recipient=recipient,
        message_id="<1.desk@example.org>",
        payload=payload,
        created_at=datetime(2026, 11, 20, 12, 0, tzinfo=UTC),
    )


def send(server: RawSmtp, message: Delivery | None = None, **settings: object) -> SendOutcome:
    channel = SmtpChannel(host=server.host, port=server.port, timeouts=SHORT, **settings)  # type: ignore[arg-type]
    return channel.send(message or delivery())


class TestAcceptance:
    def test_keeps_the_servers_words(self) -> None:
        """What the server said to the final dot is the receipt; the conversation ends with QUIT."""
        with RawSmtp() as server:
            assert send(server) == Accepted("250 2.0.0 queued as 7")
        assert server.commands[-1] == "QUIT"

    def test_carries_every_byte(self) -> None:
        """A real server gets the message as it was fixed, dots and all, from and to the right address."""
        with Mailbox() as mailbox:
            channel = SmtpChannel(host=mailbox.host, port=mailbox.port)
            assert isinstance(channel.send(delivery()), Accepted)
        (mail,) = mailbox.mails
        assert mail.content == PAYLOAD
        assert (mail.sender, mail.recipients) == ("monitor@example.org", ("desk@example.org",))

    def test_carries_a_large_message(self) -> None:
        """In many blocks."""
        large = PAYLOAD + b"x" * 70 + b"\r\n"
        large += (b"." + b"y" * 76 + b"\r\n") * 10_000
        with RawSmtp() as server:
            assert isinstance(send(server, delivery(payload=large)), Accepted)
        assert server.messages[0].replace(b"\r\n.", b"\r\n") == large

    def test_is_one_transaction_a_recipient(self) -> None:
        """Each send names one recipient, so that what one is refused is nobody else's."""
        with Mailbox() as mailbox:
            mailbox.refuse("gone@example.org", code=550)
            mailbox.refuse("busy@example.org", code=450)
            channel = SmtpChannel(host=mailbox.host, port=mailbox.port)
            outcomes = [
                channel.send(delivery(name)) for name in ("gone@example.org", "a@example.org", "busy@example.org")
            ]
        assert [type(outcome) for outcome in outcomes] == [RefusedForGood, Accepted, RefusedForNow]
        assert [mail.recipients for mail in mailbox.mails] == [("a@example.org",)]

    def test_stands_whatever_becomes_of_the_farewell(self) -> None:
        """A server that hangs up after its yes has said yes."""
        for farewell in (CLOSE, RESET, SILENT):
            with RawSmtp({"QUIT": farewell}) as server:
                assert isinstance(send(server), Accepted)

    def test_serves_many_threads(self) -> None:
        """One channel, eight senders, every message once."""
        with Mailbox() as mailbox:
            channel = SmtpChannel(host=mailbox.host, port=mailbox.port)
            names = [f"desk{number}@example.org" for number in range(24)]

            def work(part: list[str]) -> None:
                for name in part:
                    assert isinstance(channel.send(delivery(name)), Accepted)

            threads = [threading.Thread(target=work, args=(names[start::8],)) for start in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert sorted(mail.recipients[0] for mail in mailbox.mails) == sorted(names)


BEFORE = ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "message"]


@pytest.mark.parametrize("phase", BEFORE)
@pytest.mark.parametrize("how", [CLOSE, RESET])
def test_a_drop_before_the_final_dot_is_known_not_to_be_accepted(phase: str, how: str) -> None:
    """The line is cut at each phase up to the middle of the message: refused for now, nothing delivered."""
    payload = PAYLOAD + (b"z" * 70 + b"\r\n") * 200_000  # more than sockets hold, so that sending sees the cut
    with RawSmtp({phase: how, "EHLO": "250 raw.example"} | ({"EHLO": how} if phase == "EHLO" else {})) as server:
        outcome = send(server, delivery(payload=payload))
    assert isinstance(outcome, RefusedForNow)
    assert outcome.holds is Hold.DELIVERY
    assert server.messages == []


@pytest.mark.parametrize("how", [CLOSE, RESET, SILENT, TRICKLE, "garbled", "399 what"])
def test_a_drop_after_the_final_dot_is_ambiguous(how: str) -> None:
    """The message is there, and no reply came: nobody knows whether it was accepted."""
    with RawSmtp({"dot": how}) as server:
        short = Timeouts(final=timedelta(seconds=0.3), whole=timedelta(seconds=1))
        outcome = SmtpChannel(host=server.host, port=server.port, timeouts=short).send(delivery())
    assert isinstance(outcome, Ambiguous)
    assert "final dot" in outcome.detail
    assert len(server.messages) == 1


def test_a_reply_that_never_ends_is_left() -> None:
    """Line after line of one reply: the server is left long before memory or the deadline ends it."""
    with RawSmtp({"MAIL": "\r\n".join(["250-and another thing"] * 10_000)}) as server:
        outcome = send(server)
    assert isinstance(outcome, RefusedForNow)
    assert "did not end" in outcome.detail


@pytest.mark.parametrize("phase", ["greeting", "EHLO", "MAIL", "RCPT", "DATA"])
def test_silence_before_the_message_ends_with_its_timeout(phase: str) -> None:
    """A server that stops talking is left, and the phase is named."""
    with RawSmtp({phase: SILENT}) as server:
        outcome = send(server)
    assert isinstance(outcome, RefusedForNow)
    assert server.messages == []


def test_a_server_that_trickles_is_left_at_the_deadline() -> None:
    """Each byte begins a socket's timeout anew; the deadline for the whole does not."""
    with RawSmtp({"MAIL": TRICKLE}) as server:
        impatient = Timeouts(whole=timedelta(seconds=0.5))
        outcome = SmtpChannel(host=server.host, port=server.port, timeouts=impatient).send(delivery())
    assert isinstance(outcome, RefusedForNow)
    assert "took longer" in outcome.detail


@pytest.mark.parametrize("phase", ["MAIL", "RCPT", "DATA", "dot"])
@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("421 4.3.2 shutting down", RefusedForNow),
        ("451 4.7.1 greylisted", RefusedForNow),
        ("550 5.1.1 no", RefusedForGood),
        ("554-5.7.1 no\r\n554 never", RefusedForGood),
    ],
)
def test_a_reply_is_sorted_by_its_first_digit(phase: str, reply: str, expected: type[SendOutcome]) -> None:
    """RFC 5321 section 4.2.1, at each phase and after the final dot; the reply is kept for the operator."""
    with RawSmtp({phase: reply}) as server:
        outcome = send(server)
    assert isinstance(outcome, expected)
    assert isinstance(outcome, RefusedForNow | RefusedForGood)
    assert reply[:3] in outcome.detail
    assert "\n" not in outcome.detail


def test_552_to_a_recipient_is_for_now() -> None:
    """RFC 5321 section 4.5.3.1.10: old servers say so when there are too many recipients for the moment."""
    with RawSmtp({"RCPT": "552 too many"}) as server:
        assert isinstance(send(server), RefusedForNow)


def test_a_server_that_does_not_serve_is_tried_again() -> None:
    """554 as a greeting says nothing of this message."""
    with RawSmtp({"greeting": "554 no service here"}) as server:
        outcome = send(server)
    assert isinstance(outcome, RefusedForNow)
    assert "554 no service here" in outcome.detail


def test_nobody_listening_is_for_now() -> None:
    """A closed port, in plain words with the address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    outcome = SmtpChannel(host="127.0.0.1", port=port).send(delivery())
    assert outcome == RefusedForNow(f"127.0.0.1:{port}, at connecting: nothing listens there")


def test_a_name_that_does_not_resolve_is_for_now() -> None:
    """`.invalid` never does (RFC 6761)."""
    outcome = SmtpChannel(host="mail.invalid", port=25).send(delivery())
    assert isinstance(outcome, RefusedForNow)
    assert "does not resolve" in outcome.detail


class TestExtensions:
    def test_a_message_that_is_too_large_is_not_begun(self) -> None:
        """The server said its limit (RFC 1870)."""
        with RawSmtp({"EHLO": "250-raw.example\r\n250 SIZE 100"}) as server:
            outcome = send(server)
        assert isinstance(outcome, RefusedForGood)
        assert "takes 100 at most" in outcome.detail
        assert not [command for command in server.commands if command.startswith("MAIL")]

    def test_size_zero_is_no_limit(self) -> None:
        """RFC 1870 section 4: none that is fixed."""
        with RawSmtp({"EHLO": "250-raw.example\r\n250 SIZE 0"}) as server:
            assert isinstance(send(server), Accepted)

    def test_an_address_beyond_ascii_needs_smtputf8(self) -> None:
        """With the extension it goes out in UTF-8; without it, it can never be delivered by this server."""
        with RawSmtp() as server:
            assert isinstance(send(server, delivery("jürgen@bücher.example")), Accepted)
        assert "RCPT TO:<jürgen@xn--bcher-kva.example>" in server.commands
        assert any(command.startswith("MAIL") and "SMTPUTF8" in command for command in server.commands)
        with RawSmtp({"EHLO": "250-raw.example\r\n250 8BITMIME"}) as server:
            outcome = send(server, delivery("jürgen@example.org"))
        assert isinstance(outcome, RefusedForGood)
        assert "SMTPUTF8" in outcome.detail

    def test_eight_bits_are_announced(self) -> None:
        """Where the server offers 8BITMIME, and only for a message that has them."""
        eight = delivery(payload=PAYLOAD + "für\r\n".encode())
        with RawSmtp() as server:
            send(server, eight)
            send(server)
        mails = [command for command in server.commands if command.startswith("MAIL")]
        assert ["BODY=8BITMIME" in command for command in mails] == [True, False]

    def test_a_server_from_before_ehlo_is_served(self) -> None:
        """HELO will do."""
        with RawSmtp({"EHLO": "502 unknown", "HELO": "250 hello"}) as server:
            assert isinstance(send(server), Accepted)

    @pytest.mark.parametrize("recipient", ["a@example.org>\r\nRCPT TO:<b@example.org", "nobody", "a b@example.org", ""])
    def test_a_hostile_recipient_reaches_no_server(self, recipient: str) -> None:
        """What is no address is refused for good before anything is said."""
        with RawSmtp() as server:
            assert isinstance(send(server, delivery(recipient)), RefusedForGood)
        assert server.commands == []


WITH_AUTH = {"EHLO": "250-raw.example\r\n250 AUTH PLAIN LOGIN"}
WITH_STARTTLS = {"EHLO": "250-raw.example\r\n250 STARTTLS"}


class TestLogin:
    def test_comes_before_anything_else(self) -> None:
        """A real server that demands it takes the message after it."""
        with Mailbox(user="monitor", password="hunter2") as mailbox:
            channel = SmtpChannel(host=mailbox.host, port=mailbox.port, user="monitor", password="hunter2")
            assert isinstance(channel.send(delivery()), Accepted)
        assert len(mailbox.mails) == 1

    def test_refused_holds_everything(self) -> None:
        """A wrong password is no fault of a message: the whole channel waits for the operator."""
        with Mailbox(user="monitor", password="hunter2") as mailbox:
            outcome = SmtpChannel(host=mailbox.host, port=mailbox.port, user="monitor", password="x").send(delivery())
        assert isinstance(outcome, RefusedForNow)
        assert outcome.holds is Hold.CHANNEL
        assert "refused our login" in outcome.detail

    def test_missing_holds_everything(self) -> None:
        """The server asks for a login that nobody set."""
        with Mailbox(user="monitor", password="hunter2") as mailbox:
            outcome = SmtpChannel(host=mailbox.host, port=mailbox.port).send(delivery())
        assert isinstance(outcome, RefusedForNow)
        assert outcome.holds is Hold.CHANNEL

    @pytest.mark.parametrize("offer", ["250 raw.example", "250-raw.example\r\n250 AUTH GSSAPI"])
    def test_that_the_server_does_not_know_holds_everything(self, offer: str) -> None:
        """A user and password are set, so sending without them is not what the operator meant."""
        with RawSmtp({"EHLO": offer}) as server:
            outcome = send(server, user="monitor", password="hunter2")
        assert isinstance(outcome, RefusedForNow)
        assert outcome.holds is Hold.CHANNEL
        assert not [command for command in server.commands if command.startswith("MAIL")]

    def test_cut_off_is_for_now(self) -> None:
        """A line that breaks says nothing of the password."""
        with RawSmtp({**WITH_AUTH, "AUTH": CLOSE}) as server:
            outcome = send(server, user="monitor", password="hunter2")
        assert isinstance(outcome, RefusedForNow)
        assert outcome.holds is Hold.DELIVERY


class TestTls:
    def test_by_starttls_protects_all_that_follows(self) -> None:
        """After STARTTLS the conversation begins anew, and the message goes out."""
        with RawSmtp(WITH_STARTTLS) as server:
            assert isinstance(send(server, tls="starttls", tls_context=trusting()), Accepted)
        assert [command.split(" ")[0].upper() for command in server.commands[:3]] == ["EHLO", "STARTTLS", "EHLO"]

    def test_from_the_first_byte(self) -> None:
        """Port 465's way."""
        with RawSmtp(tls=True) as server:
            assert isinstance(send(server, tls="tls", tls_context=trusting()), Accepted)

    @pytest.mark.parametrize(
        "at", [{}, {**WITH_STARTTLS, "STARTTLS": "454 not now"}, {**WITH_STARTTLS, "STARTTLS": "501 no"}]
    )
    def test_is_never_given_up_for_plain_text(self, at: dict[str, str]) -> None:
        """A server, or somebody between, that offers or does no STARTTLS gets neither password nor message."""
        with RawSmtp(at) as server:
            outcome = send(server, tls="starttls", tls_context=trusting(), user="monitor", password="hunter2")
        assert isinstance(outcome, RefusedForNow)
        assert outcome.holds is Hold.CHANNEL
        assert not [command for command in server.commands if command.startswith(("AUTH", "MAIL"))]

    @pytest.mark.parametrize("mode", ["starttls", "tls"])
    def test_trusts_no_unknown_certificate(self, mode: str) -> None:
        """With the system's certificates, that of these tests is a stranger's."""
        with RawSmtp(WITH_STARTTLS if mode == "starttls" else {}, tls=mode == "tls") as server:
            outcome = send(server, tls=mode)
        assert isinstance(outcome, RefusedForNow)
        assert outcome.holds is Hold.CHANNEL
        assert "not trusted" in outcome.detail

    def test_trusts_no_certificate_of_another_name(self) -> None:
        """The name that was asked for must stand in it; 127.0.0.2 reaches the same machine and does not."""
        with RawSmtp(tls=True, address="127.0.0.2") as server:
            server.host = "127.0.0.2"
            outcome = send(server, tls="tls", tls_context=trusting())
        assert isinstance(outcome, RefusedForNow)
        assert "not trusted" in outcome.detail

    def test_cut_in_its_handshake_is_for_now(self) -> None:
        """A server that speaks no TLS on that port."""
        with RawSmtp() as server:
            outcome = send(server, tls="tls", tls_context=trusting())
        assert isinstance(outcome, RefusedForNow)

    def test_is_one_of_three(self) -> None:
        """A misspelt mode is no silent "none"."""
        with pytest.raises(ValueError, match="none, starttls or tls"):
            SmtpChannel(host="h", port=25, tls="ssl")


def test_the_standards_timeouts_are_kept() -> None:
    """RFC 5321 section 4.5.3.2, in its order."""
    timeouts = Timeouts()
    minutes = [t / timedelta(minutes=1) for t in (timeouts.greeting, timeouts.command, timeouts.data, timeouts.block)]
    assert minutes == [5, 5, 2, 3]
    assert timeouts.final == timedelta(minutes=10)


def test_the_hook_of_smtplib_is_still_there() -> None:
    """Our conversation connects in `_get_socket`, which smtplib's own TLS class overrides too."""
    assert callable(getattr(smtplib.SMTP_SSL, "_get_socket", None))
    assert "_get_socket" in vars(smtplib.SMTP_SSL)
