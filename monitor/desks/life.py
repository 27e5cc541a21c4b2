"""The proof of life: what the monitor read, so that no news can be told from a monitor that is down.

Owns how health is counted and worded. Refuses to judge a feed: its state says whether it was heard.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from monitor.desks.content import Health
from monitor.desks.excerpt import isolate, one_line, shorten
from monitor.model import Feed, FeedState

_NAMES_SHOWN = 8
_NAME_LIMIT = 80
_STOP = ". "


def health_of(
    feeds: Mapping[str, Feed], states: Mapping[str, FeedState], *, articles_read: int, gaps: int = 0
) -> Health:
    """Count which of the configured feeds are heard.

    Args:
        feeds: The feeds of the rule book by id.
        states: What is known of them; feeds that are not configured any more do not count.
        articles_read: Articles of all feeds that were read.
        gaps: Times at which entries may have been missed between two polls.

    Returns:
        A feed is healthy when its last poll was good, silent when it failed or was never heard, neither when
        it is paused.
    """
    silent, healthy, newest = [], 0, list[datetime]()
    for feed in feeds.values():
        state = states.get(feed.id)
        if state is not None and state.last_new_at is not None:
            newest.append(state.last_new_at)
        if state is not None and state.paused:
            continue
        if state is None or state.failures or state.last_ok_at is None:
            silent.append(feed.name)
        else:
            healthy += 1
    return Health(len(feeds), healthy, tuple(silent), articles_read, max(newest, default=None), gaps)


def proof_of_life(health: Health, *, stories: int, now: datetime) -> str:
    """Say that the monitor reads, in one line: so that no news can be told from a monitor that is down."""
    parts = [f"{health.healthy:,} of {health.feeds:,} feeds healthy"]
    if health.silent:
        names = [isolate(shorten(one_line(name), _NAME_LIMIT)) for name in health.silent[:_NAMES_SHOWN]]
        more = len(health.silent) - len(names)
        parts.append(f"{len(health.silent)} silent ({', '.join(names)}{f' and {more} more' if more else ''})")
    parts.append(f"{count(health.articles_read, 'article')} read")
    if health.newest_at is not None:
        parts.append(f"newest {age(now - health.newest_at)} old")
    if health.gaps:
        parts.append(count(health.gaps, "possible gap"))
    return f"{_told(stories)}{', '.join(parts)}."


def of_one_story(life: str) -> str:
    """Write a proof of life for a message that tells one story of its digest."""
    return _told(1) + life.partition(_STOP)[2]


def _told(stories: int) -> str:
    return count(stories, "story", "stories") + _STOP


def age(elapsed: timedelta) -> str:
    """Write a span of time in its largest unit, as people say it."""
    minutes = max(0, int(elapsed.total_seconds() // 60))
    if minutes < 1:
        return "under a minute"
    if minutes < 90:
        return f"{minutes} min"
    return f"{round(minutes / 60)} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"


def count(number: int, noun: str, plural: str = "") -> str:
    """Write a number with its noun, in the singular for one."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
