"""What is usual for a feed, by hour of the week."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.habit import Habit, is_silent, observed

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def after_weeks(weeks: int, *, by_day: int = 2, by_night: int = 0) -> Habit:
    """Live through whole weeks of polls every quarter of an hour; news comes from 06 to 18 UTC."""
    habit, at = Habit(), MONDAY
    for _ in range(weeks * 7 * 96):
        habit = observed(habit, since=at, until=at + QUARTER, new=by_day if 6 <= at.hour < 18 else by_night)
        at += QUARTER
    return habit


REGULAR = after_weeks(3)


def test_nothing_is_known_before_two_weeks() -> None:
    """One week may be a holiday."""
    assert after_weeks(1).expected(MONDAY, MONDAY + QUARTER) is None
    assert Habit().expected(MONDAY, MONDAY + QUARTER) is None


def test_day_and_night_are_told_apart() -> None:
    """Two an eighth of a day, none in the night."""
    noon = MONDAY + timedelta(weeks=3, hours=12)
    night = MONDAY + timedelta(weeks=3, hours=1)
    assert REGULAR.expected(noon, noon + timedelta(hours=1)) == 8.0
    assert REGULAR.expected(night, night + timedelta(hours=4)) == 0.0


def test_a_silence_is_one_only_where_news_is_usual() -> None:
    """Three hours without news are nothing at night and a notice at noon."""
    start = MONDAY + timedelta(weeks=3)
    assert is_silent(REGULAR, last_new_at=start + timedelta(hours=18), now=start + timedelta(hours=29)) is None
    assert is_silent(REGULAR, last_new_at=start + timedelta(hours=9), now=start + timedelta(hours=10)) is None
    missed = is_silent(REGULAR, last_new_at=start + timedelta(hours=9), now=start + timedelta(hours=12))
    assert missed == 24.0


def test_habits_change_with_the_feed() -> None:
    """A feed that has halved is half as usual some weeks later."""
    habit, at = REGULAR, MONDAY + timedelta(weeks=3)
    for _ in range(8 * 7 * 96):
        habit = observed(habit, since=at, until=at + QUARTER, new=1 if 6 <= at.hour < 18 else 0)
        at += QUARTER
    noon = at + timedelta(hours=12)
    expected = habit.expected(noon, noon + timedelta(hours=1))
    assert expected is not None
    assert 4.0 <= expected < 4.8


def test_a_clock_that_steps_teaches_nothing() -> None:
    """Neither back nor months ahead."""
    assert observed(REGULAR, since=MONDAY, until=MONDAY - QUARTER, new=5) == REGULAR
    assert observed(REGULAR, since=MONDAY, until=MONDAY + timedelta(days=60), new=5) == REGULAR


@given(
    st.timedeltas(timedelta(seconds=1), timedelta(days=7)),
    st.timedeltas(timedelta(0), timedelta(days=8)),
    st.integers(0, 99),
)
def test_rates_are_never_negative_and_all_that_was_seen_is_counted(
    span: timedelta, offset: timedelta, new: int
) -> None:
    """The first observation of a span of at most a week is kept as it is."""
    start = MONDAY + offset
    habit = observed(Habit(), since=start, until=start + span, new=new)
    assert all(rate >= 0 for rate in habit.rates)
    hours = span.total_seconds() / 3600
    assert abs(sum(habit.watched) - hours) < 0.2
