"""When an alert would reach a desk, and why not sooner: the schedule lived through ahead of time.

Asks `schedule` as the daemon would, moment by moment; knows no rule of its own about when a desk is told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.desks.schedule import GATHERING_TIME, due, hours_text, is_held, is_immediate, newest_slot, next_due
from monitor.model import Alert, AlertKind, Desk, Severity

_MOMENTS = 1000
"""How many moments are lived through at most: a desk told every minute has 720 slots in twelve quiet hours."""


@dataclass(frozen=True, slots=True)
class Foretold:
    """What would become of an alert."""

    at: datetime | None
    """When it would leave; None when it never would."""
    slot: str
    """In which slot, or "immediate"."""
    because: str
    """Why then, and what it waits for until then."""


def foresee(desk: Desk, severity: Severity, at: datetime, *, gathering: timedelta = GATHERING_TIME) -> Foretold:
    """Say when an alert that arises at a moment, alone, would leave for a desk."""
    if severity.rank < desk.floor.rank:
        return Foretold(None, "", f"{severity} is below the desk's floor, {desk.floor}")
    if is_held(desk, severity, at) and desk.digest_every is not None:
        # A night of seconds is lived through minute by minute: the slot that matters is the first one after it.
        desk = replace(desk, digest_every=max(desk.digest_every, timedelta(minutes=1)))
    alert = Alert(0, desk.id, 0, 0, AlertKind.NEW, severity, (), "", at)
    now, last_slot_at = at, newest_slot(desk, at) or at
    for _ in range(_MOMENTS):
        found = due(desk, waiting=(alert,), last_slot_at=last_slot_at, now=now, gathering=gathering)
        if found is not None and found.alerts:
            return Foretold(now, found.slot, f"{found.because}; {_why_not_at_once(desk, severity, at)}")
        if found is not None and found.slot_at is not None:
            last_slot_at = found.slot_at
            continue
        upcoming = next_due(desk, waiting=(alert,), last_slot_at=last_slot_at, now=now, gathering=gathering)
        if upcoming is None:
            break
        now = max(upcoming, now + timedelta(seconds=1))
    return Foretold(None, "", "no moment of this desk's schedule lets it go")


def _why_not_at_once(desk: Desk, severity: Severity, at: datetime) -> str:
    if is_held(desk, severity, at):
        return f"not sooner: quiet hours {hours_text(desk)}"
    if is_immediate(desk, severity):
        return "it only waits for others like it"
    return f"not sooner: {severity} waits for a digest time"
