"""When a feed is polled next, and why then."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.cadence import FAILURE_CAP, SHORTEST, WIDEST, in_words, next_poll
from monitor.feeds.habit import Habit
from monitor.feeds.memory import FeedMemory
from monitor.model import Feed, FeedHints, FeedState, NextPoll, PollOutcome

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
FEED = Feed("dawn", "https://news.example/feed", "Dawn")
QUARTER = timedelta(minutes=15)
SPANS = st.none() | st.timedeltas(timedelta(0), timedelta(days=4000))


def poll(
    outcome: PollOutcome = PollOutcome.UNCHANGED, *, feed: Feed = FEED, failures: int = 0, **more: Any
) -> NextPoll:
    given: dict[str, Any] = {
        "default_every": QUARTER,
        "hints": FeedHints(),
        "retry_after": None,
        "cache_max_age": None,
        "now": NOW,
        "jitter": 0.0,
    }
    state = FeedState(feed.id, feed.url, failures=failures)
    return next_poll(state=state, outcome=outcome, feed=feed, **(given | more))


def wait(**more: Any) -> timedelta:
    return poll(**more).at - NOW


def test_a_good_poll_is_followed_after_the_period() -> None:
    """And the reason says so."""
    assert poll() == NextPoll(NOW + QUARTER, "every 15 min")


def test_hints_only_widen_and_only_so_far() -> None:
    """A publisher's `ttl` of a minute or a week does not make a feed greedy or deaf."""
    assert wait(hints=FeedHints(ttl=timedelta(minutes=1))) == QUARTER
    assert wait(hints=FeedHints(ttl=timedelta(minutes=40))) == timedelta(minutes=40)
    daily = poll(hints=FeedHints(update_period=timedelta(days=1)))
    assert daily.at - NOW == WIDEST
    assert "sy:updatePeriod" in daily.because
    assert wait(cache_max_age=timedelta(minutes=20)) == timedelta(minutes=20)


def test_an_operators_own_period_is_obeyed() -> None:
    """Whatever the publisher hints."""
    feed = replace(FEED, every=timedelta(minutes=5))
    found = poll(feed=feed, hints=FeedHints(ttl=timedelta(hours=5)), cache_max_age=timedelta(hours=1))
    assert found.at - NOW == timedelta(minutes=5)
    assert "rule file" in found.because


def test_skipped_hours_move_a_poll_to_their_end_but_not_far() -> None:
    """A poll at 12:45 with 12 skipped happens at 13:00; a whole skipped day is not believed."""
    assert poll(hints=FeedHints(skip_hours=frozenset({12}))).at == NOW.replace(hour=13, minute=0)
    assert wait(hints=FeedHints(skip_hours=frozenset(range(12, 20)))) == QUARTER + WIDEST
    assert wait(hints=FeedHints(skip_hours=frozenset(range(24)))) == QUARTER


def test_failures_wait_longer_linearly_up_to_the_cap() -> None:
    """Once, twice, three times the period; after a month still every six hours."""
    waits = [wait(outcome=PollOutcome.FETCH_FAILED, failures=n) for n in (0, 1, 2, 5000)]
    assert waits == [QUARTER, 2 * QUARTER, 3 * QUARTER, FAILURE_CAP]


def test_some_answers_mend_themselves_seldom() -> None:
    """404 and 403 wait four times as long, 410 a day."""
    assert wait(outcome=PollOutcome.FETCH_FAILED, status="404") == 4 * QUARTER
    assert wait(outcome=PollOutcome.FETCH_FAILED, status="410") == timedelta(days=1)
    assert "gone" in poll(PollOutcome.FETCH_FAILED, status="410").because


def test_what_the_server_asks_for_is_kept() -> None:
    """Retry-After is never undercut, and never shortens a wait."""
    found = poll(PollOutcome.FETCH_FAILED, retry_after=timedelta(hours=2))
    assert found == NextPoll(NOW + timedelta(hours=2), "the server asked to wait 2 h")
    assert wait(outcome=PollOutcome.FETCH_FAILED, retry_after=timedelta(seconds=1)) == QUARTER


