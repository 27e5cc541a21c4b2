"""The drill: whom it goes to, when, and whether it arrived. PURE.

A drill shows daily that an alert would arrive: a marked article goes the way of every other and ends at its own
recipients, never at a desk. When it has not been accepted in its time, that is a departure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from monitor.desks.outbox import KIND_OF
from monitor.model import ChannelKind, ChannelSpec, Delivery, DeliveryState, Desk

DESK_ID = "drill"
_OVER = frozenset({DeliveryState.DEAD, DeliveryState.UNKNOWN})


@dataclass(frozen=True, slots=True)
class DrillOutcome:
    """How a drill stands."""

    is_over: bool
    failed: frozenset[ChannelKind]
    """Channels by which it did not arrive in time."""
    detail: str
    """In plain words."""

    @property
    def has_arrived(self) -> bool:
        """Say whether every recipient's server accepted it."""
        return self.is_over and not self.failed


def drill_desk(*, at: time | None, timezone: str, channels: Sequence[ChannelSpec]) -> Desk:
    """Make the desk of a drill: its schedule is that of any desk, so that daylight saving and restarts are settled."""
    times = () if at is None else (at,)
    return Desk(DESK_ID, "Drill", timezone, digest_times=times, channels=tuple(channels))


def judge_drill(
    deliveries: Sequence[Delivery], *, started_at: datetime, within: timedelta, now: datetime
) -> DrillOutcome:
    """Say whether a drill arrived, failed or is still on its way.

    Args:
        deliveries: Of the drill, as they stand.
        started_at: When they were queued.
        within: How long they may take.
        now: The wall clock.
    """
    missing = [delivery for delivery in deliveries if delivery.state is not DeliveryState.SENT]
    if not missing:
        names = ", ".join(f"{delivery.recipient} by {delivery.channel}" for delivery in deliveries)
        return DrillOutcome(bool(deliveries), frozenset(), f"it arrived at {names}" if names else "it has no recipient")
    is_late = now - started_at >= within
    lost = missing if is_late else [delivery for delivery in missing if delivery.state in _OVER]
    detail = "; ".join(
        f"{delivery.state} to {delivery.recipient} by {delivery.channel}: {delivery.detail or 'not tried yet'}"
        for delivery in missing
    )
    is_over = is_late or len(lost) == len(missing)
    return DrillOutcome(is_over, frozenset(delivery.channel for delivery in lost) if is_over else frozenset(), detail)


def other_ways(
    failed: frozenset[ChannelKind], *, drilled: Sequence[ChannelSpec], operator: Sequence[ChannelSpec]
) -> tuple[ChannelSpec, ...]:
    """Return the drill's own channels by which a failure can be told, beside those that tell the operator anyway."""
    return tuple(spec for spec in drilled if KIND_OF[type(spec)] not in failed and spec not in operator)
