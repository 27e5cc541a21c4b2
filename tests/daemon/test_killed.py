"""SIGKILL at the moments that matter: nothing is lost, and at most one extra copy where nobody can know."""

from __future__ import annotations

import asyncio
import email
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.app import build
from monitor.model import Delivery, DeliveryState
from monitor.settings import FetchSettings, Settings, SmtpSettings
from tests.daemon.world import World

OLD = ("1", "Rain expected in Lahore")
NEW = ("2", "Pakistani Taliban call off truce with Islamabad")
DESK = "{id: south-asia, name: South Asia, channels: [{email: [desk@example.org]}]}"


@contextmanager
def _mute_server() -> Iterator[int]:
    """Take connections on a port and never say a word: the sender waits before anything is accepted."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        held: list[socket.socket] = []

        def take() -> None:
            while True:
                try:
                    held.append(server.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        try:
            yield int(server.getsockname()[1])
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()
            for connection in held:
                connection.close()


def _states(world: World) -> list[DeliveryState]:
    with world.store() as store:
        return [delivery.state for delivery in store.deliveries.newest()]


def _deliveries(world: World) -> list[Delivery]:
    with world.store() as store:
        return store.deliveries.newest()


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


def test_killed_between_commit_and_send(world: World) -> None:
    """The digest was fixed and claimed, and no byte of it was accepted: the next start sends it, once."""
    world.publishes(OLD)
    world.writes(desk=DESK)
    with _mute_server() as port, world.daemon(MONITOR_SMTP__PORT=str(port)) as daemon:
        _raise_the_alert(world)
        world.comes_true(lambda: DeliveryState.SENDING in _states(world), "`sending` was committed")
        daemon.send_signal(signal.SIGKILL)
        daemon.wait()
    (fixed,) = _deliveries(world)
    assert fixed.state is DeliveryState.SENDING
    assert not world.mail.mails
    asyncio.run(_goes_on(world))
    (mail,) = world.mail.mails
    assert mail.content == fixed.payload
    assert [delivery.state for delivery in _deliveries(world)] == [DeliveryState.SENT]


def test_killed_after_acceptance_sends_one_extra_copy_byte_for_byte(world: World) -> None:
    """The server had the message, its reply was not heard: one more copy with the same Message-ID, and no third."""
    world.publishes(OLD)
    world.writes(desk=DESK)
    world.mail.hold_after_dot()
    with world.daemon() as daemon:
        _raise_the_alert(world)
        world.comes_true(lambda: world.mail.mails, "the server has the message")
        daemon.send_signal(signal.SIGKILL)
        daemon.wait()
    world.mail.go_on()
    asyncio.run(_goes_on(world))
    asyncio.run(_goes_on(world))
    first, second = world.mail.mails
    assert first.content == second.content
    assert email.message_from_bytes(first.content)["Message-ID"]
    assert [delivery.state for delivery in _deliveries(world)] == [DeliveryState.SENT]


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
