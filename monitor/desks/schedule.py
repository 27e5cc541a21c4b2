"""When a desk is told: its slots, its quiet hours, and what leaves at a moment or is held, each with the reason.

A slot is an instant decided from the desk's zone and from the last slot that was decided, never from a timer having
fired: a restart, a long sleep or a stepped clock neither loses nor doubles one. This module refuses to know what a
digest looks like (`digest`) and where decisions are kept.

Local times that daylight saving skips or repeats follow RFC 5545 section 3.3.5: a repeated one is its first occurrence,
a skipped one is read with the offset before the gap (02:30 becomes 03:30). Two times of a desk that meet in one instant
that way are one slot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from monitor.model import Alert, Desk, Severity

GATHERING_TIME = timedelta(seconds=30)
"""How long the first immediate alert waits for others, so that a flash in five outlets is one message."""

_LOOK_BACK = timedelta(days=31)
"""How far back missed slots are counted one by one; older ones are in the same digest all the same."""

_GRID_ANCHOR = date(2001, 1, 1)
"""A Monday: `every: 1d` is at midnight, `every: 7d` on Mondays, in the time that was standard then."""

BASELINE = "baseline"
IMMEDIATE = "immediate"


@dataclass(frozen=True, slots=True)
class Held:
    """An alert that waits on, and why."""

    alert: Alert
    because: str


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be done for a desk now."""

    slot: str
    """The slot's local time with offset ("2026-11-20T13:00+05:00"), "immediate" or "baseline"."""
    slot_at: datetime | None
    """The slot that this decides, to be recorded with `because`; None when there is none to record: an immediate
    digest, or a slot decided again after the clock was wrong."""
    alerts: tuple[Alert, ...]
    """What the digest holds, oldest first."""
    held: tuple[Held, ...]
    """What stays, oldest first."""
    because: str
    sends: bool
    """False when nothing is sent and only the slot is recorded."""


def due(
    desk: Desk,
    *,
    waiting: Sequence[Alert],
    last_slot_at: datetime | None,
    now: datetime,
    gathering: timedelta = GATHERING_TIME,
    empty_digests: bool = False,
) -> Due | None:
    """Decide what a desk is told at this moment.

    Slots missed while nothing ran are one digest, in the newest of them. A desk that was never seen gets a baseline: no
    slot from the past is made up for. If the last slot lies in the future (the clock was wrong then), slots go by
    the clock as it is now, and only those that find alerts from before them are decided again.

    Args:
        desk: The desk.
        waiting: Its alerts that are in no digest yet.
        last_slot_at: The newest slot that was decided, None when the desk is new.
        now: The wall clock.
        gathering: How long an immediate alert waits for others.
        empty_digests: Whether a slot of `digest_times` without alerts sends its proof of life.

    Returns:
        A digest to send, a slot to record without one, or None when nothing is to be done.
    """
    if last_slot_at is None:
        return Due(BASELINE, now, (), (), "the desk is new: slots count from now on", sends=False)
    ordered = sorted(waiting, key=lambda alert: (alert.created_at, alert.id))
    back = _look_back(desk, now)
    slots = _slots(desk, max(last_slot_at, back), now)
    if last_slot_at > now:
        slots = _slots(desk, back, now)[-1:]
        if not any(alert.created_at <= slot or alert.created_at > now for alert in ordered for slot in slots):
            slots = []
    if slots:
        decided = _at_slot(desk, slots, ordered, now, empty_digests=empty_digests and last_slot_at <= now)
        if last_slot_at <= now:
            return decided
        if decided.sends:
            return replace(decided, slot_at=None, because=f"{decided.because}, again after the clock was wrong")
    return _at_once(desk, ordered, last_slot_at, now, gathering)


