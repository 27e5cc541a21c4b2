"""A signed webhook: one POST of JSON for each delivery, by the Standard Webhooks specification.

The receiver knows by the signature that it is ours and fresh, and by the id that it has it already. Sources:
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md for headers and signature,
RFC 9110 section 15 for what a status says. Redirects are not followed: a signature is for one address. Refuses to know
what a message says.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

from monitor.delivery.secret import Redactor, Secret
from monitor.model import Accepted, Ambiguous, ChannelKind, Delivery, Hold, RefusedForGood, RefusedForNow, SendOutcome

SHORTEST_KEY = 24
"""Bytes of a signing key; the specification asks for 24 to 64."""
_SHOWN = 300
"""Bytes of a refusal's body that are read for the operator."""

Address = IPv4Address | IPv6Address


class Guard(Protocol):
    """Who may be written to: the rule that feeds are fetched by."""

    def allows(self, host: str, port: int) -> bool:
        """Say whether the operator named this host as their own."""

    def refusal(self, host: str, address: Address, port: int) -> str | None:
        """Return what kind of address a resolved one is that may not be written to, None for one that may."""


class WebhookChannel:
    """ports.Channel by webhook; a delivery's recipient is the address. Safe to call from several threads.

    Args:
        secret: What the signing key is made of: "whsec_" and base64, or any text of 24 bytes or more.
        guard: Judges each resolved address; plain http goes only to hosts that it names as the operator's own.
        now: The wall clock, for the signed timestamp.
        user_agent: What the monitor calls itself.
        timeout: For connecting, and then for the whole exchange.

    Raises:
        ValueError: the secret is none.
    """

    kind: ChannelKind = ChannelKind.WEBHOOK

    def __init__(
        self,
        *,
        secret: str | Secret,
        guard: Guard,
        now: Callable[[], datetime],
        user_agent: str = "news-monitor",
        timeout: timedelta = timedelta(seconds=30),
    ) -> None:
        self._secret = Secret(secret) if isinstance(secret, str) else secret
        signing_key(self._secret)
        self._guard, self._now, self._user_agent, self._timeout = guard, now, user_agent, timeout
        self._tls = ssl.create_default_context()
        self._clean = Redactor([self._secret])

    def __repr__(self) -> str:
        return "WebhookChannel()"

    def send(self, delivery: Delivery) -> SendOutcome:
        """Post one message; see ports.Channel. `delivery.payload` is the body as it stands."""
        try:
            where = urlsplit(delivery.recipient)
            host, port = where.hostname, where.port or (443 if where.scheme == "https" else 80)
        except ValueError:
            host, where, port = None, SplitResult("", "", "", "", ""), 0
        if not host or where.scheme not in ("http", "https"):
            return RefusedForGood("the address of the webhook is not well formed")
        if where.scheme == "http" and not self._guard.allows(host, port):
            return RefusedForGood(f"{host} is asked over plain http; use https, or allow {host}:{port} as your own")
        try:
            found = _resolved(host, port)
        except (OSError, UnicodeError) as error:
            return RefusedForNow(self._clean(f"the name {host} does not resolve: {error}"))
        refused = {address: self._guard.refusal(host, address, port) for address in found}
        judged = [address for address in found if refused[address] is None]
        if not judged:
            leads = ", ".join(f"{address} ({kind})" for address, kind in refused.items())
            return RefusedForGood(f'{host} leads to {leads}; if it is yours, allow "{host}:{port}"')
        wire = _Wire(host, port, judged, self._tls if where.scheme == "https" else None, self._timeout)
        try:
            return self._exchange(wire, where, delivery)
        finally:
            wire.close()

    def _exchange(self, wire: _Wire, where: SplitResult, delivery: Delivery) -> SendOutcome:
        try:
            wire.connect()
        except OSError as error:
            return RefusedForNow(self._clean(f"{wire.host} was not reached: {error}"))
        path = (where.path or "/") + (f"?{where.query}" if where.query else "")
        try:
            wire.request("POST", path, body=delivery.payload, headers=self._headers(delivery))
            response = wire.getresponse()
            said = response.read(_SHOWN).decode("utf-8", "replace") if response.status >= 300 else ""
        except (HTTPException, OSError, ValueError) as error:
            return Ambiguous(self._clean(f"no reply from {wire.host}: {str(error) or type(error).__name__}"))
        return self._sorted(wire.host, response.status, said, response.getheader("Retry-After", ""))

    def _headers(self, delivery: Delivery) -> dict[str, str]:
        message_id = id_of(delivery)
        timestamp = str(int(self._now().timestamp()))
        return {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": self._user_agent,
            "Connection": "close",
            "webhook-id": message_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": signature(self._secret, message_id, timestamp, delivery.payload),
        }

    def _sorted(self, host: str, status: int, said: str, retry_after: str) -> SendOutcome:
        """Sort an answer by its status; a gateway that got none (502, 504) does not know whether it was taken."""
        if 200 <= status < 300:
            return Accepted(f"HTTP {status} from {host}")
        detail = self._clean(f"{host} answered HTTP {status}: {said}" if said.strip() else f"{host} answered {status}")
        wait = timedelta(seconds=int(retry_after)) if re.fullmatch(r"[0-9]{1,6}", retry_after.strip()) else None
        if status == 429:
            return RefusedForNow(detail, retry_after=wait, holds=Hold.RECIPIENT)
        if status in (502, 504):
            return Ambiguous(detail)
        if status in (408, 425) or status >= 500:
            return RefusedForNow(detail, retry_after=wait)
        return RefusedForGood(detail)


