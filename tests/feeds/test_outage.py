"""One cause for many failures."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.feeds.outage import blind_families, shared_fault
from monitor.model import Feed, FeedState, NextPoll, PollOutcome, PollReport

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def report(status: str) -> PollReport:
    outcome = {"200": PollOutcome.NEW, "304": PollOutcome.NOT_MODIFIED, "html": PollOutcome.PARSE_FAILED}.get(
        status, PollOutcome.FETCH_FAILED
    )
    return PollReport("f", NOW, outcome, status, "", 0, 0, 0, 0, 0.0, NextPoll(NOW, ""))


@pytest.mark.parametrize(
    ("statuses", "event"),
    [
        (["dns"] * 3, "network.down"),
        (["dns", "timeout", "unreachable"], "network.down"),
        (["html"] * 4, "network.portal"),
        (["html", "html", "tls"], "network.portal"),
        (["511", "html", "tls"], "network.portal"),
        (["511", "511", "404"], None),
        (["dns", "dns"], None),
        (["dns", "dns", "304"], None),
        (["404", "404", "404"], None),
        (["dns", "404", "dns"], None),
        (["tls"] * 3, None),
        ([], None),
    ],
)
def test_a_common_cause_is_named_only_where_nothing_was_heard(statuses: list[str], event: str | None) -> None:
    """Three feeds that fail alike are this machine's trouble; one that is heard says that they are not."""
    outage = shared_fault([report(status) for status in statuses])
    assert (outage.event if outage else None) == event


FEEDS = [
    Feed("a", "https://a.example/", "A", language="ur", tags=("pakistan",)),
    Feed("b", "https://b.example/", "B", language="ur"),
    Feed("c", "https://c.example/", "C", language="en", tags=("pakistan",)),
]


def states(**heard: timedelta) -> dict[str, FeedState]:
    return {name: FeedState(name, "", last_ok_at=NOW - ago) for name, ago in heard.items()}


def blind(known: dict[str, FeedState]) -> list[str]:
    return [outage.subject for outage in blind_families(FEEDS, known, default_every=QUARTER, now=NOW)]


def test_a_family_is_blind_when_none_of_it_was_heard_for_long() -> None:
    """A language or a tag, from two feeds on."""
    long, short = timedelta(hours=3), timedelta(minutes=20)
    assert blind(states(a=long, b=long, c=short)) == ["language:ur"]
    assert blind(states(a=long, b=short, c=long)) == ["tag:pakistan"]
    assert blind(states(a=long, b=long, c=long)) == ["language:ur", "tag:pakistan"]
    assert blind(states(a=short, b=short, c=short)) == []


def test_a_family_with_long_periods_is_not_called_blind_early() -> None:
    """Four periods must pass."""
    slow = [replace(feed, every=timedelta(hours=6)) for feed in FEEDS]
    known = states(a=timedelta(hours=8), b=timedelta(hours=8))
    assert blind_families(slow, known, default_every=QUARTER, now=NOW) == []


def test_paused_and_unheard_feeds_count_for_no_family() -> None:
    """Their state is no news to the operator."""
    known = states(a=timedelta(hours=3), b=timedelta(hours=3))
    assert blind({**known, "b": replace(known["b"], paused=True)}) == []
    assert blind({"a": known["a"], "b": FeedState("b", "")}) == []