def next_due(
    desk: Desk,
    *,
    last_slot_at: datetime | None,
    now: datetime,
    waiting: Sequence[Alert] = (),
    gathering: timedelta = GATHERING_TIME,
) -> datetime | None:
    """Return when `due` next has something to say: `now` when it has already, None for a desk without any moment.

    Exact for what is known now; an alert that comes later can only make it earlier.
    """
    if due(desk, waiting=waiting, last_slot_at=last_slot_at, now=now, gathering=gathering) is not None:
        return now
    assert last_slot_at is not None, "a desk without a last slot is due now"
    ready = {
        (max(now, alert.created_at + gathering), alert.severity is Severity.URGENT)
        for alert in waiting
        if _leaves_alone(desk, alert, last_slot_at)
    }
    moments = [at if passes else quiet_until(desk, at) for at, passes in ready]
    horizon = desk.digest_every or timedelta(days=9)  # a week and both ends of a day left out
    return min([*moments, *_slots(desk, now, now + horizon)], default=None)


def newest_slot(desk: Desk, at: datetime) -> datetime | None:
    """Return the newest slot at or before a moment; None when the desk has none in a month, or in its own period."""
    return max(_slots(desk, _look_back(desk, at), at), default=None)


def is_immediate(desk: Desk, severity: Severity) -> bool:
    """Say whether alerts of a severity do not wait for a slot; on a desk without slots, none waits."""
    return severity in desk.immediate or not has_slots(desk)


def has_slots(desk: Desk) -> bool:
    """Say whether a desk is told at times of its own; one that is not is told at once."""
    return desk.digest_every is not None or bool(desk.digest_times and desk.weekdays)


def is_quiet(desk: Desk, at: datetime) -> bool:
    """Say whether a moment is in the desk's quiet hours, by the clock on its wall. The end is not quiet any more."""
    return desk.quiet_hours is not None and is_between(desk, desk.quiet_hours, at)


def is_between(desk: Desk, hours: tuple[time, time], at: datetime) -> bool:
    """Say whether a moment lies in hours of the desk's day, which may cross midnight and do not hold their end."""
    start, end = hours
    clock = at.astimezone(ZoneInfo(desk.timezone)).time()
    return start <= clock < end if start <= end else clock >= start or clock < end


def is_held(desk: Desk, severity: Severity, at: datetime) -> bool:
    """Say whether quiet hours hold an alert at a moment; urgent ones pass."""
    return severity is not Severity.URGENT and is_quiet(desk, at)


def quiet_until(desk: Desk, at: datetime) -> datetime:
    """Return when the quiet hours that hold at a moment are over, to the minute; the moment itself when none do.

    The wall clock decides, and daylight saving may make it jump over the end or back before it: so it is asked minute
    by minute, for four days at most.
    """
    if not is_quiet(desk, at):
        return at
    minute = at.replace(second=0, microsecond=0)
    ends = (minute + timedelta(minutes=count) for count in range(1, 4 * 24 * 60))
    return next((end for end in ends if not is_quiet(desk, end)), minute + timedelta(days=4))


def start_of_day(desk: Desk, at: datetime) -> datetime:
    """Return when the desk's local day began that a moment lies in."""
    zone = ZoneInfo(desk.timezone)
    return _instant(datetime.combine(at.astimezone(zone).date(), time.min), zone)


def slot_label(desk: Desk, slot_at: datetime) -> str:
    """Name a slot by its local time and offset, which no second slot of the desk has."""
    local = slot_at.astimezone(ZoneInfo(desk.timezone))
    return local.isoformat(timespec="seconds" if local.second else "minutes")


def hours_text(desk: Desk) -> str:
    """Write the quiet hours as the rule file does, "" when there are none."""
    return "" if desk.quiet_hours is None else "-".join(f"{edge:%H:%M}" for edge in desk.quiet_hours)


def _at_slot(
    desk: Desk, slots: Sequence[datetime], waiting: Sequence[Alert], now: datetime, *, empty_digests: bool
) -> Due:
    slot_at = slots[-1]
    held = tuple(
        Held(alert, f"quiet hours {hours_text(desk)}") for alert in waiting if is_held(desk, alert.severity, now)
    )
    kept = {id(item.alert) for item in held}
    leaving = tuple(alert for alert in waiting if id(alert) not in kept)
    local = slot_at.astimezone(ZoneInfo(desk.timezone))
    because = f"the {local:%H:%M} digest"
    if len(slots) > 1:
        because += f", with {len(slots) - 1} missed before it"
    if not leaving and held:
        because += f": {len(held)} held by the quiet hours {hours_text(desk)}"
    elif not leaving:
        because += ": no alerts"
    proof_of_life = empty_digests and bool(desk.digest_times) and not is_quiet(desk, now)
    return Due(slot_label(desk, slot_at), slot_at, leaving, held, because, sends=bool(leaving) or proof_of_life)


