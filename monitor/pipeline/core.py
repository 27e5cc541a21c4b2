"""What the three parts of the flow share: the store and its writer, time and chance, the book in force, departures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.pipeline.departures import Departures, Mailing
from monitor.ports import Clock, Store
from monitor.rules.book import RuleBook
from monitor.rules.matcher import Matcher
from monitor.telemetry import Metrics, logger
from monitor.workers import Workers

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger


@dataclass(frozen=True)
class LiveBook:
    """The rule book in force with its matcher; swapped whole, between polls."""

    book: RuleBook
    matcher: Matcher


@dataclass(frozen=True)
class Options:
    """What the settings say about the flow."""

    poll_every: timedelta
    gathering: timedelta
    empty_digests: bool
    sends_at_once: int
    """Sends in flight through one channel: a slow recipient takes one of them, not the channel."""
    mailing: Mailing


@dataclass
class Core:
    """Shared by polls, digests and outbox; only `live` ever changes."""

    store: Store
    writer: Workers
    """One thread; whatever touches `store` runs on it."""
    clock: Clock
    chance: Callable[[], float]
    """Returns a number in [0, 1), for jitter."""
    live: LiveBook
    options: Options
    metrics: Metrics
    departures: Departures = field(init=False)
    log: FilteringBoundLogger = field(init=False)

    def __post_init__(self) -> None:
        self.departures = Departures(self.store, self.metrics)
        self.log = logger()

    async def tell(self, event: str, subject: str, detail: str) -> None:
        """Tell the operator of a departure once; where the database cannot take it, the log has it all the same."""
        try:
            await self.writer.run(self.departures.commit, event, subject, detail, self.clock.now())
        except Exception as error:
            self.log.exception(event, subject=subject, detail=detail, unrecorded=str(error))

    async def all_clear(self, event: str, subject: str | None = None) -> None:
        """Record that a departure is over, or all of an event."""
        await self.writer.run(self.departures.commit_clear, event, subject, self.clock.now())
