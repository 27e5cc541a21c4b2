"""What the three parts of the flow share: the store and its writer, time and chance, the book in force, departures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.errors import StateError
from monitor.pipeline.departures import Departures, Mailing
from monitor.ports import Clock, Store
from monitor.rules.book import RuleBook
from monitor.rules.matching.matcher import Matcher
from monitor.telemetry import Metrics, logger
from monitor.workers import Workers

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger

SAID_AGAIN_AFTER = timedelta(minutes=1)
"""A full disk fails every step of every second; the log has it once in this time."""
STATE_FAILING = "state.failing"
"""The departure of a database that cannot be used, whatever it brings down; its subject is "database"."""


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
    _said: dict[str, float] = field(init=False, default_factory=dict)
    """What the log has of the state, and when on the monotonic clock."""
    _state_failed_at: float | None = field(init=False, default=None)
    """On the monotonic clock."""

    def __post_init__(self) -> None:
        self.departures = Departures(self.store, self.metrics)
        self.log = logger()

    async def tell(self, event: str, subject: str, detail: str) -> None:
        """Tell the operator of a departure once; where the database cannot take it, the log has it, and memory.

        What is kept in memory is recorded by the first round of digests that can write.
        """
        now = self.clock.now()
        if self.departures.is_kept(event, subject):
            return
        try:
            await self.writer.run(self.departures.commit, event, subject, detail, now)
        except Exception as error:
            unrecorded = error
        else:
            return
        is_new = self.departures.keep(event, subject, detail, now)
        if is_new and not (isinstance(unrecorded, StateError) and str(unrecorded) in detail):
            self.log.error(event, subject=subject, detail=detail, unrecorded=str(unrecorded))

    async def failed(self, event: str, subject: str, error: Exception, **fields: str | int) -> None:
        """Log a failure and tell the operator: of the state, once for all that it brings down, or of this."""
        self.say_failed(event, error, **fields)
        if isinstance(error, StateError):
            await self.tell(STATE_FAILING, "database", str(error))
        else:
            await self.tell(event, subject, f"{type(error).__name__}: {error}")

    def say_failed(self, event: str, error: Exception, **fields: str | int) -> None:
        """Log a failure: with its traceback, or, where the state cannot be used, as a sentence once a minute."""
        if not isinstance(error, StateError):
            self.log.error(event, exc_info=error, **fields)
            return
        sentence, now = str(error), self.clock.monotonic()
        self._state_failed_at = now
        self._said = {said: at for said, at in self._said.items() if now - at < SAID_AGAIN_AFTER.total_seconds()}
        if sentence not in self._said:
            self._said[sentence] = now
            self.log.error(event, detail=sentence, **fields)

    def is_state_well(self) -> bool:
        """Say whether nothing failed by the state for a while; what fails now and then is one departure."""
        failed_at, now = self._state_failed_at, self.clock.monotonic()
        return failed_at is None or now - failed_at >= SAID_AGAIN_AFTER.total_seconds()

    async def all_clear(self, event: str, subject: str | None = None) -> None:
        """Record that a departure is over, or all of an event."""
        await self.writer.run(self.departures.commit_clear, event, subject, self.clock.now())
