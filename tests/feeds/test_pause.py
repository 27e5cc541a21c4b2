"""Whose a pause is, and what ends it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.feeds.memory import FeedMemory, write_memory
from monitor.feeds.pause import paused_after, rests
from monitor.model import Feed, FeedState

FEED = Feed("hill", "https://hill.example/rss", "Hill Post")
GONE = FeedState(FEED.id, FEED.url, paused=True, memory=write_memory(FeedMemory(status="410")))
BY_HAND = replace(GONE, memory=write_memory(FeedMemory(status="200")))
AWAKE = replace(BY_HAND, paused=False)


@pytest.mark.parametrize(
    ("state", "resting"),
    [
        (None, False),
        (AWAKE, False),
        (BY_HAND, True),
        (GONE, True),
        (replace(BY_HAND, url="https://old.example/"), True),
        (replace(GONE, url="https://old.example/"), False),
    ],
)
def test_a_paused_feed_rests_but_for_a_new_address_after_a_410(state: FeedState | None, resting: bool) -> None:
    """Only a pause that a server made is bound to its address."""
    assert rests(FEED, state) is resting


@pytest.mark.parametrize(
    ("before", "status", "stored", "paused"),
    [
        (AWAKE, "410", AWAKE, True),
        (AWAKE, "200", AWAKE, False),
        (AWAKE, "404", AWAKE, False),
        (AWAKE, "200", BY_HAND, True),  # paused by a person while it was polled
        (BY_HAND, "200", BY_HAND, True),  # polled by hand
        (BY_HAND, "200", AWAKE, False),  # resumed by a person while it was polled
        (GONE, "410", GONE, True),
        (GONE, "200", GONE, False),
        (GONE, "dns", GONE, False),
        (replace(GONE, paused=False), "200", BY_HAND, True),  # resumed, then paused by a person while it was polled
        (AWAKE, "200", None, False),
        (AWAKE, "410", None, True),
    ],
)
def test_a_410_pauses_and_any_other_answer_ends_that_pause_only(
    before: FeedState, status: str, stored: FeedState | None, paused: bool
) -> None:
    """A person's word counts in every case that is not the server's."""
    assert paused_after(before, status=status, stored=stored) is paused
