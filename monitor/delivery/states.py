"""Where a delivery may stand and what may happen to it there. A table, and nothing else; a missing pair raises.

    pending ── claimed ──▶ sending ── accepted ──────────────▶ sent
       ▲                   │  ▲   ├── refused-for-good, expired ▶ dead
       │            refused │  │   └── left-in-doubt ─────────▶ unknown
       │     for now, held, │  │ claimed
    retried          lost   ▼  │
       └──────────────────  retry

An edit that waits may also be superseded by a later one of the same message; then it is over.

`sending` is committed before the wire is touched, so a delivery found in it at start was interrupted, and nobody knows
how far it came: it is lost like a reply is lost. `lost` leaves one more copy to send; `left-in-doubt` leaves none.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from monitor.model import DeliveryState


class Event(StrEnum):
    """What happened to a delivery; kept in its history under this name."""

    CLAIMED = "claimed"
    """Taken for sending."""
    ACCEPTED = "accepted"
    """The other side took it."""
    REFUSED_FOR_NOW = "refused-for-now"
    """Known not to be accepted; tried again later."""
    REFUSED_FOR_GOOD = "refused-for-good"
    """Known not to be accepted, now or later."""
    EXPIRED = "expired"
    """Refused for now for too long."""
    LOST = "lost"
    """Nobody knows whether it was accepted; one extra copy may be sent."""
    LEFT_IN_DOUBT = "left-in-doubt"
    """It may have arrived, and no further copy is sent."""
    HELD = "held"
    """Waits because its whole channel or recipient does; not its own fault."""
    RETRIED = "retried"
    """The operator wants it sent again."""
    DROPPED = "dropped"
    """The operator gives it up, or has seen that it is dead."""
    RESTORED = "restored"
    """The database was put back from a backup: it may have been sent since."""
    SUPERSEDED = "superseded"
    """A later edit of the same message says all that this one would."""


_PENDING, _SENDING, _RETRY = DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.RETRY
_SENT, _UNKNOWN, _DEAD = DeliveryState.SENT, DeliveryState.UNKNOWN, DeliveryState.DEAD
_SUPERSEDED = DeliveryState.SUPERSEDED

NEXT: Mapping[tuple[DeliveryState, Event], DeliveryState] = {
    (_PENDING, Event.CLAIMED): _SENDING,
    (_PENDING, Event.HELD): _PENDING,
    (_PENDING, Event.RETRIED): _PENDING,
    (_PENDING, Event.DROPPED): _DEAD,
    (_PENDING, Event.RESTORED): _RETRY,
    (_PENDING, Event.SUPERSEDED): _SUPERSEDED,
    (_SENDING, Event.ACCEPTED): _SENT,
    (_SENDING, Event.REFUSED_FOR_NOW): _RETRY,
    (_SENDING, Event.REFUSED_FOR_GOOD): _DEAD,
    (_SENDING, Event.EXPIRED): _DEAD,
    (_SENDING, Event.LOST): _RETRY,
    (_SENDING, Event.LEFT_IN_DOUBT): _UNKNOWN,
    (_SENDING, Event.HELD): _RETRY,
    (_SENDING, Event.RESTORED): _RETRY,
    (_RETRY, Event.CLAIMED): _SENDING,
    (_RETRY, Event.HELD): _RETRY,
    (_RETRY, Event.RETRIED): _PENDING,
    (_RETRY, Event.DROPPED): _DEAD,
    (_RETRY, Event.RESTORED): _RETRY,
    (_RETRY, Event.SUPERSEDED): _SUPERSEDED,
    (_UNKNOWN, Event.RETRIED): _PENDING,
    (_UNKNOWN, Event.DROPPED): _DEAD,
    (_DEAD, Event.RETRIED): _PENDING,
    (_DEAD, Event.DROPPED): _DEAD,
}

OPEN = frozenset({_PENDING, _SENDING, _RETRY})
"""States from which a delivery still moves by itself."""


def next_state(state: DeliveryState, event: Event) -> DeliveryState:
    """Return the state after an event.

    Raises:
        ValueError: the event cannot happen in that state.
    """
    try:
        return NEXT[state, event]
    except KeyError:
        raise ValueError(f"a delivery that is {state.value} cannot be {event.value}") from None


def is_possible(state: DeliveryState, event: Event) -> bool:
    """Say whether an event may happen in a state."""
    return (state, event) in NEXT
