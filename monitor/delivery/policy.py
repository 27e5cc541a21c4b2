"""What becomes of a delivery after each attempt: when the next one is, and when there is none. Pure.

A failure that is known to be before acceptance is tried again for five days, first after a minute and at last every
hour. RFC 5321 section 4.5.4.1 asks a mail client to keep trying for at least 4 to 5 days; its first wait of 30 minutes
is for hosts, and an alert cannot wait that long. After an ambiguous failure one more copy is sent, the same bytes with
the same Message-ID; after a second one, or when there will be no further attempt, the delivery is unknown and the
operator is shown it. An edit is never ambiguous: made twice, it is made once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from monitor.delivery.states import Event, next_state
from monitor.model import Accepted, Ambiguous, Delivery, DeliveryState, Hold, RefusedForGood, RefusedForNow, SendOutcome

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=5)
HELD_FOR = timedelta(minutes=10)
"""How long a channel that refuses everything (a wrong password, a revoked token) is left alone between two tries:
often enough to resume soon after the operator's mending, seldom enough not to lock an account."""
COPIES_IN_DOUBT = 2
"""The message and one extra copy."""


class Move(NamedTuple):
    """A delivery after an event, as `DeliveryStore.move` takes it."""

    delivery: Delivery
    event: Event


def backoff(attempts: int, *, jitter: float) -> timedelta:
    """Return the wait after so many attempts: doubled each time from a minute to an hour, up to a tenth longer.

    Args:
        attempts: How many were made, from 1.
        jitter: Chance in [0, 1), so that what failed together is not tried together.
    """
    doubled = FIRST_WAIT * (1 << min(max(attempts, 1) - 1, 16))
    return min(doubled, LONGEST_WAIT) * (1 + jitter / 10)


def claim(delivery: Delivery, *, now: datetime) -> Move:
    """Take a delivery for sending. Committed before the wire is touched."""
    return _moved(
        delivery,
        Event.CLAIMED,
        attempts=delivery.attempts + 1,
        next_attempt_at=None,
        give_up_at=delivery.give_up_at or now + GIVE_UP_AFTER,
    )


def after(delivery: Delivery, outcome: SendOutcome, *, now: datetime, jitter: float) -> Move:
    """Decide what an attempt came to.

    Args:
        delivery: As it was claimed.
        outcome: What the channel returned.
        now: When the attempt ended.
        jitter: Chance in [0, 1).
    """
    match outcome:
        case Accepted():
            return _moved(delivery, Event.ACCEPTED, detail=outcome.detail, receipt=outcome.receipt)
        case RefusedForGood() if delivery.ambiguous:
            return _in_doubt(delivery, f"{outcome.detail}; an earlier copy may have arrived")
        case RefusedForGood():
            return _moved(delivery, Event.REFUSED_FOR_GOOD, detail=outcome.detail)
        case RefusedForNow() if outcome.holds is Hold.CHANNEL:
            # Not this message's fault: the hold uses up neither its attempts nor its days.
            until = now + max(HELD_FOR, outcome.retry_after or HELD_FOR)
            return hold(
                replace(delivery, attempts=max(delivery.attempts - 1, 0)), until=until, now=now, because=outcome.detail
            )
        case RefusedForNow():
            return _refused_for_now(delivery, outcome, now=now, jitter=jitter)
        case Ambiguous() if delivery.is_edit:
            return _refused_for_now(delivery, RefusedForNow(outcome.detail), now=now, jitter=jitter)
        case Ambiguous():
            ambiguous = 1 if outcome.is_first else delivery.ambiguous + 1
            if ambiguous >= COPIES_IN_DOUBT:
                return _in_doubt(replace(delivery, ambiguous=ambiguous), outcome.detail)
            return _moved(
                delivery,
                Event.LOST,
                detail=outcome.detail,
                ambiguous=ambiguous,
                next_attempt_at=now + backoff(delivery.attempts, jitter=jitter),
            )


