"""How a feed is, in one word, with what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.memory import FeedMemory
from monitor.feeds.states import ADVICE, Condition, diagnose
from monitor.model import Feed, FeedState, FetchFault, ParseFault, PollOutcome

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
FEED = Feed("dawn", "https://news.example/feed", "Dawn")
FINE = FeedState(
    "dawn",
    FEED.url,
    baseline_at=NOW - timedelta(days=90),
    last_polled_at=NOW - QUARTER,
    last_ok_at=NOW - QUARTER,
    last_new_at=NOW - timedelta(hours=1),
    next_poll_at=NOW,
    last_outcome=PollOutcome.UNCHANGED.value,
)


def condition(state: FeedState | None = FINE, memory: FeedMemory | None = None) -> Condition:
    return diagnose(FEED, state, memory or FeedMemory(), default_every=QUARTER, now=NOW).condition


def failing(status: str) -> Condition:
    state = replace(FINE, last_outcome=PollOutcome.FETCH_FAILED.value, last_detail="x")
    return condition(state, FeedMemory(status=status))


def test_every_condition_has_advice() -> None:
    """At least fourteen, and each says what to do."""
    assert set(ADVICE) == set(Condition)
    assert len(Condition) >= 14
    assert all(ADVICE.values())


@pytest.mark.parametrize(
    ("changes", "memory", "expected"),
    [
        ({}, {}, Condition.OK),
        ({"paused": True}, {}, Condition.PAUSED),
        ({"next_poll_at": NOW - timedelta(hours=2)}, {}, Condition.OVERDUE),
        ({"last_new_at": NOW - timedelta(days=3)}, {}, Condition.QUIET),
        ({"last_new_at": NOW - timedelta(days=31)}, {}, Condition.DORMANT),
        ({"last_detail": "not well-formed XML"}, {}, Condition.MENDED),
        ({"last_detail": "the document was cut"}, {}, Condition.CUT),
        ({}, {"gaps": 1}, Condition.GAP),
        ({}, {"etag_lies": True}, Condition.LYING_ETAG),
        ({}, {"moved_to": "https://news.example/new", "moves": 3}, Condition.MOVED),
        ({}, {"moved_to": "https://news.example/new", "moves": 2}, Condition.OK),
    ],
)
def test_a_feed_that_answers_may_still_need_a_word(
    changes: dict[str, Any], memory: dict[str, Any], expected: Condition
) -> None:
    """From what is known of it."""
    assert condition(replace(FINE, **changes), FeedMemory(**memory)) is expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("404", Condition.MISSING),
        ("410", Condition.GONE),
        ("401", Condition.FORBIDDEN),
        ("403", Condition.FORBIDDEN),
        ("429", Condition.THROTTLED),
        ("503", Condition.THROTTLED),
        ("511", Condition.PORTAL),
        ("500", Condition.SERVER_ERROR),
        ("599", Condition.SERVER_ERROR),
        ("418", Condition.REFUSED),
        ("302", Condition.REDIRECTS),
        ("304", Condition.PROTOCOL),
    ],
)
def test_a_status_is_told_by_what_it_means(status: str, expected: Condition) -> None:
    """Not by its number."""
    assert failing(status) is expected


def test_every_fault_has_its_own_condition() -> None:
    """What was drawn apart in fetching and parsing stays apart."""
    assert len({failing(fault.value) for fault in FetchFault}) == len(FetchFault)
    state = replace(FINE, last_outcome=PollOutcome.PARSE_FAILED.value)
    found = {condition(state, FeedMemory(status=fault.value)) for fault in ParseFault}
    assert len(found) == len(ParseFault) - 1  # time and memory are one: a limit of the parser


def test_a_feed_that_was_never_polled_is_new() -> None:
    """With or without a row in the store."""
    assert condition(None) is Condition.NEW
    assert condition(FeedState("dawn", FEED.url)) is Condition.NEW


@given(
    st.builds(
        FeedState,
        feed_id=st.just("dawn"),
        url=st.just(FEED.url),
        last_polled_at=st.none() | st.just(NOW),
        last_new_at=st.none() | st.just(NOW - timedelta(days=5)),
        next_poll_at=st.none() | st.just(NOW - timedelta(days=5)),
        last_outcome=st.sampled_from([outcome.value for outcome in PollOutcome]) | st.text(max_size=5),
        last_detail=st.text(max_size=5),
        paused=st.booleans(),
    ),
    st.builds(FeedMemory, status=st.text(max_size=4), gaps=st.integers(0, 2), etag_lies=st.booleans()),
)
def test_every_state_has_a_condition_with_advice(state: FeedState, memory: FeedMemory) -> None:
    """Whatever the store holds."""
    found = diagnose(FEED, state, memory, default_every=QUARTER, now=NOW)
    assert found.advice
    assert found.condition is Condition.OK or found.because or state.last_detail == ""
