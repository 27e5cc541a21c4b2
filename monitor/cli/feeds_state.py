"""`monitor feeds list|show|pause|resume`: how each feed is, what it did, and the operator's one switch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from monitor.cli.output import print_fields, print_json, print_lines, print_table
from monitor.errors import InputError, StateError
from monitor.feeds.memory import read_memory
from monitor.feeds.pause import rests, was_gone
from monitor.feeds.states import NOTHING_TO_DO, Diagnosis, diagnose
from monitor.model import Feed, FeedState, Gap, PollReport
from monitor.rules.files.load import load_rule_book
from monitor.settings import Settings, load_settings
from monitor.store.sqlite import open_store

_BARS = "▁▂▃▄▅▆▇█"
_DAY = timedelta(days=1)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Ids = Annotated[list[str], typer.Argument(metavar="FEED…", help="Ids, as `monitor feeds list` shows them.")]


def list_feeds(as_json: AsJson = False) -> None:
    """List every feed: how it is, what it brings, its next poll."""
    settings, now = load_settings(), datetime.now(UTC)
    feeds = load_rule_book(settings.rules_dir).feeds
    known = _known(settings, list(feeds))
    rows = []
    for feed in feeds.values():
        state, polls = known.get(feed.id, (None, []))
        rows.append(_summary(feed, state, polls, _diagnosis(settings, feed, state, polls, now), now))
    if as_json:
        print_json(rows)
        return
    print_table(
        ["feed", "state", "last new", "a day", "24 h", "next poll", "because"],
        [
            (row["feed"], row["state"], row["last_new"], row["a_day"], row["day"], row["next_poll"], row["because"])
            for row in rows
        ],
        empty="No feed is configured: add some with `monitor feeds add`, or under `feeds:` in the rule files.",
        right=["a day"],
    )
    print_lines(_to_do(rows))


def show(feed_id: Annotated[str, typer.Argument(metavar="FEED")], as_json: AsJson = False) -> None:
    """Show one feed: how it is and what to do, and its last 50 polls."""
    settings, now = load_settings(), datetime.now(UTC)
    feed = _feeds(settings, [feed_id])[0]
    state, polls = _known(settings, [feed_id]).get(feed_id, (None, []))
    gaps = _gaps(settings, feed_id) if state else []
    found = _diagnosis(settings, feed, state, polls, now)
    fields = {
        "feed": feed.id,
        "name": feed.name,
        "url": feed.url,
        "state": found.condition,
        "because": found.because or None,
        "what to do": found.advice,
        "last new": state.last_new_at if state else None,
        "last heard": state.last_ok_at if state else None,
        "failures": state.failures if state else 0,
        "held articles": _held(settings, feed_id) if state else 0,
        "next poll": _next_poll(feed, state).at,
        "next because": _next_poll(feed, state).because,
    }
    history = [
        {
            "at": poll.at,
            "outcome": poll.outcome.value,
            "status": poll.status,
            "entries": poll.entries,
            "new": poll.new,
            "seconds": round(poll.seconds, 2),
            "detail": poll.detail,
        }
        for poll in polls[:50]
    ]
    if as_json:
        print_json(
            {
                **{name.replace(" ", "_"): value for name, value in fields.items()},
                "gaps": [_as_record(gap) for gap in gaps],
                "polls": history,
            }
        )
        return
    print_fields(fields)
    if gaps:
        print_table(
            ["since", "until", "entries"],
            [(gap.since, gap.until, gap.entries) for gap in gaps],
            empty="",
            title="\nTimes in which entries may have been missed",
            right=["entries"],
        )
    print_table(
        ["at", "outcome", "status", "entries", "new", "seconds", "detail"],
        [tuple(row.values()) for row in history],
        empty="It was not polled yet.",
        title="\nIts last polls" if history else "",
        right=["entries", "new", "seconds"],
    )


def pause(feeds: Ids) -> None:
    """Stop polling feeds until they are resumed."""
    _set_paused(feeds, paused=True)


def resume(feeds: Ids) -> None:
    """Poll paused feeds again, at the daemon's next turn."""
    _set_paused(feeds, paused=False)


def paused_feeds(settings: Settings, feed_ids: Sequence[str]) -> set[str]:
    """Return which of some feeds are paused."""
    return {feed_id for feed_id, (state, _) in _known(settings, feed_ids).items() if state.paused}


def keep_paused(settings: Settings, feeds: Sequence[Feed]) -> None:
    """Pause feeds that may not stand in the rule files yet."""
    with open_store(settings.database) as store, store.unit_of_work():
        for feed in feeds:
            state = store.feeds.state(feed.id) or FeedState(feed.id, feed.url)
            store.feeds.save(replace(state, paused=True))


