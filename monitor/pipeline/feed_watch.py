"""What polls show beside articles: departures of a feed, of the network, of a whole family; and a line a poll.

Knows nothing of articles; `polls` calls it, `note` inside the unit of work of the poll.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.feeds.memory import Lesson
from monitor.feeds.outage import Outage, blind_families, shared_fault
from monitor.feeds.states import NOTHING_TO_DO, Diagnosis, diagnose
from monitor.model import Alert, Feed, FeedState, PollReport
from monitor.pipeline.core import Core

FAILING_AFTER = 3
"""Failed polls in a row after which the operator is told; one or two are the weather of the net."""
BLINDNESS_EVERY = timedelta(minutes=1)
"""How often all feeds are looked at together; blindness is a matter of hours."""
OF_ONE_FEED = frozenset(
    {"feed.etag_lies", "feed.failing", "feed.gap", "feed.gone", "feed.moved", "feed.silent", "poll.crashed"}
)
"""Departures whose subject is a feed."""


class FeedWatch:
    """Remembers the newest poll of each feed, and says what is wrong with more than an article."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._latest: dict[str, PollReport] = {}
        self._heard_at: datetime | None = None
        """The newest good poll of any feed."""
        self._is_network_up = False
        """Whether departures of the network are known to be over."""
        self._outage: tuple[Outage, str] | None = None
        """What all feeds that failed since the last good poll have in common, and the status of such a poll."""
        self._blindness_due = 0.0

    def note(self, feed: Feed, state: FeedState, report: PollReport, lesson: Lesson) -> Diagnosis:
        """Raise and clear the departures that one poll means, and say how its feed is after it."""
        departures = self._core.departures
        departures.clear("poll.crashed", feed.id, report.at)
        for departure in lesson.departures:
            if departure.is_over:
                departures.clear(departure.event, feed.id, report.at)
            else:
                departures.raise_(departure.event, feed.id, f"{feed.name}: {departure.detail}", report.at)
        before = self._latest.get(feed.id)
        self._latest[feed.id] = report
        if report.outcome.is_good:
            departures.clear("feed.failing", feed.id, report.at)
            if not self._is_network_up:
                for event in ("network.down", "network.portal"):
                    departures.clear(event, "all feeds", report.at)
            return self._diagnose(feed, state, lesson)
        if self._outage is not None and self._outage[1] != report.status:
            self._outage = None
        if state.failures >= FAILING_AFTER:
            # A feed that was polled before this one failed the last time, or is paused since, bears no witness.
            since = before.at if before is not None else report.at
            shared = self._shared_fault(report, since)
            if shared is not None:
                self._is_network_up = False
                departures.raise_(shared.event, shared.subject, shared.detail, report.at)
            else:
                detail = f"{feed.name}: {state.failures} polls failed in a row, {report.status}: {report.detail}"
                departures.raise_("feed.failing", feed.id, detail, report.at)
        return self._diagnose(feed, state, lesson)

    def _diagnose(self, feed: Feed, state: FeedState, lesson: Lesson) -> Diagnosis:
        return diagnose(
            feed, state, lesson.memory, default_every=self._core.options.poll_every, now=self._core.clock.now()
        )

    def _shared_fault(self, report: PollReport, since: datetime) -> Outage | None:
        """Name what all feeds that were polled since a time have in common with a failed poll.

        In an outage each feed asks this, and the answer is the same until one is heard or fails in another way.
        """
        if self._heard_at is not None and self._heard_at >= since:
            return None
        if self._outage is not None and self._outage[1] == report.status:
            return self._outage[0]
        polled = [self._latest[known] for known in self._core.live.book.feeds if known in self._latest]
        shared = shared_fault([other for other in polled if other.at >= since])
        self._outage = None if shared is None else (shared, report.status)
        return shared

    async def look_around(self) -> None:
        """Look at all feeds together, once a minute at most; what fails here costs no poll its report."""
        elapsed = self._core.clock.monotonic()
        if elapsed < self._blindness_due:
            return
        self._blindness_due = elapsed + BLINDNESS_EVERY.total_seconds()
        try:
            await self._core.writer.run(self._commit_blindness)
        except Exception:
            self._core.log.exception("blindness.unknown")

    def _commit_blindness(self) -> None:
        """Tell of a language or tag none of whose feeds is heard any more, and when one is again.

        What was told of a feed that the rule files do not have any more is over: nobody will hear of it again.
        """
        store, now, departures = self._core.store, self._core.clock.now(), self._core.departures
        feeds, every = self._core.live.book.feeds.values(), self._core.options.poll_every
        blind = {
            found.subject: found for found in blind_families(feeds, store.feeds.states(), default_every=every, now=now)
        }
        opened = store.notices.open()
        told = {notice.subject for notice in opened if notice.event == "feeds.blind"}
        known = self._core.live.book.feeds
        removed = [notice for notice in opened if notice.event in OF_ONE_FEED and notice.subject not in known]
        if blind.keys() == told and not removed:
            return
        with store.unit_of_work():
            for notice in removed:
                departures.clear(notice.event, notice.subject, now)
            for found in blind.values():
                departures.raise_(found.event, found.subject, found.detail, now)
            for subject in told - blind.keys():
                departures.clear("feeds.blind", subject, now)

    def say(self, report: PollReport, raised: Sequence[Alert], found: Diagnosis) -> None:
        """Write a committed poll to the log and the metrics: how the feed is, and what to do about it."""
        if report.outcome.is_good:
            self._heard_at, self._is_network_up, self._outage = report.at, True, None
        self._core.metrics.polls.labels(report.outcome.value).inc()
        self._core.metrics.articles.inc(report.new)
        say = self._core.log.info if report.outcome.is_good else self._core.log.warning
        say(
            "feed.polled",
            feed=report.feed_id,
            outcome=report.outcome.value,
            status=report.status,
            entries=report.entries,
            new=report.new,
            matched=report.matched,
            seconds=round(report.seconds, 3),
            state=found.condition.value,
            **({"detail": report.detail} if report.detail else {}),
            **({} if found.condition in NOTHING_TO_DO else {"advice": found.advice}),
        )
        for alert in raised:
            self._core.metrics.alerts.labels(alert.desk_id).inc()
            self._core.log.info(
                "alert.raised", alert=alert.id, desk=alert.desk_id, story=alert.story_id, rules=",".join(alert.rule_ids)
            )
