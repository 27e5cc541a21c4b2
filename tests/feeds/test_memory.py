"""What a poll teaches, and what the operator hears of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.habit import Habit
from monitor.feeds.judge import body_digest, judge
from monitor.feeds.memory import FeedMemory, Lesson, Poll, learn, read_memory, request_for, write_memory
from monitor.model import (
    Entry,
    Feed,
    FeedHints,
    FeedState,
    Fetched,
    FetchFailed,
    FetchFault,
    FetchOutcome,
    FetchRequest,
    ParsedFeed,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
URL = "https://news.example/feed"
NEW_URL = "https://news.example/new"
FEED = Feed("dawn", URL, "Dawn")
THEN = NOW - timedelta(minutes=15)
STATE = FeedState(
    "dawn", URL, etag='"1"', body_sha256=body_digest(b"old"), baseline_at=THEN, last_ok_at=THEN, last_new_at=THEN
)
FIVE = ParsedFeed("rss20", "P", None, (Entry(None, None, "t", ""),) * 5, hints=FeedHints(ttl=timedelta(minutes=30)))
KNOWN = FeedMemory(entries=5, whole_fetch_at=THEN)


def polled(
    memory: FeedMemory = KNOWN,
    *,
    fetched: FetchOutcome | None = None,
    new: int = 0,
    state: FeedState = STATE,
    conditional: bool = True,
    asked: str = URL,
) -> Lesson:
    fetched = fetched or Fetched(URL, b"new", {"etag": '"2"'}, 0.1)
    parsed = FIVE if isinstance(fetched, Fetched) else None
    verdict = judge(fetched, parsed, new=new, is_baseline=state.baseline_at is None)
    request = FetchRequest(asked, state.etag if conditional else None)
    return learn(Poll(state, request, fetched, parsed, verdict, new, NOW), memory)


def events(lesson: Lesson) -> list[tuple[str, bool]]:
    return [(departure.event, departure.is_over) for departure in lesson.departures]


def test_an_ordinary_poll_is_remembered_and_tells_nothing() -> None:
    """Status, hints and how many entries there were."""
    lesson = polled(new=1)
    assert events(lesson) == []
    assert (lesson.memory.status, lesson.memory.entries, lesson.memory.hints) == ("200", 5, FIVE.hints)


def test_no_overlap_is_a_gap_with_its_bounds_and_ends_with_the_next_overlap() -> None:
    """Every entry new: others may have been missed in between."""
    gap = polled(new=5)
    assert events(gap) == [("feed.gap", False)]
    assert "between 2026-11-20 11:45 and 2026-11-20 12:00" in gap.departures[0].detail
    assert polled(gap.memory, new=5).memory.gaps == 2
    assert events(polled(gap.memory, new=2)) == [("feed.gap", True)]


def test_a_baseline_and_a_document_of_one_entry_are_no_gap() -> None:
    """Nothing was known before; and a feed that only ever shows one entry has no overlap to have."""
    assert events(polled(FeedMemory(), new=5, state=FeedState("dawn", URL))) == []
    assert events(polled(replace(KNOWN, entries=0), new=5)) == []


def test_a_lying_etag_is_found_by_a_whole_fetch_and_then_ignored() -> None:
    """News came while the validators stayed the same: asked with them, the server would have said 304."""
    same = Fetched(URL, b"new", {"etag": '"1"'}, 0.1)
    lesson = polled(fetched=same, new=1, conditional=False)
    assert events(lesson) == [("feed.etag_lies", False)]
    assert request_for(FEED, STATE, lesson.memory, now=NOW) == FetchRequest(URL)
    assert events(polled(fetched=same, new=0, conditional=False)) == []
    assert events(polled(fetched=same, new=1, conditional=True)) == []
    assert events(polled(lesson.memory, fetched=same, new=1, conditional=False)) == []


def test_validators_are_left_out_every_six_hours() -> None:
    """And when the clock has stepped back."""
    assert request_for(FEED, STATE, KNOWN, now=NOW).etag == '"1"'
    assert request_for(FEED, STATE, KNOWN, now=THEN + timedelta(hours=6)).etag is None
    assert request_for(FEED, STATE, KNOWN, now=THEN - timedelta(hours=1)).etag is None
    assert request_for(FEED, STATE, FeedMemory(), now=NOW).etag is None
    assert polled(conditional=False).memory.whole_fetch_at == NOW


def test_a_permanent_move_is_believed_the_third_time() -> None:
    """Then the new address is asked directly, and the operator is told once."""
    moved = Fetched(NEW_URL, b"x", {}, 0.1, ((301, NEW_URL),))
    memory, told = KNOWN, []
    for _ in range(4):
        lesson = polled(memory, fetched=moved)
        memory, told = lesson.memory, [*told, events(lesson)]
    assert told == [[], [], [("feed.moved", False)], []]
    assert request_for(FEED, STATE, memory, now=NOW).url == NEW_URL
    direct = polled(memory, fetched=Fetched(NEW_URL, b"x", {}, 0.1), asked=NEW_URL)
    assert direct.memory.has_moved
    assert request_for(FEED, replace(STATE, failures=3), memory, now=NOW).url == URL
    assert request_for(replace(FEED, url=URL + "3"), STATE, memory, now=NOW).url == URL + "3"


def test_a_move_is_over_when_the_rule_file_names_the_new_address() -> None:
    """The operator did what the notice asked for."""
    memory = replace(KNOWN, moved_from=URL, moved_to=NEW_URL, moves=5)
    state = replace(STATE, url=NEW_URL)
    lesson = polled(memory, fetched=Fetched(NEW_URL, b"x", {}, 0.1), state=state, asked=NEW_URL)
    assert events(lesson) == [("feed.moved", True)]
    assert not lesson.memory.has_moved


def test_a_move_is_forgotten_when_it_is_taken_back() -> None:
    """A temporary redirect never counts; another target begins anew."""
    moved = Fetched(NEW_URL, b"x", {}, 0.1, ((308, NEW_URL),))
    memory = polled(polled(fetched=moved).memory, fetched=moved).memory
    assert memory.moves == 2
    assert polled(memory, fetched=replace(moved, redirects=((302, NEW_URL),))).memory.moves == 0
    assert polled(memory, fetched=replace(moved, url=URL + "2")).memory.moves == 1
    assert polled(memory).memory.moved_to is None


def test_gone_is_told_and_taken_back() -> None:
    """410 is the publisher's own word."""
    lesson = polled(fetched=FetchFailed(URL, FetchFault.HTTP, "answered 410 Gone", 0.1, status=410))
    assert events(lesson) == [("feed.gone", False)]
    assert ("feed.gone", True) in events(polled(lesson.memory))


