"""Departures from normal: each is a log event with a stable name, a metric, and one message to the operator.

A departure is known by its event and its subject ("feed.failing", "dawn") and is told once until it is over. The
operator's messages go through the same outbox as digests.
"""

from __future__ import annotations

from dataclasses import dataclass
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


class Departures:
    """The open departures of one store. Methods but `commit…` are called inside a unit of work."""

    def __init__(self, store: Store, metrics: Metrics) -> None:
        self._store, self._metrics, self._log = store, metrics, logger()

    def raise_(self, event: str, subject: str, detail: str, at: datetime) -> None:
        """Record a departure; nothing happens while the same one is open."""
        if self._store.notices.raise_(event, subject, detail, at):
            self._metrics.notices.labels(event).inc()
            self._log.error(event, subject=subject, detail=detail)

    def clear(self, event: str, subject: str, at: datetime) -> None:
        """Record that a departure is over."""
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
            for each in open_ones if subject is None else [subject]:
                self.clear(event, each, at)