def id_of(delivery: Delivery) -> str:
    """Return the id that the receiver tells repeats by: the same for every copy of a message, without a dot."""
    return delivery.message_id.strip("<>").partition("@")[0].replace(".", "-")


def signature(secret: Secret, message_id: str, timestamp: str, body: bytes) -> str:
    """Sign a message: "v1," and the base64 HMAC-SHA256 of id, timestamp and body with dots between."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(signing_key(secret), signed, hashlib.sha256).digest()).decode()


def signing_key(secret: Secret) -> bytes:
    """Return the bytes that messages are signed with.

    Raises:
        ValueError: "whsec_" is not followed by base64, or the key is shorter than 24 bytes.
    """
    text = secret.reveal()
    try:
        key = base64.b64decode(text[6:], validate=True) if text.startswith("whsec_") else text.encode()
    except ValueError:
        raise ValueError("the secret of webhooks begins with whsec_, but what follows is no base64") from None
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"the secret of webhooks makes a key of {len(key)} bytes; {SHORTEST_KEY} is the least")
    return key


class _Wire(HTTPConnection):
    """A connection to an address that was judged, with one deadline round the whole exchange."""

    def __init__(
        self, host: str, port: int, addresses: Sequence[Address], tls: ssl.SSLContext | None, timeout: timedelta
    ) -> None:
        super().__init__(host, port, timeout=timeout.total_seconds())
        self._addresses, self._context = addresses, tls
        self._watched: socket.socket | None = None
        self._watch: threading.Timer | None = None

    def connect(self) -> None:
        """Connect to the first address that answers.

        Raises:
            OSError: none did, or no secure connection could be agreed.
        """
        assert isinstance(self.timeout, float)
        self.sock = _first_that_answers(self._addresses, self.port, self.timeout)
        # Time limits of sockets are for each read: one byte a minute would hold a thread for days.
        self._watched = self.sock.dup()
        self._watch = threading.Timer(self.timeout, _hang_up, [self._watched])
        self._watch.daemon = True
        self._watch.start()
        if self._context is not None:
            self.sock = self._context.wrap_socket(self.sock, server_hostname=self.host)

    def close(self) -> None:
        if self._watch is not None and self._watched is not None:
            self._watch.cancel()
            self._watch.join()
            self._watched.close()
            self._watch = self._watched = None
        super().close()


def _first_that_answers(addresses: Sequence[Address], port: int, seconds: float) -> socket.socket:
    *others, last = addresses
    for address in others:
        with suppress(OSError):
            return socket.create_connection((str(address), port), seconds / len(addresses))
    return socket.create_connection((str(last), port), seconds)


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _resolved(host: str, port: int) -> list[Address]:
    """Return the addresses of a name, each once, in the order of the resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))
