"""What a poll showed of its feed: how it went, what is remembered of the feed, and when it is polled next and why.

Owns the order in which the pure modules of `feeds/` are asked, and writes what they say; part of a poll's commit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from monitor.articles.readings import Readings
from monitor.feeds.cadence import next_poll
from monitor.feeds.gaps import gap_seen
from monitor.feeds.headers import cache_max_age
from monitor.feeds.judge import judge, state_after
from monitor.feeds.memory import FeedMemory, Lesson, Poll, Unfinished, learn, read_memory, write_memory
from monitor.feeds.pause import paused_after
from monitor.model import (
    Feed,
    FeedState,
    FetchFailed,
    FetchOutcome,
    FetchRequest,
    ParsedFeed,
    ParseOutcome,
    PollReport,
)
from monitor.pipeline.core import Core


@dataclass(frozen=True, slots=True)
class Polled:
    """A poll before its commit."""

    feed: Feed
    state: FeedState
    """As it was before."""
    request: FetchRequest
    fetched: FetchOutcome
    parsed: ParseOutcome | None
    """None when there was nothing to parse."""
    seconds: float
    readings: Readings | None = None
    """The document's entries, where it is so large that they were read beforehand."""

    @property
    def memory(self) -> FeedMemory:
        """Read what was remembered of the feed: a habit takes 11 kB, and thousands of polls wait for their turn."""
        return read_memory(self.state.memory)

    @property
    def is_baseline(self) -> bool:
        """Say whether its baseline is open: no poll was good before, or one alone, of a document that was cut."""
        return self.state.baseline_at is None


def keep_unfinished(core: Core, polled: Polled, unfinished: Unfinished, *, stored: FeedState | None) -> None:
    """Keep what the beginning of a large document brought; all else of its feed stays as it was before the poll.

    So the next poll is due as this one was, asks with the validators of the last whole document, and takes an open
    baseline for one.

    Args:
        core: Its store is in a transaction.
        polled: The poll.
        unfinished: What is to be known where the rest is not stored.
        stored: The feed's state as it is by now.
    """
    paused = polled.state.paused if stored is None else stored.paused
    memory = write_memory(replace(polled.memory, unfinished=unfinished))
    core.store.feeds.save(replace(polled.state, memory=memory, paused=paused))


def keep_feed(
    core: Core,
    polled: Polled,
    *,
    stored: FeedState | None,
    new: int,
    matched: int,
    alerts: int,
    now: datetime,
) -> tuple[PollReport, Lesson, FeedState]:
    """Keep what a poll showed of its feed.

    Args:
        core: Its store is in a transaction.
        polled: The poll.
        stored: The feed's state as it is by now: an operator may have paused it while it was polled.
        new: Articles that its document brought.
        matched: Matches of rules on what it brought.
        alerts: Of what desks are told.
        now: The moment of the commit.

    Returns:
        The report, what was learnt of the feed, and its state from now on.
    """
    feed, fetched, parsed = polled.feed, polled.fetched, polled.parsed
    verdict = judge(fetched, parsed, new=new, is_baseline=polled.is_baseline)
    poll = Poll(polled.state, polled.request, fetched, parsed, verdict, new=new, now=now)
    before = polled.memory
    lesson = learn(poll, before)
    after = next_poll(
        state=polled.state,
        outcome=verdict.outcome,
        feed=feed,
        default_every=core.options.poll_every,
        hints=lesson.memory.hints,
        retry_after=fetched.retry_after if isinstance(fetched, FetchFailed) else None,
        cache_max_age=None if isinstance(fetched, FetchFailed) else cache_max_age(fetched.headers),
        now=now,
        jitter=core.chance(),
        status=verdict.status,
        memory=lesson.memory,
    )
    report = PollReport(
        feed_id=feed.id,
        at=now,
        outcome=verdict.outcome,
        status=verdict.status,
        detail=verdict.detail,
        entries=len(parsed.entries) if isinstance(parsed, ParsedFeed) else 0,
        new=new,
        matched=matched,
        alerts=alerts,
        seconds=polled.seconds,
        next_poll=after,
    )
    state = replace(
        state_after(polled.state, fetched, parsed, verdict=verdict, next_poll=after, now=now),
        memory=write_memory(lesson.memory),
        paused=paused_after(polled.state, status=verdict.status, stored=stored),
    )
    feeds = core.store.feeds
    feeds.save(state)
    feeds.record(report)
    if (gap := gap_seen(poll, before, lesson.memory)) is not None:
        feeds.note_gap(gap)
    return report, lesson, state