def _refused_for_now(delivery: Delivery, outcome: RefusedForNow, *, now: datetime, jitter: float) -> Move:
    # What the other side asks for is believed, within the longest wait: no header may silence a desk for a day.
    asked = outcome.retry_after
    wait = backoff(delivery.attempts, jitter=jitter) if asked is None else min(asked, LONGEST_WAIT)
    if delivery.give_up_at is None or now + wait < delivery.give_up_at:
        return _moved(delivery, Event.REFUSED_FOR_NOW, detail=outcome.detail, next_attempt_at=now + wait)
    if delivery.ambiguous:
        return _in_doubt(delivery, f"{outcome.detail}; an earlier copy may have arrived")
    return _moved(delivery, Event.EXPIRED, detail=f"given up after {GIVE_UP_AFTER.days} days: {outcome.detail}")


def hold(delivery: Delivery, *, until: datetime, now: datetime, because: str) -> Move:
    """Make a delivery wait for its channel or recipient; the time it waits is added to the time it has."""
    give_up_at = None if delivery.give_up_at is None else delivery.give_up_at + max(until - now, timedelta())
    return _moved(delivery, Event.HELD, detail=because, next_attempt_at=until, give_up_at=give_up_at)


def is_held_by(other: Delivery, refused: Delivery, outcome: SendOutcome) -> bool:
    """Say whether one delivery has to wait because another was refused.

    A channel that refuses everything holds all of its deliveries; a recipient that is limited holds its own, so that
    their order is kept.
    """
    if not isinstance(outcome, RefusedForNow) or other.channel is not refused.channel or other.id == refused.id:
        return False
    if other.state not in (DeliveryState.PENDING, DeliveryState.RETRY):
        return False
    match outcome.holds:
        case Hold.CHANNEL:
            return True
        case Hold.RECIPIENT:
            return other.recipient == refused.recipient
        case Hold.DELIVERY:
            return False


def interrupted(delivery: Delivery, *, now: datetime, jitter: float = 0.0) -> Move:
    """Decide about a delivery that is `sending` while nothing sends: the process ended, and it is in doubt."""
    return after(delivery, Ambiguous("the monitor ended while this was being sent"), now=now, jitter=jitter)


def restored(delivery: Delivery, *, now: datetime) -> Move:
    """Decide about an open delivery of a database that was put back from a backup: it may have been sent since."""
    return _moved(
        delivery,
        Event.RESTORED,
        detail="open in a restored backup: it may have been sent since",
        ambiguous=delivery.ambiguous if delivery.is_edit else max(delivery.ambiguous, 1),
        next_attempt_at=delivery.next_attempt_at or now,
    )


def retry(delivery: Delivery, *, now: datetime) -> Move:
    """Send again because the operator says so: at once, with five new days, and no new licence to repeat in doubt.

    Raises:
        ValueError: it was sent, or is being sent.
    """
    return _moved(
        delivery,
        Event.RETRIED,
        detail="",
        attempts=0,
        ambiguous=min(delivery.ambiguous, COPIES_IN_DOUBT - 1),
        next_attempt_at=now,
        give_up_at=None,
    )


def supersede(edit: Delivery) -> Move:
    """Leave out an edit because a later one of the same message says all that it would."""
    return _moved(edit, Event.SUPERSEDED, detail="a later edit of the same message takes its place")


def drop(delivery: Delivery) -> Move:
    """Give up because the operator says so.

    Raises:
        ValueError: it is over, or being sent.
    """
    return _moved(delivery, Event.DROPPED, detail="dropped by the operator", next_attempt_at=None)


def _in_doubt(delivery: Delivery, detail: str) -> Move:
    return _moved(delivery, Event.LEFT_IN_DOUBT, detail=detail, next_attempt_at=None)


def _moved(delivery: Delivery, event: Event, *, next_attempt_at: datetime | None = None, **changes: Any) -> Move:
    """Apply an event by the table; what is not named stays, save the next attempt, which every event decides."""
    state = next_state(delivery.state, event)
    return Move(replace(delivery, state=state, next_attempt_at=next_attempt_at, **changes), event)