def _set_paused(feed_ids: Sequence[str], *, paused: bool) -> None:
    settings = load_settings()
    feeds = _feeds(settings, feed_ids)
    with open_store(settings.database) as store, store.unit_of_work():
        for feed in feeds:
            state = store.feeds.state(feed.id) or FeedState(feed.id, feed.url)
            at = state.next_poll_at if paused else datetime.now(UTC)
            store.feeds.save(replace(state, paused=paused, next_poll_at=at))
    for feed in feeds:
        typer.echo(f"{feed.id} is {'paused' if paused else 'polled again'}")


def _feeds(settings: Settings, feed_ids: Sequence[str]) -> list[Feed]:
    feeds = load_rule_book(settings.rules_dir).feeds
    unknown = [feed_id for feed_id in feed_ids if feed_id not in feeds]
    if unknown:
        raise InputError(f"no feed is called {', '.join(unknown)}; `monitor feeds list` names them all")
    return [feeds[feed_id] for feed_id in feed_ids]


def _known(settings: Settings, feed_ids: Sequence[str]) -> dict[str, tuple[FeedState, list[PollReport]]]:
    """Read states and polls; a monitor that never ran knows none."""
    try:
        with open_store(settings.database, read_only=True) as store:
            states = store.feeds.states()
            return {
                feed_id: (states[feed_id], store.feeds.polls(feed_id, 200)) for feed_id in feed_ids if feed_id in states
            }
    except StateError:
        if settings.database.exists():
            raise
        return {}


def _held(settings: Settings, feed_id: str) -> int:
    with open_store(settings.database, read_only=True) as store:
        return len(store.alerts.held(feed_id))


def _gaps(settings: Settings, feed_id: str) -> list[Gap]:
    with open_store(settings.database, read_only=True) as store:
        return store.feeds.gaps(feed_id, 10)


def _as_record(gap: Gap) -> dict[str, Any]:
    return {"since": gap.since, "until": gap.until, "entries": gap.entries}


def _diagnosis(
    settings: Settings, feed: Feed, state: FeedState | None, polls: Sequence[PollReport], now: datetime
) -> Diagnosis:
    memory = read_memory(state.memory if state else "")
    if polls and not memory.status:
        memory = replace(memory, status=polls[0].status)
    return diagnose(feed, state, memory, default_every=settings.poll.every, now=now)


def _summary(
    feed: Feed, state: FeedState | None, polls: Sequence[PollReport], found: Diagnosis, now: datetime
) -> dict[str, Any]:
    return {
        "feed": feed.id,
        "state": found.condition.value,
        "why": found.because,
        "advice": found.advice,
        "last_new": state.last_new_at if state else None,
        "a_day": _a_day(polls, now),
        "day": _sparkline(polls, now),
        "next_poll": _next_poll(feed, state).at,
        "because": _next_poll(feed, state).because,
    }


@dataclass(frozen=True, slots=True)
class _Next:
    at: datetime | None
    because: str | None


def _next_poll(feed: Feed, state: FeedState | None) -> _Next:
    """Say when a feed is polled next; a paused one is not."""
    if state is not None and rests(feed, state):
        return _Next(None, "paused: its server says that it is gone for good" if was_gone(state) else "paused")
    if state is None or state.next_poll_at is None:
        return _Next(None, "at the daemon's next turn")
    if state.url != feed.url:
        return _Next(None, "at the daemon's next turn: it has a new address")
    return _Next(state.next_poll_at, state.next_poll_because)


def _to_do(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Say what to do about each feed that asks for something, after an empty line."""
    asking = [row for row in rows if row["state"] not in NOTHING_TO_DO]
    if asking:
        yield ""
    for row in asking:
        why = f" ({row['why']})" if row["why"] else ""
        yield f"{row['feed']} is {row['state']}{why}: {row['advice']}"


def _a_day(polls: Sequence[PollReport], now: datetime) -> float | None:
    """Return new entries a day over the polls that are kept, None while they span less than an hour."""
    if not polls or now - polls[-1].at < timedelta(hours=1):
        return None
    return round(sum(poll.new for poll in polls[:-1]) / ((now - polls[-1].at) / _DAY), 1)


def _sparkline(polls: Sequence[PollReport], now: datetime) -> str:
    """Draw new entries by hour over the last day, oldest left; a space where there was no good poll."""
    hours: list[int | None] = [None] * 24
    for poll in polls:
        ago = int((now - poll.at).total_seconds() // 3600)
        if 0 <= ago < 24 and poll.outcome.is_good:
            hours[23 - ago] = (hours[23 - ago] or 0) + poll.new
    most = max((count for count in hours if count), default=1)
    return "".join(" " if count is None else _BARS[count * (len(_BARS) - 1) // most] for count in hours).rstrip()