def test_documents_that_do_not_overlap_are_asked_for_more_often() -> None:
    """Half the period for each in a row, not more than once a minute, even where the operator named a period."""
    gapped = FeedMemory(entries=20, gaps=1)
    found = poll(memory=gapped)
    assert found.at - NOW == QUARTER / 2
    assert "overlap" in found.because
    assert wait(memory=replace(gapped, gaps=9)) == SHORTEST
    assert wait(memory=gapped, feed=replace(FEED, every=timedelta(minutes=4))) == timedelta(minutes=2)
    assert wait(memory=gapped, feed=replace(FEED, every=timedelta(seconds=1))) == timedelta(seconds=1)


def test_a_feed_that_turns_over_fast_is_asked_for_before_it_does() -> None:
    """At most half of its entries may change between two polls."""
    busy = FeedMemory(entries=10, habit=Habit((40.0,) * 168, (4.0,) * 168))
    found = poll(memory=busy)
    assert found.at - NOW == timedelta(minutes=7.5)
    assert "10 entries" in found.because


def test_a_quiet_hour_is_asked_for_half_as_often() -> None:
    """By the feed's own habit; not where the operator named a period, and not while nothing is known."""
    quiet = FeedMemory(entries=10, habit=Habit((0.1,) * 168, (4.0,) * 168))
    found = poll(memory=quiet)
    assert found.at - NOW == 2 * QUARTER
    assert "quiet at this hour" in found.because
    assert wait(memory=quiet, feed=replace(FEED, every=QUARTER)) == QUARTER
    assert wait(memory=FeedMemory(habit=Habit((0.1,) * 168, (1.0,) * 168))) == QUARTER


def test_hints_are_remembered_where_nothing_was_parsed() -> None:
    """A 304 says nothing of the rhythm, but the document before did."""
    assert wait(outcome=PollOutcome.NOT_MODIFIED, memory=FeedMemory(hints=FeedHints(ttl=WIDEST))) == WIDEST


@given(
    outcome=st.sampled_from(PollOutcome),
    failures=st.integers(0, 10**9),
    ttl=SPANS,
    update_period=SPANS,
    cache_max_age=SPANS,
    retry_after=st.none() | st.timedeltas(timedelta(0), timedelta(days=1)),
    skip_hours=st.frozensets(st.integers(0, 23)),
    every=st.none() | st.timedeltas(timedelta(seconds=1), timedelta(days=2)),
    jitter=st.floats(0, 1, exclude_max=True),
    status=st.sampled_from(["", "404", "410", "500", "dns"]),
)
def test_every_poll_has_a_next_one_within_bounds(
    outcome: PollOutcome,
    failures: int,
    ttl: timedelta | None,
    update_period: timedelta | None,
    cache_max_age: timedelta | None,
    retry_after: timedelta | None,
    skip_hours: frozenset[int],
    every: timedelta | None,
    jitter: float,
    status: str,
) -> None:
    """Never before the period or Retry-After, never later than two days and a bit, and always with a reason."""
    found = poll(
        outcome,
        feed=replace(FEED, every=every),
        failures=failures,
        hints=FeedHints(ttl, skip_hours, update_period),
        cache_max_age=cache_max_age,
        retry_after=retry_after,
        jitter=jitter,
        status=status,
    )
    length = found.at - NOW
    assert length >= min(every or QUARTER, FAILURE_CAP)
    assert length >= (retry_after or timedelta(0))
    assert length <= timedelta(days=2.3)
    assert found.because


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.5, "0.5 s"), (45, "45 s"), (90, "90 s"), (900, "15 min"), (3600, "1 h"), (86400, "24 h"), (172800, "2 days")],
)
def test_lengths_of_time_are_written_for_people(seconds: float, words: str) -> None:
    """In the unit people would choose."""
    assert in_words(timedelta(seconds=seconds)) == words


def test_a_feed_whose_host_wants_to_be_left_alone_comes_back_when_that_is_over() -> None:
    """However often it failed before, and whatever its period is: nothing was asked, so nothing failed."""
    held = poll(PollOutcome.FETCH_FAILED, status="held", failures=20, retry_after=timedelta(minutes=5))
    assert held == NextPoll(NOW + timedelta(minutes=5), "its host asked to be left alone for 5 min")
    assert wait(outcome=PollOutcome.FETCH_FAILED, status="held", retry_after=timedelta(seconds=2)) == SHORTEST
