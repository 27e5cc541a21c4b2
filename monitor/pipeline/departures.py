"""Departures from normal: each is a log event with a stable name, a metric, and one message to the operator.

A departure is known by its event and its subject ("feed.failing", "dawn") and is told once until it is over. The
operator's messages go through the same outbox as digests.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from monitor.desks.notice import notice_deliveries
from monitor.desks.outbox import Sender
from monitor.model import ChannelSpec
from monitor.ports import Store
from monitor.telemetry import Metrics, logger


@dataclass(frozen=True)
class Mailing:
    """How messages name their sender, and where the operator is."""

    sender: Sender
    operator: tuple[ChannelSpec, ...] = ()
    """Empty: departures are in the log, in the metrics and in `monitor doctor` only."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A departure that the database did not take."""

    detail: str
    at: datetime
    over_at: datetime | None = None


class Departures:
    """The open departures of one store. Methods but `keep` and `commit…` are called inside a unit of work."""

    def __init__(self, store: Store, metrics: Metrics) -> None:
        self._store, self._metrics, self._log = store, metrics, logger()
        self._kept: dict[tuple[str, str], _Kept] = {}
        """By event and subject; known as long as this process lives."""

    def raise_(self, event: str, subject: str, detail: str, at: datetime) -> bool:
        """Record a departure, and return whether it is new; nothing happens while the same one is open."""
        is_new = self._store.notices.raise_(event, subject, detail, at)
        if is_new:
            self._say(event, subject, detail)
        return is_new

    def _say(self, event: str, subject: str, detail: str) -> None:
        self._metrics.notices.labels(event).inc()
        self._log.error(event, subject=subject, detail=detail)

    def keep(self, event: str, subject: str, detail: str, at: datetime) -> bool:
        """Remember a departure that the database does not take, and return whether it is new."""
        before = self._kept.get((event, subject))
        self._kept[event, subject] = _Kept(detail, at) if before is None else replace(before, over_at=None)
        return before is None

    def is_kept(self, event: str, subject: str) -> bool:
        """Say whether a departure is remembered that is not over: it is recorded with the others, not tried alone."""
        kept = self._kept.get((event, subject))
        return kept is not None and kept.over_at is None

    def commit_kept(self) -> None:
        """Record what was kept, as a unit of work of its own; what is over by now is told all the same."""
        kept = dict(self._kept)
        if not kept:
            return
        new: list[tuple[str, str]] = []
        with self._store.unit_of_work():
            for (event, subject), each in kept.items():
                if not self._store.notices.raise_(event, subject, each.detail, each.at):
                    continue
                new.append((event, subject))
                if each.over_at is not None:
                    self._store.notices.clear(event, subject, each.over_at)
        for event, subject in new:  # said when it is committed: until there is room, this fails every second
            self._say(event, subject, kept[event, subject].detail)
        for key, each in kept.items():
            if self._kept.get(key) is each:
                del self._kept[key]

    def clear(self, event: str, subject: str, at: datetime) -> None:
        """Record that a departure is over."""
        if (kept := self._kept.get((event, subject))) is not None and kept.over_at is None:
            self._kept[event, subject] = replace(kept, over_at=at)
        if self._store.notices.clear(event, subject, at):
            self._log.info("departure.over", departure=event, subject=subject)

    def mail(self, mailing: Mailing, at: datetime) -> None:
        """Queue one message with all departures the operator was not told of."""
        untold = self._store.notices.untold()
        if not untold or not mailing.operator:
            return
        self._store.deliveries.queue(notice_deliveries(untold, mailing.operator, sender=mailing.sender, now=at))
        self._store.notices.mark_told([notice.id for notice in untold], at)

    def commit(self, event: str, subject: str, detail: str, at: datetime) -> None:
        """Record a departure as a unit of work of its own."""
        with self._store.unit_of_work():
            self.raise_(event, subject, detail, at)

    def commit_clear(self, event: str, subject: str | None, at: datetime) -> None:
        """Record that a departure is over, of every subject where none is named, as a unit of work of its own."""
        with self._store.unit_of_work():
            open_ones = [notice.subject for notice in self._store.notices.open() if notice.event == event]
            kept = [each for name, each in self._kept if name == event]
            for each in dict.fromkeys(open_ones + kept) if subject is None else [subject]:
                self.clear(event, each, at)
