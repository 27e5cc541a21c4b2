"""Owns what is usual for a feed: how many new entries it has in each hour of the week. PURE.

Each hour of the week (UTC, Monday 00 to Sunday 23) keeps a rate that forgets slowly, and for how long it was watched.
A poll says "so many new entries since the last one"; they are spread evenly over that time, because nobody knows more.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

HOURS = 168
_FORGETTING_HOURS = 4.0
"""An hour of the week is watched once a week, so its rate is an average over about four weeks."""
_WATCHED_ENOUGH_HOURS = 1.9
"""Two whole weeks; what was watched for less is not known."""
_LONGEST_SPAN = timedelta(days=7)
SILENCE_EXPECTS = 10.0
"""New entries that should have come before their absence is worth a notice: by chance alone e^-10, once in 22,000 such
spans (Poisson). News comes in bursts, which chance alone does not have, so this stands well above significance."""
SILENCE_LASTS = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Habit:
    """New entries an hour, and hours watched, for each hour of the week; empty while nothing is known."""

    rates: tuple[float, ...] = ()
    watched: tuple[float, ...] = ()

    def expected(self, start: datetime, end: datetime) -> float | None:
        """Return how many new entries are usual in a span; None while a part of it was not watched enough."""
        if not self.rates:
            return None
        total = 0.0
        for hour, length in _hours(start, end):
            if self.watched[hour] < _WATCHED_ENOUGH_HOURS:
                return None
            total += self.rates[hour] * length
        return total


def observed(habit: Habit, *, since: datetime, until: datetime, new: int) -> Habit:
    """Learn from one poll.

    Args:
        habit: what was known.
        since: the last good poll before.
        until: this poll; a span of more than a week, or none at all, teaches nothing.
        new: new entries in between.
    """
    span = until - since
    if not timedelta(0) < span <= _LONGEST_SPAN:
        return habit
    rates = list(habit.rates or (0.0,) * HOURS)
    watched = list(habit.watched or (0.0,) * HOURS)
    rate = new / (span.total_seconds() / 3600)
    for hour, length in _hours(since, until):
        # A plain average at first, then one that forgets: the weight of the new is never less than its share.
        weight = max(1 - math.exp(-length / _FORGETTING_HOURS), length / (watched[hour] + length))
        rates[hour] = round(rates[hour] + weight * (rate - rates[hour]), 4)
        watched[hour] = round(min(watched[hour] + length, 2 * _FORGETTING_HOURS), 3)
    return Habit(tuple(rates), tuple(watched))


def is_silent(habit: Habit, *, last_new_at: datetime | None, now: datetime) -> float | None:
    """Say how many entries a silence has cost, once it is against the feed's own habit; None while it is not."""
    if last_new_at is None or now - last_new_at < SILENCE_LASTS:
        return None
    start = max(last_new_at, now - _LONGEST_SPAN)
    expected = habit.expected(start, now)
    return expected if expected is not None and expected >= SILENCE_EXPECTS else None


def _hours(start: datetime, end: datetime) -> Iterator[tuple[int, float]]:
    """Cut a span at full hours: (hour of the week, length in hours)."""
    at = start
    while at < end:
        following = min(at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1), end)
        yield at.weekday() * 24 + at.hour, (following - at).total_seconds() / 3600
        at = following
