"""The daemon: APScheduler wakes it, the database says what is due, signals end it.

Nothing is decided by a timer having fired. A wake-up that comes late, twice or not at all changes only when the
database is asked. APScheduler reckons by the wall clock and would sleep through an hour that is repeated, so a watch on
the monotonic clock winds it up again when the wall clock steps.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from monitor import heartbeat
from monitor.app import App
from monitor.telemetry import logger

TURN = timedelta(seconds=1)
"""The shortest period of a feed or a desk."""
RELOAD_CHECK = timedelta(seconds=2)
DRILL_CHECK = timedelta(seconds=5)
BUTTONS_CHECK = timedelta(seconds=10)
STEP = timedelta(seconds=5)
"""A difference between the wall clock and the monotonic one that is a step and not drift."""
PATIENCE = timedelta(seconds=7)
"""How long sends under way may take to end after SIGTERM; with closing, under 10 s in all."""


class Daemon:
    """Runs one app until it is told to stop.

    Args:
        app: The joined parts.
        patience: How long sends under way may take to end.
        turn: How often the database is asked what is due.
    """

    def __init__(self, app: App, *, patience: timedelta = PATIENCE, turn: timedelta = TURN) -> None:
        self._app, self._patience, self._turn = app, patience, turn
        self._log = logger()
        self._stop = asyncio.Event()
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._tasks: dict[asyncio.Task[Any], str] = {}
        self._failed: set[str] = set()
        """Steps that failed since the last sign of life."""

    def stop(self) -> None:
        """Ask the daemon to end; called by signal handlers."""
        self._stop.set()

    async def run(self) -> None:
        """Settle what a killed process left behind, then work until `stop`; ends with nothing lost."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self._start, self._app.reload_if_changed)
        await self._app.recover()
        await self._app.beat()
        self._app.listen()
        for step, period in (
            (self._app.poll_due, self._turn),
            (self._digest_and_deliver, self._turn),
            (self._app.reload_if_changed, RELOAD_CHECK),
            (self._app.drill_due, DRILL_CHECK),
            (self._app.watch_buttons, BUTTONS_CHECK),
            (self._beat, heartbeat.EVERY),
        ):
            self._schedule(step, period)
        self._scheduler.start()
        watch = asyncio.create_task(self._watch_clock())
        book, settings = self._app.book, self._app.settings
        self._log.info("monitor.started", feeds=len(book.feeds), rules=len(book.rules), state=str(settings.state_dir))
        try:
            await self._stop.wait()
        finally:
            watch.cancel()
            self._scheduler.shutdown(wait=False)
            await self._wind_down()
            self._log.info("monitor.stopped")

    def _schedule(self, step: Callable[[], Coroutine[Any, Any, Any]], period: timedelta) -> None:
        async def wake() -> None:
            self._start(step)

        # No wake-up is ever "missed": a late one asks the database the same question.
        self._scheduler.add_job(
            wake,
            _every(period),
            id=step.__name__,
            misfire_grace_time=None,
            coalesce=True,
        )

    def _start(self, step: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        """Begin a step beside those under way: a slow feed or recipient is no reason for others to wait."""
        task = asyncio.create_task(self._guard(step))
        self._tasks[task] = step.__name__
        task.add_done_callback(self._tasks.pop)

    async def _guard(self, step: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        try:
            await step()
        except Exception as error:
            self._failed.add(step.__name__)
            await self._app.core.failed("turn.failed", step.__name__, error, step=step.__name__)

    async def _beat(self) -> None:
        """Give a sign of life only where every step since the last one ended well: healthy is who does the work."""
        failed, self._failed = self._failed, set()
        if not failed:
            for over in ("turn.failed", "clock.stepped"):  # a step of the clock is a moment, past by now
                await self._app.core.all_clear(over)
            await self._app.beat()

    async def _digest_and_deliver(self) -> None:
        await self._guard(self._app.digest_due)  # what was made before is sent, whatever becomes of this round
        await self._app.deliver_due()
        await self._app.cycle_done()

    async def _watch_clock(self) -> None:
        clock = self._app.clock
        wall, elapsed = clock.now(), clock.monotonic()
        while True:
            await asyncio.sleep(self._turn.total_seconds())
            now, ticks = clock.now(), clock.monotonic()
            step = (now - wall) - timedelta(seconds=ticks - elapsed)
            wall, elapsed = now, ticks
            if abs(step) < STEP:
                continue
            for job in self._scheduler.get_jobs():
                self._scheduler.reschedule_job(job.id, trigger=_every(job.trigger.interval))
            way = "forward" if step > timedelta(0) else "back"
            detail = f"the wall clock went {way} by {abs(step)}; polls go on by the monotonic clock"
            # Told only: whatever the database does not take must not end this watch.
            await self._app.core.tell("clock.stepped", now.isoformat(timespec="seconds"), detail)

    async def _wind_down(self) -> None:
        """End polls at once, since they commit whole or not at all; give sends the time to hear their answer."""
        for task, step in list(self._tasks.items()):
            if step == self._app.poll_due.__name__:
                task.cancel()
        if self._tasks:
            _, unfinished = await asyncio.wait(list(self._tasks), timeout=self._patience.total_seconds())
            for task in unfinished:
                task.cancel()


def _every(period: timedelta) -> IntervalTrigger:
    """Return a trigger that counts from now; an old one would wait for the wall clock to reach its start again."""
    return IntervalTrigger(seconds=period.total_seconds(), timezone="UTC")
