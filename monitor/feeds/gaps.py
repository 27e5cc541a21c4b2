"""Owns the bounds of a gap: from when to when a feed may have shown entries that nobody read. PURE.

That there is one is decided by `memory.learn`; this names it, so that it can be asked for later.
"""

from __future__ import annotations

from monitor.feeds.memory import FeedMemory, Poll
from monitor.model import Gap


def gap_seen(poll: Poll, before: FeedMemory, after: FeedMemory) -> Gap | None:
    """Return the gap that a poll showed, None where its document overlapped with what was known.

    Args:
        poll: What happened.
        before: What was remembered of the feed until then.
        after: What `learn` made of it.
    """
    since = poll.state.last_ok_at
    if after.gaps <= before.gaps or since is None:
        return None
    return Gap(poll.state.feed_id, since, poll.now, after.entries)
