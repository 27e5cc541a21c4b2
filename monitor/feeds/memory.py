"""Owns what is remembered of a feed beside its validators: habit, hints, its last status, a move, an ETag that lies.

PURE. The store keeps it as one text (`FeedState.memory`) that only this module reads. `learn` turns a poll into the
next memory and into the departures the operator should hear of, each once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from monitor.feeds.habit import HOURS, Habit, is_silent, observed
from monitor.feeds.judge import Verdict
from monitor.model import (
    Feed,
    FeedHints,
    FeedState,
    Fetched,
    FetchOutcome,
    FetchRequest,
    ParsedFeed,
    ParseOutcome,
    PollOutcome,
)

WHOLE_FETCH_EVERY = timedelta(hours=6)
"""So often a feed is asked without validators: an ETag that lies cannot hide news for longer."""
MOVES_BELIEVED = 3
"""Equal permanent redirects in a row before the new address is asked directly: one may be a mistake of an evening."""
_PERMANENT = frozenset({301, 308})


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What the stored beginning of a large document brought, the rest of which is to be read."""

    new: int
    """Articles that were not known."""
    surge: str | None
    """Why the whole document looked new at once, None when it did not."""


@dataclass(frozen=True, slots=True)
class FeedMemory:
    """What is remembered of a feed."""

    status: str = ""
    """Of the last poll: "200", "404", "dns" …"""
    entries: int = 0
    """In the last document that was parsed."""
    gaps: int = 0
    """Documents in a row that had no entry in common with what was known."""
    hints: FeedHints = field(default_factory=FeedHints)
    habit: Habit = field(default_factory=Habit)
    whole_fetch_at: datetime | None = None
    """When the feed last answered a question without validators."""
    etag_lies: bool = False
    moved_from: str | None = None
    """The address that redirected; another one in the rule file ends the move."""
    moved_to: str | None = None
    moves: int = 0
    """Polls in a row that were redirected for good to `moved_to`."""
    unfinished: Unfinished | None = None
    """Set while a large document is being stored, and after a poll that was ended in the middle of one."""

    @property
    def has_moved(self) -> bool:
        """Say whether the new address is believed."""
        return self.moved_to is not None and self.moves >= MOVES_BELIEVED


@dataclass(frozen=True, slots=True)
class Poll:
    """One poll of one feed, as far as it is over."""

    state: FeedState
    """As it was before."""
    request: FetchRequest
    """What was asked for, which says whether it was a whole document."""
    fetched: FetchOutcome
    parsed: ParseOutcome | None
    """None when nothing was parsed."""
    verdict: Verdict
    new: int
    """Articles that were not known, with those of an unfinished reading before it."""
    now: datetime


