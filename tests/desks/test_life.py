"""The proof of life: who is heard, who is silent, in words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.desks.content import Health
from monitor.desks.life import age, health_of, proof_of_life
from monitor.model import Feed, FeedState
from tests.desks.build import NOON


def feeds(*ids: str) -> dict[str, Feed]:
    return {name: Feed(name, f"https://{name}.example/", name.capitalize()) for name in ids}


def state(name: str, *, failures: int = 0, heard: bool = True, paused: bool = False) -> FeedState:
    at = NOON if heard else None
    return FeedState(name, f"https://{name}.example/", last_ok_at=at, last_new_at=at, failures=failures, paused=paused)


def test_feeds_are_heard_silent_or_paused() -> None:
    """A failing feed and one never heard are silent; a paused one is neither; a feed of the past does not count."""
    states = {s.feed_id: s for s in (state("a"), state("b", failures=2), state("d", paused=True), state("old"))}
    health = health_of(feeds("a", "b", "c", "d"), states, articles_read=7, gaps=1)
    assert health == Health(feeds=4, healthy=1, silent=("B", "C"), articles_read=7, newest_at=NOON, gaps=1)


def test_without_any_feed_nothing_is_claimed() -> None:
    """An empty rule book is said as such."""
    health = health_of({}, {}, articles_read=0)
    assert proof_of_life(health, stories=0, now=NOON) == "0 stories. 0 of 0 feeds healthy, 0 articles read."


def test_many_silent_feeds_are_counted_after_the_first_names() -> None:
    """A line of names does not become a page."""
    health = Health(feeds=40, healthy=10, silent=tuple(f"Feed {n}" for n in range(30)))
    assert "30 silent (Feed 0, Feed 1, " in proof_of_life(health, stories=1, now=NOON)
    assert "Feed 7 and 22 more)" in proof_of_life(health, stories=1, now=NOON)


@pytest.mark.parametrize(
    ("elapsed", "expected"),
    [
        (timedelta(seconds=-5), "under a minute"),
        (timedelta(seconds=59), "under a minute"),
        (timedelta(minutes=89), "89 min"),
        (timedelta(minutes=95), "2 h"),
        (timedelta(hours=47), "47 h"),
        (timedelta(days=3, hours=5), "3 days"),
    ],
)
def test_ages(elapsed: timedelta, expected: str) -> None:
    """A span is written in its largest sensible unit."""
    assert age(elapsed) == expected