def test_a_silence_against_the_habit_is_told_and_ends() -> None:
    """And is not learnt as a new habit."""
    habit = Habit((8.0,) * 168, (4.0,) * 168)
    state = replace(STATE, last_new_at=NOW - timedelta(hours=3))
    memory = replace(KNOWN, habit=habit)
    silent = polled(memory, state=state)
    assert events(silent) == [("feed.silent", False)]
    assert "about 24 entries" in silent.departures[0].detail
    assert silent.memory.habit == habit
    assert events(polled(memory, state=state, new=1)) == [("feed.silent", True)]


MEMORIES = st.builds(
    FeedMemory,
    status=st.sampled_from(["", "200", "dns"]),
    entries=st.integers(0, 10**6),
    gaps=st.integers(0, 9),
    hints=st.builds(
        FeedHints,
        ttl=st.none() | st.integers(1, 10**6).map(lambda seconds: timedelta(seconds=seconds)),
        skip_hours=st.frozensets(st.integers(0, 23)),
    ),
    habit=st.sampled_from([Habit(), Habit((0.5,) * 168, (2.0,) * 168)]),
    whole_fetch_at=st.none() | st.just(NOW),
    etag_lies=st.booleans(),
    moved_from=st.none() | st.just(URL),
    moved_to=st.none() | st.just(NEW_URL),
    moves=st.integers(0, 5),
)


@given(MEMORIES)
def test_a_memory_is_the_same_after_it_was_written(memory: FeedMemory) -> None:
    """The store keeps it as a text."""
    assert read_memory(write_memory(memory)) == memory


@pytest.mark.parametrize(
    "text", ["", "x", "[]", "3", '{"rates": 5}', '{"ttl": "x"}', '{"whole": "never"}', '{"rates":[1]}']
)
def test_a_text_that_is_no_memory_is_an_empty_one(text: str) -> None:
    """All in it can be learnt again."""
    assert read_memory(text) == FeedMemory()