@dataclass(frozen=True, slots=True)
class Departure:
    """Something about a feed that the operator should hear of once, or that is over."""

    event: str
    detail: str
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a poll taught."""

    memory: FeedMemory
    departures: tuple[Departure, ...] = ()


def request_for(feed: Feed, state: FeedState, memory: FeedMemory, *, now: datetime) -> FetchRequest:
    """Say what to ask for: at the address that is believed, with validators unless a whole fetch is due.

    A new address that fails as often as it was promised is no longer believed, and the feed's own is asked again.
    """
    is_moved = memory.has_moved and memory.moved_from == feed.url and state.failures < MOVES_BELIEVED
    url = memory.moved_to if is_moved and memory.moved_to is not None else feed.url
    is_due = memory.whole_fetch_at is None or not timedelta(0) <= now - memory.whole_fetch_at < WHOLE_FETCH_EVERY
    if memory.etag_lies or is_due:
        return FetchRequest(url)
    return FetchRequest(url, state.etag, state.last_modified)


def learn(poll: Poll, memory: FeedMemory) -> Lesson:
    """Turn one poll into what is remembered and what is told.

    Args:
        poll: what happened.
        memory: as it was before.
    """
    told: list[Departure] = []
    after = replace(memory, status=poll.verdict.status)
    if isinstance(poll.fetched, Fetched):
        after = _about_address(poll, poll.fetched, after, told)
        after = _about_validators(poll, poll.fetched, after, told)
    if isinstance(poll.parsed, ParsedFeed):
        after = _about_overlap(poll, poll.parsed, after, told)
        after = replace(after, hints=poll.parsed.hints, entries=len(poll.parsed.entries), unfinished=None)
    if poll.verdict.outcome.is_good:
        after = _about_habit(poll, after, told)
    if poll.verdict.status == "410":
        detail = "the server says the feed is gone for good (410): it is paused; find its new address"
        told.append(Departure("feed.gone", detail))
    elif poll.verdict.outcome.is_good and memory.status == "410":
        told.append(Departure("feed.gone", "it answers again", is_over=True))
    return Lesson(after, tuple(told))


def _about_address(poll: Poll, fetched: Fetched, memory: FeedMemory, told: list[Departure]) -> FeedMemory:
    """Follow a permanent move once it was said often enough; forget it when the feed answers at its own address."""
    asked_directly = memory.moved_from == poll.state.url and poll.request.url == memory.moved_to
    if memory.has_moved and asked_directly and not fetched.redirects:
        return memory
    permanent = bool(fetched.redirects) and all(status in _PERMANENT for status, _ in fetched.redirects)
    if not permanent:
        if memory.has_moved:
            told.append(Departure("feed.moved", f"it no longer answers at {memory.moved_to}", is_over=True))
        return replace(memory, moved_from=None, moved_to=None, moves=0)
    moves = memory.moves + 1 if (memory.moved_from, memory.moved_to) == (poll.state.url, fetched.url) else 1
    if moves == MOVES_BELIEVED:
        told.append(Departure("feed.moved", f"it has moved for good to {fetched.url}: change its url in the rule file"))
    return replace(memory, moved_from=poll.state.url, moved_to=fetched.url, moves=moves)


def _about_validators(poll: Poll, fetched: Fetched, memory: FeedMemory, told: list[Departure]) -> FeedMemory:
    """Find validators that stayed the same while there was news: asked with them, the server would have said 304."""
    if poll.request.etag is not None or poll.request.last_modified is not None:
        return memory
    known = (poll.state.etag, poll.state.last_modified)
    came = (fetched.headers.get("etag"), fetched.headers.get("last-modified"))
    if any(known) and came == known and poll.verdict.outcome is PollOutcome.NEW and not memory.etag_lies:
        detail = (
            f"{poll.new} new entries came while ETag and Last-Modified stayed the same: they are ignored from now on"
        )
        told.append(Departure("feed.etag_lies", detail))
        memory = replace(memory, etag_lies=True)
    return replace(memory, whole_fetch_at=poll.now)


def _about_overlap(poll: Poll, parsed: ParsedFeed, memory: FeedMemory, told: list[Departure]) -> FeedMemory:
    """Find a gap: every entry is new, so others may have come and gone unseen since the last good poll."""
    since = poll.state.last_ok_at
    if since is None or poll.state.baseline_at is None or memory.entries == 0:
        return replace(memory, gaps=0)
    if poll.new < max(len(parsed.entries), 2):
        if memory.gaps:
            told.append(Departure("feed.gap", "documents overlap again", is_over=True))
        return replace(memory, gaps=0)
    detail = (
        f"all {poll.new} entries are new: others may have been missed between {since:%Y-%m-%d %H:%M} "
        f"and {poll.now:%Y-%m-%d %H:%M} UTC; it is polled more often"
    )
    told.append(Departure("feed.gap", detail))
    return replace(memory, gaps=memory.gaps + 1)


def _about_habit(poll: Poll, memory: FeedMemory, told: list[Departure]) -> FeedMemory:
    since, last_new_at = poll.state.last_ok_at, poll.state.last_new_at
    if since is None or last_new_at is None or poll.verdict.outcome is PollOutcome.BASELINE:
        return memory if since is None else _with_habit(poll, memory, since)
    missed = is_silent(memory.habit, last_new_at=last_new_at, now=poll.now)
    if missed is None:
        return _with_habit(poll, memory, since)
    if poll.new:
        told.append(Departure("feed.silent", "it speaks again", is_over=True))
        return _with_habit(poll, memory, since)
    detail = f"nothing new since {last_new_at:%Y-%m-%d %H:%M} UTC, where about {missed:.0f} entries are usual"
    told.append(Departure("feed.silent", detail))
    return memory  # an outage is no habit


def _with_habit(poll: Poll, memory: FeedMemory, since: datetime) -> FeedMemory:
    return replace(memory, habit=observed(memory.habit, since=since, until=poll.now, new=poll.new))


# --- as text ----------------------------------------------------------------------------------------------------------


def write_memory(memory: FeedMemory) -> str:
    """Write a memory as JSON; what is as it was at the beginning is left out."""
    hints = memory.hints
    document: dict[str, Any] = {
        "status": memory.status,
        "entries": memory.entries,
        "gaps": memory.gaps,
        "ttl": hints.ttl.total_seconds() if hints.ttl else None,
        "skip": sorted(hints.skip_hours),
        "period": hints.update_period.total_seconds() if hints.update_period else None,
        "rates": memory.habit.rates,
        "watched": memory.habit.watched,
        "whole": memory.whole_fetch_at.isoformat() if memory.whole_fetch_at else None,
        "etag_lies": memory.etag_lies,
        "moved_from": memory.moved_from,
        "moved_to": memory.moved_to,
        "moves": memory.moves,
        "unfinished": [memory.unfinished.new, memory.unfinished.surge] if memory.unfinished else None,
    }
    return json.dumps({name: value for name, value in document.items() if value}, separators=(",", ":"))


def read_memory(text: str) -> FeedMemory:
    """Read what `write_memory` wrote. A text that is none is an empty memory: all in it can be learnt again."""
    if not text:
        return FeedMemory()
    try:
        document = json.loads(text)
        rates, watched = tuple(document.get("rates", ())), tuple(document.get("watched", ()))
        ttl, period, whole = document.get("ttl"), document.get("period"), document.get("whole")
        unfinished = document.get("unfinished")
        return FeedMemory(
            status=str(document.get("status", "")),
            entries=int(document.get("entries", 0)),
            gaps=int(document.get("gaps", 0)),
            hints=FeedHints(
                ttl=timedelta(seconds=ttl) if ttl else None,
                skip_hours=frozenset(document.get("skip", ())),
                update_period=timedelta(seconds=period) if period else None,
            ),
            habit=Habit(rates, watched) if len(rates) == len(watched) == HOURS else Habit(),
            whole_fetch_at=datetime.fromisoformat(whole) if whole else None,
            etag_lies=bool(document.get("etag_lies", False)),
            moved_from=document.get("moved_from"),
            moved_to=document.get("moved_to"),
            moves=int(document.get("moves", 0)),
            unfinished=Unfinished(*unfinished) if unfinished else None,
        )
    except (ValueError, TypeError, AttributeError):
        return FeedMemory()
