"""Owns when a feed is polled next, and why then. PURE: the present and chance are arguments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.feeds.memory import FeedMemory
from monitor.model import Feed, FeedHints, FeedState, FetchFault, NextPoll, PollOutcome

WIDEST = timedelta(hours=1)
"""What a publisher's hints may stretch a period to: a feed that says "daily" is still asked every hour."""
FAILURE_CAP = timedelta(hours=6)
"""A feed that fails for long is still asked so often: feeds that return 404 do come back."""
GONE = timedelta(days=1)
"""After 410 Gone; the feed is paused (`pause`), so this counts once it is resumed."""
SHORTEST = timedelta(minutes=1)
"""No gap makes the monitor ask more often than this, unless the operator does."""
QUIET_EXPECTS = 0.05
"""New entries usual in a period below which the hour is quiet: one period in twenty has one."""
JITTER = 0.1
"""The share of a period that chance may add, so that feeds do not fall into step."""

_SLOWER = {"401": 4, "402": 4, "403": 4, "404": 4, "451": 4}
"""Answers that seldom mend themselves within minutes; their failures count so many times."""


@dataclass(frozen=True, slots=True)
class _Wait:
    length: timedelta
    because: str


def next_poll(
    *,
    state: FeedState,
    outcome: PollOutcome,
    feed: Feed,
    default_every: timedelta,
    hints: FeedHints,
    retry_after: timedelta | None,
    cache_max_age: timedelta | None,
    now: datetime,
    jitter: float,
    status: str = "",
    memory: FeedMemory | None = None,
) -> NextPoll:
    """Decide when a feed is polled next.

    Args:
        state: as it was before this poll; its `failures` do not count this one.
        outcome: what this poll came to.
        feed: its own `every`, where there is one, is obeyed whatever the publisher hints.
        default_every: the period for a feed that names none.
        hints: what the document says of its rhythm; looked at only where there is no `memory`.
        retry_after: what the server asked for, already clamped.
        cache_max_age: for how long the server calls its answer fresh.
        now: the present, aware, in UTC.
        jitter: in [0, 1).
        status: the verdict's status of a failed poll, such as "404".
        memory: what this and earlier polls taught (`memory.learn`): habit, hints for polls that parsed nothing, gaps.

    Returns:
        A time after `now`, never before what Retry-After asked for.
    """
    period = feed.every or default_every
    if status == FetchFault.HELD and retry_after is not None:  # nothing was asked, so nothing failed
        wait = _Wait(max(retry_after, SHORTEST), f"its host asked to be left alone for {in_words(retry_after)}")
        return NextPoll(now + wait.length * (1 + JITTER * jitter), wait.because)
    memory = memory or FeedMemory(hints=hints)
    if outcome.is_good:
        wait = _against_gaps(_after_success(feed, period, memory, cache_max_age, now), memory, now)
    else:
        wait = _after_failure(state.failures + 1, period, status)
    length = wait.length * (1 + JITTER * jitter)
    if retry_after is not None and retry_after > length:
        return NextPoll(now + retry_after * (1 + JITTER * jitter), f"the server asked to wait {in_words(retry_after)}")
    return NextPoll(now + length, wait.because)


def _after_success(
    feed: Feed, period: timedelta, memory: FeedMemory, cache_max_age: timedelta | None, now: datetime
) -> _Wait:
    if feed.every is not None:
        return _Wait(period, f"every {in_words(period)}, as its rule file says")
    hints = memory.hints
    wait = _by_habit(_Wait(period, f"every {in_words(period)}"), memory, now)
    for asked, source in (
        (cache_max_age, "Cache-Control"),
        (hints.ttl, "ttl"),
        (hints.update_period, "sy:updatePeriod"),
    ):
        if asked is None or min(asked, WIDEST) <= wait.length:
            continue
        clamp = f", no more than {in_words(WIDEST)}" if asked > WIDEST else ""
        wait = _Wait(min(asked, WIDEST), f"its {source} says {in_words(asked)}{clamp}")
    return _outside_skipped_hours(wait, hints.skip_hours, now)


def _by_habit(wait: _Wait, memory: FeedMemory, now: datetime) -> _Wait:
    """Ask half as often in hours in which the feed hardly ever has news."""
    expected = memory.habit.expected(now, now + wait.length)
    if expected is None or expected >= QUIET_EXPECTS or wait.length * 2 > WIDEST:
        return wait
    return _Wait(
        wait.length * 2, f"quiet at this hour of the week: {expected:.2f} new usual in {in_words(wait.length)}"
    )


def _against_gaps(wait: _Wait, memory: FeedMemory, now: datetime) -> _Wait:
    """Ask more often where entries may be missed: documents that do not overlap, or are about to turn over."""
    floor = min(SHORTEST, wait.length)
    if memory.gaps:
        shorter = max(wait.length / 2 ** min(memory.gaps, 10), floor)
        return _Wait(shorter, f"no overlap with the poll before: again in {in_words(shorter)}")
    expected = memory.habit.expected(now, now + wait.length)
    if expected and memory.entries and expected > memory.entries / 2:
        shorter = max(wait.length * (memory.entries / 2) / expected, floor)
        return _Wait(shorter, f"its {memory.entries} entries turn over fast at this hour: again in {in_words(shorter)}")
    return wait


def _outside_skipped_hours(wait: _Wait, skipped: frozenset[int], now: datetime) -> _Wait:
    """Move a time out of the hours a publisher skips, by no more than `WIDEST`; a feed that skips all skips none."""
    at = now + wait.length
    if at.hour not in skipped or len(skipped) > 22:
        return wait
    hour = at.replace(minute=0, second=0, microsecond=0)
    while hour.hour in skipped:
        hour += timedelta(hours=1)
    later = min(hour - now, wait.length + WIDEST)
    return _Wait(later, f"its skipHours names {at.hour:02d}:00 UTC")


def _after_failure(failures: int, period: timedelta, status: str) -> _Wait:
    """Wait longer with each failure in a row: linear and capped, so that one bad hour does not cost a day."""
    if status == "410":
        return _Wait(max(GONE, period), "the server says the feed is gone for good")
    weight = _SLOWER.get(status, 1)
    cap = max(FAILURE_CAP, period)
    length = min(period * min(failures * weight, 10_000), cap)
    times = "failed once" if failures == 1 else f"failed {failures} times in a row"
    why = f" with {status}" if weight > 1 else ""
    return _Wait(length, f"{times}{why}: again in {in_words(length)}")


def in_words(length: timedelta) -> str:
    """Write a length of time for people: "90 s", "15 min", "2 h", "3 days"."""
    seconds = length.total_seconds()
    for unit, size in (("days", 86400.0), ("h", 3600.0), ("min", 60.0)):
        if (
            seconds >= size
            and (seconds % size == 0 or seconds >= 10 * size)
            and not (unit == "days" and seconds == size)
        ):
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 60:.0f} min" if seconds >= 600 else f"{seconds:g} s"