def _at_once(
    desk: Desk, waiting: Sequence[Alert], last_slot_at: datetime, now: datetime, gathering: timedelta
) -> Due | None:
    ready = [
        alert
        for alert in waiting
        if _leaves_alone(desk, alert, last_slot_at) and not is_held(desk, alert.severity, now)
    ]
    if not any(_has_gathered(alert, now, gathering) for alert in ready):
        return None
    held = tuple(
        Held(alert, f"quiet hours {hours_text(desk)}" if is_held(desk, alert.severity, now) else "waits for its digest")
        for alert in waiting
        if alert not in ready
    )
    severities = ", ".join(
        f"{len(list(group))} {severity}"
        for severity, group in groupby(sorted(ready, key=_by_severity), key=lambda alert: alert.severity)
    )
    over = sum(
        _is_passed_over(desk, alert, last_slot_at) or is_held(desk, alert.severity, alert.created_at) for alert in ready
    )
    because = severities
    if any(is_immediate(desk, alert.severity) for alert in ready):
        because += ", told at once"
    if over:
        because += f"; {over} held until the quiet hours {hours_text(desk)} were over"
    return Due(IMMEDIATE, None, tuple(ready), held, because, sends=True)


def _leaves_alone(desk: Desk, alert: Alert, last_slot_at: datetime) -> bool:
    """Say whether an alert leaves without a slot, as soon as no quiet hours hold it."""
    return is_immediate(desk, alert.severity) or _is_passed_over(desk, alert, last_slot_at)


def _is_passed_over(desk: Desk, alert: Alert, last_slot_at: datetime) -> bool:
    """Say whether a slot in quiet hours left an alert behind: it comes when they are over.

    Waiting for the next slot would lose it on a desk whose every slot is in its quiet hours.
    """
    return alert.created_at <= last_slot_at and is_quiet(desk, last_slot_at)


def _has_gathered(alert: Alert, now: datetime, gathering: timedelta) -> bool:
    """Say whether an alert waited for others long enough; one from the future (the clock was wrong) did."""
    return alert.created_at > now or alert.created_at + gathering <= now


def _by_severity(alert: Alert) -> int:
    return -alert.severity.rank


def _slots(desk: Desk, after: datetime, until: datetime) -> list[datetime]:
    """Return the slots with after < slot <= until, rising, each instant once."""
    zone = ZoneInfo(desk.timezone)
    if desk.digest_every is not None:
        return _grid_slots(desk.digest_every, zone, after, until)
    # A time that a zone leaves out may land on the next local day (Samoa had no 30 December 2011): look a day further.
    first = after.astimezone(zone).date() - timedelta(days=2)
    days = (until.astimezone(zone).date() - first).days + 2
    slots = {slot for count in range(days) for slot in _day_slots(desk, first + timedelta(days=count), zone)}
    return sorted(slot for slot in slots if after < slot <= until)


def _look_back(desk: Desk, now: datetime) -> datetime:
    return now - max(_LOOK_BACK, desk.digest_every or _LOOK_BACK)


def _day_slots(desk: Desk, day: date, zone: ZoneInfo) -> list[datetime]:
    if day.weekday() not in desk.weekdays:
        return []
    return [_instant(datetime.combine(day, at), zone) for at in desk.digest_times]


def _grid_slots(period: timedelta, zone: ZoneInfo, after: datetime, until: datetime) -> list[datetime]:
    """Return the multiples of a period from a fixed local midnight: elapsed time, which daylight saving does not touch.

    Only the newest 1,000 are given: nobody counts the missed seconds of a month.
    """
    anchor = _instant(datetime.combine(_GRID_ANCHOR, time.min), zone)
    last = (until - anchor) // period
    first = max((after - anchor) // period + 1, last - 999)
    return [anchor + count * period for count in range(first, last + 1)]


def _instant(local: datetime, zone: ZoneInfo) -> datetime:
    return local.replace(tzinfo=zone).astimezone(UTC)
