"""Deliveries and what became of an attempt; notices to the operator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class DeliveryState(StrEnum):
    """Where a delivery stands; `delivery/states.py` holds the table of moves."""

    PENDING = "pending"
    SENDING = "sending"
    RETRY = "retry"
    SENT = "sent"
    UNKNOWN = "unknown"
    DEAD = "dead"
    SUPERSEDED = "superseded"


class ChannelKind(StrEnum):
    """By which way a delivery goes."""

    EMAIL = "email"
    SLACK = "slack"
    WEBHOOK = "webhook"
    APPRISE = "apprise"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One digest to one recipient through one channel, and its state.

    A digest that is split for Slack is one delivery a part. An edit of a message that was sent is a delivery too.
    """

    id: int
    """0 until it is stored."""
    digest_id: int | None
    """None for what tells no digest: a notice to the operator, an edit."""
    channel: ChannelKind
    recipient: str
    message_id: str
    payload: bytes
    """What goes over the wire, fixed: an RFC 5322 message, or a JSON body."""
    created_at: datetime
    part: int = 1
    """Its number among the messages of its digest to this recipient."""
    parts: int = 1
    """How many belong together, each after those before it; 1 where it is whole in itself, whatever its number."""
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    ambiguous: int = 0
    """Attempts after which nobody knows whether the other side accepted."""
    next_attempt_at: datetime | None = None
    give_up_at: datetime | None = None
    """When refusals for now become final; None until the first attempt."""
    detail: str = ""
    receipt: str = ""
    """What the other side said when it accepted (SMTP reply, Slack ts)."""
    root_id: int | None = None
    """The delivery in whose thread this one stands, or which it edits; None for a message of its own."""
    is_edit: bool = False
    """Puts the message of `root_id` anew. Doing so twice is doing it once, so it is never in doubt."""
    tells: tuple[int, ...] = ()
    """Ids of the articles that speak for the stories it tells, where these may get a thread."""
    root_receipt: str = ""
    """The receipt of `root_id`, "" while that was not accepted. Read from the store with the rest, never written."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The other side took the message."""

    receipt: str
    detail: str = ""
    """What was not as it was meant to be."""


class Hold(StrEnum):
    """What else has to wait when one delivery was refused for now."""

    DELIVERY = "delivery"  # nothing else
    RECIPIENT = "recipient"  # the same recipient's, so that their order is kept: Slack limits each channel
    CHANNEL = "channel"  # everything that goes this way: a wrong password, a revoked token


@dataclass(frozen=True, slots=True)
class RefusedForNow:
    """Known not to be accepted; may be tried again."""

    detail: str
    retry_after: timedelta | None = None
    holds: Hold = Hold.DELIVERY


@dataclass(frozen=True, slots=True)
class RefusedForGood:
    """Known not to be accepted, now or later."""

    detail: str


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Nobody knows whether it was accepted: connection lost after the final dot, reply lost, killed while sending."""

    detail: str
    is_first: bool = False
    """True: that earlier attempts were not accepted is known by now; only this one is in doubt."""


SendOutcome = Accepted | RefusedForNow | RefusedForGood | Ambiguous


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to the operator about a departure; told once for each (event, subject) until it is over."""

    id: int
    event: str
    """The stable name of the log event, such as "rules.rejected"."""
    subject: str
    """What it is about: a feed id, a file, a delivery; part of its identity."""
    detail: str
    at: datetime
