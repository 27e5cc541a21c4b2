"""The daemon in this process: clocks that step, steps that fail, and an end while something hangs."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.app import App
from monitor.daemon import STEP, Daemon
from monitor.model import ChannelKind, Delivery, DeliveryState, Digest, PollReport
from monitor.pipeline.outbox import Outbox
from monitor.settings import Settings
from monitor.store import SqliteStore, open_store
from monitor.telemetry import Metrics
from tests.fakes import RecordingChannel
from tests.pipeline.flow import DESKS, RULES, DoorChannel, HandClock, comes_true, write_rules
from tests.store.builders import delivery, digest

NO_FEEDS = "feeds: []\n"


class CountedApp(App):
    """The real app over no feeds; it counts its steps, and any of them can be made to fail."""

    def __init__(self, folder: Path, clock: HandClock) -> None:
        write_rules(folder / "rules", feeds=NO_FEEDS, rules=RULES, desks=DESKS)
        settings = Settings(state_dir=folder / "state", rules_dir=folder / "rules", secrets_dir=folder / "secrets")
        super().__init__(settings, clock, random.Random(7).random, Metrics())
        self.hand_clock = clock
        self.taken: dict[str, int] = {}
        self.fails: set[str] = set()

    def _take(self, step: str) -> None:
        self.taken[step] = self.taken.get(step, 0) + 1
        if step in self.fails:
            raise RuntimeError(f"{step} fails")

    async def poll_due(self) -> list[PollReport]:
        self._take("poll")
        return await super().poll_due()

    async def digest_due(self) -> list[Digest]:
        self._take("digest")
        return await super().digest_due()

    async def deliver_due(self) -> list[Delivery]:
        self._take("deliver")
        return await super().deliver_due()

    async def reload_if_changed(self) -> bool:
        self._take("reload")
        return await super().reload_if_changed()

    async def departures(self) -> list[tuple[str, str]]:
        return [(notice.event, notice.detail) for notice in await self.writer.run(self.store.notices.untold)]


@asynccontextmanager
async def running(app: App, *, patience: timedelta = timedelta(seconds=5)) -> AsyncIterator[Daemon]:
    """Run a daemon for the length of a block, and stop it."""
    daemon = Daemon(app, patience=patience)
    task = asyncio.create_task(daemon.run())
    try:
        yield daemon
    finally:
        daemon.stop()
        await asyncio.wait_for(task, 10)


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[CountedApp]:
    built = CountedApp(tmp_path, HandClock(datetime.now(UTC)))
    try:
        yield built
    finally:
        await built.aclose()


def _jobs(daemon: Daemon) -> list[Any]:
    scheduler: Any = vars(daemon)["_scheduler"]
    jobs: list[Any] = scheduler.get_jobs()
    return jobs


@pytest.mark.parametrize(("by", "way"), [(timedelta(hours=-1), "back"), (timedelta(hours=1), "forward")])
async def test_a_clock_that_steps_is_told_and_the_work_goes_on_within_a_second(
    app: CountedApp, by: timedelta, way: str
) -> None:
    """APScheduler would sleep until the wall clock is where it was; jobs are wound up again, and run."""
    async with running(app) as daemon:
        await comes_true(lambda: app.taken.get("poll") and app.taken.get("deliver"))
        for job in _jobs(daemon):
            # So they look after a step back: their next time is an hour away.
            job.modify(next_run_time=datetime.now(UTC) + timedelta(hours=1))
        asleep = dict(app.taken)
        app.hand_clock.is_set(by)
        await comes_true(
            lambda: any(job.next_run_time < datetime.now(UTC) + timedelta(minutes=1) for job in _jobs(daemon))
        )
        soon = {job.id: (job.next_run_time - datetime.now(UTC)).total_seconds() for job in _jobs(daemon)}
        assert soon["poll_due"] <= 1
        assert soon["_digest_and_deliver"] <= 1
        assert max(soon.values()) <= 10
        await comes_true(lambda: app.taken["poll"] > asleep["poll"] and app.taken["deliver"] > asleep["deliver"])
        await comes_true_of(app.departures, lambda found: [event for event, _ in found] == ["clock.stepped"])
        ((_, detail),) = await app.departures()
        assert f"went {way} by 1:00:00" in detail


async def test_drift_is_no_step(app: CountedApp) -> None:
    """A clock that is put right by seconds, as NTP does, is told to nobody and winds nothing up."""
    async with running(app) as daemon:
        await comes_true(lambda: app.taken.get("poll"))
        triggers = {job.id: job.trigger for job in _jobs(daemon)}
        app.hand_clock.is_set(STEP * 0.9)
        polls = app.taken["poll"]
        await comes_true(lambda: app.taken["poll"] >= polls + 2)
        assert {job.id: job.trigger for job in _jobs(daemon)} == triggers
        assert await app.departures() == []


async def test_a_clock_that_steps_while_nothing_can_be_written_is_told_afterwards(app: CountedApp) -> None:
    """The watch outlives a database that refuses: both steps wind the work up again, and both are told later."""

    def refuses(store: SqliteStore, how: str) -> None:
        store.connection.maintain(f"PRAGMA query_only={how}")

    async with running(app) as daemon:
        await comes_true(lambda: app.taken.get("poll"))
        await app.writer.run(refuses, app.store, "ON")
        for _ in range(2):
            triggers = {job.trigger for job in _jobs(daemon)}
            app.hand_clock.is_set(timedelta(hours=1))
            await comes_true(lambda triggers=triggers: triggers.isdisjoint({job.trigger for job in _jobs(daemon)}))
        assert await app.departures() == []
        await app.writer.run(refuses, app.store, "OFF")
        await comes_true_of(app.departures, lambda found: [e for e, _ in found].count("clock.stepped") == 2)


async def test_a_step_that_raises_ends_neither_the_daemon_nor_the_other_steps(app: CountedApp) -> None:
    """Polls and digests fail each time; deliveries go on, both are tried again, and the end is clean."""
    app.fails = {"poll", "digest", "reload"}
    async with running(app):
        await comes_true(lambda: app.taken.get("poll", 0) >= 2 and app.taken.get("deliver", 0) >= 2)
        assert app.taken["digest"] >= 2
        app.fails = set()
        polls = app.taken["poll"]
        await comes_true(lambda: app.taken["poll"] > polls)


class TestEnd:
    @staticmethod
    async def _with_mail_that_hangs(app: CountedApp) -> tuple[DoorChannel, int]:
        channel = DoorChannel(ChannelKind.EMAIL)
        channel.doors["slow@example.org"] = threading.Event()
        app.outbox = Outbox(app.core, {ChannelKind.EMAIL: channel}, app.senders)

        def queue(store: SqliteStore) -> int:
            one = replace(delivery("slow@example.org"), channel=ChannelKind.EMAIL)
            with store.unit_of_work():
                digest_id = store.digests.add(digest(), [one])
            return store.deliveries.of_digest(digest_id)[0].id

        return channel, await app.writer.run(queue, app.store)

    async def test_a_send_that_hangs_is_waited_for_no_longer_than_the_patience_and_known_as_in_doubt(
        self, tmp_path: Path
    ) -> None:
        """SIGTERM in the middle of a send: the end comes in time, and the next start sends one copy more."""
        app = CountedApp(tmp_path, HandClock(datetime.now(UTC)))
        channel, one = await self._with_mail_that_hangs(app)
        loop = asyncio.get_running_loop()
        try:
            task = asyncio.create_task(Daemon(app, patience=timedelta(seconds=0.3)).run())
            await comes_true(lambda: channel.inside)
            began = loop.time()
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.wait_for(task, 5)
            assert 0.3 <= loop.time() - began < 3
            await app.aclose(patience=timedelta(seconds=0.5))
            assert loop.time() - began < 5
            with open_store(app.settings.database, read_only=True) as store:
                left = store.deliveries.get(one)
                assert left is not None
                assert left.state is DeliveryState.SENDING
        finally:
            channel.doors["slow@example.org"].set()
        again = CountedApp(tmp_path, HandClock(datetime.now(UTC)))
        try:
            await again.recover()
            (found,) = await again.writer.run(again.store.deliveries.in_state, DeliveryState.RETRY)
            assert (found.id, found.ambiguous) == (one, 1)
        finally:
            await again.aclose()

    async def test_a_send_that_ends_in_time_is_heard(self, app: CountedApp) -> None:
        """Its answer is committed after the signal: nothing is in doubt."""
        channel, one = await self._with_mail_that_hangs(app)
        daemon = Daemon(app)
        task = asyncio.create_task(daemon.run())
        await comes_true(lambda: channel.inside)
        daemon.stop()
        await comes_true(lambda: not _jobs(daemon))
        channel.doors["slow@example.org"].set()
        await asyncio.wait_for(task, 5)
        found = await app.writer.run(app.store.deliveries.get, one)
        assert found is not None
        assert found.state is DeliveryState.SENT

    async def test_without_anything_under_way_it_is_at_once(self, app: CountedApp) -> None:
        """No patience is spent where nothing is waited for."""
        app.outbox = Outbox(app.core, {ChannelKind.EMAIL: RecordingChannel()}, app.senders)
        async with running(app):
            await comes_true(lambda: app.taken.get("deliver"))
            began = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - began < 2


async def comes_true_of(ask: Callable[[], Any], claim: Callable[[Any], bool]) -> None:
    """Ask again until the answer satisfies a claim."""
    async with asyncio.timeout(10):
        while not claim(await ask()):
            await asyncio.sleep(0.01)
