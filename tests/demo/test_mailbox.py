"""The mailbox speaks SMTP to the standard library's client, keeps bytes, and fails in the planned way."""

import smtplib
from datetime import UTC, datetime

import pytest

from monitor.demo.mailbox import Mailbox

MESSAGE = b"Subject: Durchsage\r\n\r\n.a line that begins with a dot\r\n\xd9\xb9\xdb\x8c\r\n"


def send(box: Mailbox, *recipients: str) -> None:
    with smtplib.SMTP(box.host, box.port, timeout=5) as client:
        client.sendmail("monitor@example.org", list(recipients), MESSAGE)


def test_a_mail_is_kept_byte_for_byte() -> None:
    """Envelope and content are what the client sent, dots unstuffed."""
    at = datetime(2026, 11, 20, tzinfo=UTC)
    with Mailbox(now=lambda: at) as box:
        send(box, "a@example.org", "b@example.org")
    (mail,) = box.mails
    assert (mail.sender, mail.recipients) == ("monitor@example.org", ("a@example.org", "b@example.org"))
    assert mail.content == MESSAGE
    assert (mail.at, mail.reply_lost) == (at, False)


def test_a_refused_recipient_is_refused_until_forgiven() -> None:
    """RCPT gives the planned code for that address only."""
    with Mailbox() as box:
        box.refuse("bad@example.org", code=550)
        with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
            send(box, "bad@example.org")
        assert caught.value.recipients["bad@example.org"][0] == 550
        box.forgive("bad@example.org")
        send(box, "bad@example.org")
        assert len(box.mails) == 1


def test_refusals_at_mail_and_after_the_dot_are_replies() -> None:
    """MAIL and DATA can each be refused with a code; nothing is kept."""
    with Mailbox() as box:
        box.refuse_mail(code=451)
        with pytest.raises(smtplib.SMTPSenderRefused, match="451"):
            send(box, "a@example.org")
        box.refuse_content(code=554)
        with pytest.raises(smtplib.SMTPDataError, match="554"):
            send(box, "a@example.org")
        assert box.mails == []
        assert box.transactions == 2


@pytest.mark.parametrize("keep", [True, False])
def test_a_drop_after_the_dot_leaves_the_sender_in_doubt(keep: bool) -> None:
    """The client sees a lost connection in both cases; only the mailbox knows which it was."""
    with Mailbox() as box:
        box.drop_after_dot(1, keep=keep)
        with pytest.raises(smtplib.SMTPServerDisconnected):
            send(box, "a@example.org")
        assert [mail.reply_lost for mail in box.mails] == ([True] if keep else [])
        send(box, "a@example.org")
        assert len(box.mails) == (2 if keep else 1)


def test_a_password_is_required_where_one_is_set() -> None:
    """Without AUTH nothing is taken; with a wrong password neither; with the right one it is."""
    with Mailbox(user="desk", password="right") as box:
        with pytest.raises(smtplib.SMTPSenderRefused, match="530"):
            send(box, "a@example.org")
        with smtplib.SMTP(box.host, box.port, timeout=5) as client:
            with pytest.raises(smtplib.SMTPAuthenticationError):
                client.login("desk", "wrong")
            client.login("desk", "right")
            client.sendmail("monitor@example.org", ["a@example.org"], MESSAGE)
        assert len(box.mails) == 1


def test_an_open_session_does_not_hold_up_the_end() -> None:
    """Leaving the block cuts clients that are still connected, and frees the port."""
    with Mailbox() as box:
        port = box.port
        client = smtplib.SMTP(box.host, box.port, timeout=5)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        client.noop()
    client.close()
    assert box.port == 0
    with pytest.raises(ConnectionRefusedError):
        smtplib.SMTP("127.0.0.1", port, timeout=5)
