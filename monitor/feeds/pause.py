"""Owns what a pause is: the operator's, or the publisher's own by 410 Gone. PURE.

A feed that its server calls gone for good (RFC 9110 section 15.5.11) is not asked again. It is told of once, and
polled again when the operator resumes it, or gives it another address in the rule file.
"""

from __future__ import annotations

from monitor.feeds.memory import read_memory
from monitor.model import Feed, FeedState

GONE = "410"


def rests(feed: Feed, state: FeedState | None) -> bool:
    """Say whether a feed is not to be polled: it is paused, and not by the server of an address it no longer has."""
    if state is None or not state.paused:
        return False
    return state.url == feed.url or not was_gone(state)


def was_gone(state: FeedState) -> bool:
    """Say whether the feed's last answer was that it is gone."""
    return read_memory(state.memory).status == GONE


def paused_after(before: FeedState, *, status: str, stored: FeedState | None) -> bool:
    """Say whether a feed is paused after a poll.

    Args:
        before: Its state as the poll began.
        status: Of the poll: "200", "410", "dns" …
        stored: Its state as it is now; an operator may have paused or resumed it meanwhile. None when there is none.

    Returns:
        True after a 410. A pause that a 410 made ends with the first other answer; an operator's is theirs to end.
    """
    if status == GONE:
        return True
    if before.paused and was_gone(before):
        return False
    return stored.paused if stored is not None else before.paused
