"""What finished polls learnt, in one transaction: their entries (`entries`) and their feeds → [one commit].

Owns what a transaction holds: one poll or several, each whole, or a slice of a large document. Runs on the writer's
thread alone, knows nothing of fetching, and decides nothing that `articles/`, `rules/`, `desks/` and `feeds/` decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.articles.intake import old_among, surge_of
from monitor.articles.readings import Glimpse, Readings, read_entries
from monitor.articles.slices import slices_of
from monitor.articles.stories import Grouper
from monitor.errors import StateError
from monitor.feeds.memory import Unfinished
from monitor.feeds.states import Diagnosis
from monitor.model import FeedState, ParsedFeed, PollReport
from monitor.pipeline.core import Core
from monitor.pipeline.entries import Entries, Taken
from monitor.pipeline.feed_keeping import Polled, keep_feed, keep_unfinished
from monitor.pipeline.feed_watch import FeedWatch
from monitor.pipeline.surge import tell_of_surge


@dataclass(frozen=True, slots=True)
class _Learnt:
    """A poll that is written, and not said before the commit held."""

    report: PollReport
    taken: Taken
    diagnosis: Diagnosis


class Commits:
    """Writes polls over one core."""

    def __init__(self, core: Core, grouper: Grouper, *, entries_at_once: int) -> None:
        self._core, self._grouper = core, grouper
        self._entries = Entries(core, grouper)
        self._entries_at_once = entries_at_once
        self.watch = FeedWatch(core)
        self._oldest_sketch = 0
        """The article before which no sketch is kept."""
        self._glimpses: dict[str, Glimpse] = {}
        """What stood in each feed's last document."""

    def commit(self, batch: Sequence[Polled]) -> list[PollReport | Exception]:
        """Write polls, and return in their order what each came to; of one that failed nothing is kept.

        They share a transaction. Where one of them breaks it, each gets one of its own, so that no fault of a poll
        reaches another; where the state cannot be used at all, trying that often would not help.
        """
        try:
            learnt = self._commit_together(batch)
        except StateError as error:
            return [error for _ in batch]
        except Exception as error:
            if len(batch) == 1:
                return [error]
            return [outcome for polled in batch for outcome in self.commit([polled])]
        for each in learnt:
            self._say(each)
        return [each.report for each in learnt]

    def _commit_together(self, batch: Sequence[Polled]) -> list[_Learnt]:
        read = [polled.readings or self.read(polled) for polled in batch]  # before other processes have to wait
        with self._transaction() as draft:
            stored = self._core.store.feeds.states(polled.feed.id for polled in batch)
            learnt = [
                self._learn(polled, readings, draft, stored.get(polled.feed.id))
                for polled, readings in zip(batch, read, strict=True)
            ]
        for polled, readings in zip(batch, read, strict=True):
            if readings is not None:
                self._glimpses[polled.feed.id] = readings.glimpse
        return learnt

    def commit_in_slices(self, polled: Polled) -> Iterator[PollReport | None]:
        """Write the poll of a large document, some of its entries at each step.

        Each slice is a transaction; validators, the end of a baseline and the next poll stand in the last. A process
        that is killed in between asks for the document again, and knows by their keys the entries that it stored.
        Whether the whole looks new at once is decided before anything is written, since desks hear of the first slice.

        Args:
            polled: With its entries read.

        Yields:
            None after each step but the last; then the report.
        """
        document = polled.readings
        assert document is not None
        slices = [replace(document, each=each) for each in slices_of(document.each, self._entries_at_once)]
        before = polled.memory.unfinished or Unfinished(0, None)
        surge = before.surge
        if not polled.is_baseline:
            new = old = entries = 0
            for part in slices:
                now = self._core.clock.now()
                planned = self._entries.identify(polled, part, now)
                new, old = new + len(planned.arrivals), old + old_among(planned.arrivals, now)
                entries += len(part.each) - len(planned.repeats)
                yield None
            surge = surge or surge_of(new, old, entries=entries + document.familiar)
        taken = Taken(before.new)
        for part in slices[:-1]:
            with self._transaction() as draft:
                stored, _ = self._take_slice(polled, part, draft, taken, surge)
                keep_unfinished(self._core, polled, Unfinished(taken.new, surge), stored=stored)
            yield None
        with self._transaction() as draft:
            stored, now = self._take_slice(polled, slices[-1], draft, taken, surge)
            learnt = self._conclude(polled, taken, surge, stored, now)
        self._glimpses[polled.feed.id] = document.glimpse
        self._say(learnt)
        yield learnt.report

    def _take_slice(
        self, polled: Polled, part: Readings, draft: Grouper, taken: Taken, surge: str | None
    ) -> tuple[FeedState | None, datetime]:
        """Write what a part of a document means; return the feed's state as it is by now, and the moment."""
        now, feed = self._core.clock.now(), polled.feed
        newest = max(0, feed.baseline_newest - taken.entries)
        intake = self._entries.identify(replace(polled, feed=replace(feed, baseline_newest=newest)), part, now)
        taken.entries += len(part.each) - len(intake.repeats)
        self._entries.take_in(feed, replace(intake, surge=surge), draft, taken, now)
        return self._core.store.feeds.states([feed.id]).get(feed.id), now

    @contextmanager
    def _transaction(self) -> Iterator[Grouper]:
        """Open a transaction with a draft that follows what was decided meanwhile; sketches leave with the window."""
        with self._grouper.draft() as draft, self._core.store.unit_of_work():
            for decision in self._core.store.stories.decisions(after=self._grouper.followed):
                self._grouper.follow(decision)
            yield draft
            oldest = self._grouper.oldest_id or 0
            if oldest != self._oldest_sketch:
                self._core.store.sketches.forget_before(oldest)
        self._oldest_sketch = oldest

    def _learn(self, polled: Polled, readings: Readings | None, draft: Grouper, stored: FeedState | None) -> _Learnt:
        """Write all of one poll."""
        now = self._core.clock.now()
        if readings is None:
            return self._conclude(polled, Taken(), None, stored, now)
        before = polled.memory.unfinished or Unfinished(0, None)
        intake = self._entries.identify(polled, readings, now)
        intake, taken = replace(intake, surge=before.surge or intake.surge), Taken(before.new)
        self._entries.take_in(polled.feed, intake, draft, taken, now)
        return self._conclude(polled, taken, intake.surge, stored, now)

    def _conclude(
        self, polled: Polled, taken: Taken, surge: str | None, stored: FeedState | None, now: datetime
    ) -> _Learnt:
        """Write what a poll means for its feed, when all of its entries are written."""
        if surge is not None:
            tell_of_surge(self._core.store, self._core.departures, polled.feed, surge, now=now)
        report, lesson, state = keep_feed(
            self._core,
            polled,
            stored=stored,
            new=taken.new,
            matched=taken.matches.total(),
            alerts=len(taken.alerts),
            now=now,
        )
        return _Learnt(report, taken, self.watch.note(polled.feed, state, report, lesson))

    def read(self, polled: Polled) -> Readings | None:
        """Read the entries that the feed's last document did not have; None where nothing was parsed.

        The only step of a commit that may run on another thread: nobody else writes what is remembered of the feed.
        """
        if not isinstance(polled.parsed, ParsedFeed):
            return None
        before = None if polled.is_baseline else self._glimpses.get(polled.feed.id)
        return read_entries(polled.parsed.entries, polled.feed.id, before=before, now=self._core.clock.now())

    def _say(self, learnt: _Learnt) -> None:
        """Write a poll that was committed to the log and the metrics."""
        for rule_id, times in learnt.taken.matches.items():
            self._core.metrics.matches.labels(rule_id).inc(times)
        self.watch.say(learnt.report, learnt.taken.alerts, learnt.diagnosis)
