"""The real outbox over a real database, with a clock in hand and a death that can be planned for any step."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

from monitor.delivery.states import OPEN
from monitor.desks.outbox import sender_of
from monitor.model import ChannelKind, Delivery
from monitor.pipeline.core import Core, LiveBook, Options
from monitor.pipeline.departures import Mailing
from monitor.pipeline.outbox import Outbox
from monitor.ports import Channel
from monitor.store import SqliteStore, open_store
from monitor.telemetry import Metrics
from monitor.workers import Workers
from tests.store.builders import NOON, digest

P = ParamSpec("P")
R = TypeVar("R")


@dataclass
class HandClock:
    """Time that passes when a test says so."""

    at: datetime = NOON

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()


class Killed(BaseException):
    """The process is gone: nothing that follows a step happens."""


@dataclass
class Fate:
    """Counts the steps of a process, and ends it after some of them; what is dead stays dead."""

    dies_at: int | None = None
    step: int = 0
    names: list[str] = field(default_factory=list)

    def pass_by(self, name: str) -> None:
        self.names.append(name)
        self.step += 1
        if self.dies_at is not None and self.step > self.dies_at:
            raise Killed(name)


class MortalWorkers(Workers):
    """Workers whose every call is one step before it and one after it: between two of them a process can die."""

    def __init__(self, name: str, fate: Fate, *, threads: int = 1) -> None:
        super().__init__(name, threads=threads)
        self._fate, self._name = fate, name

    async def run(self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        self._fate.pass_by(f"{self._name}: before {call.__name__}")
        result = await super().run(call, *args, **kwargs)
        self._fate.pass_by(f"{self._name}: after {call.__name__}")
        return result


@dataclass
class Process:
    """One life of the outbox over a file."""

    path: Path
    channels: Mapping[ChannelKind, Channel]
    clock: HandClock
    fate: Fate = field(default_factory=Fate)
    meddle: Callable[[SqliteStore], None] = lambda store: None
    """Called on the writer's thread once the store is open."""

    async def _live(self, rounds: int) -> None:
        writer = MortalWorkers("writer", self.fate)
        senders = MortalWorkers("sender", self.fate, threads=4)
        store = writer.submit(open_store, self.path).result()
        writer.submit(self.meddle, store).result()
        # The outbox reads no rule; the rest of what polls and digests share is at its plainest.
        core = Core(
            store=store,
            writer=writer,
            clock=self.clock,
            chance=lambda: 0.0,
            live=cast("LiveBook", None),
            options=Options(
                poll_every=timedelta(minutes=15),
                gathering=timedelta(0),
                empty_digests=False,
                sends_at_once=2,
                mailing=Mailing(sender_of("monitor@example.org")),
            ),
            metrics=Metrics(),
        )
        outbox = Outbox(core, self.channels, senders)
        try:
            await outbox.recover()
            for _ in range(rounds):
                await outbox.deliver_due()
                waiting = writer.submit(_next_time, store).result()
                if waiting is None:
                    return
                self.clock.at = max(self.clock.at, waiting)
        finally:
            senders.close(wait_seconds=5)
            writer.submit(store.close).result()
            writer.close(wait_seconds=5)

    def live(self, rounds: int = 2000) -> bool:
        """Deliver until nothing is open, letting time pass to the next attempt; say whether it lived to see that."""
        try:
            asyncio.run(self._live(rounds))
        except Killed:
            return False
        return True


def _next_time(store: SqliteStore) -> datetime | None:
    """Return when the next open delivery is due; None when none is open."""
    found = [delivery for state in OPEN for delivery in store.deliveries.in_state(state)]
    return min((delivery.next_attempt_at or NOON for delivery in found), default=None)


def queue(path: Path, deliveries: Iterable[Delivery]) -> None:
    """Make a database with these deliveries waiting, each of a digest of its own."""
    with open_store(path) as store, store.unit_of_work():
        for delivery in deliveries:
            store.digests.add(digest(), [delivery])


def by_recipient(path: Path) -> dict[str, Delivery]:
    """Return the deliveries as they stand."""
    with open_store(path, read_only=True) as store:
        return {delivery.recipient: delivery for delivery in store.deliveries.newest(1000)}


def notices(path: Path) -> list[tuple[str, str]]:
    """Return (event, subject) of every departure that is open."""
    with open_store(path, read_only=True) as store:
        return [(notice.event, notice.subject) for notice in store.notices.open()]
