"""Mutes: which waiting alerts they hold, when they are over, and what is said of it.

A muted story's alerts are raised and kept like all others; they only wait. When the mute is over they leave with the
desk's next digest, which says that they come late and why. Urgent alerts are held too: a mute is somebody's decision
about one story, and not a rule of the clock as quiet hours are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.desks.life import age, count
from monitor.desks.schedule import Due, Held
from monitor.model import Alert, AlertKind, Desk, Mute

DEVELOPED = "the story developed"
TIME_CAME = "its time was over"


def why_over(mute: Mute, alerts: Iterable[Alert], *, now: datetime) -> str:
    """Say why a mute is over, "" while it holds.

    Args:
        mute: One that was not ended yet.
        alerts: All alerts of its story, of any desk, told ones too.
        now: The wall clock.
    """
    if mute.until is not None:
        return TIME_CAME if mute.until <= now else ""
    developed = any(
        alert.kind is AlertKind.DEVELOPED and alert.created_at > mute.at and _concerns(mute, alert) for alert in alerts
    )
    return DEVELOPED if developed else ""


def part(
    desk: Desk, waiting: Sequence[Alert], mutes: Iterable[Mute], *, now: datetime
) -> tuple[tuple[Alert, ...], tuple[Held, ...]]:
    """Part what a desk may be told from what mutes hold, both in the order of `waiting`.

    Args:
        desk: The desk, for its clock.
        waiting: Its alerts that are in no digest yet.
        mutes: Those that were not ended; one whose time came holds nothing any more.
        now: The wall clock.
    """
    holding = [mute for mute in mutes if mute.until is None or now < mute.until]
    free: list[Alert] = []
    held: list[Held] = []
    for alert in waiting:
        own = [mute for mute in holding if _concerns(mute, alert)]
        if own:
            held.append(Held(alert, muted_until(desk, own)))
        else:
            free.append(alert)
    return tuple(free), tuple(held)


def muted_stories(desk: Desk, mutes: Iterable[Mute], *, now: datetime) -> set[int]:
    """Return the stories of which a desk does not want to hear now, of mutes that were not ended."""
    return {m.story_id for m in mutes if m.desk_id in ("", desk.id) and (m.until is None or now < m.until)}


def with_muted(decision: Due, muted: Sequence[Held]) -> Due:
    """Add what mutes hold to what a decision leaves behind, so that the digest counts it."""
    if not muted:
        return decision
    held = sorted((*decision.held, *muted), key=lambda item: (item.alert.created_at, item.alert.id))
    because = f"{decision.because}; {count(len(muted), 'alert')} muted"
    return replace(decision, held=tuple(held), because=because)


def was_muted(alert: Alert, mutes: Iterable[Mute]) -> str:
    """Say that ended mutes made an alert wait, how long and why no longer, "" when none did."""
    told = [
        f"muted {age(mute.ended_at - max(mute.at, alert.created_at))}, until {mute.ended_because}"
        for mute in mutes
        if mute.ended_at is not None and _concerns(mute, alert) and alert.created_at < mute.ended_at
    ]
    return told[-1] if told else ""


def muted_until(desk: Desk, mutes: Sequence[Mute]) -> str:
    """Write until when mutes hold, on the desk's clock; the longest one decides."""
    ends = [mute.until for mute in mutes if mute.until is not None]
    if len(ends) < len(mutes):
        return "muted until the story develops"
    local = max(ends).astimezone(ZoneInfo(desk.timezone))
    return f"muted until {local:%a} {local.day} {local:%b, %H:%M}"


def _concerns(mute: Mute, alert: Alert) -> bool:
    return mute.story_id == alert.story_id and mute.desk_id in ("", alert.desk_id)
