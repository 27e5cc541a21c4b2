"""`monitor run` killed before anything was accepted: the one mail comes with the next start, and no second."""

from __future__ import annotations

import asyncio
import signal
import socket
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.app import build
from monitor.model import DeliveryState
from monitor.setting_groups import FetchSettings, SmtpSettings
from monitor.settings import Settings
from tests.daemon.world import World

OLD = ("1", "Rain expected in Lahore")
NEW = ("2", "Pakistani Taliban call off truce with Islamabad")
DESK = "{id: south-asia, name: South Asia, channels: [{email: [desk@example.org]}]}"


def _states(world: World) -> list[DeliveryState]:
    with world.store() as store:
        return [delivery.state for delivery in store.deliveries.newest()]


@dataclass(frozen=True)
class _Later:
    """This machine's time, moved on: what a retry waits for has passed."""

    by: timedelta

    def now(self) -> datetime:
        return datetime.now(UTC) + self.by

    def monotonic(self) -> float:
        return time.monotonic()


async def _goes_on(world: World) -> None:
    """Start again in this process an hour later, and do one turn."""
    settings = Settings(
        state_dir=world.folder / "state",
        rules_dir=world.folder / "rules",
        smtp=SmtpSettings(host=world.mail.host, port=world.mail.port),
        fetch=FetchSettings(allow_hosts=frozenset({world.web.host_and_port})),
    )
    for hours in (0, 1):
        app = build(settings, clock=_Later(timedelta(hours=hours)))
        try:
            await app.recover()
            await app.poll_due()
            await app.digest_due()
            await app.deliver_due()
        finally:
            await app.aclose()


def _raise_the_alert(world: World) -> None:
    world.comes_true(lambda: world.polled() >= 2, "the baseline was polled")
    world.publishes(NEW, OLD)


def test_killed_before_any_mail_server_was_reachable(world: World) -> None:
    """A known failure before acceptance costs no repeat: the one mail comes when the server is back."""
    world.publishes(OLD)
    world.writes(desk=DESK)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed_port = taken.getsockname()[1]
    with world.daemon(MONITOR_SMTP__PORT=str(closed_port)) as daemon:
        _raise_the_alert(world)
        world.comes_true(lambda: DeliveryState.RETRY in _states(world), "the refused connection was recorded")
        daemon.send_signal(signal.SIGKILL)
        daemon.wait()
    asyncio.run(_goes_on(world))
    assert len(world.mail.mails) == 1


def test_killed_between_raising_and_digest(world: World) -> None:
    """An alert that waits for its digest survives; a 304 after the restart hides nothing."""
    world.publishes(OLD, ETag='"1"')
    world.writes(desk=DESK)
    with world.daemon(MONITOR_DIGEST__GATHERING="1h") as daemon:
        world.comes_true(lambda: world.polled() >= 2, "the baseline was polled")
        world.publishes(NEW, OLD, ETag='"2"')
        world.comes_true(lambda: world.said("alert.raised"), "the alert was raised")
        daemon.send_signal(signal.SIGKILL)
        daemon.wait()
    asyncio.run(_goes_on(world))
    assert len(world.mail.mails) == 1


def test_killed_in_the_middle_of_a_large_first_document(world: World) -> None:
    """What of it was stored stays, the rest is baseline at the next start, and what comes after it is news."""
    many = [OLD, *((f"old-{n}", f"Pakistani Taliban truce number {n} of {n * 7919 % 9973}") for n in range(1200))]
    world.publishes(*many, ETag='"1"')
    world.writes(desk=DESK)

    def stored() -> int:
        with world.store() as store:
            return store.counts()["articles"]

    with world.daemon() as daemon:
        world.comes_true(world.polled, "the database was made, and the feed asked for")
        world.comes_true(lambda: stored() > 0, "the first slice was stored")
        daemon.send_signal(signal.SIGKILL)
        daemon.wait()
    assert 0 < stored() < len(many)
    with world.store() as store:
        state = store.feeds.state("feed")
        assert state is not None
        assert (state.etag, state.baseline_at) == (None, None)
    asyncio.run(_goes_on(world))
    assert stored() == len(many)
    world.publishes(NEW, *many, ETag='"2"')
    asyncio.run(_goes_on(world))
    assert len(world.mail.mails) == 1
