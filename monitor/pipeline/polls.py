"""Which feeds are due, and one poll of each: fetch → parse → [commit].

Owns when a feed is polled, and what a poll may do to another: nothing. Fetching and parsing run side by side; what
polls learnt is written by `commits`, all of a poll at once, so that a 304 can never hide an entry that was not
processed.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import ParamSpec, TypeVar

from monitor.articles.readings import read_entries
from monitor.articles.stories import Grouper
from monitor.feeds.fulltext import with_full_text
from monitor.feeds.judge import needs_parsing
from monitor.feeds.memory import read_memory, request_for
from monitor.feeds.pause import rests
from monitor.model import Entry, Feed, FeedState, Fetched, ParsedFeed, ParseOutcome, PollReport
from monitor.pipeline.commits import Commits
from monitor.pipeline.core import Core
from monitor.pipeline.feed_keeping import Polled
from monitor.ports import Fetcher, Pages, Parser
from monitor.workers import Workers

P = ParamSpec("P")
R = TypeVar("R")

EARLY = timedelta(seconds=0.5)
"""Half a turn of the daemon: what is due before the next one is due now, or `every: 1s` would be every other second."""
PAGES_PATIENCE = timedelta(seconds=25)
"""For how long a poll waits for the pages of its new entries (`full_text`); what is not there then goes on without."""
POLLS_IN_COMMIT = 64
ENTRIES_IN_COMMIT = 200
"""What one transaction holds at most: a fraction of a second of the writer's time, for which digests and deliveries
wait. Polls share it; a document of more entries is stored in slices."""
LARGE_AT_ONCE = 4
"""Large documents that are read and written at the same time: each is held in memory meanwhile, some 10 kB an entry."""


class Polls:
    """Polls feeds over one core."""

    def __init__(
        self,
        core: Core,
        fetcher: Fetcher,
        parser: Parser,
        pages: Pages,
        grouper: Grouper,
        *,
        pages_patience: timedelta = PAGES_PATIENCE,
        entries_in_commit: int = ENTRIES_IN_COMMIT,
    ) -> None:
        self._core, self._fetcher, self._parser, self._pages = core, fetcher, parser, pages
        self._commits = Commits(core, grouper, entries_at_once=entries_in_commit)
        self._entries_in_commit = entries_in_commit
        self._pages_patience = pages_patience
        self._finished: deque[tuple[Polled, asyncio.Future[PollReport]]] = deque()
        """Polls that wait for the next commit."""
        self._committing: asyncio.Task[None] | None = None
        self._large = asyncio.Semaphore(LARGE_AT_ONCE)
        self._slice = asyncio.Lock()
        """Held by the large document whose next slice is written: in turns, so that others wait for one of them."""
        self._under_way: set[str] = set()
        self._due_by_monotonic: dict[str, float] = {}
        self._left_alone_until: dict[str, float] = {}

    async def poll_due(self) -> list[PollReport]:
        """Poll every feed whose time has come and that is not being polled, and wait for it."""
        return await self.poll_all(await self._core.writer.run(self._due_feeds))

    def _due_feeds(self) -> list[Feed]:
        """Decide from the database, and from the monotonic clock where the wall clock was set back since.

        What was polled in the future, by a clock that was wrong before this process began, is due.
        """
        feeds, now, elapsed = self._core.store.feeds, self._core.clock.now(), self._core.clock.monotonic()
        times = feeds.times()
        paused = feeds.states(feed_id for feed_id, each in times.items() if each.paused)
        found = []
        for feed in self._core.live.book.feeds.values():
            known = times.get(feed.id)
            if feed.id in self._under_way or rests(feed, paused.get(feed.id)):
                continue
            if self._left_alone_until.get(feed.id, elapsed) > elapsed:
                continue
            at = known.next_poll_at if known is not None and known.url == feed.url else None
            by_monotonic = self._due_by_monotonic.get(feed.id)
            polled_at = known.last_polled_at if known is not None else None
            was_wrong = by_monotonic is None and polled_at is not None and polled_at > now
            by_clock = at is None or at <= now + EARLY or was_wrong
            if by_clock or (by_monotonic is not None and by_monotonic <= elapsed + EARLY.total_seconds()):
                found.append(feed)
        return found

    async def poll_every(self) -> list[PollReport]:
        """Poll every feed that is not paused, whatever its next time says, and wait for it."""
        states = await self._core.writer.run(self._core.store.feeds.states)
        return await self.poll_all(f for f in self._core.live.book.feeds.values() if not rests(f, states.get(f.id)))

    async def poll_all(self, feeds: Iterable[Feed]) -> list[PollReport]:
        """Poll feeds side by side; reports come in the order of the feeds, without those that could not be polled."""
        taken = list({feed.id: feed for feed in feeds if feed.id not in self._under_way}.values())
        self._under_way.update(feed.id for feed in taken)
        try:
            states = await self._core.writer.run(self._states_of, taken)
        except BaseException as error:
            self._under_way.difference_update(feed.id for feed in taken)
            if not isinstance(error, Exception):
                raise
            for feed in taken:
                await self._crashed(feed, error)
            return []
        reports = await asyncio.gather(*map(self._poll_alone, taken, states))
        polled = [report for report in reports if report is not None]
        if polled:
            await self._commits.watch.look_around()
        return polled

    async def _poll_alone(self, feed: Feed, state: FeedState) -> PollReport | None:
        """Poll one feed so that no fault of it, expected or not, reaches another."""
        try:
            report = await self._poll(feed, state)
        except Exception as error:
            await self._crashed(feed, error)
            return None
        finally:
            self._under_way.discard(feed.id)
        wait = (report.next_poll.at - report.at).total_seconds()
        self._due_by_monotonic[feed.id] = self._core.clock.monotonic() + wait
        return report

    async def _crashed(self, feed: Feed, error: Exception) -> None:
        """Leave a feed alone for a period: nothing was committed, so the database still says that it is due."""
        period = feed.every or self._core.options.poll_every
        self._left_alone_until[feed.id] = self._core.clock.monotonic() + period.total_seconds()
        await self._core.failed("poll.crashed", feed.id, error, feed=feed.id)

    async def poll(self, feed: Feed) -> PollReport:
        """Poll one feed now, whatever its next time says: fetch, parse, and one commit for all that was learnt."""
        (state,) = await self._core.writer.run(self._states_of, [feed])
        return await self._poll(feed, state)

    async def _poll(self, feed: Feed, state: FeedState) -> PollReport:
        began = self._core.clock.monotonic()
        request = request_for(feed, state, read_memory(state.memory), now=self._core.clock.now())
        fetched = await self._fetcher.fetch(request)
        parsed: ParseOutcome | None = None
        if isinstance(fetched, Fetched) and needs_parsing(fetched, state):
            parsed = await self._parser.parse(fetched)
        if isinstance(parsed, ParsedFeed) and feed.full_text and state.baseline_at is not None:
            parsed = replace(parsed, entries=await self._with_pages(feed, parsed.entries))
        seconds = self._core.clock.monotonic() - began
        return await self._committed(Polled(feed, state, request, fetched, parsed, seconds))

    async def _committed(self, polled: Polled) -> PollReport:
        """Wait until what a poll learnt is written: with others, or, where that is much, in slices of its own."""
        if not isinstance(polled.parsed, ParsedFeed) or len(polled.parsed.entries) <= self._entries_in_commit:
            return await self._commit_with_others(polled)
        async with self._large:
            readings = await _aside(self._commits.read, polled)
            polled = replace(polled, readings=readings)
            if readings is None or len(readings.each) <= self._entries_in_commit:
                return await self._commit_with_others(polled)
            steps = self._commits.commit_in_slices(polled)
            report: PollReport | None = None
            while report is None:
                async with self._slice:
                    report = await self._core.writer.run(next, steps)
            return report

    async def _commit_with_others(self, polled: Polled) -> PollReport:
        """Wait for the commit of a poll; those that finish while the writer is at work share the next one."""
        outcome: asyncio.Future[PollReport] = asyncio.get_running_loop().create_future()
        self._finished.append((polled, outcome))
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit_finished())
        return await outcome

    async def _commit_finished(self) -> None:
        try:
            while batch := self._next_batch():
                try:
                    outcomes = await self._core.writer.run(self._commits.commit, [polled for polled, _ in batch])
                except Exception as error:
                    outcomes = [error for _ in batch]
                for (_, waits), outcome in zip(batch, outcomes, strict=True):
                    if waits.done():  # its poll was ended meanwhile
                        continue
                    if isinstance(outcome, Exception):
                        waits.set_exception(outcome)
                    else:
                        waits.set_result(outcome)
        finally:
            self._committing = None

    def _next_batch(self) -> list[tuple[Polled, asyncio.Future[PollReport]]]:
        """Take the oldest polls that wait, as many as keep the writer for a moment; one that was ended is dropped."""
        batch: list[tuple[Polled, asyncio.Future[PollReport]]] = []
        entries = 0
        while self._finished and len(batch) < POLLS_IN_COMMIT and entries < self._entries_in_commit:
            polled, waits = self._finished.popleft()
            if not waits.done():
                batch.append((polled, waits))
                entries += _to_read(polled)
        return batch

    async def _with_pages(self, feed: Feed, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        """Give new entries the text of their own pages, as far as it comes in time."""
        read = partial(read_entries, entries, feed.id, now=self._core.clock.now())
        document = await _aside(read) if len(entries) > self._entries_in_commit else read()
        known = await self._core.writer.run(self._core.store.articles.find, document.keys)
        wanted = [reading.entry for reading in document.each if not any(key in known for key in reading.keys)]
        tasks = {asyncio.create_task(self._pages.read(entry.url)): entry for entry in wanted if entry.url is not None}
        if not tasks:
            return entries
        done, late = await asyncio.wait(tasks, timeout=self._pages_patience.total_seconds())
        for task in late:
            task.cancel()
        texts = {id(tasks[task]): task.result() for task in done}
        return tuple(with_full_text(entry, texts[id(entry)]) if id(entry) in texts else entry for entry in entries)

    def _states_of(self, feeds: Sequence[Feed]) -> list[FeedState]:
        """Read what is known of feeds, as the state of each at its present address."""
        known = self._core.store.feeds.states(feed.id for feed in feeds)
        return [_at_address(known.get(feed.id) or FeedState(feed.id, feed.url), feed.url) for feed in feeds]


async def _aside(call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run what may take long on a thread of its own: neither the writer nor the event loop waits for it."""
    reader = Workers("reader")
    try:
        return await reader.run(call, *args, **kwargs)
    finally:
        reader.close()


def _to_read(polled: Polled) -> int:
    """Return how many entries a poll has at most to read or to write."""
    if polled.readings is not None:
        return len(polled.readings.each)
    return len(polled.parsed.entries) if isinstance(polled.parsed, ParsedFeed) else 0


def _at_address(state: FeedState, url: str) -> FeedState:
    return state if state.url == url else replace(state, url=url, etag=None, last_modified=None, body_sha256=None)
