"""Addresses and bytes as the wire wants them."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.delivery.envelope import addr_spec, envelope_of, stuffed

PLAIN = b"From: News monitor <monitor@example.org>\r\nTo: x@example.org\r\nSubject: truce\r\n\r\nBody.\r\n"


def test_a_proper_message_goes_out_as_it_is() -> None:
    """Byte for byte, from its own From."""
    envelope = envelope_of(PLAIN, "desk@example.org")
    assert envelope.data == PLAIN
    assert (envelope.sender, envelope.recipient) == ("monitor@example.org", "desk@example.org")
    assert not envelope.needs_8bit
    assert not envelope.needs_smtputf8


def test_a_message_of_the_email_package_goes_out_as_it_is() -> None:
    """What the standard library makes with its SMTP policy needs no mending."""
    message = EmailMessage(policy=SMTP)
    message["From"] = "Nachrichten-Wächter für alle Schreibtische des Hauses und noch einige mehr <monitor@example.org>"
    message["Subject"] = "جنگ بندی"
    message.set_content("Ein Satz.\n.\nسیز فائر\n")
    payload = message.as_bytes()
    envelope = envelope_of(payload, "desk@example.org")
    assert envelope.data == payload
    assert envelope.sender == "monitor@example.org"


def test_bare_line_ends_are_mended() -> None:
    """RFC 5321 section 2.3.8: CR and LF appear only together."""
    assert envelope_of(b"From: a@example.org\nTo: b\r\rx\n", "b@example.org").data == (
        b"From: a@example.org\r\nTo: b\r\n\r\nx\r\n"
    )


def test_eight_bits_are_seen() -> None:
    """In the body they need 8BITMIME; in a header, SMTPUTF8 too."""
    body = envelope_of(PLAIN + "Frieden für alle".encode(), "b@example.org")
    assert (body.needs_8bit, body.needs_smtputf8) == (True, False)
    header = envelope_of("Subject: für\r\n".encode() + PLAIN, "b@example.org")
    assert (header.needs_8bit, header.needs_smtputf8) == (True, True)
    assert envelope_of(PLAIN, "jürgen@example.org").needs_smtputf8


def test_a_domain_is_written_in_ascii() -> None:
    """So that any server can take it; the local part stays as it is."""
    assert addr_spec(" desk@bücher.example ") == "desk@xn--bcher-kva.example"
    assert addr_spec("jürgen@bücher.example") == "jürgen@xn--bcher-kva.example"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "desk",
        "@example.org",
        "desk@",
        "a b@example.org",
        "a@example.org>\r\nRCPT TO:<c@x",
        "a@b\nc",
        "a\x00@b",
        "<a@b>",
        "a@" + "ü" * 80 + ".example",
        "a@b..ü",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    """Nothing that could end a command early, and nothing without its two parts."""
    with pytest.raises(ValueError, match=r"address|domain"):
        addr_spec(address)


def test_a_message_without_author_is_refused() -> None:
    """There is nobody to send it from."""
    with pytest.raises(ValueError, match="not an address"):
        envelope_of(b"Subject: truce\r\n\r\nBody.\r\n", "desk@example.org")


def unstuffed(wire: bytes) -> bytes:
    """Do what a server does: drop the first dot of each line that begins with one."""
    return b"\r\n".join(line.removeprefix(b".") for line in wire.split(b"\r\n"))


@given(
    body=st.lists(st.sampled_from([b".", b"..", b"a", b"\r", b"\n", b"\r\n", b"\xff", b""]), max_size=20).map(b"".join)
)
def test_any_body_arrives_as_it_was_sent(body: bytes) -> None:
    """No line of any message ends it early, and the server gets back what was given."""
    envelope = envelope_of(b"From: a@example.org\r\n\r\n" + body, "b@example.org")
    wire = stuffed(envelope.data)
    assert b"\r\n.\r\n" not in wire
    assert unstuffed(wire) == envelope.data
    assert envelope.data.endswith(b"\r\n")
