"""What goes round a message on the wire: its two addresses, and its bytes as DATA carries them.

Pure. Refuses to know the conversation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from email.policy import SMTP
from email.utils import parseaddr


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message from one address to one other."""

    sender: str
    recipient: str
    needs_smtputf8: bool
    """An address or a header that is not ASCII (RFC 6531)."""
    needs_8bit: bool
    """A byte above 127 anywhere (RFC 6152)."""
    data: bytes
    """The message with CR LF at each line's end and no dot stuffed."""


def envelope_of(payload: bytes, recipient: str) -> Envelope:
    """Address a message: to the recipient, from its own From.

    A domain that is not ASCII is written in its ASCII form; a local part that is not ASCII needs SMTPUTF8. Bytes stay
    as they are, save a bare CR or LF, which RFC 5321 section 2.3.8 forbids: each becomes CR LF, every time the same.

    Raises:
        ValueError: an address cannot stand in an SMTP command.
    """
    data = payload if not _BARE.search(payload) else _ANY_LINE_END.sub(b"\r\n", payload)
    if not data.endswith(b"\r\n"):
        data += b"\r\n"
    header = data.partition(b"\r\n\r\n")[0]
    # compat32 headers would hide what is folded; the SMTP policy unfolds and decodes them.
    author = BytesHeaderParser(policy=SMTP).parsebytes(header + b"\r\n\r\n")["From"]
    addresses = [addr_spec(parseaddr(str(author or ""))[1]), addr_spec(recipient)]
    return Envelope(
        sender=addresses[0],
        recipient=addresses[1],
        needs_smtputf8=not (header.isascii() and all(address.isascii() for address in addresses)),
        needs_8bit=not data.isascii(),
        data=data,
    )


_BARE = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_ANY_LINE_END = re.compile(rb"\r\n|\r|\n")
_FORBIDDEN = re.compile(r"[\s<>\x00-\x1f\x7f]")


def addr_spec(address: str) -> str:
    """Return an address as MAIL and RCPT take it.

    Raises:
        ValueError: it has no single "@" between two parts, a space, a bracket or a control character.
    """
    local, at, domain = address.strip().rpartition("@")
    if not (local and at and domain) or _FORBIDDEN.search(address.strip()):
        raise ValueError(f"{address!r} is not an address that mail can be sent to")
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError as error:
            raise ValueError(f"{address!r} has a domain that no mail server can have: {error}") from error
    return f"{local}@{domain}"


def stuffed(data: bytes) -> bytes:
    """Double the dot at the start of each line (RFC 5321 section 4.5.2), so that none ends the message early."""
    return _LEADING_DOT.sub(b"..", data)


_LEADING_DOT = re.compile(rb"(?m)^\.")
