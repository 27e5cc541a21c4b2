"""Owns whose fault a run of failed polls is: one feed's, or that of this machine's network. PURE.

When nothing at all can be reached, the operator needs one message, not one a feed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from monitor.model import Feed, FeedState, FetchFault, PollOutcome, PollReport

FAILING_AFTER = 3
"""Failed polls in a row after which the operator is told; one or two are the weather of the net."""
EVERY_FEED = "all feeds"
"""The subject of a departure that is no feed's own."""

_OF_THE_NETWORK = frozenset({FetchFault.DNS.value, FetchFault.UNREACHABLE.value, FetchFault.TIMEOUT.value})


@dataclass(frozen=True, slots=True)
class Outage:
    """What the operator is told of, under a stable name."""

    event: str
    subject: str
    detail: str


def outage(feed: Feed, state: FeedState, report: PollReport, others: Iterable[FeedState]) -> Outage | None:
    """Say what a failed poll means when it is not the first; None while it is too early to say.

    Args:
        feed: the feed.
        state: its state after the poll.
        report: the poll.
        others: the states of the other feeds that are polled.
    """
    if state.failures < FAILING_AFTER:
        return None
    known = [other for other in others if other.last_polled_at is not None and not other.paused]
    if report.status in _OF_THE_NETWORK and known and all(_is_unheard(other) for other in known):
        detail = f"none of {len(known) + 1} feeds can be reached, {report.detail}: is this machine on the network?"
        return Outage("network.down", EVERY_FEED, detail)
    detail = f"{feed.name}: {state.failures} polls failed in a row, {report.status}: {report.detail}"
    return Outage("feed.failing", feed.id, detail)


def _is_unheard(state: FeedState) -> bool:
    return state.failures > 0 and state.last_outcome == PollOutcome.FETCH_FAILED.value
